"""Classes of ``jb_manager_bot`` 0.1.x as bots, driven by their own ``run_machine``."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from jb_manager_bot import AbstractFSM  # type: ignore[import-untyped]
from jb_manager_bot.data_models import FSMOutput, Status  # type: ignore[import-untyped]
from transitions import Machine

from chatsim.bots.framework import FrameworkBot, Record
from chatsim.bots.jb_platform import deliver, reply_from_output
from chatsim.bots.machine_watch import Watch, model_state, state_name, watching
from chatsim.bots.recognise import Origin
from chatsim.bots.setup_errors import raised
from chatsim.errors import HopLoop, NoWayOn, SetupError, UnknownState, did_you_mean
from chatsim.fsm.faults import received
from chatsim.jsondata import json_clone, json_copy
from chatsim.trace import Callback, ChatState, Event, Form, Hop, JsonObject, Snapshot, Start, Tap, Text, Waits

DEFAULT_BUDGET = 1000
INITIAL = "zero"
_RESUMES = {"input": Status.WAIT_FOR_USER_INPUT.value, "callback": Status.WAIT_FOR_CALLBACK.value}
_WAITS: dict[int, Waits] = {Status.WAIT_FOR_CALLBACK.value: "callback", Status.WAIT_FOR_USER_INPUT.value: "input"}


class JbManagerBot(FrameworkBot):
    """An AbstractFSM class of ``jb_manager_bot``.

    A chat's context are the variables; its `extra` holds the status and the states of the plugins, as the package
    saves them.  The package asks again for ever where no condition is true: after *budget* attempts to move on, the
    turn fails with no way on, or with a hop loop when the machine went round in circles.

    Args:
        cls: The bot's class.
        credentials: Handed to every instance, as a copy.
        budget: How often the machines of one turn may try to move on.
    """

    def __init__(self, cls: type[AbstractFSM], credentials: JsonObject, budget: int = DEFAULT_BUDGET) -> None:
        self.cls = cls
        self.credentials = credentials
        self.budget = budget
        self._snapshot = Snapshot()

    def load(self, snapshot: Snapshot) -> None:
        """Keep *snapshot*; a fresh instance of the class gets a copy of its chat."""
        self._snapshot = snapshot

    def dispatch(self, event: Event, record: Record) -> None:
        """Run the machine once with *event*."""
        chat = event.chat
        before = self._snapshot.chats.get(chat)
        user_input, callback_input = deliver(event, before.waits if before is not None else None)
        watch = _TurnWatch(self.budget, user_input)
        run_machine: Callable[..., JsonObject] = self.cls.run_machine
        try:
            with watching(watch, (AbstractFSM, "_restore_state", _TurnWatch.restored)):
                saved = run_machine(
                    lambda output: record.reply(reply_from_output(output, chat)),
                    user_input,
                    callback_input,
                    copy.deepcopy(self.credentials),
                    None if before is None else _saved_state(before, event),
                )
        finally:
            record.hops.extend(watch.hops())
        if saved["main"]["status"] == Status.MOVE_FORWARD.value:  # only the reset after an END saves this
            record.ended = watch.ended
        self._snapshot = self._snapshot.with_chat(chat, _chat_state(saved))

    def save(self) -> Snapshot:
        """Return the snapshot with what `run_machine` gave back."""
        return self._snapshot

    def state_names(self) -> tuple[str, ...]:
        """Return the names in the class's `states`, in their order."""
        return tuple(_declared_name(state) for state in self.cls.states)

    def hears(self) -> tuple[type[Event], ...]:
        """Return what the platform brings to an FSM."""
        return (Start, Text, Tap, Form, Callback)

    def code_for(self, state: str | None) -> tuple[Any, ...]:
        """Return the guards on the ways out of *state*, the states that these lead to, and the classes of plugins."""
        source = INITIAL if state is None else state
        names: list[str] = []
        for way in self.cls.transitions:
            sources = way.get("source")
            if source in (sources if isinstance(sources, list) else [sources]) or sources == "*":
                for key in ("conditions", "unless", "before", "after", "prepare"):
                    given = way.get(key) or []
                    names += given if isinstance(given, list) else [given]
                names.append(f"on_enter_{way.get('dest')}")
        names.append(f"on_exit_{source}")
        found = [getattr(self.cls, name, None) for name in names if isinstance(name, str)]
        plugins = [type(plugin) for plugin in (getattr(self.cls, "plugins", None) or {}).values()]
        return (*dict.fromkeys(method for method in found if method is not None), *plugins)

    def start_at(self, chat: str, state: str, context: JsonObject, waits: Waits | None = None) -> Snapshot:
        """Return a snapshot in which *chat* is in *state*; plugins are at their beginning.

        *waits* None takes whatever the first event brings.
        """
        names = self.state_names()
        if state not in names:
            raise UnknownState(f"{self.cls.__name__} has no state {state!r}. {did_you_mean(state, names)}")
        if waits == "end":
            raise SetupError(f"a chat cannot begin at its end: let it wait for 'input' or 'callback' in {state!r}")
        anything = Status.MOVE_FORWARD.value if state == INITIAL else None
        extra: JsonObject = {"status": anything if waits is None else _RESUMES[waits], "plugins": {}}
        return Snapshot({chat: ChatState(state, json_copy(context), waits or "input", extra)})


class _TurnWatch(Watch):
    """Watches the machines of one turn: bounds their attempts, and sees the bot end before it is reset."""

    def __init__(self, budget: int, user_input: object) -> None:
        super().__init__()
        self._user_input = user_input
        self._budget = budget
        self._left = budget
        self._outermost: Any = None
        self.ended = ChatState(waits="end")

    def restored(self, original: Callable[..., None], fsm: Any, *args: Any, **kwargs: Any) -> None:
        """Be told that *fsm* takes up its saved state: the first to do so is the bot, the others are its plugins."""
        if self._outermost is None:
            self._outermost = fsm
            fsm.reset = self._noting_the_end(fsm.reset)
        original(fsm, *args, **kwargs)

    def tried(self, machine: Machine, moved: bool) -> None:  # noqa: FBT001
        self._left -= 1
        if self._left >= 0:
            return
        state = model_state(machine, machine.models[0])
        if moved:
            raise HopLoop(f"hop loop: more than {self._budget} hops in one turn, the last one to {state}")
        guards = ", ".join(dict.fromkeys(f"{guard.name}={guard.value}" for guard in self.asked))
        raise NoWayOn(
            f"no way on: state {state}, guards {guards}. "
            "Add a transition without conditions as the last one, or let one of the guards hold"
            f"{received(self._user_input)}"
        )

    def hops(self) -> tuple[Hop, ...]:
        """Return the moves, each with the name of the plugin that moved."""
        names = self._plugin_names()
        return tuple(Hop(move.source, move.target, move.guards, names.get(id(move.model), "")) for move in self.moves)

    def _noting_the_end(self, reset: Callable[[], None]) -> Callable[[], None]:
        def noting() -> None:
            fsm = self._outermost
            self.ended = ChatState(fsm.state, json_copy(fsm.variables), "end")
            reset()

        return noting

    def _plugin_names(self) -> dict[int, str]:
        names: dict[int, str] = {}
        owners = [(self._outermost, "")] if self._outermost is not None else []
        while owners:
            owner, path = owners.pop()
            for name, plugin in owner.plugins.items():
                if id(plugin) not in names:
                    names[id(plugin)] = f"{path}.{name}".lstrip(".")
                    owners.append((plugin, names[id(plugin)]))
        return names


def _saved_state(chat: ChatState, event: Event) -> JsonObject:
    """Return *chat* as `run_machine` takes it; a chat put into the middle waits for what *event* brings."""
    extra = json_clone(chat.extra)
    if extra["status"] is None:
        waits_for = Status.WAIT_FOR_CALLBACK if isinstance(event, Callback) else Status.WAIT_FOR_USER_INPUT
        extra["status"] = waits_for.value
    main = {"state": chat.state, "status": extra["status"], "variables": json_clone(chat.context)}
    return {"main": main, "plugins": extra["plugins"]}


def _chat_state(saved: JsonObject) -> ChatState:
    main = saved["main"]
    extra = {"status": main["status"], "plugins": json_copy(saved["plugins"], "$plugins")}
    return ChatState(state_name(main["state"]), json_copy(main["variables"]), _waits(saved), extra)


def _waits(saved: JsonObject) -> Waits:
    """Return what the machine waits for; one that waits for a plugin waits for what that plugin waits for."""
    status = saved["main"]["status"]
    if status == Status.WAIT_FOR_PLUGIN.value:
        return "callback" if "callback" in map(_waits, saved["plugins"].values()) else "input"
    return _WAITS.get(status, "input")


def _declared_name(state: Any) -> str:
    name = state["name"] if isinstance(state, dict) else getattr(state, "name", state)
    return state_name(name)


def adapt(cls: type[AbstractFSM], origin: Origin) -> JbManagerBot:
    """Return *cls* as a bot; raise `SetupError` where the package itself finds the class wrong."""
    if "message_data" not in FSMOutput.model_fields:
        raise SetupError(
            f"bot {origin.reference!r}: the installed jb-manager-bot has another message model; "
            "this adapter drives 0.1.x: pip install 'jb-manager-bot==0.1.8'"
        )
    try:
        cls.check_sanity()
    except ValueError as error:
        raise raised(f"bot {origin.reference!r}: the sanity check of {cls.__name__}", error) from error
    return JbManagerBot(cls, origin.credentials)
