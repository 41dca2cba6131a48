"""Put what was said into words that hold tomorrow as well: values are taken out, used again, or left open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from chatsim.scenario.match import LiteralText, compile_text
from chatsim.scenario.text_pattern import PatternFailed
from chatsim.scenario.volatile import Volatile, by_difference, by_looks, merged
from chatsim.scenario.words import DataTemplate, Value

_TAKEN_ALWAYS = frozenset({"int", "date"})
_SHORT = 3
"""A number with fewer digits is taken for the same value only where something says that it is an id."""
_surrogates = re.compile("[\ud800-\udfff]+")
_special_dollar = re.compile(r"\$(?=[${])")


class Written(NamedTuple):
    """Words for a scenario; `literal` ones are meant to the letter (``{text: …}``)."""

    source: str
    literal: bool = False


class Wording:
    """Finds words for one scenario, from its first turn to its last; remembers which values were taken out.

    Args:
        texts: All that will be said, in order.  A value is taken out by name when it is said again.
        open_: Whether what looks volatile is left open at all.

    >>> wording = Wording(["Order 41 is due 2026-03-01.", "41"])
    >>> wording.heard("Order 41 is due 2026-03-01.").source
    'Order ${order:int} is due ${date:date}.'
    >>> wording.typed("41")
    '${order}'
    """

    def __init__(self, texts: Sequence[str] = (), *, open_: bool = True) -> None:
        self.values: dict[str, Value] = {}
        self._names: dict[str, str] = {}
        self._coming = list(texts)
        self._typed = ""
        self._open = open_

    # ------------------------------------------------------------ what goes to the bot

    def typed(self, text: str) -> str:
        """Return the words for *text* that a person typed."""
        self._pass(text)
        pieces = self._known(text)
        self._typed += "\n".join(["", *(piece for piece in pieces if isinstance(piece, str))])
        return "".join(self._joined(pieces))

    def data(self, data: Any) -> Any:
        """Return *data* that goes to the bot with the names of values in it."""
        self._typed += f"\n{data}"
        written = self._data(data)
        return written if DataTemplate.of(written).render(self.values) == data else _data_escaped(data)

    def _data(self, data: Any) -> Any:
        if isinstance(data, dict):
            return {key: self._data(value) for key, value in data.items()}
        if isinstance(data, list):
            return [self._data(value) for value in data]
        if isinstance(data, bool) or not isinstance(data, str | int):
            return data
        name = self._names.get(str(data))
        if name is not None and self.values[name].data == data:
            return f"${{{name}}}"
        return data if isinstance(data, int) else "".join(self._joined(self._known(data)))

    # ------------------------------------------------------------ what the bot says

    def heard(self, text: str, others: Iterable[str] = ()) -> Written:
        """Return the words for *text* that the bot said; *others* are what it said instead at other times."""
        self._pass(text)
        if not self._open:
            return to_the_letter(text)
        parts = self._parts(text, others)
        for taking in (True, False):
            written = self._attempt(text, parts, taking=taking)
            if written is not None:
                return written
        return to_the_letter(text)

    def _parts(self, text: str, others: Iterable[str]) -> list[Volatile]:
        differing = [part for other in others for part in by_difference(text, other)]
        looking = [part for part in by_looks(text) if not self._is_typed(text[part.start : part.end])]
        unwritable = [Volatile(*found.span(), "text", "text") for found in _surrogates.finditer(text)]
        return merged(unwritable, differing, looking)

    def _is_typed(self, said: str) -> bool:
        """Say whether a person brought *said* up: a bot that repeats it will do so tomorrow."""
        return said not in self._names and _says(self._typed, said)

    def _attempt(self, text: str, parts: list[Volatile], *, taking: bool) -> Written | None:
        """Return words for *text*, if it is found that they hold it and take the right values out."""
        taken: dict[str, Value] = {}
        pieces: list[str | tuple[str]] = []
        place = 0
        for part in parts:
            pieces.extend(self._known(text[place : part.start], text[:place]))
            pieces.append((self._stand_in(text, part, taken, taking=taking),))
            place = part.end
        pieces.extend(self._known(text[place:], text[:place]))
        if all(isinstance(piece, str) for piece in pieces):
            return to_the_letter(text)
        source = "".join(self._joined(pieces))
        if source.startswith("/") and source.endswith("/"):
            source = f"...{source}"
        try:
            found = compile_text(source).match(text, self.values)
        except PatternFailed:  # too many gaps to decide in time
            return None
        if found is None or {name: value.text for name, value in found.items()} != {
            name: value.text for name, value in taken.items()
        }:
            return None
        self.values.update(found)
        self._names.update({value.text: name for name, value in found.items()})
        return Written(source)

    def _stand_in(self, text: str, part: Volatile, taken: dict[str, Value], *, taking: bool) -> str:
        said = text[part.start : part.end]
        known = self._names.get(said)
        if known is not None:
            return f"${{{known}}}"
        again = bool(said) and any(_says(coming, said) for coming in self._coming)
        if not taking or _surrogates.search(said) or not (part.kind in _TAKEN_ALWAYS or again):
            return "..."
        if any(value.text == said for value in taken.values()):
            return "..."
        name = self._new_name(part.name, taken)
        taken[name] = Value(said, said)
        return f"${{{name}:{part.kind}}}"

    def _new_name(self, name: str, taken: dict[str, Value]) -> str:
        number, new = 1, name
        while new in self.values or new in taken:
            number += 1
            new = f"{name}_{number}"
        return new

    # ------------------------------------------------------------ values that come again

    def _known(self, text: str, before: str = "") -> list[str | tuple[str]]:
        """Cut *text* into plain text, and names (in tuples) of values that are known; *before* is what precedes it."""
        found = [
            (match.start(), match.end(), name)
            for said, name in self._names.items()
            for match in _places(text, said, before)
        ]
        pieces: list[str | tuple[str]] = []
        place = 0
        for start, end, name in sorted(found, key=lambda each: (each[0], -each[1])):
            if start >= place:
                pieces.extend([text[place:start], (f"${{{name}}}",)])
                place = end
        return [piece for piece in [*pieces, text[place:]] if piece]

    def _joined(self, pieces: list[str | tuple[str]]) -> list[str]:
        """Return the source of each piece: dollars that would mean something are doubled."""
        sources = []
        for index, piece in enumerate(pieces):
            if isinstance(piece, tuple):
                sources.append(piece[0])
                continue
            followed = index + 1 < len(pieces) and str(pieces[index + 1][0]).startswith("$")
            sources.append(escaped(piece, followed=followed))
        return sources

    def _pass(self, text: str) -> None:
        if self._coming and self._coming[0] == text:
            del self._coming[0]


def _places(text: str, said: str, before: str) -> list[re.Match[str]]:
    """Return where *said* stands in *text* as a word of its own."""
    if not said.strip():
        return []
    short = said.isdecimal() and len(said) < _SHORT
    pattern = rf"(?<![\w]){re.escape(said)}(?!\w)"
    return [
        match
        for match in re.finditer(pattern, text)
        if not short or text == said or re.search(r"[/#=_:-]\Z", before + text[: match.start()])
    ]


def _says(text: str, said: str) -> bool:
    return said in text and re.search(rf"(?<!\w){re.escape(said)}(?!\w)", text) is not None


def escaped(text: str, *, followed: bool = False) -> str:
    """Return *text* with the dollars doubled that would mean something; *followed* says that one comes right after it."""
    doubled = _special_dollar.sub("$$", text)
    return f"{doubled}$" if followed and text.endswith("$") else doubled


def _data_escaped(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _data_escaped(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_data_escaped(value) for value in data]
    return escaped(data) if isinstance(data, str) else data


def to_the_letter(text: str) -> Written:
    """Return words that are equal to *text*: plain where that is possible, else marked as literal."""
    if "..." in text or (text.startswith("/") and text.endswith("/")):
        return Written(text, literal=True)
    source = escaped(text)
    return Written(source) if compile_text(source) == LiteralText(text) else Written(text, literal=True)
