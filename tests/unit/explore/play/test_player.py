"""Letters are played in the bot's world, and come to a moment."""

import contextlib
import random
import ssl

import pytest

from chatsim.delivery.play import CannotArrive
from chatsim.explore.api import stage_of
from chatsim.explore.letters import Letter
from chatsim.explore.play.arrivals import Arrivals, faulty, line_of
from chatsim.explore.play.moment import Moment
from chatsim.explore.play.player import OutOfTime, Player, after, open_options
from chatsim.trace import Callback, ChatState, Fault, Option, Reply, Snapshot, Tap, Text, Timer, Trace, Turn, Wait
from chatsim.world.clock import DEFAULT_START
from chatsim.world.mocks import Mock

HI, WAIT = Letter(Text("hi")), Letter(Wait(60.0))
A, B, C = (Option(name.lower(), name) for name in "ABC")


def counting(_, context, event):
    n = context.get("n", 0) + 1
    return "on", {"n": n}, Reply(f"{n} {random.random()}", options=(A,) if n % 2 else (B, C))


@pytest.fixture
def player_of(table_bot):
    def make(function=counting, *mocks, **more):
        return Player(stage_of(table_bot(function)), mocks, **more)

    return make


class TestPlayer:
    def test_the_world_is_there_only_inside(self, player_of):
        player = player_of()
        with pytest.raises(AssertionError, match="inside the player's world"):
            _ = player.world
        with player.inside() as world:
            assert player.world is world
            with player.inside() as inner:
                assert player.world is inner
            assert player.world is world
        with pytest.raises(AssertionError):
            _ = player.world

    def test_certificates_are_read_once(self, player_of):
        before = ssl.create_default_context
        with player_of().inside():
            assert ssl.create_default_context() is ssl.create_default_context()
        assert ssl.create_default_context is before

    def test_a_turn(self, player_of):
        player = player_of()
        with player.inside():
            (turn,) = player.play(Moment(player.start()), HI)
        assert (turn.event, turn.state, turn.snapshot.clock) == (Text("hi"), "on", DEFAULT_START)

    def test_chance_depends_on_seed_and_number_of_the_turn(self, player_of):
        """What comes of a letter in a moment is always the same; another turn has another chance."""

        def said(seed, depth):
            player = player_of(seed=seed)
            with player.inside():
                return player.play(Moment(player.start(), depth=depth), HI)[0].replies[0].text

        told = [said(0, 0), said(0, 1), said(1, 0)]
        assert len(set(told)) == 3
        assert [said(0, 0), said(0, 1), said(1, 0)] == told

    def test_each_turn_finds_the_mocks_unused(self, player_of):
        import httpx

        def calling(_, __, event):
            return "on", {}, Reply(httpx.get("https://shop.example").text)

        player = player_of(calling, Mock.of("GET https://shop.example", optional=True))
        with player.inside():
            first = player.play(Moment(player.start()), HI)
            assert len(player.world.mocks.calls) == 1
            assert player.play(Moment(player.start()), HI) == first
            assert len(player.world.mocks.calls) == 1

    def test_without_mocks_calls_of_one_turn_are_forgotten_in_the_next(self, player_of):
        import httpx

        def calling(_, __, event):
            if event.text == "hi":
                with contextlib.suppress(BaseException):
                    httpx.get("https://shop.example")
            return "on", {}

        player = player_of(calling)
        with player.inside():
            failed, fine = (player.turn(player.start(), Text(text), 0) for text in ("hi", "ho"))
            assert (failed.error is None, fine.error) == (False, None)
            assert (player.world.mocks.calls, player.world.mocks.uncovered) == ([], [])

    def test_nothing_is_played_when_time_is_up(self, player_of):
        player = player_of()
        with player.inside():
            player.until = -1.0
            with pytest.raises(OutOfTime):
                player.play(Moment(player.start()), HI)
            player.until = 1e12
            assert player.play(Moment(player.start()), HI)

    def test_time_passes(self, player_of):
        """A bot without timers of its own notices nothing, but that it is later."""
        player = player_of()
        with player.inside():
            begun = player.turn(player.start(), Text("hi"), 0).snapshot
            fresh = player.play(Moment(Snapshot()), WAIT)
            (turn,) = player.play(Moment(begun), WAIT)
        assert fresh[0].snapshot.clock == DEFAULT_START + 60
        assert (turn.event, turn.effects, turn.snapshot.chats) == (Wait(60.0), (), begun.chats)
        assert turn.snapshot.clock == begun.clock + 60

    def test_waiting_is_a_turn_with_a_chance_of_its_own(self, table_bot):
        class Timed(table_bot):
            def wait(self, snapshot, event):
                return Turn(event=event, effects=(Reply(str(random.random())),), snapshot=snapshot)

        player = Player(stage_of(Timed(counting)))
        with player.inside():
            said = [player.play(Moment(Snapshot(), depth=depth), WAIT)[0].replies[0].text for depth in (0, 1, 0)]
        assert (said[0] == said[2], said[0] == said[1]) == (True, False)

    def test_timers_of_the_bot(self, table_bot):
        class Timed(table_bot):
            def wait(self, snapshot, event):
                return Turn(event=event, effects=(Reply(f"waited {event.seconds:g}"),), snapshot=snapshot)

        player = Player(stage_of(Timed(counting)))
        with player.inside():
            (turn,) = player.play(Moment(Snapshot(timers=(Timer("remind", 5.0),))), WAIT)
        assert turn.replies[0].text == "waited 60"

    def test_who_delivers_decides(self, player_of):
        class Thrice:
            def play(self, player, moment, event):
                return tuple(player.turn(moment.snapshot, event, n) for n in range(3))

        player = player_of()
        with player.inside():
            turns = player.play(Moment(player.start()), Letter(Text("hi"), delivery=Thrice()))
        assert [turn.event for turn in turns] == [Text("hi")] * 3

    def test_along(self, player_of):
        player = player_of()
        with player.inside():
            steps = list(player.along([HI, WAIT, HI]))
            trace = player.trace([HI, WAIT, HI], "shop:bot")
        assert [moment.depth for moment, _ in steps] == [0, 1, 2]
        assert steps[0][0] == Moment(Snapshot(clock=steps[0][0].snapshot.clock))
        assert [turns[0].event for _, turns in steps] == [Text("hi"), Wait(60.0), Text("hi")]
        assert steps[2][0].waited
        assert trace == Trace(tuple(turns[0] for _, turns in steps), steps[0][0].snapshot, "shop:bot")


def turn(event, *options, chat="user", snapshot=None):
    reply = Reply("?", chat, options)
    return Turn(event=event, effects=(reply,), snapshot=snapshot or Snapshot())


class TestAfter:
    def test_where_it_leads(self):
        there = Snapshot({"user": ChatState("there")})
        before = Moment(Snapshot(), (A,), (B,), depth=3, spent=1, node=7)
        turns = (turn(Text("x"), B), turn(Text("y"), C, snapshot=there))
        moment = after(before, Letter(Text("x"), cost=1), turns)
        assert moment == Moment(there, (C,), (A, B), depth=5, spent=2)

    def test_what_was_on_offer_is_earlier_and_the_newest_comes_first(self):
        before = Moment(Snapshot(), (A, B), (C,))
        assert after(before, HI, (turn(Text("hi"), B),)).earlier == (A, C)
        assert after(before, HI, (turn(Text("hi")),)).earlier == (A, B, C)
        assert after(before, HI, (turn(Text("hi"), C),)).earlier == (A, B)

    def test_the_same_on_offer(self):
        before = Moment(Snapshot(), (A,), (B, C))
        assert after(before, HI, (turn(Text("hi"), A),)).earlier == (B, C)

    def test_each_once(self):
        before = Moment(Snapshot(), (A, A), (A, B))
        assert after(before, HI, (turn(Text("hi")),)).earlier == (A, B)

    def test_mere_time_leaves_open_what_was_open(self):
        before = Moment(Snapshot(), (A,), (B,))
        moment = after(before, WAIT, (turn(Wait(60.0), C),))
        assert (moment.offered, moment.earlier, moment.waited) == ((A, C), (B,), True)
        assert after(before, HI, (turn(Text("hi")),)).waited is False


class TestOpenOptions:
    def test_of_this_chat_alone(self):
        assert open_options((A,), turn(Text("hi"), B)) == (B,)
        assert open_options((A,), turn(Text("hi"), B, chat="else")) == ()
        assert open_options((A,), turn(Wait(1.0), B)) == (A, B)
        assert open_options((A,), turn(Wait(1.0))) == (A,)


class TestArrivals:
    class Offering:
        def letters(self, moment):
            yield Letter(Callback("paid"), "guess")
            yield Letter(Text("hi"))
            yield faulty(Text("ho"), Fault("twice"))

    def letters(self, moment=None, **more):
        return list(Arrivals(self.Offering(), **more).letters(moment or Moment(Snapshot())))

    def test_webhooks_call_twice(self):
        assert self.letters(serial=True) == [faulty(Callback("paid"), Fault("twice"))]

    def test_two_at_once_where_nothing_keeps_them_apart(self):
        assert self.letters(serial=False) == [
            faulty(Callback("paid"), Fault("twice")),
            faulty(Callback("paid"), Fault("with", other=Callback("paid"))),
            faulty(Text("hi"), Fault("with", other=Text("hi"))),
        ]

    @pytest.mark.parametrize(("spent", "most", "some"), [(1, 2, True), (2, 2, False), (0, 0, False), (3, 2, False)])
    def test_as_long_as_the_budget_lasts(self, spent, most, some):
        assert bool(self.letters(Moment(Snapshot(), spent=spent), serial=True, most=most)) is some

    def test_two_by_default(self):
        assert [bool(self.letters(Moment(Snapshot(), spent=spent), serial=True)) for spent in (1, 2)] == [True, False]

    def test_what_a_faulty_letter_is(self):
        letter = faulty(Text("hi"), Fault("twice"))
        assert (letter.event, letter.origin, letter.cost, letter.label) == (Text("hi"), "fault", 1, "text 'hi' (twice)")

    def test_played(self, player_of):
        player = player_of()
        with player.inside():
            turns = player.play(Moment(player.start(), depth=4), faulty(Text("hi"), Fault("twice")))
            alone = [player.turn(player.start(), Text("hi"), 4)]
            alone.append(player.turn(alone[0].snapshot, Text("hi"), 5))
        assert [each.replies for each in turns] == [each.replies for each in alone]

    def test_what_cannot_arrive(self, player_of):
        def silent(_, __, event):
            return "on", {}

        player = player_of(silent)
        with player.inside(), pytest.raises(CannotArrive):
            player.play(Moment(player.start()), faulty(Text("hi"), Fault("crash", at="after-send")))

    def test_a_process_comes_back_only_where_it_is_asked_for(self, player_of, monkeypatch):
        player, restarts = player_of(), []
        monkeypatch.setattr(type(player.stage), "can_restart", property(lambda _: True))
        monkeypatch.setattr(type(player.stage), "restart", lambda _: restarts.append(1))
        moment = Moment(Snapshot())
        line_of(player, moment).restart()
        assert restarts == []
        line_of(player, moment, restarts=True).restart()
        assert restarts == [1]
        monkeypatch.setattr(type(player.stage), "can_restart", property(lambda _: False))
        line_of(player, moment, restarts=True).restart()
        assert restarts == [1]


class TestMoment:
    def test_the_chat_that_it_speaks_in(self):
        snapshot = Snapshot({"user": ChatState("menu", waits="callback"), "else": ChatState("x")})
        moment = Moment(snapshot)
        assert (moment.chat, moment.state, moment.waits) == (snapshot.chats["user"], "menu", "callback")

    def test_before_it_has_begun(self):
        moment = Moment(Snapshot({"else": ChatState("x")}))
        assert (moment.chat, moment.state, moment.waits) == (None, None, None)


def test_labels_of_taps():
    assert Letter(Tap("s", "Small")).label == "tap 'Small'"
