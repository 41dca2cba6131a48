"""What a message sender is."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from chatsim.errors import BadMessage


@runtime_checkable
class MessageSender(Protocol):
    """What a step speaks through.  Any object with this method will do; others may be added for its steps."""

    def send_message(self, chat_id: str, text: str, options: Any = None) -> None:
        """Send *text* to the chat.

        *options* is what the person may choose from (a list of titles, or ``{"buttons": [title, …]}``), or a
        platform's own payload.
        """
        ...


def check_text(text: Any) -> None:
    """Raise `BadMessage` unless *text* is a `str`: a chat platform takes nothing else."""
    if not isinstance(text, str):
        raise BadMessage(f"send_message takes text, not {type(text).__name__}: {text!r:.80}")
