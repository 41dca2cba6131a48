"""The first pass of a search: how soon it comes to what hangs on what was said before."""

import json
import re
from pathlib import Path

import pytest

from chatsim.explore import explore
from chatsim.explore.walk.search import Over, Search
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager

SCENARIOS = Path(__file__).parents[4] / "scenarios"
TURNS = 1000


def bot_of(steps, first):
    bot = ChatOrchestrator(InMemoryStateManager(), RecordingSender(), initial_state_id=first)
    for step in steps:
        bot.register_step(step.__name__)(step)
    return bot


def hops_after(turns, bot, **options):
    """Return which hops the first so many turns of a search take, and after how many turns each was taken first."""
    taken = {}

    def note(search: Search):
        for hop in search.book.hops:
            taken.setdefault(hop, search.steps)
        if search.steps >= turns:
            raise Over("max-time")

    explore(bot, faults=False, checks=(), progress=note, **options)
    return taken


class TestAgain:
    def test_where_variables_are_missing(self):
        """A button that is gone is typed where the bot has forgotten what it would need, before other things are closed."""

        def count(chat, text, context, sender):
            if text == "Book":
                sender.send_message(chat, "Booked.", ["Cancel"])
                return "booked", {**context, "paid": 3}
            number = context.get("number", 0) + len(str(text))
            sender.send_message(chat, str(number), ["Book"])
            return "count", {"number": number}

        def booked(chat, text, context, sender):
            if text == "Cancel":
                sender.send_message(chat, f"{context['paid']} EUR come back.")
                return "booked", {}
            sender.send_message(chat, "You have a booking.", ["Cancel"])
            return "booked", context

        failed = []

        def note(search: Search):
            failed.extend(found.kind for found in search.found.values())
            if search.steps >= 60:
                raise Over("max-time")

        explore(bot_of([count, booked], "count"), faults=False, progress=note)
        assert "bot-raised" in failed

    def test_third_time(self):
        """What a bot only remembers is said again, until it has heard enough."""

        def pin(chat, text, context, sender):
            tries = context.get("tries", 0) + 1
            sender.send_message(chat, "No.")
            return ("locked", {}) if tries > 5 else ("pin", {"tries": tries})

        def locked(chat, text, context, sender):
            sender.send_message(chat, "Your card is locked.")
            return "locked", context

        assert ("pin", "locked") in hops_after(60, bot_of([pin, locked], "pin"))

    def test_chosen_before(self):
        """What got somewhere is tried again where another thing was chosen before."""

        def choose(chat, text, context, sender):
            sender.send_message(chat, "Which?", options=["Tea", "Coffee", "Cocoa"])
            return "ask", {}

        def ask(chat, text, context, sender):
            choice = next((each for each in ("Tea", "Coffee", "Cocoa") if each == text), None)
            sender.send_message(chat, "Now?" if choice else "Which?", options=["Now", "Later"])
            return ("when", {"choice": choice}) if choice else ("ask", context)

        def when(chat, text, context, sender):
            sender.send_message(chat, "Well.")
            if text not in ("Now", "Later"):
                return "when", context
            return ("closed" if (context["choice"], text) == ("Cocoa", "Later") else "choose"), {}

        def closed(chat, text, context, sender):
            sender.send_message(chat, "There is no cocoa.")
            return "closed", context

        assert ("when", "closed") in hops_after(60, bot_of([choose, ask, when, closed], "choose"))

    def test_reports_with_numbers(self):
        """Reports are alike whatever order they name, and are tried again for each order."""

        def order(chat, text, context, sender):
            number = context.get("number", 100) + 7
            sender.send_message(chat, f"Order {number}.")
            return "wait", {"number": number, "refused": context.get("refused", 0)}

        def wait(chat, text, context, sender):
            try:
                report = json.loads(text)
            except (ValueError, TypeError):
                report = None
            if not isinstance(report, dict) or report.get("number") != context["number"]:
                sender.send_message(chat, "I wait.")
                return "wait", context
            if report.get("status") != "refused":
                return "wait", context
            refused = context["refused"] + 1
            sender.send_message(chat, "Refused.")
            return "given_up" if refused == 3 else "order", {**context, "refused": refused}

        def given_up(chat, text, context, sender):
            sender.send_message(chat, "It has no use.")
            return "given_up", context

        assert ("wait", "given_up") in hops_after(120, bot_of([order, wait, given_up], "order"))


@pytest.mark.parametrize("name", ["car_wash", "clinic", "greeter", "greeter_json", "pizza"])
def test_coverage_speed(name):
    """Most transitions are taken within two turns for each, and all within twenty."""
    folder = SCENARIOS / name
    (bot, *_) = re.findall(r"^bot: (.*)$", min(folder.glob("*.chat.yaml")).read_text("utf-8"), re.MULTILINE)
    taken = sorted(hops_after(TURNS, bot, folder=folder).values())
    assert taken[max(round(0.9 * len(taken)) - 1, 0)] <= 2 * len(taken)
    assert taken[-1] <= 20 * len(taken)
