"""Report a damage to the insurance: who you are (a plugin), what happened, photos (a plugin), and where the money goes."""

import hashlib
import json
import re
import zlib
from datetime import date, datetime, timedelta

from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, MessageType, OptionsListType, Status

DAMAGES = {"water": "Water", "fire": "Fire", "theft": "Theft", "glass": "Broken glass"}
EXCESS = {"water": 200, "fire": 0, "theft": 150, "glass": 50}
POLICE = ("theft",)
PHOTO_LIMIT = 2_000_000
MAX_PHOTOS = 3
OLDEST = timedelta(days=90)
HIGHEST = 20_000
TRIES = 3


def step(source, dest, condition=None):
    transition = {"trigger": "next", "source": source, "dest": dest}
    if condition:
        transition["conditions"] = condition
    return transition


def heard(received):
    """Return the text of a message, or the id of the option in it."""
    if not isinstance(received, str):
        return ""
    if received.startswith("["):
        try:
            return json.loads(received)[0]["option_id"]
        except (ValueError, LookupError, TypeError, RecursionError):
            return received.strip()
    return received.strip()


def among(received, options):
    word = str(heard(received)).casefold()
    return next((key for key in options if word in (key, options[key].casefold())), None)


class Talker(AbstractFSM):
    def say(self, body, options=None, kind=None, dest="out"):
        buttons = [OptionsListType(id=key, title=options[key]) for key in options] if options else None
        kind = kind or (MessageType.INTERACTIVE if buttons else MessageType.TEXT)
        self.send_message(FSMOutput(dest=dest, message_data=MessageData(body=body), type=kind, options_list=buttons))


class Login(Talker):
    """Let a person log in with their policy number; its outcome is ok, or failed."""

    states = ["zero", "ask_policy", "read_policy", "send_code", "wait_login", "read_login", "end"]
    transitions = [
        step("zero", "ask_policy"),
        step("ask_policy", "read_policy"),
        step("read_policy", "send_code", "has_policy"),
        step("read_policy", "end", "has_failed"),
        step("read_policy", "ask_policy"),
        step("send_code", "wait_login"),
        step("wait_login", "read_login"),
        step("read_login", "end", "has_outcome"),
        step("read_login", "wait_login"),
    ]
    conditions = {"has_policy", "has_failed", "has_outcome"}
    output_variables = {"outcome", "policy"}

    def on_enter_ask_policy(self):
        self.status = Status.WAIT_FOR_ME
        self.say(f"To {self.variables['purpose']}, I need your policy number: P and five digits.")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_policy(self):
        self.status = Status.WAIT_FOR_ME
        policy = str(heard(self.current_input)).upper()
        if re.fullmatch(r"P[0-9]{5}", policy):
            self.variables["policy"] = policy
        else:
            self.variables["tries"] = self.variables.get("tries", 0) + 1
            if self.variables["tries"] >= TRIES:
                self.variables["outcome"] = "failed"
            else:
                self.say("That is not a policy number.")
        self.status = Status.MOVE_FORWARD

    def on_enter_send_code(self):
        self.status = Status.WAIT_FOR_ME
        self.say(f"Please confirm {self.variables['policy']} in our app.")
        self.status = Status.MOVE_FORWARD

    def on_enter_wait_login(self):
        self.status = Status.WAIT_FOR_CALLBACK

    def on_enter_read_login(self):
        self.status = Status.WAIT_FOR_ME
        try:
            login = json.loads(self.current_callback or "")
        except (ValueError, RecursionError):
            login = None
        if isinstance(login, dict) and login.get("policy") == self.variables["policy"]:
            if login.get("result") == "confirmed":
                self.variables["outcome"] = "ok"
            elif login.get("result") == "rejected":
                self.variables["outcome"] = "failed"
        self.status = Status.MOVE_FORWARD

    def has_policy(self):
        return "policy" in self.variables

    def has_failed(self):
        return self.variables.get("outcome") == "failed"

    def has_outcome(self):
        return "outcome" in self.variables


class Photos(Talker):
    """Collect up to three photos; the output is the list of their fingerprints."""

    states = ["zero", "ask_photo", "read_photo", "end"]
    transitions = [
        step("zero", "ask_photo"),
        step("ask_photo", "read_photo"),
        step("read_photo", "end", "has_all"),
        step("read_photo", "ask_photo"),
    ]
    conditions = {"has_all"}
    output_variables = {"photos"}

    def on_enter_ask_photo(self):
        self.status = Status.WAIT_FOR_ME
        taken = len(self.variables.setdefault("photos", []))
        self.say(f"Send photo {taken + 1} of at most {MAX_PHOTOS}.", {"enough": "That is all"})
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_photo(self):
        self.status = Status.WAIT_FOR_ME
        photo = self.current_input
        if isinstance(photo, bytes) and len(photo) > PHOTO_LIMIT:
            self.say("That photo is too large.")
        elif isinstance(photo, bytes) and photo[:3] == b"\xff\xd8\xff":
            self.add(hashlib.sha256(photo).hexdigest()[:16])
        elif among(photo, {"enough": "That is all"}):
            self.variables["done"] = True
        else:
            self.say("That is no JPEG photo.")
        self.status = Status.MOVE_FORWARD

    def add(self, fingerprint):
        if fingerprint in self.variables["photos"]:
            self.say("I have that one already.")
        else:
            self.variables["photos"] = [*self.variables["photos"], fingerprint]

    def has_all(self):
        return self.variables.get("done", False) or len(self.variables["photos"]) >= MAX_PHOTOS


class Claims(Talker):
    states = [
        "zero",
        "hello",
        "login",
        "ask_damage",
        "read_damage",
        "ask_day",
        "read_day",
        "too_old",
        "ask_police",
        "read_police",
        "photos",
        "ask_amount",
        "read_amount",
        "ask_account",
        "read_account",
        "review",
        "read_review",
        "filed",
        "withdrawn",
        "not_you",
    ]
    transitions = [
        step("zero", "hello"),
        step("hello", "login"),
        step("login", "ask_damage", "is_known"),
        step("login", "not_you", "is_unknown"),
        step("ask_damage", "read_damage"),
        step("read_damage", "ask_day", "has_damage"),
        step("read_damage", "ask_damage"),
        step("ask_day", "read_day"),
        step("read_day", "too_old", "is_too_old"),
        step("read_day", "ask_police", "needs_police"),
        step("read_day", "photos", "needs_photos"),
        step("read_day", "ask_day"),
        step("ask_police", "read_police"),
        step("read_police", "photos", "has_police"),
        step("read_police", "ask_police"),
        step("photos", "ask_amount"),
        step("ask_amount", "read_amount"),
        step("read_amount", "ask_account", "has_amount"),
        step("read_amount", "ask_amount"),
        step("ask_account", "read_account"),
        step("read_account", "review", "has_account"),
        step("read_account", "ask_account"),
        step("review", "read_review"),
        step("read_review", "filed", "is_confirmed"),
        step("read_review", "ask_amount", "wants_other_amount"),
        step("read_review", "withdrawn", "is_withdrawn"),
        step("read_review", "review"),
    ]
    conditions = {
        "is_known",
        "is_unknown",
        "has_damage",
        "is_too_old",
        "needs_police",
        "needs_photos",
        "has_police",
        "has_amount",
        "has_account",
        "is_confirmed",
        "wants_other_amount",
        "is_withdrawn",
    }
    output_variables = set()

    def __init__(self, send_message, credentials=None):
        self.plugins = {"login": Login(send_message, credentials), "photos": Photos(send_message, credentials)}
        super().__init__(send_message, credentials)

    def on_enter_hello(self):
        self.status = Status.WAIT_FOR_ME
        self.say("I am sorry that something happened. Let us sort it out.")
        self.status = Status.MOVE_FORWARD

    def on_enter_login(self):
        self.status = Status.WAIT_FOR_ME
        result = self.run_plugin("login", purpose="report a damage")
        if result != self.RUN_TOKEN:
            self.variables["login"] = result
            self.status = Status.MOVE_FORWARD

    def on_enter_not_you(self):
        self.status = Status.WAIT_FOR_ME
        self.say("Then I cannot go on here. Please ring your agent.")
        self.status = Status.END

    def on_enter_ask_damage(self):
        self.status = Status.WAIT_FOR_ME
        self.say("What kind of damage is it?", DAMAGES)
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_damage(self):
        self.status = Status.WAIT_FOR_ME
        damage = among(self.current_input, DAMAGES)
        if damage is None:
            self.say("We do not insure that here.")
        else:
            self.variables["damage"] = damage
        self.status = Status.MOVE_FORWARD

    def on_enter_ask_day(self):
        self.status = Status.WAIT_FOR_ME
        self.say("On which day? For example 2025-12-31.", {"today": "Today"})
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_day(self):
        self.status = Status.WAIT_FOR_ME
        text = str(heard(self.current_input))
        today = datetime.now().date()
        day = self.day_of(text, today)
        if day is None or day > today:
            self.variables["age"] = None
            self.say("I need a day that has been, written as year-month-day.")
        else:
            self.variables["day"] = day.isoformat()
            self.variables["age"] = (today - day).days
        self.status = Status.MOVE_FORWARD

    def day_of(self, text, today):
        if text.casefold() == "today":
            return today
        if not re.fullmatch(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", text):
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None

    def on_enter_too_old(self):
        self.status = Status.WAIT_FOR_ME
        self.say("That is more than 90 days ago; we can no longer take it.")
        self.status = Status.END

    def on_enter_ask_police(self):
        self.status = Status.WAIT_FOR_ME
        self.say("What is the file number of the police? It has four digits, a slash and the year, as in 1234/25.")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_police(self):
        self.status = Status.WAIT_FOR_ME
        number = str(heard(self.current_input))
        if re.fullmatch(r"[0-9]{4}/[0-9]{2}", number):
            self.variables["police"] = number
        else:
            self.say("That is not a file number.")
        self.status = Status.MOVE_FORWARD

    def on_enter_photos(self):
        self.status = Status.WAIT_FOR_ME
        result = self.run_plugin("photos")
        if result == self.RUN_TOKEN:
            return
        self.variables["photos"] = result["photos"]
        self.status = Status.MOVE_FORWARD

    def on_enter_ask_amount(self):
        self.status = Status.WAIT_FOR_ME
        self.say("What does the repair cost, in whole euros?")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_amount(self):
        self.status = Status.WAIT_FOR_ME
        text = str(heard(self.current_input))
        amount = int(text) if re.fullmatch(r"[0-9]{1,6}", text) else 0
        self.variables.pop("amount", None)
        if amount > HIGHEST:
            self.say("For such a sum an expert has to come. Please ring your agent, or give a lower sum.")
        elif amount <= EXCESS[self.variables["damage"]]:
            self.say(f"You bear the first {EXCESS[self.variables['damage']]} EUR yourself. What does it cost?")
        else:
            self.variables["amount"] = amount
        self.status = Status.MOVE_FORWARD

    def on_enter_ask_account(self):
        self.status = Status.WAIT_FOR_ME
        self.variables.pop("account", None)
        self.say("To which account shall we pay? Its number has ten digits.")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_account(self):
        self.status = Status.WAIT_FOR_ME
        account = str(heard(self.current_input)).replace(" ", "")
        if re.fullmatch(r"[0-9]{10}", account):
            self.variables["account"] = account
        else:
            self.say("An account number has ten digits.")
        self.status = Status.MOVE_FORWARD

    def on_enter_review(self):
        self.status = Status.WAIT_FOR_ME
        payout = self.variables["amount"] - EXCESS[self.variables["damage"]]
        shown = (
            f"{DAMAGES[self.variables['damage']]} on {self.variables['day']}, {len(self.variables['photos'])} photos"
        )
        self.say(
            f"{shown}. We would pay {payout} EUR. Shall I file it?",
            {"file": "File it", "amount": "Other sum", "drop": "Withdraw"},
        )
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_review(self):
        self.status = Status.WAIT_FOR_ME
        self.variables["answer"] = among(
            self.current_input, {"file": "File it", "amount": "Other sum", "drop": "Withdraw"}
        )
        if self.variables["answer"] is None:
            self.say("File it, another sum, or withdraw?")
        self.status = Status.MOVE_FORWARD

    def on_enter_filed(self):
        self.status = Status.WAIT_FOR_ME
        number = self.claim_number()
        self.say(f"pay claim {number}", dest="channel")
        self.say(f"Filed under {number}. The money comes within a week.")
        self.status = Status.END

    def claim_number(self):
        """Return a number that the same claim always gets, however often this turn runs."""
        claim = f"{self.variables['login']['policy']} {self.variables['damage']} {self.variables['day']}"
        return 100_000 + zlib.crc32(claim.encode()) % 900_000

    def on_enter_withdrawn(self):
        self.status = Status.WAIT_FOR_ME
        self.say("Withdrawn; nothing is filed.")
        self.status = Status.END

    def is_known(self):
        return self.variables["login"]["outcome"] == "ok"

    def is_unknown(self):
        return self.variables["login"]["outcome"] != "ok"

    def has_damage(self):
        return "damage" in self.variables

    def is_too_old(self):
        return self.variables["age"] is not None and self.variables["age"] > OLDEST.days

    def is_recent(self):
        return self.variables["age"] is not None and self.variables["age"] <= OLDEST.days

    def needs_police(self):
        return self.is_recent() and self.variables["damage"] in POLICE

    def needs_photos(self):
        return self.is_recent() and self.variables["damage"] not in POLICE

    def has_police(self):
        return "police" in self.variables

    def has_amount(self):
        return "amount" in self.variables

    def has_account(self):
        return "account" in self.variables

    def is_confirmed(self):
        return self.variables["answer"] == "file"

    def wants_other_amount(self):
        return self.variables["answer"] == "amount"

    def is_withdrawn(self):
        return self.variables["answer"] == "drop"
