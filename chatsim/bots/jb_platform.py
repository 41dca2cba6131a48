"""How the platform around an FSM hands it events, and what becomes of the messages that it sends.

The functions go by attributes alone, so that they serve the classes of `chatsim.fsm` and those of the published
packages alike.
"""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from chatsim.errors import BadResult
from chatsim.fsm.data_models import FSMOutput
from chatsim.trace import Callback, Event, File, Form, Option, Reply, Start, Tap, Text, Wait, Waits

Delivery: TypeAlias = tuple[str | bytes | None, str | bytes | None]
"""What a machine is given: the user's input and the callback; None where there is none."""

NOTHING: Delivery = (None, None)

_BESIDES = (
    "whatsapp_flow_id",
    "whatsapp_screen_id",
    "dialog",
    "menu_selector",
    "menu_title",
    "form_token",
    "plugin_uuid",
)
"""What an FSMOutput may carry that `Reply` has no field for."""

_WORDS = frozenset({"dest", "type", "message_data"})
"""All that most messages set; of the other fields of an FSMOutput nothing need be read then."""


def deliver(event: Event, waits: Waits | None) -> Delivery:
    """Return *event* as the platform delivers it to a bot that *waits* so: the user's input and the callback.

    A choice arrives as the JSON text of a list, a form as that of an object; a file as its bytes, by the way on
    which the bot waits for something.

    >>> deliver(Tap("1", "Small"), "input")
    ('[{"option_id": "1", "option_text": "Small"}]', None)
    >>> deliver(File(b"receipt"), "callback")
    (None, b'receipt')
    """
    if isinstance(event, Text):  # nearly every event, and each of the cases below takes as long as this
        return event.text, None
    match event:
        case Start() | Wait():
            return NOTHING
        case Tap():
            return json.dumps([{"option_id": event.id, "option_text": event.title}]), None
        case Form():
            return json.dumps(event.data), None
        case Callback():
            return None, event.body
        case File():
            return (None, event.data) if waits == "callback" else (event.data, None)


def reply_from_output(output: Any, chat: str) -> Reply:
    """Return the FSMOutput that a bot sent as a reply to *chat*.

    Fields of the platform that a reply has no place for are in its `payload`.  Raises `BadResult` for what is
    no FSMOutput.
    """
    try:
        return _reply(output, chat)
    except AttributeError as error:
        raise BadResult(
            f"send_message was given {output!r} (a {type(output).__name__}), which is no FSMOutput: {error}. "
            "Write send_message(FSMOutput(message_data=MessageData(body='…')))"
        ) from None


def _reply(output: Any, chat: str) -> Reply:
    data, kind = output.message_data, output.type
    body = data.body
    if not isinstance(body, str):
        raise BadResult(f"the body of a message is text, not {body!r} (a {type(body).__name__})")
    kind = getattr(kind, "_value_", kind)  # `value` goes through a descriptor, which takes five times as long
    if type(output) is FSMOutput and output.__pydantic_fields_set__ <= _WORDS:
        return Reply(body, chat, (), data.header, data.footer, None, kind, output.dest)
    options, file = output.options_list, output.file
    choices = tuple([Option(option.id, option.title) for option in options]) if options else ()
    media = output.media_url or (file.filename if file is not None else None)
    return Reply(body, chat, choices, data.header, data.footer, media, kind, output.dest, _payload(output))


def _payload(output: Any) -> dict[str, Any] | None:
    payload = {name: value for name in _BESIDES if (value := getattr(output, name)) is not None}
    if output.file is not None:
        file = output.file
        payload["file"] = {"path": file.path, "mime_type": file.mime_type, "filename": file.filename}
    return payload or None
