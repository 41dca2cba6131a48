"""A café that takes orders: a drink, a size, a name, a payment."""

import json

from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, MessageType, OptionsListType, Status

DRINKS = {"coffee": "Coffee", "tea": "Tea", "cocoa": "Cocoa"}
SIZES = {"small": "Small", "medium": "Medium", "large": "Large"}
PRICES = {"small": 350, "medium": 400, "large": 450}
SOLD_OUT = {"matcha"}
CARD = "\n".join(
    [
        "Our card",
        *(f"{number}. {drink} from {origin}, ${price}" for number, (drink, origin, price) in enumerate(
            [(drink, origin, price) for drink in ("Espresso", "Filter coffee", "Cold brew", "Latte")
             for origin, price in (("Huila", 4), ("Yirgacheffe", 5), ("Antigua", 4), ("Nyeri", 6), ("Tarrazú", 5))], 1)),
        "Oat milk is free. We close at six.",
    ]
)  # fmt: skip


def words(received):
    """Return the id of the option that was tapped, or what was typed, in small letters."""
    try:
        return str(json.loads(received)[0]["option_id"])
    except (ValueError, LookupError, TypeError):
        return str(received or "").strip().lower()


def way(source, dest, condition=None):
    return {"trigger": "next", "source": source, "dest": dest} | ({"conditions": condition} if condition else {})


class Cafe(AbstractFSM):
    states = [
        *("zero", "welcome", "ask_drink", "read_drink", "card", "restock", "cellar", "ask_size", "read_size"),
        *("ask_name", "read_name", "pay", "read_payment", "done"),
    ]
    transitions = [
        way("zero", "welcome"),
        way("welcome", "ask_drink"),
        way("ask_drink", "read_drink"),
        way("read_drink", "card", "wants_card"),
        way("read_drink", "restock", "is_sold_out"),
        way("read_drink", "ask_size", "has_drink"),
        way("card", "ask_drink"),
        way("restock", "cellar"),
        way("cellar", "restock", "is_sold_out"),
        way("cellar", "ask_size"),
        way("ask_size", "read_size"),
        way("read_size", "ask_name", "has_size"),
        way("read_size", "ask_size"),
        way("ask_name", "read_name"),
        way("read_name", "pay"),
        way("pay", "read_payment"),
        way("read_payment", "done", "is_paid"),
        way("read_payment", "ask_name", "is_refused"),
        way("read_payment", "pay"),
    ]
    conditions = {"wants_card", "is_sold_out", "has_drink", "has_size", "is_paid", "is_refused"}
    output_variables = set()

    def __init__(self, send_message, credentials=None):
        self.credentials = credentials or {}
        super().__init__(send_message=send_message)

    def say(self, body, options=None, header=None):
        choices = [OptionsListType(id=key, title=title) for key, title in (options or {}).items()]
        self.send_message(
            FSMOutput(
                message_data=MessageData(body=body, header=header),
                type=MessageType.INTERACTIVE if choices else MessageType.TEXT,
                options_list=choices or None,
            )
        )

    def on_enter_welcome(self):
        self.status = Status.WAIT_FOR_ME
        self.say("Welcome to Café Kaya!")
        self.status = Status.MOVE_FORWARD

    def on_enter_ask_drink(self):
        self.status = Status.WAIT_FOR_ME
        self.say("What would you like to drink?", DRINKS)
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_drink(self):
        self.status = Status.WAIT_FOR_ME
        self.variables["asked"] = words(self.current_input)
        if self.variables["asked"] in DRINKS:
            self.variables["order"] = {"drink": self.variables["asked"], "extras": ["oat milk", "sugar"]}
        self.status = Status.MOVE_FORWARD

    def on_enter_card(self):
        self.status = Status.WAIT_FOR_ME
        self.say(CARD)
        self.status = Status.MOVE_FORWARD

    def on_enter_restock(self):
        self.status = Status.WAIT_FOR_ME
        if not self.variables.get("looked"):
            self.say("One moment, I look in the cellar.")
        self.variables["looked"] = True
        self.status = Status.MOVE_FORWARD

    def on_enter_cellar(self):
        self.status = Status.WAIT_FOR_ME
        self.status = Status.MOVE_FORWARD

    def on_enter_ask_size(self):
        self.status = Status.WAIT_FOR_ME
        self.say("Which size?", SIZES)
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_size(self):
        self.status = Status.WAIT_FOR_ME
        size = words(self.current_input)
        self.variables.pop("size", None)
        if size.isalpha():
            self.price(size)
        else:
            self.say("A word, please.")
        self.status = Status.MOVE_FORWARD

    def price(self, size):
        self.variables["order"]["price"] = PRICES[size]
        self.variables["size"] = size

    def on_enter_ask_name(self):
        self.status = Status.WAIT_FOR_ME
        self.say("Which name shall I call?", header="Nearly there")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_name(self):
        self.status = Status.WAIT_FOR_ME
        self.variables["name"] = str(self.current_input)
        self.variables["number"] = 41
        self.status = Status.MOVE_FORWARD

    def on_enter_pay(self):
        self.status = Status.WAIT_FOR_ME
        price = self.variables["order"]["price"] / 100
        self.say(f"Order A{self.variables['number']}, {self.variables['name']}: ${price:.2f}.")
        self.say(f"Pay at https://pay.example/{self.variables['number']}?key={self.credentials.get('PAY_KEY', 'none')}")
        self.status = Status.WAIT_FOR_CALLBACK

    def on_enter_read_payment(self):
        self.status = Status.WAIT_FOR_ME
        self.variables["payment"] = json.loads(self.current_callback)["status"]
        self.status = Status.MOVE_FORWARD

    def on_enter_done(self):
        self.status = Status.WAIT_FOR_ME
        self.say("Thank you!")
        self.say("Receipt r-41")
        self.say("See you soon.")
        self.status = Status.END

    def wants_card(self):
        return self.variables["asked"] == "card"

    def is_sold_out(self):
        return self.variables["asked"] in SOLD_OUT

    def has_drink(self):
        return self.variables["asked"] in DRINKS

    def has_size(self):
        return "size" in self.variables

    def is_paid(self):
        return self.variables["payment"] == "ok"

    def is_refused(self):
        return self.variables["payment"] == "refused"
