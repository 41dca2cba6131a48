"""Sell tickets of the Odeon: film, showing, seats, email, a gift card, and payment, of which the cashier reports by webhook."""

import json
import re
import zlib

import httpx

from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

CASHIER = "https://cashier.example"
FILMS = {"Metropolis": ["18:00", "20:30"], "Nosferatu": ["22:00"], "City Lights": ["15:00", "18:00", "20:30"]}
PRICE = 9
MAX_SEATS = 6
CARDS = {"GIFT10": 10, "GIFT25": 25}
AGE_LIMITED = ("Nosferatu",)
EMAIL = re.compile(r"[\w.+-]{1,40}@[\w-]{1,40}(\.[\w-]{1,20})+", re.ASCII)

bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="foyer")
step = bot.register_step


def match(text, choices):
    """Return the member of *choices* that *text* is, or None."""
    said = text.strip().casefold() if isinstance(text, str) else None
    return {choice.casefold(): choice for choice in choices}.get(said)


def report_of(text):
    """Return the cashier's report that *text* is, or None for what a person wrote."""
    if not isinstance(text, str) or not text.startswith("{"):
        return None
    try:
        report = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return report if isinstance(report, dict) and isinstance(report.get("payment"), str) else None


def price(order):
    return PRICE * order["seats"]


def order_number(chat_id, context):
    """Return the number of the order: the same however often it is placed, so that the cashier sees it once."""
    order, count = context["order"], context["orders"]
    key = f"{chat_id} {count} {order['film']} {order['time']} {order['seats']} {order['email']}"
    return 1000 + zlib.crc32(key.encode()) % 9000


def say(sender, chat_id, text, *options):
    sender.send_message(chat_id, text, options=list(options) or None)


def show_films(sender, chat_id, text):
    say(sender, chat_id, text, *FILMS)


def anew(context):
    """Return a context for another order of the same person."""
    return {"order": {}, "orders": context.get("orders", 0)}


def due(context):
    return price(context["order"]) - context["paid"]


@step("foyer")
def foyer(chat_id, text, context, sender):
    show_films(sender, chat_id, "Welcome to the Odeon. Which film would you like to see?")
    return "film", anew(context)


@step("film")
def choose_film(chat_id, text, context, sender):
    film = match(text, FILMS)
    if not film:
        show_films(sender, chat_id, "We do not show that.")
        return "film", context
    if film in AGE_LIMITED:
        say(sender, chat_id, "It is for grown-ups. Are you 16 or older?", "I am", "I am not")
        return "age", {**context, "order": {"film": film}}
    say(sender, chat_id, f"{film}: at what time?", *FILMS[film], "Another film")
    return "time", {**context, "order": {"film": film}}


@step("age")
def check_age(chat_id, text, context, sender):
    answer = match(text, ["I am", "I am not"])
    film = context["order"]["film"]
    if answer == "I am":
        say(sender, chat_id, f"{film}: at what time?", *FILMS[film], "Another film")
        return "time", context
    if answer == "I am not":
        show_films(sender, chat_id, "Then let us take another one.")
        return "film", anew(context)
    say(sender, chat_id, "I have to know this.", "I am", "I am not")
    return "age", context


@step("time")
def choose_time(chat_id, text, context, sender):
    if match(text, ["Another film"]):
        show_films(sender, chat_id, "Which one, then?")
        return "film", anew(context)
    film = context["order"]["film"]
    time = match(text, FILMS[film])
    if time is None:
        say(sender, chat_id, f"{film} does not run then.", *FILMS[film], "Another film")
        return "time", context
    say(sender, chat_id, f"How many seats, up to {MAX_SEATS}?")
    return "seats", {**context, "order": {**context["order"], "time": time}}


@step("seats")
def choose_seats(chat_id, text, context, sender):
    said = text.strip() if isinstance(text, str) else ""
    if not re.fullmatch("[0-9]{1,2}", said) or not 1 <= int(said) <= MAX_SEATS:
        say(sender, chat_id, f"A number from 1 to {MAX_SEATS}, please.")
        return "seats", context
    say(sender, chat_id, "Where shall we send the tickets? Your email address, please.")
    return "email", {**context, "order": {**context["order"], "seats": int(said)}}


@step("email")
def read_email(chat_id, text, context, sender):
    email = text.strip() if isinstance(text, str) else ""
    if not EMAIL.fullmatch(email):
        say(sender, chat_id, "That is no email address.")
        return "email", context
    order = {**context["order"], "email": email}
    say(sender, chat_id, f"That makes {price(order)} EUR. Have you got a gift card? Send its code.", "No card")
    return "card", {**context, "order": order, "paid": 0, "cards": []}


@step("card")
def read_card(chat_id, text, context, sender):
    code = match(text, CARDS)
    if code is not None and code in context["cards"]:
        say(sender, chat_id, "That card is spent.", "No card")
        return "card", context
    if code is not None:
        paid = min(context["paid"] + CARDS[code], price(context["order"]))
        context = {**context, "paid": paid, "cards": [*context["cards"], code]}
        if due(context) > 0:
            say(sender, chat_id, f"{due(context)} EUR are left. Another card?", "No card")
            return "card", context
        say(sender, chat_id, "The card covers it all. Shall I book?", "Book", "Start over")
        return "free", context
    if match(text, ["No card"]):
        say(sender, chat_id, f"{due(context)} EUR to pay. Shall I make the order?", "Pay", "Start over")
        return "pay", context
    say(sender, chat_id, "I do not know this card.", "No card")
    return "card", context


@step("free")
def book_free(chat_id, text, context, sender):
    if match(text, ["Book"]):
        return hand_over(chat_id, {**context, "number": order_number(chat_id, context)}, sender)
    if match(text, ["Start over"]):
        show_films(sender, chat_id, "All right. Which film?")
        return "film", anew(context)
    say(sender, chat_id, "Shall I book?", "Book", "Start over")
    return "free", context


@step("pay")
def place_order(chat_id, text, context, sender):
    if match(text, ["Start over"]):
        show_films(sender, chat_id, "Forgotten. Which film?")
        return "film", anew(context)
    if not match(text, ["Pay"]):
        say(sender, chat_id, "Shall I make the order?", "Pay", "Start over")
        return "pay", context
    number = order_number(chat_id, context)
    try:
        answer = httpx.put(f"{CASHIER}/orders/{number}", json={"amount": due(context)}, timeout=5)
        answer.raise_for_status()
    except httpx.HTTPError:
        say(sender, chat_id, "The cashier does not answer. Shall I try again?", "Pay", "Start over")
        return "pay", context
    say(sender, chat_id, f"Order {number}. Pay {due(context)} EUR at {CASHIER}/{number}", "Cancel")
    return "cashier", {**context, "number": number, "orders": context["orders"] + 1, "seen": []}


@step("cashier")
def wait_for_payment(chat_id, text, context, sender):
    report = report_of(text)
    if report is not None:
        return take_report(chat_id, report, context, sender)
    if match(text, ["Cancel"]):
        say(sender, chat_id, f"Order {context['number']} is cancelled; what you have paid comes back.", "New order")
        return "closed", {
            "number": context["number"],
            "orders": context["orders"],
            "outcome": "cancelled",
            "seen": context["seen"],
        }
    say(sender, chat_id, f"I wait for {due(context)} EUR.", "Cancel")
    return "cashier", context


def take_report(chat_id, report, context, sender):
    """Count what the cashier reports of this order, each payment once."""
    if report.get("order") != context["number"]:
        return "cashier", context
    if report["payment"] in context["seen"]:
        return "cashier", context
    amount = report.get("amount")
    if report.get("status") != "paid" or type(amount) is not int or not 0 < amount <= due(context):
        say(sender, chat_id, "The payment did not go through. Please try again.", "Cancel")
        return "cashier", {**context, "seen": [*context["seen"], report["payment"]][-10:]}
    context = {**context, "paid": context["paid"] + amount, "seen": [*context["seen"], report["payment"]][-10:]}
    if due(context) > 0:
        say(sender, chat_id, f"Thank you, {due(context)} EUR to go.", "Cancel")
        return "cashier", context
    return hand_over(chat_id, context, sender)


def hand_over(chat_id, context, sender):
    order = context["order"]
    say(
        sender,
        chat_id,
        f"{order['seats']} seats for {order['film']} at {order['time']}: sent to {order['email']}.",
        "New order",
    )
    return "closed", {
        "number": context["number"],
        "orders": context["orders"],
        "outcome": "sold",
        "seen": context.get("seen", []),
    }


@step("closed")
def closed(chat_id, text, context, sender):
    if report_of(text) is not None:
        return "closed", context  # the order is closed: what comes late is the cashier's to sort out
    if match(text, ["New order"]):
        show_films(sender, chat_id, "Which film would you like to see now?")
        return "film", anew(context)
    say(sender, chat_id, f"Order {context['number']} is {context['outcome']}.", "New order")
    return "closed", context
