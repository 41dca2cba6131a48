"""The quick way of stepping: where a bot can be run without making a turn of it, most steps need none.

A turn is made in full (`Search.step`) when something about the step is new, when it is out of the ordinary, and now and
then to see that both ways agree.  For everything else it is enough to know where it led.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from chatsim.bots.base import QuickStep, ShowsCode, StepsQuickly
from chatsim.explore.book import NOT_BEGUN
from chatsim.explore.fingerprint import HALF, MASK, SALT, fingerprint, pack
from chatsim.explore.mining.worldly import looks_outside
from chatsim.explore.nodes import ANSWERED
from chatsim.jsondata import is_small
from chatsim.trace import DEFAULT_CHAT, ChatState, Option, Reply, Snapshot

if TYPE_CHECKING:
    from chatsim.explore.search import Search

_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder().decode
_CONTEXT = b',"context":'
_SAMPLE = 256
THOROUGH, RARELY = 2_000, 64

Ways: TypeAlias = list[tuple[int, QuickStep | None]]


def _shape(replies: Sequence[Reply]) -> int:
    """Return how many replies there are, below zero if one of them has no words."""
    return len(replies) if all(reply.text for reply in replies) else -len(replies)


def _offered(replies: Sequence[Reply]) -> tuple[Option, ...]:
    return tuple([option for reply in replies if reply.chat == DEFAULT_CHAT for option in reply.options])


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

    def expand(self, node: int, numbers: tuple[int, ...] | None, done: dict[int, int] | None) -> bool:
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
        self._play(node, state, context, ways, done)
        mocks = search.player.world.mocks
        if mocks.calls or mocks.uncovered:  # it calls outside after all: turns are to tell of that
            search.is_quick = False
        return True

    def _play(self, node: int, state: int, context: bytes, ways: Ways, done: dict[int, int] | None) -> None:
        """Play the letters of *ways* in *node*, and note where they led.

        This is where a search is when it is quick: everything is looked up once, before the loop.
        """
        search, heads = self.search, self._heads
        nodes, world, classes, spent = search.nodes, search.player.world, search.classes, search.spent(node)
        index, queued, seen, depth = nodes.index, nodes.queued, self._seen, nodes.depth
        below = depth[node] + 1
        note_source, note_letter = nodes.sources.append, nodes.letters.append
        note_target, note_mark, tail = nodes.targets.append, nodes.marks.append, self._tail
        steps = 0
        with world.opened():
            for number, step in ways:
                self._countdown -= 1
                outcome = step(_decode(context)) if step is not None and self._countdown else None
                target: int | None = None
                shape = 0
                if outcome is not None:
                    name, after, replies = outcome
                    shape = _shape(replies) if replies else 0
                    known = (state, number, name, shape)
                    if known in seen or self._is_nothing_to_show(known):
                        data = _encode(after)
                        head = heads.get(name) or self._head_of(name)
                        written = head + _CONTEXT + data + tail if after else head + tail
                        frame = search.frame(_offered(replies), spent) if shape or spent else 0
                        # As `fingerprint` has it: to call that takes longer than to do it.
                        key = (hash(written) << HALF) | (hash(written + SALT) & MASK)
                        key = fingerprint(written, frame) if frame else key
                        target = index.get(key)
                        if target is None and _decode(data) == after and is_small(data):
                            target = nodes.add(written, frame, search.book.state(name), key)
                if target is None:
                    self._countdown = self._countdown or _SAMPLE
                    target = search.step(search.moment(node), number)
                    if target is None:
                        continue
                else:
                    steps += 1
                    note_source(node)
                    note_letter(number)
                    note_target(target)
                    note_mark(ANSWERED if shape else 0)
                    if classes is not None:
                        classes.led(node, number, target)
                if done is not None:
                    done[number] = target
                if not queued[target] or depth[target] > below:
                    search.lead(node, number, target)
        search.steps += steps

    def _is_nothing_to_show(self, known: tuple[int, int, str, int]) -> bool:
        """Note *known*, which is new, and say whether it need not be shown to anybody: most of very many need not."""
        self._seen.add(known)
        state, _, name, shape = known
        if len(self._seen) <= THOROUGH or len(self._seen) % RARELY == 0 or shape < 0:
            return False
        book = self.search.book
        book.hops.setdefault((book.state_names[state], name))
        book.visited.setdefault(name)
        return True

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
