"""An exploration in words."""

import msgspec
import pytest

from chatsim.explore.results.result import Exploration, Finding
from chatsim.explore.results.shown import figures, finding_lines, outcome_words, shown
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


class TestWords:
    """What each figure is called, to the letter."""

    def figures(self, **more):
        return dict(figures(msgspec.structs.replace(RESULT, **more)))

    def test_counts(self):
        assert self.figures(states=("a",), pairs=0)["reached"] == "1 state, 1 transition"
        assert (
            self.figures(transitions=(), pairs=1200)["reached"] == "2 states, 0 transitions, 1,200 pairs of transitions"
        )
        assert self.figures(faults=1)["faults"] == "1 delivery with a fault"
        assert "faults" not in self.figures(faults=0)
        assert "guards" not in self.figures(guards={})

    def test_guards(self):
        sided = {f"g{number}": (True,) for number in range(7)}
        assert self.figures(guards=sided)["guards"] == (
            "0 of 7 gave both answers; always the same: g0, g1, g2, g3, g4 and 2 more"
        )
        five = {f"g{number}": (True,) for number in range(5)} | {"both": (True, False), "never": ()}
        assert self.figures(guards=five)["guards"] == "1 of 7 gave both answers; always the same: g0, g1, g2, g3, g4"
        assert self.figures(guards={"both": (False, True)})["guards"] == "1 of 1 gave both answers"
        assert (
            self.figures(guards={"both": (False, False)})["guards"] == "0 of 1 gave both answers; always the same: both"
        )

    def test_time(self):
        assert self.figures(steps=1, seconds=59.94)["turns"] == "1 in 59.9 s (0 a second)"
        assert self.figures(steps=6000, seconds=60.0)["turns"] == "6,000 in 1m (100 a second)"
        assert self.figures(steps=5, seconds=0.5)["turns"] == "5 in 0.5 s (10 a second)"

    def test_outcomes(self):
        def words(**more):
            return outcome_words(msgspec.structs.replace(RESULT, **more))

        assert words(snapshots=1200) == (
            "complete: all 1,200 snapshots that the letters reach, each tried with every letter"
        )
        assert words(outcome="projected", snapshots=1200) == (
            "projected: complete where snapshots that differ only in detail count as one (1,200 kept)"
        )
        left = "bounded: 1,000 of 1,200 snapshots were not tried with every letter; "
        bounded = {"outcome": "bounded", "snapshots": 1200, "unexpanded": 1000}
        assert words(**bounded, stopped="max-states") == f"{left}it met --max-states"
        assert words(**bounded, stopped="closed") == f"{left}it stopped"


class TestLayout:
    def lines(self, *found, **more):
        return plain(shown(RESULT, iter(found), **more)).splitlines()

    def test_blocks(self):
        """The summary, each finding, and the ending, with an empty line between them."""
        lines = self.lines(finding(), finding(severity="warning"))
        empty = [number for number, line in enumerate(lines) if not line]
        assert empty == [6, 11, 16]
        assert (lines[7], lines[12], lines[17]) == ("✗ dead-end in 'menu'  error", "! dead-end in 'menu'  warning",
                                                    "✗ 1 error, 1 warning")  # fmt: skip

    def test_bounded(self):
        """Of what was not tried nothing is said."""
        bounded = msgspec.structs.replace(RESULT, outcome="bounded", stopped="interrupted", unexpanded=3)
        so_far = [plain(shown(bounded, [], brief=True, known=known)).strip() for known in (0, 2)]
        assert so_far == [
            "✓ nothing is wrong, as far as the search came",
            "✓ nothing is wrong that is new, as far as the search came; 2 known, in the baseline",
        ]

    def test_brief(self):
        assert self.lines(brief=True) == ["✓ nothing is wrong"]
        assert self.lines(brief=True, known=3) == ["✓ nothing is wrong that is new; 3 known, in the baseline"]
        assert self.lines(finding(severity="warning"), finding(severity="warning"), brief=True, known=1)[-1] == (
            "! 2 warnings; 1 known, in the baseline"
        )
        assert self.lines(finding(), brief=True)[-1] == "✗ 1 error"

    def test_styles(self):
        """What is wrong stands out, and so does that everything was tried."""

        def styles(lines):
            return [span.style for line in lines for span in line if span.style]

        assert styles(finding_lines(finding())[:1]) == ["failure", "failure", "dim"]
        assert styles(finding_lines(finding(severity="warning"))[:1]) == ["name", "name", "dim"]
        assert styles(finding_lines(finding(inconclusive=True))[:1]) == ["name", "name", "dim"]
        assert styles(shown(RESULT, [], brief=True)) == ["held"]
        assert styles(shown(RESULT, [finding(severity="warning")], brief=True)[-1:]) == ["name"]
        assert styles(shown(RESULT, [finding()], brief=True)[-1:]) == ["failure"]
        bounded = msgspec.structs.replace(RESULT, outcome="bounded", unexpanded=1)
        assert "held" in styles(shown(RESULT, [])[:1])
        assert "held" not in styles(shown(bounded, [])[:1])

    def test_width(self):
        """A message of several lines is wrapped, line by line."""
        told = msgspec.structs.replace(finding(), message=f"{'word ' * 12}\nand more")
        lines = plain(finding_lines(told, 40)).splitlines()
        assert lines[1:4] == [f"  {' '.join(['word'] * count)}" for count in (7, 5)] + ["  and more"]
        assert len(plain(finding_lines(told)).splitlines()[1]) > 40

    def test_what_hides_is_seen(self):
        lines = plain(
            finding_lines(msgspec.structs.replace(finding(state="a\u202eb"), message="x\u202ey"))
        ).splitlines()
        assert all(line.isprintable() for line in lines)

    def test_eight_turns(self):
        assert "turns before" not in plain(finding_lines(finding(turns=8)))
        assert "1 turn before" in plain(finding_lines(finding(turns=9)))

    def test_rows_of_a_message(self):
        turn = Turn(event=Text("hi"), effects=(Reply("\n".join("x" * 5 for _ in range(30))),), snapshot=Snapshot())
        lines = plain(finding_lines(msgspec.structs.replace(finding(), witness=Trace((turn,))))).splitlines()
        assert len(lines) == 3 + 12
        assert lines[10] == "          │ … 19 more rows"
