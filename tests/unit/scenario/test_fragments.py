"""Fragments and their uses: what they become, which names they need, and what is wrong with them."""

import pytest

from chatsim.scenario.load import load_file
from chatsim.scenario.model import Position, Use, UseStep, Value

TOP = "bot: a:b\nfragments:\n"


def played(case):
    """Return what is said in *case*, with the values that arguments have by then."""
    values = dict(case.values)
    words = []
    for step in case.steps:
        if isinstance(step, UseStep):
            values |= step.bind(values)
        elif step.kind == "user":
            words.append(step.text.render(values))
    return words


@pytest.fixture
def uses(load):
    """Load fragments, and a scenario with one column ``col``, that uses them."""

    def uses(fragments, *steps):
        lines = "".join(f"    - {step}\n" for step in steps)
        file = load(f"{TOP}{fragments}scenarios:\n  s:\n    cases: {{row: {{col: 007}}}}\n    steps:\n{lines}")
        return file.cases[0]

    return uses


@pytest.fixture
def wrong(problems):
    """Return what is wrong with fragments and steps that use them: line, what, cure."""

    def wrong(fragments, *steps):
        lines = "".join(f"  - {step}\n" for step in steps)
        return [(line, what, cure) for line, _, what, cure in problems(f"{TOP}{fragments}scenarios:\n  s:\n{lines}")]

    return wrong


SAY = "  say:\n  - user: <${what}>\n"


class TestUse:
    def test_without_arguments(self, uses):
        case = uses("  hello:\n  - user: hi\n  - bot: Hi!\n", "use: hello", "use: hello")
        assert [step.kind for step in case.steps] == ["user", "bot", "user", "bot"]

    @pytest.mark.parametrize(
        ("argument", "said"),
        [
            ("Ann", "<Ann>"),
            ("  Ann Lee ", "<Ann Lee>"),
            ('"a, b"', "<a, b>"),
            ("'it''s'", "<it's>"),
            (r'"say \"hi\" (loud)"', '<say "hi" (loud)>'),
            ('""', "<>"),
            ("${col}", "<007>"),
            ('"${col}"', "<007>"),
            ("no. ${col}!", "<no. 007!>"),
            ("9.50", "<9.50>"),
            ("$$5", "<$5>"),
            ("f(x)", "<f(x)>"),
            ("...", "<...>"),
        ],
    )
    def test_arguments(self, uses, argument, said):
        quoted = f"use: say(what={argument})".replace("'", "''")
        assert played(uses(SAY, f"use: '{quoted[5:]}'")) == [said]

    def test_several_arguments(self, uses):
        case = uses("  say:\n  - user: ${a}-${b}-${c}\n", """use: say(a=1, b="2, 3" , c='4')""")
        assert played(case) == ["1-2, 3-4"]

    @pytest.mark.parametrize(
        ("argument", "value"),
        [("7", 7), ('"7"', "7"), ("true", True), ("null", None), ("${col}", 7), ('"${col}"', 7), ("x${col}", "x007")],
    )
    def test_in_data(self, uses, argument, value):
        """In data an argument has the type that a cell would have; one that is only ${x} keeps that of x."""
        case = uses("  send:\n  - form: {n: '${n}'}\n", f"use: send(n={argument})")
        bind, form = case.steps
        assert form.data.render(bind.bind(case.values)) == {"n": value}

    def test_is_what_it_was_when_the_fragment_began(self, load):
        """An argument does not change when the fragment takes out a name that it was made of."""
        text = f"{TOP}  f:\n  - bot: '${{x:int}}'\n  - user: ${{a}}\nscenarios:\n  s:\n  - user: b\n  - bot: '${{x:int}}'\n"
        bind = load(text + "  - use: f(a=${x})\n").cases[0].steps[2]
        assert bind.bind({"x": Value("1", 1)}) == {"a@1": Value("1", 1)}

    def test_two_uses_do_not_mix(self, uses):
        assert played(uses(SAY, "use: say(what=a)", "use: say(what=b)", "user: c")) == ["<a>", "<b>", "c"]

    def test_nested(self, uses):
        inner = "  twice:\n  - use: say(what=${word})\n  - use: say(what=${word}${word})\n"
        assert played(uses(SAY + inner, "use: twice(word=x)")) == ["<x>", "<xx>"]

    def test_patterns_take_arguments_to_the_letter(self, uses):
        case = uses(
            "  f:\n  - user: a\n  - bot: Hi ${name}, ...\n    options: ['${name}', '/^${name}$/']\n", "use: f(name=a.b)"
        )
        bind, _, bot = case.steps
        values = bind.bind({})
        assert bot.text.match("Hi a.b, you", values) == {}
        assert [option.match("axb", values) for option in bot.options] == [None, None]
        assert [option.match("a.b", values) for option in bot.options] == [{}, {}]

    def test_fork_in_a_fragment(self, load):
        text = TOP + "  f:\n  - user: a\n  - fork: {x: [user: '${n}'], y: [user: c]}\n"
        cases = load(text + "scenarios:\n  s:\n  - use: f(n=1)\n  - user: z\n").cases
        assert {case.id: played(case) for case in cases} == {"s[x]": ["a", "1", "z"], "s[y]": ["a", "c", "z"]}

    def test_phrasings_rotate_in_each_use(self, uses):
        case = uses("  f:\n  - user: {one_of: [a, b]}\n", "use: f", "use: f")
        assert played(case) == ["a", "a"]

    def test_says_where_it_stands_and_from_where_it_is_used(self, uses):
        inner = "  outer:\n  - use: say(what=x)\n"
        bind, step = uses(SAY + inner, "use: outer").steps
        assert step.position == Position("a.chat.yaml", 4, 5)
        outer = Use("outer", Position("a.chat.yaml", 11, 7))
        assert step.used == (outer, Use("say", Position("a.chat.yaml", 6, 5)))
        assert (bind.position.line, bind.used) == (6, (outer,))

    def test_members_of_any_order_say_it_too(self, uses):
        case = uses("  f:\n  - user: a\n  - any_order: [bot: a, bot: b]\n", "use: f")
        assert [member.used for member in case.steps[1].members] == [case.steps[1].used] * 2 != [(), ()]


class TestNames:
    def test_captures_are_known_after_it(self, uses):
        uses("  f:\n  - user: a\n  - bot: No. ${n:int}\n", "use: f", "user: ${n}")

    def test_names_of_who_uses_it_are_known_in_it(self, uses):
        assert played(uses("  f:\n  - user: <${col}>\n", "use: f")) == ["<007>"]

    def test_an_argument_goes_before_a_name_of_who_uses_it(self, uses):
        assert played(uses("  f:\n  - user: <${col}>\n", "use: f(col=8)", "user: ${col}")) == ["<8>", "007"]

    def test_missing(self, wrong):
        assert wrong(SAY, "use: say") == [(7, "the fragment 'say' needs a value for ${what}", "write use: say(what=…)")]

    def test_missing_for_a_fragment_that_it_uses(self, wrong):
        assert wrong(SAY + "  f:\n  - use: say\n", "use: f") == [
            (9, "the fragment 'f' needs a value for ${what}", "write use: f(what=…)")
        ]

    def test_unknown(self, wrong):
        assert wrong(SAY, "use: say(what=a, waht=b)") == [
            (7, "the fragment 'say' has no ${waht}", "did you mean 'what'?")
        ]

    def test_unknown_where_there_are_none(self, wrong):
        assert wrong("  f:\n  - user: a\n", "use: f(a=1)") == [
            (7, "the fragment 'f' has no ${a}", "there are no arguments here")
        ]

    def test_taken_out_in_the_fragment(self, wrong):
        assert wrong("  f:\n  - user: ${n}\n  - bot: ${n:int}\n", "use: f(n=1)") == [
            (
                8,
                "the fragment 'f' takes ${n} out itself, so it cannot be an argument",
                "give one of the two another name",
            )
        ]

    def test_undefined_in_an_argument(self, wrong):
        assert wrong(SAY, "user: a", "use: say(what=${x})") == [
            (8, "undefined ${x}", "take it from a reply with ${x:word}, or make it a column of `cases`")
        ]

    def test_used_before_it_is_taken(self, wrong):
        assert wrong("  f:\n  - user: a\n  - bot: ${n:int}\n", "user: ${n}", "use: f") == [
            (8, "${n} is used before it is taken", "move this below the reply that it is taken from")
        ]


class TestWrong:
    def test_no_such_fragment(self, wrong):
        assert wrong(SAY, "use: sya(what=a)") == [(7, "there is no fragment 'sya'", "did you mean 'say'?")]

    def test_no_such_fragment_in_a_fragment_that_nobody_uses(self, wrong):
        assert wrong(SAY + "  f:\n  - use: sya\n", "user: a") == [
            (6, "there is no fragment 'sya'", "did you mean 'say'?")
        ]

    def test_circle(self, wrong):
        cure = "take one of the uses out"
        assert wrong("  a:\n  - use: b\n  b:\n  - user: x\n  - use: c\n  c:\n  - use: a\n", "use: b") == [
            (9, "a fragment uses itself: a → b → c → a", cure)
        ]

    def test_itself(self, wrong):
        assert wrong("  a:\n  - use: a\n", "use: a") == [
            (4, "a fragment uses itself: a → a", "take one of the uses out")
        ]

    def test_in_a_branch_of_itself(self, wrong):
        fragment = "  a:\n  - user: x\n  - fork: {b: [use: a], c: [user: y]}\n"
        assert [line for line, _, _ in wrong(fragment, "use: a")] == [5]

    def test_begins_a_scenario_with_what_does_not_reach_the_bot(self, wrong):
        assert [problem[:2] for problem in wrong("  f:\n  - bot: hi\n", "use: f")] == [
            (7, "a scenario begins with something that reaches the bot")
        ]

    def test_too_much(self, wrong):
        """Fragments that double each other are counted, not written out."""
        doubling = "".join(f"  f{n}:\n  - use: f{n + 1}\n  - use: f{n + 1}\n" for n in range(40))
        ((_, what, cure),) = wrong(doubling + "  f40:\n  - user: a\n", "use: f0")
        assert what.endswith(" steps with its fragments, more than 10,000")
        assert cure == "use fewer fragments"

    def test_names(self, problems):
        assert [problem[2] for problem in problems(TOP + "  f(x):\n  - user: a\nscenarios: {s: [user: a]}\n")] == [
            "'f(x)' cannot be the name of a fragment"
        ]

    def test_files_that_an_argument_names(self, problems, write):
        text = TOP + "  f:\n  - file: ${name}.png\nscenarios:\n  s:\n  - user: a\n  - use: f(name=coupon)\n"
        assert [problem[:3] for problem in problems(text)] == [(4, 11, "there is no file 'coupon.png'")]
        write("x", "coupon.png")
        load_file(write(text))
