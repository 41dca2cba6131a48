"""What was rewritten in scenario files, as a unified diff, and what could not be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff

from chatsim.report.document import Line, Span
from chatsim.scenario.update.update import FileUpdate
from chatsim.visible import visible

_STYLES = {"+": "held", "-": "came", "@": "dim"}


def update_report(updates: Sequence[FileUpdate]) -> list[Line]:
    r"""Lay out the differences of the files that were rewritten, and why others were left as they are.

    >>> from chatsim.report.document import plain
    >>> print(plain(update_report([FileUpdate("a.chat.yaml", "- bot: Hi\n", "- bot: Ho\n", 1)])))
    --- a.chat.yaml
    +++ a.chat.yaml
    @@ -1 +1 @@
    -- bot: Hi
    +- bot: Ho
    <BLANKLINE>
    ✓ 1 expectation in 1 file updated
    """
    lines: list[Line] = []
    for update in updates:
        body = [*_difference(update), *_reasons(update)]
        lines.extend([*body, ()] if body else [])
    return [*lines, summary(updates)]


def summary(updates: Sequence[FileUpdate]) -> Line:
    """Return the line that says how many expectations in how many files were updated.

    >>> summary([])[0].text
    '✓ nothing to update'
    """
    updated = [update for update in updates if update.updated]
    left = [update for update in updates if update.reasons]
    done = f"{_many(sum(update.expectations for update in updated), 'expectation')} in {_many(len(updated), 'file')} updated"
    words = [done] if updated else []
    words += [f"{_many(len(left), 'file')} left as {'it is' if len(left) == 1 else 'they are'}"] if left else []
    text = ", ".join(words) or "nothing to update"
    return (Span(f"{'✗' if left else '✓'} {text}", "failure" if left else "held"),)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _difference(update: FileUpdate) -> Iterator[Line]:
    if not update.updated:
        return
    name = visible(update.name)
    difference = unified_diff(_lines(update.before), _lines(update.after), name, name, lineterm="")
    for number, line in enumerate(difference):
        style = "place" if number < 2 else _STYLES.get(line[:1], "")  # noqa: PLR2004 - the two lines that name the file
        yield (Span(visible(line), style),)


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")


def _reasons(update: FileUpdate) -> Iterator[Line]:
    for problem in update.reasons:
        place = f"{problem.file}:{problem.line}" if problem.line else problem.file
        first, *rest = visible(f"{problem.what}\n{problem.cure}".rstrip()).split("\n")
        yield (Span(f"{visible(place)}: ", "place"), Span("not updated: ", "failure"), Span(first))
        yield from ((Span(f"    {line}", "dim"),) for line in rest)


def all_updated(updates: Iterable[FileUpdate]) -> bool:
    """Say whether nothing stood in the way of any update."""
    return not any(update.reasons for update in updates)
