"""Take pizza orders: a cart of pizzas with extras, delivery or pick-up, a coupon, and a look at the whole.

A state is called by what the next message is about: the step of `size` reads the size, and asks for extras.  Prices are in cents.  Buttons are
at most three, as WhatsApp allows; a longer choice is a list.
"""

import functools
import re

from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

PIZZAS = {"Margherita": 800, "Funghi": 950, "Diavola": 1050, "Quattro Formaggi": 1150}
SIZES = {"Small": 0, "Medium": 200, "Large": 400}
EXTRAS = {"Olives": 100, "Mushrooms": 120, "Ham": 150, "Chilli": 80}
COUPONS = {"LUNCH10": 10, "FRIENDS20": 20}  # percent
DELIVERY_FEE = 300
DELIVERY_MINIMUM = 1500
MAX_EXTRAS = 3
MAX_PIZZAS = 5

MENU = ["Order a pizza", "Opening hours", "Talk to a person"]
NO_MORE = "No more extras"
NO_COUPON = "No coupon"

orch = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="welcome")


# ---------------------------------------------------------------- words, money, and what leads out of everything


def words(text):
    """Return what was typed with single blanks between the words; nothing for a picture or a chat that begins."""
    return " ".join(text.split()) if isinstance(text, str) else ""


def pick(text, choices):
    """Return the choice that was tapped or typed, in small letters or capitals; None for anything else."""
    said = words(text).casefold()
    return next((choice for choice in choices if choice.casefold() == said), None)


def money(cents):
    return f"${cents // 100}.{cents % 100:02}"


def in_list(body, button, rows):
    """Return a WhatsApp list message: up to ten rows behind one button."""
    return {
        "type": "list",
        "body": {"text": body},
        "action": {"button": button, "sections": [{"title": button, "rows": rows}]},
    }


def cart_total(context):
    return sum(pizza["price"] for pizza in context["cart"])


def order_total(context):
    discounted = cart_total(context) * (100 - COUPONS.get(context.get("coupon"), 0)) // 100
    return discounted + (DELIVERY_FEE if "address" in context else 0)


def leavable(step):
    """Let a person leave *step* with "cancel": the order is dropped, what we know of past orders stays."""

    @functools.wraps(step)
    def handler(chat_id, text, context, sender):
        if pick(text, ["cancel"]):
            sender.send_message(chat_id, "Cancelled. What else can I do for you?", options=MENU)
            return "menu", {key: value for key, value in context.items() if key == "orders"}
        return step(chat_id, text, context, sender)

    return handler


# ---------------------------------------------------------------- questions that are asked in more than one place


def ask_pizza(chat_id, sender):
    rows = [{"id": name, "title": name, "description": f"from {money(price)}"} for name, price in PIZZAS.items()]
    sender.send_message(chat_id, "Which pizza?", options=in_list("Which pizza?", "Pizzas", rows))


def ask_extras(chat_id, sender, pizza):
    left = [name for name in EXTRAS if name not in pizza["extras"]]
    sender.send_message(chat_id, "Any extras?", options=[NO_MORE, *left])


def ask_coupon(chat_id, sender):
    sender.send_message(chat_id, "Do you have a coupon? Send me its code.", options={"buttons": [NO_COUPON]})


def ask_cart(chat_id, sender, context, text):
    more = ["Another pizza"] if len(context["cart"]) < MAX_PIZZAS else []
    sender.send_message(chat_id, text, options={"buttons": [*more, "Check out"]})


def ask_review(chat_id, sender, context):
    lines = [" ".join([pizza["size"], pizza["name"], *pizza["extras"]]) for pizza in context["cart"]]
    where = f"to {context['address']}" if "address" in context else "to pick up"
    text = "\n".join([*lines, f"{where}, for {context['name']}: {money(order_total(context))}"])
    more = ["Add a pizza"] if len(context["cart"]) < MAX_PIZZAS else []
    sender.send_message(chat_id, text, options={"buttons": ["Place order", *more, "Cancel"]})


# ---------------------------------------------------------------- the menu


@orch.register_step("welcome")
def welcome(chat_id, text, context, sender):
    greeting = "Welcome back to Da Enzo!" if "orders" in context else "Welcome to Da Enzo!"
    sender.send_message(chat_id, f"{greeting} What can I do for you?", options=MENU)
    return "menu", context


@orch.register_step("menu")
def choose_service(chat_id, text, context, sender):
    choice = pick(text, MENU)
    if choice == "Order a pizza":
        ask_pizza(chat_id, sender)
        return "pizza", {**context, "cart": []}
    if choice == "Talk to a person":
        sender.send_message(chat_id, "What is it about? I will hand it over to Enzo.")
        return "person", context
    answer = "We bake from 11:00 to 22:30, on Mondays we sleep." if choice else "I did not understand that."
    sender.send_message(chat_id, answer, options=MENU)
    return "menu", context


@orch.register_step("person")
@leavable
def write_to_person(chat_id, text, context, sender):
    if not words(text):
        sender.send_message(chat_id, "Please write a few words, so that Enzo can help.")
        return "person", context
    sender.send_message(chat_id, "Thank you, Enzo will answer here.", options=MENU)
    return "menu", context


# ---------------------------------------------------------------- the cart


@orch.register_step("pizza")
@leavable
def choose_pizza(chat_id, text, context, sender):
    name = pick(text, PIZZAS)
    if name is None:
        sender.send_message(chat_id, "We do not bake that one.")
        ask_pizza(chat_id, sender)
        return "pizza", context
    sender.send_message(chat_id, f"{name}, fine. Which size?", options={"buttons": list(SIZES)})
    return "size", {**context, "next": {"name": name, "extras": []}}


@orch.register_step("size")
@leavable
def choose_size(chat_id, text, context, sender):
    choice = pick(text, SIZES)
    if choice is None:
        sender.send_message(chat_id, "Small, medium or large?", options={"buttons": list(SIZES)})
        return "size", context
    chosen = {**context["next"], "size": choice}
    ask_extras(chat_id, sender, chosen)
    return "extras", {**context, "next": chosen}


@orch.register_step("extras")
@leavable
def choose_extras(chat_id, text, context, sender):
    chosen = context["next"]
    extra = pick(text, [name for name in EXTRAS if name not in chosen["extras"]])
    if extra:
        chosen = {**chosen, "extras": [*chosen["extras"], extra]}
    if pick(text, [NO_MORE]) or len(chosen["extras"]) == MAX_EXTRAS:
        return put_in_cart(chat_id, chosen, context, sender)
    if not extra:
        sender.send_message(chat_id, "We do not have that, or it is on your pizza already.")
    ask_extras(chat_id, sender, chosen)
    return "extras", {**context, "next": chosen}


def put_in_cart(chat_id, chosen, context, sender):
    price = PIZZAS[chosen["name"]] + SIZES[chosen["size"]] + sum(EXTRAS[name] for name in chosen["extras"])
    context = {**context, "cart": [*context["cart"], {**chosen, "price": price}]}
    del context["next"]
    ask_cart(chat_id, sender, context, f"{money(price)}, that makes {money(cart_total(context))}. What now?")
    return "cart", context


@orch.register_step("cart")
@leavable
def decide_on_cart(chat_id, text, context, sender):
    if pick(text, ["Another pizza"]) and len(context["cart"]) < MAX_PIZZAS:
        ask_pizza(chat_id, sender)
        return "pizza", context
    if pick(text, ["Check out"]):
        sender.send_message(chat_id, "Shall we bring it?", options={"buttons": ["Delivery", "Pick up"]})
        return "delivery", context
    ask_cart(chat_id, sender, context, "Another pizza, or shall we check out?")
    return "cart", context


# ---------------------------------------------------------------- where to, for whom


@orch.register_step("delivery")
@leavable
def choose_delivery(chat_id, text, context, sender):
    choice = pick(text, ["Delivery", "Pick up"])
    if choice == "Pick up":
        sender.send_message(chat_id, "And your name?")
        return "name", {key: value for key, value in context.items() if key != "address"}
    if choice == "Delivery" and cart_total(context) >= DELIVERY_MINIMUM:
        sender.send_message(chat_id, "Where do you live? Street and number, please.")
        return "address", context
    if choice == "Delivery":
        text = f"We bring orders from {money(DELIVERY_MINIMUM)}."
        sender.send_message(chat_id, text, options={"buttons": ["Pick up", "Cancel"]})
    else:
        sender.send_message(chat_id, "Delivery or pick up?", options={"buttons": ["Delivery", "Pick up"]})
    return "delivery", context


@orch.register_step("address")
@leavable
def read_address(chat_id, text, context, sender):
    line = words(text)
    if not re.fullmatch(r"(?=.*\d)(?=.*[^\W\d]).{5,80}", line):
        sender.send_message(chat_id, "I need street and number, such as 12 Mill Road.")
        return "address", context
    sender.send_message(chat_id, "And your name?")
    return "name", {**context, "address": line}


@orch.register_step("name")
@leavable
def read_name(chat_id, text, context, sender):
    called = words(text)
    if not 0 < len(called) <= 40:
        sender.send_message(chat_id, "What may we call you? 40 letters are enough.")
        return "name", context
    ask_coupon(chat_id, sender)
    return "coupon", {**context, "name": called}


# ---------------------------------------------------------------- the coupon and the order


@orch.register_step("coupon")
@leavable
def read_coupon(chat_id, text, context, sender):
    code = pick(text, COUPONS)
    if code is None and not pick(text, [NO_COUPON]):
        sender.send_message(chat_id, "I do not know that code.")
        ask_coupon(chat_id, sender)
        return "coupon", context
    context = {**context, "coupon": code}
    ask_review(chat_id, sender, context)
    return "review", context


@orch.register_step("review")
@leavable
def review_order(chat_id, text, context, sender):
    if pick(text, ["Add a pizza"]) and len(context["cart"]) < MAX_PIZZAS:
        ask_pizza(chat_id, sender)
        return "pizza", context
    if not pick(text, ["Place order"]):
        ask_review(chat_id, sender, context)
        return "review", context
    number = context.get("orders", 0) + 1
    sender.send_message(
        chat_id,
        f"Thank you, {context['name']}! This is your order no. {number} with us. Anything else?",
        options={"buttons": ["Where is it?", "New order"]},
    )
    return "placed", {"orders": number}


@orch.register_step("placed")
def after_order(chat_id, text, context, sender):
    if pick(text, ["New order"]):
        ask_pizza(chat_id, sender)
        return "pizza", {**context, "cart": []}
    if pick(text, ["Where is it?"]):
        sender.send_message(chat_id, "It is in the oven.", options={"buttons": ["Where is it?", "New order"]})
        return "placed", context
    return welcome(chat_id, text, context, sender)
