"""The rewriting of imports, as a law: what the rewritten module binds is what Python's own import would bind."""

import ast
import importlib
import textwrap

import pytest

from chatsim.bots.private_imports import ImportRewriter, PrivateImportlib


def rewritten(source: str) -> str:
    tree = ImportRewriter("_root", {"helpers", "shop"}.__contains__).visit(ast.parse(textwrap.dedent(source)))
    return ast.unparse(ast.fix_missing_locations(tree))


class TestImportRewriter:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("import json", "import json"),
            ("import json, os.path as p", "import json, os.path as p"),
            ("import helpers", "import _root.helpers as helpers"),
            ("import helpers as h", "import _root.helpers as h"),
            ("import shop.db", "import _root.shop.db as shop\nimport _root.shop as shop"),
            ("import shop.db as d", "import _root.shop.db as d"),
            ("import json, helpers", "import json\nimport _root.helpers as helpers"),
            ("from helpers import a, b as c", "from _root.helpers import a, b as c"),
            ("from shop.db import *", "from _root.shop.db import *"),
            ("from . import helpers", "from . import helpers"),
            ("from .helpers import a", "from .helpers import a"),
            ("from os import path", "from os import path"),
            ("import helpers2", "import helpers2"),
            ("import importlib", "import _root.importlib as importlib"),
            ("import importlib as i", "import _root.importlib as i"),
            ("import importlib.util", "import importlib.util as importlib\nimport _root.importlib as importlib"),
            ("import importlib.util as u", "import importlib.util as u"),
            ("from importlib import import_module", "from _root.importlib import import_module"),
            ("from importlib.util import find_spec", "from importlib.util import find_spec"),
        ],
    )
    def test_statement(self, source, expected):
        assert rewritten(source) == expected

    def test_inner_imports(self):
        """An import inside a function, a class or a branch is rewritten as one at the top."""
        source = """
            def late():
                try:
                    import helpers
                except ImportError:
                    import json
        """
        assert "import _root.helpers as helpers" in rewritten(source)

    def test_positions_stay(self):
        """Every statement stands where the one that it replaces stood."""
        tree = ImportRewriter("_root", {"shop"}.__contains__).visit(ast.parse("\n\nif 1:\n  import shop.db"))
        assert {(node.lineno, node.col_offset) for node in tree.body[0].body} == {(4, 2)}
        compile(tree, "x.py", "exec")


class TestPrivateImportlib:
    @pytest.fixture
    def own(self):
        return PrivateImportlib("_root", {"helpers"}.__contains__)

    def test_other_functions_are_the_library_s(self, own):
        assert own.invalidate_caches is importlib.invalidate_caches

    def test_submodules_are_imported_when_asked_for(self, own):
        assert own.resources is importlib.import_module("importlib.resources")
        assert own.metadata.version("pytest")

    def test_a_submodule_not_loaded_yet(self, own, monkeypatch):
        monkeypatch.delattr(importlib, "readers", raising=False)
        monkeypatch.delitem(importlib.sys.modules, "importlib.readers", raising=False)
        assert own.readers.__name__ == "importlib.readers"

    def test_dunders_are_not_taken_from_the_library(self, own):
        with pytest.raises(AttributeError, match="no attribute '__path__'"):
            own.__path__  # noqa: B018

    def test_strangers_are_imported_as_ever(self, own):
        assert own.import_module("json") is importlib.import_module("json")
        assert own.import_module(".decoder", "json").__name__ == "json.decoder"
        assert own.dunder_import("os.path").__name__ == "os"
        assert own.dunder_import("os.path", None, None, ["join"]).__name__ in {"posixpath", "ntpath"}
