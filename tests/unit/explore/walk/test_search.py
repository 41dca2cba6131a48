"""Where a search stops, what it says then, and what it is told to try."""

import pytest

from chatsim.errors import SetupError
from chatsim.explore import alphabet, explore
from chatsim.explore.letters import Letter
from chatsim.trace import ChatState, Snapshot, Text, Turn


def counting(chat_id, text, context, sender):
    sender.send_message(chat_id, "And?")
    return "counting", {"n": context.get("n", 0) + 1}


ON = [Text("on")]


class TestStops:
    @pytest.mark.parametrize(
        ("limit", "stopped"),
        [({"max_states": 20}, "max-states"), ({"max_depth": 5}, "max-depth"), ({"max_time": 0.0}, "max-time")],
    )
    def test_limits(self, bot_of, limit, stopped):
        found = explore(bot_of(counting), alphabet=ON, faults=False, projection="exact", **limit)
        assert (found.outcome, found.stopped, found.unexpanded > 0) == ("bounded", stopped, True)

    def test_depth(self, bot_of):
        found = explore(bot_of(counting), alphabet=ON, faults=False, projection="exact", max_depth=5)
        assert (found.snapshots, found.unexpanded) == (6, 1)

    def test_interrupted(self, bot_of):
        """What is known so far is told."""

        def progress(search):
            if search.steps >= 7:
                raise KeyboardInterrupt

        found = explore(bot_of(counting), alphabet=ON, faults=False, projection="exact", progress=progress)
        assert (found.outcome, found.stopped, found.states) == ("bounded", "interrupted", ("(start)", "counting"))
        assert found.steps >= 7

    def test_until_covered(self, bot_of):
        def first(chat_id, text, context, sender):
            sender.send_message(chat_id, "One")
            return "second", {}

        def second(chat_id, text, context, sender):
            sender.send_message(chat_id, "Two")
            return "first", {"n": context.get("n", 0) + 1}

        found = explore(bot_of(first, second), alphabet=ON, faults=False, until_covered=True)
        assert (found.stopped, found.steps) == ("coverage", 2)

    def test_what_cannot_be_played(self):
        """A letter that the bot's kind has no way for is left out, and nothing is claimed."""

        class Deaf:
            def start(self):
                return Snapshot({"user": ChatState("on")})

            def step(self, snapshot, event):
                if event.text == "no":
                    raise SetupError("not for this kind of bot")
                return Turn(event=event, snapshot=snapshot)

        found = explore(Deaf(), alphabet=[Text("no"), Text("yes")], faults=False)
        assert (found.outcome, found.steps) == ("bounded", 1)


class TestTried:
    def tried(self, bot_of, **options):
        seen = set()

        def asking(chat_id, text, context, sender):
            seen.add(text)
            sender.send_message(chat_id, "And?")
            return "asking", {}

        explore(bot_of(asking), faults=False, max_time=20, **options)
        return seen

    def test_by_default(self, bot_of):
        tried = self.tried(bot_of)
        assert {"hi", "", "   ", "🍕", "x" * 5000} <= tried

    def test_marked_beside(self, bot_of):
        @alphabet
        def more(moment):
            return [Text("17")] if moment.state == "asking" else []

        assert {"17", "hi", ""} <= self.tried(bot_of, inputs=[more])

    def test_marked_alone(self, bot_of):
        @alphabet(replace=True)
        def alone(moment):
            return [Letter(Text("17"))]

        assert self.tried(bot_of, inputs=[alone]) == {"17"}


class TestWays:
    def test_shortest_traces(self, bot_of):
        def first(chat_id, text, context, sender):
            sender.send_message(chat_id, "One")
            return "second", {}

        def second(chat_id, text, context, sender):
            sender.send_message(chat_id, "Two")
            return ("third" if text == "go" else "second"), {}

        def third(chat_id, text, context, sender):
            sender.send_message(chat_id, "Three")
            return "third", {}

        found = explore(bot_of(first, second, third), alphabet=[Text("on"), Text("go")], faults=False)
        assert [turn.event for turn in found.trace_to("third").turns] == [Text("on"), Text("go")]
        assert found.trace_to("(start)").turns == ()
        assert found.trace_to("nowhere") is None
        assert ("second", "text 'go'", "third") in found.transitions
        assert len(found.trace_through(("third", "text 'on'", "third")).turns) == 3
        assert found.hops == (("first", "second"), ("second", "second"), ("second", "third"), ("third", "third"))
        assert found.pairs == 6
