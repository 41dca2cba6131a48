"""What an FSM bot sends and how it says that it is done: the models that bots are written with."""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel


class Status(Enum):
    """What a bot is about to do; every state sets it."""

    WAIT_FOR_ME = 0
    WAIT_FOR_USER_INPUT = 1
    MOVE_FORWARD = 2
    WAIT_FOR_CALLBACK = 3
    WAIT_FOR_PLUGIN = 4
    END = 5


class MessageType(Enum):
    """The kind of a message."""

    INTERACTIVE = "interactive"
    TEXT = "text"
    AUDIO = "audio"
    DOCUMENT = "document"
    FORM = "form"
    IMAGE = "image"
    DIALOG = "dialog"


class OptionsListType(BaseModel):
    """A button or list choice."""

    id: str
    title: str


class MessageData(BaseModel):
    """The words of a message."""

    header: str | None = None
    body: str
    footer: str | None = None


class UploadFile(BaseModel):
    """A file that goes with a message."""

    path: str
    mime_type: str
    filename: str


class FSMOutput(BaseModel):
    """One message of a bot, and where it goes (`dest`: ``out``, ``channel`` or ``rag``).

    >>> FSMOutput(message_data=MessageData(body="Hello!")).dest
    'out'
    """

    dest: str = "out"
    type: MessageType = MessageType.TEXT
    message_data: MessageData
    options_list: list[OptionsListType] | None = None
    media_url: str | None = None
    file: UploadFile | None = None
    whatsapp_flow_id: str | None = None
    whatsapp_screen_id: str | None = None
    dialog: str | None = None
    menu_selector: str | None = None
    menu_title: str | None = None
    form_token: str | None = None
    plugin_uuid: str | None = None
