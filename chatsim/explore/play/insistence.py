"""Interrupt a bot that swallows every interruption: each line of its own code raises, those that handle errors too."""

from __future__ import annotations

import sys
from threading import get_ident
from types import CodeType
from typing import Any

from chatsim.failures import is_bots_own

_TOOL = 4
"""The number by which the interpreter knows us, among those that no kind of tool has for itself."""


class Insistence:
    """Raises in the thread that made it.  Before Python 3.12 nothing comes of it: there is no such way."""

    def __init__(self) -> None:
        self._thread = get_ident()
        self._insists = False

    def begin(self, error: type[BaseException]) -> None:
        """Let every line of the bot raise *error* from now on."""
        monitoring: Any = getattr(sys, "monitoring", None)
        if monitoring is None or self._insists or monitoring.get_tool(_TOOL) is not None:
            return

        def line(code: CodeType, _number: int) -> Any:
            if not is_bots_own(code.co_filename):
                return monitoring.DISABLE
            if get_ident() == self._thread:
                raise error
            return None

        self._insists = True
        monitoring.use_tool_id(_TOOL, "chatsim")
        monitoring.register_callback(_TOOL, monitoring.events.LINE, line)
        monitoring.set_events(_TOOL, monitoring.events.LINE)

    def end(self) -> None:
        """Let it be."""
        if self._insists:
            self._insists = False
            monitoring: Any = getattr(sys, "monitoring")  # noqa: B009 - only newer interpreters have it
            monitoring.set_events(_TOOL, 0)
            monitoring.free_tool_id(_TOOL)
            monitoring.restart_events()
