"""Apply for a visa: one question after the other, the passport as a file, a look at the whole, and a fee."""

import hashlib
import re
from datetime import date, timedelta

from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

PURPOSES = ["Holiday", "Work", "Study", "Family"]
STAYS = {"Up to 2 weeks": 14, "Up to 3 months": 90}
FEES = {"Holiday": 35, "Work": 80, "Study": 20, "Family": 50}
PAPERS = {"Holiday": "a ticket", "Work": "a contract", "Study": "a letter of your school", "Family": "an invitation"}
SCAN_LIMIT = 1_000_000
VALID_FOR = timedelta(days=180)

application = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="welcome")

# What is asked, in order; the name of a state is that of the answer it waits for.
QUESTIONS = {
    "family_name": "What is your family name?",
    "given_name": "And your given name?",
    "birthday": "When were you born? Write year-month-day.",
    "nationality": "Which country is your passport of?",
    "passport": "What is its number? Two letters and six digits.",
    "expiry": "Until when is it valid?",
    "scan": "Please send a scan of it, as a PDF.",
    "purpose": "Why do you come?",
    "arrival": "When do you arrive?",
    "stay": "How long do you stay?",
    "host": "Where will you live?",
    "city": "In which town is that?",
    "been_here": "Have you been here before?",
    "refused": "Have you ever been refused a visa?",
    "email": "Your email address?",
    "paper": "You will need one more paper at the border. Do you have it?",
}
OPTIONS = {
    "purpose": PURPOSES,
    "stay": list(STAYS),
    "been_here": ["Yes", "No"],
    "refused": ["Yes", "No"],
    "paper": ["I have it", "Not yet"],
}


def written(user_input):
    return " ".join(user_input.split()) if isinstance(user_input, str) else ""


def option(user_input, titles):
    said = written(user_input).casefold()
    return next((title for title in titles if title.casefold() == said), None)


def day(user_input):
    """Return the day that was written, or None."""
    if not re.fullmatch(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", written(user_input)):
        return None
    try:
        return date.fromisoformat(written(user_input))
    except ValueError:
        return None


def ask(chat_id, sender, name, before=""):
    sender.send_message(chat_id, f"{before}{QUESTIONS[name]}", options=OPTIONS.get(name))
    return name


def keep(context, name, value):
    return {**context, "answers": {**context["answers"], name: value}}


def name_of(user_input):
    said = written(user_input)
    return said if re.fullmatch(r"[^\W\d_][^\d_<>{}]{0,39}", said) else None


@application.register_step("welcome")
def welcome(chat_id, user_input, context, sender):
    sender.send_message(chat_id, "Welcome. This takes five minutes; have your passport at hand.", options=["Begin"])
    return "begin", {"answers": {}}


@application.register_step("begin")
def begin(chat_id, user_input, context, sender):
    if option(user_input, ["Begin"]) is None:
        sender.send_message(chat_id, "Whenever you are ready.", options=["Begin"])
        return "begin", context
    return ask(chat_id, sender, "family_name"), context


@application.register_step("family_name")
def family_name(chat_id, user_input, context, sender):
    name = name_of(user_input)
    if name is None:
        return ask(chat_id, sender, "family_name", "As it is in the passport, please. "), context
    return ask(chat_id, sender, "given_name"), keep(context, "family_name", name.upper())


@application.register_step("given_name")
def given_name(chat_id, user_input, context, sender):
    name = name_of(user_input)
    if name is None:
        return ask(chat_id, sender, "given_name", "Only letters, please. "), context
    return ask(chat_id, sender, "birthday"), keep(context, "given_name", name)


@application.register_step("birthday")
def birthday(chat_id, user_input, context, sender):
    born = day(user_input)
    if born is None or born >= date.today():
        return ask(chat_id, sender, "birthday", "That cannot be a birthday. "), context
    return ask(chat_id, sender, "nationality"), keep(context, "birthday", born.isoformat())


@application.register_step("nationality")
def nationality(chat_id, user_input, context, sender):
    country = name_of(user_input)
    if country is None:
        return ask(chat_id, sender, "nationality", "I do not know that country. "), context
    return ask(chat_id, sender, "passport"), keep(context, "nationality", country)


@application.register_step("passport")
def passport(chat_id, user_input, context, sender):
    number = written(user_input).upper().replace(" ", "")
    if not re.fullmatch(r"[A-Z]{2}[0-9]{6}", number):
        return ask(chat_id, sender, "passport", "That is no passport number. "), context
    return ask(chat_id, sender, "expiry"), keep(context, "passport", number)


@application.register_step("expiry")
def expiry(chat_id, user_input, context, sender):
    until = day(user_input)
    if until is None:
        return ask(chat_id, sender, "expiry", "Write it as year-month-day. "), context
    if until - date.today() < VALID_FOR:
        sender.send_message(chat_id, "It must be valid for half a year. Come back with a new one.", options=["Begin"])
        return "begin", {"answers": {}}
    return ask(chat_id, sender, "scan"), keep(context, "expiry", until.isoformat())


@application.register_step("scan")
def scan(chat_id, user_input, context, sender):
    if not isinstance(user_input, bytes) or not user_input.startswith(b"%PDF"):
        return ask(chat_id, sender, "scan", "That is no PDF. "), context
    if len(user_input) > SCAN_LIMIT:
        return ask(chat_id, sender, "scan", "It is larger than one megabyte. "), context
    return ask(chat_id, sender, "purpose"), keep(context, "scan", hashlib.sha256(user_input).hexdigest())


@application.register_step("purpose")
def purpose(chat_id, user_input, context, sender):
    choice = option(user_input, PURPOSES)
    if choice is None:
        return ask(chat_id, sender, "purpose", "Please choose. "), context
    return ask(chat_id, sender, "arrival"), keep(context, "purpose", choice)


@application.register_step("arrival")
def arrival(chat_id, user_input, context, sender):
    on = day(user_input)
    if on is None or on <= date.today():
        return ask(chat_id, sender, "arrival", "I need a day to come. "), context
    return ask(chat_id, sender, "stay"), keep(context, "arrival", on.isoformat())


@application.register_step("stay")
def stay(chat_id, user_input, context, sender):
    choice = option(user_input, STAYS)
    if choice is None:
        return ask(chat_id, sender, "stay", "One of these, please. "), context
    arrives = date.fromisoformat(context["answers"]["arrival"])
    leaves = arrives + timedelta(days=STAYS[choice])
    return ask(chat_id, sender, "host"), keep(context, "leaves", leaves.isoformat())


@application.register_step("host")
def host(chat_id, user_input, context, sender):
    address = written(user_input)
    if not re.fullmatch(r"(?=.*[0-9])(?=.*[A-Za-z]).{5,80}", address) or address.startswith("{"):
        return ask(chat_id, sender, "host", "Street and number, please. "), context
    return ask(chat_id, sender, "city"), keep(context, "host", address)


@application.register_step("city")
def city(chat_id, user_input, context, sender):
    town = name_of(user_input)
    if town is None:
        return ask(chat_id, sender, "city", "There is no such town. "), context
    return ask(chat_id, sender, "been_here"), keep(context, "city", town)


@application.register_step("been_here")
def been_here(chat_id, user_input, context, sender):
    answer = option(user_input, ["Yes", "No"])
    if answer is None:
        return ask(chat_id, sender, "been_here", "Yes or no? "), context
    return ask(chat_id, sender, "refused"), keep(context, "been_here", answer == "Yes")


@application.register_step("refused")
def refused(chat_id, user_input, context, sender):
    answer = option(user_input, ["Yes", "No"])
    if answer is None:
        return ask(chat_id, sender, "refused", "Please say yes or no. "), context
    return ask(chat_id, sender, "email"), keep(context, "refused", answer == "Yes")


@application.register_step("email")
def email(chat_id, user_input, context, sender):
    address = written(user_input)
    if not re.fullmatch(r"[\w.+-]{1,40}@[\w-]{1,40}(\.[\w-]{1,20})+", address):
        return ask(chat_id, sender, "email", "That is no email address. "), context
    return ask(chat_id, sender, "paper"), keep(context, "email", address)


@application.register_step("paper")
def paper(chat_id, user_input, context, sender):
    answer = option(user_input, ["I have it", "Not yet"])
    needed = PAPERS[context["answers"]["purpose"]]
    if answer is None:
        return ask(chat_id, sender, "paper", f"I mean {needed}. "), context
    if answer == "Not yet":
        sender.send_message(chat_id, f"Do not forget {needed}, then.")
    return review(chat_id, keep(context, "paper", answer == "I have it"), sender)


def review(chat_id, context, sender):
    answers = context["answers"]
    nights = (date.fromisoformat(answers["leaves"]) - date.fromisoformat(answers["arrival"])).days
    sender.send_message(
        chat_id,
        f"{answers['given_name']} {answers['family_name']}, {answers['purpose'].lower()}, {nights} days in {answers['city']}. "
        f"The fee is {FEES[answers['purpose']]} EUR.",
        options=["Send it", "Change the purpose", "Tear it up"],
    )
    return "check", context


@application.register_step("check")
def check(chat_id, user_input, context, sender):
    choice = option(user_input, ["Send it", "Change the purpose", "Tear it up"])
    if choice == "Send it":
        surname = context["answers"]["family_name"]
        sender.send_message(
            chat_id,
            f"Thank you, {surname}. We write to {context['answers']['email']}.",
            options=["How long?", "Another one"],
        )
        return "sent", {"answers": {}, "sent": surname}
    if choice == "Change the purpose":
        return ask(chat_id, sender, "purpose"), context
    if choice == "Tear it up":
        sender.send_message(chat_id, "Torn up.", options=["Begin"])
        return "begin", {"answers": {}}
    sender.send_message(chat_id, "Shall I send it?")
    return review(chat_id, context, sender)


@application.register_step("sent")
def sent(chat_id, user_input, context, sender):
    match option(user_input, ["How long?", "Another one"]):
        case "How long?":
            sender.send_message(chat_id, "Two to three weeks.", options=["How long?", "Another one"])
        case "Another one":
            sender.send_message(chat_id, "For somebody else? Gladly.", options=["Begin"])
            return "begin", {"answers": {}}
        case _:
            sender.send_message(
                chat_id, f"The application of {context['sent']} is with us.", options=["How long?", "Another one"]
            )
    return "sent", context
