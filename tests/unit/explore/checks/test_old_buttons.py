"""Buttons of earlier turns: taken only where they do more than any word would."""

from chatsim.explore import explore
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager


def kinds(takes_old):
    bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())

    @bot.register_step("start")
    def start(chat_id, text, context, sender):
        if takes_old and text == "Tea":
            sender.send_message(chat_id, "Once more?")
            return "again", {}
        sender.send_message(chat_id, "Tea or coffee?", ["Tea", "Coffee"])
        return "choose", {}

    @bot.register_step("choose")
    def choose(chat_id, text, context, sender):
        sender.send_message(chat_id, "Fine" if text in ("Tea", "Coffee") else "What?")
        return ("start" if text in ("Tea", "Coffee") else "choose"), {}

    @bot.register_step("again")
    def again(chat_id, text, context, sender):
        sender.send_message(chat_id, "Fine")
        return "start", {}

    return [found.kind for found in explore(bot, faults=False).findings if found.kind != "unreachable"]


def test_a_state_that_greets_whatever_is_said():
    """Its reply may hold the words on the button."""
    assert kinds(takes_old=False) == []


def test_a_state_that_acts_on_it():
    assert kinds(takes_old=True) == ["stale-option"]
