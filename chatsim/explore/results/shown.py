"""An exploration as a person reads it: how far it came, what it reached, what is wrong and the chat that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chatsim.explore.results.result import Exploration, Finding
from chatsim.report.document import Line, Span, labelled, wrap
from chatsim.report.transcript import transcript, turns_before
from chatsim.scenario.durations import show_duration
from chatsim.visible import visible

TURNS_SHOWN = 8
"""How many turns of a witness are shown: the last ones."""
ROWS_SHOWN = 12
"""How many rows one message may take."""
_LABEL_WIDTH = 11

_STOPPED = {
    "max-states": "it met --max-states",
    "max-depth": "it met --max-depth",
    "max-time": "it met --max-time",
    "coverage": "everything that is declared was reached",
    "interrupted": "it was interrupted",
}


def shown(
    result: Exploration, findings: Iterable[Finding], width: int = 80, known: int = 0, *, brief: bool = False
) -> list[Line]:
    """Lay *result* out: a summary, then *findings*, each with its chat.

    Args:
        result: What was found.
        findings: Those of its findings that are to be shown.
        width: How many columns there are.
        known: How many more findings there are, which are in a baseline.
        brief: Whether to leave out how far the search came.
    """
    findings = list(findings)
    blocks = [] if brief else [list(_summary(result, width))]
    blocks += [finding_lines(finding, width) for finding in findings]
    blocks.append(list(_ending(findings, known, is_bounded=result.outcome == "bounded")))
    return [line for block in blocks for line in ((), *block)][1:]


def _summary(result: Exploration, width: int) -> Iterator[Line]:
    """Yield how far the search came, and the figures."""
    yield from labelled("outcome", outcome_words(result), width, "held" if not result.unexpanded else "", _LABEL_WIDTH)
    for label, words in figures(result):
        yield from labelled(label, words, width, "", _LABEL_WIDTH)


def outcome_words(result: Exploration) -> str:
    """Return how far the search came, and why it came no further.

    >>> outcome_words(Exploration("b", "complete", "closed", 12, 0, 60, 0.1, ("a",), (), ()))
    'complete: all 12 snapshots that the letters reach, each tried with every letter'
    """
    if result.outcome == "complete":
        return f"complete: all {result.snapshots:,} snapshots that the letters reach, each tried with every letter"
    if result.outcome == "projected":
        return (
            f"projected: complete where snapshots that differ only in detail count as one ({result.snapshots:,} kept)"
        )
    why = _STOPPED.get(result.stopped, "it stopped")
    return f"bounded: {result.unexpanded:,} of {result.snapshots:,} snapshots were not tried with every letter; {why}"


def figures(result: Exploration) -> Iterator[tuple[str, str]]:
    """Yield what was reached, each figure with its name.

    >>> dict(figures(Exploration("b", "complete", "closed", 2, 0, 500, 2.0, ("a",), (("a", "text", "a"),), ())))
    {'reached': '1 state, 1 transition', 'turns': '500 in 2.0 s (250 a second)'}
    """
    reached = [_count(len(result.states), "state"), _count(len(result.transitions), "transition")]
    if result.pairs:
        reached.append(_count(result.pairs, "pair of transitions", "pairs of transitions"))
    yield "reached", ", ".join(reached)
    if result.guards:
        both = sum(len(set(answers)) > 1 for answers in result.guards.values())
        one_sided = [visible(name) for name, answers in result.guards.items() if len(set(answers)) == 1]
        left = f"; always the same: {_some(one_sided)}" if one_sided else ""
        yield "guards", f"{both} of {len(result.guards)} gave both answers{left}"
    if result.faults:
        yield "faults", f"{_count(result.faults, 'delivery', 'deliveries')} with a fault"
    rate = f" ({result.steps / result.seconds:,.0f} a second)" if result.seconds > 0 else ""
    seconds = f"{result.seconds:.1f} s" if result.seconds < 60 else show_duration(round(result.seconds))  # noqa: PLR2004
    yield "turns", f"{result.steps:,} in {seconds}{rate}"


def finding_lines(finding: Finding, width: int = 80) -> list[Line]:
    """Lay *finding* out: what is wrong, and the shortest chat that shows it."""
    is_error = finding.severity == "error" and not finding.inconclusive
    grade = "inconclusive" if finding.inconclusive else finding.severity
    where = f" in {visible(finding.state)!r}" if finding.state else ""
    mark, style = ("✗ ", "failure") if is_error else ("! ", "name")
    lines: list[Line] = [(Span(mark, style), Span(f"{finding.kind}{where}", style), Span(f"  {grade}", "dim"))]
    lines += [(Span(f"  {part}"),) for text in visible(finding.message).split("\n") for part in wrap(text, width - 2)]
    turns = finding.witness.turns
    if len(turns) > TURNS_SHOWN:
        lines.append(turns_before(len(turns) - TURNS_SHOWN))
    return lines + transcript(turns[-TURNS_SHOWN:], width, most=ROWS_SHOWN)


def _ending(findings: list[Finding], known: int, *, is_bounded: bool) -> Iterator[Line]:
    errors = sum(finding.severity == "error" and not finding.inconclusive for finding in findings)
    warnings = len(findings) - errors
    counts = [_count(errors, "error")] * bool(errors) + [_count(warnings, "warning")] * bool(warnings)
    told = f"; {known} known, in the baseline" if known else ""
    if errors:
        yield (Span(f"✗ {', '.join(counts)}{told}", "failure"),)
    elif warnings:
        yield (Span(f"! {', '.join(counts)}{told}", "name"),)
    else:
        new, so_far = " that is new" if known else "", ", as far as the search came" if is_bounded else ""
        yield (Span(f"✓ nothing is wrong{new}{so_far}{told}", "held"),)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def _some(names: list[str], most: int = 5) -> str:
    left = len(names) - most
    return ", ".join(names[:most]) + (f" and {left} more" if left > 0 else "")
