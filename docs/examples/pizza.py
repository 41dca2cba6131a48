"""The bot that the pages in docs/ talk with: it sells a pizza, and waits for a webhook to say that it was paid."""

import json
import random
from datetime import datetime, timedelta

from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, MessageType, OptionsListType, Status

PRICES = {"Small": 9, "Large": 14}
TIME_TO_PAY = timedelta(minutes=30)


def answer(received):
    """Return what was typed, or the title of the option that was tapped."""
    return json.loads(received)[0]["option_text"] if received.startswith("[") else received


class Pizza(AbstractFSM):
    states = ["zero", "welcome", "size", "read_size", "coupon", "read_coupon", "address", "read_address"]
    states += ["pay", "read_payment", "paid", "expired"]
    transitions = [
        {"trigger": "next", "source": "zero", "dest": "welcome"},
        {"trigger": "next", "source": "welcome", "dest": "size"},
        {"trigger": "next", "source": "size", "dest": "read_size"},
        {"trigger": "next", "source": "read_size", "dest": "coupon", "conditions": "has_size"},
        {"trigger": "next", "source": "read_size", "dest": "size"},
        {"trigger": "next", "source": "coupon", "dest": "read_coupon"},
        {"trigger": "next", "source": "read_coupon", "dest": "address"},
        {"trigger": "next", "source": "address", "dest": "read_address"},
        {"trigger": "next", "source": "read_address", "dest": "pay"},
        {"trigger": "next", "source": "pay", "dest": "read_payment"},
        {"trigger": "next", "source": "read_payment", "dest": "expired", "conditions": "is_late"},
        {"trigger": "next", "source": "read_payment", "dest": "paid", "conditions": "is_paid"},
        {"trigger": "next", "source": "read_payment", "dest": "pay"},
    ]
    conditions = {"has_size", "is_late", "is_paid"}

    def say(self, body, options=(), *, header=None, footer=None, **more):
        data = MessageData(body=body, header=header, footer=footer)
        buttons = [OptionsListType(id=title[0].lower(), title=title) for title in options]
        self.send_message(FSMOutput(message_data=data, options_list=buttons or None, **more))

    def on_enter_welcome(self):
        self.say("Welcome!")
        self.status = Status.MOVE_FORWARD

    def on_enter_size(self):
        self.say("Which size?", PRICES, type=MessageType.INTERACTIVE)
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_size(self):
        size = answer(self.current_input or "")
        if size in PRICES:
            self.variables |= {"size": size, "total": PRICES[size]}
        else:
            self.say(f"We have no {size}.")
        self.status = Status.MOVE_FORWARD

    def on_enter_coupon(self):
        self.say("Send your coupon, or write none")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_coupon(self):
        if isinstance(self.current_input, bytes):
            self.variables["total"] -= 2
            self.say(f"Coupon accepted ({len(self.current_input)} bytes)")
        self.status = Status.MOVE_FORWARD

    def on_enter_address(self):
        self.say("Where to?", type=MessageType.FORM, dest="channel", whatsapp_flow_id="address")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_address(self):
        self.variables["address"] = json.loads(self.current_input)
        order, total = random.randrange(1000, 10000), self.variables["total"]
        self.variables |= {"order": order, "ordered": datetime.now().isoformat()}
        self.say(
            f"Order {order}, ${total}. Pay at https://pay.example/{order}",
            header=f"{self.variables['size']} pizza",
            footer="Prices include VAT",
        )
        self.status = Status.MOVE_FORWARD

    def on_enter_pay(self):
        self.status = Status.WAIT_FOR_CALLBACK

    def on_enter_read_payment(self):
        report = json.loads(self.current_callback or '{"order": null}')
        self.variables["paid"] = report["order"] == self.variables["order"] and report.get("status") == "ok"
        self.status = Status.MOVE_FORWARD

    def on_enter_paid(self):
        self.say("Thank you!")
        order = self.variables["order"]
        self.say(f"Receipt r-{order}", type=MessageType.DOCUMENT, media_url=f"https://pay.example/{order}.pdf")
        self.status = Status.END

    def on_enter_expired(self):
        self.say(f"Order {self.variables['order']} expired")
        self.status = Status.END

    def has_size(self):
        return "size" in self.variables

    def is_late(self):
        ordered = self.variables.get("ordered")
        return ordered is not None and datetime.now() - datetime.fromisoformat(ordered) > TIME_TO_PAY

    def is_paid(self):
        return self.variables["paid"]
