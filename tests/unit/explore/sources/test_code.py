"""Letters from the bot's code."""

from pathlib import Path

from chatsim.bots.loading import load_bot
from chatsim.explore.sources.code import CodeLetters, shapes_of

TICKETS = """
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="seats")


@bot.register_step("seats")
def seats(chat_id, text, context, sender):
    sender.send_message(chat_id, "And when?")
    return "when", {"seats": int(text)}


@bot.register_step("when")
def when(chat_id, text, context, sender):
    sender.send_message(chat_id, "A group!" if context["seats"] > 37 else "Fine.")
    return "seats", {}
"""


def test_what_a_later_state_compares_is_tried_where_it_is_set(tmp_path: Path):
    (tmp_path / "tickets_here.py").write_text(TICKETS)
    letters = CodeLetters(load_bot("tickets_here:bot", tmp_path), lambda _moment, _letter: ())
    assert {"36", "37", "38"} <= set(shapes_of(letters.hints("seats")))
    assert "37" not in shapes_of(letters.hints("when"))
    assert letters.all_hints().numbers.keys() == {37}
