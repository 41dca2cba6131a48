"""Import the modules of a folder under private names, so that two folders may each have a ``bot.py``.

A folder becomes a package with a private name (``_bots_pizza``), which is in ``sys.modules`` with all that was
imported from the folder: dataclasses, pickle and debuggers find the modules there.  ``sys.path``, the public names
in ``sys.modules`` and the working directory stay as they are.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.util
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import machinery
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from chatsim.bots.listings import Listings
from chatsim.bots.private_imports import IMPORTLIB, ImportRewriter, PrivateImportlib

# A second copy of chatsim, where the folder is the one that chatsim itself lies in, would recognise no bot of the first.
ONLY_ONCE = frozenset({*sys.builtin_module_names, "__main__", "__future__", IMPORTLIB, "chatsim"})
"""Modules that no folder has a copy of, and that are never imported anew."""


class FolderModules:
    """The modules of one folder, under *root*, a package name that nothing else has."""

    # The folder is a text: there is one of these for every bot of a run, and a Path takes several times as long.
    def __init__(self, folder: str, root: str) -> None:
        self.folder = folder
        self.root = root
        self.importlib = PrivateImportlib(root, self.has)
        self._names = {root, self.importlib.__name__}
        self._is_public = False

    def has(self, name: str) -> bool:
        """Say whether *name*, a module's first name, is one of this folder's.

        As in Python's own search, a mere folder without ``__init__.py`` gives way to a module found elsewhere.
        """
        if name in ONLY_ONCE:
            return False
        if f"{self.root}.{name}" in sys.modules:
            return True
        spec = _LISTINGS.of(self.folder).finder.find_spec(f"{self.root}.{name}")
        return spec is not None and (spec.loader is not None or not _is_elsewhere(name))

    def names(self) -> tuple[str, ...]:
        """Return the first names of the modules and packages in this folder."""
        # Scenarios may lie beside the bot by the thousand: they are looked at once.
        listing = _LISTINGS.of(self.folder)
        names = listing.sources | listing.packages()
        return tuple(sorted(names - {"__init__"} - ONLY_ONCE))

    def import_module(self, name: str) -> ModuleType:
        """Import *name* (``bot``, ``shop.bot``) from this folder.  What the module raises is not caught.

        A library that imports by name while the folder's modules are loaded (a logging configuration, handlers
        named in a JSON file) finds them as well.
        """
        self._enter_root()
        known = sys.modules.get(f"{self.root}.{name}")
        if known is not None:
            return known
        with self.public_names():
            return importlib.import_module(f"{self.root}.{name}")

    def exists(self, name: str) -> bool:
        """Say whether this folder has a module *name*; its parent packages are imported on the way."""
        self._enter_root()
        if f"{self.root}.{name}" in sys.modules:
            return True
        with self.public_names():
            return importlib.util.find_spec(f"{self.root}.{name}") is not None

    def find_spec(self, fullname: str, path: Sequence[str] | None) -> machinery.ModuleSpec | None:
        """Find a module below `root` in the folders of *path*."""
        self._names.add(fullname)
        namespace: list[str] = []
        for folder in path or ():
            spec = _LISTINGS.of(folder).finder.find_spec(fullname)
            if spec is not None and spec.loader is not None:
                return spec
            if spec is not None:
                namespace.extend(spec.submodule_search_locations or ())
        if not namespace:
            return None
        spec = machinery.ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = namespace
        return spec

    def loaded(self) -> list[ModuleType]:
        """Return what was imported from this folder."""
        # Of the names that were looked for, and not of all in sys.modules: these are thousands where many bots are.
        return [sys.modules[name] for name in sorted(self._names) if name in sys.modules]

    def release(self) -> None:
        """Forget what was imported, for good: nobody uses a bot of these modules any more."""
        self._forget()
        _ROOTS.pop(self.root, None)

    def drop(self) -> None:
        """Forget what was imported from this folder: the next import loads it anew."""
        self._forget()
        _LISTINGS.forget_below(self.folder)

    def _forget(self) -> None:
        for name in tuple(self._names):
            sys.modules.pop(name, None)
        self._names = {self.root, self.importlib.__name__}

    def _enter_root(self) -> None:
        if self.root in sys.modules:
            return
        package = ModuleType(self.root, f"The modules of {self.folder}.")
        package.__spec__ = machinery.ModuleSpec(self.root, None, is_package=True)
        package.__path__ = [self.folder]
        package.__package__ = self.root
        vars(package)[IMPORTLIB] = self.importlib
        sys.modules[self.root] = package
        sys.modules[self.importlib.__name__] = self.importlib
        if _FINDER not in sys.meta_path:
            sys.meta_path.insert(0, _FINDER)

    @contextlib.contextmanager
    def public_names(self) -> Iterator[None]:
        """Let libraries import this folder's modules by their public names, until the outermost block is left."""
        if self._is_public:
            yield
            return
        names = set(self.names()) - sys.stdlib_module_names
        hidden = _take_out(names)
        aliases = _AliasFinder(self, names)
        sys.meta_path.insert(0, aliases)
        self._is_public = True
        try:
            yield
        finally:
            self._is_public = False
            sys.meta_path.remove(aliases)
            _take_out(names)
            sys.modules.update(hidden)


def _take_out(names: set[str]) -> dict[str, ModuleType]:
    """Take the modules with these first names out of ``sys.modules``, and return them."""
    # Where none of them is, nothing below them is either: a package is imported before its modules.
    if not any(name in sys.modules for name in names):
        return {}
    return {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in names}


class _SourceLoader(machinery.SourceFileLoader):
    """Load a source file of a folder, its imports rewritten, and without bytecode files.

    The modification time in a bytecode file counts whole seconds: a file changed within one would be loaded as it was.
    """

    @property
    def _modules(self) -> FolderModules:
        return _ROOTS[self.name.partition(".")[0]]

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)

    def source_to_code(self, data: Any, path: Any, *, _optimize: int = -1) -> CodeType:  # type: ignore[override]
        key = str(path), bytes(data)
        if key not in _COMPILED:
            rewriter = ImportRewriter(self._modules.root, self._modules.has)
            tree = rewriter.visit(ast.parse(data, path))
            code = compile(tree, path, "exec", dont_inherit=True, optimize=_optimize)
            if rewriter.count:
                return code  # with the names of these modules in it
            if len(_COMPILED) >= _MOST_COMPILED:
                del _COMPILED[next(iter(_COMPILED))]
            _COMPILED[key] = code
        return _COMPILED[key]

    def exec_module(self, module: ModuleType) -> None:
        vars(module)["__import__"] = self._modules.importlib.dunder_import
        super().exec_module(module)


class _FolderFinder:
    """Finds what is below a private root; it stays in ``sys.meta_path``, for bots import inside functions, too."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> machinery.ModuleSpec | None:
        modules = _ROOTS.get(fullname.partition(".")[0])
        return None if modules is None else modules.find_spec(fullname, path)


class _AliasFinder:
    """Finds a folder's modules under their public names, and gives out the private ones."""

    def __init__(self, modules: FolderModules, names: set[str]) -> None:
        self._modules = modules
        self._names = names

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in self._names:
            return None
        private = f"{self._modules.root}.{fullname}"
        if importlib.util.find_spec(private) is None:
            return None
        loader: Any = _AliasLoader(private)
        return machinery.ModuleSpec(fullname, loader)


class _AliasLoader:
    """Load nothing: give out the module that has a private name already."""

    def __init__(self, private: str) -> None:
        self._private = private

    def create_module(self, spec: machinery.ModuleSpec) -> ModuleType:  # noqa: ARG002
        module = importlib.import_module(self._private)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec  # the import system has just put the alias's there


_FINDER = _FolderFinder()
_ROOTS: dict[str, FolderModules] = {}
_LISTINGS = Listings(
    (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
    (_SourceLoader, machinery.SOURCE_SUFFIXES),
    (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
)
_SHARED: dict[Path, FolderModules] = {}
_NUMBERS: Counter[str] = Counter()
_COMPILED: dict[tuple[str, bytes], CodeType] = {}
_MOST_COMPILED = 256
_NO_LETTER = re.compile(r"\W")


def modules_of(folder: Path) -> FolderModules:
    """Return the modules of *folder*, the same ones whenever they are asked for."""
    folder = folder.resolve()
    if folder not in _SHARED:
        _SHARED[folder] = own_modules(folder)
    return _SHARED[folder]


def own_modules(folder: Path) -> FolderModules:
    """Return modules of *folder* that nobody else has: what they keep in globals is theirs alone.

    They stay until `FolderModules.release` is called.
    """
    place = os.path.realpath(folder)
    stem = "_bots_" + _NO_LETTER.sub("_", os.path.basename(place))  # noqa: PTH119 - a text, see `FolderModules`
    _NUMBERS[stem] += 1
    root = stem if _NUMBERS[stem] == 1 else f"{stem}__{_NUMBERS[stem]}"
    _ROOTS[root] = FolderModules(place, root)
    return _ROOTS[root]


def _is_elsewhere(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ValueError:  # in sys.modules, and without a spec
        return True
