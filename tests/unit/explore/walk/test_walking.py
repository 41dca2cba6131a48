"""How a search walks, and what it notes of a step."""

import itertools

import pytest

from chatsim.delivery.play import CannotArrive
from chatsim.errors import SetupError
from chatsim.explore.alphabet import Alphabet
from chatsim.explore.checks.base import Found
from chatsim.explore.letters import Letter
from chatsim.explore.play.moment import Moment
from chatsim.explore.seen.projection import Own
from chatsim.explore.walk import novelty as novelty_module
from chatsim.explore.walk import search as search_module
from chatsim.explore.walk.search import Limits, Over
from chatsim.trace import (
    Call,
    ChatState,
    Failure,
    Option,
    Reply,
    Snapshot,
    Text,
    Turn,
)

UP, ZERO = Text("up"), Text("zero")
A, B, C = (Option(name.lower(), name) for name in "ABC")


def ring(_, context, event):
    """Count "up" to four and begin again; "zero" is zero."""
    return "ring", {"n": (context.get("n", 0) + 1) % 5 if event.text == "up" else 0}


def endless(_, context, event):
    """Count everything."""
    return "on", {"n": context.get("n", 0) + 1}


def chat(state="on", **context):
    return Snapshot({"user": ChatState(state, context)})


class Watching:
    """A check that notes what it is shown, and finds what it is told to."""

    kinds = {"odd": "error"}

    def __init__(self, *, is_cheap=False, sees_all=False, finds=False):
        self.is_cheap, self.sees_all, self.finds = is_cheap, sees_all, finds
        self.seen = []
        self.bots = []

    def begin(self, bot):
        self.bots.append(bot)

    def look(self, seen):
        assert self.bots
        self.seen.append(seen)
        if self.finds:
            yield Found("odd", "on", f"turn {len(self.seen)}", seen.before.node, (seen.letter,), key="k")

    def close(self, whole):
        return ()


class TestWalk:
    def test_everything_is_tried_once(self, search_of):
        played = []

        def logged(state, context, event):
            played.append((state, context.get("n"), event.text))
            return ring(state, context, event)

        search = search_of(logged, [UP, ZERO])
        assert (search.closed, search.stopped, search.frontier) == (True, "closed", 0)
        assert (len(search.nodes), search.steps, len(played), len(set(played))) == (6, 12, 12, 12)
        assert list(search.nodes.expanded) == [1] * 6
        assert search.unplayable == 0
        assert search.is_projected is False

    def test_ways_are_the_shortest(self, search_of):
        search = search_of(ring, [ZERO, UP])
        search.nodes.straighten(search.turns_of)
        depths = {
            search.moment(node).snapshot.chats["user"].context["n"]: search.nodes.depth[node] for node in range(1, 6)
        }
        assert depths == {0: 1, 1: 1, 2: 2, 3: 3, 4: 4}
        (four,) = (node for node in range(1, 6) if search.moment(node).snapshot.chats["user"].context["n"] == 4)
        assert [letter.event for letter in search.way_to(four)] == [UP] * 4

    def test_from_the_middle(self, search_of):
        start = Moment(chat("ring", n=3), (A,), depth=4, spent=1)
        search = search_of(ring, [UP], start=start, limits=Limits(depth=6))
        moments = [search.moment(node) for node in range(len(search.nodes))]
        assert [moment.depth for moment in moments] == [4, 5, 6]
        assert (moments[0].offered, moments[0].spent, moments[0].snapshot) == ((A,), 1, start.snapshot)
        assert moments[1].offered == ()
        assert [moment.snapshot.chats["user"].context["n"] for moment in moments] == [3, 4, 0]
        assert search.book.state_names == ["ring"]

    def test_depth(self, search_of):
        search = search_of(ring, [UP], limits=Limits(depth=2))
        assert (search.stopped, search.closed, list(search.nodes.depth), search.steps) == (
            "max-depth",
            False,
            [0, 1, 2],
            2,
        )
        assert (search.is_too_deep(1), search.is_too_deep(2)) == (False, True)

    def test_states(self, search_of):
        search = search_of(endless, [UP], limits=Limits(states=3))
        assert (search.stopped, len(search.nodes), search.closed) == ("max-states", 3, False)

    def test_coverage(self, search_of):
        search = search_of(endless, [UP], limits=Limits(is_covered=lambda book: "on" in book.visited))
        assert (search.stopped, search.steps) == ("coverage", 1)

    def test_time(self, search_of, monkeypatch):
        """Progress is told how long it has taken; what is over the limit stops it, and what is just on it does not."""
        clock, told = itertools.count(100), []
        monkeypatch.setattr(search_module, "real_seconds", lambda: float(next(clock)))
        search = search_of(
            endless, [UP], run=False, limits=Limits(seconds=3.0), progress=lambda it: told.append(it.seconds)
        )
        monkeypatch.setattr(type(search.player), "until", property(lambda _: None, lambda *_: None), raising=False)
        with search.player.inside():
            search.run()
        assert (search.stopped, told, search.seconds) == ("max-time", [1.0, 2.0, 3.0, 4.0], 5.0)

    def test_time_for_a_turn(self, search_of):
        """When time is up not even the next turn is played; and when the search is over, there is time again."""
        search = search_of(endless, [UP], limits=Limits(seconds=-1.0))
        assert (search.stopped, search.steps, search.player.until) == ("max-time", 0, None)

    def test_interrupted(self, search_of):
        def interrupted(_):
            raise KeyboardInterrupt

        search = search_of(endless, [UP], progress=interrupted)
        assert (search.stopped, len(search.nodes)) == ("interrupted", 1)
        assert search.seconds > 0

    def test_over(self):
        assert (Over("max-time").stopped, str(Over("max-time"))) == ("max-time", "max-time")

    def test_who_begins(self, search_of):
        """Checks are told of the bot, once."""
        check = Watching()
        search = search_of(ring, [UP], check)
        assert check.bots == [search.bot] == [search.player.stage.bot]


class TestProjected:
    def test_what_is_left_out_comes_last(self, search_of):
        """Of a class three are expanded, and then as much as is affordable of the others."""
        search = search_of(ring, [UP, ZERO], projection=Own(lambda snapshot: 0))
        assert (search.closed, search.is_projected, search.steps) == (True, True, 12)

    def test_all_that_is_affordable(self, search_of, monkeypatch):
        steps = []
        for more in (0, 1, 7):
            monkeypatch.setattr(search_module, "EXACT_STEPS", more)
            search = search_of(endless, [UP], projection=Own(lambda snapshot: 0))
            assert (search.is_projected, search.closed, search.stopped) == (True, False, "closed")
            steps.append(search.steps)
        assert [more - steps[0] for more in steps] == [0, 1, 7]

    def test_nothing_was_left_out(self, search_of):
        search = search_of(ring, [UP], projection=Own(lambda snapshot: snapshot))
        assert (search.closed, search.is_projected) == (True, False)

    def test_values_that_are_news(self, search_of):
        """Of one class all the same: whatever the projection finds new is expanded before it is all that is left."""

        class Newest(Own):
            def atoms(self, snapshot):
                for state in snapshot.chats.values():
                    yield state.state, ("n",), state.context["n"]

        search = search_of(ring, [UP], projection=Newest(lambda snapshot: 0))
        assert (search.closed, search.is_projected) == (True, False)

    def test_in_a_state_that_is_known_well_each_sort_of_letter_once(self, search_of, monkeypatch):
        """From the ninth moment on, letters that came to the same before wait until everything else is done."""
        monkeypatch.setattr(novelty_module, "STEPS", 0)
        played = []

        def counting(state, context, event):
            n = context.get("n", 0)
            played.append((n, event.text))
            return "on", {"n": n if event.text == "stay" else min(n + 1, 15)}, Reply("Yes?")

        search = search_of(counting, [Text("x"), Text("y"), Text("stay")], projection=Own(lambda snapshot: snapshot))
        assert search.closed
        assert len(played) == len(set(played)) + 3  # nothing twice; n is 0 before the chat has begun as well
        late = [n for n, text in played[: played.index((15, "x")) + 1] if text == "y"]
        assert sorted(late) == [0, *range(8)]
        assert sorted(n for n, text in played if text == "stay") == [0, *range(16)]
        assert search.is_projected

    def test_limits_hold_there_as_well(self, search_of):
        search = search_of(endless, [UP, ZERO], projection=Own(lambda snapshot: snapshot), limits=Limits(depth=20))
        assert (search.stopped, max(search.nodes.depth), len(search.nodes)) == ("max-depth", 20, 21)
        search = search_of(endless, [UP, ZERO], projection=Own(lambda snapshot: snapshot), limits=Limits(states=20))
        assert (search.stopped, len(search.nodes)) == ("max-states", 20)


class Arriving:
    """How an event arrives: as a function of player, moment and event says."""

    def __init__(self, function):
        self.play = function


class TestStep:
    def test_what_cannot_arrive_leaves_nothing_out(self, search_of):
        def never(player, moment, event):
            raise CannotArrive("nothing there")

        search = search_of(ring, [UP, Letter(UP, delivery=Arriving(never))])
        assert (search.closed, search.unplayable, search.steps) == (True, 0, 6)

    def test_what_cannot_be_played_does(self, search_of):
        def unable(player, moment, event):
            raise SetupError("not with this bot")

        search = search_of(ring, [Letter(UP, delivery=Arriving(unable)), UP])
        assert (search.closed, search.unplayable > 0, search.steps, len(search.nodes)) == (False, True, 6, 6)

    def test_what_is_on_offer_tells_moments_apart(self, search_of):
        """And where that is the same, it is the same moment."""

        def offering(_, context, event):
            return "on", {}, Reply("?", options=(A,) if event == UP else (B,))

        search = search_of(offering, [UP, ZERO])
        assert [search.moment(node).offered for node in range(len(search.nodes))] == [(), (A,), (B,)]

    def test_a_letter_of_several_turns(self, search_of):
        def twice(player, moment, event):
            first = player.turn(moment.snapshot, event, 0)
            return first, player.turn(first.snapshot, event, 1)

        search = search_of(ring, [Letter(UP, delivery=Arriving(twice))], limits=Limits(depth=4))
        assert (list(search.nodes.depth), search.steps, search.turns_of) == ([0, 2, 4], 4, [2])

    def test_what_is_spent(self, search_of):
        """A letter that costs takes of the budget, which tells moments apart."""
        search = search_of(lambda *_: ("on", {}), Alphabet(Costly()), limits=Limits(depth=9))
        assert [search.spent(node) for node in range(len(search.nodes))] == [0, 1, 2]
        assert [search.moment(node).spent for node in range(3)] == [0, 1, 2]

    def test_ends(self, search_of):
        """Of each step it is noted in which state the chat ended, where that is known."""

        def ending(_, __, event):
            ended = {"end": ChatState("over"), "gone": ChatState()}.get(event.text)
            return Turn(event=event, snapshot=chat("zero"), ended=ended)

        search = search_of(ending, [UP, Text("end"), Text("gone")])
        ends = [search.book.ends.get(index) for index in range(len(search.nodes.sources))]
        texts = [search.letters[number].event.text for number in search.nodes.letters]
        assert ends == [{"end": "over"}.get(text) for text in texts]
        assert texts.count("end") == 2

    @pytest.mark.parametrize(
        ("more", "mark"),
        [
            ({}, 0),
            ({"effects": (Reply("Yes"),)}, 1),
            ({"effects": (Call("GET", "https://x.example"),)}, 1),
            ({"error": Failure("bot-raised", "KeyError", "'a'")}, 2),
            ({"ended": ChatState("over")}, 4),
            ({"effects": (Reply("Bye"),), "ended": ChatState("over"), "error": Failure("a", "b", "c")}, 7),
        ],
    )
    def test_marks(self, search_of, more, mark):
        search = search_of(lambda _, __, event: Turn(event=event, snapshot=chat(), **more), [UP])
        assert list(search.nodes.marks) == [mark, mark]

    def test_marks_of_several_turns_are_added(self, search_of):
        def arriving(player, moment, event):
            turn = Turn(event=event, snapshot=chat())
            return Turn(event=event, effects=(Reply("Yes"),), snapshot=chat()), turn

        search = search_of(ring, [Letter(UP, delivery=Arriving(arriving))])
        assert set(search.nodes.marks) == {1}

    def test_what_the_bot_names_is_tried_there(self, search_of):
        class Nothing:
            def letters(self, moment):
                return [Letter(UP)]

        search = search_of(lambda *_: ("on", {}, Reply("Write 'cancel' to leave")), Alphabet(Nothing()))
        assert [letter.event for letter in search.letters] == [UP, Text("cancel")]
        assert search.closed

    def test_where_letters_lead(self, search_of):
        search = search_of(ring, [UP], limits=Limits(depth=3))
        assert list(search.nodes.steps()) == [(0, 0, 1, 0), (1, 0, 2, 0), (2, 0, 3, 0)]


class Costly:
    def letters(self, moment):
        return [Letter(UP, cost=1)]


class TestShown:
    def test_only_what_is_new(self, search_of):
        check = Watching()
        search = search_of(endless, [UP], check, limits=Limits(depth=5))
        assert search.steps == 5
        assert [(seen.before.node, seen.after.node) for seen in check.seen] == [(0, 1), (1, 2)]
        seen = check.seen[1]
        assert (seen.letter, seen.after.snapshot.chats, seen.after.depth) == (Letter(UP), chat(n=2).chats, 2)
        assert seen.turns[0].event == UP
        with search.player.inside():
            assert seen.play(seen.before, seen.letter) == seen.turns

    def test_all_to_who_wants_all(self, search_of):
        check = Watching(sees_all=True)
        search_of(endless, [UP], check, limits=Limits(depth=5))
        assert [seen.before.node for seen in check.seen] == [0, 1, 2, 3, 4]

    def test_what_differs_the_second_time(self, search_of, monkeypatch):
        """One in so many turns is played twice, new or not; who answers otherwise then is shown."""
        monkeypatch.setattr(search_module, "SAMPLED", 3)
        answers = itertools.cycle("ab")
        fickle, steady = Watching(), Watching()
        search_of(lambda s, c, e: (*endless(s, c, e), Reply(next(answers))), [UP], fickle, limits=Limits(depth=7))
        search_of(lambda s, c, e: (*endless(s, c, e), Reply("a")), [UP], steady, limits=Limits(depth=7))
        assert [seen.before.node for seen in fickle.seen] == [0, 1, 2, 5]
        assert [seen.before.node for seen in steady.seen] == [0, 1]

    def test_of_very_many_only_some_to_who_plays_more(self, search_of, monkeypatch):
        monkeypatch.setattr(search_module, "THOROUGH", 2)
        monkeypatch.setattr(search_module, "RARELY", 3)
        costly, cheap = Watching(), Watching(is_cheap=True, sees_all=True)
        search_of(endless, [UP], costly, cheap, limits=Limits(depth=9))
        assert [seen.before.node for seen in cheap.seen] == list(range(9))
        assert [seen.before.node for seen in costly.seen] == [0, 1, 2, 5, 8]

    def test_of_the_same_the_first_is_kept(self, search_of):
        search = search_of(endless, [UP], Watching(sees_all=True, finds=True), limits=Limits(depth=5))
        assert {key: found.message for key, found in search.found.items()} == {("odd", "k"): "turn 1"}

    def test_on_request(self, search_of):
        """Whoever is in doubt of a step shows it to the checks once more; the search notes nothing of it."""
        check = Watching()
        search = search_of(lambda s, c, e: (*ring(s, c, e), Reply("?", options=(A,))), [UP, ZERO], check)
        known, steps = len(check.seen), len(search.nodes.sources)
        with search.player.inside():
            search.show(search.moment(1), 1)
            search.show(Moment(chat("else"), depth=7, node=1), 0)
        usual, other = check.seen[known:]
        target = next(target for source, letter, target, _ in search.nodes.steps() if (source, letter) == (1, 1))
        assert (usual.before, usual.letter, usual.after.node, usual.turn.event) == (
            *(search.moment(1), Letter(ZERO), target, ZERO),
        )
        assert (usual.after.offered, usual.after.depth) == ((A,), search.nodes.depth[1] + 1)
        assert (other.letter, other.before.depth, other.after.depth) == (Letter(UP), 7, 8)
        assert len(search.nodes.sources) == steps

    def test_where_it_leads_with_what_was_offered(self, search_of):
        check = Watching(sees_all=True)

        def offering(_, context, event):
            n = context.get("n", 0)
            return "on", {"n": n + 1}, Reply("?", options=((A,), (B,), ())[n % 3])

        search_of(offering, [UP], check, limits=Limits(depth=3))
        assert [(seen.after.offered, seen.after.earlier) for seen in check.seen] == [
            ((A,), ()),
            ((B,), (A,)),
            ((), (B, A)),
        ]
