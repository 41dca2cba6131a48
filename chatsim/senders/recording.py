"""A sender that keeps what it is given: for tests, and for turns that must not reach anybody."""

from __future__ import annotations

from typing import Any

from chatsim.senders.replies import reply_from, reply_from_payload
from chatsim.senders.whatsapp_messages import WhatsAppMessages
from chatsim.trace import JsonObject, Reply
from chatsim.world.effects import sent


class RecordingSender(WhatsAppMessages):
    """Keeps every message as a `Reply` in `replies`, in order, and sends nothing.

    It offers the methods of `WhatsAppSender` as well, so that steps written for that one can be tested.

    >>> sender = RecordingSender()
    >>> sender.send_message("ann", "Which size?", ["S", "L"])
    >>> sender.replies[0].text, [option.title for option in sender.replies[0].options]
    ('Which size?', ['S', 'L'])
    """

    def __init__(self) -> None:
        self.replies: list[Reply] = []

    @property
    def texts(self) -> list[str]:
        """The texts of the recorded messages."""
        return [reply.text for reply in self.replies]

    def clear(self) -> None:
        """Forget what was recorded."""
        self.replies.clear()

    def send_message(self, chat_id: str, text: str, options: Any = None) -> None:
        """Record a message; raises `BadMessage` for what is no text, or options that nobody can read."""
        self.replies.append(reply_from(chat_id, text, options))
        sent()

    def redirect(self, recorder: RecordingSender) -> None:
        """Record into *recorder* from now on; for stand-ins (`chatsim.senders.doubles`)."""
        self.replies = recorder.replies

    def _deliver(self, chat_id: str, payload: JsonObject) -> JsonObject:
        self.replies.append(reply_from_payload(chat_id, payload))
        sent()
        return {"messages": [{"id": f"recorded.{len(self.replies)}"}]}
