"""The graphs of python-telegram-bot's own examples, and of conversations with what the examples have not."""

import pytest

from chatsim.bots.recognise import Origin, recognise
from chatsim.graph.declared.dispatch import declared_graph
from chatsim.graph.join import undeclared
from chatsim.graph.model import Graph
from chatsim.graph.observed import observed_graph

pytestmark = pytest.mark.filterwarnings("ignore:If 'per_message=False':telegram.warnings.PTBUserWarning")


def ways(graph):
    return [(way.source, way.target, way.when) for way in graph.transitions]


class TestConversationBot:
    def test_graph(self, telegram):
        found = declared_graph(telegram("conversationbot").bot)

        assert [(state.title, state.initial, state.waits) for state in found.states] == [
            ("(start)", True, "input"),
            ("GENDER", False, "input"),
            ("PHOTO", False, "input"),
            ("LOCATION", False, "input"),
            ("BIO", False, "input"),
            ("END", False, "end"),
        ]
        assert ways(found) == [
            ("", "GENDER", ("/start",)),
            ("GENDER", "PHOTO", ("/(?i)^(Boy|Girl|Other)$/",)),
            ("GENDER", "END", ("/cancel",)),
            ("PHOTO", "LOCATION", ("photo",)),
            ("PHOTO", "END", ("/cancel",)),
            ("LOCATION", "BIO", ("location",)),
            ("LOCATION", "END", ("/cancel",)),
            ("BIO", "END", ()),
        ]
        assert all(way.line is not None for way in found.transitions)

    def test_what_is_observed_is_declared(self, telegram):
        session = telegram("conversationbot")
        for word in ("/start", "Boy", "/skip", "/skip", "I like trains", "/start", "Girl", "/cancel"):
            session.send(word)

        seen = observed_graph([session.trace], declared_graph(session.bot))

        assert undeclared(seen) == Graph()
        assert sum(way.observed for way in seen.transitions) == 6


class TestNested:
    def test_what_is_observed_is_declared(self, telegram):
        session = telegram("nestedconversationbot")
        session.send("/start")
        for title in ("Add yourself", "Add info", "Name"):
            session.tap(title)
        session.send("Ann")
        session.tap("Done")
        session.send("/stop")

        found = declared_graph(session.bot)
        seen = observed_graph([session.trace], found)

        assert undeclared(seen) == Graph()
        assert [state.runs for state in found.states if state.name == "DESCRIBING_SELF"] == ["conversation 3"]


class TestOwn:
    def bot(self, states, *, begin=None, fallbacks=(), **more):
        from telegram.ext import Application, CommandHandler, ConversationHandler

        async def start(update, context):
            return "a"

        application = Application.builder().token("1:x").build()
        entry = [CommandHandler("start", begin or start)]
        application.add_handler(ConversationHandler(entry, states, list(fallbacks), **more))
        return recognise(application, Origin())

    def test_what_a_callback_may_return(self):
        from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

        async def choose(update, context):
            if update.message.text == "x":
                return "b"
            return None

        async def unknown(update, context):
            return context.user_data["next"]

        async def never_begins(update, context):
            return None

        handlers = [
            MessageHandler(filters.TEXT & ~filters.COMMAND, choose),
            CallbackQueryHandler(unknown, pattern="^go$"),
            MessageHandler(filters.PHOTO | filters.Regex("^p$"), choose),
        ]
        bot = self.bot(
            {"a": handlers, "b": []}, begin=never_begins, fallbacks=[CommandHandler(["stop", "end"], choose)]
        )

        assert ways(declared_graph(bot)) == [
            ("a", "b", ("update.message.text == 'x'",)),
            ("a", "a", ()),
            ("a", None, ("/^go$/",)),
            ("b", "b", ("/end or /stop and update.message.text == 'x'",)),
        ]

    def test_timeouts_and_entering_again(self):
        from telegram import Update
        from telegram.ext import ConversationHandler, TypeHandler

        async def gone(update, context):
            return None

        states = {"a": [], ConversationHandler.TIMEOUT: [TypeHandler(Update, gone)]}
        found = declared_graph(self.bot(states, conversation_timeout=5, allow_reentry=True))

        assert [(way.source, way.target, way.event) for way in found.transitions] == [
            ("", "a", "input"),
            ("a", "a", "input"),
            ("a", "END", "time"),
        ]

    def test_no_conversation(self):
        from telegram.ext import Application

        assert declared_graph(recognise(Application.builder().token("1:x").build(), Origin())) is None
