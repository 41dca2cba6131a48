"""Letters from the bot's code: what it compares its input with in a state, read and watched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from chatsim.bots.base import Bot, NamesStates, ShowsCode
from chatsim.explore.letters import Letter
from chatsim.explore.mining.examples import dates_in, examples_of
from chatsim.explore.mining.hints import Hints
from chatsim.explore.mining.objects import objects_of
from chatsim.explore.mining.read import hints_of
from chatsim.explore.mining.said import numbers_said
from chatsim.explore.mining.watched import Watched
from chatsim.explore.play.moment import Moment, Played
from chatsim.explore.sources.offers import NONSENSE, has_begun, kinds_of
from chatsim.jsondata import to_json
from chatsim.trace import Callback, File, Form, Text, Wait
from chatsim.world.clock import DEFAULT_START

_MOST_TEXTS = 30
_MOST_LENGTHS = 3
_MOST_HOURS = 4
_MOST_SAID = 4
_NUMBERS = (1, 0, -1, 2)
_MUCH = 1_000_000
"""More than what bots reckon from other things, such as a price from a number of pieces."""
_LONGEST_TEXT = 5000
_LONGEST_FIGURE = 40
_FILES = {b"%PDF": ("letter.pdf", "application/pdf"), b"\xff\xd8": ("photo.jpg", "image/jpeg")}


class CodeLetters:
    """What the code of a state compares its input with.

    *play* plays a letter without a trace, to see what a text is compared with at run time.
    """

    def __init__(self, bot: Bot, play: Callable[[Moment, Letter], Played]) -> None:
        self.bot = bot
        self.kinds = kinds_of(bot)
        self.said: dict[str | None, tuple[int, ...]] = {}
        self._states = frozenset(bot.state_names() if isinstance(bot, NamesStates) else ())
        self._play = play
        self._read: dict[str | None, Hints] = {}
        self._hints: dict[str | None, Hints] = {}
        self._everywhere: Hints | None = None
        self._watched: dict[tuple[str | None, str | None], dict[str, None]] = {}

    def hints(self, state: str | None) -> Hints:
        """Return what the code for *state* says, and what others compare with the variables that it sets."""
        known = self._hints.get(state)
        if known is None:
            known = self._hints[state] = Hints()
            known.join(self._hints_in(state))
            if self._everywhere is None:
                self._everywhere = self.all_hints()
            known.foresee(self._everywhere)
        return known

    def all_hints(self) -> Hints:
        """Return what the code for all states says."""
        found = Hints()
        for state in (None, *sorted(self._states)):
            found.join(self._hints_in(state))
        return found

    def _hints_in(self, state: str | None) -> Hints:
        known = self._read.get(state)
        if known is None:
            things = self.bot.code_for(state) if isinstance(self.bot, ShowsCode) else ()
            known = self._read[state] = hints_of(things, getattr(self.bot, "cls", None))
        return known

    def fills_in(self, moment: Moment) -> bool:
        """Say whether letters of *moment* depend on what the bot remembers there."""
        hints = self.hints(moment.state)
        return moment.waits == "callback" or (hints.reads_json and bool(hints.keys))

    def hear(self, state: str | None, turns: Played) -> None:
        """Remember the first few numbers that the bot said as it came to *state*: something there may have to name them."""
        known = self.said.get(state, ())
        if len(known) < _MOST_SAID:
            self.said[state] = tuple(dict.fromkeys([*known, *numbers_said(turns)]))[:_MOST_SAID]

    def hours(self, moment: Moment) -> tuple[float, ...]:
        """Return in how many seconds the hours come at which the code for the moment's state goes another way."""
        now = moment.snapshot.clock or DEFAULT_START
        return tuple(recurring.after(now) for recurring in list(self.hints(moment.state).hours)[:_MOST_HOURS])

    def letters(self, moment: Moment) -> Iterator[Letter]:
        """Return texts, objects, and stretches of time that the code for the moment's state may be looking for."""
        hints = self.hints(moment.state)
        for seconds in list(hints.durations)[:3]:
            yield Letter(Wait(seconds + 1.0), "timer")
        yield from (Letter(Wait(seconds), "timer") for seconds in self.hours(moment))
        if not has_begun(moment):
            commands = [text for text in hints.texts if text.startswith("/")]
            yield from (Letter(Text(text), "literal") for text in commands)
            return
        shapes, words = shapes_of(hints), self._words(hints, moment)
        if moment.waits == "callback":
            yield from self._callbacks(hints, [*shapes, *words], moment)
        else:
            yield from self._inputs(hints, shapes, words, moment)

    def _words(self, hints: Hints, moment: Moment) -> list[str]:
        """Return the words that a text is compared with; those last that only name a state, which nobody says."""
        words = [text for text in dict.fromkeys([*hints.texts, *self._seen(moment)]) if text]
        return sorted(words, key=self._states.__contains__)

    def _inputs(self, hints: Hints, shapes: list[str], words: list[str], moment: Moment) -> Iterator[Letter]:
        """Return what a person may say, send or fill in, and what a webhook may say to a bot that hears both alike."""
        for text in shapes[:_MOST_TEXTS]:
            yield Letter(Text(text), "shaped")
        for text in words[:_MOST_TEXTS]:
            yield Letter(Text(text), "literal")
        starts = list(hints.files)[:3]
        for start in starts:
            yield Letter(_file(start), "shaped")
        # Nobody sends the same file again where several are collected.
        yield from (Letter(_file(start, more), "shaped") for start in starts[-1:] for more in (1, 2))
        if Callback in self.kinds and hints.reads_json and not tells_apart(moment):
            yield from self._objects(hints, moment)
        if Form in self.kinds and hints.reads_json and hints.keys:
            for data in objects_of(hints, moment, self.said.get(moment.state, ())):
                yield Letter(Form(data), "guess")

    def _callbacks(self, hints: Hints, texts: Iterable[str], moment: Moment) -> Iterator[Letter]:
        if hints.reads_json or hints.keys:
            yield from self._objects(hints, moment)
            return
        known = list(dict.fromkeys(texts))[:_MOST_TEXTS]
        for text in known:
            yield Letter(Callback(text), "literal")
        yield Letter(Callback("ok"), "guess")

    def _objects(self, hints: Hints, moment: Moment) -> Iterator[Letter]:
        """Return callbacks that bring JSON objects."""
        for data in objects_of(hints, moment, self.said.get(moment.state, ())):
            yield Letter(Callback(to_json(data)), "guess")

    def _seen(self, moment: Moment) -> dict[str, None]:
        """Return what the bot compares a text with that it gets here, once for each state and way of waiting."""
        key = (moment.state, moment.waits)
        known = self._watched.get(key)
        if known is None:
            known = self._watched[key] = {}
            event = Callback if moment.waits == "callback" else Text
            self._play(moment, Letter(event(Watched(NONSENSE, known))))
            known.pop(NONSENSE, None)
        return {text: None for text in known if 0 < len(text) <= _LONGEST_TEXT}


def tells_apart(moment: Moment) -> bool:
    """Say whether the platform of a bot tells people and webhooks apart, and the bot what it waits for: an FSM's does."""
    return moment.chat is not None and isinstance(moment.chat.extra, dict) and "status" in moment.chat.extra


def _file(start: bytes, more: int = 0) -> File:
    """Return a small file that begins with *start*, named as such files are; others have *more*."""
    name, kind = next((kind for magic, kind in _FILES.items() if start.startswith(magic)), ("photo.png", "image/png"))
    return File((start or b"\x89PNG\r\n") + b" made to be tried" + b"!" * more, name, kind)


def shapes_of(hints: Hints) -> list[str]:
    """Return texts that have the shape that *hints* ask for: what patterns match, dates, numbers, so many letters.

    >>> hints = Hints()
    >>> hints.parses["int"] = None
    >>> hints.add_value(18)
    >>> shapes_of(hints)
    ['18', '19', '17', '1', '0', '-1', '2', '1000000']
    """
    found = [text for pattern in hints.patterns for text in examples_of(pattern)]
    numeric = {"int", "float"} & set(hints.parses)
    if numeric:
        around = [number + step for number in hints.numbers for step in (0, 1, -1)]
        found += [_figure(number) for number in dict.fromkeys([*around, *_NUMBERS, *hints.far, _MUCH])]
        found += ["2.5"] if "float" in numeric else []
    found += [
        text
        for form in hints.parses
        if form not in ("int", "float")
        for text in dates_in(form, list(hints.durations)[:2])
    ]
    for length in list(hints.lengths)[:_MOST_LENGTHS]:
        found += _digits(length, hints) if "int" in hints.parses else []
        found += ["x" * size for size in (length, length + 1) if 0 < size <= _LONGEST_TEXT]
        found += ["x" * (length - 2) + " x"] if 2 < length <= _LONGEST_TEXT else []  # noqa: PLR2004 - of two words
    return list(dict.fromkeys(found))


def _digits(length: int, hints: Hints) -> list[str]:
    """Return so many digits, and one more; those that begin as the code asks come first.

    >>> hints = Hints()
    >>> hints.add_value("10")
    >>> _digits(5, hints)
    ['10111', '11111', '111111']
    """
    starts = [text for text in hints.texts if text.isdecimal() and len(text) < length][:_MOST_LENGTHS]
    found = [start + "1" * (length - len(start)) for start in starts]
    return [*found, *("1" * size for size in (length, length + 1) if 0 < size <= _LONGEST_FIGURE)]


def _figure(number: float) -> str:
    """Return *number* as a person writes it: whole where it is whole, and never with an exponent.

    >>> _figure(2.0), _figure(0.5), _figure(1e6)
    ('2', '0.5', '1000000')
    """
    return str(int(number)) if number == int(number) else str(number)
