"""Hold a reply against what a `bot` step expects of it, part by part."""

from __future__ import annotations

from chatsim.scenario.match import TextPattern
from chatsim.scenario.model import BotStep, Line
from chatsim.scenario.words import Value, Values
from chatsim.trace import Reply

_TEXT_PARTS = ("header", "footer", "media", "type", "dest")


def hold_reply(step: BotStep, reply: Reply, values: Values) -> dict[str, Value] | None:
    """Return what was taken out of *reply*, or None where it is not what *step* expects; raise `PatternFailed`."""
    if reply.chat != step.chat:
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
            return "capture-mismatch", "bot: what is to be taken out is not of its type", lines
        return "wrong-text", "bot: the reply says something else", lines
    held = Line("held", step.text.show(values))
    if reply.chat != step.chat:
        lines = (Line("expected", step.chat, "chat"), Line("came", reply.chat, "chat"))
        return "wrong-part", f"bot: the reply went to the chat {reply.chat!r}", (held, *lines)
    for name in _TEXT_PARTS:
        pattern, actual = getattr(step, name), getattr(reply, name)
        if pattern is not None and (actual is None or pattern.match(actual, values) is None):
            came = Line("came", "(none)" if actual is None else actual, name)
            return "wrong-part", f"{name}: the reply has another", (held, *expected_lines(pattern, values, name), came)
    expected = ", ".join(pattern.show(values) for pattern in step.options or ()) or "(none)"
    came = Line("came", ", ".join(option.title for option in reply.options) or "(none)", "options")
    return "wrong-option", "options: the reply offers others", (held, Line("expected", expected, "options"), came)


def expected_lines(pattern: TextPattern, values: Values, label: str = "") -> tuple[Line, ...]:
    """Return a line for each text of which one was expected."""
    return tuple(Line("expected", choice.show(values), label) for choice in pattern.choices())


def names_of(step: BotStep) -> set[str]:
    """Return the names that must have a value before *step* can be held against a reply."""
    patterns = [step.text, *(getattr(step, name) for name in _TEXT_PARTS), *(step.options or ())]
    return {name for pattern in patterns if pattern is not None for name in pattern.names}
