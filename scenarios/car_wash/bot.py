"""Book a car wash: choose a wash, say which car, show a fleet letter, take a slot, pay by link.

The order is `ask_…`, which asks and waits, then `read_…`, which makes sense of the answer and complains where it
cannot; guards over the variables decide where it goes from there.  Money is kept in cents.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
import zlib
from typing import Any

from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, MessageType, OptionsListType, Status

WASHES = {"express": "Express", "classic": "Classic", "deluxe": "Deluxe"}
CARS = {"small": "Small car", "family": "Family car", "van": "Van"}
PRICES = {"express": 900, "classic": 1500, "deluxe": 2400, "small": 0, "family": 400, "van": 800}
SLOTS = ("09:00", "10:30", "12:00", "14:30", "16:00")
FLEET_DISCOUNT = 20  # percent
LETTER_LIMIT = 5_000_000  # bytes
TRIES = 3
LINK_LASTS = 15 * 60  # seconds
OUTCOMES = ("paid", "declined", "expired", "sold_out")

ASKING = ("ask_wash", "ask_car", "ask_plate", "ask_letter", "ask_invoice", "ask_slot", "confirm", "payment_failed")
READING = ("read_wash", "read_car", "read_plate", "read_letter", "read_invoice", "read_slot", "read_payment")
ENDING = ("booked", "cancelled", "full", "desk")
CONFIRM = {"pay": "Pay now", "slot": "Other time", "cancel": "Cancel"}
RETRY = {"retry": "Try again", "cancel": "Cancel"}


def way(source: str, dest: str, condition: str | None = None) -> dict[str, str]:
    """Return a transition; of those with the same source the first whose condition holds is taken."""
    transition = {"trigger": "next", "source": source, "dest": dest}
    return transition | {"conditions": condition} if condition else transition


def words(received: object) -> str:
    """Return the id of the option that was tapped, or else what was typed; nothing for what is no text."""
    if not isinstance(received, str):
        return ""
    try:
        return str(json.loads(received)[0]["option_id"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return received.strip()


def fields(received: str | bytes | None) -> dict[str, Any]:
    """Return the fields of a form or a webhook, or none where *received* is something else."""
    try:
        data = json.loads(received or "")
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def pick(received: object, titles: dict[str, str]) -> str | None:
    """Return the id of the option that was tapped, or typed by its id or title; None for anything else."""
    said = words(received).casefold()
    return next((key for key, title in titles.items() if said in (key, title.casefold())), None)


def money(cents: int) -> str:
    return f"${cents // 100}.{cents % 100:02}"


class CarWash(AbstractFSM):
    states = ["zero", "welcome", *ASKING, *READING, "bill", "await_payment", "slot_lost", *ENDING]
    transitions = [
        *(way(state, "cancelled", "wants_to_cancel") for state in ASKING),
        way("zero", "welcome"),
        way("welcome", "ask_wash"),
        way("ask_wash", "read_wash"),
        way("read_wash", "ask_car", "has_wash"),
        way("read_wash", "ask_wash"),
        way("ask_car", "read_car"),
        way("read_car", "ask_plate", "has_car"),
        way("read_car", "ask_car"),
        way("ask_plate", "read_plate"),
        way("read_plate", "ask_letter", "has_plate"),
        way("read_plate", "desk", "has_tried_enough"),
        way("read_plate", "ask_plate"),
        way("ask_letter", "ask_slot", "wants_to_skip"),
        way("ask_letter", "read_letter"),
        way("read_letter", "ask_invoice", "has_letter"),
        way("read_letter", "ask_letter"),
        way("ask_invoice", "read_invoice"),
        way("read_invoice", "ask_slot", "has_invoice"),
        way("read_invoice", "ask_invoice"),
        way("ask_slot", "full", "has_no_slot_left"),
        way("ask_slot", "read_slot"),
        way("read_slot", "confirm", "has_slot"),
        way("read_slot", "ask_slot"),
        way("confirm", "bill", "wants_to_pay"),
        way("confirm", "ask_slot", "wants_other_slot"),
        way("confirm", "confirm"),
        way("bill", "await_payment"),
        way("await_payment", "read_payment"),
        way("read_payment", "booked", "was_paid"),
        way("read_payment", "payment_failed", "was_not_paid"),
        way("read_payment", "slot_lost", "was_sold_out"),
        way("read_payment", "await_payment"),
        way("payment_failed", "bill", "wants_to_retry"),
        way("payment_failed", "payment_failed"),
        way("slot_lost", "ask_slot"),
    ]
    conditions = {
        "wants_to_cancel",
        "wants_to_skip",
        "wants_to_pay",
        "wants_other_slot",
        "wants_to_retry",
        "has_wash",
        "has_car",
        "has_plate",
        "has_tried_enough",
        "has_letter",
        "has_invoice",
        "has_slot",
        "has_no_slot_left",
        "was_paid",
        "was_not_paid",
        "was_sold_out",
    }
    output_variables = set()

    def __init__(self, send_message: Any, credentials: dict[str, Any] | None = None) -> None:
        self.credentials = credentials or {}
        self.pay_url = self.credentials.get("PAY_URL", "https://pay.example")
        if not self.pay_url.startswith("https://"):
            raise ValueError(f"PAY_URL must begin with https://, not {self.pay_url!r}")
        super().__init__(send_message=send_message)

    def say(self, body: str, options: dict[str, str] | None = None, **more: Any) -> None:
        choices = [OptionsListType(id=key, title=title) for key, title in (options or {}).items()]
        header, footer = more.pop("header", None), more.pop("footer", None)
        self.send_message(
            FSMOutput(
                message_data=MessageData(body=body, header=header, footer=footer),
                type=more.pop("type", MessageType.INTERACTIVE if choices else MessageType.TEXT),
                options_list=choices or None,
                **more,
            )
        )

    # ------------------------------------------------------------ which wash, which car

    def on_enter_welcome(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say("Welcome to Splash & Go! I book your car wash for today. Write 'cancel' whenever you like.")
        self.status = Status.MOVE_FORWARD

    def on_enter_ask_wash(self) -> None:
        self.status = Status.WAIT_FOR_ME
        prices = ", ".join(f"{title} {money(PRICES[key])}" for key, title in WASHES.items())
        self.say(f"Which wash would you like? {prices}.", WASHES)
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_wash(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.choose("wash", WASHES)
        self.status = Status.MOVE_FORWARD

    def on_enter_ask_car(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say("What do you drive?", CARS)
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_car(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.choose("car", CARS)
        self.status = Status.MOVE_FORWARD

    def on_enter_ask_plate(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say("What is your number plate?")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_plate(self) -> None:
        self.status = Status.WAIT_FOR_ME
        plate = re.sub(r"[\s-]", "", words(self.current_input)).upper()
        if re.fullmatch(r"(?=.*[0-9])[A-Z0-9]{3,8}", plate):
            self.variables["plate"] = plate
        else:
            self.variables["tries"] = self.variables.get("tries", 0) + 1
            self.say("That does not look like a number plate. It has 3 to 8 letters and digits, such as AB12 CDE.")
        self.status = Status.MOVE_FORWARD

    # ------------------------------------------------------------ the fleet discount

    def on_enter_ask_letter(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say(
            f"Company cars get {FLEET_DISCOUNT}% off. Send your fleet letter as a PDF, or go on without.",
            {"skip": "No letter"},
        )
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_letter(self) -> None:
        self.status = Status.WAIT_FOR_ME
        letter = self.current_input
        if not isinstance(letter, bytes) or not letter.startswith(b"%PDF-"):
            self.say("I can only take a PDF.")
        elif len(letter) > LETTER_LIMIT:
            self.say("That file is larger than 5 MB.")
        else:
            # Variables are JSON: the fingerprint finds the letter again, the bytes stay with the platform.
            self.variables["letter"] = hashlib.sha256(letter).hexdigest()
            self.say(f"Thank you, you get {FLEET_DISCOUNT}% off.")
        self.status = Status.MOVE_FORWARD

    def on_enter_ask_invoice(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say(
            "Who gets the invoice?",
            type=MessageType.FORM,
            dest="channel",
            whatsapp_flow_id="fleet_invoice",
            whatsapp_screen_id="COMPANY",
        )
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_invoice(self) -> None:
        self.status = Status.WAIT_FOR_ME
        form = fields(self.current_input)
        company, email = (words(form.get(name)) for name in ("company", "email"))
        if 0 < len(company) <= 80 and company.isprintable() and re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", email):
            self.variables["invoice"] = {"company": company, "email": email}
        else:
            self.say("The form needs a company and a valid email address.")
        self.status = Status.MOVE_FORWARD

    # ------------------------------------------------------------ the slot

    def on_enter_ask_slot(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.variables.pop("slot", None)
        if free := self.free_slots():
            self.say("When would you like to come?", {slot: slot for slot in free})
            self.status = Status.WAIT_FOR_USER_INPUT
        else:
            self.status = Status.MOVE_FORWARD

    def on_enter_read_slot(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.choose("slot", {slot: slot for slot in self.free_slots()})
        self.status = Status.MOVE_FORWARD

    def on_enter_slot_lost(self) -> None:
        self.status = Status.WAIT_FOR_ME
        slot = self.variables["slot"]
        self.variables["taken"] = [*self.variables.get("taken", []), slot]
        self.say(f"I am sorry, somebody took {slot} while you paid. You have not been charged.")
        self.status = Status.MOVE_FORWARD

    # ------------------------------------------------------------ the payment

    def on_enter_confirm(self) -> None:
        self.status = Status.WAIT_FOR_ME
        wash, car = self.variables["wash"], self.variables["car"]
        discount = FLEET_DISCOUNT if "letter" in self.variables else 0
        self.variables["total"] = (PRICES[wash] + PRICES[car]) * (100 - discount) // 100
        self.say(
            f"{WASHES[wash]} wash for {self.variables['plate']} ({CARS[car].lower()}) at {self.variables['slot']}: "
            f"{money(self.variables['total'])}. Shall I book it?",
            CONFIRM,
            header="Your booking",
            footer=f"Including {discount}% fleet discount" if discount else None,
        )
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_bill(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.variables["bills"] = self.variables.get("bills", 0) + 1
        self.variables["order"] = self.order_number()
        self.variables["pay_by"] = time.time() + LINK_LASTS
        self.say(
            f"Order {self.variables['order']}, {money(self.variables['total'])}. "
            f"Pay within 15 minutes at {self.pay_url}/{self.variables['order']}"
        )
        self.status = Status.MOVE_FORWARD

    def on_enter_await_payment(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.status = Status.WAIT_FOR_CALLBACK

    def on_enter_read_payment(self) -> None:
        self.status = Status.WAIT_FOR_ME
        report = fields(self.current_callback)
        # A report about an earlier bill can come late: only the order that is open now counts.
        if str(report.get("order")) == str(self.variables["order"]) and report.get("status") in OUTCOMES:
            late = time.time() > self.variables.get("pay_by", float("inf"))
            self.variables["payment"] = "expired" if late else report["status"]
        else:
            self.variables.pop("payment", None)
        self.status = Status.MOVE_FORWARD

    def on_enter_payment_failed(self) -> None:
        self.status = Status.WAIT_FOR_ME
        why = {"declined": "Your bank declined the payment.", "expired": "The payment link has expired."}
        self.say(f"{why[self.variables['payment']]} Would you like to try again?", RETRY)
        self.status = Status.WAIT_FOR_USER_INPUT

    # ------------------------------------------------------------ how it ends

    def on_enter_booked(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say(
            f"See you at {self.variables['slot']}! Drive to the gate; it knows {self.variables['plate']}.",
            header="Booked",
            footer="Splash & Go, 12 Mill Road",
        )
        self.say(
            f"Receipt {self.variables['order']}: {money(self.variables['total'])}",
            type=MessageType.DOCUMENT,
            media_url=f"{self.pay_url}/{self.variables['order']}.pdf",
        )
        self.status = Status.END

    def on_enter_cancelled(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say("Cancelled, and nothing was charged. Write to me whenever the car is dirty.")
        self.status = Status.END

    def on_enter_full(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say("I am sorry, we are fully booked today. Please come back tomorrow.")
        self.status = Status.END

    def on_enter_desk(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say("Let me pass you to a colleague at the desk, who will call you.")
        self.status = Status.END

    # ------------------------------------------------------------ guards

    def wants_to_cancel(self) -> bool:
        return words(self.current_input).casefold() == "cancel"

    def wants_to_skip(self) -> bool:
        return pick(self.current_input, {"skip": "No letter"}) == "skip"

    def wants_to_pay(self) -> bool:
        return pick(self.current_input, CONFIRM) == "pay"

    def wants_other_slot(self) -> bool:
        return pick(self.current_input, CONFIRM) == "slot"

    def wants_to_retry(self) -> bool:
        return pick(self.current_input, RETRY) == "retry"

    def has_wash(self) -> bool:
        return "wash" in self.variables

    def has_car(self) -> bool:
        return "car" in self.variables

    def has_plate(self) -> bool:
        return "plate" in self.variables

    def has_tried_enough(self) -> bool:
        return "plate" not in self.variables and self.variables["tries"] >= TRIES

    def has_letter(self) -> bool:
        return "letter" in self.variables

    def has_invoice(self) -> bool:
        return "invoice" in self.variables

    def has_slot(self) -> bool:
        return "slot" in self.variables

    def has_no_slot_left(self) -> bool:
        return not self.free_slots()

    def was_paid(self) -> bool:
        return self.variables.get("payment") == "paid"

    def was_not_paid(self) -> bool:
        return self.variables.get("payment") in ("declined", "expired")

    def was_sold_out(self) -> bool:
        return self.variables.get("payment") == "sold_out"

    # ------------------------------------------------------------ what the states share

    def choose(self, name: str, titles: dict[str, str]) -> None:
        """Keep what was chosen under *name*, or complain."""
        if choice := pick(self.current_input, titles):
            self.variables[name] = choice
        else:
            self.say("Please choose one of the options.")

    def free_slots(self) -> list[str]:
        taken = self.variables.get("taken", [])
        return [slot for slot in SLOTS if slot not in taken]

    def order_number(self) -> int:
        """Return a number that the same bill always gets, so that a turn that runs twice asks for money once."""
        bill = f"{self.variables['plate']} {self.variables['slot']} {self.variables['bills']}"
        return 100_000 + zlib.crc32(bill.encode()) % 900_000
