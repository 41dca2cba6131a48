"""What is written about how an event arrives: ``deliver: twice``, ``{crash: after-send 1}``, ``{with: {user: hi}}``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeAlias

import yaml
from pydantic import Field, ValidationInfo

from chatsim.delivery.faults import NoSuchFault, crash, plain_fault, store_trouble
from chatsim.delivery.oracle import ASKED_FOR, ERRORS, KINDS_OF
from chatsim.scenario.nearest import did_you_mean
from chatsim.scenario.nodes import Source
from chatsim.scenario.people import NamedStep, without_name
from chatsim.scenario.readers import BROKEN, Placed, leaf, scalar, source_of, wrong
from chatsim.scenario.written_acts import CallbackBody, FileContent, FormData, Said, TapContent
from chatsim.scenario.written_base import Written
from chatsim.scenario.written_kinds import read_kinds
from chatsim.trace import Fault

KINDS = (*ERRORS, *ASKED_FOR)
ACTS = ("user", "tap", "form", "file", "callback")
FAULTS = ("how", "with_", "crash", "store")
"""The fields of `WrittenDelivery` of which one says what goes wrong."""


def _fault(read: Callable[[str], Fault], node: yaml.Node, what: str) -> Placed[Fault]:
    try:
        return Placed(read(scalar(node, what)), node)
    except NoSuchFault as error:
        wrong(node, error.what, error.cure)


def read_how(node: yaml.Node, _: ValidationInfo) -> Placed[Fault]:
    """Read a fault that is one word."""
    return _fault(plain_fault, node, "`deliver`")


def read_crash(node: yaml.Node, _: ValidationInfo) -> Placed[Fault]:
    """Read where the process dies."""
    return _fault(crash, node, "`crash`")


def read_store(node: yaml.Node, _: ValidationInfo) -> Placed[Fault]:
    """Read what is the matter with the store."""
    return _fault(store_trouble, node, "`store`")


def read_delivered_kinds(node: yaml.Node, _: ValidationInfo) -> Placed[frozenset[str]]:
    """Read a kind of finding that a delivery may show, or a list of them."""
    return read_kinds(node, KINDS, "a delivery", "crash-repeats")


class WrittenWith(Written):
    """What comes at the same time: ``{user: text}``, ``{ann: {tap: title}}``."""

    what = "`with`"

    user: Said | None = None
    tap: TapContent | None = None
    form: FormData | None = None
    file: FileContent | None = None
    callback: CallbackBody | None = None
    person: str = ""

    @classmethod
    def read(cls, node: yaml.Node, info: ValidationInfo) -> dict[str, Any]:
        """Return the fields that *node* gives, and who is named in it."""
        named = without_name(node, source_of(info))
        fields = super().read(named, info)
        return {**fields, "person": named.person} if isinstance(named, NamedStep) else fields

    @property
    def acts(self) -> list[str]:
        """The words of what is done: one, if it is right."""
        return [word for word in ACTS if getattr(self, word) is not None]


class WrittenDelivery(Written):
    """How an event arrives."""

    what = "`deliver`"
    instead = "how"

    how: Annotated[Placed[Fault], leaf(read_how)] | None = None
    with_: WrittenWith | None = Field(None, alias="with")
    crash: Annotated[Placed[Fault], leaf(read_crash)] | None = None
    store: Annotated[Placed[Fault], leaf(read_store)] | None = None
    may: KindsOfFindings | None = None
    never: KindsOfFindings | None = None

    @property
    def fault(self) -> Fault | None:
        """What goes wrong, without the event that comes with it; None where that was not found right."""
        if self.with_ is not None:
            return Fault("with")
        placed = self.how or self.crash or self.store
        return None if placed is None or placed.value is BROKEN else placed.value


KindsOfFindings: TypeAlias = Annotated[Placed[frozenset[str]], leaf(read_delivered_kinds)]
WrittenDelivery.model_rebuild()


def check_delivery(written: WrittenDelivery, source: Source) -> None:
    """Note what cannot be right about *written*."""
    for what, cure, node in _problems(written):
        source.problem(node, what, cure)


def _problems(written: WrittenDelivery) -> Iterator[tuple[str, str, Any]]:
    given = [name.rstrip("_") for name in FAULTS if getattr(written, name) is not None]
    if not given and _is_known(written):
        yield (
            "`deliver` names no fault",
            "write deliver: twice, or {crash: after-send 1}, {with: {user: hi}}",
            written.node,
        )
    elif len(given) > 1:
        yield (
            f"`{given[0]}` and `{given[1]}` are two faults",
            "an event arrives in one way: give one of them",
            written.node,
        )
    if written.with_ is not None:
        yield from _problems_with(written.with_)
    fault = written.fault
    for placed in (written.may, written.never):
        if fault is None or len(given) != 1 or placed is None or placed.value is BROKEN:
            continue
        known = KINDS_OF.get(fault.kind, ())
        for kind in sorted(placed.value - set(known)):
            cure = did_you_mean(kind, known, "kinds of findings") if known else "take it out"
            yield f"`{fault.kind}` never shows {kind!r}", cure, placed.node


def _problems_with(written: WrittenWith) -> Iterator[tuple[str, str, Any]]:
    if len(written.acts) > 1 or (not written.acts and _is_known(written)):
        what = f"`{'` and `'.join(written.acts)}` are two" if written.acts else "`with` names nothing that comes"
        yield what, f"write one of {', '.join(ACTS)}", written.node
    tap = written.tap
    if tap is not None and not (tap.title or tap.option or tap.id):
        yield "`tap` names no option", "write {id: …} or {option: …, stale: true}", tap.node


def _is_known(written: Written) -> bool:
    """Say whether *written* is a mapping of known keys; of another one something is noted already."""
    node = written.node
    known = written.keys()
    return isinstance(node, yaml.MappingNode) and all(getattr(key, "value", None) in known for key, _ in node.value)
