"""Do something to a module as soon as it is there: at once, or when somebody imports it.

The finders and loaders here inherit from nothing: to import `importlib.abc` takes as long as forty tests to run.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from functools import partial
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from chatsim.world.patches import Patches


def when_imported(names: Collection[str], act: Callable[[str], object], patches: Patches) -> None:
    """Call *act* with each of *names* that is a loaded module, and with every other one when it is loaded.

    It is called no more after *patches* are undone.
    """
    for name in names:
        if name in sys.modules:
            act(name)
    finder = _Arrivals(names, act)
    sys.meta_path.insert(0, finder)
    patches.afterwards(partial(sys.meta_path.remove, finder))


class _Arrivals:
    """Finds modules of these names as the other finders do, and says when one has been imported."""

    def __init__(self, names: Collection[str], imported: Callable[[str], object]) -> None:
        self._names = names
        self._imported = imported

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec with a loader that reports; None for every other module."""
        if fullname not in self._names:
            return None
        for finder in sys.meta_path:
            if finder is not self and not isinstance(finder, _Arrivals):
                spec = finder.find_spec(fullname, path, target)
                if spec is not None:
                    if spec.loader is not None:
                        loader: Any = _ReportingLoader(spec.loader, self._imported)
                        spec.loader = loader
                    return spec
        return None


class _ReportingLoader:
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
