"""Where is my parcel?  Track it, move its delivery, and follow the courier, who reports by webhook."""

import json
import re
import time

from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, MessageType, OptionsListType, Status

PLACES = {"door": "At the door", "shop": "Parcel shop", "neighbour": "A neighbour"}
MENU = {"where": "Where is it?", "move": "Deliver elsewhere", "follow": "Follow the courier", "bye": "That is all"}
MAX_REPORTS = 8
MAX_MOVES = 2
TRIES = 3
FOLLOW_FOR = 2 * 60 * 60  # seconds


class Parcel(AbstractFSM):
    states = [
        "zero",
        "greet",
        "ask_code",
        "check_code",
        "unknown_code",
        "menu",
        "read_menu",
        "say_where",
        "ask_place",
        "read_place",
        "ask_neighbour",
        "read_neighbour",
        "moved",
        "no_more_moves",
        "begin_following",
        "follow",
        "read_report",
        "delivered",
        "returned",
        "ask_rating",
        "read_rating",
        "thanks",
        "goodbye",
        "call_us",
    ]
    transitions = [
        {"trigger": "next", "source": "zero", "dest": "greet"},
        {"trigger": "next", "source": "greet", "dest": "ask_code"},
        {"trigger": "next", "source": "ask_code", "dest": "check_code"},
        {"trigger": "next", "source": "check_code", "dest": "menu", "conditions": "code_is_right"},
        {"trigger": "next", "source": "check_code", "dest": "call_us", "conditions": "tried_too_often"},
        {"trigger": "next", "source": "check_code", "dest": "unknown_code"},
        {"trigger": "next", "source": "unknown_code", "dest": "ask_code"},
        {"trigger": "next", "source": "menu", "dest": "read_menu"},
        {"trigger": "next", "source": "read_menu", "dest": "say_where", "conditions": "wants_where"},
        {"trigger": "next", "source": "read_menu", "dest": "no_more_moves", "conditions": "moved_too_often"},
        {"trigger": "next", "source": "read_menu", "dest": "ask_place", "conditions": "wants_to_move"},
        {"trigger": "next", "source": "read_menu", "dest": "begin_following", "conditions": "wants_to_follow"},
        {"trigger": "next", "source": "read_menu", "dest": "goodbye", "conditions": "wants_to_leave"},
        {"trigger": "next", "source": "read_menu", "dest": "menu"},
        {"trigger": "next", "source": "say_where", "dest": "menu"},
        {"trigger": "next", "source": "no_more_moves", "dest": "menu"},
        {"trigger": "next", "source": "ask_place", "dest": "read_place"},
        {"trigger": "next", "source": "read_place", "dest": "ask_neighbour", "conditions": "place_is_neighbour"},
        {"trigger": "next", "source": "read_place", "dest": "moved", "conditions": "place_is_known"},
        {"trigger": "next", "source": "read_place", "dest": "ask_place"},
        {"trigger": "next", "source": "ask_neighbour", "dest": "read_neighbour"},
        {"trigger": "next", "source": "read_neighbour", "dest": "moved", "conditions": "neighbour_is_known"},
        {"trigger": "next", "source": "read_neighbour", "dest": "ask_neighbour"},
        {"trigger": "next", "source": "moved", "dest": "menu"},
        {"trigger": "next", "source": "begin_following", "dest": "follow"},
        {"trigger": "next", "source": "follow", "dest": "read_report"},
        {"trigger": "next", "source": "read_report", "dest": "delivered", "conditions": "is_delivered"},
        {"trigger": "next", "source": "read_report", "dest": "returned", "conditions": "is_returned"},
        {"trigger": "next", "source": "read_report", "dest": "menu", "conditions": "followed_long_enough"},
        {"trigger": "next", "source": "read_report", "dest": "follow"},
        {"trigger": "next", "source": "delivered", "dest": "ask_rating"},
        {"trigger": "next", "source": "ask_rating", "dest": "read_rating"},
        {"trigger": "next", "source": "read_rating", "dest": "thanks", "conditions": "has_rating"},
        {"trigger": "next", "source": "read_rating", "dest": "ask_rating"},
    ]
    conditions = {
        "code_is_right",
        "tried_too_often",
        "wants_where",
        "moved_too_often",
        "wants_to_move",
        "wants_to_follow",
        "wants_to_leave",
        "place_is_neighbour",
        "place_is_known",
        "neighbour_is_known",
        "is_delivered",
        "is_returned",
        "followed_long_enough",
        "has_rating",
    }
    output_variables = set()

    # ---- talking

    def tell(self, body, options=None, footer=None):
        listed = [OptionsListType(id=key, title=title) for key, title in (options or {}).items()]
        self.send_message(
            FSMOutput(
                message_data=MessageData(body=body, footer=footer),
                type=MessageType.INTERACTIVE if listed else MessageType.TEXT,
                options_list=listed or None,
            )
        )

    def said(self):
        """Return what was typed, or the id of what was tapped."""
        text = self.current_input
        if not isinstance(text, str):
            return ""
        try:
            tapped = json.loads(text)
        except (ValueError, RecursionError):
            return text.strip()
        if isinstance(tapped, list) and tapped and isinstance(tapped[0], dict):
            return str(tapped[0].get("option_id", ""))
        return text.strip()

    def picked(self, options):
        said = self.said().lower()
        for key, title in options.items():
            if said in (key, title.lower()):
                return key
        return None

    def report(self):
        try:
            report = json.loads(self.current_callback or "")
        except (ValueError, RecursionError):
            return {}
        return report if isinstance(report, dict) else {}

    # ---- the code on the card

    def on_enter_greet(self):
        self.status = Status.WAIT_FOR_ME
        self.tell("Hello from Swift Parcels!")
        self.variables["places"] = []
        self.status = Status.MOVE_FORWARD

    def on_enter_ask_code(self):
        self.status = Status.WAIT_FOR_ME
        self.tell("Which code is on your card? It has two letters and four digits.")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_check_code(self):
        self.status = Status.WAIT_FOR_ME
        code = self.said().upper().replace(" ", "")
        if re.fullmatch(r"[A-Z]{2}[0-9]{4}", code) and int(code[2:]) % 7 == 0:
            self.variables["code"] = code
        else:
            self.variables["tries"] = self.variables.get("tries", 0) + 1
        self.status = Status.MOVE_FORWARD

    def on_enter_unknown_code(self):
        self.status = Status.WAIT_FOR_ME
        self.tell("I do not know that code.", footer=f"Try {self.variables['tries']} of {TRIES}")
        self.status = Status.MOVE_FORWARD

    def on_enter_call_us(self):
        self.status = Status.WAIT_FOR_ME
        self.tell("Please call us at 555 0191, we will find it together.")
        self.status = Status.END

    # ---- the menu

    def on_enter_menu(self):
        self.status = Status.WAIT_FOR_ME
        self.tell(f"What would you like to know about {self.variables['code']}?", MENU)
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_menu(self):
        self.status = Status.WAIT_FOR_ME
        choice = self.picked(MENU)
        if choice is None:
            self.tell("Sorry, I can only do what is on the list.")
        self.variables["choice"] = choice
        self.status = Status.MOVE_FORWARD

    def on_enter_say_where(self):
        self.status = Status.WAIT_FOR_ME
        last = self.variables["places"][-1] if self.variables["places"] else None
        where = f"It shall go to: {last['title'].lower()}." if last else "It comes to your door."
        self.tell(f"It is in the van. {where}")
        self.status = Status.MOVE_FORWARD

    def on_enter_no_more_moves(self):
        self.status = Status.WAIT_FOR_ME
        self.tell("I cannot move it again, the courier is on the way.")
        self.status = Status.MOVE_FORWARD

    # ---- another place

    def on_enter_ask_place(self):
        self.status = Status.WAIT_FOR_ME
        self.tell("Where shall we leave it?", PLACES)
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_place(self):
        self.status = Status.WAIT_FOR_ME
        self.variables["place"] = self.picked(PLACES)
        if self.variables["place"] is None:
            self.tell("We cannot leave it there.")
        elif self.variables["place"] != "neighbour":
            self.add_place(PLACES[self.variables["place"]])
        self.status = Status.MOVE_FORWARD

    def on_enter_ask_neighbour(self):
        self.status = Status.WAIT_FOR_ME
        self.tell("What is the neighbour's house number?")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_neighbour(self):
        self.status = Status.WAIT_FOR_ME
        number = self.said()
        if re.fullmatch(r"[1-9][0-9]{0,2}[a-d]?", number):
            self.variables["neighbour"] = number
            self.add_place(f"No. {number}")
        else:
            self.variables.pop("neighbour", None)
            self.tell("That is no house number in our streets.")
        self.status = Status.MOVE_FORWARD

    def add_place(self, title):
        self.variables["places"] = [*self.variables["places"], {"title": title}]

    def on_enter_moved(self):
        self.status = Status.WAIT_FOR_ME
        self.tell(f"Noted: {self.variables['places'][-1]['title']}.")
        self.status = Status.MOVE_FORWARD

    # ---- the courier reports

    def on_enter_begin_following(self):
        self.status = Status.WAIT_FOR_ME
        self.variables["seen"] = []
        self.variables["stops"] = 0
        self.variables["until"] = time.time() + FOLLOW_FOR
        self.tell("I tell you what the courier reports.")
        self.status = Status.MOVE_FORWARD

    def on_enter_follow(self):
        self.status = Status.WAIT_FOR_CALLBACK

    def on_enter_read_report(self):
        self.status = Status.WAIT_FOR_ME
        self.variables["news"] = None
        report = self.report()
        number, news = report.get("id"), report.get("event")
        if report.get("parcel") == self.variables["code"] and isinstance(number, int) and isinstance(news, str):
            if number not in self.variables["seen"]:
                self.variables["seen"] = [*self.variables["seen"], number][-MAX_REPORTS:]
                self.note(news)
        self.status = Status.MOVE_FORWARD

    def note(self, news):
        if news == "stop":
            self.variables["stops"] = min(self.variables["stops"] + 1, 20)
            self.tell(f"The courier has made {self.variables['stops']} stops.")
        elif news in ("delivered", "returned"):
            self.variables["news"] = news

    def on_enter_delivered(self):
        self.status = Status.WAIT_FOR_ME
        self.tell(f"Delivered, after {self.variables['stops']} stops!")
        self.status = Status.MOVE_FORWARD

    def on_enter_returned(self):
        self.status = Status.WAIT_FOR_ME
        self.tell("The courier could not deliver it; it goes back to the sender.")
        self.status = Status.END

    # ---- the rating

    def on_enter_ask_rating(self):
        self.status = Status.WAIT_FOR_ME
        self.tell("How was it?", {"1": "Bad", "2": "Fine", "3": "Great"})
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_rating(self):
        self.status = Status.WAIT_FOR_ME
        rating = self.picked({"1": "Bad", "2": "Fine", "3": "Great"})
        if rating is not None:
            self.variables["rating"] = int(rating)
        else:
            self.tell("A word from the list is enough.")
        self.status = Status.MOVE_FORWARD

    def on_enter_thanks(self):
        self.status = Status.WAIT_FOR_ME
        answer = {1: "We will do better.", 2: "Thank you.", 3: "The courier will be glad!"}
        self.tell(answer[self.variables["rating"]])
        self.status = Status.END

    def on_enter_goodbye(self):
        self.status = Status.WAIT_FOR_ME
        self.tell("Have a good day!")
        self.status = Status.END

    # ---- conditions

    def code_is_right(self):
        return "code" in self.variables

    def tried_too_often(self):
        return self.variables.get("tries", 0) >= TRIES

    def wants_where(self):
        return self.variables["choice"] == "where"

    def wants_to_move(self):
        return self.variables["choice"] == "move" and len(self.variables["places"]) < MAX_MOVES

    def moved_too_often(self):
        return self.variables["choice"] == "move" and len(self.variables["places"]) >= MAX_MOVES

    def wants_to_follow(self):
        return self.variables["choice"] == "follow"

    def wants_to_leave(self):
        return self.variables["choice"] == "bye"

    def place_is_neighbour(self):
        return self.variables["place"] == "neighbour"

    def place_is_known(self):
        return self.variables["place"] in ("door", "shop")

    def neighbour_is_known(self):
        return "neighbour" in self.variables

    def is_delivered(self):
        return self.variables["news"] == "delivered"

    def is_returned(self):
        return self.variables["news"] == "returned"

    def followed_long_enough(self):
        return self.variables["news"] is None and time.time() > self.variables["until"]

    def has_rating(self):
        return "rating" in self.variables
