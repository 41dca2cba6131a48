"""The messages of the WhatsApp Cloud API: their shapes and limits, without the sending.

Shapes and limits are those of Meta's reference for ``POST /{phone-number-id}/messages``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from chatsim.errors import BadMessage
from chatsim.senders.base import check_text
from chatsim.senders.replies import MESSAGE_TYPES, options_from
from chatsim.trace import JsonObject, Option

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
BUTTON_BODY_LIMIT = 1024
LIST_BODY_LIMIT = 4096
HEADER_LIMIT = FOOTER_LIMIT = 60
BUTTONS, BUTTON_TITLE_LIMIT, BUTTON_ID_LIMIT = 3, 20, 256
ROWS, ROW_TITLE_LIMIT, ROW_ID_LIMIT, ROW_TEXT_LIMIT = 10, 24, 200, 72


class WhatsAppMessages(ABC):
    """Builds the messages of the WhatsApp Cloud API, and hands each to `_deliver`.

    Every method returns the platform's answer, ``{"messages": [{"id": "wamid.…"}], …}``, takes *reply_to*, the id of
    the message that it answers (a contextual reply), and raises `BadMessage` for what the platform would refuse: a
    text that is too long, too many choices, media without an address.
    """

    @abstractmethod
    def _deliver(self, chat_id: str, payload: JsonObject) -> JsonObject:
        """Deliver a message object that lacks only its envelope, and return the platform's answer."""

    def send_text(
        self, chat_id: str, text: str, *, preview_url: bool = False, reply_to: str | None = None
    ) -> JsonObject:
        """Send a text of 1 to 4,096 characters; *preview_url* shows a preview of the first link in it."""
        check_length("a text", text, TEXT_LIMIT)
        return self._send(chat_id, "text", {"preview_url": preview_url, "body": text}, reply_to)

    def send_image(
        self,
        chat_id: str,
        *,
        link: str | None = None,
        id: str | None = None,  # noqa: A002 - the platform's word
        caption: str | None = None,
        reply_to: str | None = None,
    ) -> JsonObject:
        """Send the picture at *link*, or the uploaded one with *id*."""
        return self._send(chat_id, "image", _media(link, id, caption=caption), reply_to)

    def send_audio(
        self,
        chat_id: str,
        *,
        link: str | None = None,
        id: str | None = None,  # noqa: A002 - the platform's word
        reply_to: str | None = None,
    ) -> JsonObject:
        """Send the recording at *link*, or the uploaded one with *id*."""
        return self._send(chat_id, "audio", _media(link, id), reply_to)

    def send_video(
        self,
        chat_id: str,
        *,
        link: str | None = None,
        id: str | None = None,  # noqa: A002 - the platform's word
        caption: str | None = None,
        reply_to: str | None = None,
    ) -> JsonObject:
        """Send the video at *link*, or the uploaded one with *id*."""
        return self._send(chat_id, "video", _media(link, id, caption=caption), reply_to)

    def send_document(
        self,
        chat_id: str,
        *,
        link: str | None = None,
        id: str | None = None,  # noqa: A002 - the platform's word
        caption: str | None = None,
        filename: str | None = None,
        reply_to: str | None = None,
    ) -> JsonObject:
        """Send the file at *link*, or the uploaded one with *id*; *filename* is what the person sees."""
        return self._send(chat_id, "document", _media(link, id, caption=caption, filename=filename), reply_to)

    def send_sticker(
        self,
        chat_id: str,
        *,
        link: str | None = None,
        id: str | None = None,  # noqa: A002 - the platform's word
        reply_to: str | None = None,
    ) -> JsonObject:
        """Send the WebP sticker at *link*, or the uploaded one with *id*."""
        return self._send(chat_id, "sticker", _media(link, id), reply_to)

    def send_location(
        self,
        chat_id: str,
        latitude: float,
        longitude: float,
        *,
        name: str | None = None,
        address: str | None = None,
        reply_to: str | None = None,
    ) -> JsonObject:
        """Send a place, in degrees."""
        place = {"latitude": latitude, "longitude": longitude, "name": name, "address": address}
        return self._send(chat_id, "location", _given(place), reply_to)

    def send_contacts(
        self, chat_id: str, contacts: Sequence[Mapping[str, Any]], *, reply_to: str | None = None
    ) -> JsonObject:
        """Send contact cards: mappings with ``name: {"formatted_name": …}``, ``phones``, ``emails`` and so on."""
        return self._send(chat_id, "contacts", list(contacts), reply_to)

    def send_reaction(self, chat_id: str, message_id: str, emoji: str) -> JsonObject:
        """React to a message with an emoji; an empty text takes the reaction back."""
        return self._send(chat_id, "reaction", {"message_id": message_id, "emoji": emoji}, None)

    def send_template(
        self,
        chat_id: str,
        name: str,
        language: str = "en_US",
        components: Sequence[Mapping[str, Any]] = (),
        *,
        reply_to: str | None = None,
    ) -> JsonObject:
        """Send an approved template with its parameters (*components*)."""
        template: JsonObject = {"name": name, "language": {"code": language}}
        if components:
            template["components"] = list(components)
        return self._send(chat_id, "template", template, reply_to)

    def send_interactive(
        self, chat_id: str, interactive: Mapping[str, Any], *, reply_to: str | None = None
    ) -> JsonObject:
        """Send an interactive object (``type`` button, list, cta_url, flow …, with ``body`` and ``action``)."""
        return self._send(chat_id, "interactive", dict(interactive), reply_to)

    def send_reply(self, chat_id: str, message_id: str, text: str) -> JsonObject:
        """Answer the message *message_id* with a text."""
        return self.send_text(chat_id, text, reply_to=message_id)

    def _send(self, chat_id: str, kind: str, body: Any, reply_to: str | None) -> JsonObject:
        check_message(kind, body)
        payload: JsonObject = {"type": kind, kind: body}
        if reply_to is not None:
            payload["context"] = {"message_id": reply_to}
        return self._deliver(chat_id, payload)


def payload_from(text: str, options: Any) -> tuple[str, Any, str | None]:
    """Return type, body and the answered message's id of ``send_message(…, text, options)``.

    A list of titles becomes up to three buttons, or a list of up to ten rows.  A mapping with a ``type`` is a message
    object itself, into which *text* goes as body or caption where it has none of its own; ``context`` or
    ``reply_to`` makes it a contextual reply.
    """
    check_text(text)
    if options is None:
        return "text", {"preview_url": False, "body": text}, None
    if isinstance(options, list | tuple):
        return "interactive", choices(text, options_from(options)), None
    if not isinstance(options, Mapping):
        raise BadMessage(f"options are a list of titles or a mapping, not {type(options).__name__}: {options!r:.80}")
    return *_body_from(text, options), _answered(options)


def choices(text: str, options: Sequence[Option], header: str | None = None, footer: str | None = None) -> JsonObject:
    """Return the interactive object that offers *options* below *text*: buttons where they fit, else a list."""
    if not options:
        raise BadMessage("a message with options offers at least one; leave options out for a plain text")
    fits = len(options) <= BUTTONS and all(len(option.title) <= BUTTON_TITLE_LIMIT for option in options)
    interactive: JsonObject = {"type": "button" if fits else "list", "body": {"text": text}}
    if header:
        interactive["header"] = {"type": "text", "text": header}
    if footer:
        interactive["footer"] = {"text": footer}
    if fits:
        buttons = [{"type": "reply", "reply": {"id": option.id, "title": option.title}} for option in options]
        interactive["action"] = {"buttons": buttons}
    else:
        rows = [{"id": option.id, "title": option.title} for option in options]
        interactive["action"] = {"button": "Choose", "sections": [{"title": "Options", "rows": rows}]}
    return interactive


def check_message(kind: str, body: Any) -> None:
    """Raise `BadMessage` for a message that the platform would refuse for its length or its lack of parts."""
    if kind == "text":
        check_length("a text", body.get("body"), TEXT_LIMIT)
    elif kind == "interactive":
        _check_interactive(body)
    elif isinstance(body, Mapping) and body.get("caption") is not None:
        check_length("a caption", body["caption"], CAPTION_LIMIT)
    elif kind == "contacts" and not body:
        raise BadMessage("a contacts message holds at least one contact")


def check_length(what: str, text: Any, limit: int) -> None:
    """Raise `BadMessage` unless *text* is a text of 1 to *limit* characters."""
    if not isinstance(text, str):
        raise BadMessage(f"{what} is a str, not {type(text).__name__}")
    if not text.strip():
        raise BadMessage(f"{what} may not be empty on WhatsApp")
    if len(text) > limit:
        raise BadMessage(f"{what} has {len(text):,} characters; WhatsApp takes {limit:,}: {text!r:.60}")


def _body_from(text: str, options: Mapping[str, Any]) -> tuple[str, Any]:
    kind = options.get("type", "interactive" if "buttons" in options else "text")
    if kind in ("button", "list", "cta_url", "flow") and "action" in options:
        return "interactive", _with_body(text, options)
    if kind not in MESSAGE_TYPES:
        raise BadMessage(f"unknown message type {kind!r}; WhatsApp has {', '.join(MESSAGE_TYPES)}")
    body = options.get(kind)
    if kind == "interactive":
        if isinstance(body, Mapping):
            return kind, _with_body(text, body)
        header, footer = options.get("header"), options.get("footer")
        return kind, choices(text, options_from(options.get("buttons", ())), header, footer)
    if kind == "text":
        return kind, {"preview_url": bool(options.get("preview_url", False)), "body": text, **(body or {})}
    if body is None:
        raise BadMessage(f"options of type {kind!r} need a {kind!r} object: {{'type': {kind!r}, {kind!r}: {{…}}}}")
    if kind in ("image", "video", "document") and text and isinstance(body, Mapping):
        return kind, {"caption": text, **body}
    return kind, body


def _with_body(text: str, interactive: Mapping[str, Any]) -> JsonObject:
    return {"body": {"text": text}, **interactive} if text else dict(interactive)


def _answered(options: Mapping[str, Any]) -> str | None:
    context = options.get("context")
    return context.get("message_id") if isinstance(context, Mapping) else options.get("reply_to")


def _media(link: str | None, id_: str | None, **more: str | None) -> JsonObject:
    if (link is None) == (id_ is None):
        raise BadMessage("media has either a link or the id of an upload")
    return _given({"link": link, "id": id_, **more})


def _given(fields: Mapping[str, Any]) -> JsonObject:
    return {key: value for key, value in fields.items() if value is not None}


def _check_interactive(interactive: Any) -> None:
    if not isinstance(interactive, Mapping) or not isinstance(interactive.get("action"), Mapping):
        raise BadMessage("an interactive message has a 'type', a 'body' and an 'action'")
    is_list = interactive.get("type") == "list"
    _check_part("the body", interactive.get("body"), LIST_BODY_LIMIT if is_list else BUTTON_BODY_LIMIT)
    _check_part("the header", interactive.get("header"), HEADER_LIMIT)
    _check_part("the footer", interactive.get("footer"), FOOTER_LIMIT)
    action = interactive["action"]
    _check_options(
        "button", [b.get("reply", b) for b in action.get("buttons", [])], BUTTONS, BUTTON_TITLE_LIMIT, BUTTON_ID_LIMIT
    )
    rows = [row for section in action.get("sections", []) for row in section.get("rows", [])]
    _check_options("row", rows, ROWS, ROW_TITLE_LIMIT, ROW_ID_LIMIT)
    for row in rows:
        if row.get("description") is not None:
            check_length("the description of a row", row["description"], ROW_TEXT_LIMIT)
    if is_list:
        check_length("the button of a list", action.get("button"), BUTTON_TITLE_LIMIT)


def _check_part(what: str, part: Any, limit: int) -> None:
    if isinstance(part, Mapping) and "text" in part:
        check_length(what, part["text"], limit)


def _check_options(what: str, options: Sequence[Mapping[str, Any]], most: int, title_limit: int, id_limit: int) -> None:
    if len(options) > most:
        raise BadMessage(f"{len(options)} {what}s; WhatsApp takes {most}")
    for option in options:
        check_length(f"the title of a {what}", option.get("title"), title_limit)
        check_length(f"the id of a {what}", option.get("id"), id_limit)
    for key in ("title", "id"):
        if len({option[key] for option in options}) < len(options) and (key == "id" or what == "button"):
            raise BadMessage(f"two {what}s have the same {key}")
