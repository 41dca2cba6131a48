"""What a scenario says about itself to a suite, as pytest's own marks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatsim.errors import Problem
from chatsim.scenario.model import NO_MARKS, Marks, ScenarioCase, Xfail

RESERVED = frozenset({"filterwarnings", "parametrize", "skip", "skipif", "usefixtures", "xfail"})
"""Marks that mean something to pytest itself."""

_REGISTERED = pytest.StashKey[set[str]]()


def problems_with_tags(cases: tuple[ScenarioCase, ...]) -> Iterator[Problem]:
    """Yield what pytest cannot take for a mark of its own."""
    for case in cases:
        for tag in case.marks.tags:
            if tag in RESERVED:
                cure = f"write `{tag}: why`, or call it otherwise" if tag in {"skip", "xfail"} else "call it otherwise"
                yield Problem(*case.position, f"the tag {tag!r} is a mark of pytest's own", cure)
            elif tag.startswith("_"):
                yield Problem(*case.position, f"the tag {tag!r} begins with _, and no mark does", "call it otherwise")


def mark(item: pytest.Item, marks: Marks) -> None:
    """Give *item* the marks that stand for *marks*.

    An `xfail` that names the error is left to `mark_failure`: what was raised is known only when it was.
    """
    if marks is NO_MARKS:
        return
    for tag in marks.tags:
        _register(item.config, tag)
        item.add_marker(tag)
    if marks.skip is not None:
        item.add_marker(pytest.mark.skip(reason=marks.skip))
    if marks.fixtures:
        item.add_marker(pytest.mark.usefixtures(*marks.fixtures))
    if marks.xfail is not None and marks.xfail.raises is None:
        item.add_marker(_xfail(marks.xfail))


def mark_failure(item: pytest.Item, xfail: Xfail | None) -> None:
    """Let what comes of *item* now count as what *xfail* foresaw."""
    if xfail is not None and xfail.raises is not None:
        item.add_marker(_xfail(xfail))


def _xfail(xfail: Xfail) -> pytest.MarkDecorator:
    if xfail.strict is None:
        return pytest.mark.xfail(reason=xfail.reason)
    return pytest.mark.xfail(reason=xfail.reason, strict=xfail.strict)


def _register(config: pytest.Config, tag: str) -> None:
    """Make *tag* known to pytest, unless the project has done so itself."""
    known = config.stash.get(_REGISTERED, None)
    if known is None:
        lines = config.getini("markers")
        known = config.stash[_REGISTERED] = {line.partition(":")[0].partition("(")[0].strip() for line in lines}
    if tag not in known:
        known.add(tag)
        config.addinivalue_line("markers", f"{tag}: a tag of scenarios")
