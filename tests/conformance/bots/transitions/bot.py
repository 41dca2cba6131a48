"""Bots on the transitions library: words as triggers, words that are read, parallel states, coroutines."""

# ruff: noqa: T201 - a console bot prints, and a stand-in takes arguments

import enum
import logging

from transitions import Machine, State
from transitions.extensions import HierarchicalMachine
from transitions.extensions.asyncio import AsyncMachine


class Door:
    """A console bot: it knows three words, and prints."""

    def __init__(self):
        self.knocks = 0
        self.log = logging.getLogger("door")
        self.machine = Machine(
            self,
            states=["closed", "open", State("gone", final=True)],
            initial="closed",
            transitions=[
                {"trigger": "knock", "source": "closed", "dest": "open", "conditions": "often", "prepare": "count"},
                {"trigger": "step_in", "source": "open", "dest": None, "after": "greet"},
                {"trigger": "leave", "source": "*", "dest": "gone"},
            ],
        )

    def count(self):
        self.knocks += 1

    def often(self):
        return self.knocks >= 2

    def on_enter_open(self):
        print("The door opens.\nCome in", end="!\n")

    def greet(self):
        print("Hello.")


class Steps(enum.Enum):
    NAME = 1
    SIZE = 2
    DONE = 3


class Shop:
    """A bot that reads what people write, and sends its replies."""

    def __init__(self):
        self.order = {}
        self.machine = Machine(self, states=Steps, initial=Steps.NAME, send_event=True)
        self.machine.add_transition("named", Steps.NAME, Steps.SIZE)
        self.machine.add_transition("sized", Steps.SIZE, Steps.DONE, unless="sold_out")

    def reply(self, text, options=()):
        raise AssertionError("the adapter speaks in its place")

    def sold_out(self, event):
        return event.kwargs["size"] == "XL"

    def on_start(self):
        return "What is your name?"

    def on_message(self, text):
        if self.state is Steps.NAME:
            self.order["name"] = text
            self.named()
            self.reply(f"Which size, {text}?", options={"s": "Small", "xl": "XL"})
        elif not self.sized(size=text):
            return ["Sold out.", "Another one?"]
        return None

    def on_enter_DONE(self, event):  # noqa: N802
        self.order["size"] = event.kwargs["size"]
        self.reply("Thank you.", ["Again"])

    def on_form(self, data):
        self.order |= data
        return "Noted."

    def on_file(self, data, name):
        self.order["file"] = f"{name}: {len(data)}"

    def on_callback(self, body):
        if body == "date":
            self.when = {1, 2}
        elif body == "client":
            self.client = object()
        elif body == "forget":
            del self.order
        else:
            self.order = body
            raise ValueError(body)


class Kitchen:
    """A model with nested and parallel states, and coroutines for its events."""

    def __init__(self):
        self.machine = HierarchicalMachine(
            self,
            states=[
                "idle",
                {
                    "name": "busy",
                    "parallel": ["oven", {"name": "bill", "children": ["open", "paid"], "initial": "open"}],
                },
            ],
            initial="idle",
            transitions=[["cook", "idle", "busy"], ["pay", "busy_bill_open", "busy_bill_paid"]],
        )

    async def on_start(self):
        return "Hungry?"


class Slow:
    def __init__(self):
        self.machine = AsyncMachine(self, states=["a", "b"], initial="a", transitions=[["go", "a", "b"]])

    async def on_enter_b(self):
        self.say("arrived")

    def say(self, text):
        """Stand for the chat."""


class Own(Machine):
    """A machine that is its own model."""

    def __init__(self):
        self.visits = 0
        super().__init__(
            states=["here", "there"], initial="here", transitions=[["go", "here", "there"], ["go", "there", "here"]]
        )

    def on_enter_there(self):
        self.visits += 1


bare = Machine(states=["off", "on"], initial="off", transitions=[["switch", "off", "on"], ["switch", "on", "off"]])
nobody = Machine(model=None, states=["off"], initial="off")
