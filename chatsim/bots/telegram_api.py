"""The Telegram Bot API as a bot sees it, offline: calls come in, plausible results go out, and nothing is sent."""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import dataclass, field
from typing import Any

from telegram.request import BaseRequest, RequestData

from chatsim.bots.framework import Record
from chatsim.trace import Call, JsonObject, Option, Reply

API = "https://api.telegram.org/"
BOT_ID = 1
_NUMBER = re.compile(r"-?[1-9][0-9]{0,16}")
BOT = {"id": BOT_ID, "is_bot": True, "first_name": "Bot", "username": "chatsim_bot"}
_REPLIES = {
    "sendMessage": ("text", "text", ""),
    "sendPhoto": ("image", "caption", "photo"),
    "sendDocument": ("document", "caption", "document"),
    "sendAudio": ("audio", "caption", "audio"),
    "sendVoice": ("audio", "caption", "voice"),
    "sendVideo": ("video", "caption", "video"),
    "sendVideoNote": ("video", "caption", "video_note"),
    "sendAnimation": ("animation", "caption", "animation"),
    "sendSticker": ("sticker", "emoji", "sticker"),
    "sendLocation": ("location", "", ""),
    "sendVenue": ("venue", "title", ""),
    "sendContact": ("contact", "first_name", ""),
    "sendPoll": ("poll", "question", ""),
    "sendDice": ("dice", "emoji", ""),
    "sendInvoice": ("invoice", "title", ""),
    "editMessageText": ("text", "text", ""),
    "editMessageCaption": ("text", "caption", ""),
    "editMessageMedia": ("text", "caption", ""),
    "editMessageReplyMarkup": ("text", "text", ""),
}
"""What a person sees of a method: the type of the reply, and the parameters with its words and its file."""

_FILE_PARAMETERS = frozenset(file for _, _, file in _REPLIES.values() if file) | {"certificate", "thumbnail"}

_RESULTS: dict[str, Any] = {
    "getMe": BOT,
    "getUpdates": [],
    "getMyCommands": [],
    "getChatAdministrators": [],
    "getChatMemberCount": 2,
    "getUserProfilePhotos": {"total_count": 0, "photos": []},
    "getWebhookInfo": {"url": "", "has_custom_certificate": False, "pending_update_count": 0},
    "createInvoiceLink": "https://t.me/$invoice",
    "exportChatInviteLink": "https://t.me/+invitation",
}


@dataclass(slots=True)
class Memory:
    """What Telegram itself remembers, all of it JSON: the last ids, the messages with buttons, the files, and the groups.

    A group is a chat in which somebody spoke under a name of their own; `groups` says who did, the latest last.
    """

    last_message: int = 0
    last_update: int = 0
    clock: float = 0.0
    messages: dict[str, JsonObject] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)

    def speaks(self, person: str, chat: str) -> None:
        """Take note that *person* speaks in *chat*, which is a group."""
        others = [name for name in self.groups.get(chat, ()) if name != person]
        self.groups[chat] = [*others, person]

    def speaker(self, chat: str) -> str:
        """Return who spoke last in *chat*: in a private chat the one person that it is called after."""
        return self.groups[chat][-1] if chat in self.groups else chat

    def number(self, chat: str) -> int:
        """Return the number that Telegram knows *chat* by: below zero for a group."""
        number = chat_number(chat)
        return -abs(number) if chat in self.groups else number

    def next_message(self) -> int:
        """Return the id for a new message."""
        self.last_message += 1
        return self.last_message

    def next_update(self) -> int:
        """Return the id for a new update."""
        self.last_update += 1
        return self.last_update

    @property
    def date(self) -> int:
        """The date of a message now.  Zero would say that the message is not accessible."""
        return max(1, int(self.clock))

    def keep_file(self, data: bytes) -> str:
        """Keep what a file holds, and return its id."""
        name = f"file{len(self.files) + 1}"
        self.files[name] = base64.b64encode(data).decode()
        return name

    def file(self, name: str) -> bytes:
        """Return what a file holds; a file that the bot itself sent, or did not get from here, is empty."""
        return base64.b64decode(self.files.get(name, ""))


def chat_number(chat: str) -> int:
    """Return the number of a person, and of their private chat: the number that its name is, or one made from the name.

    >>> chat_number("42"), chat_number("user") == chat_number("user")
    (42, True)
    """
    return int(chat) if _NUMBER.fullmatch(chat) else zlib.crc32(chat.encode()) + 2


class OfflineRequest(BaseRequest):
    """The request layer of a bot without a network.

    `record` takes what the bot does, None between the turns; `names` are the chats by their numbers.
    """

    def __init__(self) -> None:
        self.record: Record | None = None
        self.memory = Memory()
        self.names: dict[int, str] = {}

    @property
    def read_timeout(self) -> float | None:
        """No request takes time."""
        return None

    async def initialize(self) -> None:
        """Open nothing."""

    async def shutdown(self) -> None:
        """Close nothing."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *timeouts: Any,  # noqa: ARG002
        **more_timeouts: Any,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """Answer one call as the Bot API does: the status, and the body."""
        name = url.rpartition("/")[2]
        if method == "GET":
            self._note(Call(method, f"{API}file/{name}"))
            return 200, self.memory.file(name)
        parameters = {} if request_data is None else _parameters(request_data)
        return 200, json.dumps({"ok": True, "result": self.answer(name, parameters)}).encode()

    def answer(self, method: str, parameters: JsonObject) -> Any:
        """Note the call of *method*, and return its result."""
        if method in _REPLIES:
            message = self._message(method, parameters)
            self._note(self._reply(method, parameters, message))
            return message
        self._note(Call("POST", f"{API}{method}", parameters or None))
        if method == "deleteMessage":
            self.memory.messages.pop(f"{parameters['chat_id']}:{parameters['message_id']}", None)
        if method == "sendMediaGroup":
            return [
                self._message("sendPhoto", {"chat_id": parameters["chat_id"], **item}) for item in parameters["media"]
            ]
        if method in ("forwardMessage", "copyMessage"):
            message = self._message("sendMessage", {"chat_id": parameters["chat_id"], "text": ""})
            return message if method == "forwardMessage" else {"message_id": message["message_id"]}
        if method == "getFile":
            name = parameters["file_id"]
            size = len(self.memory.file(name))
            return {"file_id": name, "file_unique_id": f"u{name}", "file_size": size, "file_path": f"files/{name}"}
        if method == "getChatMember":
            return {"status": "member", "user": self.person(self._chat_name(parameters["user_id"]))}
        return _RESULTS.get(method, True)

    def person(self, chat: str) -> JsonObject:
        """Return the user who is called *chat*, as a private chat with them is."""
        return {"id": chat_number(chat), "is_bot": False, "first_name": chat, "username": chat, "language_code": "en"}

    def chat(self, chat: str) -> JsonObject:
        """Return *chat* as Telegram describes it."""
        number = self.memory.number(chat)
        if chat in self.memory.groups:
            return {"id": number, "type": "group", "title": chat}
        return {"id": number, "type": "private", "first_name": chat, "username": chat}

    def _chat_name(self, number: int | str) -> str:
        return self.names.get(int(number), str(number)) if str(number).lstrip("-").isdecimal() else str(number)

    def _note(self, effect: Reply | Call) -> None:
        if self.record is None:
            return
        if isinstance(effect, Reply):
            self.record.reply(effect)
        else:
            self.record.effects.append(effect)

    def _reply(self, method: str, parameters: JsonObject, message: JsonObject) -> Reply:
        type_, words, file = _REPLIES[method]
        text = message.get("text") or message.get("caption") or parameters.get(words) or ""
        shown = {"chat_id", "text", "caption", "reply_markup", file}
        rest = {name: value for name, value in parameters.items() if name not in shown}
        return Reply(
            str(text),
            self._chat_name(parameters.get("chat_id", message["chat"]["id"])),
            options_of(parameters.get("reply_markup")),
            media=parameters.get(file) if file else None,
            type=type_,
            payload={"method": method, **rest},
        )

    def _message(self, method: str, parameters: JsonObject) -> JsonObject:
        """Return the message that *method* makes or edits; one with buttons under it is remembered."""
        number = parameters.get("message_id") if method.startswith("edit") else self.memory.next_message()
        chat = parameters.get("chat_id", 0)
        key = f"{chat}:{number}"
        name = self._chat_name(chat)
        message: JsonObject = {
            **self.memory.messages.get(key, {}),
            "message_id": number or 0,
            "date": self.memory.date,
            "chat": {**self.chat(name), "id": chat} if isinstance(chat, int) else self.chat(name),
            "from": BOT,
            **{words: parameters[words] for words in ("text", "caption") if words in parameters},
        }
        markup = parameters.get("reply_markup")
        message.pop("reply_markup", None)
        if isinstance(markup, dict) and "inline_keyboard" in markup:
            message["reply_markup"] = markup
            self.memory.messages[key] = message
        elif key in self.memory.messages:
            self.memory.messages[key] = message
        return message


def options_of(markup: Any) -> tuple[Option, ...]:
    """Return the buttons of a reply markup, row by row.

    A button under a message has its callback data as id; one of the keyboard, and one without data, its title.

    >>> options_of({"keyboard": [["Yes", {"text": "No"}]]})
    (Option(id='Yes', title='Yes'), Option(id='No', title='No'))
    """
    if not isinstance(markup, dict):
        return ()
    rows = markup.get("inline_keyboard") or markup.get("keyboard") or ()
    buttons = [{"text": button} if isinstance(button, str) else button for row in rows for button in row]
    return tuple(Option(str(button.get("callback_data", button["text"])), button["text"]) for button in buttons)


def _parameters(data: RequestData) -> JsonObject:
    """Return the parameters of a call as JSON; files that are uploaded are named, not held."""
    uploads: dict[str, Any] = data.multipart_data or {}
    files = {name: str(file[0]) for name, file in uploads.items()}
    parameters: JsonObject = _with_file_names({**data.parameters, **files}, files)
    return {name: value for name, value in parameters.items() if name not in files or name in _FILE_PARAMETERS}


def _with_file_names(value: Any, files: dict[str, str]) -> Any:
    """Return *value* with the names of files in the place of references to uploads, which are random."""
    if isinstance(value, dict):
        return {key: _with_file_names(item, files) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_file_names(item, files) for item in value]
    if isinstance(value, str) and value.startswith("attach://"):
        return files.get(value.removeprefix("attach://"), value)
    return value
