"""Record what reaches a `chatsim.orchestrator.ChatOrchestrator`, and what it answers."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from chatsim.errors import SetupError
from chatsim.failures import failure_from
from chatsim.jsondata import json_copy
from chatsim.orchestrator.chat_orchestrator import ChatOrchestrator, Stepped
from chatsim.recording.tape import Tape
from chatsim.senders.replies import reply_from, reply_from_payload
from chatsim.senders.whatsapp_messages import WhatsAppMessages
from chatsim.trace import ChatState, Effect, Event, File, Form, Hop, JsonObject, Save, Snapshot, Start, Text, Turn


@dataclass(slots=True)
class _Note:
    """What is known of a message while it is handled.  `sends` is above 0 while the sender is at work."""

    chat: str
    user_input: Any
    before: ChatState | None = None
    effects: list[Effect] = field(default_factory=list)
    stepped: Stepped | None = None
    error: BaseException | None = None
    sends: int = 0

    def begins(self, state_id: str | None, context: JsonObject) -> None:
        """Keep what is remembered of the chat, before the step changes it."""
        if state_id is not None:
            self.before = ChatState(state_id, json_copy(context))

    def turn(self) -> tuple[str, ChatState | None, Turn]:
        """Return chat, what was remembered, and the turn."""
        event, chat = _event(self.chat, self.user_input), self.chat
        before = Snapshot({chat: self.before} if self.before is not None else {})
        if self.error is not None or self.stepped is None:
            failure = failure_from(self.error) if self.error is not None else None
            return chat, self.before, Turn(event=event, effects=tuple(self.effects), snapshot=before, error=failure)
        entered, target, context = self.stepped
        after = Snapshot({chat: ChatState(target, json_copy(context))})
        effects = (*self.effects, Save(chat))
        return chat, self.before, Turn(event=event, effects=effects, hops=(Hop(entered, target),), snapshot=after)


def record_orchestrator(orchestrator: ChatOrchestrator, tape: Tape) -> None:
    """Write every message that *orchestrator* handles to *tape*.

    Its `handle_message` and `run_step`, and the sending methods of its sender, are wrapped where they are.
    """
    current: ContextVar[_Note | None] = ContextVar("current", default=None)
    handle_message, run_step = orchestrator.handle_message, orchestrator.run_step

    def handling(chat_id: str, user_input: Any) -> None:
        note = _Note(chat_id, user_input)
        token = current.set(note)
        try:
            handle_message(chat_id, user_input)
        except BaseException as error:
            note.error = error
            raise
        finally:
            current.reset(token)
            tape.note(lambda: note.turn() if isinstance(chat_id, str) else None)

    def stepping(state_id: str | None, context: JsonObject, chat_id: str, user_input: Any, sender: Any) -> Stepped:
        note = current.get()
        if note is None:  # somebody tries a step out: chatsim's own adapter, for one
            return run_step(state_id, context, chat_id, user_input, sender)
        tape.note(lambda: note.begins(state_id, context))
        note.stepped = run_step(state_id, context, chat_id, user_input, sender)
        return note.stepped

    _wrap(orchestrator, "handle_message", handling)
    _wrap(orchestrator, "run_step", stepping)
    _listen(orchestrator.message_sender, current, tape)


def _listen(sender: Any, current: ContextVar[_Note | None], tape: Tape) -> None:
    """Note what *sender* sends, once it is sent."""
    send_message = sender.send_message

    def sending(chat_id: str, text: str, options: Any = None) -> Any:
        return _sent(
            current, tape, lambda: send_message(chat_id, text, options), lambda: reply_from(chat_id, text, options)
        )

    _wrap(sender, "send_message", sending)
    if isinstance(sender, WhatsAppMessages):
        deliver = sender._deliver  # noqa: SLF001 - through it go all the messages that send_message does not send

        def delivering(chat_id: str, payload: JsonObject) -> JsonObject:
            sent: JsonObject = _sent(
                current, tape, lambda: deliver(chat_id, payload), lambda: reply_from_payload(chat_id, payload)
            )
            return sent

        _wrap(sender, "_deliver", delivering)


def _sent(current: ContextVar[_Note | None], tape: Tape, send: Any, reply: Any) -> Any:
    note = current.get()
    if note is None:
        return send()
    note.sends += 1
    try:
        result = send()
    finally:
        note.sends -= 1
    if not note.sends:
        # A note is no turn to be written; what is wrong with a reply is told in the same way.
        tape.note(lambda: note.effects.append(reply()))
    return result


def _wrap(target: Any, name: str, wrapper: Any) -> None:
    try:
        setattr(target, name, wrapper)
    except AttributeError:
        raise SetupError(
            f"a {type(target).__name__} cannot be recorded: its {name} cannot be replaced, because the class has __slots__"
        ) from None


def _event(chat: str, user_input: Any) -> Event:
    if user_input is None:
        return Start(chat)
    if isinstance(user_input, bytes):
        return File(user_input, chat=chat)
    if isinstance(user_input, dict):
        return Form(json_copy(user_input), chat)
    return Text(user_input if isinstance(user_input, str) else str(user_input), chat)
