"""Compare two versions that the command line names, and write down what differs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from chatsim.bots.revisions import at_revision, split_revision
from chatsim.cli.bot_names import place_of
from chatsim.compare.compare import compare
from chatsim.compare.result import Comparison, Difference
from chatsim.errors import SetupError
from chatsim.explore.results.witnesses import Home, with_mocks
from chatsim.explore.sources.scenarios import cases_for, mocks_of
from chatsim.recording.journal import read_journal, traces_of
from chatsim.report.difference import comparison as words_compared
from chatsim.report.document import Line, labelled
from chatsim.report.paint import console_for, line_of, paint, width_of
from chatsim.report.transcript import reply_words, transcript
from chatsim.scenario.verdict import Line as Compared
from chatsim.scenario.write import write_scenario
from chatsim.scenario.write_yaml import yaml_data
from chatsim.stage import Stage
from chatsim.trace import Call, JsonObject, Trace, Turn
from chatsim.visible import visible

INTERRUPTED = 130

_MOST_ROWS = 6
_MOST_STATES = 4
_MOST_VARIABLES = 5
_STOPPED = {
    "closed": "",
    "max-states": "stopped at --max-states",
    "max-depth": "no deeper than --max-depth",
    "max-time": "stopped at --max-time",
    "interrupted": "interrupted",
    "coverage": "",
}


class Limits(NamedTuple):
    """How far to search."""

    states: int | None = None
    depth: int | None = None
    seconds: float | None = None


def compare_versions(
    old: str,
    new: str,
    recorded: Sequence[Path] = (),
    limits: Limits | None = None,
    *,
    restore: bool = False,
    credentials: JsonObject | None = None,
) -> Comparison:
    """Return the comparison of what *old* and *new* name, each ``module:object``, with a git revision in front or not.

    Raises `SetupError` where a version cannot be loaded, or a file of recorded turns not be read.
    """
    limits = limits or Limits()
    traces = [trace for path in recorded for trace in _traces_in(path)] if recorded else None
    with ExitStack() as stack:
        before, now = _version(old, stack, credentials), _version(new, stack, credentials)
        return compare(
            before.stage,
            now.stage,
            names=(old, new),
            restore=restore,
            traces=traces,
            mocks=mocks_of(cases_for(now.reference, now.folder)),
            max_states=limits.states,
            max_depth=limits.depth,
            max_time=limits.seconds,
        )


def exit_code(comparison: Comparison) -> int:
    """Return 1 when there is a difference, 130 when the comparison was interrupted before it found one, else 0."""
    if comparison.differences:
        return 1
    return INTERRUPTED if comparison.stopped == "interrupted" else 0


class _Version(NamedTuple):
    stage: Stage
    reference: str
    folder: Path


def _version(target: str, stack: ExitStack, credentials: JsonObject | None) -> _Version:
    """Return the bot that *target* names, loaded; what it needs is given back when *stack* is left."""
    revision, named = split_revision(target)
    folder, reference = place_of(named)
    if revision:
        folder = Path(stack.enter_context(at_revision(revision, folder)).folder)
    stage = Stage.of(reference, folder, credentials, own_modules=True)
    stack.callback(stage.close)
    return _Version(stage, reference, folder)


def _traces_in(path: Path) -> list[Trace]:
    try:
        turns, problems = read_journal(path)
    except OSError as error:
        raise SetupError(f"cannot read {path}: {error.strerror}") from None
    if not turns:
        raise SetupError(f"{path} holds no recorded turns{f': {problems[0].what}' if problems else ''}")
    return [trace for traces in traces_of(turns).values() for trace in traces]


# ---------------------------------------------------------------- scenarios


def save_witnesses(comparison: Comparison, folder: Path) -> dict[int, Path]:
    """Write each difference that a scenario has words for into *folder*, and return the files by its number.

    They name the new version, say what the old one did, and so fail until the two agree.  Raises `OSError`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place, name = place_of(split_revision(comparison.new)[1])
    bot = Home(name, place, {}).seen_from(folder)
    saved = {}
    for number, difference in enumerate(comparison.differences):
        try:
            recording = write_scenario(difference.old, bot=bot, title=_title(difference), open_=False)
        except SetupError:
            continue
        path = folder / f"{number + 1:02}-{_slug(difference)}.chat.yaml"
        text = with_mocks(recording.text, difference.mocks)
        path.write_text(text + "".join(_expectations(difference)), "utf-8")
        for name, data in recording.files.items():
            (folder / name).write_bytes(data)
        saved[number] = path
    return saved


def _title(difference: Difference) -> str:
    return f"{', '.join(difference.aspects)} in {difference.state} as before"


def _slug(difference: Difference) -> str:
    return re.sub(r"[^\w]+", "-", f"{difference.state} {difference.aspects[0]}").strip("-").lower()


def _expectations(difference: Difference) -> Iterator[str]:
    """Yield the steps that ask for what is not said: the state, and the variables that differ."""
    old, _ = difference.turns
    if {"path", "waits"} & set(difference.aspects) and old.error is None and old.state is not None:
        yield f"  - state: {yaml_data(old.state)}\n"
    context = old.chat_state.context
    names = {name.partition(".")[0] for name in difference.variables}
    kept = {name: context[name] for name in sorted(names) if name in context}
    if kept:
        yield f"  - vars: {yaml_data(kept)}\n"


# ---------------------------------------------------------------- for people


def write_comparison(
    comparison: Comparison, json_file: Path | None, most: int, saved: Mapping[int, Path] | None = None
) -> None:
    """Write *comparison* for people to standard output, and as JSON to *json_file*, which ``-`` makes the only output.

    *most* is how many differences are shown as conversations; *saved* are the scenarios made of them.  Raises `OSError`.
    """
    text = json.dumps(comparison.for_json(), indent=2, ensure_ascii=False) + "\n"
    if str(json_file) == "-":
        sys.stdout.write(text)
        return
    if json_file is not None:
        json_file.write_text(text, "utf-8")
    console = console_for(sys.stdout)
    paint(console, comparison_lines(comparison, width_of(console), most, saved or {}))


def comparison_lines(
    comparison: Comparison, width: int, most: int, saved: Mapping[int, Path] | None = None
) -> Iterator[Line]:
    """Yield *comparison* as lines: each difference as a conversation, and at the end how much was compared."""
    for number, difference in islice(enumerate(comparison.differences), most):
        yield from _difference_lines(difference, width)
        if saved and number in saved:
            yield from labelled("saved", str(saved[number]), width)
        yield ()
    hidden = len(comparison.differences) - most
    if hidden > 0 and most:
        yield line_of((f"… {hidden} more, with --show {len(comparison.differences)}", "dim"))
        yield ()
    yield _summary(comparison)


def _summary(comparison: Comparison) -> Line:
    walked = f"{comparison.snapshots} snapshots, {comparison.steps} turns, {comparison.seconds:.1f} s"
    how = ", ".join(part for part in (comparison.outcome, _STOPPED[comparison.stopped]) if part)
    count = len(comparison.differences)
    verb = "lost" if comparison.restored else "different"
    found = (
        (f"{count} conversation{'s' if count != 1 else ''} {verb}", "failure")
        if count
        else ("nothing is lost" if comparison.restored else "no difference", "held")
    )
    return line_of(found, (f"  {visible(comparison.old)} → {visible(comparison.new)}: {walked} ({how})", "dim"))


def _difference_lines(difference: Difference, width: int) -> Iterator[Line]:
    old, new = difference.turns
    yield line_of(
        ("✗ ", "failure"),
        (f"in {visible(difference.state)}", "place"),
        f": {', '.join(difference.aspects)}{_seen(difference)}",
    )
    yield from transcript(
        [*difference.old.turns[:-1], Turn(event=old.event, snapshot=old.snapshot)], width, most=_MOST_ROWS
    )
    if {"replies", "calls"} & set(difference.aspects):
        yield from words_compared(list(_said(old, new)), width)
    for label, before, after in _facts(difference):
        yield from labelled(label, f"{before} became {after}", width)


def _seen(difference: Difference) -> str:
    if difference.times == 1:
        return ""
    states = [state for state in difference.states if state != difference.state]
    more = ", ".join(states[:_MOST_STATES]) + (", …" if len(states) > _MOST_STATES else "")
    also = f"; also in {visible(more)}" if states else ""
    return f" (in {difference.times} conversations{also})"


def _said(old: Turn, new: Turn) -> Iterator[Compared]:
    """Yield what was said before and now, without what was said in both."""
    before, after = _words(old), _words(new)
    for text in before:
        if text in after:
            after.remove(text)
        else:
            yield Compared("expected", text)
    for text in after:
        yield Compared("came", text)


def _words(turn: Turn) -> list[str]:
    calls = [f"{effect.method} {effect.url}" for effect in turn.effects if isinstance(effect, Call)]
    return [*(reply_words(reply) for reply in turn.replies), *calls]


def _facts(difference: Difference) -> Iterator[tuple[str, str, str]]:
    """Yield what differs beside the words: what it is, as it was, as it is now."""
    old, new = difference.turns
    if "error" in difference.aspects:
        yield "error", _error(old), _error(new)
    if "path" in difference.aspects:
        before, after = difference.paths
        yield "path", " → ".join(before) or "nowhere", " → ".join(after) or "nowhere"
    elif "waits" in difference.aspects:
        yield "waits", f"{old.waits} in {old.state}", f"{new.waits} in {new.state}"
    names = difference.variables
    for name in names[:_MOST_VARIABLES]:
        yield "vars", f"{name} {_value(old.chat_state.context, name)}", _value(new.chat_state.context, name)
    if len(names) > _MOST_VARIABLES:
        yield "vars", f"… {len(names) - _MOST_VARIABLES} more", "others"


def _error(turn: Turn) -> str:
    return f"{turn.error.type}: {turn.error.message}" if turn.error is not None else "none"


def _value(context: Any, path: str) -> str:
    for name in path.split("."):
        if not isinstance(context, dict) or name not in context:
            return "(not there)"
        context = context[name]
    return json.dumps(context, ensure_ascii=False)
