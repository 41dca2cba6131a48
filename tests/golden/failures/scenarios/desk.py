"""A library's desk: finds books, renews loans, and speaks several languages."""
# ruff: noqa: RUF001 - letters and blanks that look like others are what this is about

import itertools

from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

HELLO = {
    "en": "Hello! Your books are due on Friday.",
    "he": "שלום! הספרים שלך להחזרה ביום שישי.",
    "ja": "こんにちは！本の返却は金曜日です。",
    "nb": "Hei!\u00a0Bøkene dine skal leveres på fredag.",
    "ru": "Cтраница 4 · Библиотека",  # the first letter is a Latin C
}
RULES = (
    "A loan lasts four weeks. It can be renewed twice, unless somebody else waits for the book. For every day after "
    "that we ask for twenty cents, and for a lost book for its price. Children pay nothing. Please do not lend books "
    "on: whoever borrowed a book is asked for it. The desk is open from nine to six, on Saturdays until two."
)
orch = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="desk")
visits = itertools.count(1)


@orch.register_step("desk")
def desk(chat_id, text, context, sender):
    if text in HELLO:
        sender.send_message(chat_id, HELLO[text])
        return "desk", {**context, "language": text}
    if text == "rules":
        sender.send_message(chat_id, RULES)
        return "desk", context
    if text == "visit":
        sender.send_message(chat_id, f"You are visitor no. {next(visits)}.")
        return "desk", context
    if text == "wait":
        while True: pass  # noqa: E701 - wherever it is stopped, it is on this line  # fmt: skip
    if text == "scream":
        sender.send_message(chat_id, "a" * 28 + "!")
        return "desk", context
    if text == "books":
        books = [{"title": "Emma", "due": 3}, {"title": "Ulysses", "due": 12}, {"title": "Dracula", "due": 20}]
        sender.send_message(chat_id, "You have Emma, Ulysses and Dracula.", options=["Renew", "Return"])
        return "renew", {**context, "books": books, "card": {"number": "0815", "fees": {"cents": 40, "paid": False}}}
    sender.send_message(chat_id, "I did not get that.")
    return "desk", context


@orch.register_step("renew")
def renew(chat_id, text, context, sender):
    if text == "Renew":
        for book in context["books"]:
            sender.send_message(chat_id, f"{book['title']}: four more weeks.")
        return "desk", {}
    sender.send_message(chat_id, "Please put them on the shelf.")
    return "desk", {}
