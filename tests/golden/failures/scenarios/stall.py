"""A tea stall, with everything wrong that a conversation alone can show."""

from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, Status
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager

stall = ChatOrchestrator(InMemoryStateManager(), RecordingSender(), initial_state_id="counter")
ANSWERS = {
    "blank": ("", "counter", {}),
    "pair": ("Two cups", "counter", {"cups": (1, 2)}),
    "crowd": ("Many cups", "counter", {"cups": list(range(20))}),
    "close": ("Closed", "closed", {}),
}
served = []
guests = []


@stall.register_step("counter")
def counter(chat_id, text, context, sender):
    if text == "hush":
        return "counter", context
    if text == "bell":
        served.append(text)
        sender.send_message(chat_id, f"Guest number {len(served)}")
        return "counter", context
    if text == "table":
        guests.append(chat_id)
        sender.send_message(chat_id, f"{len(guests)} at the table")
        return "counter", {"table": True}
    if text in ANSWERS:
        said, state, kept = ANSWERS[text]
        sender.send_message(chat_id, said)
        return state, kept
    sender.send_message(chat_id, "Tea or milk?", ["Tea", "Milk"])
    return "choose", {}


@stall.register_step("choose")
def choose(chat_id, text, context, sender):
    if text == "Tea":
        sender.send_message(chat_id, "With sugar?", ["Yes", "No"])
        return "sugar", {}
    sender.send_message(chat_id, "What?", ["Tea", "Milk"])
    return "choose", {}


@stall.register_step("sugar")
def sugar(chat_id, text, context, sender):
    if text == "Milk":
        sender.send_message(chat_id, "Milk, then")
        return "counter", {}
    sender.send_message(chat_id, "Here you are" if text in ("Yes", "No") else "Yes or no?", ["Yes", "No"])
    return ("counter" if text in ("Yes", "No") else "sugar"), {}


@stall.register_step("closed")
def closed(chat_id, text, context, sender):
    return "closed", context


class Queue(AbstractFSM):
    """Somebody who takes a number waits for ever."""

    states = ["zero", "ask", "read", "wait", "end"]
    transitions = [
        {"trigger": "next", "source": "zero", "dest": "ask"},
        {"trigger": "next", "source": "ask", "dest": "read"},
        {"trigger": "next", "source": "read", "dest": "wait", "conditions": "takes_number"},
        {"trigger": "next", "source": "read", "dest": "end"},
        {"trigger": "next", "source": "wait", "dest": "wait"},
    ]
    conditions = {"takes_number"}

    def say(self, text):
        self.send_message(FSMOutput(message_data=MessageData(body=text)))

    def on_enter_ask(self):
        self.say("A number?")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read(self):
        self.variables["said"] = self.current_input == "yes"
        self.status = Status.MOVE_FORWARD

    def on_enter_wait(self):
        self.say("Please wait")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_end(self):
        self.say("Bye")
        self.status = Status.END

    def takes_number(self):
        return self.variables["said"]
