r"""How words match: patterns that are compiled when a file is loaded, and held against what the bot says.

A plain text is equal.  ``...`` is anything, over lines, possibly nothing.  ``${x:type}`` takes a value out.
A captured ``text`` has at least one character,
a ``date`` is ISO 8601 (``2024-05-01``, ``2024-05-01T10:30Z``), a ``word`` has no blanks.
``/…/`` is a regular expression, searched anywhere.  On both sides line ends are ``\n``, the last one is dropped,
and letters are in NFC.

Where there is more than one way to match, every ``...`` and every ``text`` is as short as can be, every other
capture as long as can be, and what stands further left decides first.  Failed attempts are remembered, so that
no pattern of gaps and captures takes exponential time.
"""

from __future__ import annotations

from chatsim.scenario.pieced_text import PiecedText
from chatsim.scenario.regex_text import RegexText
from chatsim.scenario.text_pattern import TextPattern, as_written, normal
from chatsim.scenario.words import Value, Values, parse


class LiteralText(TextPattern, frozen=True):
    r"""A text that is equal.

    >>> LiteralText("Total: $5").match("Total: $5\n", {})
    {}
    """

    text: str

    def match(self, text: str, values: Values) -> dict[str, Value] | None:  # noqa: ARG002
        """Return an empty mapping for an equal text."""
        return {} if text == self.text or normal(text) == normal(self.text) else None

    def loosely(self, text: str, values: Values) -> bool:
        """Say whether *text* is equal."""
        return self.match(text, values) is not None

    def show(self, values: Values) -> str:  # noqa: ARG002
        """Return the text."""
        return as_written(self.text)

    @property
    def names(self) -> tuple[str, ...]:
        """None."""
        return ()


class OneOf(TextPattern, frozen=True):
    """Several texts of which one must match; the first that does decides what is taken out."""

    patterns: tuple[TextPattern, ...]

    def match(self, text: str, values: Values) -> dict[str, Value] | None:
        """Return what the first pattern that matches took out."""
        for pattern in self.patterns:
            taken = pattern.match(text, values)
            if taken is not None:
                return taken
        return None

    def loosely(self, text: str, values: Values) -> bool:
        """Say whether any would match loosely."""
        return any(pattern.loosely(text, values) for pattern in self.patterns)

    def show(self, values: Values) -> str:
        """Return all of them."""
        return " or ".join(pattern.show(values) for pattern in self.patterns)

    @property
    def names(self) -> tuple[str, ...]:
        """The names whose values go into any of them."""
        return tuple(name for pattern in self.patterns for name in pattern.names)

    @property
    def captures(self) -> tuple[str, ...]:
        """The names that every one of them takes out: only these have a value whichever matched."""
        first, *others = self.patterns
        return tuple(name for name in first.captures if all(name in other.captures for other in others))

    def choices(self) -> tuple[TextPattern, ...]:
        """Return the patterns."""
        return self.patterns


def compile_text(text: str) -> TextPattern:
    r"""Return the pattern that *text* is; raise `BrokenText` where it is broken.

    >>> compile_text("Thank you, ...").match("Thank you, Ann", {})
    {}
    >>> compile_text(r"/^\d+$/").match("Ann", {}) is None
    True
    """
    if len(text) > 2 and text[0] == "/" and text[-1] == "/":  # noqa: PLR2004 - a slash, something, a slash
        return RegexText.of(text[1:-1])
    if "..." not in text and "$" not in text:
        return LiteralText(text)
    pieces = parse(text)
    if all(isinstance(piece, str) for piece in pieces):
        return LiteralText("".join(str(piece) for piece in pieces))
    return PiecedText.from_pieces(pieces)
