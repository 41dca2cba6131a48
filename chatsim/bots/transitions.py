"""Models of a ``transitions`` machine as bots.

The library says what a state machine is, and leaves open how one chats.  A model chats like this:

* **Words** go to its ``on_message(text)``, if it has one.  If not, they name the trigger to pull: case does not
  count, a slash in front is dropped, blanks and dashes are underscores (``/start over`` pulls ``start_over``).
* **A tap** names a trigger by the option's id or its title; where it names none, it is words: the title.
* ``on_start()``, ``on_form(data)``, ``on_file(data, name)`` and ``on_callback(body)`` get the other events, and a
  model without them does not notice these.
* **Replies** are sent with ``self.send(text, options=…)``, ``self.reply`` or ``self.say``: the adapter puts itself in
  the place of those that the model has.  A model with none of them speaks by what it prints, line by line.
  Text (or a list of texts) that an ``on_…`` method returns is a reply as well.
* **Memory** is the state and the model's attributes, as far as JSON can hold them.  An object that was there when
  the model was made (a logger, a client) stays the same; anything else that JSON cannot hold is an error of the turn.

All of these may be coroutines.  The library's ``AsyncMachine`` works too; its guards are not seen in the hops.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from transitions import Machine

from chatsim.bots.framework import FrameworkBot, Record
from chatsim.bots.machine_watch import Watch, model_state, state_name, watching
from chatsim.bots.private_loop import PrivateLoop
from chatsim.bots.recognise import Origin
from chatsim.errors import ContextNotSerializable, SetupError, UnknownState, did_you_mean
from chatsim.jsondata import json_clone, json_copy
from chatsim.trace import (
    Callback,
    ChatState,
    Event,
    File,
    Form,
    Hop,
    JsonObject,
    Option,
    Reply,
    Snapshot,
    Start,
    Tap,
    Text,
    Wait,
    Waits,
)

SPEAKERS = ("send", "reply", "say")
_DATA = (dict, list, tuple, set, frozenset, bytes, bytearray, int, float, str)


class TransitionsBot(FrameworkBot):
    """A model of a machine.  One instance serves all chats: its attributes are those of the chat whose turn it is."""

    keeps_json = True

    def __init__(self, machine: Machine, model: Any) -> None:
        self.machine = machine
        self.model = model
        self._owned = _owned_by_machine(model) | {machine.model_attribute}
        self._furniture = dict(vars(model))
        self._initial = ChatState(model_state(machine, model), self._context(), extra=self._position())
        self._loop = PrivateLoop()
        self._snapshot = Snapshot()

    def load(self, snapshot: Snapshot) -> None:
        """Keep *snapshot*; the chat is put into the model when its event is dispatched."""
        self._snapshot = snapshot

    def dispatch(self, event: Event, record: Record) -> None:
        """Put the event's chat into the model, and let the model have the event."""
        try:
            self._restore(self._snapshot.chats.get(event.chat, self._initial))
            self._turn(event, record)
        finally:
            # The machine is its author's: whoever uses it next, another bot of it included, finds it as it was.
            self._restore(self._initial)

    def _turn(self, event: Event, record: Record) -> None:
        before = model_state(self.machine, self.model)
        watch = Watch()
        try:
            with watching(watch), self._speaking(event.chat, record):
                self._hand_over(event, record)
        finally:
            record.hops.extend(Hop(move.source, move.target, move.guards) for move in watch.moves)
        after = model_state(self.machine, self.model)
        if before != after and not record.hops:  # an asynchronous machine moves unseen
            record.hops.append(Hop(before, after))
        chat = ChatState(after, self._context(), "input", self._position())
        if record.hops and self._is_final():
            record.ended = ChatState(after, chat.context, "end", chat.extra)
        self._snapshot = self._snapshot.with_chat(event.chat, chat)

    def save(self) -> Snapshot:
        """Return the snapshot with what the model became."""
        return self._snapshot

    def state_names(self) -> tuple[str, ...]:
        """Return the names of the machine's states; nested ones as the library writes them."""
        nested: Callable[[], list[str]] | None = getattr(self.machine, "get_nested_state_names", None)
        return tuple(self.machine.states if nested is None else nested())

    def hears(self) -> tuple[type[Event], ...]:
        """Return what the model has ears for: words always, the rest by its methods."""
        ears: dict[str, type[Event]] = {"on_start": Start, "on_form": Form, "on_file": File, "on_callback": Callback}
        return (Text, Tap, *(kind for name, kind in ears.items() if hasattr(self.model, name)))

    def code_for(self, state: str | None) -> tuple[Any, ...]:
        """Return the methods that hear events, the callbacks on the ways out of *state*, and the triggers for it."""
        source = self._initial.state if state is None else state
        ears = [getattr(self.model, name, None) for name in ("on_message", "on_start", "on_callback", "on_form")]
        # A model that reads each state in a method of its own calls that by a name made of the state's.
        names = [name for name in dir(type(self.model)) if source and name.endswith(f"_{source}")]
        ears += [getattr(self.model, name, None) for name in names if not name.startswith(("on_enter_", "on_exit_"))]
        triggers: list[str] = []
        callbacks: list[Any] = []
        for name, event in self.machine.events.items():
            ways = event.transitions.get(source or "", ())
            if not ways or name.startswith("to_"):
                continue
            triggers.append(name)
            for way in ways:
                callbacks += [condition.func for condition in way.conditions]
                callbacks += [*way.prepare, *way.before, *way.after]
        methods = [getattr(self.model, name, None) if isinstance(name, str) else name for name in callbacks]
        found = [*ears, *methods, *([] if hasattr(self.model, "on_message") else triggers)]
        return tuple(dict.fromkeys(thing for thing in found if thing is not None))

    def start_at(self, chat: str, state: str, context: JsonObject, waits: Waits | None = None) -> Snapshot:
        """Return a snapshot in which *chat* is in *state*, with *context* over the attributes of a new model."""
        names = self.state_names()
        if state not in names:
            raise UnknownState(f"the machine has no state {state!r}. {did_you_mean(state, names)}")
        attributes = {**self._initial.context, **json_copy(context)}
        return Snapshot({chat: ChatState(state, attributes, waits or "input", state)})

    # ------------------------------------------------------------ memory

    def _restore(self, chat: ChatState) -> None:
        attributes = vars(self.model)
        attributes.clear()
        attributes.update(self._furniture)
        for name in self._names_of_data():
            if name in self._initial.context and name not in chat.context:
                del attributes[name]
        attributes.update(json_clone(chat.context))
        self.machine.set_state(json_clone(chat.extra), self.model)

    def _names_of_data(self) -> list[str]:
        return [
            name
            for name, value in vars(self.model).items()
            if name not in self._owned and not callable(value) and not isinstance(value, Machine)
        ]

    def _context(self) -> JsonObject:
        """Return the model's attributes as JSON; raise `ContextNotSerializable` for one that is data and no JSON."""
        context = {}
        for name in self._names_of_data():
            value = vars(self.model)[name]
            try:
                context[name] = json_copy(value, f"$.{name}")
            except ContextNotSerializable:
                if isinstance(value, _DATA) or self._furniture.get(name) is not value:
                    raise
        return context

    def _position(self) -> Any:
        """Return the state as JSON: a name, or for parallel states a list."""
        return _names(getattr(self.model, self.machine.model_attribute))

    def _is_final(self) -> bool:
        position = self._position()
        return isinstance(position, str) and bool(self.machine.get_state(position).final)

    # ------------------------------------------------------------ events

    def _hand_over(self, event: Event, record: Record) -> None:
        match event:
            case Text():
                self._words(event.text, event.chat, record)
            case Tap():
                trigger = self._trigger_named(event.id) or self._trigger_named(event.title)
                if trigger is None:
                    self._words(event.title, event.chat, record)
                else:
                    self._finish(self.model.trigger(trigger))
            case Start():
                self._call("on_start", (), event.chat, record)
            case Form():
                self._call("on_form", (json_clone(event.data),), event.chat, record)
            case File():
                self._call("on_file", (event.data, event.name), event.chat, record)
            case Callback():
                self._call("on_callback", (event.body,), event.chat, record)
            case Wait():
                pass

    def _words(self, text: str, chat: str, record: Record) -> None:
        if hasattr(self.model, "on_message"):
            self._call("on_message", (text,), chat, record)
        else:
            self._finish(self.model.trigger(self._trigger_named(text) or text))

    def _trigger_named(self, text: str) -> str | None:
        """Return the trigger that *text* names; those that the library adds for every state (``to_…``) do not count."""
        nested: Callable[[], list[str]] | None = getattr(self.machine, "get_nested_triggers", None)
        known = {*self.machine.events, *(nested() if nested is not None else ())}
        known -= {f"to_{name}" for name in self.state_names()}
        name = re.sub(r"[\s-]+", "_", text.strip().removeprefix("/"))
        return next((trigger for trigger in sorted(known) if trigger.lower() == name.lower()), None)

    def _call(self, name: str, arguments: Iterable[Any], chat: str, record: Record) -> None:
        method = getattr(self.model, name, None)
        if method is None:
            return
        answer = self._finish(method(*arguments))
        for text in [answer] if isinstance(answer, str) else answer if isinstance(answer, list | tuple) else ():
            record.reply(Reply(str(text), chat))

    def _finish(self, result: Any) -> Any:
        return self._loop.run(result) if inspect.iscoroutine(result) else result

    # ------------------------------------------------------------ replies

    @contextlib.contextmanager
    def _speaking(self, chat: str, record: Record) -> Any:
        """Turn what the model says within the block into replies."""

        def say(text: object, options: Iterable[str] | Mapping[str, str] = ()) -> None:
            record.reply(Reply(str(text), chat, _options(options)))

        speakers = [name for name in SPEAKERS if hasattr(self.model, name) and name not in self.machine.events]
        vars(self.model).update(dict.fromkeys(speakers, say))
        printed = contextlib.nullcontext() if speakers else contextlib.redirect_stdout(_Lines(say))
        try:
            with printed:
                yield
        finally:
            for name in speakers:
                del vars(self.model)[name]


class _Lines(io.TextIOBase):
    """A standard output that says each line when it is complete."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._line = ""

    def write(self, text: str) -> int:
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            self._say(line)
        return len(text)


def _options(options: Iterable[str] | Mapping[str, str]) -> tuple[Option, ...]:
    """Return options from titles, or from a mapping of ids to titles."""
    pairs = options.items() if isinstance(options, Mapping) else ((title, title) for title in options)
    return tuple(Option(str(id_), str(title)) for id_, title in pairs)


def _names(state: Any) -> Any:
    return [_names(part) for part in state] if isinstance(state, list | tuple) else state_name(state)


def _owned_by_machine(model: Any) -> set[str]:
    """Return the attributes that the library itself gives to a machine that is its own model."""
    library = next((cls for cls in type(model).__mro__ if cls.__module__.split(".")[0] == "transitions"), None)
    return set() if library is None else set(vars(library(model=None, initial=None)))


def adapt_machine(machine: Machine, origin: Origin) -> TransitionsBot:
    """Return the model of *machine* as a bot; raise `SetupError` when it has none, or several."""
    if len(machine.models) != 1:
        raise SetupError(
            f"bot {origin.reference!r}: a machine chats through its model, and this one has {len(machine.models)}. "
            "Name the model, or a function that returns it"
        )
    return TransitionsBot(machine, machine.models[0])


def adapt_model(model: Any, origin: Origin) -> TransitionsBot:  # noqa: ARG001
    """Return *model* as a bot."""
    return TransitionsBot(model.trigger.func.__self__, model)
