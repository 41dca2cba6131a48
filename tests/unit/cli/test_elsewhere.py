"""A scenario is played at other times and with other seeds."""

import pytest

from chatsim.cli.elsewhere import AHEAD, ANOTHER_TIME, HERE, SAME_TIME, Place, play
from chatsim.scenario.load import load_file
from chatsim.world.clock import DEFAULT_START

BOT = """
import itertools, random, time
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="start")
calls = itertools.count(1)
loaded = time.time(), random.random()

@bot.register_step("start")
def start(chat_id, user_input, context, sender):
    sender.send_message(chat_id, f"{time.time()} {random.random()}")
    sender.send_message(chat_id, f"{next(calls)} {loaded}")
    return "start", context
"""


@pytest.fixture
def said(write):
    """Play a chat of two turns; return what the bot said in each."""
    write("bot.py", BOT)
    path = write(
        "a.chat.yaml",
        """
        bot: bot:bot
        scenarios:
          a:
          - user: hi
          - bot: ...
          - bot: ...
          - wait: 1m
          - user: hi
          - bot: ...
          - bot: ...
        """,
    )

    def said(place):
        verdict = play(load_file(path), place)
        assert verdict.passed
        return [[reply.text for reply in turn.replies] for turn in verdict.trace.turns if turn.replies]

    return said


class TestPlay:
    def test_the_time(self, said):
        """It is later from the first turn on, and goes on from there."""
        for place in (HERE, *SAME_TIME, *ANOTHER_TIME):
            times = [float(turn[0].split()[0]) - DEFAULT_START for turn in said(place)]
            assert times == [place.later, place.later + 60]
        assert {place.later for place in (HERE, *SAME_TIME)} == {0}
        assert [place.later for place in ANOTHER_TIME] == [AHEAD, 2 * AHEAD]

    def test_chance(self, said):
        """The seed alone decides over it."""

        def chance(place):
            return [turn[0].split()[1] for turn in said(place)]

        assert chance(HERE) == chance(Place(AHEAD))
        assert chance(SAME_TIME[0]) == chance(ANOTHER_TIME[0])
        assert len({chance(place)[0] for place in (HERE, *SAME_TIME)}) == 3

    def test_a_new_process(self, said):
        """The bot's module is loaded for every play, at the time and by the chance at which all bots are."""
        first, *others = [[turn[1] for turn in said(place)] for place in (HERE, HERE, *ANOTHER_TIME)]
        assert first[0].startswith(f"1 ({DEFAULT_START}, ")
        assert others == [first] * 3
