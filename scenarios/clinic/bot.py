"""A doctor's practice: answers questions, and books appointments for patients who have proved who they are.

Proving it is a plugin, a machine of its own that any bot can use: it asks for the patient number, sends a link to
the national login, and waits for the login's webhook.
"""

from __future__ import annotations

import json
import re
from typing import Any

from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, MessageType, OptionsListType, Status

SERVICES = {"book": "Book a visit", "repeat": "Repeat prescription", "ask": "Ask a question", "bye": "Nothing, thanks"}
PURPOSES = {"book": "book a visit", "repeat": "renew your prescription"}
DOCTORS = {"okafor": "Dr Okafor", "lindqvist": "Dr Lindqvist"}
TIMES = {"okafor": ("Mon 09:00", "Mon 11:30"), "lindqvist": ("Tue 14:00", "Wed 08:30", "Thu 16:15")}
EMERGENCY = re.compile(
    r"\b(chest pain|cannot breathe|can't breathe|unconscious|stroke|bleeding heavily)\b", re.IGNORECASE
)
TRIES = 3


def way(source: str, dest: str, condition: str | None = None) -> dict[str, str]:
    """Return a transition; of those with the same source the first whose condition holds is taken."""
    transition = {"trigger": "next", "source": source, "dest": dest}
    return transition | {"conditions": condition} if condition else transition


def words(received: object) -> str:
    """Return the id of the option that was tapped, or else what was typed; nothing for what is no text."""
    if not isinstance(received, str):
        return ""
    try:
        return str(json.loads(received)[0]["option_id"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return received.strip()


def pick(received: object, titles: dict[str, str]) -> str | None:
    """Return the id of the option that was tapped, or typed by its id or title; None for anything else."""
    said = words(received).casefold()
    return next((key for key, title in titles.items() if said in (key.casefold(), title.casefold())), None)


def is_patient_number(text: str) -> bool:
    """Say whether *text* is eight digits of which the last is the check digit (Luhn's)."""
    if not re.fullmatch(r"[0-9]{8}", text):
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(text)))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


class Speaker(AbstractFSM):
    """What both machines share: saying something, with options or without."""

    def say(self, body: str, options: dict[str, str] | None = None, **more: Any) -> None:
        choices = [OptionsListType(id=key, title=title) for key, title in (options or {}).items()]
        self.send_message(
            FSMOutput(
                message_data=MessageData(body=body),
                type=more.pop("type", MessageType.INTERACTIVE if choices else MessageType.TEXT),
                options_list=choices or None,
                **more,
            )
        )


class IdentityCheck(Speaker):
    """Find out who the person is.  Started with `purpose`; its `outcome` is verified, refused or given up."""

    states = ["zero", "ask_number", "read_number", "send_link", "await_login", "read_login", "end"]
    transitions = [
        way("zero", "ask_number"),
        way("ask_number", "read_number"),
        way("read_number", "send_link", "has_number"),
        way("read_number", "end", "has_given_up"),
        way("read_number", "ask_number"),
        way("send_link", "await_login"),
        way("await_login", "read_login"),
        way("read_login", "end", "has_outcome"),
        way("read_login", "await_login"),
    ]
    conditions = {"has_number", "has_given_up", "has_outcome"}
    output_variables = {"outcome", "patient", "name"}

    def __init__(self, send_message: Any, credentials: dict[str, Any] | None = None) -> None:
        self.credentials = credentials or {}
        super().__init__(send_message=send_message)

    def on_enter_ask_number(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say(f"To {self.variables['purpose']} I need to know who you are. What is your patient number?")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_number(self) -> None:
        self.status = Status.WAIT_FOR_ME
        number = words(self.current_input).replace(" ", "")
        tries = self.variables["tries"] = self.variables.get("tries", 0) + 1
        if is_patient_number(number):
            self.variables["patient"] = number
        elif number.casefold() == "cancel" or tries >= TRIES:
            self.variables["outcome"] = "given up"
        else:
            self.say("That is not a patient number. It is on your card and has eight digits.")
        self.status = Status.MOVE_FORWARD

    def on_enter_send_link(self) -> None:
        self.status = Status.WAIT_FOR_ME
        site = self.credentials.get("LOGIN_URL", "https://login.example")
        self.say(f"Please log in at {site}/{self.variables['patient']} and come back here.")
        self.status = Status.MOVE_FORWARD

    def on_enter_await_login(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.status = Status.WAIT_FOR_CALLBACK

    def on_enter_read_login(self) -> None:
        self.status = Status.WAIT_FOR_ME
        login = self.login()
        # A login of somebody else is not a refusal: it is not about this chat at all.
        if login.get("patient") == self.variables["patient"]:
            name = words(login.get("name"))
            if login.get("status") == "verified" and name.isprintable() and 0 < len(name) <= 80:
                self.variables |= {"outcome": "verified", "name": name}
            elif login.get("status") == "refused":
                self.variables["outcome"] = "refused"
        self.status = Status.MOVE_FORWARD

    def login(self) -> dict[str, Any]:
        """Return what the login's webhook reports; nothing where it cannot be read."""
        try:
            report = json.loads(self.current_callback or "")
        except (ValueError, RecursionError):
            return {}
        return report if isinstance(report, dict) else {}

    def has_number(self) -> bool:
        return "patient" in self.variables

    def has_given_up(self) -> bool:
        return self.variables.get("outcome") == "given up"

    def has_outcome(self) -> bool:
        return "outcome" in self.variables


class Clinic(Speaker):
    states = [
        "zero",
        "choose_language",
        "ask_service",
        "read_service",
        "ask_question",
        "search",
        "answer",
        "identify",
        "not_identified",
        "ask_doctor",
        "read_doctor",
        "ask_time",
        "read_time",
        "ask_reason",
        "read_reason",
        "booked",
        "renewed",
        "emergency",
        "goodbye",
    ]
    transitions = [
        way("zero", "choose_language"),
        way("choose_language", "ask_service"),
        way("ask_service", "emergency", "sounds_urgent"),
        way("ask_service", "read_service"),
        way("read_service", "goodbye", "wants_nothing"),
        way("read_service", "ask_question", "wants_to_ask"),
        way("read_service", "identify", "wants_a_service"),
        way("read_service", "ask_service"),
        way("ask_question", "emergency", "sounds_urgent"),
        way("ask_question", "search", "has_asked"),
        way("ask_question", "ask_question"),
        way("search", "answer"),
        way("answer", "ask_service"),
        way("identify", "not_identified", "is_unknown"),
        way("identify", "ask_doctor", "may_book"),
        way("identify", "renewed", "may_renew"),
        way("ask_doctor", "read_doctor"),
        way("read_doctor", "ask_time", "has_doctor"),
        way("read_doctor", "ask_doctor"),
        way("ask_time", "ask_doctor", "wants_other_doctor"),
        way("ask_time", "read_time"),
        way("read_time", "ask_reason", "has_time"),
        way("read_time", "ask_time"),
        way("ask_reason", "emergency", "sounds_urgent"),
        way("ask_reason", "read_reason"),
        way("read_reason", "booked", "has_reason"),
        way("read_reason", "ask_reason"),
    ]
    conditions = {
        "sounds_urgent",
        "has_asked",
        "wants_nothing",
        "wants_to_ask",
        "wants_a_service",
        "is_unknown",
        "may_book",
        "may_renew",
        "has_doctor",
        "wants_other_doctor",
        "has_time",
        "has_reason",
    }
    output_variables = set()

    def __init__(self, send_message: Any, credentials: dict[str, Any] | None = None) -> None:
        self.credentials = credentials or {}
        self.plugins = {"identity": IdentityCheck(send_message, self.credentials)}
        super().__init__(send_message=send_message)

    # ------------------------------------------------------------ what can I do for you

    def on_enter_choose_language(self) -> None:
        self.status = Status.WAIT_FOR_ME
        # The channel shows its own language menu, and afterwards says `language_selected`.
        self.say("Please choose your language.", type=MessageType.DIALOG, dest="channel", dialog="language")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_ask_service(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say("This is the practice on Elm Street. What can I do for you?", SERVICES)
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_service(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.choose("service", SERVICES)
        self.status = Status.MOVE_FORWARD

    def on_enter_ask_question(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say("What would you like to know?")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_search(self) -> None:
        self.status = Status.WAIT_FOR_ME
        # The question goes to the search over the practice's leaflets; what it finds comes back as a callback.
        self.say(words(self.current_input)[:500], dest="rag")
        self.status = Status.WAIT_FOR_CALLBACK

    def on_enter_answer(self) -> None:
        self.status = Status.WAIT_FOR_ME
        found = words(self.current_callback)
        self.say(found or "I found nothing about that. Please ring us at 555 0143.")
        self.status = Status.MOVE_FORWARD

    # ------------------------------------------------------------ who are you

    def on_enter_identify(self) -> None:
        self.status = Status.WAIT_FOR_ME
        # Every turn of the plugin comes through here, so nothing may be said before it has finished.
        identity = self.run_plugin("identity", purpose=PURPOSES[self.variables["service"]])
        if identity == self.RUN_TOKEN:
            return
        self.variables["identity"] = identity
        self.status = Status.MOVE_FORWARD

    def on_enter_not_identified(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say("Then I cannot help you here. Please ring us at 555 0143.")
        self.status = Status.END

    def on_enter_renewed(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say(f"Thank you, {self.name()}. Your prescription will be at your pharmacy tomorrow.")
        self.status = Status.END

    # ------------------------------------------------------------ the visit

    def on_enter_ask_doctor(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.variables.pop("doctor", None)
        self.say(f"Whom would you like to see, {self.name()}?", DOCTORS)
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_doctor(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.choose("doctor", DOCTORS)
        self.status = Status.MOVE_FORWARD

    def on_enter_ask_time(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say(f"{DOCTORS[self.variables['doctor']]} is free then:", self.times() | {"other": "Other doctor"})
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_time(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.choose("time", self.times())
        self.status = Status.MOVE_FORWARD

    def on_enter_ask_reason(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say("In a sentence, what is it about?")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_reason(self) -> None:
        self.status = Status.WAIT_FOR_ME
        reason = words(self.current_input)
        if 3 <= len(reason) <= 200:
            self.variables["reason"] = reason
        else:
            self.say("Please write 3 to 200 characters, so that the doctor can prepare.")
        self.status = Status.MOVE_FORWARD

    def on_enter_booked(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say(
            f"Booked: {DOCTORS[self.variables['doctor']]}, {self.variables['time']}. Bring your card, {self.name()}."
        )
        self.status = Status.END

    def on_enter_emergency(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say("That sounds urgent. Please call 112 now!")
        self.status = Status.END

    def on_enter_goodbye(self) -> None:
        self.status = Status.WAIT_FOR_ME
        self.say("Take care!")
        self.status = Status.END

    # ------------------------------------------------------------ guards

    def sounds_urgent(self) -> bool:
        return EMERGENCY.search(words(self.current_input).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")) is not None

    def has_asked(self) -> bool:
        return words(self.current_input) != "" and not self.sounds_urgent()

    def wants_nothing(self) -> bool:
        return self.variables.get("service") == "bye"

    def wants_to_ask(self) -> bool:
        return self.variables.get("service") == "ask"

    def wants_a_service(self) -> bool:
        return self.variables.get("service") in PURPOSES

    def is_unknown(self) -> bool:
        return self.variables["identity"]["outcome"] != "verified"

    def may_book(self) -> bool:
        return not self.is_unknown() and self.variables["service"] == "book"

    def may_renew(self) -> bool:
        return not self.is_unknown() and self.variables["service"] == "repeat"

    def has_doctor(self) -> bool:
        return "doctor" in self.variables

    def wants_other_doctor(self) -> bool:
        return pick(self.current_input, {"other": "Other doctor"}) is not None

    def has_time(self) -> bool:
        return "time" in self.variables

    def has_reason(self) -> bool:
        return "reason" in self.variables

    # ------------------------------------------------------------ what the states share

    def choose(self, name: str, titles: dict[str, str]) -> None:
        """Keep what was chosen under *name*; complain, and forget what was chosen before, where it is no option."""
        choice = pick(self.current_input, titles)
        if choice is not None:
            self.variables[name] = choice
        else:
            self.variables.pop(name, None)
            self.say("Please choose one of the options.")

    def times(self) -> dict[str, str]:
        return {time: time for time in TIMES[self.variables["doctor"]]}

    def name(self) -> str:
        return self.variables["identity"]["name"]
