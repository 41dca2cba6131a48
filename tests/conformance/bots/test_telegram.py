"""python-telegram-bot's own examples, unmodified and offline."""

import pytest

from chatsim.jsondata import from_json, to_json
from chatsim.trace import Call, Trace

pytestmark = pytest.mark.filterwarnings("ignore:If 'per_message=False':telegram.warnings.PTBUserWarning")

HELLO = (
    "Hi! My name is Professor Bot. I will hold a conversation with you. Send /cancel to stop talking to me.\n\n"
    "Are you a boy or a girl?"
)
PHOTO = "I see! Please send me a photo of yourself, so I know what you look like, or send /skip if you don't want to."
BYE = "Thank you! I hope we can talk again some day."
SKIPPED = "I bet you look great! Now, send me your location please, or send /skip."


class TestConversationBot:
    """conversationbot.py: a keyboard, a photo, a location, and commands to skip and to cancel."""

    def test_to_the_end(self, telegram, hold, tmp_path):
        session = telegram("conversationbot")
        hold(
            session,
            ("hello?", [], None),
            (lambda chat: chat.send(), [HELLO], "GENDER"),
            ("maybe", [], "GENDER"),
            ("gIRL", [PHOTO], "PHOTO"),
            (
                lambda chat: chat.file(b"\x89PNG", name="me.png"),
                ["Gorgeous! Now, send me your location please, or send /skip if you don't want to."],
                "LOCATION",
            ),
            (
                lambda chat: chat.form({"location": {"latitude": 48.2, "longitude": 16.4}}),
                ["Maybe I can visit you sometime! At last, tell me something about yourself."],
                "BIO",
            ),
            ("I like trains", [BYE], "BIO"),
        )
        assert session.turns[-1].waits == "end"
        assert [(hop.source, hop.target) for turn in session.turns for hop in turn.hops] == [
            (None, "GENDER"),
            ("GENDER", "PHOTO"),
            ("PHOTO", "LOCATION"),
            ("LOCATION", "BIO"),
            ("BIO", "END"),
        ]
        assert (tmp_path / "user_photo.jpg").read_bytes() == b"\x89PNG"

    def test_a_tap(self, telegram, hold):
        session = telegram("conversationbot")
        hold(
            session,
            ("/start", [HELLO], "GENDER"),
            (lambda chat: chat.tap("Other"), [PHOTO], "PHOTO"),
            ("/skip", [SKIPPED], "LOCATION"),
            (
                "/skip",
                ["You seem a bit paranoid! At last, tell me something about yourself."],
                "BIO",
            ),
            ("/cancel", ["Bye! I hope we can talk again some day."], "BIO"),
            ("/skip", [], None),
        )
        assert [option.title for option in session.turns[0].replies[0].options] == ["Boy", "Girl", "Other"]

    def test_chats_are_apart(self, telegram):
        session = telegram("conversationbot")
        ann, bob = session, type(session)(session.bot, "bob")
        ann.send()
        bob.snapshot = ann.snapshot
        assert bob.send("Boy").replies == ()
        assert ann.snapshot.chats["user"].state == "GENDER"

    def test_start_in_the_middle(self, telegram):
        session = telegram("conversationbot")
        session.snapshot = session.bot.start_at("user", "BIO", {"name": "Ann"})
        assert session.snapshot.chats["user"].context == {"name": "Ann"}
        assert session.send("me").replies[0].text == BYE

    def test_everything_is_json(self, telegram):
        session = telegram("conversationbot")
        session.send()
        session.tap("Boy")
        session.file(b"x", name="x.jpg")
        assert from_json(to_json(session.trace), Trace) == session.trace


MENU = (
    "You may choose to add a family member, yourself, show the gathered data, or end the conversation. "
    "To abort, simply type /stop."
)
LEVEL = "You may add a parent or a child. Also you can show the gathered data or go back."


class TestNestedConversationBot:
    """nestedconversationbot.py: three levels of conversations, and buttons under messages that are edited."""

    def test_add_a_parent(self, telegram, hold):
        session = telegram("nestedconversationbot")
        hold(
            session,
            (
                "/start",
                ["Hi, I'm Family Bot and I'm here to help you gather information about your family.", MENU],
                "SELECTING_ACTION",
            ),
            (lambda chat: chat.tap("Add family member"), [LEVEL], "SELECTING_LEVEL"),
            (lambda chat: chat.tap("Add parent"), ["Please choose, whom to add."], "SELECTING_GENDER"),
            (lambda chat: chat.tap("Add Mother"), ["Please select a feature to update."], "SELECTING_FEATURE"),
            (lambda chat: chat.tap("Name"), ["Okay, tell me."], "TYPING"),
            ("Ada", ["Got it! Please select a feature to update."], "SELECTING_FEATURE"),
            (lambda chat: chat.tap("Done"), [LEVEL], "SELECTING_LEVEL"),
            (
                lambda chat: chat.tap("Show data"),
                [
                    "Yourself:\nNo information yet.\n\nParents:\nMother: Name: Ada, Age: -\n\nChildren:\nNo information yet."
                ],
                "SHOWING",
            ),
            (lambda chat: chat.tap("Back"), [MENU], "SELECTING_ACTION"),
            (lambda chat: chat.tap("Done"), ["See you around!"], "SELECTING_ACTION"),
        )
        calls = [effect.url for effect in session.turns[1].effects if isinstance(effect, Call)]
        assert calls == ["https://api.telegram.org/answerCallbackQuery"]
        assert session.turns[-1].waits == "end"

    def test_moves_of_inner_conversations(self, telegram):
        session = telegram("nestedconversationbot")
        session.send()
        session.tap("Add yourself")
        turn = session.tap("Add info")
        assert [(hop.source, hop.target, hop.machine) for hop in turn.hops] == [
            (None, "SELECTING_FEATURE", "conversation 3")
        ]

    def test_stop_from_within(self, telegram):
        session = telegram("nestedconversationbot")
        for event in (session.send, lambda: session.tap("Add family member"), lambda: session.tap("Add child")):
            event()
        turn = session.send("/stop")
        assert ([reply.text for reply in turn.replies], turn.waits) == (["Okay, bye."], "end")
