"""Regular expressions between slashes, under a limit of time and of size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatsim.scenario.text_pattern import PatternFailed, TextPattern, composed, hole, normal, normal_part, shown
from chatsim.scenario.words import NAME, BrokenText, Capture, Insert, Value, Values, named

if TYPE_CHECKING:
    from collections.abc import Callable

REGEX_SECONDS = 1.0
"""How long one regular expression may search one text."""

_SLOW = "a repetition within a repetition, such as (a+)+, tries too many ways: write it with one, or use ..."

MOST_REPEATS = 100_000
"""How often a regular expression may repeat a part by counts: beyond that, compiling it takes all memory."""


class RegexText(TextPattern, frozen=True):
    r"""A regular expression, in the language of the `regex` package, searched anywhere.

    >>> RegexText.of(r"^Receipt r-\d+$").match("Receipt r-7", {})
    {}
    """

    source: str
    pieces: tuple[str | Insert, ...]
    ready: Any

    @classmethod
    def of(cls, source: str) -> RegexText:
        """Read *source*, which stands between the slashes; raise `BrokenText` for a broken pattern."""
        if repeats_of(source) > MOST_REPEATS:
            what = f"broken pattern /{source}/: it repeats something more than {MOST_REPEATS:,} times"
            raise BrokenText(what, "write a smaller number, or * for any")
        pieces = _regex_pieces(source)
        probe = {piece.name: Value("x", "x") for piece in pieces if isinstance(piece, Insert)}
        try:
            compiled = _compile_regex(pieces, probe)
        except Exception as error:  # noqa: BLE001 - beside its own error, regex raises others for some broken patterns
            raise BrokenText(
                f"broken pattern /{source}/: {error}", "text that is meant to the letter: {text: …}"
            ) from None
        return cls(source, pieces, None if probe else compiled)

    def match(self, text: str, values: Values) -> dict[str, Value] | None:
        """Return an empty mapping where the pattern is found in *text*."""
        found = self._decide(lambda: self._compiled(values).search(normal(text), timeout=REGEX_SECONDS), values)
        return None if found is None else {}

    def _compiled(self, values: Values) -> Any:
        return _compile_regex(self.pieces, values) if self.ready is None else self.ready

    def _decide(self, search: Callable[[], Any], values: Values) -> Any:
        import regex  # noqa: PLC0415 - only for those who use it

        try:
            return search()
        except TimeoutError:
            raise PatternFailed("regex-too-slow", self.show(values), "regex too slow", _SLOW) from None
        except regex.error as error:
            came = ", ".join(f"${{{name}}} is {values[name].text!r}" for name in dict.fromkeys(self.names))
            raise PatternFailed("broken-pattern", self.show(values), f"broken pattern ({error})", came) from None

    def loosely(self, text: str, values: Values) -> bool:
        """Say whether the pattern is found."""
        return self.match(text, values) is not None

    def show(self, values: Values) -> str:
        """Return the pattern between slashes, with *values* in it."""
        return (
            f"/{''.join(hole(piece) if (words := shown(piece, values)) is None else words for piece in self.pieces)}/"
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names whose values go in, quoted."""
        return tuple(piece.name for piece in self.pieces if isinstance(piece, Insert))


def repeats_of(source: str) -> int:
    """Return how often a regular expression repeats a part at most, by counts within counts.

    >>> repeats_of("(?:a{1,20}b{5}){3,}"), repeats_of("[{9}]a*")
    (60, 1)
    """
    import re  # noqa: PLC0415 - beside its use: everything else here searches with the regex package

    most, last = [1], 1
    for token in re.finditer(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(\d+)?,?(\d+)?\}|.", source, re.DOTALL):
        if token.group() == "(":
            most.append(1)
            last = 1
        elif token.group() == ")" and len(most) > 1:
            last = most.pop()
        elif any(token.groups()):
            last *= max(1, *(int(number) for number in token.groups() if number))
        else:
            last = 1
        most[-1] = max(most[-1], last)
    return max(most)


def _compile_regex(pieces: tuple[str | Insert, ...], values: Values) -> Any:
    import regex  # noqa: PLC0415 - only for those who use it

    source = "".join(
        p if isinstance(p, str) else regex.escape(normal_part(values[p.name].text, last=False)) for p in pieces
    )
    return regex.compile(source)


def _regex_pieces(source: str) -> tuple[str | Insert, ...]:
    import re  # noqa: PLC0415 - beside its use: everything else here searches with the regex package

    pieces: list[str | Insert] = []
    for part in re.split(rf"(\$\{{{NAME}(?::[^}}]*)?\}})", composed(source)):
        if part.startswith("${") and part.endswith("}"):
            name = named(part)
            if isinstance(name, Capture):
                raise BrokenText(f"{part!r} inside /…/: nothing is taken out there", "write the text with ... instead")
            pieces.append(name)
        elif part:
            pieces.append(part)
    return tuple(pieces)
