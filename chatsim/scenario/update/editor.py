"""Edit a YAML file by places: what is not edited stays as it is, byte for byte.

A round trip through a YAML library would keep comments, but not indentation, line lengths, quotes and blanks that its
author chose.  So nothing is written anew here but the text between two places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from chatsim.errors import ChatsimError
from chatsim.scenario.update.places import Place, every_place, places_in
from chatsim.scenario.write_yaml import yaml_block, yaml_like

_literal_header = re.compile(r"\|-?(?=[ \t]*(?:#.*)?$)")
_comment_or_break = re.compile(r"[ \t]*(?:#.*)?")


class CannotEdit(ChatsimError):
    """The way in which something is written leaves no room for the edit."""


class Editor:
    r"""Gathers edits of *text*, and makes them all at once.

    >>> editor = Editor("- a  # one\n- b\n")
    >>> editor.replace(editor.root.items[0], "c")
    >>> editor.insert_after(editor.root.items[1], ["- d"])
    >>> editor.edited()
    '- c  # one\n- b\n- d\n'
    """

    def __init__(self, text: str) -> None:
        self.text = text
        root = places_in(text)
        assert root is not None  # noqa: S101 - a file without anything is not loaded
        self.root = root
        self.eol = "\r\n" if "\r\n" in text else "\n"
        self._edits: list[tuple[int, int, str]] = []
        self._inside = _lines_inside_scalars(root, text)

    def edited(self) -> str:
        """Return the text with all edits made; raise `CannotEdit` where two are about the same place."""
        pieces: list[str] = []
        done = 0
        for start, end, new in sorted(self._settled(), key=lambda edit: (edit[0], edit[1] > edit[0])):
            if start < done:
                raise CannotEdit("two changes are about the same place")
            pieces.extend([self.text[done:start], new])
            done = end
        return "".join([*pieces, self.text[done:]])

    def _settled(self) -> Iterator[tuple[int, int, str]]:
        """Yield the edits, with what is added at the end of a line that goes put where the next line begins."""
        ends = {end - len(self.eol) for start, end, _ in self._edits if start < end == self.line_start(end)}
        for start, end, new in self._edits:
            if start == end and start in ends and new.startswith(self.eol):
                after = end + len(self.eol)
                yield after, after, new.removeprefix(self.eol) + self.eol
            else:
                yield start, end, new

    def put(self, start: int, end: int, new: str) -> None:
        """Put *new* in the place of the text from *start* to *end*."""
        self._edits.append((start, end, new))

    # ------------------------------------------------------------ values

    def replace(self, place: Place, new: str) -> None:
        """Put *new*, which is YAML, in the place of the node at *place*."""
        if place.kind == "alias":
            raise CannotEdit("an alias (*) stands here, which means more places than this one")
        gap = " " if place.start and self.text[place.start - 1] == ":" else ""
        self.put(place.start, place.end, gap + new)

    def replace_block(self, place: Place, new: str) -> None:
        """Put *new* in the place of a collection in a block, on the line of its key; comments in it stay below."""
        parent = place.parent
        keys = [key for key, value in parent.pairs if value is place] if parent is not None else []
        if place.kind in {"scalar", "alias"} or place.flow or not keys:
            self.replace(place, new)
            return
        start = self.text.index(":", keys[0].end) + 1
        behind = self.text[start : self.line_end(start)] if self.line_end(start) < place.start else ""
        kept = self.comments(self.line_end(start), place.end)
        end = self.line_end(place.end)
        self.put(start, end, self.eol.join([f" {new}{behind}", *kept]))

    def set_text(self, place: Place, text: str) -> None:
        """Put *text* in the place of the scalar at *place*, in its style where that can hold it."""
        block = self._as_block(place, text)
        self.replace(place, yaml_like(text, place.style, flow=place.in_flow) if block is None else block)

    def _as_block(self, place: Place, text: str) -> str | None:
        """Return *text* as a literal block, for a block and for several lines where a plain text stood alone."""
        if place.style in {"|", ">"}:
            head, *lines = self.text[place.start : place.end].splitlines()
            header = _literal_header.match(head)
            first = next((line for line in lines if line.strip()), "")
            indent = first[: len(first) - len(first.lstrip(" "))]
            rest = head[header.end() :] if header else ""
            return self._block(text, indent, header.group() if header else "|-", rest, least=1)
        after = self.text[place.end : self.line_end(place.end)]
        parent = place.parent
        if place.style or place.in_flow or after.strip() or parent is None or parent.kind != "mapping":
            return None
        return self._block(text, " " * (parent.column + 1), "|-", "", least=2)

    def _block(self, text: str, indent: str, header: str, rest: str, *, least: int) -> str | None:
        alone = "\n" not in text
        if (alone and least > 1) or not indent:
            return None
        written = yaml_block(f"{text}\n{text}" if alone else text, indent)
        if written is None:
            return None
        _, *lines = written.split("\n")
        return self.eol.join([header + rest, *(lines[:1] if alone else lines)])

    # ------------------------------------------------------------ lines

    def line_start(self, index: int) -> int:
        """Return where the line of the character at *index* begins."""
        return self.text.rfind("\n", 0, index) + 1

    def line_end(self, index: int) -> int:
        """Return where the line of the character at *index* ends, its line end not included."""
        end = self.text.find("\n", index)
        end = len(self.text) if end < 0 else end
        return end - 1 if end > index and self.text[end - 1] == "\r" else end

    def comments(self, start: int, end: int) -> list[str]:
        """Return the lines from *start* to *end* that are nothing but a comment."""
        lines = []
        at = self.line_start(start)
        while at < end:
            stop = self.line_end(at)
            line = self.text[at:stop]
            if line.lstrip().startswith("#") and at >= start and stop <= end and at not in self._inside:
                lines.append(line)
            following = self.text.find("\n", at)
            at = len(self.text) if following < 0 else following + 1
        return lines

    def remove(self, start: int, end: int) -> None:
        """Take the text from *start* to *end* out, except for lines that are nothing but a comment."""
        kept = self.comments(start, end)
        if not kept:
            self.put(start, end, "")
            return
        lines = self.eol.join(kept)
        whole = start == self.line_start(start) and end == self.line_start(end)
        self.put(start, end, f"{lines}{self.eol}" if whole else f"{self.eol}{lines}{self.eol}")

    # ------------------------------------------------------------ items of a list

    def insert_after(self, item: Place, lines: Sequence[str], *, flow: str = "") -> None:
        """Put an item after *item*: *lines* that begin with a dash in a block, *flow* within ``[…]``."""
        assert item.parent is not None  # noqa: S101 - an item stands in a list
        if item.parent.flow:
            self.put(item.end, item.end, f", {flow}")
            return
        dash = self.dash(item)
        lead = self.text[self.line_start(dash) : dash]
        indent = " " * len(lead) if not lead.strip(" -") else lead
        if indent.strip():
            raise CannotEdit("the list begins in the middle of a line")
        gap = item.start - dash
        wide = " " * (gap - 1) if gap > 1 and "\n" not in self.text[dash : item.start] else " "
        at = self.line_end(item.end)
        if not _comment_or_break.fullmatch(self.text, item.end, at):
            raise CannotEdit("something else stands behind this step")
        written = [f"-{wide}{line[2:]}" if line.startswith("- ") else f" {wide}{line[2:]}" for line in lines]
        self.put(at, at, "".join(f"{self.eol}{indent}{line}".rstrip() for line in written))

    def remove_item(self, item: Place, also: Iterable[Place] = ()) -> None:
        """Take *item* out of its list; *also* are others that go."""
        seq = item.parent
        assert seq is not None  # noqa: S101 - an item stands in a list
        if seq.flow:
            self._remove_in_flow(seq.items, seq.items.index(item), set(map(id, [item, *also])))
            return
        dash = self.dash(item)
        if self.text[self.line_start(dash) : dash].strip():
            raise CannotEdit("the list begins in the middle of a line")
        self.remove_lines(dash, item.end)

    def remove_lines(self, start: int, end: int) -> None:
        """Take out the lines from that of *start* to that of *end*."""
        stop = self.line_end(end)
        stop += len(self.eol) if self.text.startswith(self.eol, stop) else 0
        begin = self.line_start(start)
        if stop == len(self.text) and begin and not self.text.endswith("\n"):
            begin -= len(self.eol)  # the last line had no end, and so shall the new last one
        self.remove(begin, stop)

    def _remove_in_flow(self, parts: Sequence[Place | tuple[Place, Place]], index: int, gone: set[int]) -> None:
        spans = [(part[0].start, part[1].end) if isinstance(part, tuple) else (part.start, part.end) for part in parts]
        ids = [id(part[0]) if isinstance(part, tuple) else id(part) for part in parts]
        start, end = spans[index]
        if any(one not in gone for one in ids[:index]):
            self.remove(spans[index - 1][1], end)
        elif index + 1 < len(spans):
            self.remove(start, spans[index + 1][0])
        else:
            self.remove(start, end)

    def dash(self, item: Place) -> int:
        """Return where the dash of *item*, in a block, is."""
        seq = item.parent
        assert seq is not None  # noqa: S101 - an item stands in a list
        before = seq.items.index(item)
        at = seq.items[before - 1].end if before else seq.start
        while at < item.start:
            char = self.text[at]
            if char == "#":
                at = self.line_end(at)
            elif char == "-" and self.text[at + 1 : at + 2] in {" ", "\n", "\r", "\t"}:
                return at
            at += 1
        raise CannotEdit("the dash of this step cannot be found")

    # ------------------------------------------------------------ keys of a mapping

    def remove_pairs(self, mapping: Place, names: set[str]) -> None:
        """Take the keys *names* out of *mapping*, in which at least one other stays."""
        gone = [index for index, (key, _) in enumerate(mapping.pairs) if key.value in names]
        if mapping.flow:
            ids = {id(mapping.pairs[index][0]) for index in gone}
            for index in gone:
                self._remove_in_flow(mapping.pairs, index, ids)
            return
        leading = next(index for index in range(len(mapping.pairs)) if index not in gone)
        if leading:
            self._remove_leading(mapping, leading)
        for index in gone:
            if index > leading:
                key, value = mapping.pairs[index]
                self.remove_lines(key.start, self.value_end(key, value))

    def _remove_leading(self, mapping: Place, count: int) -> None:
        """Take the first *count* keys out; the next one takes the place of the first, where a dash may be."""
        start, end = mapping.pairs[0][0].start, mapping.pairs[count][0].start
        kept = self.comments(start, end)
        if not kept:
            self.put(start, end, "")
            return
        before = self.text[:start]
        start = len(before.rstrip(" ")) if before.rstrip(" ").endswith("-") else start
        self.put(start, end, self.eol.join(["", *kept, " " * (mapping.column - 1)]))

    @staticmethod
    def value_end(key: Place, value: Place) -> int:
        """Return where the last character of a key with its value is."""
        return max(key.end, value.end)


def _lines_inside_scalars(root: Place, text: str) -> set[int]:
    """Return where the lines begin that are, from their beginning, part of a scalar: no comment stands there."""
    inside: set[int] = set()
    for place in every_place(root):
        if place.kind == "scalar":
            at = text.find("\n", place.start, place.end) + 1
            while at:
                inside.add(at)
                at = text.find("\n", at, place.end) + 1
    return inside
