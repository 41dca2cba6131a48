"""Why a chat is where it is."""

from chatsim.masking import Masking
from chatsim.report.document import plain
from chatsim.report.hops import trace_lines
from chatsim.report.masked import masked
from chatsim.report.reasons import changed, guard_answers
from chatsim.scenario.model import Position, ScenarioCase
from chatsim.scenario.verdict import Line, Mismatch, Verdict
from chatsim.trace import Call, ChatState, Failure, Guard, Hop, Reply, Save, Snapshot, Text, TimerSet, Trace, Turn


def turn(hops=(), context=None, **more):
    return Turn(event=Text("x"), hops=hops, snapshot=Snapshot({"user": ChatState("s", context or {})}), **more)


class TestGuardAnswers:
    def test_the_same_hop_again_is_counted(self):
        hop = Hop("a", "b", (Guard("is_x", value=True),))
        assert guard_answers(turn((hop, Hop("b", "a"), hop))) == "a → b: is_x ✓ (2 times)"

    def test_of_many_the_last_ones(self):
        hops = tuple(Hop(str(n), "b", (Guard("g", value=False),)) for n in range(9))
        assert guard_answers(turn(hops)).split("\n")[:2] == ["… 3 more", "3 → b: g ✗"]


class TestChanged:
    def test_the_places_inside(self):
        before = Snapshot({"user": ChatState("s", {"a": {"b": 1, "c": [1, 2]}, "gone": 0, "same": "x"})})
        after = turn(context={"a": {"b": 2, "c": [1, 3]}, "new": None, "same": "x"})
        assert changed(before, after).split("\n") == [
            "a.b: 1 → 2",
            "a.c[1]: 2 → 3",
            "gone: 0 (gone)",
            "new: null (new)",
        ]

    def test_of_many_and_long_ones_some(self):
        rows = changed(Snapshot(), turn(context={f"v{n}": "x" * 99 for n in range(9)})).split("\n")
        assert rows[-1] == "… 3 more"
        assert max(map(len, rows)) < 70


def test_trace_lines():
    effects = (
        Call("GET", "https://a.example"),
        Reply("hi", chat="cook"),
        TimerSet("late", 5),
        Save(),
    )
    error = Failure("bot-raised", "KeyError", "'x'")
    shown = plain(trace_lines([turn((Hop("a", None, machine="pay"),), effects=effects, error=error)], 80))
    assert shown.splitlines()[:-1] == [
        "  user      x",
        "  hop       pay: a → (stays)",
        "  call      GET https://a.example",
        "  bot>cook  hi",
        "  timer     late at 5 s",
        "  saved     user",
        "  raised    KeyError: 'x'",
    ]
    assert shown.splitlines()[-1].startswith("  waits     input, after 0.0 ms")


def test_masked():
    case = ScenarioCase("sk-12345", "sk-12345", Position("sk-12345.chat.yaml", 1, 1), ())
    mismatch = Mismatch("wrong-text", case.position, "key sk-12345", (Line("came", "sk-12345"),), hint="sk-12345")
    trace = Trace((turn(effects=(Reply("sk-12345"),)),))
    hidden = masked(Verdict(case, "failed", mismatch, trace, 0.1, other=trace), Masking({"KEY": "sk-12345"}))
    assert hidden.case is case
    assert hidden.mismatch == Mismatch(
        "wrong-text", case.position, "key ***KEY***", (Line("came", "***KEY***"),), hint="***KEY***"
    )
    assert hidden.trace.turns[0].replies[0].text == hidden.other.turns[0].replies[0].text == "***KEY***"
    verdict = Verdict(case, "failed", None, trace, 0.1)
    assert masked(verdict, Masking({})) is verdict
    assert masked(verdict, Masking({"KEY": "sk-12345"})).mismatch is None
