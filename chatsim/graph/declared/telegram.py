"""The graph of a Telegram application: its conversations, by what their handlers' callbacks may return."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from telegram.ext import BaseHandler, ConversationHandler

from chatsim.bots.telegram import TelegramBot
from chatsim.bots.telegram_conversations import END, Conversations
from chatsim.graph.model import NOWHERE, Graph, SourceLine, State, Transition
from chatsim.graph.source.code import line_of
from chatsim.graph.source.values import UNKNOWN, Const, Value, constants
from chatsim.graph.source.walk import Reading

_ARGUMENTS = 2
_ANY_WORDS = frozenset({"", "all", "text", "text and not command"})
"""Filters that nearly every handler has, and that say nothing of when it is this one's turn."""

_PATTERN = re.compile(r"""filters\.Regex\(re\.compile\((['"])(.*?)\1(?:, [\w.|]+)?\)\)""")
_FILTER = re.compile(r"filters\.(\w+)")


def graph_of(bot: TelegramBot) -> Graph | None:
    """Return the graph of *bot*'s conversations, None where it has none.

    The state before a conversation is the nameless one, and a conversation that is over is in ``END``.  What a
    callback returns is read from its source; where that does not tell the state, there is an open end.
    """
    conversations = bot.conversations
    if not conversations.all:
        return None
    states: dict[Hashable, State] = {}
    ways: dict[Hashable, Transition] = {}
    for handler in conversations.all:
        reader = _Reader(conversations, handler)
        states |= {state.id: state for state in reader.states()}
        for way in reader.ways():
            ways.setdefault(way.id, way)
    return Graph("", tuple(states.values()), tuple(ways.values()))


class _Reader:
    """Reads one conversation handler."""

    def __init__(self, conversations: Conversations, handler: ConversationHandler[Any]) -> None:
        self._conversations = conversations
        self._handler = handler
        self._machine = conversations.handler_name(handler)
        self._states = [state for state in handler.states if state != ConversationHandler.TIMEOUT]

    def states(self) -> Iterator[State]:
        yield State(NOWHERE, initial=True, waits="input", machine=self._machine, declared=True)
        for state in self._states:
            inner = next(
                (child for child in self._handler.states[state] if isinstance(child, ConversationHandler)), None
            )
            yield State(
                self._name(state),
                waits="input",
                machine=self._machine,
                runs="" if inner is None else self._conversations.handler_name(inner),
                declared=True,
            )
        yield State(END, waits="end", machine=self._machine, declared=True)

    def ways(self) -> Iterator[Transition]:
        handler = self._handler
        yield from self._from(NOWHERE, handler.entry_points)
        again = handler.entry_points if handler.allow_reentry else []
        for state in self._states:
            yield from self._from(self._name(state), [*again, *handler.states[state], *handler.fallbacks])
            if handler.conversation_timeout:
                yield self._way(self._name(state), END, (), None, time=True)

    def _from(self, source: str, children: Iterable[BaseHandler[Any, Any, Any]]) -> Iterator[Transition]:
        for child in children:
            if isinstance(child, ConversationHandler):
                for after in dict.fromkeys((child.map_to_parent or {}).values()):
                    yield self._way(source, self._name(after), (), None)
                continue
            asked, line = _asks(child), line_of(child.callback)
            for value in Reading().call(Const(child.callback), [UNKNOWN] * _ARGUMENTS):
                for target in self._targets(value, source):
                    yield self._way(source, target, (*asked, *value.when), value.line or line)

    def _targets(self, value: Value, source: str) -> list[str | None]:
        """Return where a callback leads that returns *value*: None stays, which is no conversation before one began."""
        found = constants((value,))
        if found is None:
            return [None]
        stays = [source] if source != NOWHERE else []
        return [target for state in found for target in (stays if state is None else [self._name(state)])]

    def _name(self, state: object) -> str:
        return END if state == ConversationHandler.END else self._conversations.name(state)

    def _way(
        self, source: str, target: str | None, when: tuple[str, ...], line: SourceLine | None, *, time: bool = False
    ) -> Transition:
        return Transition(
            source,
            target,
            "time" if time else "input",
            when=(" and ".join(when),) if when else (),
            line=line,
            machine=self._machine,
            declared=True,
        )


def _asks(handler: BaseHandler[Any, Any, Any]) -> tuple[str, ...]:
    """Return when it is *handler*'s turn, in words: the command, the pattern of a button, the filters of a message."""
    commands = getattr(handler, "commands", None)
    if commands:
        return (" or ".join(f"/{command}" for command in sorted(commands)),)
    pattern = getattr(handler, "pattern", None)
    if isinstance(pattern, re.Pattern):
        return (f"/{pattern.pattern}/",)
    words = _PATTERN.sub(r"/\2/", str(getattr(handler, "filters", None) or ""))
    words = _FILTER.sub(lambda found: found[1].lower(), words).replace("<inverted ", "not ").strip("<>")
    words = re.sub(r"[<>](?= |$)|(?<= )[<>]", "", words)
    return () if words in _ANY_WORDS else (words,)
