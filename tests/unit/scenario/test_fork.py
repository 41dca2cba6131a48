"""Forks, cases and phrasings: which tests come of a scenario, and what they are called."""

import textwrap

import pytest

from chatsim.errors import ScenarioError
from chatsim.scenario.load import load_file


@pytest.fixture
def tests(write):
    """Load a scenario with these steps; return the id of each test, and what is said in it."""

    def tests(steps, *, cases="", **how):
        body = textwrap.indent(textwrap.dedent(steps).strip("\n"), "    ")
        file = load_file(write(f"bot: a:b\nscenarios:\n  s:\n{cases}    steps:\n{body}\n"), "a.chat.yaml", **how)
        return {case.id: said(case) for case in file.cases}

    return tests


def said(case):
    return " ".join(step.text.render(case.values) for step in case.steps if step.kind == "user")


NESTED = """
- user: a
- fork:
    x:
    - user: b
    y:
    - user: c
    - fork:
        in:
        - user: d
        out:
        - user: e
- user: z
"""
ROWS = "    cases:\n      one: {n: 1}\n      two: {n: 2}\n"


class TestFork:
    def test_each_branch_is_a_test(self, tests):
        """Forks nest, ids join with a hyphen, and steps after a fork end every branch."""
        assert tests(NESTED) == {"s[x]": "a b z", "s[y-in]": "a c d z", "s[y-out]": "a c e z"}

    def test_with_cases(self, tests):
        assert list(tests(NESTED, cases=ROWS)) == [
            "s[one-x]", "s[one-y-in]", "s[one-y-out]", "s[two-x]", "s[two-y-in]", "s[two-y-out]",
        ]  # fmt: skip

    def test_forks_in_a_row_multiply(self, tests):
        steps = """
        - user: a
        - fork: {x: [user: b], y: [user: c]}
        - fork: {p: [user: d], q: [user: e]}
        """
        assert tests(steps) == {"s[x-p]": "a b d", "s[x-q]": "a b e", "s[y-p]": "a c d", "s[y-q]": "a c e"}

    def test_may_come_first(self, tests):
        assert tests("- fork: {x: [user: b], y: [user: c]}") == {"s[x]": "b", "s[y]": "c"}

    def test_shares_the_steps_before(self, load):
        file = load(f"bot: a:b\nscenarios:\n  s:\n{textwrap.indent(NESTED, '  ')}")
        first, second, third = file.cases
        assert (first.forks, second.forks, third.forks) == ((1,), (1, 2), (1, 2))
        assert first.steps[0] is second.steps[0] is third.steps[0]
        assert second.steps[1] is third.steps[1]
        assert [case.branch for case in file.cases] == [("x",), ("y", "in"), ("y", "out")]

    def test_stands_at_its_innermost_branch(self, load):
        file = load(f"bot: a:b\nscenarios:\n  s:{textwrap.indent(NESTED, '  ')}")
        assert [(case.line, case.position.column) for case in file.cases] == [(6, 7), (11, 11), (13, 11)]

    def test_equal_ids(self, problems):
        text = """\
        bot: a:b
        scenarios:
          s:
            cases: {a: {}, a-b: {}}
            steps:
            - user: x
            - fork: {b-c: [user: y], c: [user: z]}
        """
        assert problems(textwrap.dedent(text)) == [
            (7, 30, "two tests have the id 's[a-b-c]'; the first is in line 7", "rename one of them")
        ]

    def test_equal_ids_whose_last_branch_is_the_same(self, problems):
        text = """\
        bot: a:b
        scenarios:
          s:
            cases: {a: {}, a-b: {}}
            steps:
            - user: x
            - fork: {b-c: [user: y], c: [user: z]}
            - fork: {end: [user: y]}
        """
        assert [problem[2] for problem in problems(textwrap.dedent(text))] == [
            "two tests have the id 's[a-b-c-end]'; the first is in line 8"
        ]

    def test_begins_with_what_reaches_the_bot(self, problems):
        text = "bot: a:b\nscenarios:\n  s:\n  - fork: {x: [bot: hi], y: [user: a]}\n"
        assert [problem[:3] for problem in problems(text)] == [
            (4, 16, "a scenario begins with something that reaches the bot")
        ]


class TestNames:
    """What a branch takes out is known in it and after the fork, if every branch takes it out."""

    def names(self, problems, after, branches="x: [user: b, bot: '${n:int}'], y: [user: c, bot: '${n:int} ${m:int}']"):
        text = f"bot: a:b\nscenarios:\n  s:\n  - user: a\n  - fork: {{{branches}}}\n  - user: {after}\n"
        return [problem[2:] for problem in problems(text)]

    def test_in_every_branch(self, load):
        load(
            "bot: a:b\nscenarios:\n  s:\n  - user: a\n  - fork: {x: [bot: '${n:int}'], y: [bot: '${n:word}']}\n  - user: ${n}\n"
        )

    def test_not_in_every_branch(self, problems):
        assert self.names(problems, "${m}") == [
            (
                "${m} is not taken in every branch of the fork before",
                "take it before the fork, or in these branches too: 'x'",
            )
        ]

    def test_of_another_branch(self, problems):
        branches = "x: [user: b, bot: '${n:int}'], y: [user: '${n}']"
        assert self.names(problems, "a", branches) == [
            ("${n} is used before it is taken", "move this below the reply that it is taken from")
        ]


class TestPhrasings:
    def test_rotate_over_cases(self, tests):
        assert tests("- user: {one_of: [hi, hello, hey]}", cases=ROWS) == {"s[one]": "hi", "s[two]": "hello"}

    def test_start_anew_after_the_last(self, tests):
        rows = "    cases: {a: {}, b: {}, c: {}}\n"
        assert list(tests("- user: {one_of: [hi, hello]}", cases=rows).values()) == ["hi", "hello", "hi"]

    def test_rotate_over_branches(self, tests):
        """Before a fork the words are said once for all branches; in and after it, each branch says its own."""
        steps = """
        - user: {one_of: [hi, hello]}
        - fork: {x: [user: b], y: [user: c]}
        - user: {one_of: [bye, so long]}
        """
        assert tests(steps, cases=ROWS) == {
            "s[one-x]": "hi b bye", "s[one-y]": "hi c so long",
            "s[two-x]": "hello b bye", "s[two-y]": "hello c so long",
        }  # fmt: skip

    def test_are_the_same_every_time(self, tests):
        steps = "- user: {one_of: [a, b, c]}\n- fork: {x: [user: {one_of: [d, e]}], y: [user: f]}"
        assert tests(steps, cases=ROWS) == tests(steps, cases=ROWS)

    def test_alone(self, tests):
        assert tests("- user: {one_of: [hi, hello]}") == {"s": "hi"}

    def test_all(self, tests):
        """With all phrasings, each is a branch of its own, called what is said in it."""
        steps = "- user: {one_of: [hi, hello]}\n- user: {one_of: ['${n}', 'a::b']}"
        assert tests(steps, cases=ROWS, all_phrasings=True) == {
            "s[one-hi-${n}]": "hi 1", "s[one-hi-2]": "hi a::b", "s[one-hello-${n}]": "hello 1", "s[one-hello-2]": "hello a::b",
            "s[two-hi-${n}]": "hi 2", "s[two-hi-2]": "hi a::b", "s[two-hello-${n}]": "hello 2", "s[two-hello-2]": "hello a::b",
        }  # fmt: skip

    def test_all_where_two_are_alike(self, tests):
        assert list(tests("- user: {one_of: [hi, hi, hello]}", all_phrasings=True)) == ["s[1]", "s[2]", "s[hello]"]

    def test_all_of_a_branch(self, tests):
        steps = "- user: a\n- fork: {x: [user: {one_of: [b, c]}], y: [user: d]}"
        assert list(tests(steps, all_phrasings=True)) == ["s[x-b]", "s[x-c]", "s[y]"]

    def test_undefined_names(self, problems):
        assert [
            problem[2] for problem in problems("bot: a:b\nscenarios:\n  s:\n  - user: {one_of: [a, '${x}']}\n")
        ] == ["undefined ${x}"]


class TestBound:
    FORKS = "- user: a\n" + "- fork: {x: [user: b], y: [user: c], z: [user: d]}\n" * 6

    def test_counted_before_it_is_written_out(self, tests):
        with pytest.raises(ScenarioError) as caught:
            tests(self.FORKS)
        assert [(p.line, p.column, p.what, p.cure) for p in caught.value.problems] == [
            (
                3, 3, "the scenario 's' becomes 729 tests, more than 500",
                "make several scenarios of it, or allow more with chatsim_max_cases (chatsim run --max-cases)",
            )
        ]  # fmt: skip

    def test_cases_multiply(self, tests):
        with pytest.raises(ScenarioError, match="becomes 6 tests, more than 5"):
            tests("- user: a\n- fork: {x: [user: b], y: [user: c], z: [user: d]}", cases=ROWS, max_cases=5)

    def test_may_be_raised(self, tests):
        assert len(tests(self.FORKS, max_cases=729)) == 729

    def test_counts_phrasings_only_where_they_multiply(self, tests):
        steps = "- user: {one_of: [a, b, c]}"
        assert len(tests(steps, max_cases=1)) == 1
        with pytest.raises(ScenarioError, match="becomes 3 tests, more than 1"):
            tests(steps, max_cases=1, all_phrasings=True)

    def test_what_would_never_end(self, tests):
        """A thousand forks are counted in no time."""
        forks = "- fork: {x: [user: b], y: [user: c]}\n"
        with pytest.raises(ScenarioError, match=r"becomes 1,267,650,600,228,229,401,496,703,205,376 tests"):
            tests("- user: a\n" + forks * 100)
        with pytest.raises(ScenarioError, match="has 1000 forks in a row, more than 100"):
            tests("- user: a\n" + forks * 1000)
