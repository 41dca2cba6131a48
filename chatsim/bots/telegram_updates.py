"""What reaches a Telegram bot: chatsim's events as updates of the Bot API."""

from __future__ import annotations

import json
import re
from typing import Any

from chatsim.bots.telegram_api import OfflineRequest
from chatsim.errors import SetupError
from chatsim.trace import Callback, Event, File, Form, JsonObject, Start, Tap, Text, Wait

_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w+)?(?!\S)")
_FORMS = ("location", "contact", "venue", "poll", "dice", "web_app_data", "users_shared", "chat_shared")
_KINDS = {"audio": "audio", "video": "video"}


def update_for(event: Event, api: OfflineRequest) -> JsonObject:
    """Return *event* as an update.

    What somebody does in a chat of several comes from them, in a group; any other chat is private.

    * A start is the command ``/start``, which the button of that name sends.
    * A tap on a button under a message is a callback query, one on the keyboard a message with its title.
    * A file is a photo, audio, video or document, as its type says.
    * A form with one field that is a part of a message (``location``, ``contact``, …) is a message with that part;
      any other form is the data of a web app.
    * A callback is an update as it stands, as JSON (``{"pre_checkout_query": …}``); its id may be missing.

    Raises `SetupError` for a callback that is no update, and for a wait.
    """
    number = api.memory.next_update()
    match event:
        case Start():
            update = _words("/start", event, api)
        case Text():
            update = _words(event.text, event, api)
        case Tap():
            update = _tap(event, number, api)
        case File():
            update = _message(event, api, _attachment(event, api))
        case Form():
            update = _message(event, api, _form(event.data))
        case Callback():
            update = _raw(event.body)
        case Wait():
            raise SetupError("time that passes is no update: hand it to the bot's `wait`")
    return {"update_id": number, **update}


def entities_of(text: str) -> list[JsonObject]:
    """Return the commands in *text*, their places in UTF-16 units as Telegram counts.

    >>> entities_of("😀 /help me")
    [{'type': 'bot_command', 'offset': 3, 'length': 5}]
    """
    return [
        {"type": "bot_command", "offset": len(text[: found.start()].encode("utf-16-le")) // 2, "length": len(found[0])}
        for found in _COMMAND.finditer(text)
    ]


def _message(event: Event, api: OfflineRequest, parts: JsonObject) -> JsonObject:
    head = {
        "message_id": api.memory.next_message(),
        "date": api.memory.date,
        "chat": api.chat(event.chat),
        "from": api.person(event.by or event.chat),
    }
    return {"message": {**head, **parts}}


def _words(text: str, event: Event, api: OfflineRequest) -> JsonObject:
    entities = entities_of(text)
    return _message(event, api, {"text": text, **({"entities": entities} if entities else {})})


def _tap(event: Tap, number: int, api: OfflineRequest) -> JsonObject:
    message = _message_with(event, api)
    if message is None:
        return _words(event.title, event, api)
    query = {"id": str(number), "from": api.person(event.by or event.chat), "chat_instance": "1", "data": event.id}
    return {"callback_query": {**query, "message": message}}


def _message_with(event: Tap, api: OfflineRequest) -> JsonObject | None:
    """Return the newest message of the chat that has the button, as it is now."""
    chat = api.memory.number(event.chat)
    wanted = (event.id, event.title)
    for message in reversed(api.memory.messages.values()):
        keyboard = message.get("reply_markup", {}).get("inline_keyboard", ())
        buttons = [(button.get("callback_data"), button["text"]) for row in keyboard for button in row]
        if message["chat"]["id"] == chat and wanted in buttons:
            return message
    return None


def _attachment(file: File, api: OfflineRequest) -> JsonObject:
    name = api.memory.keep_file(file.data)
    stored: JsonObject = {"file_id": name, "file_unique_id": f"u{name}", "file_size": len(file.data)}
    kind = (file.type or "").partition("/")[0]
    if kind == "image":
        return {"photo": [{**stored, "width": 640, "height": 480}]}
    named = {**stored, "file_name": file.name, **({"mime_type": file.type} if file.type else {})}
    if kind in _KINDS:
        return {_KINDS[kind]: {**named, "duration": 1, **({"width": 640, "height": 480} if kind == "video" else {})}}
    return {"document": named}


def _form(data: JsonObject) -> JsonObject:
    if len(data) == 1 and next(iter(data)) in _FORMS:
        return dict(data)
    return {"web_app_data": {"data": json.dumps(data), "button_text": "Form"}}


def _raw(body: str) -> JsonObject:
    try:
        update: Any = json.loads(body)
    except ValueError:
        update = None
    if not isinstance(update, dict) or not update:
        raise SetupError(f"a Telegram bot's callback is an update as a JSON object, not {body[:60]!r}")
    return update
