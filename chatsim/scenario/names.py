"""Check that every ``${name}`` of a scenario stands for something by the time it is used, in every branch."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from chatsim.scenario.data_match import DataPattern
from chatsim.scenario.fragments import Fragments, Needs, call_of, every_step
from chatsim.scenario.nearest import did_you_mean
from chatsim.scenario.nodes import Source
from chatsim.scenario.phrasings import Phrasings
from chatsim.scenario.readers import ABSENT, BROKEN, Placed
from chatsim.scenario.text_pattern import TextPattern
from chatsim.scenario.uses import UseCall
from chatsim.scenario.words import NAME, DataTemplate, Template
from chatsim.scenario.written import WrittenScenario
from chatsim.scenario.written_base import Written
from chatsim.scenario.written_steps import WrittenFork, WrittenStep, WrittenUse

_capture = re.compile(rf"\$\{{\s*({NAME})\s*:")
_CHECKS = ("state", "vars", "waits")


def check_names(scenario: WrittenScenario, columns: Iterable[str], fragments: Fragments, source: Source) -> None:
    """Note every name in *scenario* that is neither one of *columns* nor taken out of an earlier reply."""
    known = set(columns)
    later = {name for step in every_step(scenario.steps) for name in _taken_in(step, fragments, source)}
    flow = _Flow(
        fragments, source, lambda name, node: source.problem(node, *_undefined(name, known, later, flow.partly))
    )
    if scenario.given is not None:
        flow.check(_parts(scenario.given), known)
    flow.walk(scenario.steps, known)


def needs_of(steps: Sequence[Any], fragments: Fragments, source: Source) -> Needs:
    """Return which names *steps* use without having taken them out, and which they take out for certain."""
    free: dict[str, None] = {}
    known: set[str] = set()
    _FragmentFlow(fragments, source, lambda name, _: free.setdefault(name)).walk(steps, known)
    taken = {name for step in every_step(steps) for name in _taken_in(step, fragments, source)}
    return Needs(tuple(free), frozenset(known), frozenset(taken))


class _Flow:
    """Goes through steps in the order in which they are played, and says which names have no value yet."""

    def __init__(self, fragments: Fragments, source: Source, missing: Callable[[str, yaml.Node], object]) -> None:
        self.fragments = fragments
        self.source = source
        self.missing = missing
        self.partly: dict[str, list[str]] = {}
        """Names that some branches of a fork take out, with the branches that do not."""

    def walk(self, steps: Sequence[Any], known: set[str]) -> None:
        """Go through *steps*; what they take out is added to *known*."""
        for step in steps:
            if isinstance(step, WrittenFork):
                self.fork(step, known)
            elif isinstance(step, WrittenUse):
                self.use(step, known)
            elif isinstance(step, WrittenStep):
                # A reply is matched with the names known before it; what it gives is known to the checks beside it.
                for group in (list(_parts(step)), list(_check_parts(step))):
                    self.check(group, known)
                    known.update(name for part in group for name in _captures(part, self.source))

    def fork(self, step: WrittenFork, known: set[str]) -> None:
        """Go through every branch; after the fork is known what each of them takes out."""
        ends: dict[str, set[str]] = {}
        for name, branch in step.fork.items():
            ends[name] = set(known)
            self.walk(branch.steps, ends[name])
        in_some = set[str]().union(*ends.values())
        known |= in_some.intersection(*ends.values())
        for name in in_some - known:
            self.partly[name] = [branch for branch, end in ends.items() if name not in end]

    def use(self, step: WrittenUse, known: set[str]) -> None:
        """Check what a fragment is given; what it takes out is known after it."""
        call, node = call_of(step), step.use.node
        self.check([step.use], known)
        if call is None or self.fragments.used_by(step) is None:
            return
        needs = needs_of_fragment(call.fragment, self.fragments, self.source)
        for name in call.arguments:
            if name in needs.taken:
                what = f"the fragment {call.fragment!r} takes ${{{name}}} out itself, so it cannot be an argument"
                self.source.problem(node, what, "give one of the two another name")
            elif name not in needs.free:
                what = f"the fragment {call.fragment!r} has no ${{{name}}}"
                self.source.problem(node, what, did_you_mean(name, needs.free, "arguments"))
        for name in needs.free:
            if name not in call.arguments and name not in known:
                if self.is_fragment:
                    self.missing(name, node)
                else:
                    what = f"the fragment {call.fragment!r} needs a value for ${{{name}}}"
                    self.source.problem(node, what, f"write use: {call.fragment}({name}=…)")
        known |= needs.captures

    is_fragment = False

    def check(self, parts: Iterable[Placed[Any]], known: set[str]) -> None:
        """Say which names in *parts* have no value yet."""
        for part in parts:
            for name in _names(part.value):
                if name not in known:
                    self.missing(name, part.node)


class _FragmentFlow(_Flow):
    """Within a fragment, what has no value yet is for who uses it to give."""

    is_fragment = True


def needs_of_fragment(name: str, fragments: Fragments, source: Source) -> Needs:
    """Return what the fragment *name* needs and gives."""
    return fragments.needs(name, lambda steps: needs_of(steps, fragments, source))


def _taken_in(step: Any, fragments: Fragments, source: Source) -> Iterator[str]:
    """Yield the names that *step*, or the fragment that it uses, takes out."""
    call = call_of(step)
    if call is not None and fragments.used_by(step) is not None:
        yield from needs_of_fragment(call.fragment, fragments, source).taken
    if isinstance(step, WrittenStep):
        for part in _all_parts(step):
            yield from _captures(part, source)


def _all_parts(step: WrittenStep) -> Iterator[Placed[Any]]:
    yield from _parts(step)
    yield from _check_parts(step)


def _parts(written: Written) -> Iterator[Placed[Any]]:
    """Return the values of *written* and of what stands in it, without the checks beside it."""
    for name, value in written.__dict__.items():
        if name in _CHECKS and isinstance(written, WrittenStep):
            continue
        if isinstance(value, Placed):
            yield value
        elif isinstance(value, Written):
            yield from _parts(value)
        elif isinstance(value, list):
            for item in value:
                yield from _parts(item)


def _check_parts(step: WrittenStep) -> Iterator[Placed[Any]]:
    for item in step.__dict__.get("any_order", ()):
        yield from _check_parts(item)
    for name in _CHECKS:
        value = step.__dict__[name]
        if value is not None:
            yield value


def _undefined(name: str, known: set[str], later: set[str], partly: Mapping[str, list[str]]) -> tuple[str, str]:
    """Return what is wrong with ``${name}``, and how to mend it."""
    if name in partly:
        missing = ", ".join(map(repr, partly[name]))
        what = f"${{{name}}} is not taken in every branch of the fork before"
        return what, f"take it before the fork, or in these branches too: {missing}"
    if name in later:
        return f"${{{name}}} is used before it is taken", "move this below the reply that it is taken from"
    what = f"undefined ${{{name}}}"
    if known:
        return what, did_you_mean(name, sorted(known), "names")
    return what, f"take it from a reply with ${{{name}:word}}, or make it a column of `cases`"


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, TextPattern | Template | DataTemplate | DataPattern | Phrasings | UseCall):
        return value.names
    return tuple(name for item in value for name in _names(item)) if isinstance(value, tuple) else ()


def _captures(part: Placed[Any], source: Source) -> tuple[str, ...]:
    if part.value is BROKEN and part.node is not ABSENT:
        # What is broken may take names out, and is noted already: no second error about these.
        start, end = part.node.start_mark.index, part.node.end_mark.index
        return tuple(_capture.findall(source.of(part.node).text, start, end))
    return _taken(part.value)


def _taken(value: Any) -> tuple[str, ...]:
    if isinstance(value, TextPattern | DataPattern):
        return value.captures
    return tuple(name for item in value for name in _taken(item)) if isinstance(value, tuple) else ()
