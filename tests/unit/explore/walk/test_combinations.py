"""The second pass of a search: pairs of choices in one conversation."""

import pytest

from chatsim.explore import explore
from chatsim.explore.walk import combinations
from chatsim.explore.walk.search import Over
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager

QUESTIONS = 16
ANSWERS = ("Never", "Seldom", "Often")


def form(wrong):
    """Return a bot that asks many questions, and at the end fails for the answers that *wrong* says."""
    bot = ChatOrchestrator(InMemoryStateManager(), RecordingSender(), initial_state_id="hello")

    def ask(number):
        def step(chat, text, context, sender):
            answers = context["answers"]
            if text not in ANSWERS:
                sender.send_message(chat, "Please choose.", options=list(ANSWERS))
                return f"ask_{number}", context
            answers = [*answers, text]
            if number == QUESTIONS:
                if wrong(answers):
                    raise KeyError(text)
                sender.send_message(chat, "Thank you.")
                return "done", {}
            sender.send_message(chat, f"Question {number + 1}?", options=list(ANSWERS))
            return f"ask_{number + 1}", {"answers": answers}

        bot.register_step(f"ask_{number}")(step)

    @bot.register_step("hello")
    def hello(chat, text, context, sender):
        sender.send_message(chat, "Question 1?", options=list(ANSWERS))
        return "ask_1", {"answers": []}

    @bot.register_step("done")
    def done(chat, text, context, sender):
        sender.send_message(chat, "We have all we need.")
        return "done", context

    for number in range(1, QUESTIONS + 1):
        ask(number)
    return bot


def steps_until_found(bot, most=2000):
    """Return after how many turns an error was found; None where that takes more than *most*."""
    found = []

    def note(search):
        found.extend(search.steps for each in search.found.values() if each.kind == "bot-raised")
        if found or search.steps > most:
            raise Over("max-time")

    explore(bot, faults=False, progress=note)
    return found[0] if found else None


@pytest.mark.parametrize(("first", "second"), [(1, 12), (4, 15), (7, 8)])
def test_pairs(first, second):
    """What goes wrong after sixteen questions for two of the answers is found soon."""
    steps = steps_until_found(form(lambda answers: answers[first] == "Often" and answers[second] == "Seldom"))
    assert steps is not None
    assert steps < 800


def test_without(monkeypatch):
    """Without this pass it takes far longer."""
    monkeypatch.setattr(combinations, "STEPS", 0)
    assert steps_until_found(form(lambda answers: answers[4] == "Often" and answers[15] == "Seldom"), 1500) is None


def test_witness_is_shortest():
    """What was found on a long way round is shown on the shortest."""
    bot = form(lambda answers: answers[2] == answers[9] == "Often")
    found = explore(bot, faults=False, max_states=1500)
    (crash,) = [each for each in found.findings if each.kind == "bot-raised"]
    assert len(crash.witness.turns) == QUESTIONS + 1


def test_nothing_to_combine():
    """A bot that offers nothing and never goes on is left alone."""
    bot = ChatOrchestrator(InMemoryStateManager(), RecordingSender(), initial_state_id="only")

    @bot.register_step("only")
    def only(chat, text, context, sender):
        sender.send_message(chat, "Yes?")
        return "only", context

    assert explore(bot, faults=False).outcome == "complete"
