"""Letters that a bot's code asks for."""

import json
from datetime import datetime

from chatsim.explore.api import default_alphabet, explore, stage_of
from chatsim.explore.play.moment import Moment
from chatsim.explore.sources.code import CodeLetters
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import ChatState, File, Snapshot, Text


def orchestrator():
    return ChatOrchestrator(InMemoryStateManager(), RecordingSender(), initial_state_id="menu")


def till():
    """Return a bot that is open from 8 to 20, and lets go only of who pays just what it asks for."""
    bot = orchestrator()

    @bot.register_step("menu")
    def menu(chat, text, context, sender):
        sender.send_message(chat, "That makes 18 EUR.")
        return "pay", {"order": 7, **context}

    @bot.register_step("pay")
    def pay(chat, text, context, sender):
        if text == "menu":
            return "menu", context
        if not 8 <= datetime.now().hour < 20:  # noqa: DTZ005 - as bots ask
            sender.send_message(chat, "We are closed.")
            return "closed", context
        try:
            report = json.loads(text)
        except (ValueError, TypeError):
            report = None
        if not isinstance(report, dict) or report.get("order") != context["order"]:
            sender.send_message(chat, "I wait for 18 EUR.")
            return "pay", context
        amount = report.get("amount")
        if type(amount) is int and amount == 3 * 6:
            sender.send_message(chat, "Thank you!")
            return "paid", context
        sender.send_message(chat, "That is not right.")
        return "pay", context

    @bot.register_step("paid")
    def paid(chat, text, context, sender):
        sender.send_message(chat, "You have paid.")
        return "paid", context

    @bot.register_step("closed")
    def closed(chat, text, context, sender):
        sender.send_message(chat, "Come again.")
        return "menu", {}

    return bot


class TestWhatTheBotSays:
    def test_sums(self):
        """A number that the bot has said may be what a webhook has to name."""
        found = explore(till(), faults=False, max_states=400)
        assert "paid" in found.states
        assert found.errors == ()

    def test_closing_time(self):
        """The search waits for the hour that the clock is asked for."""
        assert "closed" in explore(till(), faults=False, max_states=400).states


class TestOrder:
    def test_likeliest_first(self):
        """First what has the shape that is asked for, then words, and those last that only name a state."""
        bot = orchestrator()

        @bot.register_step("menu")
        def menu(chat, text, context, sender):
            if text in ("menu", "tea") or (text.isdigit() and int(text) > 4):
                return "menu", context
            if isinstance(text, bytes) and text.startswith(b"%PDF"):
                sender.send_message(chat, "A letter.")
            return "menu", context

        stage = stage_of(bot)
        code = CodeLetters(stage.bot, lambda *_: ())
        there = Moment(Snapshot({"user": ChatState("menu", {}, "input")}))
        letters = default_alphabet(stage.bot, code).letters(there)
        texts = [
            letter.event.text
            for letter in letters
            if letter.origin in ("shaped", "literal") and isinstance(letter.event, Text)
        ]
        assert texts == ["4", "5", "3", "1", "0", "-1", "2", "1000000", "tea", "menu"]
        files = [letter.event for letter in letters if isinstance(letter.event, File)]
        assert len({file.data for file in files}) == len(files) == 4
