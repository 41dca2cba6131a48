"""What the first pass of a search tries, and in which order."""

import pytest

from chatsim.delivery.play import CannotArrive
from chatsim.explore.alphabet import Alphabet
from chatsim.explore.letters import Letter
from chatsim.explore.walk import novelty as novelty_module
from chatsim.explore.walk.novelty import look_for_news, ways_from
from chatsim.explore.walk.search import Limits, Over
from chatsim.graph.model import Graph, State, Transition
from chatsim.trace import ChatState, Hop, Reply, Snapshot, Text, Turn

UP, ZERO = Text("up"), Text("zero")
SAID = {"off": "One", "on": "Two", "x": "Three", "y": "Four"}


def ring(_, context, event):
    return "ring", {"n": (context.get("n", 0) + 1) % 9 if event.text == "up" else 0}


@pytest.fixture
def first_of(search_of, monkeypatch):
    """Return what plays the first pass alone, and returns the search, and state and text of all that was played."""

    def make(function, letters, **options):
        played = []

        def logged(state, context, event):
            played.append((state, event.text))
            return function(state, context, event)

        search = search_of(logged, letters, run=False, **options)
        monkeypatch.setattr(search, "_close", lambda: None)
        with search.player.inside():
            search.run()
        return search, played

    return make


class TestPass:
    @pytest.fixture(autouse=True)
    def once(self, monkeypatch):
        """Try nothing again: how that is done is seen in test_coverage_speed.py."""
        monkeypatch.setattr(novelty_module, "_MOST_IN_A_ROW", 0)
        monkeypatch.setattr(novelty_module, "_MOST_OTHERS", 0)

    def test_every_letter_once_in_every_state(self, first_of):
        search, played = first_of(ring, [UP, ZERO])
        assert sorted(played, key=str) == [("ring", "up"), ("ring", "zero"), (None, "up"), (None, "zero")]
        assert search.steps == 4

    def test_what_was_tried_is_known(self, first_of):
        """The closing does not try it once more: it is told where each letter led."""
        search, _ = first_of(ring, [UP, ZERO])
        led = {(source, letter): target for source, letter, target, _ in search.nodes.steps()}
        assert {
            (node, number): target for node, done in search.partial.items() for number, target in done.items()
        } == led

    def test_what_cannot_arrive_is_not_known(self, first_of):
        class Never:
            def play(self, player, moment, event):
                raise CannotArrive("nothing there")

        search, played = first_of(ring, [Letter(UP, delivery=Never()), ZERO])
        assert [list(done) for done in search.partial.values()] == [[1], [1]]
        assert len(played) == 2

    def test_so_many_turns(self, first_of, monkeypatch):
        monkeypatch.setattr(novelty_module, "STEPS", 3)
        assert len(first_of(ring, [UP, ZERO])[1]) == 3

    def test_not_too_deep(self, first_of):
        search, played = first_of(ring, [UP, ZERO], limits=Limits(depth=1))
        assert played == [(None, "up"), (None, "zero")]
        assert search.stopped == "closed"

    def test_limits(self, search_of):
        search = search_of(ring, [UP, ZERO], run=False, limits=Limits(is_covered=lambda book: "ring" in book.visited))
        with search.player.inside():
            search.nodes.add(b"{}", 0, search.book.state("(start)"))
            with pytest.raises(Over):
                look_for_news(search, {})
        assert search.steps == 1

    def test_two_moments_of_a_state(self, first_of):
        """What can be tried only in the second moment of a state is; what only in the third is not."""

        class Odd:
            def letters(self, moment):
                chat = moment.snapshot.chats.get("user")
                n = chat.context["n"] if chat else 0
                return [Letter(UP), *([Letter(Text(f"at {n}"), "literal")] if n else [])]

        def counting(_, context, event):
            return "on", {"n": context.get("n", 0) + (event.text != "stay")}

        _, played = first_of(counting, Alphabet(Odd()))
        assert played.count(("on", "at 1")) == played.count(("on", "at 2")) == 1
        assert ("on", "at 3") not in played

    def test_what_the_bot_waits_for_makes_another_place(self, first_of):
        def waiting(_, context, event):
            n = context.get("n", 0)
            return Turn(
                event=event,
                snapshot=Snapshot({"user": ChatState("on", {"n": 1 - n}, waits=("input", "callback")[n])}),
            )

        assert first_of(waiting, [UP, ZERO])[1].count(("on", "up")) == 2

    @pytest.mark.parametrize(
        ("plugins", "times"),
        [
            (({"pay": {"main": {"state": "a"}}}, {"pay": {"main": {"state": "b"}}}), 2),
            (({"pay": {"main": {"state": "a"}}}, {"ship": {"main": {"state": "a"}}}), 2),
            (({"pay": {"main": {"state": "a", "n": 1}}}, {"pay": {"main": {"state": "a", "n": 2}}}), 1),
            (({"pay": {"plugins": {"x": {"main": {"state": "a"}}}}}, {"pay": {"plugins": {"x": {"main": {"state": "b"}}}}}), 2),
            (({"pay": {}}, {"pay": {}, "n": 1}), 1),
            (({"b": {}, "a": {}}, {"a": {}, "b": {}}), 1),
            ((None, [1]), 1),
        ],
    )  # fmt: skip
    def test_states_of_plugins_make_other_places(self, first_of, plugins, times):
        def plugged(_, context, event):
            n = context.get("n", 0)
            extra = {"plugins": plugins[n], "n": n}
            return Turn(event=event, snapshot=Snapshot({"user": ChatState("on", {"n": 1 - n}, extra=extra)}))

        assert first_of(plugged, [UP])[1].count(("on", "up")) == times


class TestOrder:
    def test_the_cheapest_first(self, first_of):
        letters = [Letter(Text(origin), origin) for origin in ("boundary", "offered", "literal", "given")]

        class These:
            def letters(self, moment):
                return letters

        _, played = first_of(lambda _, __, event: ("on", {}, Reply(event.text)), Alphabet(These()))
        assert [text for state, text in played if state == "on"] == ["given", "offered", "literal", "boundary"]

    def test_of_one_kind_the_first_that_was_met(self, first_of):
        _, played = first_of(lambda _, __, event: ("on", {}, Reply(event.text)), [Text(word) for word in "bac"])
        assert [text for state, text in played if state == "on"] == ["b", "a", "c"]

    def test_a_source_that_brings_nothing_new_comes_later(self, first_of):
        """The second of the literals comes to the same as the first: after that it is another source's turn."""
        letters = [Letter(Text(f"l{n}"), "literal") for n in range(4)] + [Letter(Text("b"), "boundary")]
        _, played = first_of(lambda *_: ("on", {}, Reply("Pardon?")), letters)
        assert [text for state, text in played if state == "on"] == ["l0", "l1", "b", "l2", "l3"]

    def test_a_source_that_leads_on_does_not(self, first_of):
        letters = [Letter(Text(f"l{n}"), "literal") for n in range(4)] + [Letter(Text("b"), "boundary")]
        _, played = first_of(lambda _, __, event: ("on", {"last": event.text}), letters)
        assert [text for state, text in played if state == "on"] == ["l0", "l1", "l2", "l3", "b"]

    def test_elsewhere_it_is_not_later(self, first_of):
        """What a source brings is counted for each state."""

        def function(state, _, event):
            if event.text == "go":
                return "there", {}, Reply("Here")
            return state or "on", {}, Reply("Pardon?")

        letters = [Letter(Text("go"), "literal"), *[Letter(Text(f"l{n}"), "literal") for n in range(3)],
                   Letter(Text("b"), "boundary")]  # fmt: skip
        _, played = first_of(function, letters)
        for place in ("on", "there"):
            assert [text for state, text in played if state == place][-1] in ("l1", "l2")

    def test_a_state_all_of_whose_ways_were_taken_comes_later(self, first_of, monkeypatch):
        """When a bot has gone all the ways that it declares for a state, others are looked at first."""
        graph = Graph(
            states=(State("on", waits="input"), State("off", waits="input")),
            transitions=(Transition("on", "on"), Transition("off", "on")),
        )
        monkeypatch.setattr(novelty_module, "declared_graph", lambda bot: graph)

        def switch(state, _, event):
            target = event.text if event.text in ("on", "off") else state or "on"
            hops = (Hop(state, target),) if state else ()
            chats = {"user": ChatState(target)}
            return Turn(event=event, hops=hops, effects=(Reply(SAID[event.text]),), snapshot=Snapshot(chats))

        _, played = first_of(switch, [Text(word) for word in ("off", "on", "x", "y")])
        assert played[4:] == [
            *[("off", "off"), ("off", "on")],
            *[("on", "off"), ("on", "on")],
            *[("off", "x"), ("off", "y"), ("on", "x"), ("on", "y")],
        ]


class TestWaysFrom:
    def test_nothing_is_declared(self):
        assert ways_from(None) == {}

    def test_through_states_that_do_not_wait(self):
        states = (
            State("a", waits="input"),
            State("mid"),
            State("more"),
            State("b", waits="input"),
            State("c", waits="input"),
        )
        ways = (("a", "mid"), ("mid", "more"), ("more", "b"), ("b", "c"), ("a", "c"), ("more", "mid"))
        graph = Graph(states=states, transitions=tuple(Transition(*way) for way in ways))
        assert ways_from(graph) == {
            "a": {("a", "mid"), ("mid", "more"), ("more", "b"), ("more", "mid"), ("a", "c")},
            "mid": {("mid", "more"), ("more", "b"), ("more", "mid")},
            "more": {("more", "b"), ("more", "mid"), ("mid", "more")},
            "b": {("b", "c")},
        }

    def test_who_goes_where_nobody_knows_is_left_out(self):
        states = (State("a", waits="input"), State("mid"), State("b", waits="input"))
        ways = (("a", "mid"), ("mid", None), ("b", "b"))
        graph = Graph(states=states, transitions=tuple(Transition(*way) for way in ways))
        assert ways_from(graph) == {"b": {("b", "b")}}

    def test_plugins_are_left_out(self):
        graph = Graph(
            states=(State("a", waits="input"), State("b", machine="pay"), State("b", waits="input")),
            transitions=(Transition("a", "b"), Transition("b", "c", machine="pay"), Transition("b", "a")),
        )
        assert ways_from(graph) == {"a": {("a", "b")}, "b": {("b", "a")}}
