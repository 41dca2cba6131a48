"""What a file becomes: words as they were typed, data as YAML 1.2 core, cases and their ids."""

import json

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatsim.errors import ScenarioError
from chatsim.scenario import nodes
from chatsim.scenario.load import collect, find_files, load_file, ready
from chatsim.scenario.match import LiteralText, OneOf
from chatsim.scenario.model import (
    NO_CHECKS,
    AnyOrderStep,
    BotStep,
    CheckStep,
    Position,
    RaisesStep,
    ScenarioFile,
    SilentStep,
    UserStep,
)
from chatsim.scenario.pieced_text import PiecedText
from chatsim.scenario.regex_text import RegexText
from chatsim.scenario.words import Template, Value

PIZZA = """\
bot: pizzeria:PizzaBot
credentials: {API_KEY: test}
scenarios:
  order a pizza:
    given: {state: menu, vars: {name: Ann}}
    cases:
      small: {size: Small, price: 9}
      large: {size: Large, price: 14}
    steps:
    - user: hi
    - bot: Welcome!
    - tap: ${size}
    - bot: Order ${order:int}, $$${price}. Pay at ...
      options: [Small, Large]
      state: coupon
      vars.total: ${price}
    - any_order:
      - bot: Thank you, ...
      - bot: /^Receipt r-\\d+$/
    - end
  greets everyone:
  - user: hi
  - bot: Welcome!
"""


class TestFile:
    def test_cases(self, load):
        file = load(PIZZA)
        assert [case.id for case in file.cases] == ["order a pizza[small]", "order a pizza[large]", "greets everyone"]
        small, large, greets = file.cases
        assert (small.name, small.case, small.line, small.file) == ("order a pizza", "small", 7, "a.chat.yaml")
        assert (greets.name, greets.case, greets.position) == ("greets everyone", None, Position("a.chat.yaml", 21, 3))
        assert small.steps is large.steps
        assert large.values == {"size": Value("Large", "Large"), "price": Value("14", 14)}
        assert (greets.values, greets.given) == ({}, None)

    def test_bot(self, load, tmp_path):
        file = load(PIZZA)
        assert (file.bot, file.bot_position, file.credentials) == (
            "pizzeria:PizzaBot",
            Position("a.chat.yaml", 1, 6),
            {"API_KEY": "test"},
        )
        assert (file.path, file.folder) == (tmp_path / "a.chat.yaml", tmp_path)

    def test_given(self, load):
        given = load(PIZZA).cases[0].given
        assert (given.position.line, given.position.column, given.state.render({})) == (5, 12, "menu")
        assert given.state_position == Position("a.chat.yaml", 5, 20)
        assert given.vars.render({}) == {"name": "Ann"}

    def test_steps_have_their_places(self, load):
        steps = load(PIZZA).cases[0].steps
        assert [step.position.line for step in steps] == [10, 11, 12, 13, 17, 20]
        assert {step.position.column for step in steps} == {7}
        assert [step.kind for step in steps] == ["user", "bot", "tap", "bot", "any_order", "check"]
        assert [step.acts for step in steps] == [True, False, True, False, False, False]
        assert [member.position.line for member in steps[4].members] == [18, 19]

    def test_positions_name_the_path_by_default(self, write):
        path = write(PIZZA)
        assert load_file(str(path)).bot_position.file == str(path)

    def test_byte_order_mark(self, load):
        assert load(b"\xef\xbb\xbf" + PIZZA.encode()).bot_position == Position("a.chat.yaml", 1, 6)

    def test_python_loader_gives_the_same(self, load, monkeypatch):
        """Without libyaml all is slower, and else the same."""
        fast = load(PIZZA)
        monkeypatch.setattr(yaml, "__with_libyaml__", False)
        monkeypatch.setattr(nodes, "yaml_loader", nodes._loader())
        assert nodes.yaml_loader is nodes._PythonLoader
        assert load(PIZZA) == fast
        with pytest.raises(ScenarioError, match=r"a.chat.yaml:1:9: unquoted text may not hold ': '"):
            load("bot: a b: c")
        with pytest.raises(ScenarioError, match=r"nested more than 100"):
            load("[" * 300)

    def test_aliases_of_lists_and_mappings(self, load):
        file = load("bot: a:b\nscenarios:\n  s: &s\n  - user: hi\n  t: *s\n")
        assert [case.id for case in file.cases] == ["s", "t"]
        assert file.cases[0].steps == file.cases[1].steps


class TestWords:
    @pytest.mark.parametrize(
        "word",
        ["Yes", "no", "1:30", "007", "~", "on", "1_000", "0x1F", "12:30", "1.50", "true", "2024-05-01", "a #b c"],
    )
    def test_are_as_typed(self, steps, word):
        written = json.dumps(word) if "#" in word else word
        user, bot = steps(f"- user: {written}\n- bot: {written}\n  options: [{written}]\n  state: {written}")
        assert user.text.render({}) == word
        assert bot.text == LiteralText(word)
        assert (bot.options, bot.checks.state) == ((LiteralText(word),), LiteralText(word))

    def test_null(self, steps):
        start, word, bot = steps('- user: null\n- user: "null"\n- bot: null')
        assert start.text is None
        assert word.text.render({}) == "null"
        assert bot.text == LiteralText("null")

    def test_empty_text_is_quoted(self, steps):
        user, bot = steps('- user: ""\n- bot: ""')
        assert (user.text.render({}), bot.text) == ("", LiteralText(""))

    def test_a_comment_has_a_blank(self, steps):
        user, bot = steps('- user: hi # there\n- bot: "x" #y')
        assert (user.text.render({}), bot.text) == ("hi", LiteralText("x"))

    def test_block_text(self, steps):
        user, _ = steps("- user: |\n    a\n    b\n- silent")
        assert user.text.render({}) == "a\nb\n"

    def test_to_the_letter(self, steps):
        user, bot = steps("- user: {text: '${x} $$'}\n- bot: {text: /a.../}")
        assert user.text.render({}) == "${x} $$"
        assert bot.text == LiteralText("/a.../")

    def test_patterns(self, steps):
        _, gap, regex, several = steps("- user: a\n- bot: a...\n- bot: /a/\n- bot: {one_of: [a, {text: ...}, /b/]}")
        assert isinstance(gap.text, PiecedText)
        assert isinstance(regex.text, RegexText)
        assert several.text == OneOf((LiteralText("a"), LiteralText("..."), several.text.patterns[2]))


class TestData:
    @pytest.mark.parametrize(
        ("written", "data"),
        [
            ("Yes", "Yes"),
            ("no", "no"),
            ("true", True),
            ("False", False),
            ("TRUE", True),
            ("tRUE", "tRUE"),
            ("null", None),
            ("~", None),
            ("", None),
            ("007", 7),
            ("-12", -12),
            ("+12", 12),
            ("0o17", 15),
            ("017", 17),
            ("0x1F", 31),
            ("1_000", "1_000"),
            ("1:30", "1:30"),
            ("9.50", 9.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e3", 1000.0),
            ("-1.5E-2", -0.015),
            ("2024-05-01", "2024-05-01"),
            ('"9"', "9"),
            ("'true'", "true"),
            ("[1, [a], {b: ~}]", [1, ["a"], {"b": None}]),
            ("9223372036854775807", 9223372036854775807),
            ("-9223372036854775808", -9223372036854775808),
            ('"<<"', "<<"),
        ],
    )
    def test_is_yaml_core(self, steps, written, data):
        _, form = steps(f"- user: hi\n- form: {{1: {written}}}")
        assert form.data.render({}) == {"1": data}

    def test_huge_number_is_refused(self, problems):
        text = "bot: a:b\nscenarios:\n  s:\n  - form: {a: " + "9" * 5000 + "}\n"
        assert [what for _, _, what, _ in problems(text)] == ["an integer beyond 64 bits"]

    def test_cells_keep_their_text(self, load):
        cases = "{a: {p: 9.50, n: 007, q: '7', l: [1, a], z: ~, e: }}"
        file = load(f"bot: a:b\nscenarios:\n  s:\n    cases: {cases}\n    steps: [user: a]\n")
        assert file.cases[0].values == {
            "p": Value("9.50", 9.5),
            "n": Value("007", 7),
            "q": Value("7", "7"),
            "l": Value('[1, "a"]', [1, "a"]),
            "z": Value("~", None),
            "e": Value("", None),
        }


class TestSteps:
    def test_end_is_short_for_waits(self, steps):
        _, end, with_state, bare = steps("- user: a\n- end\n- {end: , state: done}\n- waits: callback")
        assert isinstance(end, CheckStep)
        assert (end.checks.waits, end.checks.state) == ("end", None)
        assert (with_state.checks.waits, with_state.checks.state) == ("end", LiteralText("done"))
        assert bare.checks.waits == "callback"

    def test_silent(self, steps):
        _, bare, with_state = steps("- user: a\n- silent\n- {silent: , state: x}")
        assert isinstance(bare, SilentStep)
        assert (bare.checks, with_state.checks.state) == (NO_CHECKS, LiteralText("x"))

    def test_vars_go_inwards(self, steps):
        _, check = steps("- user: a\n- vars: {a: {b: 1}, x.y: 2}\n  vars.a.c: 3\n  vars.d: 4")
        assert check.checks.vars.source == {"a": {"b": 1, "c": 3}, "x.y": 2, "d": 4}

    def test_bot(self, steps):
        _, bot = steps("- user: a\n- {bot: a, header: h, footer: f, media: m, type: t, dest: rag}")
        assert isinstance(bot, BotStep)
        assert [bot.header.text, bot.footer.text, bot.media.text, bot.type.text, bot.dest.text] == [
            "h",
            "f",
            "m",
            "t",
            "rag",
        ]
        assert bot.options is None

    def test_tap(self, steps):
        first, by_id, stale = steps("- tap: a\n- tap: {id: x}\n- tap: {option: b, stale: true}")
        assert (first.title.render({}), first.id, first.stale) == ("a", None, False)
        assert (by_id.title, by_id.id.render({}), by_id.stale) == (None, "x", False)
        assert (stale.title.render({}), stale.stale) == ("b", True)

    def test_file(self, steps, write, tmp_path):
        write("x", "coupon.png")
        path, text, raw = steps(
            "- file: coupon.png\n- file: {bytes: 'é', name: a.txt, type: text/x}\n- file: {bytes: !!binary 'aG k='}"
        )
        assert (path.path.render({}), path.folder, path.content) == ("coupon.png", tmp_path, None)
        assert (text.content, text.name.render({}), text.type.render({})) == (Template.of("é"), "a.txt", "text/x")
        assert (raw.content, raw.name) == (b"hi", None)

    def test_callback(self, steps):
        text, number, data, items = steps("- callback: ok\n- callback: 5\n- callback: {a: 1}\n- callback: [1]")
        assert (text.body.render({}), number.body.render({})) == ("ok", "5")
        assert (data.body.render({}), items.body.render({})) == ({"a": 1}, [1])

    def test_raises(self, steps):
        _, kind, message, regex, several = steps(
            '- user: a\n- raises: ValueError\n- raises: "ValueError: no ..."\n- raises: /a/\n- raises: {one_of: [A, B]}'
        )
        assert [kind.with_message, message.with_message, regex.with_message, several.with_message] == [
            False,
            True,
            True,
            False,
        ]
        assert isinstance(kind, RaisesStep)

    def test_any_order(self, steps):
        _, group = steps("- user: a\n- any_order:\n  - {bot: x, state: s}\n  - bot: y")
        assert isinstance(group, AnyOrderStep)
        assert [member.checks.state for member in group.members] == [LiteralText("s"), None]

    def test_names_flow_in_the_order_of_the_steps(self, steps):
        """A reply gives names to the checks beside it, a group to what follows, a broken row of checks to the next."""
        text = """
            - user: ${col}
            - bot: ${a:int} ${col}
              header: ${b:word}
              options: ["${c:word}"]
              vars: {x: "${a}", y: "${d:json}"}
            - any_order:
              - bot: ${e:int} ${d}
                state: ${e}${f:word}
            - raises: "E: ${g:int}"
            - form: {all: "${a}${b}${c}${d}${e}${f}${g}"}
        """
        assert isinstance(steps(text, cases="    cases: {k: {col: 1}}\n")[0], UserStep)


class TestFinding:
    def test_folders_are_searched_and_files_come_once(self, tmp_path):
        (tmp_path / "b").mkdir()
        (tmp_path / "b" / "x.chat.yaml").touch()
        (tmp_path / "a.chat.yaml").touch()
        (tmp_path / "c.yaml").touch()
        (tmp_path / ".venv").mkdir()
        (tmp_path / ".venv" / "y.chat.yaml").touch()
        files, problems = find_files([tmp_path, tmp_path / "a.chat.yaml", str(tmp_path / "c.yaml")])
        assert files == (tmp_path / "a.chat.yaml", tmp_path / "b" / "x.chat.yaml", tmp_path / "c.yaml")
        assert problems == ()

    def test_what_is_not_there(self, tmp_path):
        files, problems = find_files([tmp_path, tmp_path / "no"])
        assert files == ()
        assert [problem.what for problem in problems] == [
            "holds no file *.chat.yaml",
            "there is no such file or folder",
        ]


BOT = """\
from chatsim.bots.base import Bot
from chatsim.errors import SetupError
from chatsim.trace import ChatState, Reply, Snapshot, Turn

class Echo:
    def __init__(self, prefix):
        self.prefix = prefix
    def start(self):
        return Snapshot()
    def step(self, snapshot, event):
        return Turn(event=event, effects=(Reply(self.prefix + event.text),), snapshot=snapshot)

class Anywhere(Echo):
    def state_names(self):
        return ("menu", "coupon")
    def start_at(self, chat, state, context, waits=None):
        if "bad" in context:
            raise SetupError("bad is not declared\\nthe variables are good")
        return Snapshot({chat: ChatState(state, context)})

echo = Echo("A")
anywhere = Anywhere("A")
"""


class TestWithItsBot:
    def test_two_folders_with_a_bot_each(self, tmp_path):
        for name in "AB":
            folder = tmp_path / name
            folder.mkdir()
            (folder / "bot.py").write_text(BOT.replace('("A")', f'("{name}")'))
            (folder / "x.chat.yaml").write_text("bot: bot:echo\nscenarios: {s: [user: hi]}\n")
        files, problems = collect([tmp_path])
        assert problems == ()
        assert [file.bot.prefix for file in files] == ["A", "B"]
        assert [file.file.folder.name for file in files] == ["A", "B"]

    def test_a_broken_file_leaves_the_others(self, tmp_path):
        (tmp_path / "bot.py").write_text(BOT)
        (tmp_path / "a.chat.yaml").write_text("bot: bot:echo\nscenarios: {s: [user: hi]}\n")
        (tmp_path / "b.chat.yaml").write_text("bot: bot:echo\nscenarios: {s: [usr: hi]}\n")
        files, problems = collect([tmp_path, tmp_path / "no"])
        assert [file.file.path.name for file in files] == ["a.chat.yaml"]
        assert [problem.what for problem in problems] == ["there is no such file or folder", "unknown step 'usr'"]

    def test_no_such_bot(self, tmp_path, load):
        (tmp_path / "bot.py").write_text(BOT)
        file = load("scenarios: {s: [user: hi]}\nbot: bot:ecco\n")
        with pytest.raises(ScenarioError) as caught:
            ready(file)
        (problem,) = caught.value.problems
        assert (problem.file, problem.line, problem.column) == ("a.chat.yaml", 2, 6)
        assert "bot 'bot:ecco'" in problem.what
        assert "Did you mean 'echo'?" in problem.what

    @pytest.mark.parametrize(
        ("bot", "given", "expected"),
        [
            ("anywhere", "{state: menus}", (20, "the bot has no state 'menus'", "did you mean 'menu'?")),
            ("anywhere", "{state: menu, vars: {bad: 1}}", (12, "bad is not declared", "the variables are good")),
            ("echo", "{state: menu}", (12, "this kind of bot cannot start in the middle", "start at its beginning")),
        ],
    )
    def test_given_is_held_against_the_bot(self, tmp_path, load, bot, given, expected):
        (tmp_path / "bot.py").write_text(BOT)
        file = load(f"bot: bot:{bot}\nscenarios:\n  s:\n    given: {given}\n    steps: [user: hi]\n")
        with pytest.raises(ScenarioError) as caught:
            ready(file)
        (problem,) = caught.value.problems
        assert (problem.line, (problem.column, problem.what, problem.cure)) == (4, expected)

    def test_given_that_fits(self, tmp_path, load):
        (tmp_path / "bot.py").write_text(BOT)
        text = """\
            bot: bot:anywhere
            scenarios:
              s:
                cases: {a: {s: menu}, b: {s: coupon}}
                given: {state: "${s}"}
                steps: [user: hi]
        """
        assert len(ready(load(text)).file.cases) == 2


def loads_or_refuses(path):
    problems = ()
    try:
        assert isinstance(load_file(path), ScenarioFile)
    except ScenarioError as error:
        problems = error.problems or pytest.fail("refused without a reason")
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)


near_yaml = st.text(alphabet="ab: -\n[]{}\"'#&*!|>$.,/\t%@`~0<=", max_size=60)
near_steps = st.lists(
    st.sampled_from(
        ["user", "bot", "tap", "vars.a", "state", "any_order", "silent", "file", "callback", "raises"]
    ).flatmap(lambda word: near_yaml.map(lambda value: f"  - {word}: {value}\n"))
    | near_yaml.map(lambda text: f"  - {text}\n"),
    max_size=5,
).map(lambda lines: "bot: a:b\nscenarios:\n  s:\n  - user: hi\n" + "".join(lines))


class TestAnything:
    """Whatever a file holds, loading it gives scenarios or a `ScenarioError`."""

    @pytest.fixture(scope="class")
    @staticmethod
    def path(tmp_path_factory):
        return tmp_path_factory.mktemp("anything") / "a.chat.yaml"

    @given(st.text() | near_yaml | near_steps)
    @settings(suppress_health_check=[HealthCheck.too_slow])
    def test_text(self, path, text):
        path.write_bytes(text.encode(errors="surrogatepass"))
        loads_or_refuses(path)

    @given(st.binary())
    def test_bytes(self, path, data):
        path.write_bytes(data)
        loads_or_refuses(path)

    @given(st.text(), st.sampled_from(["bot", "user"]))
    def test_quoted_text_is_itself(self, path, text, word):
        """Every text that YAML can hold can be written, and stands for itself."""
        written = "".join(char if char.isprintable() and char not in '"\\' else _escaped(char) for char in text)
        path.write_text(f'bot: a:b\nscenarios:\n  s:\n  - user: hi\n  - {word}: {{text: "{written}"}}\n')
        if any("\ud800" <= char <= "\udfff" for char in text):
            loads_or_refuses(path)
            return
        step = load_file(path).cases[0].steps[1]
        assert (step.text.render({}) if word == "user" else step.text.text) == text

    def test_deep_block(self, problems):
        assert [what for _, _, what, _ in problems("".join(" " * depth + "a:\n" for depth in range(1500)))] == [
            "is nested more than 100 deep"
        ]


def _escaped(char):
    return f"\\U{ord(char):08x}"
