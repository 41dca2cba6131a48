"""The shortest conversation to what was not reached, or that nothing reaches it."""

import pytest

from chatsim.chat.conversation import stage_of
from chatsim.coverage.data import BotId, Coverage, Recorded
from chatsim.coverage.declare import declared_by
from chatsim.coverage.explored import EXPLORED, explored, shortest_traces
from chatsim.coverage.items import Item
from chatsim.coverage.loading import stage_for
from chatsim.coverage.report import report_on
from chatsim.coverage.suggest import is_impossible, suggest
from chatsim.coverage.suggest_view import suggestion_lines
from chatsim.explore import explore
from chatsim.explore.results.result import Exploration
from chatsim.report.document import plain
from chatsim.trace import Snapshot, Turn

SHOP = BotId("Shop", "shop.py")


def exploration(outcome="complete"):
    return Exploration(
        "shop:Shop",
        outcome,
        "closed",
        4,
        0,
        9,
        0.1,
        ("menu", "pay"),
        (),
        (),
        guards={"buys": (True,)},
        hops=(("zero", "menu"), ("menu", "pay"), ("menu", "menu")),
    )


def of(kind, name, *within):
    return Item(kind, name, within=tuple(("", state) for state in within))


class TestImpossible:
    @pytest.mark.parametrize(
        ("item", "impossible"),
        [
            (of("states", "attic", "attic"), True),
            (of("states", "pay", "pay"), False),
            (of("states", "zero", "zero"), False),
            (of("ends", "attic", "attic"), True),
            (of("callbacks", "pay", "pay"), False),
            (of("transitions", "menu → attic", "menu", "attic"), True),
            (of("transitions", "menu → menu", "menu"), False),
            (of("transitions", "pay → pay", "pay"), True),
            (of("transitions", "pay → ?", "pay"), False),
            (of("transitions", "pay ↺", "pay"), False),
            (of("guards", "menu: buys false", "menu"), True),
            (of("guards", "menu: buys true", "menu"), False),
            (of("guards", "menu: leaves true", "menu"), True),
            (of("pairs", "menu → pay → menu", "menu", "pay"), False),
            (of("options", "menu: Buy", "menu"), False),
        ],
    )
    def test_shown_by_a_complete_search(self, item, impossible):
        assert is_impossible(item, exploration()) is impossible

    @pytest.mark.parametrize("outcome", ["projected", "bounded"])
    def test_never_by_another(self, outcome):
        assert not is_impossible(of("states", "attic", "attic"), exploration(outcome))


@pytest.fixture
def nothing_said(project):
    """The bot, with which nothing was said yet."""
    shop = (project / "shop.py").read_text()
    (project / "shop.py").write_text(
        shop.replace('"paid", "end"]', '"paid", "end", "attic"]').replace(
            '"dest": "menu"},\n        {"trigger": "next", "source": "pay"',
            '"dest": "menu"},\n        {"trigger": "next", "source": "attic", "dest": "menu"},\n'
            '        {"trigger": "next", "source": "pay"',
        )
        + "\n    def on_enter_attic(self):\n        self.status = Status.END\n"
    )
    stage = stage_for(SHOP, "shop:Shop", project)
    return Coverage({SHOP: Recorded("shop:Shop", {}, declared_by(stage.bot, project))})


class TestSuggested:
    def test_all_that_can_be_reached(self, nothing_said, project):
        (bot,) = report_on(nothing_said).bots
        found = suggest(bot, nothing_said.bots[SHOP], project, seconds=20)
        assert [item.name for item in found.impossible] == ["attic", "attic → menu", "attic"]
        assert found.unknown == ()
        lengths = [len(each.trace.turns) for each in found.found]
        assert lengths == sorted(lengths)
        first = found.found[0]
        assert {item.name for item in first.items} >= {"menu", "zero → menu"}
        assert first.scenario.startswith("  reaches zero, menu, zero → menu")

    def test_shown(self, nothing_said, project):
        text = plain(suggestion_lines(report_on(nothing_said), nothing_said, project, 80, seconds=20))
        assert "nothing that was tried reaches these, and the search is complete: " in text
        assert "transition attic → menu" in text

    def test_pairs(self, nothing_said, project):
        (bot,) = report_on(nothing_said).bots
        found = suggest(bot, nothing_said.bots[SHOP], project, pairs=True, seconds=20)
        assert "attic → menu → read" in [item.name for item in found.unknown]

    def test_nothing_missing(self, project):
        (bot,) = report_on(Coverage({SHOP: Recorded("shop:Shop")})).bots
        assert suggest(bot, Recorded(), project) is None

    def test_a_bot_that_cannot_be_loaded(self, nothing_said, project):
        (project / "shop.py").write_text("x = 1\n")
        text = plain(suggestion_lines(report_on(nothing_said), nothing_said, project, 80))
        assert text.startswith("\n✗ no suggestions for shop:Shop: bot 'shop:Shop': ")


class TestExplored:
    def test_as_one_conversation(self, nothing_said, project):
        result = explore("shop:Shop", folder=project, max_time=20)
        recorded = explored(result, "shop:Shop", nothing_said.bots[SHOP].declared)
        assert {name for by in recorded.seen.values() for name in by} == {EXPLORED}
        (bot,) = report_on(Coverage({SHOP: recorded})).bots
        assert [item.name for item in bot.of("states").missing] == ["attic"]

    def test_the_shortest_first(self, project):
        lengths = [len(trace.turns) for trace in shortest_traces(explore("shop:Shop", folder=project, max_time=20))]
        assert lengths == sorted(lengths)
        assert min(lengths) == 1


class NamesStates:
    """A bot that names its states, and no more."""

    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        return Turn(event=event, snapshot=snapshot)

    def state_names(self):
        return ("menu", "pay")


class TestDeclared:
    def test_only_states(self, tmp_path):
        declared = declared_by(stage_of(NamesStates()).bot, tmp_path)
        assert [(state.name, state.declared) for state in declared.graph.states] == [("menu", True), ("pay", True)]

    def test_nothing(self, tmp_path):
        class Silent:
            start, step = NamesStates.start, NamesStates.step

        assert declared_by(Silent(), tmp_path) is None
