"""Book a chair at the barber's: service, barber, day, time, name and phone; the time is held for ten minutes."""

import re
from datetime import date, datetime, timedelta

from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

SERVICES = {"Haircut": 30, "Beard trim": 15, "Cut and beard": 45}
BARBERS = {"Aldo": [0, 1, 2, 3, 4], "Renata": [2, 3, 4, 5]}  # the weekdays on which they work
TIMES = ["09:00", "10:30", "13:00", "15:30", "17:00"]
HOLD = timedelta(minutes=10)
DAYS_AHEAD = 6
MAX_NAME = 40
TRIES = 3

orch = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="hello")


def chosen(user_input, choices):
    """Return the choice that was tapped or typed; None for anything else, which may be a picture."""
    if not isinstance(user_input, str):
        return None
    said = user_input.strip().lower()
    for choice in choices:
        if choice.lower() == said:
            return choice
    return None


def title(day):
    return f"{day:%a} {day.day} {day:%b}"


def open_days(barber):
    """Return the days of the coming week on which the barber works, by their titles."""
    today = datetime.now().date()
    coming = [today + timedelta(days=ahead) for ahead in range(1, DAYS_AHEAD + 1)]
    return {title(day): day for day in coming if day.weekday() in BARBERS[barber]}


def free_times(context):
    """Return the times that nobody, as far as this chat knows, has taken."""
    taken = context.get("taken", [])
    return [time for time in TIMES if f"{context['day']} {time}" not in taken]


def ask_day(chat_id, context, sender):
    sender.send_message(
        chat_id, f"When shall {context['barber']} expect you?", options=[*open_days(context["barber"]), "Other barber"]
    )


def ask_time(chat_id, context, sender):
    sender.send_message(chat_id, "At what time?", options=[*free_times(context), "Other day"])


def keep(context, *names):
    return {name: context[name] for name in names if name in context}


@orch.register_step("hello")
def hello(chat_id, user_input, context, sender):
    sender.send_message(chat_id, "Good day! This is Aldo & Renata.", options=["Book", "Prices", "Where are you?"])
    return "menu", {}


@orch.register_step("menu")
def menu(chat_id, user_input, context, sender):
    choice = chosen(user_input, ["Book", "Prices", "Where are you?"])
    if choice == "Book":
        sender.send_message(chat_id, "What can we do for you?", options=list(SERVICES))
        return "service", context
    if choice == "Prices":
        prices = ", ".join(f"{name} {minutes} EUR" for name, minutes in SERVICES.items())
        sender.send_message(chat_id, f"{prices}.", options=["Book", "Where are you?"])
        return "menu", context
    if choice == "Where are you?":
        sender.send_message(chat_id, "At 4 Harbour Street, beside the bakery.", options=["Book", "Prices"])
        return "menu", context
    sender.send_message(chat_id, "Sorry, I only know about bookings.", options=["Book", "Prices", "Where are you?"])
    return "menu", context


@orch.register_step("service")
def service(chat_id, user_input, context, sender):
    choice = chosen(user_input, SERVICES)
    if choice is None:
        sender.send_message(chat_id, "Please choose one of these.", options=list(SERVICES))
        return "service", context
    sender.send_message(chat_id, f"{choice} takes {SERVICES[choice]} minutes. With whom?", options=list(BARBERS))
    return "barber", {**context, "service": choice}


@orch.register_step("barber")
def barber(chat_id, user_input, context, sender):
    choice = chosen(user_input, BARBERS)
    if choice is None:
        sender.send_message(chat_id, "There are only two of us.", options=list(BARBERS))
        return "barber", context
    context = {**context, "barber": choice}
    ask_day(chat_id, context, sender)
    return "day", context


@orch.register_step("day")
def day(chat_id, user_input, context, sender):
    if chosen(user_input, ["Other barber"]):
        sender.send_message(chat_id, "With whom, then?", options=list(BARBERS))
        return "barber", keep(context, "service", "taken")
    days = open_days(context["barber"])
    choice = chosen(user_input, days)
    if choice is None:
        sender.send_message(chat_id, f"{context['barber']} does not work then.")
        ask_day(chat_id, context, sender)
        return "day", context
    context = {**context, "day": days[choice].isoformat()}
    ask_time(chat_id, context, sender)
    return "time", context


@orch.register_step("time")
def time(chat_id, user_input, context, sender):
    if chosen(user_input, ["Other day"]):
        ask_day(chat_id, context, sender)
        return "day", keep(context, "service", "barber", "taken")
    choice = chosen(user_input, free_times(context))
    if choice is None:
        sender.send_message(chat_id, "That time is not free.")
        ask_time(chat_id, context, sender)
        return "time", context
    until = datetime.now() + HOLD
    sender.send_message(chat_id, f"I hold {choice} until {until:%H:%M}. First and last name, please?")
    return "name", {**context, "time": choice, "until": until.isoformat()}


@orch.register_step("name")
def name(chat_id, user_input, context, sender):
    said = " ".join(user_input.split()) if isinstance(user_input, str) else ""
    if len(said) > MAX_NAME or not re.fullmatch(r"[A-Z][a-z'-]+( [A-Z][a-z'-]+)+", said):
        sender.send_message(chat_id, "I need your first and last name, such as Ann Lee.")
        return "name", context
    sender.send_message(chat_id, f"Thank you, {said}. And a phone number, in case something comes up?")
    return "phone", {**context, "name": said, "tries": 0}


@orch.register_step("phone")
def phone(chat_id, user_input, context, sender):
    digits = re.sub(r"[ /-]", "", user_input) if isinstance(user_input, str) else ""
    if not re.fullmatch(r"\+?[0-9]{6,14}", digits):
        tries = context["tries"] + 1
        if tries >= TRIES:
            sender.send_message(
                chat_id, "Then please ring us at 555 0170.", options=["Book", "Prices", "Where are you?"]
            )
            return "menu", {}
        sender.send_message(chat_id, "That is not a phone number.")
        return "phone", {**context, "tries": tries}
    context = {**context, "phone": digits}
    ask_confirmation(chat_id, context, sender)
    return "confirm", context


def ask_confirmation(chat_id, context, sender):
    on = title(date.fromisoformat(context["day"]))
    text = f"{context['service']} with {context['barber']} on {on} at {context['time']} for {context['name']}?"
    sender.send_message(chat_id, text, options=["Yes, book it", "Other time", "Never mind"])


@orch.register_step("confirm")
def confirm(chat_id, user_input, context, sender):
    choice = chosen(user_input, ["Yes, book it", "Other time", "Never mind"])
    if choice == "Never mind":
        sender.send_message(chat_id, "All right, nothing is booked.", options=["Book", "Prices", "Where are you?"])
        return "menu", {}
    if choice == "Other time":
        ask_time(chat_id, context, sender)
        return "time", keep(context, "service", "barber", "day", "taken")
    if choice is None:
        sender.send_message(chat_id, "Yes or no?")
        ask_confirmation(chat_id, context, sender)
        return "confirm", context
    if datetime.now() > datetime.fromisoformat(context["until"]):
        taken = [*context.get("taken", []), f"{context['day']} {context['time']}"][-3:]
        context = {**keep(context, "service", "barber", "day"), "taken": taken}
        sender.send_message(chat_id, "I am sorry, I could not hold it any longer, and it is gone.")
        ask_time(chat_id, context, sender)
        return "time", context
    sender.send_message(chat_id, f"Booked. See you at {context['time']}!", options=["Cancel it", "Thanks"])
    return "booked", keep(context, "service", "barber", "day", "time", "name", "phone")


@orch.register_step("booked")
def booked(chat_id, user_input, context, sender):
    choice = chosen(user_input, ["Cancel it", "Thanks"])
    if choice == "Cancel it":
        sender.send_message(
            chat_id, "It is cancelled. Another time, perhaps.", options=["Book", "Prices", "Where are you?"]
        )
        return "menu", {}
    if choice == "Thanks":
        sender.send_message(chat_id, "Our pleasure. Write to us whenever your hair has grown.")
        return "hello", {}
    sender.send_message(chat_id, f"You are booked for {context['time']}.", options=["Cancel it", "Thanks"])
    return "booked", context
