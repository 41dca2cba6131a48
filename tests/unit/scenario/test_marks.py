"""Tags, skip, xfail, timeout, repeat, fixtures: how they are written, and what comes of them."""

import pytest

from chatsim.scenario.model import NO_MARKS, Marks, Position, ScenarioCase, Xfail
from chatsim.scenario.outcome import judged, skipped
from chatsim.scenario.verdict import Mismatch, Verdict
from chatsim.trace import Failure, Trace


@pytest.fixture
def marks(load):
    """Return the marks of a scenario with these lines."""
    return lambda line: load(f"bot: a:b\nscenarios:\n  s:\n    {line}\n    steps: [user: hi]\n").cases[0].marks


class TestReading:
    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ("tags: [smoke, slow, smoke]", Marks(tags=("smoke", "slow"))),
            ("tags: smoke", Marks(tags=("smoke",))),
            ("tags: []", Marks()),
            ("skip: no shop on Sundays", Marks(skip="no shop on Sundays")),
            ("xfail: 'no: coupons'", Marks(xfail=Xfail("no: coupons"))),
            ("xfail: {reason: x, strict: true}", Marks(xfail=Xfail("x", strict=True))),
            (
                "xfail: {reason: x, strict: false, raises: KeyError}",
                Marks(xfail=Xfail("x", strict=False, raises="KeyError")),
            ),
            ("timeout: 5s", Marks(timeout=5)),
            ("timeout: 1m30s", Marks(timeout=90)),
            ("repeat: 20", Marks(repeat=20)),
            ("fixtures: [db, clock]", Marks(fixtures=("db", "clock"))),
        ],
    )
    def test_every_mark(self, marks, line, expected):
        assert marks(line) == expected

    def test_none(self, load):
        assert load("bot: a:b\nscenarios: {s: [user: hi]}\n").cases[0].marks is NO_MARKS

    @pytest.mark.parametrize(
        ("line", "column", "what", "cure"),
        [
            ("tags: {a: b}", 11, "must be a list of names, and this is a mapping", "write [smoke, slow]"),
            ("tags: [a-b]", 12, "'a-b' is no name", "a name here has letters, digits and _, and no digit at its start"),
            ("tags: [[a]]", 12, "a name must be text, and this is a list", 'quote it if it is text: "[…]"'),
            ("skip:", 10, "the reason is missing", "write it here, or take the key out"),
            ('skip: " "', 11, "the reason is missing", "say why: skip: the shop is closed on Sundays"),
            ("xfail: {strict: true}", 12, "`reason` is missing in `xfail`", "write reason: and why"),
            ("xfail: {reason: a, strict: maybe}", 32, "must be true or false, and this is 'maybe'", "the words here are true, false"),
            ("xfail: {reason: a, sterict: true}", 24, "unknown key 'sterict' in `xfail`", "did you mean 'strict'?"),
            ("timeout: 5", 14, "'5' is no duration", "write 5s, 31m, 1h30m or 2d, the longer units first"),
            ("timeout: 0s", 14, "no test can end after no time at all", "write timeout: 5s"),
            ("repeat: 0", 13, "must be a number from 1 to 10000, and this is '0'", "write repeat: 20"),
            ("repeat: often", 13, "must be a number from 1 to 10000, and this is 'often'", "write repeat: 20"),
            ("repeat: 10001", 13, "must be a number from 1 to 10000, and this is '10001'", "write repeat: 20"),
            ("env: {A=B: c}", 11, "'A=B' cannot be an environment variable", "take '=' out of its name"),
            ("env: {A: [b]}", 14, "the variable A must be text, and this is a list", 'quote it if it is text: "[…]"'),
        ],
    )  # fmt: skip
    def test_wrong(self, problems, line, column, what, cure):
        assert problems(f"bot: a:b\nscenarios:\n  s:\n    {line}\n    steps: [user: hi]\n") == [(4, column, what, cure)]

    def test_env_is_text_as_it_is_typed(self, load):
        text = "bot: a:b\nscenarios: {s: {env: {A: 007, B: yes, C: '', D: $x}, steps: [user: hi]}}\n"
        assert load(text).cases[0].env == {"A": "007", "B": "yes", "C": "", "D": "$x"}


HERE = Position("a.chat.yaml", 3, 3)


def verdict(marks, mismatch=None):
    case = ScenarioCase("s", "s", HERE, (), marks=marks)
    return Verdict(case, "failed" if mismatch else "passed", mismatch, Trace(), 0.1)


WRONG = Mismatch("wrong-text", HERE, "bot: the reply says something else")
RAISED = Mismatch("bot-raised", HERE, "no", failure=Failure("bot-raised", "shop.NoSuchPizza", "no"))


class TestOutcome:
    @pytest.mark.parametrize(
        ("xfail", "mismatch", "outcome"),
        [
            (None, None, "passed"),
            (None, WRONG, "failed"),
            (Xfail("x"), None, "xpassed"),
            (Xfail("x", strict=False), None, "xpassed"),
            (Xfail("x", strict=True), None, "failed"),
            (Xfail("x"), WRONG, "xfailed"),
            (Xfail("x", strict=True), WRONG, "xfailed"),
            (Xfail("x", raises="NoSuchPizza"), WRONG, "failed"),
            (Xfail("x", raises="NoSuchPizza"), RAISED, "xfailed"),
            (Xfail("x", raises="KeyError"), RAISED, "failed"),
        ],
    )
    def test_expected_failures(self, xfail, mismatch, outcome):
        found = judged(verdict(Marks(xfail=xfail), mismatch))
        assert (found.outcome, found.failed, found.passed) == (outcome, outcome == "failed", outcome == "passed")

    def test_passing_strictly_says_why_that_is_a_failure(self):
        mismatch = judged(verdict(Marks(xfail=Xfail("no coupons yet", strict=True)))).mismatch
        assert (mismatch.kind, mismatch.position) == ("passed-unexpectedly", HERE)
        assert mismatch.headline == "xfail: it passed, and was expected to fail: no coupons yet"
        assert mismatch.hint == "take `xfail` out, or its `strict`"

    def test_skipped(self):
        assert skipped(verdict(Marks()).case) is None
        assert skipped(verdict(Marks(skip="why")).case).outcome == "skipped"
