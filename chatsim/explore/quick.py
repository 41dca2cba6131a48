"""The quick way of stepping: where a bot can be run without making a turn of it, most steps need none.

A turn is made in full (`Search.step`) when something about the step is new, when it is out of the ordinary, and now and
then to see that both ways agree.  For everything else it is enough to know where it led.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from chatsim.bots.base import QuickStep, ShowsCode, StepsQuickly
from chatsim.explore.book import NOT_BEGUN
from chatsim.explore.fingerprint import fingerprint, pack
from chatsim.explore.mining.worldly import looks_outside
from chatsim.explore.nodes import ANSWERED
from chatsim.jsondata import is_small
from chatsim.trace import DEFAULT_CHAT, ChatState, Snapshot

if TYPE_CHECKING:
    from chatsim.explore.search import Search

_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder().decode
_CONTEXT = b',"context":'
_SAMPLE = 64

Ways: TypeAlias = list[tuple[int, QuickStep | None]]


class Quick:
    """Expands moments of *search* whose snapshot is one chat and nothing else, at the time of *start*."""

    def __init__(self, search: Search, bot: StepsQuickly, start: Snapshot) -> None:
        self.search = search
        self.bot = bot
        packed = pack(Snapshot({DEFAULT_CHAT: ChatState("?")}, start.clock, start.timers, start.shared))
        self._head, self._tail = packed.split(b'"?"')
        self._heads: dict[str, bytes] = {}
        self._ways: dict[tuple[int, tuple[int, ...]], Ways] = {}
        self._seen: set[tuple[int, int, str, int]] = set()
        self._countdown = _SAMPLE

    @classmethod
    def of(cls, search: Search, start: Snapshot) -> Quick | None:
        """Return the quick way for *search*, or None where the bot has none, or looks at what lies outside of it."""
        bot = search.bot
        if not isinstance(bot, StepsQuickly) or not isinstance(bot, ShowsCode) or start.chats:
            return None
        return None if looks_outside(bot) else cls(search, bot, start)

    def expand(self, node: int, numbers: tuple[int, ...] | None, done: dict[int, int]) -> bool:
        """Try *numbers* in *node* (None is all), and say whether that was possible; add where each led to *done*."""
        search = self.search
        nodes, state = search.nodes, search.nodes.state[node]
        packed, name = nodes.packed[node], search.book.state_names[state]
        if packed is None or name == NOT_BEGUN:
            return False
        head = self._head_of(name)
        if not packed.startswith(head) or not packed.endswith(self._tail):
            return False
        written = packed[len(head) : len(packed) - len(self._tail)]
        context = b"{}" if not written else written[len(_CONTEXT) :]
        if numbers is None:
            numbers = search.fixed_numbers or search.numbers(search.moment(node))
        ways = self._ways.get((state, numbers))
        if ways is None:
            ways = self._ways[state, numbers] = self._ways_of(name, numbers)
        with search.player.world.opened():
            for number, step in ways:
                target = self._step(node, state, context, number, step)
                if target is None:
                    target = search.step(search.moment(node), number)
                if target is not None:
                    done[number] = target
                    search.lead(node, number, target)
        mocks = search.player.world.mocks
        if mocks.calls or mocks.uncovered:  # it calls outside after all: turns are to tell of that
            search.is_quick = False
        return True

    def _step(self, node: int, state: int, context: bytes, number: int, step: QuickStep | None) -> int | None:
        """Play one letter, and return where it led; None if a turn is to be made of it."""
        self._countdown -= 1
        if step is None or not self._countdown:
            self._countdown = _SAMPLE
            return None
        outcome = step(_decode(context))
        if outcome is None:
            return None
        name, after, replies = outcome
        search = self.search
        nodes = search.nodes
        shape = 0
        offered: Any = ()
        if replies:
            shape = len(replies) if all(reply.text for reply in replies) else -len(replies)
            offered = tuple(
                [o for reply in replies if reply.options and reply.chat == DEFAULT_CHAT for o in reply.options]
            )
        known = (state, number, name, shape)
        if known not in self._seen:
            self._seen.add(known)
            return None
        data = _encode(after)
        packed = self._head_of(name) + (_CONTEXT + data if after else b"") + self._tail
        frame = search.frame(offered, search.spent(node))
        target = nodes.index.get(fingerprint(packed, frame))
        if target is None:
            if _decode(data) != after or not is_small(data):
                return None
            target = nodes.add(packed, frame, search.book.state(name))
        search.steps += 1
        nodes.note(node, number, target, ANSWERED if replies else 0)
        if search.classes is not None:
            search.classes.led(node, number, target)
        return target

    def _head_of(self, name: str) -> bytes:
        head = self._heads.get(name)
        if head is None:
            head = self._heads[name] = self._head + _encode(name)
        return head

    def _ways_of(self, name: str, numbers: tuple[int, ...]) -> Ways:
        letters = self.search.letters
        return [
            (number, None if letters[number].delivery is not None else self.bot.quickly(name, letters[number].event))
            for number in numbers
        ]
