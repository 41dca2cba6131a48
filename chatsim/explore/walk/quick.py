"""The quick way of stepping: where a bot can be run without making a turn of it, most steps need none.

A turn is made in full (`Search.step`) when something about the step is new, and when it is out of the ordinary.  For
everything else it is enough to know where it led.  Now and then a step is made twice, and once in full, to see that all
of them agree.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chatsim.bots.base import NamesStates, QuickStep, ShowsCode, StepsQuickly
from chatsim.explore.mining.worldly import looks_outside, told_by
from chatsim.explore.play.patience import DidNotReturn
from chatsim.explore.seen.fingerprint import Context, Written
from chatsim.explore.walk.news import News, kinds_of
from chatsim.explore.walk.quick_steps import NOT_PLAIN, Letters, stepping
from chatsim.trace import DEFAULT_CHAT, JsonObject, Reply, Snapshot, Turn, Wait
from chatsim.world.tellers import real_seconds

if TYPE_CHECKING:
    from chatsim.explore.letters import Letter
    from chatsim.explore.walk.search import Search

_AGAIN, _IN_FULL = 64, 16
"""In every so many moments one letter is tried twice; and of those, so many times in full."""

_PAUSE = 0.05
"""After how many seconds limits of time are looked at, and progress is shown."""


class _Runs(dict[str, QuickStep | None]):
    """What runs the bot in a state, by its name."""

    def __init__(self, bot: StepsQuickly) -> None:
        super().__init__()
        self._bot = bot

    def __missing__(self, name: str) -> QuickStep | None:
        run = self[name] = self._bot.quickly(name)
        return run


class Quick:
    """Expands moments of *search* whose snapshot is one chat and nothing else, at the time of *start*."""

    def __init__(self, search: Search, bot: StepsQuickly, start: Snapshot, kinds: Mapping[str, int]) -> None:
        self.search = search
        self.bot = bot
        self._written = Written(start)
        self._news = News(search.book, kinds)
        self._runs = _Runs(bot)
        self._letters: dict[tuple[int, ...], Letters] = {}
        self._count = 0
        self._ready: dict[int, Context] = {}
        self._play = stepping(search, self._written, self._news, self._ready)

    @classmethod
    def of(cls, search: Search, start: Snapshot) -> Quick | None:
        """Return the quick way for *search*, or None where the bot has none, or looks at what lies outside of it."""
        bot = search.bot
        if not isinstance(bot, StepsQuickly) or not isinstance(bot, ShowsCode) or start.chats:
            return None
        things = list(bot.code_for(None))
        alike: dict[Hashable, list[str]] = {}
        for name in bot.state_names() if isinstance(bot, NamesStates) else ():
            of_state = bot.code_for(name)
            code = tuple(map(told_by, of_state))
            if code not in alike:
                alike[code] = []
                things += of_state
            alike[code].append(name)
        return None if looks_outside(things) else cls(search, bot, start, kinds_of(alike.values()))

    def walk(self, waiting: deque[int]) -> int | None:
        """Expand what is *waiting*, one after the other; return the first that cannot be expanded so, or None.

        What was tried there all the same is noted as what the search has done in part.
        """
        search, nodes, limits, partial = self.search, self.search.nodes, self.search.limits, self.search.partial
        most = sys.maxsize if limits.states is None else limits.states
        deepest = sys.maxsize if limits.depth is None else limits.depth
        packed, depth, world, due = nodes.packed, nodes.depth, search.player.world, 0.0
        with world.opened():
            while waiting:
                node = waiting.popleft()
                if real_seconds() >= due or len(packed) >= most:
                    search.check_limits()
                    due = search.until(_PAUSE)
                if depth[node] >= deepest:
                    return node
                world.runs += 1
                done = partial.pop(node, None) or {}
                if not self._expand(node, None, done):
                    partial[node] = done
                    return node
                nodes.expand(node)
        return None

    def expand(self, node: int, numbers: tuple[int, ...] | None, done: dict[int, int]) -> bool:
        """Try *numbers* in *node* (None is all), and say whether that was possible; add where each led to *done*."""
        with self.search.player.world.opened():
            return self._expand(node, numbers, done)

    def _expand(self, node: int, numbers: tuple[int, ...] | None, done: dict[int, int]) -> bool:
        search, nodes = self.search, self.search.nodes
        name = search.book.state_names[nodes.state[node]]
        context = self._ready.pop(node, None) or self._written.context_of(nodes.packed[node])
        run = self._runs[name]
        if context is None or run is None or not search.is_quick:
            return False
        if numbers is None:
            numbers = search.fixed_numbers or search.numbers(search.moment(node))
        letters = self._letters.get(numbers)
        if letters is None:
            letters = self._letters[numbers] = [(number, self._given_by(search.letters[number])) for number in numbers]
        if done:
            for number, target in done.items():
                search.lead(node, number, target)
            letters = [letter for letter in letters if letter[0] not in done]
        self._count += 1
        try:
            self._play(node, run, context, letters, done)
            if not self._count % _AGAIN and letters:
                self._play_again(node, run, context, *letters[self._count // _AGAIN % len(letters)])
        except DidNotReturn:  # a turn is to be made of what did not come back
            search.player.patience.relent()
            return False
        mocks = search.player.world.mocks
        if mocks.calls or mocks.uncovered:  # it calls outside after all: turns are to tell of that
            search.is_quick = False
        return True

    def _given_by(self, letter: Letter) -> Any:
        """Return what the code of the bot gets of *letter*; `NOT_PLAIN` where it does not arrive there once and at once."""
        is_plain = letter.delivery is None and not isinstance(letter.event, Wait) and letter.event.chat == DEFAULT_CHAT
        return self.bot.takes(letter.event) if is_plain else NOT_PLAIN

    def _play_again(self, node: int, run: QuickStep, context: Context, number: int, given: Any) -> None:
        """Play a letter twice more, one of them in full now and then.

        Where that differs it is shown to the checks, and the search goes on without the quick way.
        """
        if given is NOT_PLAIN:
            return
        search, times = self.search, self._count // _AGAIN
        if times % _IN_FULL and times & (times - 1):
            one, other = (repr(run(given, context())) for _ in range(2))
            is_same = one == other
        else:
            turn = search.player.play(search.moment(node), search.letters[number])[-1]
            outcome = run(given, context())
            is_same = turn.error is not None if outcome is None else _is_same(turn, *outcome)
        if not is_same:
            search.show(search.moment(node), number)
            search.is_quick = False


def _is_same(turn: Turn, state: str, context: JsonObject, replies: Sequence[Reply]) -> bool:
    """Say whether *turn* came to that; where it failed is another matter."""
    same = (state, context, tuple(replies))
    return turn.error is not None or (turn.state, turn.chat_state.context, turn.replies) == same
