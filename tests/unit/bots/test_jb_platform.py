import pytest

from chatsim.bots.jb_platform import deliver, reply_from_output
from chatsim.errors import BadResult
from chatsim.fsm import FSMOutput, MessageData, MessageType, OptionsListType, UploadFile
from chatsim.trace import Callback, File, Form, Option, Reply, Start, Tap, Text


class TestDeliver:
    @pytest.mark.parametrize(
        ("event", "waits", "delivered"),
        [
            (Start(), "input", (None, None)),
            (Text("hi"), "callback", ("hi", None)),
            (Tap("1", "S"), "input", ('[{"option_id": "1", "option_text": "S"}]', None)),
            (Form({"a": 1}), "input", ('{"a": 1}', None)),
            (Callback("{}"), "input", (None, "{}")),
            (File(b"x"), "input", (b"x", None)),
            (File(b"x"), None, (b"x", None)),
            (File(b"x"), "callback", (None, b"x")),
        ],
    )
    def test_every_event(self, event, waits, delivered):
        assert deliver(event, waits) == delivered


def reply(**fields):
    return reply_from_output(FSMOutput(message_data=MessageData(body="x", header="h", footer="f"), **fields), "ann")


class TestReply:
    def test_words(self):
        assert reply() == Reply("x", "ann", header="h", footer="f")

    def test_options(self):
        sent = reply(type=MessageType.INTERACTIVE, options_list=[OptionsListType(id="1", title="S")])
        assert (sent.type, sent.options, sent.payload) == ("interactive", (Option("1", "S"),), None)

    def test_a_file(self):
        file = UploadFile(path="/a", mime_type="text/plain", filename="a.txt")
        sent = reply(file=file, dest="channel")
        assert (sent.media, sent.dest) == ("a.txt", "channel")
        assert sent.payload == {"file": {"path": "/a", "mime_type": "text/plain", "filename": "a.txt"}}

    def test_media(self):
        assert reply(media_url="https://a.example/1.png").media == "https://a.example/1.png"

    def test_what_a_reply_has_no_place_for(self):
        assert reply(form_token="t", menu_title="m").payload == {"menu_title": "m", "form_token": "t"}

    def test_what_was_set_later_or_by_default_counts_too(self):
        class Menu(FSMOutput):
            menu_title: str | None = "Sizes"

        output = FSMOutput(message_data=MessageData(body="x"))
        output.form_token = "t"
        assert reply_from_output(output, "user").payload == {"form_token": "t"}
        assert reply_from_output(Menu(message_data=MessageData(body="x")), "user").payload == {"menu_title": "Sizes"}

    @pytest.mark.parametrize("dest", ["out", "channel", "rag"])
    def test_where_it_goes(self, dest):
        assert reply(dest=dest).dest == dest

    @pytest.mark.parametrize("kind", list(MessageType))
    def test_every_kind(self, kind):
        assert reply(type=kind).type == kind.value

    def test_a_type_set_as_text(self):
        output = FSMOutput(message_data=MessageData(body="x"))
        output.type = "text"
        assert reply_from_output(output, "user").type == "text"

    def test_a_body_that_is_no_text(self):
        output = FSMOutput(message_data=MessageData(body="x"))
        output.message_data.body = 7
        with pytest.raises(BadResult, match=r"the body of a message is text, not 7 \(a int\)"):
            reply_from_output(output, "user")

    def test_no_message_at_all(self):
        with pytest.raises(BadResult) as caught:
            reply_from_output("hello", "user")
        assert str(caught.value) == (
            "send_message was given 'hello' (a str), which is no FSMOutput: 'str' object has no attribute "
            "'message_data'. Write send_message(FSMOutput(message_data=MessageData(body='…')))"
        )
