"""A bot that asks a service whether it will rain."""

import json
from urllib.request import urlopen

from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, Status


class Weather(AbstractFSM):
    states = ["zero", "ask_city", "ask_service"]
    transitions = [
        {"trigger": "next", "source": "zero", "dest": "ask_city"},
        {"trigger": "next", "source": "ask_city", "dest": "ask_service"},
        {"trigger": "next", "source": "ask_service", "dest": "ask_service"},
    ]
    conditions = set()
    output_variables = set()

    def on_enter_ask_city(self):
        self.status = Status.WAIT_FOR_ME
        self.send_message(FSMOutput(message_data=MessageData(body="Rain where?")))
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_ask_service(self):
        self.status = Status.WAIT_FOR_ME
        city = self.current_input
        with urlopen(f"https://weather.example/rain?city={city}") as answer:
            percent = json.load(answer)["percent"]
        self.send_message(FSMOutput(message_data=MessageData(body=f"Rain in {city}, {percent}%")))
        self.status = Status.WAIT_FOR_USER_INPUT
