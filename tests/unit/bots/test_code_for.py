"""What bots of each make say of what they hear, and of their code."""

import re

from transitions import Machine

from chatsim.bots.base import Hears, ShowsCode, StepsQuickly
from chatsim.bots.fsm import FSMBot
from chatsim.bots.orchestrator import OrchestratorBot
from chatsim.bots.transitions import TransitionsBot
from chatsim.fsm import AbstractFSM, Status
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import Callback, Start, Tap, Text


def step(chat_id, text, context, sender):
    if text == "boom":
        raise ValueError(text)
    if text == "odd":
        return "nowhere", context
    sender.send_message(chat_id, "Yes?")
    return "start", {**context, "said": text}


def orchestrator():
    made = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())
    made.register_steps({"start": step})
    return OrchestratorBot(made)


class TestOrchestrator:
    def test_abilities(self):
        bot = orchestrator()
        assert isinstance(bot, Hears)
        assert isinstance(bot, ShowsCode)
        assert isinstance(bot, StepsQuickly)
        assert bot.hears() == (Text, Tap, Callback)

    def test_code(self):
        bot = orchestrator()
        assert bot.code_for(None) == bot.code_for("start") == (step,)
        assert bot.code_for("nowhere") == ()

    def test_quickly(self):
        """It comes to what a step comes to; what is out of the ordinary is left to the step."""
        bot = orchestrator()
        assert bot.takes(Text("hi")) == "hi"
        state, context, replies = bot.quickly("start")("hi", {"n": 1})
        assert (state, context, [reply.text for reply in replies]) == ("start", {"n": 1, "said": "hi"}, ["Yes?"])
        assert bot.quickly("start")("boom", {}) is None
        assert bot.quickly("start")("odd", {}) is None
        assert bot.quickly("nowhere") is None


class Shop(AbstractFSM):
    states = ["ask", "done"]
    transitions = [
        {"trigger": "next", "source": "zero", "dest": "ask"},
        {"trigger": "next", "source": "ask", "dest": "done", "conditions": "is_yes"},
    ]
    conditions = {"is_yes"}

    def on_enter_ask(self):
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_exit_ask(self):
        self.variables["left"] = True

    def is_yes(self):
        return self.current_input == "yes"

    def on_enter_done(self):
        self.status = Status.END


class TestFSM:
    def test_code(self):
        bot = FSMBot(Shop)
        assert bot.code_for(None) == (Shop.on_enter_ask,)
        assert set(bot.code_for("ask")) == {Shop.is_yes, Shop.on_enter_done, Shop.on_exit_ask}
        assert Start in bot.hears()


class Model:
    def on_message(self, text):
        return getattr(self, f"read_{self.state}")(text)

    def read_menu(self, text):
        return self.go() if text == "go" else None

    def is_open(self):
        return True


class TestTransitions:
    def bot(self, model):
        transitions = [{"trigger": "go", "source": "menu", "dest": "end", "conditions": "is_open"}]
        machine = Machine(model, states=["menu", "end"], initial="menu", transitions=transitions)
        return TransitionsBot(machine, model)

    def test_code(self):
        model = Model()
        bot = self.bot(model)
        names = [getattr(thing, "__name__", thing) for thing in bot.code_for("menu")]
        assert {"on_message", "read_menu", "is_open"} <= set(names)
        assert bot.hears() == (Text, Tap)

    def test_triggers_are_words(self):
        """A model without `on_message` is told the names of its triggers."""

        class Silent:
            def is_open(self):
                return True

            def on_start(self):
                return "Hello"

        bot = self.bot(Silent())
        assert "go" in bot.code_for("menu")
        assert bot.hears() == (Text, Tap, Start)


def test_telegram():
    from telegram.ext import Application, CommandHandler, ConversationHandler, MessageHandler, filters

    from chatsim.bots.recognise import Origin
    from chatsim.bots.telegram import TelegramBot

    async def begin(update, context):
        return "ask"

    async def answer(update, context):
        return ConversationHandler.END

    application = Application.builder().token("1:a").build()
    asking = [MessageHandler(filters.Regex("^(yes|no)$"), answer)]
    application.add_handler(
        ConversationHandler([CommandHandler("begin", begin)], {"ask": asking}, [CommandHandler("stop", answer)])
    )
    bot = TelegramBot(application, Origin())
    assert {"/begin", begin} <= set(bot.code_for(None))
    assert {re.compile("^(yes|no)$"), answer, "/stop"} <= set(bot.code_for("ask"))
    assert bot.hears() == (Start, Text, Tap)
