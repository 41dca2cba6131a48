"""Inline code: what it may do, what it may not, and the two corpora that hold the check to both."""

import ast
import json
import secrets
import traceback
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsim.bots.orchestrator import OrchestratorBot
from chatsim.errors import ContextNotSerializable, SecurityError, StepsError
from chatsim.orchestrator import ChatOrchestrator
from chatsim.sandbox.inline_code import CODE_LIMIT, compile_step
from chatsim.sandbox.policy import BLOCKED_NAMES, METHODS
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import Text

CORPORA = Path(__file__).parents[1] / "corpora"
ESCAPES = json.loads((CORPORA / "inline_escapes.json").read_text())
LEGIT = json.loads((CORPORA / "inline_legit.json").read_text())

# Code that uses up time or memory and does nothing else is for a limit to end, and admitted by this check: what is
# asked of it here is that loading it has no effect.
# (A context of gigabytes belongs to these: it is the store that refuses it, once it is there.)
LIMITED = [case for case in ESCAPES if case["expect"] == "limit" or case["id"] == "context-huge"]
REFUSED = [case for case in ESCAPES if case["expect"] == "reject"]
HARMLESS = [case for case in ESCAPES if case["expect"] == "either"]
# Refused when it is loaded, or it ends in an error of its own kind; this check leaves these to run time.
RUNS = frozenset(
    [
        "context-mutate-then-raise",
        "context-bytes-set",
        "return-wrong-shape",
        "return-nonstr-state",
    ]
)
BLOCKED = [case for case in ESCAPES if case["expect"] == "block" and case["id"] not in RUNS | {"context-huge"}]

HEAD = "def step(chat_id, user_input, context, sender):\n"


def ids(cases):
    return [case["id"] for case in cases]


def body(*lines):
    return HEAD + "".join(f"    {line}\n" for line in lines)


class LeakySender(RecordingSender):
    """What an attacker would like to reach: a token, a stream, a hook with a closure."""

    def __init__(self):
        super().__init__()
        secret = self.access_token = secrets.token_hex(16)
        self.on_sent = lambda: secret


class TestEscapes:
    @pytest.mark.parametrize("case", BLOCKED + REFUSED, ids=ids(BLOCKED + REFUSED))
    def test_refused_when_loaded(self, case, capsys):
        with pytest.raises(StepsError):
            compile_step(case["code"])
        assert capsys.readouterr() == ("", "")

    @pytest.mark.parametrize("case", [case for case in ESCAPES if case["id"] in RUNS], ids=lambda case: case["id"])
    def test_ends_in_an_error_without_effect(self, case):
        """The bot's error is in the turn; nothing is remembered."""
        orchestrator = ChatOrchestrator(InMemoryStateManager(), LeakySender(), "step")
        orchestrator.register_step("step")(compile_step(case["code"]))
        bot = OrchestratorBot(orchestrator)
        before = bot.start_at("u1", "step", {"keep": True})
        turn = bot.step(before, Text("x", "u1"))
        assert turn.error is not None
        assert bot.start_at("u1", "step", {"keep": True}) == before == turn.snapshot

    @pytest.mark.parametrize("case", LIMITED + HARMLESS, ids=ids(LIMITED + HARMLESS))
    def test_loading_has_no_effect(self, case, capsys):
        with suppress(StepsError):
            assert callable(compile_step(case["code"]))
        assert capsys.readouterr() == ("", "")

    def test_every_case_is_asked(self):
        assert len(ESCAPES) == len(BLOCKED + REFUSED + LIMITED + HARMLESS) + len(RUNS)
        assert (len(ESCAPES), len(LIMITED)) == (103, 23)

    def test_a_huge_context_is_refused_by_the_store(self):
        """Two million references to one text are small in memory and gigabytes of JSON; scaled down here."""
        code = body("return 'step', {'x': ['y' * 1000] * 2000}")
        orchestrator = ChatOrchestrator(InMemoryStateManager(), RecordingSender(), "step")
        orchestrator.register_step("step")(compile_step(code))
        with pytest.raises(ContextNotSerializable):
            orchestrator.handle_message("u1", "x")
        assert orchestrator.state_manager.get_state("u1") == (None, {})


class TestLegitimateCode:
    @pytest.mark.parametrize("case", LEGIT, ids=ids(LEGIT))
    def test_runs_as_plain_python(self, case):
        step = compile_step(case["code"])
        for call in case["calls"]:
            sender = CallsOnly()
            context = json.loads(json.dumps(call["context"]))
            result = step(call["chat_id"], call["user_input"], context, sender)
            assert call["returns"] == json.loads(json.dumps(list(result)))
            assert call["sent"] == json.loads(json.dumps(sender.sent))

    @pytest.mark.parametrize(
        "lines",
        [
            ["x: int = 1", "return 'a', {'x': x}"],
            ["def double(n: int, by=2) -> int:", "    return n * by", "return 'a', {'x': double(1)}"],
            ["n = 0", "def add():", "    nonlocal n", "    n += 1", "add()", "return 'a', {'x': n * 2 // 2 + 1}"],
            ["try:", "    1 / 0", "except:", "    return 'a', {'x': 2}"],
            ["try:", "    x = 2", "finally:", "    pass", "return 'a', {'x': x}"],
            ["return 'a', {'x': int('{:>{w}}'.format('2', w=3))}"],
            ["x = [0, 1]", "del x[0]", "return 'a', {'x': x[0] * 2}"],
            ["while True:", "    break", "return 'a', {'x': len(b'no') if (y := 2) else 0}"],
            ["return 'a', {'x': len({k: v for k, v in {'a': 1, 'b': 2}.items()})}"],
            ["text = f'{2!r:>3}'", "return 'a', {'x': int(text)}"],
        ],
        ids=lambda lines: lines[0],
    )
    def test_more_of_the_language(self, lines):
        result = compile_step(body(*lines))("ann", None, {}, None)
        assert result in (("a", {"x": 2}), ("a", {"x": 1}))

    def test_sees_its_own_name(self):
        code = (
            "def step(chat_id, user_input, context, sender):\n"
            "    if user_input:\n"
            "        return step(chat_id, user_input[1:], {'n': context.get('n', 0) + 1}, sender)\n"
            "    return 'a', context\n"
        )
        assert compile_step(code)("ann", "abc", {}, None) == ("a", {"n": 3})

    @pytest.mark.parametrize(
        "signature",
        [
            "chat_id: str, user_input: str | None, context: dict[str, int], sender",
            "a, b, c, d",
            "a, b, c, d, /",
        ],
    )
    def test_signatures(self, signature):
        step = compile_step(f"def step({signature}) -> tuple[str, dict]:\n    return 'a', {{}}\n")
        assert step("ann", None, {}, None) == ("a", {})
        assert step.__annotations__ == {}

    def test_a_byte_order_mark_does_not_matter(self):
        assert callable(compile_step("\ufeff" + body("return 'a', {}")))

    def test_every_method_on_the_list_is_one(self):
        """Nothing is on the list that text, numbers, collections or senders do not have."""
        kinds = (str, int, float, list, dict, set, RecordingSender)
        assert not [name for name in METHODS if not any(hasattr(kind, name) for kind in kinds)]

    def test_the_built_ins_of_one_step_are_its_own(self):
        one, other = compile_step(body("return 'a', {}")), compile_step(body("return 'a', {}"))
        assert one.__globals__["__builtins__"] is not other.__globals__["__builtins__"]
        assert {"__builtins__", "__name__", "step"} == set(one.__globals__)


class TestRules:
    """The four rules of inline code, and what stands behind them."""

    @pytest.mark.parametrize("name", sorted(BLOCKED_NAMES))
    @pytest.mark.parametrize(
        "place", ["return {}", "{} = 1", "lambda {}: 0", "dict({}=1)", "context.{}", "def {}(): 0"]
    )
    def test_blocked_names(self, name, place):
        with pytest.raises(SecurityError, match=f"'{name}' is blocked"):
            compile_step(body(place.format(name)))

    @pytest.mark.parametrize(
        "line",
        [
            "\uff4f\uff50\uff45\uff4e",
            "context.\uff4fpen",
            "lambda \uff45val: 0",
            "dict(\uff45xec=1)",
            "try: 0\n    except ValueError as \uff4fs: 0",
            "match 1:\n        case \uff53ys: 0",
            "match []:\n        case [*\uff53ys]: 0",
            "match {}:\n        case {**\uff53ys}: 0",
            "a__b = 1",
            "context.__\uff43lass__",
        ],
    )
    def test_names_are_compared_after_nfkc(self, line):
        """Wherever in the tree a name stands, and however it is written."""
        with pytest.raises(SecurityError, match="is blocked"):
            compile_step(body(line))

    def test_blocked_words_in_texts_are_texts(self):
        step = compile_step(body("return 'a', {'x': 'os.system, eval(, __import__'}"))
        assert "__import__" in step("ann", None, {}, None)[1]["x"]

    @pytest.mark.parametrize(
        ("line", "what"),
        [
            ("import json", "an import is not allowed"),
            ("from json import dumps", "an import is not allowed"),
            ("class A: pass", "a class is not allowed"),
            ("global x", "global is not allowed"),
            ("yield 1", "yield is not allowed"),
            ("yield from []", "yield from is not allowed"),
            ("with sender: pass", "with is not allowed"),
            ("async def f(): pass", "an async function is not allowed"),
            ("def f():\n        @sorted\n        def g(): pass", "a decorator is not allowed"),
            ("context.cart = 1", "'cart' may not be set or deleted"),
            ("del sender.token", "'token' may not be set or deleted"),
            ("context.cart: int = 1", "'cart' may not be set or deleted"),
            ("sender.access_token", "the attribute 'access_token' is not allowed"),
            ("sender.clear()", "the sender has no 'clear' in inline code"),
            ("x = sender.pop", "the sender has no 'pop' in inline code"),
            ("\N{FULLWIDTH LATIN SMALL LETTER S}ender.clear()", "the sender has no 'clear' in inline code"),
            ("x = sender", "the sender is there to be spoken through"),
            ("[sender][0].clear()", "the sender is there to be spoken through"),
            ("(lambda s: s.clear())(sender)", "the sender is there to be spoken through"),
            ("context['s'] = sender", "the sender is there to be spoken through"),
            ("x = print", "the name 'print' is not known"),
            ("x = getattr", "the name 'getattr' is not known"),
            ("raise SystemExit", "the name 'SystemExit' is not known"),
            ("x: print() = 1", "an annotation is a name"),
            ("def f(x: sender.x): pass", "an annotation is a name"),
            ("def f() -> [c for c in x]: pass", "an annotation is a name"),
            ("context['x']: int = 1", "an annotation belongs to a name"),
            ("match 1:\n        case object(): 0", "a class pattern may name a built-in type alone"),
            ("match 1:\n        case int(real=r): 0", "a class pattern may name a built-in type alone"),
            ("match 1:\n        case sender.x(): 0", "a class pattern may name a built-in type alone"),
            ("'{0.x}'.format(sender)", "format is allowed on a literal text with plain fields only"),
            ("'{0[x]}'.format(sender)", "format is allowed on a literal text with plain fields only"),
            ("'{:{0.x}}'.format(sender)", "format is allowed on a literal text with plain fields only"),
            ("'{'.format(sender)", "format is allowed on a literal text with plain fields only"),
            ("user_input.format(sender)", "format is allowed on a literal text with plain fields only"),
            ("b''.format(sender)", "format is allowed on a literal text with plain fields only"),
            ("str.format('{0.x}', sender)", "format is allowed on a literal text with plain fields only"),
            ("''.format_map(context)", "the attribute 'format_map' is not allowed"),
        ],
    )
    def test_denied(self, line, what):
        with pytest.raises(SecurityError) as caught:
            compile_step(body(line))
        assert what in str(caught.value)

    def test_except_star(self):
        with pytest.raises(SecurityError, match=r"except\* is not allowed"):
            compile_step(body("try:\n        pass\n    except* ValueError:\n        pass"))

    @pytest.mark.parametrize(
        "signature",
        [
            "",
            "a",
            "a, b, c",
            "a, b, c, d, e",
            "*args",
            "a, b, c, d, *e",
            "a, b, c, d, **e",
            "a, b, c, d, *, e",
            "a, b, c, *, d",
        ],
    )
    def test_signature(self, signature):
        with pytest.raises(StepsError, match="exactly four arguments"):
            compile_step(f"def step({signature}):\n    return 'a', {{}}\n")

    @pytest.mark.parametrize("signature", ["a, b, c, d=1", "a, b, c, d, *, e=[]"])
    def test_defaults(self, signature):
        with pytest.raises(SecurityError, match="a default is evaluated when the code is loaded"):
            compile_step(f"def step({signature}):\n    return 'a', {{}}\n")

    @pytest.mark.parametrize(
        "beside", ["x = 1", "print('loaded')", "def other(a, b, c, d): pass", "'text'", "import os", "class A: pass"]
    )
    @pytest.mark.parametrize("first", [True, False])
    def test_nothing_beside_the_function(self, beside, first, capsys):
        one = body("return 'a', {}")
        with pytest.raises(SecurityError, match="one function and nothing beside it"):
            compile_step(f"{beside}\n{one}" if first else f"{one}{beside}\n")
        assert capsys.readouterr().out == ""

    @pytest.mark.parametrize("code", ["", "# nothing", "async def f(a, b, c, d): pass", "lambda a, b, c, d: 0"])
    def test_no_function(self, code):
        with pytest.raises(StepsError, match="there is none"):
            compile_step(code)


class TestTexts:
    """Texts that are no Python end in an error of ours, whatever the parser makes of them."""

    @pytest.mark.parametrize(
        ("code", "what"),
        [
            ("def step(", "syntax error"),
            (HEAD + "  \x00", "no text|null bytes"),
            (HEAD + "    '\ud800'\n", "surrogates not allowed"),
            (body("x = " + "[" * 150 + "]" * 150), "nested"),
            (body("x = " + "-" * 20000 + "1"), "nested"),
            (body("x = " + "+".join("1" * 400)), "nested more than 100 deep"),
            (body("x = " + "9" * 5000), "digits"),
            (body("'" + "x" * CODE_LIMIT + "'"), "at most 65,536 are taken"),
        ],
        ids=range(8),
    )
    def test_refused(self, code, what):
        with pytest.raises(StepsError, match=what):
            compile_step(code)

    @pytest.mark.parametrize(
        ("code", "what"),
        [
            (body("break"), "2:5: syntax error: 'break' outside loop"),
            (body("nonlocal x", "x = 1"), "2:5: syntax error: no binding for nonlocal"),
            ("def step(a, a, c, d): pass", "syntax error: duplicate argument"),
            (body("*a, *b = [1]"), "syntax error: multiple starred"),
            (body("x = [i async for i in context]"), "syntax error: asynchronous comprehension"),
        ],
    )
    def test_what_python_finds_when_it_compiles(self, code, what):
        with pytest.raises(StepsError, match=what) as caught:
            compile_step(code)
        assert type(caught.value) is StepsError

    def test_the_limit(self):
        code = body("return 'a', {}")
        assert callable(compile_step(code + "#" * (CODE_LIMIT - len(code))))

    def test_warnings_of_the_parser_stay_inside(self, recwarn):
        compile_step(body(r"x = '\d' is 'a'", "return 'a', {}"))
        assert list(recwarn) == []

    def test_annotations_of_the_host_module_are_not_inherited(self):
        step = compile_step("def step(a: int, b, c, d):\n    return 'a', {}\n")
        assert step.__annotations__ == {}

    @given(st.text(max_size=60))
    def test_any_text(self, text):
        """A text is a step or a `StepsError`, and nothing else."""
        with suppress(StepsError):
            compile_step(text)

    @given(st.sampled_from(ESCAPES + LEGIT), st.integers(0, 400), st.integers(0, 400))
    def test_any_piece_of_code(self, case, start, length):
        code = case["code"]
        with suppress(StepsError):
            compile_step(code[:start] + code[start + length :])


class TestMessages:
    def test_all_problems_at_once(self):
        with pytest.raises(SecurityError) as caught:
            compile_step(body("import os", "x = eval('1')", "return x.y, {}"), "echo")
        assert [(problem.file, problem.line, problem.column) for problem in caught.value.problems] == [
            ("echo", 2, 5),
            ("echo", 2, 12),
            ("echo", 3, 9),
            ("echo", 4, 12),
        ]

    def test_how_to_mend_it(self):
        with pytest.raises(StepsError) as caught:
            compile_step("def step(a): pass")
        assert str(caught.value) == (
            "inline code:1:1: the function takes exactly four arguments (chat_id, user_input, context, sender)\n"
            "    write: def step(chat_id, user_input, context, sender):"
        )

    def test_a_matter_of_form_is_no_matter_of_security(self):
        with pytest.raises(StepsError) as caught:
            compile_step("def step(a): pass")
        assert StepsError is type(caught.value)

    def test_a_traceback_shows_the_line(self):
        step = compile_step(body("return 'a', {'x': 1 // 0}"), "steps.json, step 'a'")
        with pytest.raises(ZeroDivisionError) as caught:
            step("ann", None, {}, None)
        shown = "".join(traceback.format_exception(caught.value))
        assert "<steps.json, step 'a'>" in shown
        assert "return 'a', {'x': 1 // 0}" in shown

    def test_ctrl_c_ends_a_step_with_a_bare_except(self):
        step = compile_step(body("try:", "    sender.send_message(chat_id, '')", "except:", "    return 'a', {}"))
        with pytest.raises(KeyboardInterrupt):
            step("ann", None, {}, Interrupting())


class Interrupting:
    def send_message(self, chat_id, text, options=None):
        raise KeyboardInterrupt


class CallsOnly:
    def __init__(self):
        self.sent = []

    def send_message(self, chat_id, text, options=None):
        self.sent.append([chat_id, text, options])


def test_the_check_covers_the_grammar():
    """Every kind of syntax that Python has is either on the list or refused."""
    from chatsim.sandbox.policy import _SYNTAX

    kinds = {kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.AST)}
    denied = {kind.__name__ for kind in kinds if not issubclass(kind, _SYNTAX)}
    assert {"Import", "ImportFrom", "ClassDef", "Global", "With", "Yield", "Await", "AsyncFor", "TryStar"} <= denied
