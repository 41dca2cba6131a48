"""Hold a reply against what a `bot` step expects of it, part by part."""

from __future__ import annotations

from chatsim.scenario.align import align
from chatsim.scenario.model import BotStep
from chatsim.scenario.search import FORMS
from chatsim.scenario.text_pattern import TextPattern
from chatsim.scenario.verdict import Line
from chatsim.scenario.words import Value, Values
from chatsim.trace import Option, Reply

_TEXT_PARTS = ("header", "footer", "media", "type", "dest")


def hold_reply(step: BotStep, reply: Reply, values: Values) -> dict[str, Value] | None:
    """Return what was taken out of *reply*, or None where it is not what *step* expects; raise `PatternFailed`."""
    if not _is_to(step, reply):
        return None
    taken = step.text.match(reply.text, values)
    if taken is None:
        return None
    for pattern, actual in _named_parts(step, reply):
        found = None if actual is None else pattern.match(actual, values)
        if found is None:
            return None
        taken.update(found)
    return _hold_options(step, reply, values, taken)


def _is_to(step: BotStep, reply: Reply) -> bool:
    return reply.chat == step.chat or (step.own_chat != "" and reply.chat == step.own_chat)


def _hold_options(step: BotStep, reply: Reply, values: Values, taken: dict[str, Value]) -> dict[str, Value] | None:
    if step.options is None:
        return taken
    if len(step.options) != len(reply.options):
        return None
    for pattern, option in zip(step.options, reply.options, strict=True):
        found = pattern.match(option.title, values)
        if found is None:
            return None
        taken.update(found)
    return taken


def _named_parts(step: BotStep, reply: Reply) -> list[tuple[TextPattern, str | None]]:
    return [(pattern, getattr(reply, name)) for name in _TEXT_PARTS if (pattern := getattr(step, name)) is not None]


def differing_parts(step: BotStep, reply: Reply, values: Values) -> tuple[str, str, tuple[Line, ...]]:
    """Return the kind of mismatch, a headline, and the lines for the first part of *reply* that is not as expected."""
    if step.text.match(reply.text, values) is None:
        lines = (*expected_lines(step.text, values), Line("came", reply.text))
        if step.text.captures and step.text.loosely(reply.text, values):
            return _not_of_its_type(step.text, reply.text, values, lines)
        return "wrong-text", "bot: the reply says something else", lines
    held = Line("held", step.text.show(values))
    if not _is_to(step, reply):
        lines = (Line("expected", step.chat, "chat"), Line("came", reply.chat, "chat"))
        return "wrong-part", f"bot: the reply went to the chat {reply.chat!r}", (held, *lines)
    for name in _TEXT_PARTS:
        pattern, actual = getattr(step, name), getattr(reply, name)
        if pattern is not None and (actual is None or pattern.match(actual, values) is None):
            came = Line("came", "(none)" if actual is None else actual, name)
            return "wrong-part", f"{name}: the reply has another", (held, *expected_lines(pattern, values, name), came)
    headline, lines = _other_options(step.options or (), reply.options, values)
    return "wrong-option", headline, (held, *lines)


def _not_of_its_type(
    text: TextPattern, said: str, values: Values, lines: tuple[Line, ...]
) -> tuple[str, str, tuple[Line, ...]]:
    """Say which capture stands for what is not of its type."""
    places = next((found for choice in text.choices() if (found := choice.misfits(said, values))), ())
    for capture, words in places:
        label = f"${{{capture.name}}}"
        lines = (*lines, Line("expected", FORMS[capture.type], label), Line("came", words, label))
    what = " and ".join(f"{words!r} is no {capture.type}" for capture, words in places)
    return "capture-mismatch", f"bot: {what or 'what is to be taken out is not of its type'}", lines


def _other_options(
    expected: tuple[TextPattern, ...], offered: tuple[Option, ...], values: Values
) -> tuple[str, tuple[Line, ...]]:
    """Say which options are missing, which are too many, and which stand elsewhere."""
    pairs = align(
        len(expected), len(offered), lambda one, other: expected[one].match(offered[other].title, values) is not None
    )
    lines: list[Line] = []
    for one, other in pairs:
        if one is None or other is None:
            lines.append(
                Line("expected", expected[one].show(values), "options")
                if one is not None
                else Line("came", offered[other or 0].title, "options")
            )
        else:
            lines.append(Line("held", offered[other].title, "options"))
    missing, more = [one for one, other in pairs if other is None], [other for one, other in pairs if one is None]
    left = [offered[place or 0].title for place in more]
    moved = [any(expected[place or 0].match(title, values) is not None for title in left) for place in missing]
    if moved and all(moved) and len(missing) == len(more):
        return "options: the reply offers them in another order", tuple(lines)
    if not offered:
        return "options: the reply offers none", tuple(lines)
    parts = [f"{len(missing)} missing"] if missing else []
    parts += [f"{len(more)} that no step expected"] if more else []
    return f"options: {' and '.join(parts)}", tuple(lines)


def expected_lines(pattern: TextPattern, values: Values, label: str = "") -> tuple[Line, ...]:
    """Return a line for each text of which one was expected."""
    return tuple(Line("expected", choice.show(values), label) for choice in pattern.choices())


def names_of(step: BotStep) -> set[str]:
    """Return the names that must have a value before *step* can be held against a reply."""
    patterns = [step.text, *(getattr(step, name) for name in _TEXT_PARTS), *(step.options or ())]
    return {name for pattern in patterns if pattern is not None for name in pattern.names}
