"""The WhatsApp Cloud API: shapes, limits, refusals, and a token that nobody sees."""

import json
import logging
import subprocess
import sys

import httpx
import pytest

from chatsim.errors import BadMessage, SendError, SetupError
from chatsim.senders.whatsapp import WhatsAppSender
from chatsim.senders.whatsapp_messages import choices
from chatsim.trace import Option

TOKEN = "EAAtoken123secret"
ANSWER = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": "49170", "wa_id": "49170"}],
    "messages": [{"id": "wamid.1"}],
}


class Platform:
    """Stands where Meta's servers are: keeps the requests, and answers what it is told to."""

    def __init__(self, answer=None):
        self.requests = []
        self.answer = answer or httpx.Response(200, json=ANSWER)

    def __call__(self, request):
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    @property
    def body(self):
        (request,) = self.requests
        body = json.loads(request.content)
        assert {key: body.pop(key) for key in ("messaging_product", "recipient_type", "to")} == {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "49170",
        }
        return body


def sender_to(platform, **settings):
    return WhatsAppSender("106540", TOKEN, client=httpx.Client(transport=httpx.MockTransport(platform)), **settings)


@pytest.fixture
def platform():
    return Platform()


@pytest.fixture
def sender(platform):
    return sender_to(platform)


INTERACTIVE = {
    "type": "button",
    "body": {"text": "Sure?"},
    "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]},
}
CONTACT = {"name": {"formatted_name": "Ann B", "first_name": "Ann"}, "phones": [{"phone": "+49170", "type": "CELL"}]}
COMPONENTS = [{"type": "body", "parameters": [{"type": "text", "text": "Ann"}]}]


class TestMessages:
    """Each of the eleven payloads as the platform's reference has it."""

    @pytest.mark.parametrize(
        ("method", "args", "options", "body"),
        [
            ("send_text", ["Hi"], {}, {"type": "text", "text": {"preview_url": False, "body": "Hi"}}),
            ("send_text", ["x.example"], {"preview_url": True}, {"type": "text", "text": {"preview_url": True, "body": "x.example"}}),
            ("send_image", [], {"link": "https://x.example/a.png", "caption": "A"}, {"type": "image", "image": {"link": "https://x.example/a.png", "caption": "A"}}),
            ("send_image", [], {"id": "7"}, {"type": "image", "image": {"id": "7"}}),
            ("send_audio", [], {"id": "7"}, {"type": "audio", "audio": {"id": "7"}}),
            ("send_video", [], {"link": "v", "caption": "V"}, {"type": "video", "video": {"link": "v", "caption": "V"}}),
            ("send_document", [], {"id": "7", "caption": "Bill", "filename": "b.pdf"}, {"type": "document", "document": {"id": "7", "caption": "Bill", "filename": "b.pdf"}}),
            ("send_sticker", [], {"id": "7"}, {"type": "sticker", "sticker": {"id": "7"}}),
            ("send_location", [1.5, -2], {"name": "Pier 7", "address": "Dock"}, {"type": "location", "location": {"latitude": 1.5, "longitude": -2, "name": "Pier 7", "address": "Dock"}}),
            ("send_location", [1.5, -2], {}, {"type": "location", "location": {"latitude": 1.5, "longitude": -2}}),
            ("send_contacts", [[CONTACT]], {}, {"type": "contacts", "contacts": [CONTACT]}),
            ("send_reaction", ["wamid.0", "👍"], {}, {"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": "👍"}}),
            ("send_reaction", ["wamid.0", ""], {}, {"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": ""}}),
            ("send_template", ["hello_world"], {}, {"type": "template", "template": {"name": "hello_world", "language": {"code": "en_US"}}}),
            ("send_template", ["hi", "de", COMPONENTS], {}, {"type": "template", "template": {"name": "hi", "language": {"code": "de"}, "components": COMPONENTS}}),
            ("send_interactive", [INTERACTIVE], {}, {"type": "interactive", "interactive": INTERACTIVE}),
            ("send_reply", ["wamid.0", "Hi"], {}, {"type": "text", "text": {"preview_url": False, "body": "Hi"}, "context": {"message_id": "wamid.0"}}),
            ("send_image", [], {"id": "7", "reply_to": "wamid.0"}, {"type": "image", "image": {"id": "7"}, "context": {"message_id": "wamid.0"}}),
        ],
    )  # fmt: skip
    def test_methods(self, platform, method, args, options, body):
        assert getattr(sender_to(platform), method)("49170", *args, **options) == ANSWER
        assert platform.body == body

    @pytest.mark.parametrize(
        ("text", "options", "body"),
        [
            ("Hi", None, {"type": "text", "text": {"preview_url": False, "body": "Hi"}}),
            ("Sure?", [{"id": "y", "title": "Yes"}], {"type": "interactive", "interactive": INTERACTIVE}),
            ("Sure?", {"buttons": [{"id": "y", "title": "Yes"}]}, {"type": "interactive", "interactive": INTERACTIVE}),
            ("Sure?", {"type": "interactive", "buttons": [{"id": "y", "title": "Yes"}]}, {"type": "interactive", "interactive": INTERACTIVE}),
            ("", INTERACTIVE, {"type": "interactive", "interactive": INTERACTIVE}),
            ("Sure?", {"type": "button", "action": INTERACTIVE["action"]}, {"type": "interactive", "interactive": INTERACTIVE}),
            ("no", {"type": "interactive", "interactive": INTERACTIVE}, {"type": "interactive", "interactive": INTERACTIVE}),
            ("A", {"type": "image", "image": {"link": "a"}}, {"type": "image", "image": {"link": "a", "caption": "A"}}),
            ("", {"type": "image", "image": {"link": "a"}}, {"type": "image", "image": {"link": "a"}}),
            ("A", {"type": "audio", "audio": {"id": "7"}}, {"type": "audio", "audio": {"id": "7"}}),
            ("", {"type": "contacts", "contacts": [CONTACT]}, {"type": "contacts", "contacts": [CONTACT]}),
            ("Hi", {"preview_url": True}, {"type": "text", "text": {"preview_url": True, "body": "Hi"}}),
            ("Hi", {"type": "text", "text": {"body": "Ho"}}, {"type": "text", "text": {"preview_url": False, "body": "Ho"}}),
            ("Hi", {"reply_to": "wamid.0"}, {"type": "text", "text": {"preview_url": False, "body": "Hi"}, "context": {"message_id": "wamid.0"}}),
            ("Hi", {"context": {"message_id": "wamid.0"}}, {"type": "text", "text": {"preview_url": False, "body": "Hi"}, "context": {"message_id": "wamid.0"}}),
        ],
    )  # fmt: skip
    def test_send_message(self, sender, platform, text, options, body):
        assert sender.send_message("49170", text, options) is None
        assert platform.body == body

    def test_more_than_three_options_are_a_list(self, sender, platform):
        sender.send_message("49170", "Which?", ["1", "2", "3", "4"])
        interactive = platform.body["interactive"]
        assert interactive["type"] == "list"
        (section,) = interactive["action"]["sections"]
        assert section["rows"] == [{"id": n, "title": n} for n in "1234"]

    def test_long_titles_are_a_list(self):
        assert choices("?", [Option("a", "x" * 20)])["type"] == "button"
        assert choices("?", [Option("a", "x" * 21)])["type"] == "list"

    def test_header_and_footer(self, sender, platform):
        sender.send_message("49170", "Sure?", {"buttons": ["Yes"], "header": "H", "footer": "F"})
        interactive = platform.body["interactive"]
        assert (interactive["header"], interactive["footer"]) == ({"type": "text", "text": "H"}, {"text": "F"})

    def test_address_and_version(self, platform):
        sender_to(platform, api_version="v22.0").send_text("49170", "Hi")
        (request,) = platform.requests
        assert (request.method, str(request.url)) == ("POST", "https://graph.facebook.com/v22.0/106540/messages")
        assert request.headers["authorization"] == f"Bearer {TOKEN}"

    def test_the_default_version(self, sender):
        assert sender.url == "https://graph.facebook.com/v19.0/106540/messages"


def rows(count, **row):
    return {"type": "list", "body": {"text": "?"}, "action": {"button": "Choose", "sections": [{"rows": [{"id": str(n), "title": str(n), **row} for n in range(count)]}]}}  # fmt: skip


def buttons(*pairs):
    return {"type": "button", "body": {"text": "?"}, "action": {"buttons": [{"type": "reply", "reply": {"id": i, "title": t}} for i, t in pairs]}}  # fmt: skip


class TestLimits:
    """What the platform would refuse is refused before anything is sent."""

    @pytest.mark.parametrize(
        ("text", "options", "what"),
        [
            ("x" * 4097, None, "a text has 4,097 characters; WhatsApp takes 4,096"),
            ("", None, "a text may not be empty"),
            (" \n", None, "a text may not be empty"),
            (None, None, "send_message takes text"),
            ("x" * 1025, ["Yes"], "the body has 1,025 characters; WhatsApp takes 1,024"),
            ("x" * 4097, ["1", "2", "3", "4"], "the body has 4,097 characters; WhatsApp takes 4,096"),
            ("x" * 1025, {"type": "image", "image": {"link": "a"}}, "a caption has 1,025"),
            ("?", [], "offers at least one"),
            ("?", [str(n) for n in range(11)], "11 rows; WhatsApp takes 10"),
            ("?", ["x" * 25], "the title of a row has 25 characters; WhatsApp takes 24"),
            ("?", [""], "the title of a button may not be empty"),
            ("?", buttons(("1", "a"), ("2", "b"), ("3", "c"), ("4", "d")), "4 buttons; WhatsApp takes 3"),
            ("?", buttons(("1", "x" * 21)), "the title of a button has 21"),
            ("?", buttons(("x" * 257, "a")), "the id of a button has 257"),
            ("?", buttons(("1", "a"), ("2", "a")), "two buttons have the same title"),
            ("?", buttons(("1", "a"), ("1", "b")), "two buttons have the same id"),
            ("?", buttons((None, "a")), "the id of a button is a str, not NoneType"),
            ("?", rows(2, id="1"), "two rows have the same id"),
            ("?", rows(1, id="x" * 201), "the id of a row has 201"),
            ("?", rows(1, description="x" * 73), "the description of a row has 73 characters; WhatsApp takes 72"),
            ("?", {**rows(1), "header": {"type": "text", "text": "x" * 61}}, "the header has 61"),
            ("?", {**rows(1), "footer": {"text": "x" * 61}}, "the footer has 61"),
            ("?", {"type": "list", "action": {"button": "x" * 21}}, "the button of a list has 21"),
            ("?", {"type": "interactive", "interactive": {"type": "list"}}, "has a 'type', a 'body' and an 'action'"),
            ("?", {"type": "poll"}, "unknown message type 'poll'; WhatsApp has text, image"),
            ("?", {"type": ["text"]}, "unknown message type"),
            ("?", {"type": "image"}, "options of type 'image' need a 'image' object"),
            ("", {"type": "contacts", "contacts": []}, "at least one contact"),
            ("?", "Yes", "options are a list of titles or a mapping"),
            ("?", [5], "an option is a title"),
        ],
        ids=range(30),
    )
    def test_refused(self, sender, platform, text, options, what):
        with pytest.raises(BadMessage) as caught:
            sender.send_message("49170", text, options)
        assert what in str(caught.value)
        assert platform.requests == []

    @pytest.mark.parametrize(
        ("text", "options"),
        [
            ("x" * 4096, None),
            ("x" * 1024, ["x" * 20]),
            ("x" * 1024, {"type": "image", "image": {"link": "a"}}),
            ("x" * 4096, [str(n) for n in range(10)]),
            ("?", rows(10, description="x" * 72)),
            ("?", buttons(("x" * 256, "x" * 20), ("2", "b"), ("3", "c"))),
            (
                "?",
                {**rows(1, title="x" * 24, id="x" * 200), "header": {"text": "x" * 60}, "footer": {"text": "x" * 60}},
            ),
            (
                "?",
                {"type": "cta_url", "header": {"type": "image", "image": {"link": "a"}}, "action": {"name": "cta_url"}},
            ),
        ],
        ids=range(8),
    )
    def test_the_longest_that_is_taken(self, sender, platform, text, options):
        sender.send_message("49170", text, options)
        assert len(platform.requests) == 1

    @pytest.mark.parametrize("media", [{}, {"link": "a", "id": "7"}])
    def test_media_has_one_source(self, sender, media):
        with pytest.raises(BadMessage, match="either a link or the id"):
            sender.send_image("49170", **media)


REFUSAL = {
    "error": {
        "message": f"Invalid OAuth access token {TOKEN}",
        "type": "OAuthException",
        "code": 190,
        "fbtrace_id": "A",
    }
}
DETAILED = {"error": {"message": "(#131030) not allowed", "code": 131030, "error_data": {"details": "Add the number"}}}


class TestRefusals:
    def test_status_code_and_message(self):
        with pytest.raises(SendError) as caught:
            sender_to(Platform(httpx.Response(400, json=DETAILED))).send_text("49170", "Hi")
        assert (caught.value.status, caught.value.code) == (400, 131030)
        assert str(caught.value) == (
            "WhatsApp refused the message: status 400, code 131030: (#131030) not allowed: Add the number"
        )

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.Response(502, text="<html>"),
            httpx.Response(200, text="ok"),
            httpx.Response(200, json=["ok"]),
            httpx.Response(302, headers={"location": "https://evil.example"}),
            httpx.Response(500, json={"error": "down"}),
        ],
        ids=["html", "no json", "no object", "redirect", "no error object"],
    )
    def test_answers_that_say_nothing(self, answer):
        platform = Platform(answer)
        with pytest.raises(SendError, match="and no JSON that says why") as caught:
            sender_to(platform).send_text("49170", "Hi")
        assert (caught.value.status, caught.value.code) == (answer.status_code, None)
        assert len(platform.requests) == 1

    def test_a_code_that_is_no_number(self):
        with pytest.raises(SendError, match="code x: no") as caught:
            sender_to(Platform(httpx.Response(400, json={"error": {"message": "no", "code": "x"}}))).send_text(
                "49170", "Hi"
            )
        assert caught.value.code is None

    @pytest.mark.parametrize("error", [httpx.ConnectError("no route"), httpx.ReadTimeout("")], ids=str)
    def test_a_platform_out_of_reach(self, error):
        with pytest.raises(SendError, match=r"WhatsApp could not be reached: (no route|ReadTimeout)$") as caught:
            sender_to(Platform(error)).send_text("49170", "Hi")
        assert (caught.value.status, caught.value.code) == (None, None)


class TestToken:
    """It is in the request, and nowhere else."""

    @pytest.mark.parametrize(
        "answer", [httpx.Response(401, json=REFUSAL), httpx.ConnectError(f"to {TOKEN}")], ids=["refused", "unreached"]
    )
    def test_not_in_errors_or_logs(self, answer, caplog):
        with caplog.at_level(logging.DEBUG), pytest.raises(SendError) as caught:
            sender_to(Platform(answer)).send_text("49170", "Hi")
        assert "***" in str(caught.value)
        assert TOKEN not in f"{caught.value!r} {caught.value.__cause__!r} {caplog.text}"
        assert caught.value.__suppress_context__ or TOKEN not in repr(caught.value.__context__)

    def test_not_in_a_repr(self, sender):
        assert repr(sender) == "WhatsAppSender(phone_number_id='106540', api_version='v19.0')"
        assert TOKEN not in repr(vars(sender))
        assert "'***'" in repr(vars(sender))

    def test_not_in_headers_of_the_client(self, sender):
        assert "authorization" not in sender._client.headers

    @pytest.mark.parametrize("token", ["", " ", "a\nb", "tökén", None, 5])
    def test_what_cannot_be_one(self, token):
        with pytest.raises(SetupError, match="access_token is a text of printable ASCII") as caught:
            WhatsAppSender("106540", token)
        assert repr(token) not in str(caught.value)


class TestClient:
    def test_of_its_own(self):
        client = WhatsAppSender("106540", TOKEN)._client
        assert client.timeout == httpx.Timeout(30)
        client.close()

    def test_without_httpx(self):
        code = (
            "import sys; sys.modules['httpx'] = None\n"
            "from chatsim.senders.whatsapp import WhatsAppSender\n"
            "try: WhatsAppSender('1', 'token')\n"
            "except Exception as error: print(type(error).__name__, error)"
        )
        shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        assert (
            shown
            == "SetupError WhatsAppSender needs the package 'httpx'; install it: pip install \"chatsim[whatsapp]\"\n"
        )
