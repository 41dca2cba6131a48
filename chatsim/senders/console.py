"""Speak to a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TextIO

from chatsim.senders.replies import reply_from
from chatsim.visible import visible

if TYPE_CHECKING:
    from chatsim.senders.recording import RecordingSender


class ConsoleMessageSender:
    """Prints each message with the chat that it goes to, and below it what may be chosen.

    Characters that a terminal would obey are written out, so that no message clears the screen or forges a line.

    Args:
        stream: Where to print; by default whatever ``sys.stdout`` is at the time.

    >>> ConsoleMessageSender().send_message("ann", "Which size?", ["S", "L"])
    [ann] Which size?
        1. S
        2. L
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream

    def send_message(self, chat_id: str, text: str, options: Any = None) -> None:
        """Print a message; raises `BadMessage` for what is no text, or options that nobody can read."""
        self._deliver(chat_id, text, options)

    def redirect(self, recorder: RecordingSender) -> None:
        """Record into *recorder* instead of printing; for stand-ins (`chatsim.senders.doubles`)."""
        self._deliver = recorder.send_message  # type: ignore[method-assign]

    def _deliver(self, chat_id: str, text: str, options: Any) -> None:
        reply = reply_from(chat_id, text, options)
        parts = [reply.header, reply.text, reply.media and f"<{reply.type}: {reply.media}>", reply.footer]
        body = "\n".join(part for part in parts if part)
        lines = [f"[{chat_id}] {body}", *(f"    {n}. {o.title}" for n, o in enumerate(reply.options, start=1))]
        print(visible("\n".join(lines)), file=self.stream or sys.stdout, flush=True)
