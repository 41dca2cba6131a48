"""What every recording has in common: a turn is masked and written, and whatever goes wrong, the bot goes on."""

from __future__ import annotations

import linecache
import logging
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chatsim.recording.journal import Journal, Recorded
from chatsim.recording.masking import Masker
from chatsim.trace import ChatState, Snapshot, Turn

_log = logging.getLogger(__name__)


class Tape:
    """Writes the turns of one bot to a file.

    Args:
        path: The file; its folder must be there.
        target: The bot, whose name is looked for among the modules that are loaded.
        bot: ``module:object``, where the name that is found would not do.
        secrets: See `Masker`.
        patterns: See `Masker`.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        target: Any,
        bot: str = "",
        secrets: Iterable[Any] | Mapping[str, Any] = (),
        patterns: Iterable[str | re.Pattern[str]] = (),
    ) -> None:
        self.masker = Masker(secrets, patterns)
        self._journal = Journal(Path(path))
        self._target = target
        self._bot = bot
        self._troubled = False

    def note(self, turn: Callable[[], tuple[str, ChatState | None, Turn] | None]) -> None:
        """Write the chat, what was remembered before, and the turn that *turn* returns; never raise."""
        try:
            made = turn()
            if made is not None:
                self._write(*made)
        except Exception:  # noqa: BLE001 - recording must never break the bot, whatever it is that went wrong
            # Once with a traceback: a full disk would fill the log as well.
            level, self._troubled = (logging.DEBUG if self._troubled else logging.WARNING), True
            _log.log(level, "a turn could not be recorded in %s", self._journal.path, exc_info=True)

    def _write(self, chat: str, before: ChatState | None, turn: Turn) -> None:
        recorded = Recorded(chat, turn.for_json(), datetime.now(UTC).isoformat(), "", before)
        self.masker.learn(recorded)
        masked: Recorded = self.masker.masked(recorded)
        self._journal.append(Recorded(masked.chat, masked.turn, recorded.at, self._name(), masked.before))

    def _name(self) -> str:
        if not self._bot:
            self._bot = name_of(self._target)
        return self._bot


def name_of(target: Any) -> str:
    """Return ``module:object`` for what a loaded module holds as a global, else nothing.

    >>> from chatsim.fsm import AbstractFSM
    >>> name_of(AbstractFSM)
    'chatsim.fsm.abstract_fsm:AbstractFSM'
    """
    if isinstance(target, type):
        return f"{_importable(target.__module__)}:{target.__qualname__}" if "<" not in target.__qualname__ else ""
    homes = [
        (module, name)
        for module, loaded in list(sys.modules.items())
        for name, value in list(getattr(loaded, "__dict__", {}).items())
        if value is target and not name.startswith("_")
    ]
    # Others import it from where it is made; a script that only starts the bot is the last choice.
    homes.sort(key=lambda home: (not _assigns(*home), home[0] == "__main__"))
    return f"{_importable(homes[0][0])}:{homes[0][1]}" if homes else ""


def _assigns(module: str, name: str) -> bool:
    """Say whether the source of *module* gives *name* its value."""
    source = "".join(linecache.getlines(getattr(sys.modules[module], "__file__", None) or ""))
    return re.search(rf"^{re.escape(name)}\b[^=\n]*=(?!=)", source, re.MULTILINE) is not None


def _importable(module: str) -> str:
    """Return the name under which *module* can be imported: a script is called ``__main__`` while it runs."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    return Path(file).stem if module == "__main__" and file else module


def only(snapshot: Snapshot, chat: str) -> Snapshot:
    """Return *snapshot* with nothing in it but *chat*: what others said has no place in this chat's record."""
    state = snapshot.chats.get(chat)
    return Snapshot({chat: state} if state is not None else {}, snapshot.clock)
