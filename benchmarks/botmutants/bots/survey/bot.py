"""An energy adviser: seventeen questions about a house, and what would help it most."""

import json

from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, MessageType, OptionsListType, Status

YES_NO = {"yes": "Yes", "no": "No", "unsure": "I am not sure"}
HOMES = {"house": "A house", "row": "A terraced house", "flat": "A flat"}
HEATING = {"gas": "Gas", "oil": "Oil", "pump": "Heat pump", "wood": "Wood"}
WINDOWS = {"single": "Single panes", "double": "Double panes", "triple": "Triple panes"}
WATER = {"same": "With the heating", "power": "With electricity", "solar": "With the sun"}
CARS = {"none": "No car", "petrol": "Petrol", "electric": "Electric"}
WHEN = {"now": "At once", "year": "Within a year", "later": "Some day"}
FUEL = {"gas": 0.2, "oil": 0.27, "wood": 0.03, "pump": 0.1}
ADVICE = {"gas": "a heat pump", "oil": "a heat pump", "pump": "a better tariff", "wood": "a filter for the stove"}
PANES = {"single": 25, "double": 8, "triple": 0}
MOST_PEOPLE = 12


def way(source, dest, condition=None):
    transition = {"trigger": "next", "source": source, "dest": dest}
    return {**transition, "conditions": condition} if condition else transition


class EnergyAdviser(AbstractFSM):
    states = [
        "zero",
        "welcome",
        "ask_consent",
        "read_consent",
        "ask_home",
        "read_home",
        "ask_year",
        "read_year",
        "ask_size",
        "read_size",
        "ask_heating",
        "read_heating",
        "ask_boiler",
        "read_boiler",
        "ask_windows",
        "read_windows",
        "ask_roof",
        "read_roof",
        "ask_walls",
        "read_walls",
        "ask_household",
        "read_household",
        "ask_warmth",
        "read_warmth",
        "ask_water",
        "read_water",
        "ask_power",
        "read_power",
        "ask_sun",
        "read_sun",
        "ask_car",
        "read_car",
        "ask_budget",
        "read_budget",
        "ask_plan",
        "read_plan",
        "ask_name",
        "read_name",
        "advise",
        "bye",
    ]
    transitions = [
        way("zero", "welcome"),
        way("welcome", "ask_consent"),
        way("ask_consent", "read_consent"),
        way("read_consent", "ask_home", "agreed"),
        way("read_consent", "bye", "declined"),
        way("read_consent", "ask_consent"),
        way("ask_home", "read_home"),
        way("read_home", "ask_year", "is_answered"),
        way("read_home", "ask_home"),
        way("ask_year", "read_year"),
        way("read_year", "ask_size", "is_answered"),
        way("read_year", "ask_year"),
        way("ask_size", "read_size"),
        way("read_size", "ask_heating", "is_answered"),
        way("read_size", "ask_size"),
        way("ask_heating", "read_heating"),
        way("read_heating", "ask_boiler", "is_answered"),
        way("read_heating", "ask_heating"),
        way("ask_boiler", "read_boiler"),
        way("read_boiler", "ask_windows", "is_answered"),
        way("read_boiler", "ask_boiler"),
        way("ask_windows", "read_windows"),
        way("read_windows", "ask_roof", "is_answered"),
        way("read_windows", "ask_windows"),
        way("ask_roof", "read_roof"),
        way("read_roof", "ask_walls", "is_answered"),
        way("read_roof", "ask_roof"),
        way("ask_walls", "read_walls"),
        way("read_walls", "ask_household", "is_answered"),
        way("read_walls", "ask_walls"),
        way("ask_household", "read_household"),
        way("read_household", "ask_warmth", "is_answered"),
        way("read_household", "ask_household"),
        way("ask_warmth", "read_warmth"),
        way("read_warmth", "ask_water", "is_answered"),
        way("read_warmth", "ask_warmth"),
        way("ask_water", "read_water"),
        way("read_water", "ask_power", "is_answered"),
        way("read_water", "ask_water"),
        way("ask_power", "read_power"),
        way("read_power", "ask_sun", "is_answered"),
        way("read_power", "ask_power"),
        way("ask_sun", "read_sun"),
        way("read_sun", "ask_car", "is_answered"),
        way("read_sun", "ask_sun"),
        way("ask_car", "read_car"),
        way("read_car", "ask_budget", "is_answered"),
        way("read_car", "ask_car"),
        way("ask_budget", "read_budget"),
        way("read_budget", "ask_plan", "is_answered"),
        way("read_budget", "ask_budget"),
        way("ask_plan", "read_plan"),
        way("read_plan", "ask_name", "is_answered"),
        way("read_plan", "ask_plan"),
        way("ask_name", "read_name"),
        way("read_name", "advise", "is_answered"),
        way("read_name", "ask_name"),
    ]
    conditions = {"agreed", "declined", "is_answered"}
    output_variables = set()

    # ------------------------------------------------------------ asking and reading

    def ask(self, body, options=None):
        self.status = Status.WAIT_FOR_ME
        self.variables["open"] = True
        self.say(body, options)
        self.status = Status.WAIT_FOR_USER_INPUT

    def say(self, body, options=None):
        listed = [OptionsListType(id=key, title=title) for key, title in options.items()] if options else None
        kind = MessageType.INTERACTIVE if listed else MessageType.TEXT
        self.send_message(FSMOutput(message_data=MessageData(body=body), type=kind, options_list=listed))

    def answer(self):
        """Return the id that was tapped, or what was typed."""
        received = self.current_input
        if not isinstance(received, str):
            return ""
        try:
            return str(json.loads(received)[0]["option_id"])
        except (ValueError, LookupError, TypeError, RecursionError):
            return received.strip()

    def choose(self, name, options):
        """Keep the option that was chosen, or complain."""
        self.status = Status.WAIT_FOR_ME
        said = self.answer().casefold()
        found = [key for key, title in options.items() if said in (key, title.casefold())]
        if found:
            self.keep(name, found[0])
        else:
            self.say("Please choose one of the answers.")
        self.status = Status.MOVE_FORWARD

    def count(self, name, lowest, highest):
        """Keep the number that was typed, or complain."""
        self.status = Status.WAIT_FOR_ME
        said = self.answer()
        if said.isascii() and said.isdigit() and len(said) < 7 and lowest <= int(said) <= highest:
            self.keep(name, int(said))
        else:
            self.say(f"I need a number from {lowest} to {highest}.")
        self.status = Status.MOVE_FORWARD

    def keep(self, name, value):
        self.variables[name] = value
        self.variables["open"] = False

    # ------------------------------------------------------------ the questions

    def on_enter_welcome(self):
        self.status = Status.WAIT_FOR_ME
        self.say("I am the energy adviser of your town. It takes a few minutes.")
        self.status = Status.MOVE_FORWARD

    def on_enter_ask_consent(self):
        self.ask("May I keep your answers until the end of our chat?", {"yes": "Yes", "no": "No"})

    def on_enter_read_consent(self):
        self.variables["consent"] = None
        self.choose("consent", {"yes": "Yes", "no": "No"})

    def on_enter_ask_home(self):
        self.ask("What do you live in?", HOMES)

    def on_enter_read_home(self):
        self.choose("home", HOMES)

    def on_enter_ask_year(self):
        self.ask("In which year was it built?")

    def on_enter_read_year(self):
        self.count("year", 1500, 2026)

    def on_enter_ask_size(self):
        self.ask("How many square metres has it?")

    def on_enter_read_size(self):
        self.count("size", 10, 999)

    def on_enter_ask_heating(self):
        self.ask("How do you heat?", HEATING)

    def on_enter_read_heating(self):
        self.choose("heating", HEATING)

    def on_enter_ask_boiler(self):
        self.ask("How old is the boiler, in years?")

    def on_enter_read_boiler(self):
        self.count("boiler", 0, 60)

    def on_enter_ask_windows(self):
        self.ask("What windows do you have?", WINDOWS)

    def on_enter_read_windows(self):
        self.choose("windows", WINDOWS)

    def on_enter_ask_roof(self):
        self.ask("Is the roof insulated?", YES_NO)

    def on_enter_read_roof(self):
        self.choose("roof", YES_NO)

    def on_enter_ask_walls(self):
        self.ask("Are the walls insulated?", YES_NO)

    def on_enter_read_walls(self):
        self.choose("walls", YES_NO)

    def on_enter_ask_household(self):
        self.status = Status.WAIT_FOR_ME
        self.variables["open"] = True
        self.send_message(
            FSMOutput(
                message_data=MessageData(body="Who lives there? Please fill in the form."),
                type=MessageType.FORM,
                whatsapp_flow_id="household",
                whatsapp_screen_id="PEOPLE",
            )
        )
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read_household(self):
        self.status = Status.WAIT_FOR_ME
        try:
            form = json.loads(self.current_input)
        except (ValueError, TypeError, RecursionError):
            form = None
        people = [form.get(name) for name in ("adults", "children")] if isinstance(form, dict) else []
        if people and all(type(number) is int and 0 <= number <= MOST_PEOPLE for number in people) and people[0] > 0:
            self.keep("household", people)
        else:
            self.say("The form asks for the numbers of adults and children.")
        self.status = Status.MOVE_FORWARD

    def on_enter_ask_warmth(self):
        self.ask("How warm is your living room, in degrees?")

    def on_enter_read_warmth(self):
        self.count("warmth", 10, 30)

    def on_enter_ask_water(self):
        self.ask("How do you heat water?", WATER)

    def on_enter_read_water(self):
        self.choose("water", WATER)

    def on_enter_ask_power(self):
        self.ask("How much power do you use a year, in kWh?")

    def on_enter_read_power(self):
        self.count("power", 100, 20000)

    def on_enter_ask_sun(self):
        self.ask("Is there sun on the roof?", YES_NO)

    def on_enter_read_sun(self):
        self.choose("sun", YES_NO)

    def on_enter_ask_car(self):
        self.ask("Do you drive?", CARS)

    def on_enter_read_car(self):
        self.choose("car", CARS)

    def on_enter_ask_budget(self):
        self.ask("What would you spend, in euros?")

    def on_enter_read_budget(self):
        self.count("budget", 0, 100000)

    def on_enter_ask_plan(self):
        self.ask("When would you begin?", WHEN)

    def on_enter_read_plan(self):
        self.choose("plan", WHEN)

    def on_enter_ask_name(self):
        self.ask("Last question: what may I call you?")

    def on_enter_read_name(self):
        self.status = Status.WAIT_FOR_ME
        name = self.answer()
        if 2 <= len(name) <= 30 and name.isalpha() and not self.current_input.startswith("["):
            self.keep("name", name.title())
        else:
            self.say("A name of 2 to 30 letters, please.")
        self.status = Status.MOVE_FORWARD

    # ------------------------------------------------------------ the advice

    def on_enter_advise(self):
        self.status = Status.WAIT_FOR_ME
        adults, children = self.variables["household"]
        each = self.variables["power"] // (adults + children)
        carbon = round(self.variables["size"] * 0.12 * FUEL[self.variables["heating"]], 1)
        self.say(f"{self.variables['name']}, you use {each} kWh a head, and heating makes {carbon} tons a year.")
        self.say(f"What would help most is {self.best()}.")
        self.status = Status.END

    def best(self):
        """Return the measure that saves most for the money."""
        if self.variables["roof"] == "no" and self.variables["budget"] >= 3000:
            return "a warm roof"
        if PANES[self.variables["windows"]] > 10:
            return "new windows"
        if self.variables["warmth"] > 22:
            return "one degree less"
        return ADVICE[self.variables["heating"]]

    def on_enter_bye(self):
        self.status = Status.WAIT_FOR_ME
        self.say("Then I have not asked anything. Good-bye!")
        self.status = Status.END

    def agreed(self):
        return self.variables["consent"] == "yes"

    def declined(self):
        return self.variables["consent"] == "no"

    def is_answered(self):
        return not self.variables["open"]
