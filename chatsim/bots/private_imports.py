"""Rewrite the imports of a module, so that those of its neighbours find them under their private names.

The rewriting is done on the syntax tree while a module is compiled.  Line numbers and columns stay, so tracebacks,
``inspect``, debuggers and coverage show the file as it is.  The other way, a ``__builtins__`` with an ``__import__``
of its own, would freeze a copy of the builtins: ``gettext.install`` and a test's patched ``open`` would not be seen.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

IMPORTLIB = "importlib"
"""The one library whose functions import by a name that only the running bot knows."""


class ImportRewriter(ast.NodeTransformer):
    """Put *root* before every absolute import whose first name *is_neighbour* says yes to.

    >>> tree = ast.parse("import helpers.text, json" + chr(10) + "from helpers import shout as loud")
    >>> print(ast.unparse(ImportRewriter("_bots_pizza", {"helpers"}.__contains__).visit(tree)))
    import _bots_pizza.helpers.text as helpers
    import _bots_pizza.helpers as helpers
    import json
    from _bots_pizza.helpers import shout as loud
    """

    def __init__(self, root: str, is_neighbour: Callable[[str], bool]) -> None:
        self._root = root
        self._is_neighbour = is_neighbour
        self.count = 0
        """How many statements were rewritten."""

    def visit_Import(self, node: ast.Import) -> ast.Import | list[ast.Import]:
        """Return one statement a name, in order, where one of them is rewritten."""
        rewritten = [pair for alias in node.names for pair in self._names(alias)]
        if rewritten == [(alias.name, alias.asname) for alias in node.names]:
            return node
        self.count += 1
        return [
            ast.copy_location(ast.Import([ast.copy_location(ast.alias(name, bound), node)]), node)
            for name, bound in rewritten
        ]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom:
        """Return the statement, with the private name of the module where it is a neighbour."""
        if node.level == 0 and node.module is not None and self._is_private(node.module):
            node.module = f"{self._root}.{node.module}"
            self.count += 1
        return node

    def _names(self, alias: ast.alias) -> list[tuple[str, str | None]]:
        """Return what to import, and the name to bind it to, in the place of *alias*."""
        top = alias.name.partition(".")[0]
        dotted = top != alias.name
        if top == IMPORTLIB:
            if alias.asname is not None and dotted:
                return [(alias.name, alias.asname)]
            own = (f"{self._root}.{top}", alias.asname or top)
            return [(alias.name, top), own] if dotted else [own]
        if not self._is_neighbour(top):
            return [(alias.name, alias.asname)]
        private = f"{self._root}.{alias.name}"
        if alias.asname is not None or not dotted:
            return [(private, alias.asname or top)]
        # `import a.b` loads a.b and binds a: two statements, for there is no `import x.a.b` that binds the middle.
        return [(private, top), (f"{self._root}.{top}", top)]

    def _is_private(self, module: str) -> bool:
        return module == IMPORTLIB or self._is_neighbour(module.partition(".")[0])


class PrivateImportlib(ModuleType):
    """What ``import importlib`` gives a bot: the library, with an `import_module` that knows the bot's neighbours."""

    def __init__(self, root: str, is_neighbour: Callable[[str], bool]) -> None:
        super().__init__(f"{root}.{IMPORTLIB}", importlib.__doc__)
        self._root = root
        self._is_neighbour = is_neighbour

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if not hasattr(importlib, name):
            return importlib.import_module(f"{IMPORTLIB}.{name}")
        return getattr(importlib, name)

    def import_module(self, name: str, package: str | None = None) -> ModuleType:
        """Import *name* as ``importlib.import_module`` does, a neighbour under its private name."""
        return importlib.import_module(self._private(name), package and self._private(package))

    def dunder_import(
        self,
        name: str,
        globals_: Mapping[str, object] | None = None,
        locals_: Mapping[str, object] | None = None,
        fromlist: Sequence[str] = (),
        level: int = 0,
    ) -> ModuleType:
        """Import *name* as ``__import__`` does, a neighbour under its private name."""
        private = self._private(name) if level == 0 else name
        module = builtins.__import__(private, globals_, locals_, fromlist, level)
        if private == name or fromlist:
            return module
        return sys.modules[f"{self._root}.{name.partition('.')[0]}"]

    def _private(self, name: str) -> str:
        return f"{self._root}.{name}" if self._is_neighbour(name.partition(".")[0]) else name
