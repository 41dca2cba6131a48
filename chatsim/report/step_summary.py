"""What a run came to, in Markdown, for the page that GitHub Actions shows of a job."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from chatsim.report.document import plain
from chatsim.report.failure import failure_report
from chatsim.report.results import RunResult
from chatsim.visible import visible

VARIABLE = "GITHUB_STEP_SUMMARY"
"""The environment variable with the file that GitHub Actions reads."""

MOST_SHOWN = 20
LONGEST = 20_000
"""How many failures are shown, and how many characters of one: GitHub takes 1 MiB of a step, and nothing of more."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+.!|~<>&@:$-])")
_FENCES = re.compile(r"`{3,}")


class FailureText(NamedTuple):
    """A test that failed: its name, and the report on it as text."""

    name: str
    text: str


def step_summary(counts: Mapping[str, int], failures: Sequence[FailureText], *, title: str = "chatsim") -> str:
    r"""Return a table of *counts*, those of 0 left out, and below it each failure in a block of its own.

    >>> print(step_summary({"passed": 2, "failed": 1, "skipped": 0}, [FailureText("a.chat.yaml::hi", "✗ no reply")]))
    ### chatsim
    <BLANKLINE>
    | passed | failed |
    | ---: | ---: |
    | 2 | 1 |
    <BLANKLINE>
    #### ✗ a\.chat\.yaml\:\:hi
    <BLANKLINE>
    ```text
    ✗ no reply
    ```
    <BLANKLINE>
    """
    shown = {name: count for name, count in counts.items() if count} or {"run": 0}
    parts = [
        f"### {escaped(title)}",
        "\n".join(
            [
                f"| {' | '.join(map(escaped, shown))} |",
                f"| {' | '.join('---:' for _ in shown)} |",
                f"| {' | '.join(map(str, shown.values()))} |",
            ]
        ),
    ]
    for failure in failures[:MOST_SHOWN]:
        parts += [f"#### ✗ {escaped(failure.name)}", fenced(failure.text)]
    if len(failures) > MOST_SHOWN:
        parts.append(f"… and {len(failures) - MOST_SHOWN} more")
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    r"""Return *text* so that Markdown takes nothing in it for its own, on one line.

    >>> print(escaped("<b>order</b> | *a*"))
    \<b\>order\</b\> \| \*a\*
    """
    return _SPECIAL.sub(r"\\\1", " ".join(visible(text).split()))


def fenced(text: str) -> str:
    """Return *text* as a block of code, with a fence that is longer than any in it."""
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}\n… {len(text) - LONGEST:,} characters more"
    longest = max((len(fence) for fence in _FENCES.findall(shown)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}text\n{shown}\n{fence}"


def summary_of(result: RunResult) -> str:
    """Return the summary of a run of ``chatsim run``."""
    counts = {name: result.count(name) for name in ("passed", "failed", "skipped", "xfailed", "xpassed")}
    failures = [
        FailureText(f"{case.verdict.case.file}::{case.verdict.case.id}", plain(failure_report(case.verdict)))
        for case in result.cases()
        if case.verdict.failed
    ]
    broken = [FailureText(problem.file or "chatsim", str(problem)) for problem in result.errors]
    return step_summary({**counts, "errors": len(broken), "not run": result.left}, [*failures, *broken])


def append_step_summary(text: str) -> None:
    """Add *text* to the page of the job; outside of GitHub Actions, and where the file cannot be written, do nothing."""
    path = os.environ.get(VARIABLE)
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8", errors="replace") as file:
            file.write(f"{text}\n")
    except OSError:
        return  # a page that cannot be written is no reason for a run to fail
