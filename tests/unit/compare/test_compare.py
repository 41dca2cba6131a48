"""What `chatsim.compare.compare` finds between two versions of small bots."""

import pytest

from chatsim.compare import compare
from chatsim.compare.aspects import aspects_of, changed_variables, group_of, parts_ways
from chatsim.errors import SetupError
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import (
    Call,
    ChatState,
    Failure,
    Hop,
    Option,
    Reply,
    Save,
    Snapshot,
    Start,
    Text,
    Trace,
    Turn,
)


def shop(*, greeting="Hello", limit=3, then="size", forgets=False, knows=("size", "done"), raises=False, silent=False):
    """Return an orchestrator that asks for a size, counts answers that are none, and ends."""
    orchestrator = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())

    @orchestrator.register_step("start")
    def start(chat_id, text, context, sender):
        sender.send_message(chat_id, greeting)
        return then, {"tries": 0}

    def size(chat_id, text, context, sender):
        if text in {"S", "L"}:
            sender.send_message(chat_id, f"{text} it is")
            return "done", {} if forgets else {"size": text}
        tries = context["tries"] + 1
        if tries >= limit:
            sender.send_message(chat_id, "Let us stop")
            return "done", {}
        sender.send_message(chat_id, "Small or large?")
        return "size", {"tries": tries}

    def done(chat_id, text, context, sender):
        if raises:
            raise ValueError("no way")
        if not silent:
            sender.send_message(chat_id, "We are done")
        return "done", context

    steps = {"size": size, "done": done, "other": done}
    orchestrator.register_steps({name: steps[name] for name in (*knows, "other")})
    return orchestrator


def said(text, state="a", context=None, **more):
    chats = {"user": ChatState(state, context or {})}
    return Turn(event=Text("hi"), effects=(Reply(text), Save()), snapshot=Snapshot(chats), **more)


class TestSearch:
    def test_same(self):
        result = compare(shop(), shop())
        assert (result.differences, result.stopped) == ((), "closed")
        assert result.snapshots > 4
        assert result.steps > result.snapshots

    def test_words(self):
        """Other words are one difference, however often they are said, and do not keep the rest from being compared."""
        result = compare(shop(), shop(greeting="Hi there", limit=2))
        assert [difference.aspects for difference in result.differences] == [
            ("replies",),
            ("replies", "path", "waits", "variables"),
        ]
        first, second = result.differences
        assert [turn.replies[0].text for turn in first.turns] == ["Hello", "Hi there"]
        assert len(first.old.turns) == len(first.new.turns) == 1
        assert (second.state, second.states) == ("size", ("size",))
        assert [turn.state for turn in second.turns] == ["size", "done"]

    def test_shortest(self):
        """The conversation is the shortest one, with both versions, and differs in its last turn alone."""
        (difference,) = compare(shop(limit=5), shop(limit=4)).differences
        assert len(difference.old.turns) == 5
        assert [aspects_of(*pair) for pair in zip(difference.old.turns, difference.new.turns, strict=True)][:-1] == [
            ()
        ] * 4
        assert difference.variables == ("tries",)
        assert difference.paths == (("size",), ("done",))

    def test_ways_part(self):
        """After two versions remember different things, nothing is compared any more on that way."""
        (difference,) = compare(shop(), shop(then="other", raises=True)).differences
        assert difference.aspects == ("path", "waits")
        assert len(difference.old.turns) == 1

    def test_variables(self):
        (difference,) = [
            found for found in compare(shop(), shop(forgets=True)).differences if found.event == "text 'S'"
        ]
        assert (difference.aspects, difference.variables) == (("variables",), ("size",))

    def test_error(self):
        (difference,) = compare(shop(), shop(raises=True)).differences
        assert difference.aspects == ("error", "replies", "path")
        assert difference.turns[1].error.message == "no way"

    def test_words_that_only_the_new_version_knows(self):
        """What is tried comes from the code of both."""

        def greeter(*secrets):
            orchestrator = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())

            def start(chat_id, text, context, sender):
                sender.send_message(chat_id, "Hm.")
                return "start", context

            def secretive(chat_id, text, context, sender):
                sender.send_message(chat_id, "Aha!" if text == "xyzzy" else "Hm.")
                return "start", context

            orchestrator.register_steps({"start": secretive if secrets else start})
            return orchestrator

        (difference,) = compare(greeter(), greeter("xyzzy")).differences
        assert difference.event == "text 'xyzzy'"

    def test_limits(self):
        assert compare(shop(), shop(), max_states=2).stopped == "max-states"
        assert compare(shop(limit=5), shop(limit=4), max_depth=3).differences == ()

    def test_given_alphabet(self):
        assert compare(shop(), shop(forgets=True), alphabet=[Start(), Text("x")]).differences == ()

    def test_names(self):
        result = compare(shop(), shop())
        assert (result.old, result.new) == ("OrchestratorBot", "OrchestratorBot")
        assert compare(shop(), shop(), names=("v1", "v2")).new == "v2"

    def test_no_bot(self, tmp_path):
        with pytest.raises(SetupError, match="there is no module 'nowhere'"):
            compare("nowhere:bot", shop(), folder=tmp_path)


class TestRestore:
    def test_survives(self):
        """Other words, other ways and other data are no loss."""
        assert compare(shop(), shop(greeting="Hi", limit=2, forgets=True), restore=True).differences == ()

    def test_state_is_gone(self):
        """A chat that waits where the new version has no step is lost, wherever it comes from."""
        old, new = shop(), shop(then="other", knows=("done",))
        (difference,) = compare(old, new, restore=True).differences
        assert difference.aspects[0] == "error"
        assert (difference.state, difference.turns[1].error.kind) == ("size", "unknown-state")
        assert [turn.error for turn in difference.new.turns[:-1]] == [None]

    def test_falls_silent(self):
        (difference,) = compare(shop(), shop(silent=True), restore=True).differences
        assert (difference.state, difference.turns[1].replies) == ("done", ())

    def test_old_one_fails(self):
        """What the old version did not survive either is no loss."""
        assert compare(shop(raises=True), shop(raises=True), restore=True).differences == ()


class TestTraces:
    def test_events(self):
        """The events of a trace are played, and no others."""
        trace = Trace(tuple(Turn(event=Text(text), snapshot=Snapshot()) for text in ("hi", "x", "x")))
        assert compare(shop(), shop(limit=2), traces=[trace]).differences[0].event == "text 'x'"
        assert compare(shop(), shop(forgets=True), traces=[trace]).differences == ()

    def test_after_the_ways_part(self):
        """After the first difference in what they remember the rest counts only for a restored chat."""
        trace = Trace(tuple(Turn(event=Text(text), snapshot=Snapshot()) for text in ("hi", "S", "more")))
        new = shop(forgets=True, raises=True)
        assert [found.event for found in compare(shop(), new, traces=[trace]).differences] == ["text 'S'"]
        (lost,) = compare(shop(), new, traces=[trace], restore=True).differences
        assert (lost.event, len(lost.new.turns)) == ("text 'more'", 3)

    def test_start_in_the_middle(self):
        """A trace that begins in the middle of a chat begins there with both."""
        turn = Turn(event=Text("S"), snapshot=Snapshot())
        trace = Trace((turn,), Snapshot({"user": ChatState("size", {"tries": 0})}))
        (difference,) = compare(shop(), shop(forgets=True), traces=[trace]).differences
        assert (difference.state, difference.variables) == ("size", ("size",))


class TestAspects:
    def test_each(self):
        """Each aspect is noticed alone."""
        here = said("hi")
        others = {
            "replies": said("ho"),
            "calls": Turn(
                event=here.event, effects=(Reply("hi"), Call("GET", "https://x"), Save()), snapshot=here.snapshot
            ),
            "path": said("hi", hops=(Hop("a", "b"),)),
            "waits": said("hi", state="b"),
            "variables": said("hi", context={"n": 1}),
            "error": said("hi", error=Failure("bot-raised", "ValueError", "x")),
        }
        for aspect, other in others.items():
            assert aspects_of(here, other) == (aspect,)
            assert parts_ways(here, other) == (aspect in {"waits", "variables"})

    def test_what_does_not_count(self):
        """Nor the message of an error, which may hold an address, nor the guards on the way, nor when a reply came."""
        one = said("hi", error=Failure("bot-raised", "ValueError", "at 0x7f"))
        other = said("hi", error=Failure("bot-raised", "ValueError", "at 0x8f"))
        assert aspects_of(one, other) == ()
        late = Turn(event=Text("hi"), effects=(Reply("hi", after=2.0), Save()), snapshot=said("hi").snapshot)
        assert aspects_of(said("hi"), late) == ()

    def test_options(self):
        options = Turn(
            event=Text("hi"), effects=(Reply("hi", options=(Option("a", "A"),)), Save()), snapshot=said("").snapshot
        )
        assert aspects_of(said("hi"), options) == ("replies",)

    def test_groups(self):
        """Numbers in words do not tell changes apart; other words, other ways, other variables, other errors do."""
        assert group_of(said("7 left"), said("7 gone")) == group_of(said("8 left"), said("8 gone"))
        groups = {
            group_of(said("left"), said("gone")),
            group_of(said("left"), said("lost")),
            group_of(said("left"), said("left", hops=(Hop("a", "b"),))),
            group_of(said("left"), said("left", context={"a": 1})),
            group_of(said("left"), said("left", context={"b": 1})),
            group_of(said("left"), said("left", error=Failure("bot-raised", "KeyError", ""))),
        }
        assert len(groups) == 6

    def test_changed_variables(self):
        old, new = (
            ChatState(context={"a": 1, "b": {"c": [1], "d": 2}, "e": 3}),
            ChatState(context={"a": 1, "b": {"c": [2]}, "f": 3}),
        )
        assert changed_variables(old, new) == ("b.c", "b.d", "e", "f")


def counter(*, odd=None):
    """Return an orchestrator that counts, and says something else at *odd*."""
    orchestrator = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="count")

    @orchestrator.register_step("count")
    def count(chat_id, text, context, sender):
        number = context.get("number", 0) + (text == "more")
        sender.send_message(chat_id, "Stop!" if number == odd else "Go on")
        return "count", {"number": number}

    return orchestrator


@pytest.mark.parametrize("odd", [1005, 1006, 1007])
def test_late_differences_are_seen(odd):
    """However much was compared before: it is the same in none but one of the thousands of turns."""
    events = [Text("more"), Text("a"), Text("b")]
    found = compare(counter(), counter(odd=odd), alphabet=events, max_depth=odd)
    assert [len(each.old.turns) for each in found.differences] == [odd]
