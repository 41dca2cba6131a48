"""Turn what a step sends into `chatsim.trace.Reply`: the one reading of options that senders and adapters share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chatsim.errors import BadMessage, ContextNotSerializable
from chatsim.jsondata import json_copy
from chatsim.senders.base import check_text
from chatsim.trace import JsonObject, Option, Reply

MEDIA_TYPES = ("image", "audio", "video", "document", "sticker")
MESSAGE_TYPES = ("text", *MEDIA_TYPES, "location", "contacts", "reaction", "template", "interactive")
"""The payload types of the WhatsApp Cloud API; the eleventh thing it sends, a contextual reply, is any of these."""


def reply_from(chat_id: str, text: str, options: Any = None) -> Reply:
    """Return what ``send_message(chat_id, text, options)`` says, as a reply.

    *options* is a list of titles or of ``{"id", "title"}``, a mapping with ``buttons``, or a WhatsApp payload (a
    whole message, ``{"type": "image", "image": {…}}``, or an ``interactive`` object alone).  What is not a list of
    titles stays in the reply's `payload` as it was.  Raises `BadMessage` for what JSON cannot hold.

    >>> reply_from("ann", "Which size?", ["S", "L"]).options
    (Option(id='S', title='S'), Option(id='L', title='L'))
    >>> reply_from("ann", "Sure?", {"buttons": [{"id": "y", "title": "Yes"}]}).options
    (Option(id='y', title='Yes'),)
    """
    if type(text) is not str:
        check_text(text)
    if options is None:
        return Reply(text, chat_id)
    options = _plain(options)
    if isinstance(options, list):
        return Reply(text, chat_id, options_from(options))
    if not isinstance(options, dict):
        raise BadMessage(f"options are a list of titles or a mapping, not {type(options).__name__}: {options!r:.80}")
    reply = _reply_from_payload(chat_id, options)
    return Reply(
        text or reply.text,
        chat_id,
        reply.options,
        reply.header,
        reply.footer,
        reply.media,
        reply.type,
        payload=options,
    )


def reply_from_payload(chat_id: str, payload: Mapping[str, Any]) -> Reply:
    """Return what a WhatsApp message object says, as a reply whose `payload` is that object.

    >>> place = {"type": "location", "location": {"name": "Pier 7", "latitude": 1, "longitude": 2}}
    >>> reply = reply_from_payload("ann", place)
    >>> reply.text, reply.type, reply.payload == place
    ('Pier 7', 'location', True)
    """
    return _reply_from_payload(chat_id, _plain(payload))


def options_from(items: Iterable[Any]) -> tuple[Option, ...]:
    """Return the options that a list of titles, of ``{"id", "title"}`` or of WhatsApp buttons offers.

    Raises `BadMessage` for an item that has no title.
    """
    return tuple([_option(item) for item in items])


def _option(item: Any) -> Option:
    if isinstance(item, str):
        return Option(item, item)
    if isinstance(item, Mapping):
        inner = item.get("reply", item)
        title = inner.get("title") if isinstance(inner, Mapping) else None
        if isinstance(title, str):
            return Option(str(inner.get("id", title)), title)
    raise BadMessage(f"an option is a title or a mapping with a 'title', not {item!r:.80}")


def _plain(payload: Any) -> Any:
    try:
        return json_copy(payload)
    except ContextNotSerializable as error:
        raise BadMessage(f"the options of a message are JSON; {error}") from None


def _reply_from_payload(chat_id: str, payload: JsonObject) -> Reply:
    kind = payload.get("type", "text")
    if kind in ("button", "list", "cta_url", "flow") and "action" in payload:
        return _interactive(chat_id, payload, payload)
    if kind == "interactive" and isinstance(payload.get("interactive"), dict):
        return _interactive(chat_id, payload["interactive"], payload)
    body = payload.get(kind) if isinstance(kind, str) else None
    text, media = _words(str(kind), body)
    header, footer = payload.get("header"), payload.get("footer")
    return Reply(
        text,
        chat_id,
        _buttons(payload),
        header if isinstance(header, str) else None,
        footer if isinstance(footer, str) else None,
        media,
        str(kind),
        payload=payload,
    )


def _buttons(payload: JsonObject) -> tuple[Option, ...]:
    buttons = payload.get("buttons", ())
    if not isinstance(buttons, list | tuple):
        raise BadMessage(f"'buttons' is a list of titles, not {buttons!r:.80}")
    return options_from(buttons)


def _interactive(chat_id: str, interactive: JsonObject, payload: JsonObject) -> Reply:
    header = interactive.get("header")
    return Reply(
        _inner_text(interactive.get("body")) or "",
        chat_id,
        _choices(interactive.get("action")),
        _inner_text(header),
        _inner_text(interactive.get("footer")),
        _media_of(header),
        "interactive",
        payload=payload,
    )


def _choices(action: Any) -> tuple[Option, ...]:
    """Return the buttons of an interactive action, or the rows of all its sections."""
    if not isinstance(action, dict):
        return ()
    sections = action.get("sections", [])
    rows = [row for section in sections if isinstance(section, dict) for row in section.get("rows", [])]
    return options_from([*action.get("buttons", []), *rows])


def _inner_text(part: Any) -> str | None:
    text = part.get("text") if isinstance(part, dict) else part
    return text if isinstance(text, str) else None


def _media_of(part: Any) -> str | None:
    if not isinstance(part, dict):
        return None
    for kind in MEDIA_TYPES:
        if isinstance(part.get(kind), dict):
            return _address(part[kind])
    return None


def _words(kind: str, body: Any) -> tuple[str, str | None]:
    """Return the text that a person reads in a payload's *body*, and its media (an address or an id)."""
    if kind == "contacts" and isinstance(body, list):
        return ", ".join(_contact_name(contact) for contact in body), None
    if not isinstance(body, dict):
        return (body if isinstance(body, str) else ""), None
    if kind in MEDIA_TYPES:
        return str(body.get("caption") or ""), _address(body)
    for key in _TEXT_KEYS.get(kind, ()):
        if body.get(key):
            return str(body[key]), None
    return "", None


def _address(media: JsonObject) -> str | None:
    address = media.get("link") or media.get("id")
    return address if isinstance(address, str) else None


_TEXT_KEYS = {"text": ("body",), "location": ("name", "address"), "reaction": ("emoji",), "template": ("name",)}


def _contact_name(contact: Any) -> str:
    name = contact.get("name") if isinstance(contact, dict) else None
    return str(name.get("formatted_name", "")) if isinstance(name, dict) else ""
