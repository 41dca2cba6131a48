"""A chat for tests written in Python: speak, and expect."""

from chatsim.chat.chats import AsyncChat, Chat
from chatsim.chat.conversation import Conversation, as_bot
from chatsim.chat.expectations import ExpectationFailed, literal, one_of

__all__ = ["AsyncChat", "Chat", "Conversation", "ExpectationFailed", "as_bot", "literal", "one_of"]
