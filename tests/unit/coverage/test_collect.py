"""What a conversation shows: where it was, what it took, what it was offered, what came from outside."""

import pytest

from chatsim.coverage.collect import facts_of
from chatsim.coverage.facts import CalledBack, Chosen, Ended, Followed, Hopped, Moved, Offered, WasIn
from chatsim.trace import (
    Callback,
    ChatState,
    Failure,
    Guard,
    Hop,
    Option,
    Reply,
    Snapshot,
    Tap,
    Text,
    Trace,
    Turn,
    Wait,
)

SMALL, LARGE = Option("s", "Small"), Option("l", "Large")
MENU, SIZE, PAY = (Snapshot({"user": ChatState(name)}) for name in ("menu", "size", "pay"))


def turn(event="hi", hops=(), after=MENU, offers=(), **more):
    event = Text(event) if isinstance(event, str) else event
    effects = (Reply("What?", options=tuple(offers)),) if offers else ()
    return Turn(event=event, hops=tuple(hops), snapshot=after, effects=effects, **more)


def facts(*turns, start=None):
    return facts_of(Trace(turns, start or Snapshot()))


def only(kind, found):
    return {fact for fact in found if isinstance(fact, kind)}


def test_nothing_said():
    assert facts_of(Trace()) == frozenset()


class TestStates:
    def test_where_it_rests(self):
        assert only(WasIn, facts(turn(after=MENU), turn(after=SIZE))) == {WasIn("menu"), WasIn("size")}

    def test_in_the_middle(self):
        """A chat that is put into a state has been there when it speaks."""
        assert WasIn("size") in facts(turn(after=PAY), start=SIZE)

    def test_what_it_waits_for(self):
        waits = Snapshot({"user": ChatState("pay", waits="callback")})
        assert facts(turn(after=waits)) == {WasIn("pay", "callback")}

    def test_end(self):
        """An end is where the bot ended, and not where it begins anew."""
        assert facts(turn(after=MENU, ended=ChatState("bye"))) == {Ended("bye")}

    def test_end_in_production(self):
        """There the last hop tells where it ended."""
        hops = [Hop("menu", "bye"), Hop("wait", "done", machine="card")]
        assert Ended("bye") in facts(turn(hops=hops, ended=ChatState(waits="end")))
        assert only(Ended, facts(turn(ended=ChatState(waits="end")))) == set()


class TestHops:
    def test_guards(self):
        hop = Hop("menu", "size", (Guard("is_late", False), Guard("is_open", True)), "card")
        assert only(Hopped, facts(turn(hops=[hop]))) == {Hopped("menu", "size", hop.guards, "card")}

    def test_pairs_within_a_turn_and_over_turns(self):
        found = facts(
            turn(hops=[Hop("zero", "menu"), Hop("menu", "size")], after=SIZE),
            turn(hops=[Hop("size", "pay")], after=PAY),
        )
        assert only(Followed, found) == {
            Followed(Hopped("zero", "menu"), Hopped("menu", "size")),
            Followed(Hopped("menu", "size"), Hopped("size", "pay")),
        }

    def test_no_pair_over_an_end(self):
        again = [turn(hops=[Hop("a", "a")], ended=ChatState("a")), turn(hops=[Hop("a", "b")])]
        assert only(Followed, facts(*again)) == set()

    def test_no_pair_over_an_error(self):
        """After an error the chat goes on from before the turn: what follows does not follow on what failed."""
        failed = turn(hops=[Hop("menu", "size")], error=Failure("bot-raised", "ValueError", "x"))
        found = facts(failed, turn(hops=[Hop("menu", "pay")], after=PAY))
        assert only(Followed, found) == set()
        assert only(Hopped, found) == {Hopped("menu", "size"), Hopped("menu", "pay")}

    def test_internal(self):
        found = facts(turn(hops=[Hop("menu", None)]), turn(hops=[Hop("menu", "size")], after=SIZE))
        assert only(Followed, found) == {Followed(Hopped("menu", None), Hopped("menu", "size"))}

    def test_machines_apart(self):
        found = facts(turn(hops=[Hop("a", "b"), Hop("b", "c", machine="card"), Hop("b", "d")]))
        assert only(Followed, found) == {Followed(Hopped("a", "b"), Hopped("b", "d"))}

    def test_chats_apart(self):
        both = Snapshot({"ann": ChatState("b"), "bob": ChatState("c")})
        found = facts(turn(Text("x", "ann"), [Hop("a", "b")], both), turn(Text("x", "bob"), [Hop("b", "c")], both))
        assert only(Followed, found) == set()


class TestOptions:
    def test_offered_and_chosen(self):
        found = facts(turn(offers=[SMALL, LARGE], after=SIZE), turn(Tap("s", "Small"), after=PAY))
        assert only(Offered, found) == {Offered("size", "Small"), Offered("size", "Large")}
        assert only(Chosen, found) == {Chosen("size", "Small")}

    def test_offered_at_the_end(self):
        found = facts(turn(offers=[SMALL], after=MENU, ended=ChatState("bye")))
        assert only(Offered, found) == {Offered("bye", "Small")}

    def test_stale(self):
        """What was offered before the last turn is not taken."""
        found = facts(turn(offers=[SMALL], after=SIZE), turn("hm", after=SIZE), turn(Tap("s", "Small"), after=SIZE))
        assert only(Chosen, found) == set()

    def test_waiting_does_not_take_it_away(self):
        found = facts(turn(offers=[SMALL], after=SIZE), turn(Wait(60), after=SIZE), turn(Tap("s", "Small"), after=PAY))
        assert only(Chosen, found) == {Chosen("size", "Small")}

    @pytest.mark.parametrize(("option", "taken"), [(SMALL, False), (Option("Small", "Small"), True)])
    def test_in_words(self, option, taken):
        """Where a tap comes as the title, the title is a tap; a button with an id of its own is not pressed by words."""
        found = facts(turn(offers=[option], after=SIZE), turn("Small", after=PAY))
        assert only(Chosen, found) == ({Chosen("size", "Small")} if taken else set())

    def test_to_another_chat(self):
        both = Snapshot({"ann": ChatState("a"), "cook": ChatState("kitchen")})
        offer = Turn(event=Text("x", "ann"), snapshot=both, effects=(Reply("Ready?", "cook", (SMALL,)),))
        found = facts(offer, turn(Tap("s", "Small", "cook"), after=both))
        assert only(Chosen, found) == {Chosen("kitchen", "Small")}

    def test_to_a_chat_that_was_never_met(self):
        offer = Turn(event=Text("x"), snapshot=MENU, effects=(Reply("Ready?", "cook", (SMALL,)),))
        assert only(Offered, facts(offer)) == {Offered("", "Small")}


class TestCallbacks:
    def test_where_it_came(self):
        assert CalledBack("pay") in facts(turn(Callback("ok"), [Hop("pay", "paid")], after=MENU), start=PAY)

    def test_in_a_plugin(self):
        hops = [Hop("wait", "done", machine="card"), Hop("pay", "paid")]
        assert only(CalledBack, facts(turn(Callback("ok"), hops), start=PAY)) == {CalledBack("wait", "card")}

    def test_without_a_hop(self):
        assert only(CalledBack, facts(turn(Callback("ok"), after=PAY), start=PAY)) == {CalledBack("pay")}

    def test_to_a_chat_that_was_never_met(self):
        assert only(CalledBack, facts(turn(Callback("ok")))) == set()


class TestBotsThatTellNoHops:
    def test_moved(self):
        assert Moved("menu", "size") in facts(turn(after=SIZE), start=MENU)

    def test_stayed(self):
        assert only(Moved, facts(turn(after=MENU), start=MENU)) == set()

    def test_hops_tell_more(self):
        assert only(Moved, facts(turn(hops=[Hop("menu", "size")], after=SIZE), start=MENU)) == set()

    def test_failed(self):
        failed = turn(after=SIZE, error=Failure("bot-raised", "ValueError", "x"))
        assert only(Moved, facts(failed, start=MENU)) == set()
