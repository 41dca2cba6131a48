"""An exploration in words."""

import msgspec
import pytest

from chatsim.explore.result import Exploration, Finding
from chatsim.explore.shown import finding_lines, outcome_words, shown
from chatsim.report.document import plain
from chatsim.trace import Reply, Snapshot, Text, Trace, Turn

RESULT = Exploration(
    "b:Bot", "complete", "closed", 12, 0, 6000, 2.0, ("a", "b"), (("a", "text", "b"),), (), pairs=1,
    guards={"is_paid": (True, False), "is_late": (False,)}, faults=1300,
)  # fmt: skip


def finding(kind="dead-end", severity="error", state="menu", turns=1, **more):
    turn = Turn(event=Text("hi"), effects=(Reply("Hello"),), snapshot=Snapshot())
    return Finding(kind, severity, state, "nothing helps", Trace((turn,) * turns), **more)


class TestSummary:
    def test_figures(self):
        lines = plain(shown(RESULT, [], 100)).splitlines()
        assert lines == [
            "  outcome      complete: all 12 snapshots that the letters reach, each tried with every letter",
            "  reached      2 states, 1 transition, 1 pair of transitions",
            "  guards       1 of 2 gave both answers; always the same: is_late",
            "  faults       1,300 deliveries with a fault",
            "  turns        6,000 in 2.0 s (3,000 a second)",
            "",
            "✓ nothing is wrong",
        ]

    @pytest.mark.parametrize(
        ("stopped", "why"),
        [
            ("max-time", "it met --max-time"),
            ("max-depth", "it met --max-depth"),
            ("coverage", "everything that is declared was reached"),
            ("interrupted", "it was interrupted"),
        ],
    )
    def test_bounded(self, stopped, why):
        result = msgspec.structs.replace(RESULT, outcome="bounded", stopped=stopped, unexpanded=3)
        assert outcome_words(result) == f"bounded: 3 of 12 snapshots were not tried with every letter; {why}"

    def test_no_turn_was_made(self):
        result = msgspec.structs.replace(RESULT, steps=0, seconds=0.0)
        assert "  turns        0 in 0.0 s\n" in plain(shown(result, []))

    def test_minutes(self):
        result = msgspec.structs.replace(RESULT, steps=90, seconds=90.0)
        assert "  turns        90 in 1m30s (1 a second)\n" in plain(shown(result, []))


class TestFindings:
    def test_a_chat(self):
        assert plain(finding_lines(finding())).splitlines() == [
            "✗ dead-end in 'menu'  error",
            "  nothing helps",
            "  user      hi",
            "  bot       Hello",
        ]

    def test_a_long_chat_ends_with_its_last_turns(self):
        lines = plain(finding_lines(finding(turns=20))).splitlines()
        assert lines[2] == "  …         12 turns before"
        assert len(lines) == 3 + 2 * 8

    def test_a_warning(self):
        assert plain(finding_lines(finding(severity="warning"))).startswith("! dead-end in 'menu'  warning\n")

    def test_what_is_not_certain_is_no_error(self):
        unsure = finding(kind="no-end", inconclusive=True)
        assert plain(finding_lines(unsure)).startswith("! no-end in 'menu'  inconclusive\n")
        assert plain(shown(RESULT, [unsure], brief=True)).endswith("! 1 warning")

    def test_without_a_state(self):
        assert plain(finding_lines(finding(state=None))).startswith("✗ dead-end  error\n")

    def test_counts(self):
        found = [finding(), finding(), finding(severity="warning")]
        assert plain(shown(RESULT, found, known=2)).endswith("✗ 2 errors, 1 warning; 2 known, in the baseline")
