"""Record the turns of FSM classes, chatsim's own and those of ``jb_manager_bot``: what `run_machine` is given and gives."""

from __future__ import annotations

import hashlib
import inspect
import json
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from chatsim.bots.jb_platform import reply_from_output
from chatsim.failures import failure_from
from chatsim.jsondata import json_clone, json_copy, to_json
from chatsim.recording.tape import Tape
from chatsim.trace import (
    Callback,
    ChatState,
    Effect,
    Event,
    Failure,
    File,
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

_MOST_OPEN = 10_000
_MOVE_FORWARD, _WAIT_FOR_CALLBACK, _WAIT_FOR_PLUGIN = 2, 3, 4


class Chats:
    """Finds out which chat a turn belongs to by the state that it goes on from.

    Two chats in the very same state are the same to the bot, so that it does not matter which of them is taken.
    """

    def __init__(self) -> None:
        self._open: OrderedDict[str, list[str]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, state: JsonObject | None) -> str:
        """Return the chat that was left in *state*, or a new one."""
        with self._lock:
            key = _digest(state)
            waiting = self._open.get(key, [])
            chat = waiting.pop() if state and waiting else f"chat-{uuid.uuid4().hex[:12]}"
            if not waiting:
                self._open.pop(key, None)
            return chat

    def left(self, chat: str, state: JsonObject) -> None:
        """Remember that *chat* is in *state* now."""
        with self._lock:
            self._open.setdefault(_digest(state), []).append(chat)
            if len(self._open) > _MOST_OPEN:
                self._open.popitem(last=False)


def _digest(state: JsonObject | None) -> str:
    return hashlib.sha256(json.dumps(state, sort_keys=True, default=repr).encode()).hexdigest()


def record_machine(cls: Any, tape: Tape, chat: Callable[[], str] | None) -> None:
    """Write every turn that *cls* (or a class that inherits from it) runs to *tape*; `run_machine` is wrapped in place.

    *chat* returns the id of the chat that is handled; by default chats are told apart by their states.
    """
    original = cls.run_machine.__func__
    signature = inspect.signature(original)
    chats = Chats()
    _watch_machines(cls)

    def run_machine(cls: Any, *args: Any, **kwargs: Any) -> Any:
        given = signature.bind(cls, *args, **kwargs)
        note = _Note(chats, chat)
        tape.note(lambda: note.begins(given.arguments, tape))
        given.arguments["send_message"] = note.listening(given.arguments["send_message"], tape)
        before = _running.set(note)
        try:
            saved = original(*given.args, **given.kwargs)
        except (Exception, SystemExit) as error:
            failure = failure_from(error)
            tape.note(lambda: note.failed(failure))
            raise
        finally:
            _running.reset(before)
        tape.note(lambda: note.finished(saved))
        return saved

    cls.run_machine = classmethod(run_machine)


def _watch_machines(cls: Any) -> None:
    """Let the note of a turn know the machine that runs it, where that tells its hops: chatsim's own does."""
    made = getattr(cls, "get_machine", None)
    if made is None:
        return
    get_machine = made.__func__

    def watching(cls: Any, *args: Any, **kwargs: Any) -> Any:
        machine = get_machine(cls, *args, **kwargs)
        note = _running.get()
        if note is not None and note.machine is None:
            note.machine = machine
        return machine

    cls.get_machine = classmethod(watching)


_running: ContextVar[_Note | None] = ContextVar("chatsim_recorded_turn", default=None)


@dataclass(slots=True)
class _Note:
    """What is known of a turn while it runs."""

    chats: Chats
    asked: Callable[[], str] | None
    chat: str = ""
    event: Event = field(default_factory=Start)
    before: ChatState | None = None
    effects: list[Effect] = field(default_factory=list)
    machine: Any = None

    @property
    def hops(self) -> tuple[Hop, ...]:
        """The transitions that were taken, as far as the machine tells them."""
        return tuple(getattr(self.machine, "_fsm_hops", None) or ())

    def begins(self, given: Mapping[str, Any], tape: Tape) -> None:
        """Keep what the turn begins with."""
        tape.masker.add(given.get("credentials") or ())
        state, variables = given.get("state"), given.get("kwargs", {})
        self.chat = self.chats.of(state) if self.asked is None else self.asked()
        if state or variables:
            main = (state or {}).get("main", {"state": "zero", "status": _MOVE_FORWARD, "variables": {}})
            saved = {"main": main, "plugins": (state or {}).get("plugins", {})}
            saved["main"] = {**main, "variables": {**main["variables"], **variables}}
            self.before = _chat_state(saved)
        self.event = _event(self.chat, given.get("user_input"), given.get("callback_input"), self.before)

    def listening(self, send_message: Callable[..., Any], tape: Tape) -> Callable[..., Any]:
        """Return *send_message* such that what was sent is noted."""

        def sending(output: Any, *args: Any, **kwargs: Any) -> Any:
            sent = send_message(output, *args, **kwargs)
            tape.note(lambda: self.effects.append(reply_from_output(output, self.chat)))
            return sent

        return sending

    def failed(self, failure: Failure) -> tuple[str, ChatState | None, Turn]:
        """Return the turn, in which the bot raised *failure*; the chat is as it was."""
        snapshot = _remembered(self.chat, self.before)
        turn = Turn(event=self.event, effects=tuple(self.effects), hops=self.hops, snapshot=snapshot, error=failure)
        return self.chat, self.before, turn

    def finished(self, saved: JsonObject) -> tuple[str, ChatState | None, Turn]:
        """Return the turn that ended with the state *saved*; only the reset after an END leaves such a status."""
        self.chats.left(self.chat, saved)
        ended = ChatState(waits="end") if saved["main"]["status"] == _MOVE_FORWARD else None
        turn = Turn(
            event=self.event,
            effects=(*self.effects, Save(self.chat)),
            hops=self.hops,
            snapshot=_remembered(self.chat, _chat_state(saved)),
            ended=ended,
        )
        return self.chat, self.before, turn


def _remembered(chat: str, state: ChatState | None) -> Snapshot:
    return Snapshot({chat: state} if state is not None else {})


def _chat_state(saved: JsonObject) -> ChatState:
    main = saved["main"]
    plugins = json_copy(saved["plugins"]) if saved["plugins"] else {}
    extra = {"status": main["status"], "plugins": plugins}
    return ChatState(str(main["state"]), json_clone(main["variables"]), _waits(saved), extra)


def _waits(saved: JsonObject) -> Waits:
    status = saved["main"]["status"]
    if status == _WAIT_FOR_PLUGIN:
        return "callback" if "callback" in map(_waits, saved["plugins"].values()) else "input"
    return "callback" if status == _WAIT_FOR_CALLBACK else "input"


def _event(chat: str, user_input: Any, callback: Any, before: ChatState | None) -> Event:
    """Return what reached the machine, as `chatsim.bots.jb_platform.deliver` would have handed it over."""
    for_callback = user_input is None or (callback is not None and before is not None and before.waits == "callback")
    said = callback if for_callback else user_input
    if said is None:
        return Start(chat)
    if isinstance(said, bytes):
        return File(said, chat=chat)
    text = said if isinstance(said, str) else to_json(said)
    return Callback(text, chat) if for_callback else _spoken(text, chat)


def _spoken(text: str, chat: str) -> Event:
    try:
        data = json.loads(text) if text[:1] in {"{", "["} else None
    except (ValueError, RecursionError):
        return Text(text, chat)
    match data:
        case [{"option_id": str(id_), "option_text": str(title)}] if json.dumps(data) == text:
            return Tap(id_, title, chat)
        case dict() if json.dumps(data) == text:
            return Form(data, chat)
        case _:
            return Text(text, chat)
