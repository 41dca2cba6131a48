"""What a step sends, read as a reply."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsim.errors import BadMessage
from chatsim.senders.replies import options_from, reply_from, reply_from_payload
from chatsim.trace import Option, Reply

YES_NO = (Option("y", "Yes"), Option("n", "No"))
BUTTONS = {
    "type": "button",
    "header": {"type": "text", "text": "Order 7"},
    "body": {"text": "Sure?"},
    "footer": {"text": "No way back"},
    "action": {
        "buttons": [
            {"type": "reply", "reply": {"id": "y", "title": "Yes"}},
            {"type": "reply", "reply": {"id": "n", "title": "No"}},
        ]
    },
}
LIST = {
    "type": "list",
    "header": {"type": "image", "image": {"link": "https://x.example/menu.png"}},
    "body": {"text": "Sizes"},
    "action": {
        "button": "Choose",
        "sections": [
            {"title": "A", "rows": [{"id": "y", "title": "Yes", "description": "really"}]},
            {"title": "B", "rows": [{"id": "n", "title": "No"}]},
        ],
    },
}


class TestOptions:
    @pytest.mark.parametrize(
        "options",
        [
            [{"id": "y", "title": "Yes"}, {"id": "n", "title": "No"}],
            ({"id": "y", "title": "Yes"}, {"id": "n", "title": "No"}),
            {"buttons": [{"id": "y", "title": "Yes"}, {"id": "n", "title": "No"}]},
            {"type": "interactive", "buttons": [{"id": "y", "title": "Yes"}, {"id": "n", "title": "No"}]},
            BUTTONS,
            LIST,
            {"type": "interactive", "interactive": BUTTONS},
            {"type": "interactive", "interactive": LIST},
        ],
        ids=["list", "tuple", "buttons", "typed", "button", "list payload", "whole button", "whole list"],
    )
    def test_every_way_of_offering(self, options):
        assert reply_from("ann", "Sure?", options).options == YES_NO

    def test_titles_are_their_own_ids(self):
        assert options_from(["S", {"title": "L"}]) == (Option("S", "S"), Option("L", "L"))

    def test_an_id_may_be_a_number(self):
        assert options_from([{"id": 7, "title": "Seven"}]) == (Option("7", "Seven"),)

    @pytest.mark.parametrize("item", [7, None, {}, {"title": 7}, {"reply": "x"}, ["S"]])
    def test_what_has_no_title(self, item):
        with pytest.raises(BadMessage, match="an option is a title or a mapping with a 'title'"):
            reply_from("ann", "Sure?", [item])

    @pytest.mark.parametrize("options", ["S", 7, True])
    def test_what_offers_nothing(self, options):
        with pytest.raises(BadMessage, match="options are a list of titles or a mapping"):
            reply_from("ann", "Sure?", options)

    def test_buttons_are_a_list(self):
        with pytest.raises(BadMessage, match="'buttons' is a list of titles"):
            reply_from("ann", "Sure?", {"buttons": "S"})

    def test_options_are_json(self):
        with pytest.raises(BadMessage, match=r"the options of a message are JSON; \$\.at: JSON cannot hold object"):
            reply_from("ann", "Sure?", {"at": object()})


class TestReplyFrom:
    def test_a_text(self):
        assert reply_from("ann", "Hi") == Reply("Hi", "ann")

    def test_a_list_leaves_no_payload(self):
        assert reply_from("ann", "Size?", ["S"]) == Reply("Size?", "ann", (Option("S", "S"),))

    def test_an_interactive_payload(self):
        assert reply_from("ann", "", BUTTONS) == Reply(
            "Sure?", "ann", YES_NO, "Order 7", "No way back", None, "interactive", payload=BUTTONS
        )

    def test_the_own_text_rules(self):
        assert reply_from("ann", "Really?", BUTTONS).text == "Really?"

    def test_header_and_footer_beside_buttons(self):
        reply = reply_from("ann", "Sure?", {"buttons": ["Yes"], "header": "H", "footer": "F"})
        assert (reply.header, reply.footer, reply.type) == ("H", "F", "text")

    def test_a_picture_above_a_list(self):
        assert reply_from("ann", "", LIST).media == "https://x.example/menu.png"

    def test_what_nobody_knows_is_kept(self):
        reply = reply_from("ann", "Hi", {"parse_mode": "HTML"})
        assert (reply.text, reply.type, reply.payload) == ("Hi", "text", {"parse_mode": "HTML"})

    @pytest.mark.parametrize("text", [None, 5, b"hi", ["hi"]])
    def test_a_text_is_a_str(self, text):
        with pytest.raises(BadMessage, match="send_message takes text, not"):
            reply_from("ann", text)

    def test_a_subclass_of_str_is_one(self):
        assert reply_from("ann", type("T", (str,), {})("hi")).text == "hi"

    def test_the_payload_is_a_copy(self):
        options = {"buttons": ["Yes"]}
        reply = reply_from("ann", "Sure?", options)
        options["buttons"].append("No")
        assert reply.payload == {"buttons": ["Yes"]}

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5) | st.sampled_from(["list", "image"]),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        ["type", "action", "buttons", "sections", "rows", "interactive", "image", "body", "text", "header",
                         "title", "reply", "contacts", "name", "location", "list", "template"]
                    ),
                    inner,
                    max_size=4,
                )
            ),
        )
    )  # fmt: skip
    def test_whatever_the_options_are(self, options):
        """They are read, or refused as a message of the bot that is wrong."""
        with suppress(BadMessage):
            assert isinstance(reply_from("ann", "Hi", options), Reply)


class TestPayloads:
    @pytest.mark.parametrize(
        ("kind", "body", "text", "media"),
        [
            ("text", {"body": "Hi"}, "Hi", None),
            ("image", {"link": "https://x.example/a.png", "caption": "A"}, "A", "https://x.example/a.png"),
            ("audio", {"id": "77"}, "", "77"),
            ("video", {"link": "v.mp4"}, "", "v.mp4"),
            ("document", {"id": "78", "filename": "a.pdf", "caption": "Bill"}, "Bill", "78"),
            ("sticker", {"id": "79"}, "", "79"),
            ("location", {"latitude": 1.5, "longitude": 2, "name": "Pier 7", "address": "Dock"}, "Pier 7", None),
            ("location", {"latitude": 1.5, "longitude": 2, "address": "Dock"}, "Dock", None),
            ("location", {"latitude": 1.5, "longitude": 2}, "", None),
            ("contacts", [{"name": {"formatted_name": "Ann"}}, {"name": {"formatted_name": "Bob"}}], "Ann, Bob", None),
            ("contacts", ["x", {"name": "y"}], ", ", None),
            ("reaction", {"message_id": "wamid.1", "emoji": "👍"}, "👍", None),
            ("template", {"name": "hello_world", "language": {"code": "en_US"}}, "hello_world", None),
            ("poll", {"question": "?"}, "", None),
            ("image", {"link": 5}, "", None),
            ("text", "Hi", "Hi", None),
        ],
    )
    def test_every_type(self, kind, body, text, media):
        payload = {"type": kind, kind: body}
        assert reply_from_payload("ann", payload) == Reply(text, "ann", media=media, type=kind, payload=payload)
