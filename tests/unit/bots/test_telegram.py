"""Applications of python-telegram-bot: what reaches them, what they call, and what is remembered."""

import asyncio
import enum
import gc
import json
import types

import pytest

pytest.importorskip("telegram", reason="pip install python-telegram-bot")

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    InputPollOption,
    KeyboardButton,
    ReplyKeyboardMarkup,
)
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PreCheckoutQueryHandler,
    filters,
)

from chatsim.bots.recognise import Origin, recognise
from chatsim.errors import SetupError, UnknownState
from chatsim.jsondata import from_json, to_json
from chatsim.session import Session
from chatsim.trace import Call, Hop, Option, Tap, Text, Trace, Turn

CHOOSE = 3


class Menu(enum.Enum):
    TOP = 1
    DEEP = 2


@pytest.fixture
def application():
    return Application.builder().token("TOKEN").build()


@pytest.fixture
def chat(application):
    """Begin a chat with an application whose every message goes to *answer*, and its queries as well."""

    def chat(answer=None, handlers=()):
        if answer is not None:
            application.add_handlers([MessageHandler(filters.ALL, answer), CallbackQueryHandler(answer)])
        application.add_handlers(list(handlers), group=1)
        return Session(recognise(application, Origin("shop:app")))

    return chat


def replies(turn: Turn):
    assert turn.error is None, turn.error
    return [reply.text for reply in turn.replies]


class TestUpdates:
    """What reaches the bot."""

    @pytest.fixture
    def seen(self, chat):
        """Return what the bot sees of the message that an event becomes."""
        found = []

        async def look(update, context):
            found.append(update)

        session = chat(look)

        def seen(event):
            turn = event(session)
            assert turn.error is None
            return found[-1].to_dict()

        return seen

    def test_text(self, seen):
        message = seen(lambda chat: chat.send("hi"))["message"]
        assert (message["text"], message["from"]["first_name"], message["chat"]["type"]) == ("hi", "user", "private")
        assert "entities" not in message
        assert message["from"]["id"] == message["chat"]["id"]

    def test_commands_have_their_place(self, seen):
        message = seen(lambda chat: chat.send("😀 /help@bot_1 not/this /or-that"))["message"]
        assert message["entities"] == [{"type": "bot_command", "offset": 3, "length": 11}]

    def test_start_is_a_command(self, seen):
        assert seen(lambda chat: chat.send())["message"]["text"] == "/start"

    @pytest.mark.parametrize(
        ("name", "type_", "kind"),
        [
            ("a.png", None, "photo"),
            ("a.mp3", None, "audio"),
            ("a.mp4", None, "video"),
            ("a.pdf", None, "document"),
            ("a", "", "document"),
        ],
    )
    def test_files(self, seen, name, type_, kind):
        part = seen(lambda chat: chat.file(b"abc", name=name, type=type_))["message"][kind]
        part = part[-1] if kind == "photo" else part
        assert (part["file_size"], part.get("file_name", name)) == (3, name)

    def test_forms(self, seen):
        data = seen(lambda chat: chat.form({"size": "S"}))["message"]["web_app_data"]["data"]
        assert json.loads(data) == {"size": "S"}
        place = {"latitude": 1.5, "longitude": 2.5}
        assert seen(lambda chat: chat.form({"location": place}))["message"]["location"] == place

    def test_ids_and_dates_count_up(self, seen):
        first, second = seen(lambda chat: chat.send("a")), seen(lambda chat: chat.send("b"))
        assert second["update_id"] == first["update_id"] + 1
        assert second["message"]["message_id"] == first["message"]["message_id"] + 1

    def test_chats_that_are_numbers(self, chat):
        found = []

        async def look(update, context):
            found.append(update.effective_chat.id)

        session = chat(look)
        for name in ("42", "-1001", "ann", "042", "ann"):
            session.event(Text("hi", name))
        assert found[:2] == [42, -1001]
        assert found[2] == found[4] != found[3]

    def test_a_callback_is_an_update(self, chat):
        async def pay(update, context):
            await update.pre_checkout_query.answer(ok=True)

        session = chat(handlers=[PreCheckoutQueryHandler(pay)])
        person = {"id": 7, "is_bot": False, "first_name": "Ann"}
        query = {"id": "1", "from": person, "currency": "EUR", "total_amount": 5, "invoice_payload": "x"}
        turn = session.callback({"pre_checkout_query": query})
        assert [(effect.url.rpartition("/")[2], effect.payload["ok"]) for effect in turn.effects[:1]] == [
            ("answerPreCheckoutQuery", True)
        ]

    @pytest.mark.parametrize("body", ["no", "[1]", "{}"])
    def test_a_callback_that_is_no_update(self, chat, body):
        with pytest.raises(SetupError, match="an update as a JSON object"):
            chat().callback(body)


class TestReplies:
    """What the bot says."""

    def test_keyboards(self, chat):
        async def answer(update, context):
            keys = ReplyKeyboardMarkup([["Yes", KeyboardButton("No")]])
            buttons = InlineKeyboardMarkup(
                [
                    [InlineKeyboardButton("One", callback_data="1")],
                    [InlineKeyboardButton("Site", url="https://x.example")],
                ]
            )
            await update.message.reply_text("a", reply_markup=keys)
            await update.message.reply_html("<b>b</b>", reply_markup=buttons)

        first, second = chat(answer).send("hi").replies
        assert first.options == (Option("Yes", "Yes"), Option("No", "No"))
        assert second.options == (Option("1", "One"), Option("Site", "Site"))
        assert second.payload == {"method": "sendMessage", "parse_mode": "HTML"}

    def test_every_kind(self, chat, tmp_path):
        photo = tmp_path / "pizza.jpg"
        photo.write_bytes(b"jpg")

        async def answer(update, context):
            message = update.message
            await message.reply_photo(photo, caption="Look")
            await message.reply_document("https://x.example/bill.pdf")
            await message.reply_location(1.0, 2.0)
            await message.reply_poll("Good?", [InputPollOption("Yes"), InputPollOption("No")])
            await message.reply_dice()
            await message.reply_contact("123", "Ann")

        shown = [(reply.type, reply.text, reply.media) for reply in chat(answer).send("hi").replies]
        assert shown == [
            ("image", "Look", "pizza.jpg"),
            ("document", "", "https://x.example/bill.pdf"),
            ("location", "", None),
            ("poll", "Good?", None),
            ("dice", "", None),
            ("contact", "Ann", None),
        ]

    def test_other_chats(self, chat):
        async def answer(update, context):
            await context.bot.send_message(update.message.text, "news")

        session = chat(answer)
        session.event(Text("hello", "ann"))
        assert session.send(str(session.snapshot.shared and 42)).replies[0].chat == "42"
        assert session.send("@channel").replies[0].chat == "@channel"

    def test_a_known_chat(self, chat):
        async def answer(update, context):
            context.bot_data.setdefault("first", update.effective_chat.id)
            await context.bot.send_message(context.bot_data["first"], "news")

        session = chat(answer)
        session.event(Text("hello", "ann"))
        assert session.send("hi").replies[0].chat == "ann"

    def test_calls(self, chat):
        """What a person does not see as a message is a call, its token left out."""

        async def answer(update, context):
            bot, number = context.bot, update.effective_chat.id
            sent = await update.message.reply_text(
                "x", reply_markup=InlineKeyboardMarkup.from_button(InlineKeyboardButton("B", callback_data="b"))
            )
            await bot.send_chat_action(number, "typing")
            assert (await bot.get_chat_member(number, number)).user.first_name == "user"
            assert await bot.get_chat_member_count(number) == 2
            assert (await bot.get_user_profile_photos(number)).total_count == 0
            group = await bot.send_media_group(number, [InputMediaPhoto(b"1"), InputMediaPhoto("known")])
            assert len(group) == 2
            assert (await bot.forward_message(number, number, 1)).message_id
            assert (await bot.copy_message(number, number, 1)).message_id
            await bot.delete_message(number, sent.message_id)

        turn = chat(answer).send("hi")
        assert turn.error is None, turn.error
        calls = [effect for effect in turn.effects if isinstance(effect, Call)]
        assert [call.url.rpartition("/")[2] for call in calls] == [
            "sendChatAction",
            "getChatMember",
            "getChatMemberCount",
            "getUserProfilePhotos",
            "sendMediaGroup",
            "forwardMessage",
            "copyMessage",
            "deleteMessage",
        ]
        assert [item["media"] for item in calls[4].payload["media"]] == ["application.octet-stream", "known"]
        assert turn.snapshot.shared["telegram"]["messages"] == {}
        assert "TOKEN" not in to_json(turn)

    def test_files_are_downloaded(self, chat):
        async def answer(update, context):
            file = await update.message.document.get_file()
            await update.message.reply_text((await file.download_as_bytearray()).decode())

        assert replies(chat(answer).file(b"what it holds", name="a.txt")) == ["what it holds"]


class TestTaps:
    @pytest.fixture
    def session(self, chat):
        def buttons(*titles):
            return InlineKeyboardMarkup(
                [[InlineKeyboardButton(title, callback_data=title.lower()) for title in titles]]
            )

        async def answer(update, context):
            query = update.callback_query
            if query is None:
                await update.message.reply_text(f"you said {update.message.text}", reply_markup=buttons("A", "B"))
            else:
                await query.answer()
                if query.data == "b":
                    await query.edit_message_reply_markup(buttons("C"))
                else:
                    await query.edit_message_text(f"{query.message.text}, and {query.data}")

        return chat(answer)

    def test_a_query_with_its_message(self, session):
        session.send("hi")
        assert replies(session.tap("A")) == ["you said hi, and a"]

    def test_an_edited_keyboard(self, session):
        """The words of the message stay, and its buttons are the new ones."""
        session.send("hi")
        turn = session.tap("B")
        assert (replies(turn), turn.replies[0].options) == (["you said hi"], (Option("c", "C"),))
        assert replies(session.tap("C")) == ["you said hi, and c"]

    def test_a_button_that_is_gone(self, session):
        """It is no query any more: the person can only write its title."""
        session.send("hi")
        session.tap("A")
        assert replies(session.event(Tap("a", "A"))) == ["you said A"]

    def test_the_newest_of_many(self, session):
        session.send("one")
        session.send("two")
        assert replies(session.tap("A")) == ["you said two, and a"]

    def test_another_person_s_button(self, session):
        session.send("hi")
        assert replies(session.event(Tap("a", "A", "bob"))) == ["you said A"]


class TestMemory:
    def test_user_chat_and_bot_data(self, chat):
        async def answer(update, context):
            context.user_data.setdefault("said", []).append(update.message.text)
            context.chat_data[(1, "two")] = Menu.TOP
            context.bot_data["count"] = context.bot_data.get("count", 0) + 1
            assert context.chat_data == {(1, "two"): Menu.TOP}

        session = chat(answer)
        session.send("a")
        middle = session.snapshot
        session.send("b")
        assert session.vars == {"said": ["a", "b"]}
        assert session.snapshot.shared["bot_data"] == {"count": 2}
        again = Session(session.bot, snapshot=from_json(to_json(middle), type(middle))).send("b")
        assert again == session.turns[1]

    def test_what_json_cannot_hold(self, chat):
        async def answer(update, context):
            context.user_data["client"] = object()

        error = chat(answer).send("x").error
        assert (error.kind, error.message) == ("context-not-json", "$.client: JSON cannot hold object")

    def test_what_the_bot_brings_along(self, application, chat):
        """An object that the bot put into its data before it ran stays, unless it is put elsewhere."""
        application.bot_data.update(client=object(), limit=3)

        async def answer(update, context):
            assert context.bot_data["client"] is not None
            context.bot_data["limit"] += 1
            if update.message.text == "other":
                context.bot_data["client"] = object()

        session = chat(answer)
        assert session.send("x").snapshot.shared["bot_data"] == {"limit": 4}
        assert session.send("other").error.kind == "context-not-json"
        assert session.send("x").snapshot.shared["bot_data"] == {"limit": 5}

    def test_data_of_the_bot_s_own_classes(self):
        class Data:
            def __init__(self):
                self.seen = set()

        types = ContextTypes(user_data=Data, chat_data=Data, bot_data=Data)

        async def answer(update, context):
            for data in (context.user_data, context.chat_data, context.bot_data):
                data.seen.add(update.message.text)
            await update.message.reply_text(str(sorted(context.bot_data.seen)))

        application = Application.builder().token("T").context_types(types).build()
        application.add_handler(MessageHandler(filters.ALL, answer))
        session = Session(recognise(application, Origin()))
        assert [replies(session.send(text)) for text in "ab"] == [["['a']"], ["['a', 'b']"]]
        assert replies(Session(session.bot).send("c")) == ["['c']"]

    def test_jobs_are_those_of_the_snapshot(self, chat):
        async def answer(update, context):
            await update.message.reply_text(str(len(context.job_queue.jobs())))
            context.job_queue.run_once(answer, 10)

        session = chat(answer)
        assert replies(session.send("a")) + replies(session.send("b")) == ["0", "1"]
        assert replies(Session(session.bot).send("c")) == ["0"]

    def test_an_application_without_a_job_queue(self):
        application = Application.builder().token("T").job_queue(None).build()
        assert Session(recognise(application, Origin())).send("x").error is None


class TestErrors:
    @pytest.fixture
    def failing(self):
        async def answer(update, context):
            await update.message.reply_text("before")
            context.user_data["spoilt"] = True
            raise ValueError("out of pizza")

        return answer

    def test_are_in_the_turn(self, chat, failing):
        session = chat(failing)
        turn = session.send("x")
        assert [reply.text for reply in turn.replies] == ["before"]
        assert (turn.error.type, turn.error.message, turn.snapshot) == ("ValueError", "out of pizza", session.start)
        assert turn.error.frames[-1].function.endswith("failing.<locals>.answer")

    def test_error_handlers_run(self, application, chat, failing):
        async def sorry(update, context):
            await update.message.reply_text(f"Sorry: {context.error}")

        application.add_error_handler(sorry)
        turn = chat(failing).send("x")
        assert [reply.text for reply in turn.replies] == ["before", "Sorry: out of pizza"]
        assert turn.error.type == "ValueError"

    def test_handlers_that_do_not_block(self, application, chat):
        async def answer(update, context):
            await asyncio.sleep(0.01)
            await update.message.reply_text("late")
            raise ValueError("later")

        application.add_handler(MessageHandler(filters.ALL, answer, block=False))
        turn = chat().send("x")
        assert ([reply.text for reply in turn.replies], turn.error.message) == (["late"], "later")

    def test_while_it_is_set_up(self):
        async def post_init(application):
            raise ValueError("no database")

        application = Application.builder().token("T").post_init(post_init).build()
        with pytest.raises(SetupError, match="initialising the application raised") as caught:
            recognise(application, Origin("shop:app"))
        assert "no database" in str(caught.value)
        gc.collect()


class TestConversations:
    @pytest.fixture
    def session(self, application):
        async def begin(update, context):
            return Menu.TOP

        async def go(update, context):
            return {"deep": Menu.DEEP, "tuple": ("a", 1), "blank": "", "number": 7, "end": ConversationHandler.END}.get(
                update.message.text
            )

        words = MessageHandler(filters.TEXT & ~filters.COMMAND, go)
        inner = ConversationHandler([CommandHandler("inner", begin)], {Menu.TOP: [words]}, [], name="inner")
        states = {Menu.TOP: [words, inner], Menu.DEEP: [words], ("a", 1): [words], "": [words], 7: [words]}
        application.add_handler(ConversationHandler([CommandHandler("start", begin)], states, []))
        return Session(recognise(application, Origin()))

    def test_names_of_states(self, session):
        """An enum member's name; without a constant in the source, what is written for the value."""
        assert session.bot.state_names() == ("TOP", "DEEP", "('a', 1)", "''", "7")
        session.send()
        for word, name in (("tuple", "('a', 1)"), ("deep", "DEEP"), ("blank", "''"), ("number", "7")):
            assert session.send(word).state == name
        assert session.send("?").hops == ()

    def test_the_end(self, session):
        session.send()
        turn = session.send("end")
        assert (turn.hops, turn.state, turn.waits) == ((Hop("TOP", "END"),), "TOP", "end")
        assert session.send("deep").state is None
        assert from_json(to_json(session.trace), Trace) == session.trace

    def test_the_end_of_what_never_began(self, application):
        async def bye(update, context):
            return ConversationHandler.END

        application.add_handler(ConversationHandler([CommandHandler("bye", bye)], {}, []))
        turn = Session(recognise(application, Origin())).send("/bye")
        assert (turn.hops, turn.ended) == ((), None)

    def test_an_inner_conversation(self, session):
        session.send()
        turn = session.send("/inner")
        assert turn.hops == (Hop(None, "TOP", (), "inner"),)

    def test_start_anywhere(self, session):
        bot = session.bot
        assert Session(bot, snapshot=bot.start_at("bob", "DEEP", {}), chat="bob").send("end").state == "DEEP"
        with pytest.raises(UnknownState, match=r"has a state 'DEEEP'\. Did you mean 'DEEP'"):
            bot.start_at("bob", "DEEEP", {})

    def test_names_in_the_source(self, application):
        """Texts are their own names; the constant is found where the handlers are; TIMEOUT is the library's."""

        async def begin(update, context):
            return CHOOSE

        states = {CHOOSE: [], "menu": [], ConversationHandler.TIMEOUT: [CommandHandler("late", begin)]}
        application.add_handler(ConversationHandler([CommandHandler("start", begin)], states, []))
        origin = Origin("made:app", types.ModuleType("made_without_source"))
        bot = recognise(application, origin)
        assert bot.state_names() == ("CHOOSE", "menu", "TIMEOUT")
        assert Session(bot).send().state == "CHOOSE"

    def test_one_that_two_states_lead_to(self, application):
        async def begin(update, context):
            return 1

        inner = ConversationHandler([CommandHandler("inner", begin)], {1: []}, [])
        states = {1: [inner], 2: [inner]}
        application.add_handler(ConversationHandler([CommandHandler("start", begin)], states, []))
        session = Session(recognise(application, Origin()))
        session.send()
        assert session.send("/inner").hops == (Hop(None, "1", (), "conversation 2"),)

    @pytest.mark.filterwarnings("ignore:If 'per_message=True':telegram.warnings.PTBUserWarning")
    def test_one_that_tracks_messages(self, application):
        """Every message with buttons is a conversation; the latest one counts."""

        async def press(update, context):
            return 1

        async def show(update, context):
            button = InlineKeyboardMarkup.from_button(InlineKeyboardButton("Go", callback_data="go"))
            await update.message.reply_text("x", reply_markup=button)

        pressed = CallbackQueryHandler(press)
        application.add_handler(ConversationHandler([pressed], {1: [pressed]}, [], per_message=True))
        application.add_handler(CommandHandler("start", show))
        session = Session(recognise(application, Origin()))
        session.send()
        assert session.tap("Go").state == "1"

    def test_a_timeout(self, application):
        """It does not run, and is no warning either: time is a later matter."""

        async def begin(update, context):
            return 1

        application.add_handler(
            ConversationHandler([CommandHandler("start", begin)], {1: []}, [], conversation_timeout=5)
        )
        assert Session(recognise(application, Origin())).send().state == "1"


class TestGroups:
    """Several people in one chat."""

    @pytest.fixture
    def bot(self, application):
        async def start(update, context):
            context.chat_data["guests"] = [*context.chat_data.get("guests", []), update.effective_user.first_name]
            await update.message.reply_text(f"{update.effective_chat.title}: {context.chat_data['guests']}")
            return CHOOSE

        async def dish(update, context):
            context.user_data["dish"] = update.message.text
            button = InlineKeyboardButton("Pay", callback_data="p")
            await update.message.reply_text("noted", reply_markup=InlineKeyboardMarkup([[button]]))
            await context.bot.send_message(update.effective_user.id, "a word to you alone")
            return ConversationHandler.END

        async def pay(update, context):
            await update.callback_query.answer()
            who = update.effective_user.first_name
            await update.callback_query.message.reply_text(f"{who} pays {context.user_data['dish']}")

        states = {CHOOSE: [MessageHandler(filters.TEXT, dish)]}
        application.add_handler(ConversationHandler([CommandHandler("start", start)], states, []))
        application.add_handler(CallbackQueryHandler(pay))
        return recognise(application, Origin("shop:app"))

    def test_conversations_and_data_are_those_of_each(self, bot):
        session = Session(bot, "table")

        def by(person, act):
            session.by = person
            turn = act()
            session.snapshot = from_json(to_json(session.snapshot), type(session.snapshot))
            return replies(turn), session.state, session.vars

        assert by("ann", lambda: session.send("/start")) == (["table: ['ann']"], "CHOOSE", {})
        assert by("bob", lambda: session.send("/start"))[:2] == (["table: ['ann', 'bob']"], "CHOOSE")
        turn, state, data = by("ann", lambda: session.send("soup"))
        assert (turn, state, data) == (["noted", "a word to you alone"], "CHOOSE", {"dish": "soup"})
        assert [reply.chat for reply in session.last.replies] == ["table", "ann"]
        assert session.last.ended.state == "CHOOSE"
        by("bob", lambda: session.send("fish"))
        assert by("ann", lambda: session.event(Tap("p", "Pay", "table")))[0::2] == (["ann pays soup"], {"dish": "soup"})
        assert by("bob", lambda: session.event(Tap("p", "Pay", "table")))[0] == ["bob pays fish"]

    def test_are_groups_to_the_bot(self, application, chat):
        seen = []

        async def look(update, context):
            seen.append(update.to_dict()["message"])

        session = chat(look)
        for person, room in [("ann", "table"), ("", "ann"), ("bob", "-7"), ("ann", "-7")]:
            session.event(Text("hi", room, person))
        kinds = [
            (message["chat"]["type"], message["chat"].get("title"), message["from"]["first_name"]) for message in seen
        ]
        assert kinds == [
            ("group", "table", "ann"),
            ("private", None, "ann"),
            ("group", "-7", "bob"),
            ("group", "-7", "ann"),
        ]
        assert seen[0]["chat"]["id"] < 0
        assert seen[2]["chat"]["id"] == seen[3]["chat"]["id"] == -7
        assert seen[0]["from"]["id"] == seen[1]["from"]["id"] == seen[3]["from"]["id"] == seen[1]["chat"]["id"]

    def test_starting_in_the_middle(self, bot):
        """The state that is given is that of whoever speaks first."""
        session = Session(bot, "table", bot.start_at("table", "CHOOSE", {"allergic": True}))
        session.by = "ann"
        assert replies(session.send("soup")) == ["noted", "a word to you alone"]
        assert session.vars == {"allergic": True, "dish": "soup"}
        session.by = "bob"
        assert replies(session.send("fish")) == []


class TestMains:
    """Functions that run an application and do not return."""

    def build(self):
        application = Application.builder().token("ANY").build()

        async def answer(update, context):
            await update.message.reply_text("here")

        application.add_handler(MessageHandler(filters.ALL, answer))
        return application

    @pytest.mark.parametrize("how", ["run_polling", "run_webhook"])
    def test_that_run(self, how):
        after = []

        def main():
            getattr(self.build(), how)()
            after.append("never reached")

        assert replies(Session(recognise(main, Origin())).send("x")) == ["here"]
        assert after == []

    def test_that_start_by_hand(self):
        async def main():
            application = self.build()
            async with application:
                await application.start()

        assert replies(Session(recognise(main, Origin())).send("x")) == ["here"]

    def test_that_return_it(self):
        assert replies(Session(recognise(self.build, Origin())).send("x")) == ["here"]

    def test_within_a_running_loop(self):
        async def run():
            return replies(Session(recognise(self.build, Origin())).send("x"))

        assert asyncio.run(run()) == ["here"]

    def test_the_library_is_left_as_it_was(self):
        methods = (Application.run_polling, Application.process_error, ConversationHandler._update_state)
        Session(recognise(self.build, Origin())).send("x")
        assert methods == (Application.run_polling, Application.process_error, ConversationHandler._update_state)
