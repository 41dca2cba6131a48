"""Step bots of the reference FSM runtime."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from chatsim.bots.jb_platform import deliver, reply_from_output
from chatsim.errors import BadResult, SetupError, UnknownState
from chatsim.failures import failure_from, raised_by_bot
from chatsim.fsm.abstract_fsm import AbstractFSM
from chatsim.fsm.data_models import Status
from chatsim.fsm.declared import nearest
from chatsim.fsm.program import program_of
from chatsim.fsm.table import INITIAL, Table
from chatsim.jsondata import json_clone, json_copy
from chatsim.trace import (
    Callback,
    ChatState,
    Effect,
    Event,
    Form,
    Hop,
    JsonObject,
    Save,
    Snapshot,
    Start,
    Tap,
    Text,
    Turn,
    Waits,
)
from chatsim.world.effects import sent

_RESUMES = {"input": Status.WAIT_FOR_USER_INPUT.value, "callback": Status.WAIT_FOR_CALLBACK.value}
_WAITS: dict[int, Waits] = {
    status.value: "callback" if status is Status.WAIT_FOR_CALLBACK else "input"
    for status in Status
    if status is not Status.WAIT_FOR_PLUGIN
}
_END = Status.END
_AT_ZERO = ChatState(INITIAL, extra={"status": Status.MOVE_FORWARD.value, "plugins": {}})


class FSMBot:
    """An `AbstractFSM` class as a bot that can be stepped.

    A chat's `extra` holds the status and the states of plugins, as a saved state has them; a status of None is
    that of a chat put into the middle of a conversation, which goes on with whatever arrives.  *hop_budget*
    takes the place of the class's own.  Raises `FaultyMachine` with everything that is wrong with the class,
    `SetupError` if it is no `AbstractFSM` class.
    """

    def __init__(
        self, cls: type[AbstractFSM], credentials: dict[str, Any] | None = None, *, hop_budget: int | None = None
    ) -> None:
        if not (isinstance(cls, type) and issubclass(cls, AbstractFSM)):
            raise SetupError(f"{cls!r} is no class that inherits from chatsim.fsm.AbstractFSM")
        self.cls = cls
        self.credentials = dict(credentials or {})
        self.hop_budget = hop_budget
        self.table: Table = program_of(cls).table

    def __repr__(self) -> str:
        # Without the credentials, which have no place in a log.
        return f"FSMBot({self.cls.__module__}:{self.cls.__qualname__})"

    def start(self) -> Snapshot:
        """Return the snapshot of a bot that has met nobody."""
        return Snapshot()

    def state_names(self) -> tuple[str, ...]:
        """Return the states in the order of their declaration, ``zero`` first where it is not declared."""
        return tuple(self.table.states)

    def hears(self) -> tuple[type[Event], ...]:
        """Return what the platform brings to an FSM."""
        return (Start, Text, Tap, Form, Callback)

    def code_for(self, state: str | None) -> tuple[Any, ...]:
        """Return what is called on the way out of *state*, and what it leads to; then the classes of plugins."""
        source = INITIAL if state is None else state
        names: list[Any] = []
        for way in self.table.transitions:
            if way.source == source:
                names += [condition.action for condition in way.conditions]
                names += [*way.prepare, *way.before, *way.after]
                target = self.table.states.get(way.target or "")
                names += target.on_enter if target is not None else ()
                names.append(f"on_enter_{way.target}")
        names += self.table.states[source].on_exit if source in self.table.states else ()
        names.append(f"on_exit_{source}")
        found = [getattr(self.cls, name, None) if isinstance(name, str) else name for name in names]
        return (*dict.fromkeys(action for action in found if action is not None), *_plugin_classes(self.cls))

    def start_at(self, chat: str, state: str, context: JsonObject, waits: Waits | None = None) -> Snapshot:
        """Return a snapshot in which *chat* is in *state* with *context* as variables, and waits so.

        *waits* None takes whatever the first event brings.  Raises `UnknownState`, `ContextNotSerializable`.
        """
        if state not in self.table.states:
            raise UnknownState(f"{self.cls.__name__} has no state {state!r}{nearest(state, self.table.states)}")
        if waits == "end":
            raise SetupError(f"a chat cannot begin at its end: let it wait for 'input' or 'callback' in {state!r}")
        anything = Status.MOVE_FORWARD.value if state == INITIAL else None
        extra: JsonObject = {"status": anything if waits is None else _RESUMES[waits], "plugins": {}}
        return Snapshot({chat: ChatState(state, json_copy(context), waits or "input", extra)})

    def step(self, snapshot: Snapshot, event: Event) -> Turn:
        """Return what comes of *event*: replies as sent, then the save; errors of the bot are in the turn."""
        began = perf_counter()
        chat = event.chat
        effects: list[Effect] = []

        def send(output: Any) -> None:
            effects.append(reply_from_output(output, chat))
            sent()

        machine: AbstractFSM | None = None
        try:
            machine = self._machine(snapshot.chats.get(chat, _AT_ZERO), event, send)
            machine.run()
            ended = _ended(machine) if machine.status is _END else None
            after = _chat_state(machine)
        except BaseException as caught:  # noqa: BLE001 - whatever a bot raises is part of its turn
            error = raised_by_bot(caught)
            return Turn(
                event=event,
                effects=tuple(effects),
                hops=_hops(machine),
                snapshot=snapshot,
                error=failure_from(error),
                seconds=perf_counter() - began,
                exception=error,
            )
        effects.append(Save(chat))
        return Turn(
            event=event,
            effects=tuple(effects),
            hops=tuple(machine._fsm_hops or ()),
            snapshot=snapshot.with_chat(chat, after),
            ended=ended,
            seconds=perf_counter() - began,
        )

    def _machine(self, before: ChatState, event: Event, send: Any) -> AbstractFSM:
        """Return a fresh machine that goes on from *before* and has got *event*."""
        extra = before.extra
        status, waits = extra["status"], before.waits
        if status is None:
            waits = "callback" if isinstance(event, Callback) else "input"
            status = _RESUMES[waits]
        plugins = json_clone(extra["plugins"]) if extra["plugins"] else {}
        machine = self.cls.get_machine(
            send, dict(self.credentials), before.state, status, json_clone(before.context), plugins
        )
        if self.hop_budget is not None:
            machine.hop_budget = self.hop_budget
        user_input, callback = deliver(event, waits)
        machine.submit_callback(callback)
        machine.submit_input(user_input)
        return machine


def _plugin_classes(cls: type[AbstractFSM]) -> list[type]:
    """Return the classes of the plugins of *cls*, those that its instances make for themselves as well."""
    try:
        plugins = cls(lambda _: None, {}).plugins
    except Exception:  # noqa: BLE001 - a bot that cannot be made without its credentials shows what its class has
        plugins = program_of(cls).plugins
    return list(dict.fromkeys(type(plugin) for plugin in (plugins or {}).values()))


def _hops(machine: AbstractFSM | None) -> tuple[Hop, ...]:
    return tuple(machine._fsm_hops or ()) if machine is not None else ()


def _ended(machine: AbstractFSM) -> ChatState:
    """Return the chat as it ended, with its outputs, and reset *machine*."""
    extra = {"outputs": json_copy(machine.outputs, "$.outputs")} if machine.outputs else None
    ended = ChatState(machine.state, _variables(machine.variables), "end", extra)
    machine.reset()
    return ended


def _chat_state(machine: AbstractFSM) -> ChatState:
    status, variables = machine._fsm_status_value(), machine.variables
    plugins = {}
    if machine.plugins:
        plugins = json_copy({name: plugin._save_state() for name, plugin in machine.plugins.items()}, "$.plugins")
    waits = _WAITS.get(status) or _waits_within(plugins)
    context = json_copy(variables) if type(variables) is dict else _variables(variables)
    return ChatState(machine.state, context, waits, {"status": status, "plugins": plugins})


def _variables(variables: Any) -> JsonObject:
    if not isinstance(variables, dict):
        raise BadResult(f"variables are a dict, not {variables!r} (a {type(variables).__name__})")
    copied: JsonObject = json_copy(variables) if variables else {}
    return copied


def _waits_within(plugins: dict[str, Any]) -> Waits:
    """Return what a machine waits for that waits for its plugins."""
    inner = [_WAITS.get(saved["main"]["status"]) or _waits_within(saved["plugins"]) for saved in plugins.values()]
    return "callback" if "callback" in inner else "input"
