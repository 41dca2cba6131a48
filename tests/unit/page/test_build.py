"""What the page shows of a bot: where everything is, what was reached of it, and which conversations pass where."""

import msgspec
import pytest

from chatsim.coverage.data import Declared, Recorded
from chatsim.explore.results.result import Exploration, Finding
from chatsim.graph.model import Graph, State, Transition
from chatsim.masking import Masking
from chatsim.page.build import bot_view
from chatsim.page.picture import Picture
from chatsim.page.source import Sources
from chatsim.page.story import beats_of
from chatsim.trace import Hop, Trace


@pytest.fixture(scope="module")
def view(played):
    masking = Masking(played.credentials)
    return bot_view("shop:Shop", played.recorded(), played.stories, folder=played.folder, masking=masking)


@pytest.fixture(scope="module")
def explored(played):
    trace = played.verdicts[0].trace
    finding = Finding("dead-end", "error", "till", "nothing leads on, key sk-12345678", trace)
    lost = Finding("no-end", "warning", "nowhere", "none")
    exploration = Exploration(
        "shop", "bounded", "max-time", 4, 1, 9, 0.1, ("till", "size"), (("size", "Small", "till"),), (finding, lost),
        trace_of={("size", "Small", "till"): trace, "till": Trace(trace.turns[:2], trace.start)}.get,
    )  # fmt: skip
    recorded = Recorded("shop", {}, played.declared)
    masking = Masking(played.credentials)
    return bot_view("shop", recorded, exploration=exploration, folder=played.folder, masking=masking)


def named(view, name):
    return next(index for index, state in enumerate(view.states) if state.name == name)


def arrow(view, source, target):
    ends = (named(view, source), named(view, target))
    return next(index for index, each in enumerate(view.arrows) if (each.source, each.target) == ends)


class TestGraph:
    def test_states_are_what_the_bot_declares(self, view):
        shapes = {state.name: state.shape for state in view.states}
        assert shapes["size"] == "input"
        assert shapes["till"] == "callback"
        assert shapes["done"] == "end"
        assert shapes["read"] == "pass"
        assert [state.name for state in view.states if state.initial] == ["zero"]

    def test_guards_are_on_the_arrow(self, view):
        assert view.arrows[arrow(view, "read", "till")].label == "is_known"
        assert view.arrows[arrow(view, "read", "size")].transitions[0].name == "read → size"

    def test_code_is_there_without_secrets(self, view, played):
        source = view.states[named(view, "till")].source
        assert source.code.startswith("def on_enter_till(self):")
        assert 'self.say("Pay with ***API_KEY***")' in source.code
        assert "on_enter_done" not in source.code
        lines = (played.folder / "shop.py").read_text().splitlines()
        assert lines[source.line - 1].strip() == "def on_enter_till(self):"

    def test_all_is_inside_the_drawing(self, view):
        for state in view.states:
            assert 0 <= state.x - state.width / 2 <= state.x + state.width / 2 <= view.width
            assert 0 < state.y < view.height


class TestCoverage:
    def kind(self, view, name):
        return next(kind for kind in view.kinds if kind.kind == name)

    def test_figures(self, view):
        states = self.kind(view, "states")
        assert (states.total - states.reached, len(states.goals)) == (1, states.total)
        assert [goal.name for goal in states.goals if not goal.reached] == ["never"]

    def test_marks_say_how_many_at_each_place(self, view):
        assert self.kind(view, "states").states[str(named(view, "never"))] == (0, 1)
        guards = self.kind(view, "guards")
        assert guards.arrows[str(arrow(view, "read", "till"))] == (2, 2)
        assert guards.states[str(named(view, "read"))] == (2, 2)
        transitions = self.kind(view, "transitions")
        assert transitions.arrows[str(arrow(view, "never", "done"))] == (0, 1)
        assert not transitions.states

    def test_a_pair_is_at_the_state_in_its_middle(self, view):
        pair = next(goal for goal in self.kind(view, "pairs").goals if goal.name == "size → read → till")
        assert pair.states == (named(view, "read"),)
        assert pair.arrows == (arrow(view, "size", "read"), arrow(view, "read", "till"))

    def test_what_is_excluded_does_not_count_and_is_seen(self, played):
        from chatsim.coverage.exclude import Pattern

        excluded = bot_view("shop", played.recorded(), exclude=[Pattern.of("state never")], folder=played.folder)
        states = next(kind for kind in excluded.kinds if kind.kind == "states")
        assert states.reached == states.total
        assert [goal.name for goal in states.goals if goal.excluded] == ["never"]

    def test_without_conversations_there_is_none(self, played):
        graph_alone = bot_view("shop", Recorded("shop", {}, played.declared), folder=played.folder)
        assert graph_alone.kinds == ()
        assert len(graph_alone.states) == len(bot_view("shop", played.recorded(), folder=played.folder).states)


class TestConversations:
    def test_each_turn_is_there_once(self, view):
        sells, again, _ = view.scenarios
        assert sells.turns[0] == again.turns[0]
        assert len(view.turns) == 4

    def test_a_turn_tells_its_way(self, view):
        [_, second, third] = [view.turns[turn] for turn in view.scenarios[0].turns]
        assert [view.states[state].name for state in second.states] == ["size", "read", "till"]
        assert second.arrows == (arrow(view, "size", "read"), arrow(view, "read", "till"))
        assert second.guards == ("read → till: is_known ✓",)
        assert view.states[third.states[-1]].name == "done"

    def test_why_one_failed(self, view):
        failed = view.scenarios[1]
        assert (failed.outcome, failed.turn) == ("failed", 1)
        assert [(line.mark, line.text) for line in failed.lines] == [
            ("expected", "We have no such size."),
            ("came", "Which size?"),
        ]
        assert failed.again == "chatsim run asks again"

    def test_one_that_starts_in_the_middle_says_so(self, view):
        assert [scenario.midway for scenario in view.scenarios] == [False, False, True]


class TestSeenOnly:
    def test_a_bot_that_declares_nothing_is_drawn_as_it_was_seen(self, played):
        recorded = msgspec.structs.replace(played.recorded(), declared=None)
        view = bot_view("shop", recorded, played.stories)
        names = {state.name for state in view.states}
        assert names == {"zero", "size", "read", "till", "done"}
        assert all(state.unknown for state in view.states)
        assert [state.name for state in view.states if state.initial] == ["zero"]
        shapes = {state.name: state.shape for state in view.states}
        assert shapes == {"zero": "pass", "size": "input", "read": "pass", "till": "callback", "done": "end"}
        assert view.turns[view.scenarios[0].turns[1]].arrows

    def test_what_is_seen_beside_what_is_declared(self, played):
        graph = played.declared.graph
        less = Graph(
            graph.bot,
            tuple(state for state in graph.states if state.name != "till"),
            tuple(each for each in graph.transitions if "till" not in {each.source, each.target}),
        )
        recorded = msgspec.structs.replace(
            played.recorded(), declared=msgspec.structs.replace(played.declared, graph=less)
        )
        view = bot_view("shop", recorded, played.stories, folder=played.folder)
        assert view.states[named(view, "till")].unknown
        [seen] = view.arrows[arrow(view, "read", "till")].transitions
        assert seen.unknown
        assert [
            goal.name for kind in view.kinds for goal in kind.goals if "till" in goal.name and not goal.reached
        ] == []

    def test_a_bot_that_names_its_states_waits_as_it_was_seen_to(self, played):
        """Frameworks that say no more than the names of their states."""
        names = ("zero", "size", "read", "till", "done")
        graph = Graph(states=tuple(State(name, declared=True) for name in names))
        recorded = msgspec.structs.replace(played.recorded(), declared=Declared(graph))
        shapes = {state.name: state.shape for state in bot_view("shop", recorded, played.stories).states}
        assert shapes == {"zero": "pass", "size": "input", "read": "pass", "till": "callback", "done": "end"}


class TestExplored:
    def test_findings(self, explored):
        found, lost = explored.findings
        assert (found.kind, found.severity, found.state) == ("dead-end", "error", named(explored, "till"))
        assert found.message == "nothing leads on, key ***API_KEY***"
        assert "***API_KEY***" in explored.turns[found.turns[1]].said[-1].text
        assert (lost.state, lost.turns) == (-1, ())

    def test_shortest_ways(self, explored):
        """Each state and arrow has the fewest turns of all conversations that came there."""
        whole = explored.findings[0].turns
        assert explored.states[named(explored, "size")].explored == whole[:1]
        assert explored.states[named(explored, "read")].explored == whole[:2]
        assert explored.states[named(explored, "till")].explored == whole[:2]
        assert explored.states[named(explored, "done")].explored == whole
        assert explored.states[named(explored, "never")].explored == ()
        assert explored.arrows[arrow(explored, "read", "till")].explored == whole[:2]
        assert explored.arrows[arrow(explored, "read", "size")].explored == ()

    def test_what_the_search_reached_is_a_kind_of_coverage(self, explored):
        [kind] = explored.kinds
        missed = [goal.name for goal in kind.goals if not goal.reached]
        assert kind.kind == "explored"
        assert missed == ["never", "read → size", "never → done"]
        assert kind.total - kind.reached == len(missed)
        assert kind.states[str(named(explored, "never"))] == (0, 1)
        assert kind.arrows[str(arrow(explored, "read", "till"))] == (1, 1)

    def test_how_far_it_came(self, explored):
        assert explored.explored.startswith("bounded: 1 of 4 snapshots")


class TestPicture:
    def test_an_open_end_is_drawn_as_such(self, tmp_path):
        graph = Graph(states=(State("a", initial=True),), transitions=(Transition("a", None), Transition("a", "a")))
        picture = Picture(graph, ["a → ?", "a → a"], Sources(tmp_path))
        assert [state.shape for state in picture.states] == ["pass", "open"]
        assert [(each.source, each.target) for each in picture.arrows] == [(0, 1), (0, 0)]
        assert picture.arrow_of(Hop("a", "a")) == 1
        assert picture.arrow_of(Hop("a", "elsewhere")) == 0

    def test_plugins_stand_in_frames(self, tmp_path):
        states = (State("a", initial=True), State("a", machine="pay", initial=True), State("b", machine="pay"))
        picture = Picture(
            Graph(states=states, transitions=(Transition("a", "b", machine="pay"),)), ["pay"], Sources(tmp_path)
        )
        [frame] = picture.frames
        assert frame.title == "pay"
        assert picture.state("b", "pay") == 2
        assert picture.state("b") is None
        assert picture.arrow_of(Hop("a", "b", machine="pay")) == 0
        assert picture.arrow_of(Hop("a", "b")) is None

    def test_several_transitions_are_one_arrow(self, tmp_path):
        ways = (Transition("a", "b", guards=("big",)), Transition("a", "b", guards=("not old",)))
        picture = Picture(Graph(states=(State("a"), State("b")), transitions=ways), ["1", "2"], Sources(tmp_path))
        [both] = picture.arrows
        assert both.label == "big / not old"
        assert [each.name for each in both.transitions] == ["1", "2"]

    def test_what_leads_to_no_state_is_not_drawn(self, tmp_path):
        lost = Transition("a", "gone")
        picture = Picture(Graph(states=(State("a"),), transitions=(lost,)), ["lost"], Sources(tmp_path))
        assert picture.arrows == ()
        assert picture.arrow(lost) is None
        assert picture.arrow_of(Hop("a", "gone")) is None

    def test_long_names_are_cut_and_kept(self, tmp_path):
        [state] = Picture(Graph(states=(State("x" * 50),)), [], Sources(tmp_path)).states
        assert state.short == "x" * 27 + "…"
        assert state.name == "x" * 50


def test_beats_of_nothing():
    assert beats_of(Trace()) == ()
