"""Give to the lifeboats: how much, how often, for whom; the bank reports each instalment by webhook."""

import json
import zlib

from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, MessageType, OptionsListType, Status

SUMS = {"10": "10 EUR", "25": "25 EUR", "60": "60 EUR", "other": "Another sum"}
PLANS = {"once": "Once", "thrice": "In three parts"}
PARTS = {"once": 1, "thrice": 3}
LOWEST, HIGHEST = 5, 5000
DEDICATION = 60


def t(source, dest, *guards):
    return {"trigger": "next", "source": source, "dest": dest, "conditions": list(guards)}


class Donation(AbstractFSM):
    """The states are named by what the bot is doing; `take_…` states make sense of an answer."""

    states = [
        "zero",
        "greeting",
        "sum",
        "take_sum",
        "own_sum",
        "take_own_sum",
        "plan",
        "take_plan",
        "dedication",
        "take_dedication",
        "summary",
        "take_summary",
        "pledge",
        "waiting",
        "take_payment",
        "part_paid",
        "trouble",
        "take_trouble",
        "complete",
        "stopped",
    ]
    transitions = [
        t("zero", "greeting"),
        t("greeting", "sum"),
        t("sum", "take_sum"),
        t("take_sum", "own_sum", "wants_own_sum"),
        t("take_sum", "plan", "has_amount"),
        t("take_sum", "sum"),
        t("own_sum", "take_own_sum"),
        t("take_own_sum", "plan", "has_amount"),
        t("take_own_sum", "own_sum"),
        t("plan", "take_plan"),
        t("take_plan", "dedication", "has_plan"),
        t("take_plan", "plan"),
        t("dedication", "take_dedication"),
        t("take_dedication", "summary", "has_dedication"),
        t("take_dedication", "dedication"),
        t("summary", "take_summary"),
        t("take_summary", "pledge", "agreed"),
        t("take_summary", "sum", "wants_change"),
        t("take_summary", "stopped", "wants_stop"),
        t("take_summary", "summary"),
        t("pledge", "waiting"),
        t("waiting", "take_payment"),
        t("take_payment", "complete", "is_complete"),
        t("take_payment", "trouble", "was_refused"),
        t("take_payment", "part_paid", "was_new"),
        t("take_payment", "waiting"),
        t("part_paid", "waiting"),
        t("trouble", "take_trouble"),
        t("take_trouble", "pledge", "wants_retry"),
        t("take_trouble", "stopped", "wants_stop"),
        t("take_trouble", "trouble"),
    ]
    conditions = {
        "wants_own_sum",
        "has_amount",
        "has_plan",
        "has_dedication",
        "agreed",
        "wants_change",
        "wants_stop",
        "is_complete",
        "was_refused",
        "was_new",
        "wants_retry",
    }
    output_variables = set()

    def send(self, body, choices=None, dest="out"):
        rows = [OptionsListType(id=id_, title=title) for id_, title in choices.items()] if choices else None
        self.send_message(
            FSMOutput(
                dest=dest,
                message_data=MessageData(body=body),
                type=MessageType.INTERACTIVE if rows else MessageType.TEXT,
                options_list=rows,
            )
        )

    @property
    def words(self):
        received = self.current_input if isinstance(self.current_input, str) else ""
        try:
            data = json.loads(received)
            return str(data[0]["option_id"])
        except (ValueError, LookupError, TypeError, RecursionError):
            return received.strip()

    @property
    def is_typed(self):
        """Whether a person wrote it, and tapped nothing."""
        return isinstance(self.current_input, str) and not self.current_input.startswith("[{")

    def choice(self, choices):
        for id_, title in choices.items():
            if self.words.casefold() in (id_, title.casefold()):
                return id_
        return None

    def on_enter_greeting(self):
        self.status = Status.WAIT_FOR_ME
        self.send("The lifeboats go out in any weather. Thank you for thinking of them!")
        self.status = Status.MOVE_FORWARD

    def on_enter_sum(self):
        self.status = Status.WAIT_FOR_ME
        self.variables.pop("amount", None)
        self.send("How much would you like to give?", SUMS)
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_take_sum(self):
        self.status = Status.WAIT_FOR_ME
        choice = self.choice(SUMS)
        self.variables["own"] = choice == "other"
        if choice is None:
            self.send("Please choose one of these.")
        elif choice != "other":
            self.variables["amount"] = int(choice)
        self.status = Status.MOVE_FORWARD

    def on_enter_own_sum(self):
        self.status = Status.WAIT_FOR_ME
        self.send(f"Which sum, from {LOWEST} to {HIGHEST} EUR?")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_take_own_sum(self):
        self.status = Status.WAIT_FOR_ME
        words = self.words.removesuffix("EUR").strip()
        if words.isascii() and words.isdigit() and len(words) <= 4 and LOWEST <= int(words) <= HIGHEST:
            self.variables["amount"] = int(words)
        else:
            self.send("I cannot take that sum.")
        self.status = Status.MOVE_FORWARD

    def on_enter_plan(self):
        self.status = Status.WAIT_FOR_ME
        self.send(f"{self.variables['amount']} EUR, at once or in parts?", PLANS)
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_take_plan(self):
        self.status = Status.WAIT_FOR_ME
        plan = self.choice(PLANS)
        if plan is None:
            self.variables.pop("plan", None)
            self.send("Once, or in three parts?")
        else:
            self.variables["plan"] = plan
        self.status = Status.MOVE_FORWARD

    def on_enter_dedication(self):
        self.status = Status.WAIT_FOR_ME
        self.variables.pop("for", None)
        self.send("In whose name shall it be?", {"mine": "My own", "nobody": "Nobody's"})
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_take_dedication(self):
        self.status = Status.WAIT_FOR_ME
        choice = self.choice({"mine": "My own", "nobody": "Nobody's"})
        if choice:
            self.variables["for"] = {"mine": "yourself", "nobody": "nobody"}[choice]
        elif self.is_typed and 2 <= len(self.words) <= DEDICATION and self.words.replace(" ", "").isalpha():
            self.variables["for"] = self.words
        else:
            self.send("A name has only letters, and at most 60 of them.")
        self.status = Status.MOVE_FORWARD

    def on_enter_summary(self):
        self.status = Status.WAIT_FOR_ME
        parts = PARTS[self.variables["plan"]]
        self.send(
            f"{self.variables['amount']} EUR in {parts} part(s), in the name of {self.variables['for']}. Is that right?",
            {"yes": "Yes", "change": "Change the sum", "stop": "Stop it"},
        )
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_take_summary(self):
        self.status = Status.WAIT_FOR_ME
        answer = self.choice({"yes": "Yes", "change": "Change the sum", "stop": "Stop it"})
        self.variables["answer"] = answer
        if answer is None:
            self.send("Yes, change, or stop?")
        self.status = Status.MOVE_FORWARD

    def on_enter_pledge(self):
        self.status = Status.WAIT_FOR_ME
        self.variables["tries"] = self.variables.get("tries", 0) + 1
        self.variables["mandate"] = self.mandate_number()
        self.variables["paid"] = self.variables.get("paid", 0)
        self.variables["seen"] = self.variables.get("seen", [])
        self.send(f"collect {self.variables['amount']} EUR under {self.variables['mandate']}", dest="channel")
        self.send(f"I have told your bank, under number {self.variables['mandate']}.")
        self.status = Status.MOVE_FORWARD

    def mandate_number(self):
        """Return a number that does not change when the bank is told twice."""
        text = f"{self.variables['amount']} {self.variables['plan']} {self.variables['for']} {self.variables['tries']}"
        return 10_000 + zlib.crc32(text.encode()) % 90_000

    def on_enter_waiting(self):
        self.status = Status.WAIT_FOR_CALLBACK

    def on_enter_take_payment(self):
        self.status = Status.WAIT_FOR_ME
        self.variables["news"] = None
        try:
            payment = json.loads(self.current_callback or "")
        except (ValueError, RecursionError):
            payment = None
        if isinstance(payment, dict) and payment.get("mandate") == self.variables["mandate"]:
            self.book(payment.get("payment"), payment.get("status"))
        self.status = Status.MOVE_FORWARD

    def book(self, number, status):
        """Count a payment that was not counted yet."""
        if not isinstance(number, str) or len(number) > 20 or status not in ("paid", "refused"):
            return
        if number in self.variables["seen"]:
            return
        self.variables["seen"] = [*self.variables["seen"], number][-8:]
        if status == "paid":
            self.variables["paid"] += 1
        self.variables["news"] = status

    def on_enter_part_paid(self):
        self.status = Status.WAIT_FOR_ME
        left = PARTS[self.variables["plan"]] - self.variables["paid"]
        self.send(f"A part has arrived; {left} to go.")
        self.status = Status.MOVE_FORWARD

    def on_enter_trouble(self):
        self.status = Status.WAIT_FOR_ME
        self.send("Your bank has refused. Shall I ask it again?", {"again": "Ask again", "stop": "Stop it"})
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_take_trouble(self):
        self.status = Status.WAIT_FOR_ME
        answer = self.choice({"again": "Ask again", "stop": "Stop it"})
        if answer == "again" and self.variables["tries"] >= 3:
            self.send("It has refused three times; I had better stop.")
            answer = "stop"
        elif answer is None:
            self.send("Again, or stop?")
        self.variables["answer"] = answer
        self.status = Status.MOVE_FORWARD

    def on_enter_complete(self):
        self.status = Status.WAIT_FOR_ME
        who = {"yourself": "you", "nobody": "a friend of the lifeboats"}.get(
            self.variables["for"], self.variables["for"]
        )
        self.send(f"All of it has arrived. The crews thank {who}!")
        self.status = Status.END

    def on_enter_stopped(self):
        self.status = Status.WAIT_FOR_ME
        self.send("It is stopped, and nothing more will be taken.")
        self.status = Status.END

    def wants_own_sum(self):
        return self.variables["own"]

    def has_amount(self):
        return "amount" in self.variables

    def has_plan(self):
        return "plan" in self.variables

    def has_dedication(self):
        return "for" in self.variables

    def agreed(self):
        return self.variables["answer"] == "yes"

    def wants_change(self):
        return self.variables["answer"] == "change"

    def wants_stop(self):
        return self.variables["answer"] == "stop"

    def wants_retry(self):
        return self.variables["answer"] == "again"

    def is_complete(self):
        return self.variables["paid"] >= PARTS[self.variables["plan"]]

    def was_refused(self):
        return self.variables["news"] == "refused" and not self.is_complete()

    def was_new(self):
        return self.variables["news"] == "paid" and not self.is_complete()
