"""What ``chatsim explore`` does: search, show, write the result and the witnesses, and answer with an exit code."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

import msgspec

from chatsim.bots.loading import load_object
from chatsim.cli.bot_names import credentials_of, place_of
from chatsim.cli.capture import Capture
from chatsim.errors import SetupError, did_you_mean
from chatsim.explore.api import explore
from chatsim.explore.given.inputs import read_inputs
from chatsim.explore.given.property_file import read_properties
from chatsim.explore.results.baseline import new_findings, read_baseline
from chatsim.explore.results.result import Exploration, Finding
from chatsim.explore.results.shown import shown
from chatsim.explore.results.witnesses import Home, write_witnesses
from chatsim.explore.sources.scenarios import cases_for, mocks_of
from chatsim.explore.walk.search import Search
from chatsim.kinds import KINDS
from chatsim.report.document import Line
from chatsim.report.failure import quoted
from chatsim.report.paint import AnyConsole, PlainConsole, console_for, line_of, paint, width_of
from chatsim.visible import visible

if TYPE_CHECKING:
    from rich.status import Status

FAILED, INTERRUPTED = 1, 130


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for."""

    bot: str
    max_states: int | None = None
    max_depth: int | None = None
    max_time: float | None = None
    inputs: Path | None = None
    properties: Path | None = None
    only_inputs: bool = False
    projection: str = "buckets"
    faults: bool = True
    off: tuple[str, ...] = ()
    error: tuple[str, ...] = ()
    strict: bool = False
    json_file: Path | None = None
    page: Path | None = None
    witnesses: Path | None = None
    baseline: Path | None = None
    credentials: tuple[str, ...] = ()
    seed: int = 0
    quiet: bool = False
    coverage: bool = False


def explore_bot(wish: Wish) -> int:
    """Search the bot of *wish*, and show and write what was found; return the exit code.  Raises `SetupError`."""
    known = frozenset() if wish.baseline is None else read_baseline(wish.baseline)
    severity = _ruling(wish)
    folder, reference = place_of(wish.bot)
    inputs = () if wish.inputs is None else read_inputs(wish.inputs)
    properties = () if wish.properties is None else read_properties(wish.properties)
    if wish.only_inputs and not inputs:
        raise SetupError("--only-inputs needs --inputs FILE, which says what to try")
    with Capture() as capture:
        console = console_for(capture.screen)
        with capture.capturing(), Progress(console, quiet=wish.quiet) as progress:
            result = explore(
                reference,
                alphabet=inputs if wish.only_inputs else None,
                inputs=inputs,
                properties=properties,
                severity=severity,
                strict=wish.strict,
                faults=wish.faults,
                projection=_projection(wish.projection, folder),
                max_states=wish.max_states,
                max_depth=wish.max_depth,
                max_time=wish.max_time,
                folder=folder,
                credentials=credentials_of(wish.credentials),
                seed=wish.seed,
                progress=progress,
            )
        new = new_findings(result.findings, known)
        if str(wish.json_file) == "-":  # that is the only output then
            capture.screen.write(_json(result).decode())
            console = console_for(sys.stderr)
        else:
            known_ones = len(result.findings) - len(new)
            paint(console, shown(result, new, width_of(console), known_ones, brief=wish.quiet))
            if wish.json_file is not None:
                _write("--json", wish.json_file, _json(result))
        if wish.coverage:
            from chatsim.cli.explored import keep_coverage  # noqa: PLC0415 - only for those who measure

            with capture.capturing():
                line = keep_coverage(result, reference, folder, credentials_of(wish.credentials))
            paint(console, [line])
        if wish.page is not None:
            from chatsim.cli.graph_page import explored_page  # noqa: PLC0415 - only for those who want the page

            with capture.capturing():  # the shortest chats are held once more
                text = explored_page(result, wish.bot, folder, reference, credentials_of(wish.credentials))
            _write("--html", wish.page, text.encode())
        if wish.witnesses is not None:
            mocks = tuple(mocks_of(cases_for(reference, folder)))
            home = Home(reference, folder, credentials_of(wish.credentials), mocks)
            paint(console, _saved(*write_witnesses(new, wish.witnesses, home), wish.witnesses))
    return exit_code(result, new, strict=wish.strict)


def exit_code(result: Exploration, findings: tuple[Finding, ...], *, strict: bool = False) -> int:
    """Return 1 when there is an error among *findings* (with *strict*, anything), 130 when interrupted, else 0."""
    if any(strict or (found.severity == "error" and not found.inconclusive) for found in findings):
        return FAILED
    return INTERRUPTED if result.stopped == "interrupted" else 0


class Progress:
    """Says at a terminal how a search goes: turns, their rate, snapshots, and how many wait."""

    def __init__(self, console: AnyConsole, *, quiet: bool = False) -> None:
        self._status: Status | None = None
        if not isinstance(console, PlainConsole) and console.is_terminal and not quiet:
            self._status = console.status("exploring …", spinner_style="dim")

    def __enter__(self) -> Self:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._status is not None:
            self._status.stop()

    def __call__(self, search: Search) -> None:
        """Show where *search* is."""
        if self._status is not None:
            rate = search.steps / search.seconds if search.seconds else 0
            self._status.update(
                f"exploring: {search.steps:,} turns ({rate:,.0f} a second), {len(search.nodes):,} snapshots, "
                f"{search.frontier:,} wait, {len(search.found)} findings"
            )


def _saved(files: list[Path], notes: list[str], folder: Path) -> list[Line]:
    """Say what was written, and how to run it."""
    lines = [line_of((f"  not written: {visible(note)}", "dim")) for note in notes]
    if files:
        count = f"{len(files)} scenario{'s' if len(files) > 1 else ''} that fail{'' if len(files) > 1 else 's'}"
        lines.append(
            line_of(f"  {count}, in {visible(str(folder))}: ", (f"chatsim run {quoted(str(folder))}", "again"))
        )
    return lines


def _ruling(wish: Wish) -> dict[str, Literal["error", "warning", "off"]]:
    ruling: dict[str, Literal["error", "warning", "off"]] = dict.fromkeys(wish.error, "error")
    ruling |= dict.fromkeys(wish.off, "off")
    for kind in ruling:
        if kind not in KINDS:
            raise SetupError(f"there is no kind of finding {kind!r}. {did_you_mean(kind, KINDS)}")
    return ruling


def _projection(written: str, folder: Path) -> Any:
    if ":" not in written:
        return written
    _, function = load_object(written, folder)
    if not callable(function):
        raise SetupError(f"--projection {written}: this is no function of a snapshot, but a {type(function).__name__}")
    return function


def _json(result: Exploration) -> bytes:
    return msgspec.json.format(msgspec.json.encode(result.for_json()), indent=2) + b"\n"


def _write(option: str, path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise SetupError(f"{option} {path}: cannot be written: {error.strerror or error}") from None
