"""What a search knows of a moment, and by which numbers it calls letters and moments."""

import pytest

from chatsim.explore.alphabet import Alphabet
from chatsim.explore.letters import Letter
from chatsim.explore.play.moment import Moment
from chatsim.explore.seen import nodes as nodes_module
from chatsim.explore.seen.fingerprint import pack
from chatsim.explore.seen.nodes import ENDED, FAILED
from chatsim.explore.walk import search as search_module
from chatsim.explore.walk.search import Limits
from chatsim.trace import (
    ChatState,
    Form,
    Option,
    Reply,
    Snapshot,
    Text,
    Turn,
    Wait,
)

UP, ZERO = Text("up"), Text("zero")
A, B, C = (Option(name.lower(), name) for name in "ABC")


def ring(_, context, event):
    """Count "up" to four and begin again; "zero" is zero."""
    return "ring", {"n": (context.get("n", 0) + 1) % 5 if event.text == "up" else 0}


def chat(state="on", **context):
    return Snapshot({"user": ChatState(state, context)})


class TestMoments:
    def test_played_again(self, search_of, monkeypatch):
        """What is not kept is played once more, and comes to the same."""

        def offering(state, context, event):
            if isinstance(event, Wait):
                return Turn(event=event, snapshot=chat(n=9))
            n = (context.get("n", 0) + 1) % 5
            return "on", {"n": n}, Reply("?", options=(A, B)[: n % 3])

        letters = [UP, Wait(5.0)]
        kept = search_of(offering, letters, limits=Limits(depth=4))
        moments = [kept.moment(node) for node in range(len(kept.nodes))]
        monkeypatch.setattr(nodes_module, "KEPT", 0)
        dropped = search_of(offering, letters, limits=Limits(depth=4))
        assert [packed is None for packed in dropped.nodes.packed] == [bool(is_) for is_ in dropped.nodes.expanded]
        assert dropped.nodes.packed.count(None) > 5
        with dropped.player.inside():
            assert [dropped.moment(node) for node in range(1, len(moments))] == moments[1:]
        assert [moment.node for moment in moments] == list(range(len(moments)))

    def test_time_has_passed(self, search_of):
        search = search_of(ring, [UP], run=False)
        waiting, up = search._number(Letter(Wait(5.0))), search._number(Letter(UP))
        for context in range(3):
            search.nodes.add(pack(chat(n=context)), 0, 0)
        search.nodes.lead(0, waiting, 1)
        search.nodes.lead(0, up, 2)
        assert [search.moment(node).waited for node in range(3)] == [False, True, False]

    def earlier(self, search, *steps, state="menu"):
        """Walk along *steps*, each a state and what it offers, and return what was offered earlier at the end."""
        for number, (name, offered) in enumerate(steps):
            packed = pack(chat(name, n=number))
            search.nodes.add(packed, search.frame(tuple(offered), 0), search.book.state(name))
            if number:
                search.nodes.lead(number - 1, 0, number)
        return search.moment(len(steps) - 1).earlier

    def test_nothing_was_ever_offered(self, search_of):
        assert self.earlier(search_of(ring, [UP], run=False), ("menu", ()), ("menu", ())) == ()

    @pytest.mark.parametrize(
        ("steps", "expected"),
        [
            ([("menu", (A, B)), ("shop", (C,)), ("menu", (A,))], (B, C)),  # in turns: this state's, others'
            ([("menu", (A,)), ("shop", (B,)), ("bar", ()), ("pub", ())], (B, A)),  # the newest first
            ([("menu", (A,)), ("menu", ())], ()),  # the question is asked still
            ([("menu", (A,)), ("shop", (C,)), ("menu", ())], (C,)),
            ([("menu", (A,)), ("shop", (A, B)), ("menu", (B,))], (A,)),  # of this state, and of another: once
            ([("menu", (A, B)), ("menu", (C,))], (A, B)),
            ([("menu", (A, B)), ("shop", (A, B))], ()),
        ],
    )
    def test_what_was_offered_earlier(self, search_of, steps, expected):
        assert self.earlier(search_of(ring, [UP], run=False), *steps) == expected

    def test_how_far_back(self, search_of):
        for between, expected in ((29, (A,)), (30, ())):
            steps = [("menu", (A,)), *[("shop", ())] * between, ("bar", ())]
            assert self.earlier(search_of(ring, [UP], run=False), *steps) == expected

    def test_how_many(self, search_of):
        """When there are eight or more, nobody looks further back."""
        options = [Option(str(n), str(n)) for n in range(12)]
        steps = [(f"s{n}", (options[n],)) for n in range(11)]
        assert self.earlier(search_of(ring, [UP], run=False), *steps, ("bar", ())) == tuple(options[10:2:-1])


class TestNumbers:
    def test_letters_are_told_apart_by_event_and_origin(self, search_of):
        given = [Letter(UP), Letter(ZERO)]
        search = search_of(ring, given, run=False)
        assert search.fixed_numbers == search.numbers(Moment(Snapshot())) == (0, 1)
        again = [search._number(letter) for letter in (*given, Letter(UP, "literal"), Letter(UP))]
        assert again == [0, 1, 2, 0]
        assert search.letters == [*given, Letter(UP, "literal")]
        assert search.turns_of == [1, 1, 1]

    def test_letters_that_depend_on_the_moment(self, search_of):
        class Odd:
            def letters(self, moment):
                return [Letter(UP), Letter(Form({"n": [1]})), *([Letter(ZERO)] if moment.depth % 2 else [])]

        search = search_of(lambda _, c, __: ("on", {"n": min(c.get("n", 0) + 1, 3)}), Alphabet(Odd()))
        assert search.fixed_numbers == ()
        assert [search.numbers(Moment(Snapshot(), depth=depth)) for depth in range(3)] == [(0, 1), (0, 1, 2), (0, 1)]
        assert (search.closed, search.steps) == (True, 10)

    def test_known_letters_have_the_same_numbers(self, search_of):
        class Two:
            def letters(self, moment):
                return [Letter(ZERO), Letter(UP)][moment.depth % 2 :]

        search = search_of(ring, Alphabet(Two()), run=False)
        numbers = [search.numbers(Moment(Snapshot(), depth=depth)) for depth in (0, 1, 0, 1)]
        assert numbers == [(0, 1), (1,), (0, 1), (1,)]
        assert numbers[0] is numbers[2]

    def test_frames(self, search_of):
        """What is open to a tap, and what is spent: each pair has a number, and nothing at all has the first."""
        search = search_of(ring, [UP], run=False)
        frames = [search.frame(*each) for each in (((), 0), ((A,), 0), ((A,), 1), ((A,), 0), ((), 0))]
        assert frames == [0, 1, 2, 1, 0]
        assert [search._frame_class(frame) for frame in range(3)] == [(0, 0), (1, 0), (1, 1)]

    def test_what_is_lined_up(self, search_of):
        search = search_of(ring, [UP], run=False)
        for number in range(3):
            search.nodes.add(b"%d" % number, 0, 0)
        for target in (2, 1, 2):
            search.lead(0, 0, target)
        assert (list(search.queue), search.frontier, list(search.nodes.queued)) == ([2, 1], 2, [0, 1, 1])
        assert list(search.nodes.depth) == [0, 1, 1]

    def test_hops_between_states_of_one_kind(self, search_of):
        """They are noted when somebody asks, but for those of turns that failed, and of other states."""
        search = search_of(ring, [UP], run=False)
        names = ["a", "b", "c", "d"]
        for number, name in enumerate(names):
            search.nodes.add(b"%d" % number, 0, search.book.state(name))
        for source, target, mark in ((0, 1, 0), (0, 1, 1), (1, 0, FAILED), (1, 2, ENDED), (3, 0, 0)):
            search.nodes.note(source, 0, target, mark)
        search.note_hops()
        assert search.book.hops == {}
        search.book.kinds = {"a": 0, "b": 0}
        search.note_hops()
        assert list(search.book.hops) == [("a", "b"), ("b", "c")]

    def test_when_limits_are_looked_at(self, search_of, monkeypatch):
        """So many seconds from now, or when time is up; at once where somebody waits for all to be covered."""
        monkeypatch.setattr(search_module, "real_seconds", lambda: 100.0)
        plain, short, covered = (
            search_of(ring, [UP], run=False, limits=limits)
            for limits in (Limits(), Limits(seconds=0.25), Limits(is_covered=bool))
        )
        short._began = 99.9
        assert (plain.until(0.5), short.until(0.5), short.until(0.125)) == (100.5, 99.9 + 0.25, 100.125)
        assert covered.until(0.5) == 0.0
        covered.book.kinds = {"a": 0}
        assert covered.until(0.5) == 100.5
