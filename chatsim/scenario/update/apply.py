"""Make changes in the text of a scenario file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from chatsim.scenario.model import Position
from chatsim.scenario.update.changes import (
    GONE,
    REPLY_PARTS,
    Change,
    Changes,
    NewData,
    NewOptions,
    NewReply,
    NewText,
    NewWaits,
    Slot,
)
from chatsim.scenario.update.editor import CannotEdit, Editor
from chatsim.scenario.update.places import Place, every_place
from chatsim.scenario.write_words import Written
from chatsim.scenario.write_yaml import yaml_block, yaml_data, yaml_like, yaml_text

_OF_A_REPLY = frozenset({"bot", "any_order", "silent", "options", "within", *REPLY_PARTS})


def apply(changes: Changes, text: str) -> str:
    """Return *text* with *changes* made; raise `CannotEdit` where the way it is written leaves no room for one."""
    return _Applying(text).all(changes)


class _Applying:
    """Makes changes in one text."""

    def __init__(self, text: str) -> None:
        self.editor = Editor(text)
        self.steps: dict[tuple[int, int], Place] = {}
        for place in every_place(self.editor.root):
            for item in place.items:
                self.steps.setdefault((item.line, item.column), item)

    def all(self, changes: Changes) -> str:
        """Make *changes*."""
        by_step: dict[Position, dict[Slot, Change]] = {}
        for (position, slot), change in changes.items():
            by_step.setdefault(position, {})[slot] = change
        removed = [self._step(position) for position, slots in by_step.items() if self._goes(position, slots)]
        self._remove_items(removed)
        for position, slots in by_step.items():
            step = self._step(position)
            after = slots.pop(("after",), ())
            if step not in removed:
                self._change(step, slots)
            self._add(step, after, removed)
        return self.editor.edited()

    def _step(self, position: Position) -> Place:
        step = self.steps.get((position.line, position.column))
        if step is None or step.kind == "alias":
            raise CannotEdit(f"line {position.line}: the step cannot be found")
        return step

    # ------------------------------------------------------------ steps that go

    def _goes(self, position: Position, slots: dict[Slot, Change]) -> bool:
        """Say whether the step at *position* goes as a whole: nothing stands in it but what is gone."""
        step = self._step(position)
        return ("gone",) in slots and not (step.kind == "mapping" and _others(step))

    def _remove_items(self, removed: list[Place]) -> None:
        for step in removed:
            seq = step.parent
            assert seq is not None  # noqa: S101 - a step stands in a list
            if all(item in removed for item in seq.items):
                raise CannotEdit(f"line {step.line}: no step would be left in the list")
            self.editor.remove_item(step, removed)

    def _add(self, step: Place, replies: Any, removed: list[Place]) -> None:
        if not replies:
            return
        if step in removed:
            raise CannotEdit(f"line {step.line}: a reply would follow a step that goes")
        for reply in replies:
            self.editor.insert_after(step, _block_lines(reply), flow=_flow_step(reply))

    # ------------------------------------------------------------ steps that stay

    def _change(self, step: Place, slots: dict[Slot, Change]) -> None:
        if step.kind == "scalar":
            if slots:
                self._change_bare(step, slots)
            return
        gone = {key for (name, *rest) in slots if rest == ["gone"] for key in _names(step, name)}
        if ("gone",) in slots:
            gone |= {key.value for key, _ in step.pairs if _of_a_reply(key.value)}
        if gone:
            self.editor.remove_pairs(step, gone)
        data: list[tuple[list[str], Change]] = []
        for slot, change in slots.items():
            if slot[0] == "vars":
                data.append((list(slot[1:]), change))
            elif change is not GONE:
                self._change_part(step, slot[0], change)
        self._change_vars(step, data)

    def _change_bare(self, step: Place, slots: dict[Slot, Change]) -> None:
        """Change a bare word: an end that was none."""
        change = slots.get(("waits",))
        if not isinstance(change, NewWaits):
            raise CannotEdit(f"line {step.line}: {step.value!r} cannot be changed")
        word = f"waits: {change.waits}"
        self.editor.replace(step, f"{{{word}}}" if step.in_flow else word)

    def _change_part(self, step: Place, name: str, change: Change) -> None:
        key, value = _pair(step, name)
        if isinstance(change, NewText):
            self._set_text(_choice(value, change.choice), change.written)
        elif isinstance(change, NewOptions):
            self._set_options(value, change)
        elif isinstance(change, NewWaits) and key.value == "end":
            colon = self.editor.text.index(":", key.end)
            self.editor.put(key.start, colon + 1, f"waits: {change.waits}")
        elif isinstance(change, NewWaits):
            self.editor.set_text(value, change.waits)

    def _set_text(self, place: Place, written: Written) -> None:
        letter = place.pair("text") if place.kind == "mapping" else None
        if letter is not None and written.literal:
            self.editor.set_text(letter[1], written.source)
        elif place.kind == "scalar" and not written.literal:
            self.editor.set_text(place, written.source)
        else:
            self.editor.replace(place, _scalar(written, flow=place.in_flow))

    # ------------------------------------------------------------ options

    def _set_options(self, value: Place, change: NewOptions) -> None:
        if value.kind != "sequence":
            raise CannotEdit(f"line {value.line}: the options are written elsewhere, and used here by an alias")
        stays = {place for place, _ in change.options if place >= 0}
        gone = [item for index, item in enumerate(value.items) if index not in stays]
        if not stays:
            self._new_options(value, [written for _, written in change.options if written is not None])
            return
        for item in gone:
            self.editor.remove_item(item, gone)
        before: Place | None = None
        ahead: list[Written] = []
        for place, written in change.options:
            if place >= 0:
                item = value.items[place]
                if written is not None:
                    self._set_text(item, written)
                if before is None and ahead:
                    self._insert_first(value, item, ahead)
                before = item
            elif written is not None and before is None:
                ahead.append(written)
            elif written is not None and before is not None:
                self.editor.insert_after(before, [f"- {_scalar(written)}"], flow=_scalar(written, flow=True))

    def _insert_first(self, seq: Place, item: Place, ahead: Sequence[Written]) -> None:
        if seq.flow:
            self.editor.put(item.start, item.start, "".join(f"{_scalar(written, flow=True)}, " for written in ahead))
            return
        dash = self.editor.dash(item)
        lead = self.editor.text[self.editor.line_start(dash) : dash]
        lines = "".join(f"- {_scalar(written)}{self.editor.eol}{lead}" for written in ahead)
        self.editor.put(dash, dash, lines)

    def _new_options(self, value: Place, options: Sequence[Written]) -> None:
        """Write all options anew: none of those that stood there is left."""
        words = f"[{', '.join(_scalar(written, flow=True) for written in options)}]"
        self.editor.replace_block(value, words)

    # ------------------------------------------------------------ variables

    def _change_vars(self, step: Place, data: list[tuple[list[str], Change]]) -> None:
        gone: dict[int, tuple[Place, set[str]]] = {}
        for path, change in data:
            mapping, name, value = _variable(step, path)
            if change is GONE:
                gone.setdefault(id(mapping), (mapping, set()))[1].add(name)
            elif isinstance(change, NewData):
                self._set_data(value, change)
        for mapping, names in gone.values():
            if len(names) < len(mapping.pairs):
                self.editor.remove_pairs(mapping, names)
            elif mapping is step:
                raise CannotEdit(f"line {step.line}: nothing would be left of the step")
            else:
                self.editor.replace_block(mapping, "{}")

    def _set_data(self, value: Place, change: NewData) -> None:
        data = json.loads(change.json)
        if change.is_text and value.kind == "scalar" and value.style in {'"', "'"}:
            self.editor.replace(value, yaml_like(data, value.style, flow=value.in_flow))
        else:
            self.editor.replace_block(value, yaml_data(data))


# ---------------------------------------------------------------- where things are in a step


def _of_a_reply(key: str) -> bool:
    return key in _OF_A_REPLY or key.startswith("bot>")


def _others(step: Place) -> list[Place]:
    return [key for key, _ in step.pairs if not _of_a_reply(key.value)]


def _names(step: Place, name: str) -> list[str]:
    return [key.value for key, _ in step.pairs if key.value == name]


def _pair(step: Place, name: str) -> tuple[Place, Place]:
    for key, value in step.pairs:
        if (
            key.value == name
            or (name == "bot" and key.value.startswith("bot>"))
            or (name, key.value) == ("waits", "end")
        ):
            return key, value
    raise CannotEdit(f"line {step.line}: `{name}` cannot be found")


def _choice(place: Place, choice: int | None) -> Place:
    choices = place.pair("one_of") if place.kind == "mapping" else None
    return place if choices is None or choice is None else choices[1].items[choice]


def _variable(step: Place, path: Sequence[str]) -> tuple[Place, str, Place]:
    """Return the mapping or list in which the variable at *path* stands, its key there, and its value."""
    for key, value in _vars_of(step):
        asked = key.value.split(".")[1:]
        if list(path[: len(asked)]) != asked:
            continue
        found = _inwards(step, key.value, value, path[len(asked) :])
        if found is not None:
            return found
    raise CannotEdit(f"line {step.line}: vars.{'.'.join(path)} cannot be found")


def _vars_of(step: Place) -> Iterator[tuple[Place, Place]]:
    yield from (pair for pair in step.pairs if pair[0].value == "vars" or pair[0].value.startswith("vars."))


def _inwards(above: Place, name: str, place: Place, path: Sequence[str]) -> tuple[Place, str, Place] | None:
    for part in path:
        above, name = place, part
        if place.kind == "sequence":
            place = place.items[int(part)]
        else:
            pair = place.pair(part)
            if pair is None:
                return None
            place = pair[1]
    return above, name, place


# ---------------------------------------------------------------- how new steps are written


def _scalar(written: Written, *, flow: bool = False) -> str:
    if written.literal:
        return f"{{text: {yaml_text(written.source, flow=True)}}}"
    return yaml_text(written.source, flow=flow)


def _block_lines(reply: NewReply) -> list[str]:
    lines: list[str] = []
    for key, words in reply.pairs:
        lead = "  " if lines else "- "
        block = None if isinstance(words, tuple) and not isinstance(words, Written) else _block(words)
        if block is not None:
            first, *more = block
            lines.extend([f"{lead}{key}: {first}", *more])
        else:
            lines.append(f"{lead}{key}: {_value(words)}")
    return lines


def _block(words: Any) -> list[str] | None:
    block = None if words.literal else yaml_block(words.source, "    ")
    return None if block is None else block.split("\n")


def _value(words: Any, *, flow: bool = False) -> str:
    if isinstance(words, Written):
        return _scalar(words, flow=flow)
    return f"[{', '.join(_scalar(each, flow=True) for each in words)}]"


def _flow_step(reply: NewReply) -> str:
    return f"{{{', '.join(f'{key}: {_value(words, flow=True)}' for key, words in reply.pairs)}}}"
