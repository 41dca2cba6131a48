"""Read what a person wants to be tried: a file of steps, written as in a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from chatsim.errors import ScenarioError
from chatsim.explore.given.marked import Marked
from chatsim.explore.given.own_code import is_python, marked_in
from chatsim.explore.letters import Letter
from chatsim.explore.play.arrivals import faulty
from chatsim.scenario.events import CannotHappen, event_of
from chatsim.scenario.model import Step, UserStep
from chatsim.scenario.nodes import Source
from chatsim.scenario.resolve import resolve_step
from chatsim.scenario.written_base import Written
from chatsim.scenario.written_delivery import check_delivery
from chatsim.scenario.written_steps import Items, WrittenAct, WrittenAnyStep, WrittenStep
from chatsim.trace import Fault

_OF_A_WHOLE_CHAT = frozenset({"late", "reordered", "dropped"})
_CURE = "write user: text, or tap, form, file, callback or wait"


class WrittenInputs(Written):
    """The file: a list of steps."""

    what = "a file of inputs"
    instead = "steps"

    steps: Annotated[list[WrittenAnyStep], Items]


def read_inputs(path: Path) -> tuple[Letter | Marked, ...]:
    """Return what the file *path* wants to be tried.

    In YAML that is a list of ``user``, ``tap``, ``form``, ``file``, ``callback`` and ``wait``: each phrasing under
    ``one_of`` is a letter, which arrives as its ``deliver`` says.  In Python it is whatever is marked with `alphabet`.
    Raises `ScenarioError` with everything that is wrong with the former, `SetupError` for the latter.
    """
    if is_python(path):
        return marked_in(path, Marked, "@alphabet")
    source = Source(str(path), path)
    root = source.read()
    if root is None:
        raise source.stop(1, 1, "holds no inputs", "write a list: - user: hi")
    written = WrittenInputs.model_validate(root, context=source)
    letters = [letter for step in written.steps for letter in _letters(step, source)]
    if source.problems:
        raise ScenarioError(source.problems)
    return tuple(letters)


def _letters(written: WrittenAnyStep, source: Source) -> Iterator[Letter]:
    if isinstance(written, WrittenAct) and written.deliver is not None:
        check_delivery(written.deliver, source)
    if source.problems:  # what is broken cannot be resolved
        return
    step = resolve_step(written, source) if isinstance(written, WrittenStep) else None
    if step is None or not step.acts:
        source.problem(written.node, "is nothing that reaches the bot", _CURE)
        return
    for phrased in _phrased(step):
        try:
            yield _letter(phrased)
        except CannotHappen as error:
            source.problem(written.node, str(error), error.hint)
        except KeyError as error:
            source.problem(written.node, f"${{{error.args[0]}}} is not defined", "in a file of inputs nothing is")


def _letter(step: Step) -> Letter:
    """Return the letter that *step* is, with what is wrong on its way; raise `CannotHappen`."""
    event = event_of(step, {}, None, in_the_middle=True)
    arrival = step.arrival
    if arrival is None:
        return Letter(event)
    if arrival.fault.kind in _OF_A_WHOLE_CHAT:
        hint = "a search goes in every order anyway; write twice, crash, store, restart, expired or with"
        raise CannotHappen(
            "cannot-arrive", f"`{arrival.fault.kind}` is said of a place in a chat, and here is none", hint=hint
        )
    fault = arrival.fault
    if arrival.other is not None:
        fault = Fault("with", other=event_of(arrival.other, {}, None, in_the_middle=True))
    return msgspec.structs.replace(faulty(event, fault), origin="given")


def _phrased(step: Step) -> Iterator[Step]:
    if isinstance(step, UserStep) and step.phrasings:
        for text in step.phrasings:
            yield msgspec.structs.replace(step, text=text)
    else:
        yield step
