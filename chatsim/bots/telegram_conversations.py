"""The ConversationHandlers of a Telegram application: where each conversation is, and how its states are called."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator
from enum import Enum
from types import ModuleType
from typing import Any

from telegram.ext import Application, BaseHandler, ConversationHandler

from chatsim.bots.reversible import decode, encode

END = "END"
_SPECIAL = {
    ConversationHandler.END: END,
    ConversationHandler.TIMEOUT: "TIMEOUT",
    ConversationHandler.WAITING: "WAITING",
}


class Conversations:
    """All conversation handlers of *application*, the outer before the inner, in the order of their registration."""

    def __init__(self, application: Application[Any, Any, Any, Any, Any, Any], module: ModuleType | None) -> None:
        handlers = [handler for group in application.handlers.values() for handler in group]
        self.outer = _conversations_among(handlers)
        self.all = _with_inner(self.outer)
        self._names = _constants(self.all, module)

    def save(self) -> list[Any]:
        """Return where every conversation is, as JSON."""
        return [encode(dict(handler._conversations)) for handler in self.all]  # noqa: SLF001 - PTB has no way to ask

    def load(self, saved: list[Any] | None) -> None:
        """Put every conversation where it was; without *saved*, none has begun."""
        for index, handler in enumerate(self.all):
            handler._conversations.clear()  # noqa: SLF001
            handler._conversations.update(decode(saved[index]) if saved else {})  # noqa: SLF001
            handler.timeout_jobs.clear()

    def state_of(self, chat: int, user: int) -> str | None:
        """Return the name of the state that *user* is in in *chat*; within a nested conversation, of the innermost."""
        handlers, found = self.outer, None
        while handlers:
            active = [(handler, state) for handler in handlers if (state := _active(handler, chat, user)) is not None]
            if not active:
                break
            handler, state = active[0]
            found = self.name(state)
            handlers = _conversations_among(handler.states.get(state, ()))
        return found

    def name(self, state: object) -> str:
        """Return what *state* is called.

        That is the constant that the bot's source has in the handler's ``states`` (``GENDER``, where that is 0), the
        name of an enum member, and else the text that the state is, or is written as.
        """
        if isinstance(state, Enum):
            return state.name
        if isinstance(state, int) and state in _SPECIAL:
            return _SPECIAL[state]
        if isinstance(state, str) and state.isprintable() and state:
            return state
        return self._names.get(_hashable(state), str(state) if isinstance(state, int) else repr(state))

    def names(self) -> tuple[str, ...]:
        """Return the names of all states, each once."""
        return tuple(dict.fromkeys(self.name(state) for handler in self.all for state in handler.states))

    def handlers_in(self, state: str | None) -> list[BaseHandler[Any, Any, Any]]:
        """Return the handlers of the conversations for a chat in *state*; outside, those that begin one."""
        found: list[BaseHandler[Any, Any, Any]] = []
        for handler in self.all:
            for key, candidates in handler.states.items():
                if state is not None and self.name(key) == state:
                    found += [*candidates, *handler.fallbacks]
            if state is None:
                found += handler.entry_points
        return [handler for handler in found if not isinstance(handler, ConversationHandler)]

    def handler_name(self, handler: ConversationHandler[Any]) -> str:
        """Return the name of a nested handler, or nothing for one that the application itself has."""
        if handler in self.outer:
            return ""
        return handler.name or f"conversation {self.all.index(handler) + 1}"

    def move(self, old: tuple[int, int], new: tuple[int, int]) -> None:
        """Let the conversations of a chat and a user be those of others."""
        for handler in self.all:
            held = handler._conversations  # noqa: SLF001
            if _key(handler, *old) in held:
                held[_key(handler, *new)] = held.pop(_key(handler, *old))

    def put(self, chat: int, user: int, name: str) -> list[Any]:
        """Return where the conversations are when *user* is in state *name* in *chat*, of an outer one if one has it."""
        saved: list[Any] = [{} for _ in self.all]
        for index, handler in sorted(enumerate(self.all), key=lambda pair: pair[1] not in self.outer):
            for state in handler.states:
                if self.name(state) == name:
                    saved[index] = encode({_key(handler, chat, user): state})
                    return saved
        return saved


def _conversations_among(handlers: Iterable[BaseHandler[Any, Any, Any]]) -> list[ConversationHandler[Any]]:
    return [handler for handler in handlers if isinstance(handler, ConversationHandler)]


def _with_inner(handlers: list[ConversationHandler[Any]]) -> list[ConversationHandler[Any]]:
    found: list[ConversationHandler[Any]] = []
    waiting = list(handlers)
    while waiting:
        handler = waiting.pop(0)
        if handler not in found:
            found.append(handler)
            waiting.extend(_conversations_among(_children(handler)))
    return found


def _children(handler: ConversationHandler[Any]) -> Iterator[BaseHandler[Any, Any, Any]]:
    yield from handler.entry_points
    for candidates in handler.states.values():
        yield from candidates
    yield from handler.fallbacks


def _key(handler: ConversationHandler[Any], chat: int, user: int) -> tuple[int, ...]:
    """Return what *handler* knows the conversation of *user* in *chat* by, as far as it tells them apart."""
    return (chat,) * handler.per_chat + (user,) * handler.per_user


def _active(handler: ConversationHandler[Any], chat: int, user: int) -> object:
    """Return the state of *user* in *chat*; a handler that tracks messages may have several, and the last one counts."""
    wanted = _key(handler, chat, user)
    states = [state for key, state in handler._conversations.items() if key[: len(wanted)] == wanted]  # noqa: SLF001
    return states[-1] if states else None


def _hashable(state: object) -> tuple[type, object]:
    return type(state), state


def _constants(handlers: list[ConversationHandler[Any]], module: ModuleType | None) -> dict[tuple[type, object], str]:
    """Return the names by which the bot's source calls the states, by the states."""
    names: dict[tuple[type, object], str] = {}
    for source in _modules(handlers, module):
        for name in _keys_of_states(source):
            if hasattr(source, name):
                names.setdefault(_hashable(getattr(source, name)), name)
    return names


def _modules(handlers: list[ConversationHandler[Any]], module: ModuleType | None) -> list[ModuleType]:
    callbacks = [getattr(child, "callback", None) for handler in handlers for child in _children(handler)]
    names = dict.fromkeys(getattr(callback, "__module__", "") for callback in callbacks)
    found = [sys.modules[name] for name in names if name in sys.modules]
    return found if module is None or module in found else [module, *found]


def _keys_of_states(module: ModuleType) -> Iterator[str]:
    """Yield the names that *module*'s source has as keys of a dictionary, those called ``states=`` first."""
    try:
        tree = ast.parse(inspect.getsource(module))
    except (OSError, TypeError):  # no source to read
        return
    states = [node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "states"]
    for node in [*states, *ast.walk(tree)]:
        if isinstance(node, ast.Dict):
            yield from (key.id for key in node.keys if isinstance(key, ast.Name))
