"""A bot of jb_manager_bot 0.1.x: it lends bicycles, takes a deposit by a plugin, and has a few faults to find."""

import json
from itertools import pairwise

from jb_manager_bot import AbstractFSM, FSMOutput, MessageData, MessageType, OptionsListType, Status


def chain(*states):
    return [{"source": source, "dest": dest, "trigger": "next"} for source, dest in pairwise(states)]


class Speaking(AbstractFSM):
    def __init__(self, send_message, credentials=None):
        self.credentials = credentials or {}
        super().__init__(send_message=send_message)

    def say(self, text, *options):
        self.send_message(
            FSMOutput(
                message_data=MessageData(body=text),
                type=MessageType.INTERACTIVE if options else MessageType.TEXT,
                options_list=[OptionsListType(id=str(n), title=title) for n, title in enumerate(options, 1)] or None,
            )
        )


class Deposit(Speaking):
    """Asks for a deposit, and waits for the bank."""

    states = ["zero", "ask", "paid", "end"]
    transitions = chain("zero", "ask", "paid", "end")
    output_variables = {"receipt"}

    def on_enter_ask(self):
        self.say(f"Pay {self.variables['amount']} at {self.credentials['BANK']}")
        self.status = Status.WAIT_FOR_CALLBACK

    def on_enter_paid(self):
        self.variables["receipt"] = json.loads(self.current_callback)["receipt"]
        self.status = Status.MOVE_FORWARD


class Bicycles(Speaking):
    states = ["zero", "choose", "unknown", "deposit", "thanks", "end"]
    transitions = [
        *chain("zero", "choose"),
        {"source": "choose", "dest": "deposit", "trigger": "next", "conditions": "is_bicycle"},
        {"source": "choose", "dest": "unknown", "trigger": "next"},
        *chain("unknown", "choose"),
        *chain("deposit", "thanks", "end"),
    ]
    conditions = {"is_bicycle"}

    def __init__(self, send_message, credentials=None):
        self.plugins = {"deposit": Deposit(send_message, credentials)}
        super().__init__(send_message, credentials)

    def is_bicycle(self):
        try:
            self.chosen = json.loads(self.current_input)[0]["option_text"]
        except (ValueError, TypeError):
            return False
        return True

    def on_enter_choose(self):
        self.say("Which bicycle?", "City", "Mountain")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_unknown(self):
        self.variables["misses"] = self.variables.get("misses", 0) + 1
        self.say("Please choose one of these.")
        self.status = Status.MOVE_FORWARD

    def on_enter_deposit(self):
        result = self.run_plugin("deposit", amount=50)
        if result != self.RUN_TOKEN:
            self.variables["receipt"] = result["receipt"]
            self.status = Status.MOVE_FORWARD

    def on_enter_thanks(self):
        self.say(f"Thank you, receipt {self.variables['receipt']}")
        self.status = Status.MOVE_FORWARD


class Faulty(Speaking):
    """What is wrong with a bot is named by the input that brings it about."""

    states = ["zero", "ask", "stuck", "round", "broken", "silly", "end"]
    transitions = [
        *chain("zero", "ask"),
        *(
            {"source": "ask", "dest": state, "trigger": "next", "conditions": f"is_{state}"}
            for state in ("stuck", "round", "broken", "silly", "end")
        ),
        *chain("round", "round"),
    ]
    conditions = {"is_stuck", "is_round", "is_broken", "is_silly", "is_end"}

    def is_stuck(self):
        return self.current_input == "stuck"

    def is_round(self):
        return self.current_input == "round"

    def is_broken(self):
        return self.current_input == "broken"

    def is_silly(self):
        return self.current_input == "silly"

    def is_end(self):
        return self.current_input == "end"

    def on_enter_ask(self):
        self.variables["seen"] = []
        self.say("What?")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_stuck(self):
        self.status = Status.MOVE_FORWARD

    def on_enter_round(self):
        self.status = Status.MOVE_FORWARD

    def on_enter_broken(self):
        self.variables["seen"].append("broken")
        self.say("before")
        raise ValueError("out of bicycles")

    def on_enter_silly(self):
        self.variables["when"] = {1, 2}
        self.status = Status.WAIT_FOR_USER_INPUT


class Unfinished(Speaking):
    states = ["zero", "ask"]
    transitions = chain("zero", "ask")
