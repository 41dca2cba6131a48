"""The steps of the library's desk."""

from datetime import date, timedelta

from shelves import BOOKS, MEMBERS, found, is_card

LOAN_DAYS = 21
MAX_LOANS = 3
MAX_RENEWALS = 2
PIN_TRIES = 3
LOCK_HOURS = 24
HALL = ("Find a book", "My books", "Leave")


def line(user_input):
    return user_input.strip() if isinstance(user_input, str) else ""


def is_one_of(user_input, *titles):
    return line(user_input).casefold() in {title.casefold() for title in titles}


def show_hall(chat_id, sender, text):
    sender.send_message(chat_id, text, options=list(HALL))
    return "hall"


def show_shelf(chat_id, sender, context):
    titles = [BOOKS[int(number)]["title"] for number in context["loans"]]
    sender.send_message(
        chat_id, "These are at your home:" if titles else "You have none of our books.", options=[*titles, "Back"]
    )
    return "shelf"


def show_loan(chat_id, sender, context):
    loan = context["loans"][context["open"]]
    options = ["Bring back", "Back"]
    if loan["renewed"] < MAX_RENEWALS:
        options.insert(0, "Renew")
    sender.send_message(chat_id, f"{BOOKS[int(context['open'])]['title']} is due on {loan['due']}.", options=options)
    return "loan"


def without(context, *names):
    return {name: value for name, value in context.items() if name not in names}


def desk(chat_id, user_input, context, sender):
    sender.send_message(chat_id, "Welcome to the town library. What is the number on your card?")
    return "card", {"loans": context.get("loans", {})}


def card(chat_id, user_input, context, sender):
    number = line(user_input).replace(" ", "")
    if not is_card(number):
        sender.send_message(chat_id, "A card number has six digits, and begins with 7.")
        return "card", context
    if number not in MEMBERS:
        sender.send_message(chat_id, "Nobody has this card. Is it the right number?")
        return "card", context
    sender.send_message(chat_id, f"Hello, {MEMBERS[number]['name']}. What is your PIN?")
    return "pin", {**context, "card": number, "tries": 0}


def pin(chat_id, user_input, context, sender):
    if line(user_input) == MEMBERS[context["card"]]["pin"]:
        return show_hall(chat_id, sender, "What would you like to do?"), without(context, "tries")
    tries = context["tries"] + 1
    if tries >= PIN_TRIES:
        sender.send_message(
            chat_id, "That was wrong three times. I have to lock your card until tomorrow.", options=["Start over"]
        )
        return "locked", {"loans": context["loans"], "until": (date.today() + timedelta(hours=LOCK_HOURS)).isoformat()}
    sender.send_message(chat_id, f"That is not your PIN. You have {PIN_TRIES - tries} more tries.")
    return "pin", {**context, "tries": tries}


def locked(chat_id, user_input, context, sender):
    if not is_one_of(user_input, "Start over"):
        sender.send_message(chat_id, f"Your card was locked until {context['until']}.", options=["Start over"])
        return "locked", context
    if date.today() < date.fromisoformat(context["until"]):
        sender.send_message(chat_id, "Not before tomorrow.", options=["Start over"])
        return "locked", context
    sender.send_message(chat_id, "Your card is unlocked again. What is its number?")
    return "card", without(context, "until")


def hall(chat_id, user_input, context, sender):
    if is_one_of(user_input, "Find a book"):
        sender.send_message(chat_id, "What is it called, or who wrote it?")
        return "search", context
    if is_one_of(user_input, "My books"):
        return show_shelf(chat_id, sender, context), context
    if is_one_of(user_input, "Leave"):
        sender.send_message(chat_id, "Good-bye. Happy reading!")
        return "desk", context
    return show_hall(chat_id, sender, "I did not get that. Please choose:"), context


def search(chat_id, user_input, context, sender):
    words = line(user_input)
    if not 3 <= len(words) <= 60:
        sender.send_message(chat_id, "Give me a word or two of the title.")
        return "search", context
    numbers = found(words)
    if not numbers:
        sender.send_message(chat_id, "We have nothing of that sort. Try another word.")
        return "search", context
    sender.send_message(
        chat_id, f"I found {len(numbers)}.", options=[*[BOOKS[number]["title"] for number in numbers], "Search again"]
    )
    return "results", {**context, "numbers": list(numbers)}


def results(chat_id, user_input, context, sender):
    if is_one_of(user_input, "Search again"):
        sender.send_message(chat_id, "What are you looking for?")
        return "search", without(context, "numbers")
    for number in context["numbers"]:
        if is_one_of(user_input, BOOKS[number]["title"]):
            entry = BOOKS[number]
            sender.send_message(
                chat_id, f"{entry['title']} by {entry['author']}.", options=["Borrow", "Back to the hall"]
            )
            return "book", {**without(context, "numbers"), "open": number}
    titles = [BOOKS[number]["title"] for number in context["numbers"]]
    sender.send_message(chat_id, "That was not among them.", options=[*titles, "Search again"])
    return "results", context


def book(chat_id, user_input, context, sender):
    number = context["open"]
    if is_one_of(user_input, "Back to the hall"):
        return show_hall(chat_id, sender, "What else?"), without(context, "open")
    if not is_one_of(user_input, "Borrow"):
        sender.send_message(chat_id, "Would you like to borrow it?", options=["Borrow", "Back to the hall"])
        return "book", context
    if str(number) in context["loans"]:
        return show_hall(chat_id, sender, "You have it at home already."), without(context, "open")
    if len(context["loans"]) >= MAX_LOANS:
        return show_hall(chat_id, sender, "You have three books; bring one back first."), without(context, "open")
    due = date.today() + timedelta(days=LOAN_DAYS)
    loans = {**context["loans"], str(number): {"due": due.isoformat(), "renewed": 0}}
    return show_hall(chat_id, sender, f"It is yours until {due.isoformat()}."), {
        **without(context, "open"),
        "loans": loans,
    }


def shelf(chat_id, user_input, context, sender):
    if is_one_of(user_input, "Back"):
        return show_hall(chat_id, sender, "What else can I do?"), context
    for number in context["loans"]:
        if is_one_of(user_input, BOOKS[int(number)]["title"]):
            context = {**context, "open": number}
            return show_loan(chat_id, sender, context), context
    sender.send_message(chat_id, "You do not have that one.")
    return show_shelf(chat_id, sender, context), context


def loan(chat_id, user_input, context, sender):
    number = context["open"]
    entry = context["loans"][number]
    if is_one_of(user_input, "Back"):
        return show_shelf(chat_id, sender, context), without(context, "open")
    if is_one_of(user_input, "Bring back"):
        loans = {other: value for other, value in context["loans"].items() if other != number}
        return show_hall(chat_id, sender, "Put it into the box at the door. Thank you!"), {
            **without(context, "open"),
            "loans": loans,
        }
    if is_one_of(user_input, "Renew") and entry["renewed"] < MAX_RENEWALS:
        due = date.fromisoformat(entry["due"]) + timedelta(days=LOAN_DAYS)
        renewed = {"due": due.isoformat(), "renewed": entry["renewed"] + 1}
        context = {**context, "loans": {**context["loans"], number: renewed}}
        sender.send_message(chat_id, "Renewed.")
        return show_loan(chat_id, sender, context), context
    sender.send_message(chat_id, "What shall I do with it?")
    return show_loan(chat_id, sender, context), context
