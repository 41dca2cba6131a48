"""What code says about the input that it looks at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from chatsim.explore.dates import Recurring

_LONGEST_WORDS = 40
_MOST_FAR = 6


@dataclass(slots=True)
class Hints:
    """What was found, each thing once and in the order in which it was found.

    `texts` are compared with, `patterns` are regular expressions, `numbers` are compared with, `lengths` are what
    lengths are compared with, `parses` are what text is read as (``int``, ``float``, ``date``, or a format of
    `strptime`), `keys` are those of JSON objects with the values that theirs are compared with, `links` name the
    variables that theirs are compared with, `whole` and `written` are the keys whose values have to be whole numbers, and
    texts, and `spared` those that the code does without; `stored` are the variables that the code sets, `compared` those
    that it compares, with what; `loose` are numbers that anything else is compared with, `far` those of other code;
    `durations` are seconds that the bot reckons with, `hours` what it asks of the clock,
    `files` what bytes that it looks for begin with, nothing where it takes any.
    """

    texts: dict[str, None] = field(default_factory=dict)
    patterns: dict[str, None] = field(default_factory=dict)
    numbers: dict[float, None] = field(default_factory=dict)
    lengths: dict[int, None] = field(default_factory=dict)
    parses: dict[str, None] = field(default_factory=dict)
    keys: dict[str, dict[object, None]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    whole: dict[str, None] = field(default_factory=dict)
    written: dict[str, None] = field(default_factory=dict)
    spared: dict[str, None] = field(default_factory=dict)
    stored: dict[str, None] = field(default_factory=dict)
    compared: dict[str, dict[object, None]] = field(default_factory=dict)
    loose: dict[float, None] = field(default_factory=dict)
    far: dict[float, None] = field(default_factory=dict)
    durations: dict[float, None] = field(default_factory=dict)
    hours: dict[Recurring, None] = field(default_factory=dict)
    files: dict[bytes, None] = field(default_factory=dict)
    reads_json: bool = False

    def add_value(self, value: object) -> None:
        """Add what something is compared with."""
        if isinstance(value, str):
            if not is_sentence(value):
                self.texts.setdefault(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self.numbers.setdefault(value)

    def add_key(self, key: str, values: Iterable[object] = ()) -> None:
        """Add a key of a JSON object, and what its value is compared with."""
        self.keys.setdefault(key, {}).update(dict.fromkeys(values))

    def add_compared(self, name: str, values: Iterable[object]) -> None:
        """Add a variable, and what it is compared with."""
        self.compared.setdefault(name, {}).update(dict.fromkeys(values))

    def foresee(self, everywhere: Hints) -> None:
        """Add what code *everywhere* compares with the variables that are stored here, as far as this input decides them.

        >>> hints, others = Hints(), Hints()
        >>> hints.stored["seats"] = None
        >>> others.add_compared("seats", [6])
        >>> others.add_compared("film", ["Nosferatu"])
        >>> hints.foresee(others)
        >>> list(hints.numbers)
        [6]
        """
        for name in self.stored:
            for value in everywhere.compared.get(name, ()):
                self.add_value(value)
        for key in list(self.keys):
            self.add_key(key, everywhere.compared.get(self.links.get(key, key), ()))
        if self.stored:
            far = [number for number in everywhere.loose if number not in self.numbers]
            self.far.update(dict.fromkeys(far[:_MOST_FAR]))

    def join(self, other: Hints) -> None:
        """Add everything that *other* has."""
        self.texts.update(other.texts)
        self.patterns.update(other.patterns)
        self.numbers.update(other.numbers)
        self.lengths.update(other.lengths)
        self.parses.update(other.parses)
        self.durations.update(other.durations)
        self.files.update(other.files)
        self.links.update(other.links)
        self.whole.update(other.whole)
        self.written.update(other.written)
        self.hours.update(other.hours)
        self.spared.update(other.spared)
        self.stored.update(other.stored)
        self.loose.update(other.loose)
        self.far.update(other.far)
        for name, values in other.compared.items():
            self.add_compared(name, values)
        self.reads_json |= other.reads_json
        for key, values in other.keys.items():
            self.add_key(key, values)


def is_sentence(text: str) -> bool:
    """Say whether *text* looks like something that a bot says, rather than something that it waits for.

    >>> is_sentence("Please choose one of the options."), is_sentence("Quattro Formaggi")
    (True, False)
    """
    return " " in text and (len(text) > _LONGEST_WORDS or text.rstrip().endswith((".", "!", "?", ":", "…")))
