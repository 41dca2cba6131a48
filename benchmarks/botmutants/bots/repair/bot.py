"""A repair desk on a state machine: what is broken, is it under warranty, when can we fetch it; the workshop reports back."""

import json
import re
from datetime import date, timedelta

from transitions import Machine, State

DEVICES = {"phone": "Phone", "laptop": "Laptop", "radio": "Radio"}
FAULTS = {"screen": "Screen", "battery": "Battery", "sound": "Sound", "else": "Something else"}
PRICES = {"screen": 120, "battery": 60, "sound": 45, "else": 80}
WARRANTY = timedelta(days=730)
MAX_DETAILS = 200
MAX_REMINDERS = 3


class RepairDesk:
    """The model: what the customer said is kept in its attributes."""

    def __init__(self):
        self.case = {}
        self.log = []
        self.reminders = 0
        self.machine = Machine(
            self,
            states=[
                "device",
                "fault",
                "details",
                "serial",
                "bought",
                "offer",
                "address",
                "pickup",
                "workshop",
                State("handed_back", final=True),
                State("declined", final=True),
            ],
            initial="device",
            auto_transitions=False,
            transitions=[
                {"trigger": "named", "source": "device", "dest": "fault"},
                {"trigger": "described", "source": "fault", "dest": "details", "conditions": "is_unusual"},
                {"trigger": "described", "source": "fault", "dest": "serial"},
                {"trigger": "detailed", "source": "details", "dest": "serial"},
                {"trigger": "numbered", "source": "serial", "dest": "bought"},
                {"trigger": "dated", "source": "bought", "dest": "address", "conditions": "is_free"},
                {"trigger": "dated", "source": "bought", "dest": "offer"},
                {"trigger": "accepted", "source": "offer", "dest": "address"},
                {"trigger": "refused", "source": "offer", "dest": "declined"},
                {"trigger": "located", "source": "address", "dest": "pickup"},
                {"trigger": "scheduled", "source": "pickup", "dest": "workshop"},
                {"trigger": "back", "source": "pickup", "dest": "address"},
                {"trigger": "mended", "source": "workshop", "dest": "handed_back"},
                {"trigger": "gave_up", "source": "workshop", "dest": "declined"},
            ],
        )

    def say(self, text, options=()):
        print(text)

    # ---- what is asked on the way in

    def on_enter_fault(self):
        self.say("What is wrong with it?", FAULTS)

    def on_enter_details(self):
        self.say("Please describe it in a sentence.")

    def on_enter_serial(self):
        self.say("What is its serial number? It begins with SN.")

    def on_enter_bought(self):
        self.say("When did you buy it? For example 2025-06-30.")

    def on_enter_offer(self):
        self.say(f"The repair costs {PRICES[self.case['fault']]} EUR.", {"accept": "Repair it", "refuse": "No, thanks"})

    def on_enter_address(self):
        self.say("Where shall we fetch it? Street and number.")

    def on_enter_pickup(self):
        self.say("In the morning or in the evening?", {"am": "Morning", "pm": "Evening", "address": "Other address"})

    def on_enter_workshop(self):
        self.say("We fetch it tomorrow. The workshop tells you how it goes.")

    def on_enter_handed_back(self):
        self.say("It is mended, and on its way back to you.")

    def on_enter_declined(self):
        self.say("You get it back as it is. Good-bye.")

    # ---- guards

    def is_unusual(self):
        return self.case["fault"] == "else"

    def is_free(self):
        return date.today() - date.fromisoformat(self.case["bought"]) <= WARRANTY

    # ---- what arrives

    def on_start(self):
        if self.state == "device":
            self.say("Repair desk, hello! What is it?", DEVICES)
        else:
            self.say("Let us go on where we were.")

    def on_message(self, text):
        reader = getattr(self, f"read_{self.state}", None)
        if reader is None:
            self.say("This case is closed.")
        elif not reader(text.strip()):
            self.complain()

    def complain(self):
        options = {"device": DEVICES, "fault": FAULTS}.get(self.state, ())
        self.say("I did not understand that.", options)

    def one_of(self, text, options):
        return next((key for key, title in options.items() if text.casefold() in (key, title.casefold())), None)

    def read_device(self, text):
        device = self.one_of(text, DEVICES)
        if device is None:
            return False
        self.case = {"device": device}
        return self.named()

    def read_fault(self, text):
        fault = self.one_of(text, FAULTS)
        if fault is None:
            return False
        self.case["fault"] = fault
        return self.described()

    def read_details(self, text):
        if not 5 <= len(text) <= MAX_DETAILS or " " not in text or self.one_of(text, FAULTS):
            return False
        self.case["details"] = text
        return self.detailed()

    def read_serial(self, text):
        if not re.fullmatch(r"SN[0-9]{6}", text.upper()):
            return False
        self.case["serial"] = text.upper()
        return self.numbered()

    def read_bought(self, text):
        try:
            bought = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
        except ValueError:
            bought = None
        if bought is None or bought > date.today():
            return False
        self.case["bought"] = bought.isoformat()
        return self.dated()

    def read_offer(self, text):
        answer = self.one_of(text, {"accept": "Repair it", "refuse": "No, thanks"})
        if answer == "accept":
            return self.accepted()
        if answer == "refuse":
            return self.refused()
        self.say("Shall we repair it?", {"accept": "Repair it", "refuse": "No, thanks"})
        return True

    def read_address(self, text):
        if not re.fullmatch(r"[A-Z][a-z]+( [A-Z][a-z]+)* [0-9]{1,4}", text):
            return False
        self.case["address"] = text
        return self.located()

    def read_pickup(self, text):
        choice = self.one_of(text, {"am": "Morning", "pm": "Evening", "address": "Other address"})
        if choice == "address":
            return self.back()
        if choice in ("am", "pm"):
            self.case["pickup"] = choice
            return self.scheduled()
        self.say("Morning or evening?", {"am": "Morning", "pm": "Evening", "address": "Other address"})
        return True

    def read_workshop(self, text):
        self.reminders = min(self.reminders + 1, MAX_REMINDERS)
        if self.reminders >= MAX_REMINDERS:
            self.say("I have reminded the workshop as often as I may.")
        else:
            self.say("I have reminded the workshop.")
        return True

    def on_callback(self, body):
        try:
            report = json.loads(body)
        except (ValueError, RecursionError):
            return
        if self.state != "workshop" or not isinstance(report, dict):
            return
        if report.get("serial") != self.case["serial"] or not isinstance(report.get("id"), int):
            return
        if report["id"] in [entry["id"] for entry in self.log]:
            return
        self.take_report(report["id"], report.get("news"))

    def take_report(self, number, news):
        self.log = [*self.log, {"id": number, "hours": self.hours() + 1}][-5:]
        if news == "progress":
            self.say(f"The workshop has worked on it for {self.hours()} hours.")
        elif news == "mended":
            self.mended()
        elif news == "hopeless":
            self.gave_up()

    def hours(self):
        return min(self.log[-1]["hours"], 40) if self.log else 0


desk = RepairDesk()
