"""What people say to the ten bots: by hand, on happy and unhappy ways.

It shows that a mutant is a bug, and is no input of the search.

A line is text, or one of `start`, `tap`, `callback`, `form`, `file`, `wait`.  What a callback holds may be taken from the
chat's variables with a function of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a person or the world does: `kind` is the method of a session that does it."""

    kind: str
    value: Any = None


Said: TypeAlias = str | Line
Talk: TypeAlias = list[Said]
Report: TypeAlias = dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any]]

start = Line("send")
JPEG, PDF = b"\xff\xd8\xff\xe0", b"%PDF-1.7"


def tap(title: str) -> Line:
    """Choose the option with this title."""
    return Line("tap", title)


def callback(report: Report) -> Line:
    """Let a webhook call with *report*, or with what it returns for the chat's variables."""
    return Line("callback", report)


def form(**fields: Any) -> Line:
    """Fill a form in."""
    return Line("form", fields)


def file(data: bytes) -> Line:
    """Send a file."""
    return Line("file", data)


def wait(seconds: float) -> Line:
    """Let time pass."""
    return Line("wait", seconds)


DAY = 24 * 60 * 60

# ---------------------------------------------------------------- orchestrators

BARBER_TO_CONFIRM: Talk = [
    "hello", tap("Book"), tap("Haircut"), tap("Renata"), tap("Wed 7 Jan"), tap("13:00"), "Ann Lee", "+49 170 1234567",
]  # fmt: skip
BARBER: list[Talk] = [
    [*BARBER_TO_CONFIRM, tap("Yes, book it"), "hm?", tap("Thanks"), "hi", tap("Prices"), tap("Where are you?")],
    [*BARBER_TO_CONFIRM, "what?", tap("Other time"), tap("Other day"), tap("Other barber"), tap("Aldo"), "Sunday", "Tue 6 Jan", "12:00", "09:00", "Bo Ek", "0301234", tap("Yes, book it"), tap("Cancel it")],
    [*BARBER_TO_CONFIRM, wait(601), "hm", tap("Yes, book it"), tap("15:30"), "Ann Lee", "030 123456", wait(700), "Yes, book it", "17:00", "Ann Lee", "030123456", "Yes, book it"],
    [*BARBER_TO_CONFIRM, wait(600), tap("Yes, book it")],
    [*BARBER_TO_CONFIRM, tap("Never mind"), "x", tap("Book"), "x", tap("Beard trim"), "x", tap("Aldo"), tap("Tue 6 Jan"), tap("10:30"), "ann", "A" + "a" * 30 + " Bo" + "b" * 10, "Ann Lee", "x", "12345", "x"],
    ["hello", "Book", "Haircut", "Aldo", "Tue 6 Jan", "09:00", "A" + "a" * 36 + " Bo", "123456", "Yes, book it"],
    ["hello", "Book", "Haircut", "Aldo", "Tue 6 Jan", "09:00", "Ann Lee", "12345678901234", "Other time", "Other day", "Sun 11 Jan", "Mon 12 Jan", "Sat 10 Jan"],
    ["hello", "Book", "Haircut", "Renata", "Mon 5 Jan", "Sun 11 Jan", "Sat 10 Jan", "09:00"],
]  # fmt: skip

LIBRARY_IN: Talk = [start, "700123", "2580"]
LIBRARY: list[Talk] = [
    [*LIBRARY_IN, tap("Find a book"), "wolf", tap("The Sea Wolf"), tap("Borrow"), tap("My books"), tap("The Sea Wolf"), tap("Renew"), "x", tap("Renew"), "Renew", tap("Back"), tap("The Sea Wolf"), tap("Bring back"), tap("My books"), "x", tap("Back"), tap("Leave"), "hi", "700456", "1937"],
    [*LIBRARY_IN, tap("Find a book"), "melville", "x", tap("Search again"), "zz", "zzz", "x" * 60, "x" * 61, "London", tap("White Fang"), "x", tap("Borrow"), tap("Find a book"), "fang", tap("White Fang"), tap("Borrow"), "nonsense"],
    [*LIBRARY_IN, "Find a book", "london", "White Fang", "Borrow", "Find a book", "london", "The Sea Wolf", "Borrow", "Find a book", "eliot", "Middlemarch", "Borrow", "Find a book", "moby", "Moby-Dick", "Borrow", "My books", "Middlemarch", "Bring back", "Find a book", "moby", "Moby-Dick", tap("Borrow"), "Find a book", "typ", "Typee", tap("Back to the hall")],
    [start, "12", "700999", "700456", "1111", "2222", "1937", "My books"],
    [start, "700456", "1", "2", "3", "x", tap("Start over"), wait(DAY), "x", tap("Start over"), "700456", "1937"],
]  # fmt: skip

VISA_TO_CHECK: Talk = [
    "hi", tap("Begin"), "Lee", "Ann", "1990-05-17", "Norway", "AB123456", "2030-01-01", file(PDF), tap("Holiday"),
    "2026-03-01", tap("Up to 2 weeks"), "12 Mill Road", "Bergen", tap("No"), tap("No"), "ann@lee.example", tap("I have it"),
]  # fmt: skip
VISA: list[Talk] = [
    [*VISA_TO_CHECK, "x", tap("Send it"), "x", tap("How long?"), tap("Another one"), "x", "Begin"],
    [*VISA_TO_CHECK[:-1], "x", tap("Not yet"), tap("Change the purpose"), "x", tap("Work"), "2026-01-05", "2026-01-06", "x", tap("Up to 3 months"), "x", "1 A St", "7", "Oslo", "x", tap("Yes"), "x", tap("Yes"), "x", "a@b.example", "Not yet", tap("Tear it up")],
    ["hi", "x", "Begin", "7", "Lee", "{", "Ann", "x", "2026-01-05", "2026-13-01", "2026-01-04", "1", "Peru", "x", "xy 000001", "x", "2026-07-03", "Begin", "Lee", "Ann", "1990-05-17", "Peru", "XY000001", "2026-07-04", "x", file(b"x"), file(PDF + b"x" * 1_000_000), file(PDF), "Study"],
    [*VISA_TO_CHECK[:9], tap("Study"), *VISA_TO_CHECK[10:], "Send it"],
    [*VISA_TO_CHECK[:9], tap("Family"), *VISA_TO_CHECK[10:], "Send it"],
    [*VISA_TO_CHECK[:9], tap("Work"), *VISA_TO_CHECK[10:], "Send it"],
    [*VISA_TO_CHECK[:8], file(PDF + b"x" * (1_000_000 - len(PDF))), "Family"],
]  # fmt: skip


def cashier(payment: str, amount: int | None, status: str = "paid", order: int | None = None) -> Line:
    """Let the cinema's cashier report a payment of the open order, of all that is due without *amount*."""

    def report(seen: dict[str, Any]) -> dict[str, Any]:
        due = 9 * seen["order"]["seats"] - seen["paid"] if amount is None else amount
        return {"payment": payment, "order": order or seen["number"], "amount": due, "status": status}

    return callback(report)


CINEMA_TO_CARD: Talk = [start, tap("Metropolis"), tap("20:30"), "2", "ann@lee.example"]
CINEMA_TO_CASHIER: Talk = [*CINEMA_TO_CARD, tap("No card"), tap("Pay")]
CINEMA: list[Talk] = [
    [*CINEMA_TO_CASHIER, "?", cashier("p1", 9), cashier("p1", 9), cashier("p2", None), "x", cashier_late := callback(lambda seen: {"payment": "p3", "order": seen["number"], "amount": 5, "status": "paid"}), "New order", "City Lights"],
    [*CINEMA_TO_CASHIER, cashier("p1", 9, order=1), cashier("p2", 9, "failed"), cashier("p3", 19), cashier("p4", 0), cashier("p5", 18)],
    [*CINEMA_TO_CASHIER, cashier("p1", 5), tap("Cancel"), cashier_late, "x", "New order", "City Lights", "15:00", "6", "b@b.example", "GIFT25", "gift25", "x", "GIFT10", "No card", "Pay", cashier("p1", 19)],
    [*CINEMA_TO_CARD, "x", "GIFT10", "GIFT25", "x", tap("Book"), "x"],
    [*CINEMA_TO_CARD, "GIFT25", tap("Start over"), "x", "Nosferatu", "x", tap("I am not"), "Nosferatu", tap("I am"), "x", tap("Another film"), "Metropolis", "x", "18:00", "0", "7", "x", "1", "x", "a@b.example", "No card", "x", tap("Start over"), "Metropolis"],
]  # fmt: skip


def house(number: int, event: str = "bar") -> Line:
    """Let the hotel's house report an event."""
    return callback({"event": event, "id": number})


HOTEL_IN: Talk = ["hi", "lake22", tap("Yes, I am")]
HOTEL: list[Talk] = [
    [*HOTEL_IN, tap("Wishes"), tap("Towels"), "x", "Towels", tap("Breakfast in bed"), "x", tap("Coffee"), tap("Late check-out"), tap("Nothing more"), tap("Check out"), "x", tap("I stay"), tap("Check out"), tap("Yes, the bill"), "x", tap("Card"), "x", house(9)],
    [*HOTEL_IN, house(1), house(1), house(2), house(3, "cleaned"), house(4, "rain"), "Wake-up call", "x", house(5), "07:30", tap("Door code"), "x", tap("Not now"), tap("Door code"), tap("Make one"), "Door code", "Make one", wait(13 * 3600), "Door code", "Make one", tap("Complain"), "short", house(5), "It is cold in here", "Check out", "Yes, the bill", tap("Cash"), house(6)],
    ["hi", "x", "HILL07", "x", tap("No"), "HILL07", "Yes, I am", "x", tap("Complain"), wait(15 * 3600), "There is a draught", "Complain", "x" * 301, "x" * 300, "Door code", "Make one", wait(12 * 3600), "Door code", "Make one"],
    [*HOTEL_IN, "Complain", "123456789", "1234567890", "Complain", wait(14 * 3600), "This is too loud", "Complain", wait(7 * 3600), "This is too loud"],
]  # fmt: skip

# ---------------------------------------------------------------- machines


def courier(number: int, event: str, parcel: str | None = None) -> Line:
    """Let the courier report an event about the parcel of this chat."""
    return callback(lambda seen: {"parcel": parcel or seen["code"], "id": number, "event": event})


PARCEL_IN: Talk = [start, "ab 0070"]
PARCEL: list[Talk] = [
    [*PARCEL_IN, tap("Follow the courier"), courier(1, "stop"), courier(1, "stop"), courier(2, "stop"), courier(3, "stop", "ZZ0007"), courier(4, "lost"), callback({}), courier(5, "delivered"), "x", tap("Great")],
    [*PARCEL_IN, "x", tap("Where is it?"), tap("Deliver elsewhere"), "x", tap("Parcel shop"), tap("Where is it?"), tap("Deliver elsewhere"), tap("A neighbour"), "x", "12a", tap("Deliver elsewhere"), tap("Follow the courier"), wait(7200), courier(1, "stop"), wait(1), courier(2, "stop"), tap("That is all")],
    [start, "x", "AB0071", "AB0070", tap("Follow the courier"), courier(7, "returned")],
    [start, "x", "y", "z"],
    [*PARCEL_IN, "Follow the courier", courier(1, "delivered"), tap("Bad")],
    [*PARCEL_IN, "Follow the courier", courier(1, "delivered"), tap("Fine")],
]  # fmt: skip

CLAIMS_IN: Talk = [start, "P12345", callback({"policy": "P12345", "result": "confirmed"})]
CLAIMS_TO_REVIEW: Talk = [
    *CLAIMS_IN, tap("Theft"), "2025-12-31", "1234/25", file(JPEG + b"1"), file(JPEG + b"2"), tap("That is all"), "900", "1234567890",
]  # fmt: skip
CLAIMS: list[Talk] = [
    [*CLAIMS_TO_REVIEW, "x", tap("File it")],
    [*CLAIMS_TO_REVIEW, tap("Other sum"), "x", "150", "20001", "20000", "x", "0123456789", tap("Withdraw")],
    [start, "x", "P1", "P12345", callback({"policy": "P99999", "result": "confirmed"}), callback({}), callback({"policy": "P12345", "result": "rejected"})],
    [start, "x", "x", "x"],
    [*CLAIMS_IN, "x", tap("Water"), "x", "2026-01-06", "2025-10-07", "x", file(b"x"), file(JPEG), file(JPEG), file(JPEG + b"x" * 2_000_000), file(JPEG + b"2"), file(JPEG + b"3"), "200", "201", "1234567890", "File it"],
    [*CLAIMS_IN, tap("Broken glass"), "2025-10-06"],
    [*CLAIMS_IN, tap("Fire"), tap("Today"), "That is all", "0", "1", "1234567890", "File it"],
    [*CLAIMS_IN, tap("Theft"), "today", "x", "1234/25", file(JPEG + b"x" * (2_000_000 - len(JPEG))), "That is all", "151"],
]  # fmt: skip

SURVEY_TO_NAME: Talk = [
    start, tap("Yes"), tap("A house"), "1950", "120", tap("Gas"), "12", tap("Double panes"), tap("No"), tap("Yes"),
    form(adults=2, children=1), "21", tap("With the sun"), "3500", tap("Yes"), tap("Petrol"), "5000", tap("At once"),
]  # fmt: skip


def surveyed(**other: Said) -> Talk:
    """Return the survey's conversation with *other* answers, by the number of their line (``_5``)."""
    lines = dict(enumerate(SURVEY_TO_NAME)) | {int(number[1:]): line for number, line in other.items()}
    return [*lines.values(), "ann"]


SURVEY: list[Talk] = [
    [*SURVEY_TO_NAME, "x", "ann"],
    [start, "x", tap("No")],
    [start, *(said for line in SURVEY_TO_NAME[1:] for said in ("?", line)), "4", "ann"],
    surveyed(_16="2999", _7=tap("Single panes"), _5=tap("Oil")),
    surveyed(_8=tap("I am not sure"), _11="23", _5=tap("Wood")),
    surveyed(_8=tap("Yes"), _11="22", _5=tap("Heat pump"), _16="3000", _7=tap("Triple panes")),
    surveyed(_16="3000", _10=form(adults=12, children=0)),
    surveyed(_10=form(adults=1, children=0)),
    [start, "yes", "flat", "1499", "1500", "9", "10", "oil", "61", "60", "single", "no", "no", form(adults=0, children=2), form(adults=13, children=0), form(adults=1, children=12), "9", "10", "same", "99", "100", "no", "none", "100001", "100000", "later", "abc"],
]  # fmt: skip


def bank(payment: str, status: str = "paid") -> Line:
    """Let the bank report a payment under the mandate of this chat."""
    return callback(lambda seen: {"mandate": seen["mandate"], "payment": payment, "status": status})


DONATE_TO_WAITING: Talk = [start, tap("25 EUR"), tap("In three parts"), tap("My own"), tap("Yes")]
DONATE: list[Talk] = [
    [*DONATE_TO_WAITING, bank("a"), bank("a"), bank("b"), callback({"mandate": 1, "payment": "c", "status": "paid"}), bank("c")],
    [*DONATE_TO_WAITING, bank("a", "refused"), "x", tap("Ask again"), bank("a", "refused"), bank("b", "refused"), tap("Ask again"), bank("c", "refused"), tap("Ask again")],
    [*DONATE_TO_WAITING, bank("a", "odd"), bank("a", "refused"), tap("Stop it")],
    [start, "x", tap("Another sum"), "x", "4", "5001", "5000", "x", tap("Once"), "7", "x", "Bo Ek", "x", tap("Change the sum"), "10", "once", "nobody", "yes", bank("z")],
    [start, "60", "Once", "a" * 61, "a" * 60, tap("Stop it")],
    [start, "other", "5", "once", "ab", "yes", bank("z")],
]  # fmt: skip


def workshop(number: int, news: str) -> Line:
    """Let the workshop report on the device of this chat."""
    return callback(lambda seen: {"serial": seen["case"]["serial"], "id": number, "news": news})


REPAIR_TO_WORKSHOP: Talk = [
    start, tap("Laptop"), tap("Something else"), "It smells of smoke", "sn123456", "2020-05-05", tap("Repair it"), "Mill Road 12", tap("Morning"),
]  # fmt: skip
REPAIR: list[Talk] = [
    [*REPAIR_TO_WORKSHOP, "hm", "hm", "hm", workshop(1, "progress"), workshop(1, "progress"), workshop(2, "progress"), callback({"serial": "x", "id": 3, "news": "mended"}), workshop(4, "mended"), "hm", workshop(5, "progress"), workshop(6, "hopeless")],
    [start, start, "x", "radio", "x", "sound", "x", "SN1", "SN000001", "x", "2026-01-06", "2024-01-06", "x", "Mill Road 1", "x", tap("Other address"), "Old Street 2", tap("Evening"), workshop(1, "hopeless"), workshop(2, "mended"), start],
    [start, "phone", "else", "abc", "Screen", "it is", "SN000001", "2024-01-05", "x", "refuse", "x"],
    [start, "phone", "screen", "SN000001", "2020-01-05", "accept", "Mill Road 12", "pm"],
    [start, "phone", "battery", "SN000001", "2020-01-05", "accept", "Mill Road 12345", "Mill Road 1234", "pm"],
    [start, "phone", "sound", "SN000001", "2020-01-05"],
    [start, "phone", "else", "x " * 100, "x " * 101, "x y z", "SN000001", "2020-01-05"],
]  # fmt: skip

CONVERSATIONS: dict[str, list[Talk]] = {
    "barber": BARBER,
    "library": LIBRARY,
    "visa": VISA,
    "cinema": CINEMA,
    "hotel": HOTEL,
    "parcel": PARCEL,
    "claims": CLAIMS,
    "survey": SURVEY,
    "donate": DONATE,
    "repair": REPAIR,
}
