"""Steps from a JSON file: all or nothing, and everything that is wrong at once."""

import json
import sys
import textwrap

import pytest

from chatsim.errors import OrchestratorError, SecurityError, StepsError
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager

INLINE = "def step(chat_id, user_input, context, sender):\n    sender.send_message(chat_id, f'Echo: {user_input}')\n    return 'start', {}"

HANDLERS = """
    import marker_of_the_import
    from functools import wraps
    from other_handlers import borrowed

    def start(chat_id, user_input, context, sender):
        return "start", {}

    def three(chat_id, user_input, context): ...
    def keyword(a, b, c, d, *, e): ...
    def optional(a, b, c, d, e=1, *, f=2, **rest): return "start", {}
    def anything(*args, **kwargs): return "start", {}
    async def later(chat_id, user_input, context, sender): ...
    def _private(chat_id, user_input, context, sender): ...
    constant = 5

    if constant:
        def conditional(a, b, c, d): return "start", {}

    class Handlers:
        @staticmethod
        def hello(chat_id, user_input, context, sender):
            return "start", {}

        def __call__(self, a, b, c, d):
            return "start", {}

    instance = Handlers()
"""


@pytest.fixture
def orchestrator():
    return ChatOrchestrator(InMemoryStateManager(), RecordingSender())


@pytest.fixture
def steps_json(tmp_path):
    """Return a function that writes a steps file: a mapping as JSON, a text as it is."""

    def write(content):
        path = tmp_path / "steps.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return a package on ``sys.path`` whose handlers leave a mark when they are imported."""
    root = tmp_path / "root"
    (root / "shop" / "inner").mkdir(parents=True)
    (root / "shop" / "__init__.py").write_text("")
    (root / "shop" / "inner" / "__init__.py").write_text("")
    (root / "shop" / "inner" / "deep.py").write_text("def start(a, b, c, d): return 'start', {}\n")
    (root / "shop" / "handlers.py").write_text(textwrap.dedent(HANDLERS))
    (root / "shop" / "broken.py").write_text("raise RuntimeError('no database')\ndef start(a, b, c, d): ...\n")
    (root / "shop" / "syntax.py").write_text("def start(a, b, c, d) ...\n")
    (root / "shop" / "dynamic.py").write_text(
        "def __getattr__(name):\n    if name != 'start': raise AttributeError(name)\n    return lambda a, b, c, d: ('start', {})\n"
    )
    (root / "shop" / "starred.py").write_text("from shop.inner.deep import *\n")
    (root / "other_handlers.py").write_text("def borrowed(a, b, c, d): return 'start', {}\n")
    (root / "marker_of_the_import.py").write_text("")
    monkeypatch.syspath_prepend(root)
    names = ["shop", "other_handlers", "marker_of_the_import"]
    yield root
    for name in [name for name in sys.modules if name.partition(".")[0] in names]:
        del sys.modules[name]


def imported():
    return "marker_of_the_import" in sys.modules


class TestWhatIsRegistered:
    def test_inline_and_dotted_in_the_order_of_the_file(self, orchestrator, steps_json, package):
        orchestrator.register_steps_from_json(
            steps_json({"b": "shop.handlers.start", "start": INLINE, "a": "shop.inner.deep.start"})
        )
        assert list(orchestrator.steps) == ["b", "start", "a"]
        assert orchestrator.steps["b"] is sys.modules["shop.handlers"].start
        orchestrator.handle_message("ann", "hi")
        assert orchestrator.message_sender.texts == ["Echo: hi"]

    @pytest.mark.parametrize(
        "name",
        ["handlers.start", "handlers.optional", "handlers.anything", "handlers.borrowed", "handlers.conditional",
         "handlers.Handlers.hello", "handlers.instance", "inner.deep.start", "dynamic.start", "starred.start"],
    )  # fmt: skip
    def test_dotted_names(self, orchestrator, steps_json, package, name):
        orchestrator.register_steps_from_json(steps_json({"start": f"shop.{name}"}))
        assert orchestrator.steps["start"]("ann", None, {}, None) == ("start", {})

    def test_a_module_that_is_imported_already(self, orchestrator, steps_json, package):
        import shop.handlers

        orchestrator.register_steps_from_json(steps_json({"start": "shop.handlers.start"}))
        assert orchestrator.steps["start"] is shop.handlers.start

    def test_an_empty_file_registers_nothing(self, orchestrator, steps_json):
        orchestrator.register_steps_from_json(steps_json(" {\n } "))
        assert dict(orchestrator.steps) == {}

    def test_a_byte_order_mark(self, orchestrator, steps_json):
        orchestrator.register_steps_from_json(steps_json("\ufeff" + json.dumps({"start": INLINE})))
        assert list(orchestrator.steps) == ["start"]

    def test_only_the_modules_that_may_be_imported(self, orchestrator, steps_json, package):
        path = steps_json({"start": "shop.handlers.start"})
        with pytest.raises(StepsError, match=r"is outside of shop\.inner"):
            orchestrator.register_steps_from_json(path, modules=("shop.inner",))
        assert not imported()
        orchestrator.register_steps_from_json(path, modules=("shop",))
        assert list(orchestrator.steps) == ["start"]


class TestAllOrNothing:
    """One wrong entry keeps all of the file out, and as far as that can be known, nothing is imported."""

    @pytest.mark.parametrize(
        ("value", "what"),
        [
            (None, "its value is null"),
            (5, "its value is 5"),
            ({"a": 1}, "its value is "),
            ("", "its value is "),
            ("   ", "its value is "),
            ("start", "'start' is no dotted name"),
            (".handlers.start", "'.handlers.start' is no dotted name"),
            ("shop.handlers.", "is no dotted name"),
            ("shop..handlers", "is no dotted name"),
            ("1shop.handlers", "is no dotted name"),
            ("shop.handlers:start", "write 'shop.handlers.start'"),
            ("shop.handlers.__builtins__", "names something private"),
            ("shop.__init__.start", "names something private"),
            ("shop.handlers._private", "names something private"),
            ("no_such_package.start", "there is no module 'no_such_package'"),
            ("shop.handler.start", "there is no module 'shop.handler'"),
            ("shop.handlers", "it is a module, not a function"),
            ("shop.handlers.strat", "'shop.handlers' has no 'strat'. Did you mean 'start'?"),
            (
                "shop.handlers.three",
                "takes exactly four arguments (chat_id, user_input, context, sender), and this is (chat_id, user_input, context)",
            ),
            ("shop.handlers.keyword", "takes exactly four arguments"),
            ("shop.handlers.later", "this is an async one"),
            ("antigravity.webbrowser.open", "is in the standard library, which has no steps"),
            ("os.path.join", "name a function of your own, or allow it: modules=('os',)"),
            ("import os\ndef f(a, b, c, d): pass", "an import is not allowed"),
            ("import os", "an import is not allowed"),
            ("x = 1", "one function and nothing beside it"),
            ("lambda a, b, c, d: 0", "there is none"),
            ("def step(chat_id):\n    pass", "line 1 of its code: the function takes exactly four"),
            ("def step(a, b, c, d):\n    return eval(b)", "line 2 of its code: the name 'eval' is blocked"),
        ],
    )
    def test_known_without_importing(self, orchestrator, steps_json, package, value, what):
        orchestrator.register_step("kept")(lambda a, b, c, d: ("kept", {}))
        with pytest.raises(StepsError) as caught:
            orchestrator.register_steps_from_json(
                steps_json({"good": INLINE, "fine": "shop.handlers.start", "wrong": value})
            )
        assert what in str(caught.value)
        assert "step 'wrong'" in str(caught.value)
        assert len(caught.value.problems) >= 1
        assert list(orchestrator.steps) == ["kept"]
        assert not imported()
        assert "antigravity" not in sys.modules

    @pytest.mark.parametrize(
        ("name", "what"),
        [
            ("os.path.join", "takes exactly four arguments"),
            ("os.path.jion", "'os.path' has no 'jion'. Did you mean 'join'?"),
            ("os.curdir", "str cannot be called: '.'"),
            ("antigravity.fly", "'antigravity' has no 'fly'"),
        ],
    )
    def test_the_standard_library_where_it_is_allowed(self, orchestrator, steps_json, name, what):
        path = steps_json({"wrong": name})
        with pytest.raises(StepsError) as caught:
            orchestrator.register_steps_from_json(path, modules=("os", "antigravity"))
        assert what in str(caught.value)
        assert "antigravity" not in sys.modules

    @pytest.mark.parametrize("name", ["three", "later"])
    def test_the_cure_of_what_is_no_step(self, orchestrator, steps_json, package, name):
        """Its name is right, so the cure is not another name."""
        with pytest.raises(StepsError) as caught:
            orchestrator.register_steps_from_json(steps_json({"wrong": f"shop.handlers.{name}"}))
        assert caught.value.problems[0].cure == "write def start(chat_id, user_input, context, sender):"

    @pytest.mark.parametrize(
        ("name", "what"),
        [
            ("shop.broken.start", "'shop.broken.start' cannot be imported: RuntimeError: no database"),
            ("shop.syntax.start", "'shop.syntax.start' cannot be imported: SyntaxError"),
            ("shop.handlers.constant", "'shop.handlers.constant': int cannot be called: 5"),
            ("shop.handlers.Handlers.goodbye", "AttributeError"),
            ("shop.handlers.wraps", "takes exactly four arguments"),
            ("shop.dynamic.other", "AttributeError"),
            ("shop.starred.other", "AttributeError"),
        ],
    )
    def test_known_only_by_importing(self, orchestrator, steps_json, package, name, what):
        with pytest.raises(StepsError) as caught:
            orchestrator.register_steps_from_json(steps_json({"good": INLINE, "wrong": name}))
        assert what in str(caught.value)
        assert dict(orchestrator.steps) == {}

    def test_all_problems_at_once_with_their_places(self, orchestrator, steps_json, package):
        path = steps_json('{\n  "a": null,\n  "b": "shop.handlers.strat",\n  "c": "def f(): pass",\n  "a": 1\n}')
        with pytest.raises(StepsError) as caught:
            orchestrator.register_steps_from_json(path)
        found = [(problem.file, problem.line, problem.column, problem.what[:24]) for problem in caught.value.problems]
        assert found == [
            (str(path), 2, 8, "step 'a': its value is n"),
            (str(path), 3, 8, "step 'b': 'shop.handlers"),
            (str(path), 4, 8, "step 'c': line 1 of its "),
            (str(path), 5, 8, "step 'a': its value is 1"),
            (str(path), 5, 8, "step 'a': there are two "),
        ]

    def test_security_is_told_apart(self, orchestrator, steps_json):
        with pytest.raises(SecurityError) as caught:
            orchestrator.register_steps_from_json(steps_json({"a": None, "b": "import os"}))
        assert len(caught.value.problems) > 1
        assert isinstance(caught.value, StepsError)
        assert isinstance(caught.value, OrchestratorError)
        with pytest.raises(StepsError) as other:
            orchestrator.register_steps_from_json(steps_json({"a": None}))
        assert StepsError is type(other.value)


class TestFiles:
    @pytest.mark.parametrize(
        ("content", "place", "what"),
        [
            ('{"start": "a.b" /* c */}', (1, 17), "no JSON: Expecting ',' delimiter"),
            ('{\n"start" "a.b"}', (2, 9), "no JSON: Expecting ':' delimiter"),
            ("", (1, 1), "no JSON: Expecting value"),
            ('{"start": NaN}', (1, 1), "no JSON: NaN is not a JSON value"),
            ("[" * 100000, (1, 1), "no JSON"),
            ('\n ["start"]', (2, 2), "is no object of state ids"),
            ('"start"', (1, 1), "is no object of state ids"),
        ],
    )
    def test_syntax_has_its_line_and_column(self, orchestrator, steps_json, content, place, what):
        path = steps_json(content)
        with pytest.raises(StepsError) as caught:
            orchestrator.register_steps_from_json(path)
        (problem,) = caught.value.problems
        assert (problem.file, (problem.line, problem.column)) == (str(path), place)
        assert what in problem.what

    def test_a_missing_file(self, orchestrator, tmp_path):
        with pytest.raises(StepsError, match=r"steps\.json:1:1: cannot be read: No such file"):
            orchestrator.register_steps_from_json(tmp_path / "steps.json")

    def test_another_encoding(self, orchestrator, tmp_path):
        (tmp_path / "steps.json").write_bytes('{"é": ""}'.encode("latin-1"))
        with pytest.raises(StepsError, match="is not UTF-8"):
            orchestrator.register_steps_from_json(str(tmp_path / "steps.json"))


class TestReplacing:
    def test_a_registered_state_is_kept(self, orchestrator, steps_json):
        first = orchestrator.register_step("start")(lambda a, b, c, d: ("start", {}))
        path = steps_json({"start": INLINE, "other": INLINE})
        with pytest.raises(StepsError, match="step 'start': there is a step already"):
            orchestrator.register_steps_from_json(path)
        assert {"start": first} == dict(orchestrator.steps)
        orchestrator.register_steps_from_json(path, replace=True)
        assert list(orchestrator.steps) == ["start", "other"]
        assert orchestrator.steps["start"] is not first
