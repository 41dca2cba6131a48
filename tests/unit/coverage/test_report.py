"""The figures, what is missing, and whether that is enough."""

import pytest

from chatsim.coverage.data import BotId, Coverage, Declared, Recorded
from chatsim.coverage.exclude import Pattern
from chatsim.coverage.facts import Hopped, Offered, WasIn
from chatsim.coverage.report import Limit, Report, report_on, share
from chatsim.errors import SetupError
from chatsim.graph.model import Graph, SourceLine, State, Transition

GRAPH = Graph(
    "shop:Shop",
    (State("zero", declared=True), State("menu", declared=True, line=SourceLine("shop.py", 4))),
    (Transition("zero", "menu", declared=True), Transition("menu", "zero", declared=True)),
)
SHOP = BotId("Shop", "shop.py")


def report(*facts, declared=None, exclude=(), by=("a",)):
    recorded = Recorded("shop:Shop", dict.fromkeys(facts, frozenset(by)), declared)
    return report_on(Coverage({SHOP: recorded}), [Pattern.of(pattern) for pattern in exclude])


DECLARED = Declared(GRAPH)
HOP = Hopped("zero", "menu")


class TestFigures:
    def test_reached_and_missing(self):
        (bot,) = report(HOP, declared=DECLARED).bots
        assert [(kind.kind, len(kind.covered), kind.total, kind.percent) for kind in bot.kinds] == [
            ("states", 2, 2, 100),
            ("transitions", 1, 2, 50),
            ("pairs", 0, 2, 0),
        ]
        assert [item.name for item in bot.of("transitions").missing] == ["menu → zero"]

    def test_a_kind_that_it_has_not(self):
        (bot,) = report(HOP, declared=DECLARED).bots
        assert bot.of("guards").total == 0
        assert bot.of("guards").percent == 100

    def test_conversations(self):
        assert report(HOP, WasIn("menu"), by=("a", "b")).bots[0].conversations == 2

    def test_excluded(self):
        excluded = Declared(GRAPH, {"shop.py": (4,)})
        (bot,) = report(HOP, declared=excluded).bots
        states = bot.of("states")
        assert [item.name for item in states.covered] == ["zero"]
        assert [(each.item.name, each.why) for each in states.excluded] == [("menu", "shop.py:4 # chatsim: no cover")]
        # All of these lead to what is excluded, and the kinds are listed for it.
        assert [(kind.kind, kind.total) for kind in bot.kinds] == [("states", 1), ("transitions", 0), ("pairs", 0)]

    def test_excluded_by_a_pattern(self):
        (bot,) = report(HOP, declared=DECLARED, exclude=["transition menu -> *"]).bots
        assert bot.of("transitions").percent == 100

    def test_undeclared(self):
        """What a bot does not declare is told, and not counted."""
        (bot,) = report(Hopped("menu", "attic"), declared=DECLARED).bots
        assert [item.name for item in bot.undeclared] == ["attic", "menu → attic"]
        assert (bot.of("states").total, bot.of("transitions").total) == (2, 2)

    def test_options_are_never_declared(self):
        (bot,) = report(Offered("menu", "Buy"), declared=DECLARED).bots
        assert bot.of("options").total == 1

    def test_nothing_declared(self):
        (bot,) = report(HOP).bots
        assert (bot.declares, bot.undeclared, bot.of("transitions").percent) == (False, (), 100)

    def test_only_states_declared(self):
        """A framework that names its states alone: of the rest, what was seen is counted."""
        states = Declared(Graph(states=(State("zero", declared=True), State("menu", declared=True))))
        (bot,) = report(HOP, declared=states).bots
        assert [(kind.kind, kind.total) for kind in bot.kinds] == [("states", 2), ("transitions", 1)]

    def test_totals(self):
        one = report(HOP, declared=DECLARED)
        both = Report(one.bots + report(declared=DECLARED).bots)
        assert both.totals["transitions"] == (1, 4)

    def test_rounded_down(self):
        """100 is all of them."""
        assert (share(999, 1000), share(1000, 1000), share(0, 0)) == (99, 100, 100)

    def test_without_a_name(self):
        assert report_on(Coverage({SHOP: Recorded()})).bots[0].reference == "shop.py:Shop"


class TestLimits:
    @pytest.mark.parametrize(
        ("text", "kind", "percent"), [("transitions:90", "transitions", 90), ("state: 99.5%", "states", 99.5)]
    )
    def test_read(self, text, kind, percent):
        assert Limit.of(text) == (kind, percent)

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("90", "write KIND:PERCENT"),
            ("states:", "write KIND:PERCENT"),
            ("sates:90", "Did you mean 'states'"),
            ("states:many", "'many' is no number from 0 to 100"),
            ("states:101", "no number from 0 to 100"),
            ("states:-1", "no number from 0 to 100"),
            ("states:nan", "no number from 0 to 100"),
        ],
    )
    def test_refused(self, text, says):
        with pytest.raises(SetupError, match=says):
            Limit.of(text)

    @pytest.mark.parametrize(("percent", "missed"), [(50, False), (50.1, True), (0, False), (100, True)])
    def test_missed(self, percent, missed):
        found = Limit("transitions", percent).missed(report(HOP, declared=DECLARED))
        assert bool(found) is missed

    def test_says_how_much(self):
        found = Limit("transitions", 90).missed(report(HOP, declared=DECLARED))
        assert found == "transitions 50.0% (1 of 2), and 90% are asked for"

    def test_of_what_it_has_not(self):
        """Of nothing, all was reached; without a conversation, nothing was."""
        assert Limit("guards", 100).missed(report(HOP, declared=DECLARED)) == ""
        assert Limit("guards", 1).missed(Report()) == "guards 1%: no conversation was measured"
