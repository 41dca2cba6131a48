"""What a graph is, and which transition a hop takes."""

import pytest

from chatsim.graph.model import Graph, Hops, SourceLine, State, Transition, initial_states, machines, transitions_from
from chatsim.jsondata import to_json
from chatsim.trace import Guard, Hop


class TestJson:
    def test_what_is_not_said_is_not_written(self):
        graph = Graph("b:B", (State("ask", waits="input", line=SourceLine("b.py", 3)),))

        assert to_json(graph) == (
            '{"bot":"b:B","states":[{"name":"ask","waits":"input","line":{"file":"b.py","line":3}}]}'
        )


class TestAsking:
    GRAPH = Graph(
        states=(State("zero", initial=True), State("ask"), State("zero", initial=True, machine="pay")),
        transitions=(Transition("zero", "ask"), Transition("zero", None, machine="pay"), Transition("zero", "zero")),
    )

    def test_transitions_stay_in_order(self):
        assert [to.target for to in transitions_from(self.GRAPH)["", "zero"]] == ["ask", "zero"]
        assert [to.target for to in transitions_from(self.GRAPH)["pay", "zero"]] == [None]

    def test_each_machine_has_its_beginning(self):
        assert machines(self.GRAPH) == ["", "pay"]
        assert [state.title for state in initial_states(self.GRAPH)] == ["zero"]
        assert [state.title for state in initial_states(self.GRAPH, "pay")] == ["pay/zero"]


class TestHops:
    BIG = Transition("ask", "pay", guards=("is_big", "not is_late"))
    RICH = Transition("ask", "pay", guards=("is_rich",))
    ANY = Transition("ask", "pay")
    INSIDE = Transition("ask", "ask", internal=True)
    AGAIN = Transition("ask", "ask")
    THEIRS = Transition("ask", "pay", machine="plugin")
    HOPS = Hops(Graph(transitions=(BIG, RICH, ANY, INSIDE, AGAIN, THEIRS)))

    @pytest.mark.parametrize(
        ("hop", "taken"),
        [
            (Hop("ask", "pay", (Guard("is_big", True), Guard("is_late", False))), BIG),
            (Hop("ask", "pay", (Guard("is_big", False), Guard("is_rich", True))), RICH),
            (Hop("ask", "pay", (Guard("is_big", False), Guard("is_rich", False))), ANY),
            (Hop("ask", "pay"), ANY),
            (Hop("ask", None), INSIDE),
            (Hop("ask", "ask"), AGAIN),
            (Hop("ask", "pay", machine="plugin"), THEIRS),
            (Hop("ask", "gone"), None),
            (Hop(None, "ask"), None),
        ],
    )
    def test_taken(self, hop, taken):
        """The guards that held last tell which of several transitions between two states was taken."""
        assert self.HOPS.taken(hop) == taken

    def test_without_guards_seen(self):
        """An adapter that sees no guards gives no way to tell: the first it is."""
        assert Hops(Graph(transitions=(self.BIG, self.RICH))).taken(Hop("ask", "pay")) == self.BIG
