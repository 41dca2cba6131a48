"""The night porter of a hotel: check in, wishes to the room, wake-up call, and check out; the house reports by webhook."""

import json
from datetime import datetime, timedelta

from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

BOOKINGS = {
    "LAKE22": {"guest": "Mr Moss", "room": 22, "nights": 2},
    "HILL07": {"guest": "Ms Ode", "room": 7, "nights": 1},
}
WISHES = {"Towels": 0, "Breakfast in bed": 14, "Late check-out": 20}
BREAKFASTS = ["Tea", "Coffee", "Cocoa"]
DESK_OPENS, DESK_CLOSES = 6, 23
CODE_LASTS = timedelta(hours=12)


class Porter:
    """The states of a stay, each with a method of its name."""

    STATES = (
        "arrival",
        "booking",
        "identity",
        "room",
        "wishes",
        "breakfast",
        "wake_up",
        "code",
        "complaint",
        "leaving",
        "bill",
        "gone",
    )
    ROOM_MENU = ("Wishes", "Wake-up call", "Door code", "Complain", "Check out")

    def __init__(self, orchestrator):
        for state in self.STATES:
            orchestrator.register_step(state)(self.step_of(state))

    def step_of(self, state):
        """Return the step of *state*: while a guest stays, the house may report at any time."""
        method = getattr(self, state)

        def step(chat, said, stay, sender):
            event = self.webhook(said)
            if event is not None and "handled" in stay:
                return state, self.from_the_house(chat, event, stay, sender)
            return method(chat, said, stay, sender)

        return step

    # ---- words

    @staticmethod
    def clean(said):
        return " ".join(said.split()) if isinstance(said, str) else ""

    def tapped(self, said, *titles):
        said = self.clean(said).casefold()
        return next((title for title in titles if title.casefold() == said), None)

    @staticmethod
    def webhook(said):
        """Return the event of the house that arrived, or None for what the guest says."""
        if isinstance(said, str) and said.startswith("{"):
            try:
                event = json.loads(said)
            except (ValueError, RecursionError):
                return None
            if isinstance(event, dict) and "event" in event and type(event.get("id")) is int:
                return event
        return None

    def menu(self, chat, sender, text):
        sender.send_message(chat, text, options=list(self.ROOM_MENU))

    # ---- arriving

    def arrival(self, chat, said, stay, sender):
        sender.send_message(chat, "Good evening. May I have your booking code?")
        return "booking", {}

    def booking(self, chat, said, stay, sender):
        code = self.clean(said).upper()
        if code not in BOOKINGS:
            sender.send_message(chat, "I cannot find that booking.")
            return "booking", stay
        sender.send_message(chat, f"{BOOKINGS[code]['guest']}? Is that you?", options=["Yes, I am", "No"])
        return "identity", {"code": code}

    def identity(self, chat, said, stay, sender):
        answer = self.tapped(said, "Yes, I am", "No")
        if answer == "No":
            sender.send_message(chat, "Then what is your booking code?")
            return "booking", {}
        if answer is None:
            sender.send_message(chat, "Please say yes or no.", options=["Yes, I am", "No"])
            return "identity", stay
        room = BOOKINGS[stay["code"]]["room"]
        self.menu(chat, sender, f"Welcome! Your room is number {room}.")
        return "room", {**stay, "extras": [], "handled": [], "points": 0}

    # ---- staying

    def room(self, chat, said, stay, sender):
        match self.tapped(said, *self.ROOM_MENU):
            case "Wishes":
                return self.ask_wish(chat, stay, sender, "What may I bring you?")
            case "Wake-up call":
                sender.send_message(chat, "At what time? For example 07:30.")
                return "wake_up", stay
            case "Door code":
                sender.send_message(
                    chat, "It is valid for twelve hours. Shall I make one?", options=["Make one", "Not now"]
                )
                return "code", stay
            case "Complain":
                sender.send_message(chat, "I am sorry. What is wrong?")
                return "complaint", stay
            case "Check out":
                sender.send_message(chat, "Are you leaving us?", options=["Yes, the bill", "I stay"])
                return "leaving", stay
        self.menu(chat, sender, "How can I help you?")
        return "room", stay

    def from_the_house(self, chat, event, stay, sender):
        """Take an event of the house once; the bar gives points."""
        if event["id"] in stay["handled"]:
            return stay
        stay = {**stay, "handled": [*stay["handled"], event["id"]][-6:]}
        if event["event"] == "bar":
            stay = {**stay, "points": min(stay["points"] + 5, 50)}
            sender.send_message(chat, f"The bar gives you 5 points, now you have {stay['points']}.")
        elif event["event"] == "cleaned":
            sender.send_message(chat, "Your room has been cleaned.")
        return stay

    def ask_wish(self, chat, stay, sender, text):
        open_wishes = [wish for wish in WISHES if wish not in stay["extras"]]
        sender.send_message(chat, text, options=[*open_wishes, "Nothing more"])
        return "wishes", stay

    def wishes(self, chat, said, stay, sender):
        if self.tapped(said, "Nothing more"):
            self.menu(chat, sender, "Very well.")
            return "room", stay
        wish = self.tapped(said, *[wish for wish in WISHES if wish not in stay["extras"]])
        if wish is None:
            return self.ask_wish(chat, stay, sender, "I cannot bring that.")
        if wish == "Breakfast in bed":
            sender.send_message(chat, "With what?", options=BREAKFASTS)
            return "breakfast", stay
        stay = {**stay, "extras": [*stay["extras"], wish]}
        return self.ask_wish(chat, stay, sender, f"{wish}: noted. Anything else?")

    def breakfast(self, chat, said, stay, sender):
        drink = self.tapped(said, *BREAKFASTS)
        if not drink:
            sender.send_message(chat, "Tea, coffee or cocoa?", options=BREAKFASTS)
            return "breakfast", stay
        stay = {**stay, "extras": [*stay["extras"], "Breakfast in bed"], "drink": drink}
        return self.ask_wish(chat, stay, sender, f"Breakfast with {drink.lower()}. Anything else?")

    def wake_up(self, chat, said, stay, sender):
        try:
            at = datetime.strptime(self.clean(said), "%H:%M").time()
        except ValueError:
            sender.send_message(chat, "I did not understand the time. Write it as 07:30.")
            return "wake_up", stay
        self.menu(chat, sender, f"I shall wake you at {at:%H:%M}.")
        return "room", {**stay, "wake": at.isoformat()}

    def code(self, chat, said, stay, sender):
        answer = self.tapped(said, "Make one", "Not now")
        if answer is None:
            sender.send_message(chat, "Shall I make a code?", options=["Make one", "Not now"])
            return "code", stay
        if answer == "Not now":
            self.menu(chat, sender, "As you like.")
            return "room", stay
        if "expires" in stay and datetime.now() < datetime.fromisoformat(stay["expires"]):
            self.menu(chat, sender, "Your code is still valid.")
            return "room", stay
        expires = datetime.now() + CODE_LASTS
        number = BOOKINGS[stay["code"]]["room"] * 37 + expires.day
        self.menu(chat, sender, f"The code is {number}, until {expires:%H:%M}.")
        return "room", {**stay, "expires": expires.isoformat()}

    def complaint(self, chat, said, stay, sender):
        text = self.clean(said)
        if not 10 <= len(text) <= 300:
            sender.send_message(chat, "Tell me in a sentence or two, please.")
            return "complaint", stay
        open_now = DESK_OPENS <= datetime.now().hour < DESK_CLOSES
        self.menu(chat, sender, "Somebody comes at once." if open_now else "I pass it on first thing in the morning.")
        return "room", stay

    # ---- leaving

    def leaving(self, chat, said, stay, sender):
        answer = self.tapped(said, "Yes, the bill", "I stay")
        if answer == "I stay":
            self.menu(chat, sender, "How nice!")
            return "room", stay
        if answer is None:
            sender.send_message(chat, "Shall I make the bill?", options=["Yes, the bill", "I stay"])
            return "leaving", stay
        booking = BOOKINGS[stay["code"]]
        total = booking["nights"] * 90 + sum(WISHES[wish] for wish in stay["extras"]) - stay["points"] // 10
        sender.send_message(chat, f"That is {total} EUR, {booking['guest']}.", options=["Card", "Cash"])
        return "bill", {**stay, "total": total}

    def bill(self, chat, said, stay, sender):
        how = self.tapped(said, "Card", "Cash")
        if how is None:
            sender.send_message(chat, "By card, or in cash?", options=["Card", "Cash"])
            return "bill", stay
        where = {"Card": "The machine is at the desk", "Cash": "Please pay at the desk"}[how]
        sender.send_message(chat, f"{where}. Thank you, and come again!")
        return "gone", {"code": stay["code"], "total": stay["total"]}

    def gone(self, chat, said, stay, sender):
        if self.webhook(said) is not None:
            return "gone", stay
        sender.send_message(chat, "You have checked out. We hope to see you again.")
        return "gone", stay


def porter():
    orchestrator = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="arrival")
    Porter(orchestrator)
    return orchestrator
