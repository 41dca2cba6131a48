"""The senders that reach a terminal or a list, and the stand-ins for all of them."""

import io

import pytest

from chatsim.errors import BadMessage
from chatsim.senders.base import MessageSender
from chatsim.senders.console import ConsoleMessageSender
from chatsim.senders.doubles import double_factory
from chatsim.senders.recording import RecordingSender
from chatsim.senders.whatsapp import WhatsAppSender
from chatsim.trace import Option, Reply


class TestConsole:
    def said(self, *message):
        stream = io.StringIO()
        ConsoleMessageSender(stream).send_message(*message)
        return stream.getvalue()

    def test_a_text(self):
        assert self.said("ann", "Hello") == "[ann] Hello\n"

    def test_several_lines(self):
        assert self.said("ann", "one\n\ttwo") == "[ann] one\n\ttwo\n"

    def test_all_parts(self):
        options = {"buttons": ["Yes", "No"], "header": "H", "footer": "F"}
        assert self.said("ann", "Sure?", options) == "[ann] H\nSure?\nF\n    1. Yes\n    2. No\n"

    def test_media(self):
        assert self.said("ann", "", {"type": "image", "image": {"link": "a.png"}}) == "[ann] <image: a.png>\n"

    @pytest.mark.parametrize("text", ["\x1b[2J\x1b[H", "\x9b31mred", "\x07", "a\rb", "\x00", "\u202egpj", "\u2028"])
    def test_what_a_terminal_obeys_is_written_out(self, text):
        said = self.said(text, text, [text])
        assert said.count(text.encode("unicode_escape").decode()) == 3
        assert text not in said

    def test_standard_output_is_looked_up_late(self, capsys):
        sender = ConsoleMessageSender()
        sender.send_message("ann", "Hello")
        assert capsys.readouterr().out == "[ann] Hello\n"

    def test_no_text(self):
        with pytest.raises(BadMessage):
            self.said("ann", None)


class TestRecording:
    def test_keeps_messages_in_order(self):
        sender = RecordingSender()
        sender.send_message("ann", "one")
        sender.send_message(chat_id="bob", text="two", options=["S"])
        assert sender.replies == [Reply("one", "ann"), Reply("two", "bob", (Option("S", "S"),))]
        assert sender.texts == ["one", "two"]
        sender.clear()
        assert sender.replies == []

    def test_has_what_whatsapp_has(self):
        sender = RecordingSender()
        assert sender.send_image("ann", link="a.png", caption="A") == {"messages": [{"id": "recorded.1"}]}
        assert (sender.replies[0].type, sender.replies[0].media, sender.texts) == ("image", "a.png", ["A"])

    @pytest.mark.parametrize("kind", [ConsoleMessageSender, RecordingSender, WhatsAppSender])
    def test_all_are_senders(self, kind):
        sender = kind("1", "token") if kind is WhatsAppSender else kind()
        assert isinstance(sender, MessageSender)


class Loud(ConsoleMessageSender):
    """A subclass that changes texts, and adds a method."""

    def send_message(self, chat_id, text, options=None):
        super().send_message(chat_id, text.upper(), options)

    def send_menu(self, chat_id):
        self.send_message(chat_id, "menu", ["tea"])


class Signed:
    """A wrapper: it holds the sender that delivers."""

    def __init__(self, inner):
        self.inner = inner
        self.name = "Bot"
        self.me = self

    def send_message(self, chat_id, text, options=None):
        self.inner.send_message(chat_id, f"{self.name}: {text}", options)


class Foreign:
    """A sender from scratch, with a method and an attribute of its own."""

    name = "foreign"

    def __init__(self):
        self.delivered = []
        self.greeting = "Hello"

    def send_message(self, chat_id, text, options=None):
        self.delivered.append(text)

    def greet(self, chat_id):
        self.send_message(chat_id, self.greeting)

    @staticmethod
    def shout(text):
        return text.upper()


class Slotted:
    __slots__ = ()

    def send_message(self, chat_id, text, options=None):
        raise AssertionError


class TestDoubles:
    def double(self, sender):
        return double_factory(sender)()

    @pytest.mark.parametrize(
        "sender", [ConsoleMessageSender(), RecordingSender(), Slotted()], ids=lambda s: type(s).__name__
    )
    def test_plain_senders(self, sender, capsys):
        double, replies = self.double(sender)
        double.send_message("ann", "hi", ["S"])
        double.send_location("ann", 1, 2, name="Pier 7")
        assert [reply.text for reply in replies] == ["hi", "Pier 7"]
        assert capsys.readouterr().out == ""

    def test_each_has_its_own_list(self):
        make = double_factory(RecordingSender())
        first, replies = make()
        first.send_message("ann", "hi")
        assert make()[1] == []
        assert len(replies) == 1

    def test_a_subclass_runs_as_in_earnest(self, capsys):
        original = Loud()
        double, replies = self.double(original)
        double.send_menu("ann")
        assert replies == [Reply("MENU", "ann", (Option("tea", "tea"),))]
        assert capsys.readouterr().out == ""
        original.send_message("ann", "real")
        assert capsys.readouterr().out == "[ann] REAL\n"

    @pytest.mark.parametrize(
        "inner", [ConsoleMessageSender, RecordingSender, Loud, lambda: Signed(ConsoleMessageSender())]
    )
    def test_a_wrapper_runs_as_in_earnest(self, inner, capsys):
        original = Signed(inner())
        kept = original.inner
        double, replies = self.double(original)
        double.send_message("ann", "hi")
        (reply,) = replies
        assert "bot: " in reply.text.lower()
        assert reply.text.lower().endswith("hi")
        assert original.inner is kept
        assert original.me is original
        assert capsys.readouterr().out == ""
        assert getattr(kept, "replies", []) == []

    def test_wrappers_that_hold_each_other(self):
        """A second one is not followed for ever, and both are replaced."""
        first, second = Signed(ConsoleMessageSender()), Signed(None)
        first.other, second.other, second.inner = second, first, first
        double, replies = self.double(second)
        double.send_message("ann", "hi")
        assert [reply.text for reply in replies] == ["Bot: Bot: hi"]
        assert double.inner is not first
        assert double.inner.other is double
        assert (second.inner, first.other) == (first, second)

    def test_wrappers_that_hold_each_other_and_nothing_of_ours(self):
        first, second = Signed(None), Signed(None)
        first.inner, second.inner = second, first
        double, replies = self.double(first)
        double.send_message("ann", "hi")
        assert [reply.text for reply in replies] == ["hi"]

    def test_what_the_double_changes_stays_with_it(self):
        original = Signed(ConsoleMessageSender())
        double, _ = self.double(original)
        double.name = "Other"
        assert original.name == "Bot"

    def test_a_recording_subclass(self):
        class Mine(RecordingSender):
            pass

        original = Mine()
        double, replies = self.double(original)
        double.send_message("ann", "hi")
        assert (len(replies), original.replies) == (1, [])

    def test_whatsapp_keeps_its_limits(self):
        double, replies = self.double(WhatsAppSender("1", "token"))
        double.send_message("ann", "Size?", ["S", "L"])
        assert (replies[0].text, replies[0].type, len(replies[0].options)) == ("Size?", "interactive", 2)
        with pytest.raises(BadMessage, match="4,096"):
            double.send_message("ann", "x" * 4097)
        assert len(replies) == 1

    def test_a_foreign_sender(self):
        original = Foreign()
        double, replies = self.double(original)
        double.greet("ann")
        assert replies == [Reply("Hello", "ann")]
        assert (double.name, double.shout("a"), double.greeting) == ("foreign", "A", "Hello")
        assert original.delivered == []
        with pytest.raises(AttributeError):
            _ = double.no_such_thing
