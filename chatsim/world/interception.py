"""Stand between the bot's HTTP clients and the network: in those that are loaded, and those that will be."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType, TracebackType
from typing import Any, Self

from chatsim.world.outside import Innermost, Outside
from chatsim.world.patches import Held, Patches
from chatsim.world.sockets import install as guard_sockets

CLIENTS = {
    "httpx": "chatsim.world.clients.httpx_calls",
    "urllib3": "chatsim.world.clients.urllib3_calls",
    "aiohttp": "chatsim.world.clients.aiohttp_calls",
    "urllib.request": "chatsim.world.clients.urllib_calls",
}
"""The modules that make HTTP calls, and what stands between: loaded only when the client is."""


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

    guard_sockets(patches, _DOOR)
    for name in CLIENTS:
        if name in sys.modules:
            install(name)
    finder = _ClientFinder(install)
    sys.meta_path.insert(0, finder)
    patches.afterwards(partial(sys.meta_path.remove, finder))


BETWEEN = Held(_stand_between)
"""Held, every call asks whether an `Outside` is entered that takes it."""


class _ClientFinder(MetaPathFinder):
    """Finds clients as the other finders do, and says when one has been imported."""

    def __init__(self, imported: Any) -> None:
        self._imported = imported

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of a client with a loader that reports; None for everything else."""
        if fullname not in CLIENTS:
            return None
        for finder in sys.meta_path:
            if finder is not self and not isinstance(finder, _ClientFinder):
                spec = finder.find_spec(fullname, path, target)
                if spec is not None:
                    if spec.loader is not None:
                        spec.loader = _ReportingLoader(spec.loader, self._imported)
                    return spec
        return None


class _ReportingLoader(Loader):
    """Loads as *loader* does, and says so afterwards."""

    def __init__(self, loader: Any, imported: Any) -> None:
        self._loader = loader
        self._imported = imported

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Return what the loader makes of it."""
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Load the module; it and its spec keep the loader that they would have had."""
        spec = module.__spec__
        module.__loader__ = self._loader
        if spec is not None:
            spec.loader = self._loader
        self._loader.exec_module(module)
        self._imported(module.__name__)
