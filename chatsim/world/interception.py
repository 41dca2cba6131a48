"""Stand between the bot's HTTP clients and the network: in those that are loaded, and those that will be."""

from __future__ import annotations

from importlib import import_module
from types import TracebackType
from typing import Self

from chatsim.world.arrivals import when_imported
from chatsim.world.outside import Innermost, Outside
from chatsim.world.patches import Held, Patches

CLIENTS = {
    "httpx": "chatsim.world.clients.httpx_calls",
    "urllib3": "chatsim.world.clients.urllib3_calls",
    "aiohttp": "chatsim.world.clients.aiohttp_calls",
    "urllib.request": "chatsim.world.clients.urllib_calls",
    "socket": "chatsim.world.sockets",
}
"""The modules that reach out, and what stands between: loaded only when these are."""


_DOOR = Innermost()


class Interception:
    """Entered, every HTTP call of the bot goes through *outside*, and no other connection is opened for it.

    A client that the bot imports later is taken care of when it is imported.  Left, all is as it was.
    """

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    def __enter__(self) -> Self:
        """Stand between."""
        BETWEEN.__enter__()
        _DOOR.enter(self._outside)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Go away."""
        _DOOR.leave(self._outside)
        BETWEEN.__exit__(kind, error, traceback)


def _stand_between(patches: Patches) -> None:
    def install(name: str) -> None:
        import_module(CLIENTS[name]).install(patches, _DOOR)

    when_imported(CLIENTS, install, patches)


BETWEEN = Held(_stand_between)
"""Held, every call asks whether an `Outside` is entered that takes it."""
