"""Write findings as scenarios, each of which fails for what it shows, until the bot is mended."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from chatsim.delivery.oracle import KINDS_OF
from chatsim.delivery.turns import by_step
from chatsim.errors import SetupError
from chatsim.explore.play.patience import LONGEST, DidNotReturn
from chatsim.explore.results.result import Finding
from chatsim.kinds import DELIVERED, NEVER, RAISED
from chatsim.scenario.write import write_scenario
from chatsim.scenario.write_mocks import mock_lines
from chatsim.trace import JsonObject
from chatsim.visible import visible
from chatsim.world.functions import FunctionMock
from chatsim.world.mocks import Mock

ENDING = ".chat.yaml"
_unnamed = re.compile(r"[^\w.-]+")
_LAST = "  - anything\n"


@dataclass(frozen=True, slots=True)
class Home:
    """What the scenarios say of the bot: its reference from *folder*, credentials, and what answers its calls."""

    reference: str
    folder: Path
    credentials: JsonObject
    mocks: tuple[Mock | FunctionMock, ...] = ()

    def seen_from(self, folder: Path) -> str:
        """Return the reference as a file in *folder* has to write it."""
        here, there = folder.resolve(), self.folder.resolve()
        if here == there:
            return self.reference
        try:
            path = os.path.relpath(there, here)
        except ValueError:  # another drive
            path = str(there)
        leads_out = path.startswith("..")
        return f"{path if leads_out else there}/{self.reference}".replace(os.sep, "/")


def write_witnesses(findings: Iterable[Finding], folder: Path, home: Home) -> tuple[list[Path], list[str]]:
    """Write each of *findings* that a conversation shows into a file in *folder*, which is made for the first of them.

    Returns the files, and a line for each finding that no scenario can show.  Raises `SetupError` where nothing can be
    written.
    """
    files: dict[Path, str | bytes] = {}
    notes = []
    for finding in findings:
        if not finding.witness.turns:
            notes.append(f"{_title(finding)}: no conversation shows this")
            continue
        if not _fails_by_itself(finding) and not _is_of_delivery(finding) and finding.kind not in NEVER:
            notes.append(f"{_title(finding)}: a scenario has no words for it; a test in Python has")
            continue
        path = next(path for path in _paths(folder, finding) if path not in files)
        try:
            text, beside = _scenario(finding, path, home)
        except SetupError as error:
            notes.append(f"{_title(finding)}: {error}")
            continue
        files[path] = text
        files.update({folder / name: data for name, data in beside.items()})
    _write(folder, files)
    return [path for path in files if path.name.endswith(ENDING)], notes


def _scenario(finding: Finding, path: Path, home: Home) -> tuple[str, Mapping[str, bytes]]:
    """Return *finding* as the text of a file, and the files that belong beside it.

    What the bot says on the way is of no interest, and may be another thing once it is mended.
    """
    last = len(by_step(finding.witness.turns)) - 1
    written = write_scenario(
        finding.witness,
        bot=home.seen_from(path.parent),
        title=_title(finding),
        credentials=home.credentials,
        never={last: finding.kind} if _is_of_delivery(finding) else None,
        anything=True,
        open_=False,
        existing=lambda name: _bytes_of(path.parent / name),
    )
    text = written.text
    if not _fails_by_itself(finding) and not _is_of_delivery(finding):
        text = f"{text.removesuffix(_LAST)}  - never: {finding.kind}\n"
    head, _, rest = with_mocks(text, finding.mocks or home.mocks).partition("scenarios:\n")
    told = "".join(f"# {visible(line)}\n" for line in finding.message.splitlines())
    limit = f"defaults: {{timeout: {LONGEST:g}s}}\n" if _never_returns(finding) else ""
    return f"{told}{head}{limit}scenarios:\n{rest}", written.files


def with_mocks(text: str, mocks: Iterable[Mock | FunctionMock]) -> str:
    """Return the file *text* with *mocks* before its scenarios."""
    head, scenarios, rest = text.partition("scenarios:\n")
    return head + "".join(f"{line}\n" for line in mock_lines(mocks)) + scenarios + rest


def _never_returns(finding: Finding) -> bool:
    error = finding.witness.turns[-1].error
    return error is not None and error.type == DidNotReturn.__name__


def _fails_by_itself(finding: Finding) -> bool:
    """Say whether a scenario that says what leads to *finding* fails without asking for anything."""
    return finding.kind in RAISED or finding.witness.turns[-1].error is not None


def _is_of_delivery(finding: Finding) -> bool:
    """Say whether *finding* is what the bot makes of how the last event arrives."""
    delivery = finding.witness.turns[-1].delivery
    return finding.kind in DELIVERED or (delivery is not None and finding.kind in KINDS_OF.get(delivery.fault.kind, ()))


def _title(finding: Finding) -> str:
    return f"{finding.kind} in {finding.state}" if finding.state else finding.kind


def _paths(folder: Path, finding: Finding) -> Iterator[Path]:
    stem = _unnamed.sub("-", f"{finding.kind}-{finding.state}" if finding.state else finding.kind).strip("-")[:80]
    yield folder / f"{stem}{ENDING}"
    number = 2
    while True:
        yield folder / f"{stem}-{number}{ENDING}"
        number += 1


def _bytes_of(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _write(folder: Path, files: Mapping[Path, str | bytes]) -> None:
    if not files:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise SetupError(f"{folder}: cannot be written: {error.strerror or error}") from None
