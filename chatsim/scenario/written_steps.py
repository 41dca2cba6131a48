"""The steps of a scenario as they are written."""

from __future__ import annotations

from typing import Annotated, Any, NoReturn, TypeAlias

import yaml
from pydantic import BeforeValidator, Discriminator, Tag, ValidationInfo

from chatsim.kinds import NEVER
from chatsim.nearest import nearest_of
from chatsim.scenario.data_match import DataPattern
from chatsim.scenario.nearest import did_you_mean
from chatsim.scenario.people import NamedStep, without_name
from chatsim.scenario.readers import (
    Placed,
    describe,
    leaf,
    mapping,
    noting,
    read_destination,
    read_nothing,
    read_pattern,
    read_patterns,
    read_vars,
    read_waits,
    scalar,
    source_of,
    wrong,
)
from chatsim.scenario.text_pattern import TextPattern
from chatsim.scenario.uses import UseCall, read_use
from chatsim.scenario.write_yaml import yaml_text
from chatsim.scenario.written_acts import CallbackBody, FileContent, FormData, Said, TapContent
from chatsim.scenario.written_base import Written, read_name
from chatsim.scenario.written_delivery import WrittenDelivery
from chatsim.scenario.written_kinds import read_kinds
from chatsim.scenario.written_world import Calls, Time, WaitTime
from chatsim.trace import Waits

Pattern: TypeAlias = Annotated[Placed[TextPattern], leaf(read_pattern)]

ACTIONS = ("user", "tap", "form", "file", "callback")
STEP_WORDS = (
    *ACTIONS,
    "wait",
    "restart",
    "calls",
    "bot",
    "any_order",
    "anything",
    "never",
    "silent",
    "end",
    "raises",
    "fork",
    "use",
)
BARE_WORDS = ("end", "silent", "restart", "anything")


class WrittenStep(Written):
    """A step, with what may stand beside any."""

    what = "a step"

    state: Pattern | None = None
    vars: Annotated[Placed[DataPattern], leaf(read_vars)] | None = None
    waits: Annotated[Placed[Waits], leaf(read_waits)] | None = None
    person: str = ""

    @classmethod
    def read(cls, node: yaml.Node, info: ValidationInfo) -> dict[str, Any]:
        """Return the fields that *node* gives, and who is named in it."""
        fields = super().read(node, info)
        return {**fields, "person": node.person} if isinstance(node, NamedStep) else fields

    @classmethod
    def refuse(cls, name: str, key: yaml.Node, info: ValidationInfo) -> None:
        """Note that the key *name* is unknown here."""
        if name == "deliver":
            what = "`deliver` is said of what a person or a webhook does"
            source_of(info).problem(key, what, f"write it below one of {', '.join(ACTIONS)}")
        else:
            super().refuse(name, key, info)

    @classmethod
    def take(cls, name: str, key: yaml.Node, value: yaml.Node, fields: dict[str, Any]) -> bool:
        """Gather `vars` and `vars.x` under one field."""
        if name == "vars" or name.startswith("vars."):
            fields.setdefault("vars", []).append((name, key, value))
            return True
        return super().take(name, key, value, fields)


class WrittenAct(WrittenStep):
    """What a person or a webhook does, and how it arrives."""

    deliver: WrittenDelivery | None = None


class WrittenUser(WrittenAct):
    """``user: text``."""

    user: Said


class WrittenTap(WrittenAct):
    """``tap: title``."""

    tap: TapContent


class WrittenForm(WrittenAct):
    """``form: {…}``."""

    form: FormData


class WrittenFile(WrittenAct):
    """``file: path``."""

    file: FileContent


class WrittenCallback(WrittenAct):
    """``callback: …``."""

    callback: CallbackBody


class WrittenBot(WrittenStep):
    """``bot: text``, with what else a reply has."""

    bot: Pattern
    options: Annotated[Placed[tuple[TextPattern, ...]], leaf(read_patterns)] | None = None
    header: Pattern | None = None
    footer: Pattern | None = None
    media: Pattern | None = None
    type: Pattern | None = None
    dest: Annotated[Placed[TextPattern], leaf(read_destination)] | None = None
    within: Time | None = None


def _read_items(node: yaml.Node, info: ValidationInfo) -> list[yaml.Node]:
    if not isinstance(node, yaml.SequenceNode):
        wrong(node, f"must be a list of steps, and this is {describe(node)}", "begin each step with '- '")
    if not node.value:
        wrong(node, "a list without a step", "write - and a step, for example - user: hi")
    source = source_of(info)
    return [without_name(item, source) for item in node.value]


def _read_members(node: yaml.Node, info: ValidationInfo) -> list[yaml.Node]:
    members = _read_items(node, info)
    for member in members:
        if kind_of(member) != "bot":
            source_of(info).problem(member, "only `bot` steps may stand under `any_order`", "write - bot: text")
    return [member for member in members if kind_of(member) == "bot"]


Items = BeforeValidator(noting(_read_items, lambda _: []))
"""Reads a list of steps."""
Members = BeforeValidator(noting(_read_members, lambda _: []))
"""Reads the members of `any_order`."""


class WrittenAnyOrder(WrittenStep):
    """``any_order: [bot steps]``."""

    any_order: Annotated[list[WrittenBot], Members]


class WrittenRaises(WrittenStep):
    """``raises: Type`` or ``raises: "Type: message"``."""

    raises: Pattern


class WrittenWait(WrittenStep):
    """``wait: 31m``."""

    wait: WaitTime


class WrittenRestart(WrittenStep):
    """The bare word ``restart``."""

    bare = True
    restart: Annotated[Placed[None], leaf(read_nothing)] | None = None


class WrittenCalls(WrittenStep):
    """``calls: [METHOD URL, {METHOD URL: {json: …}}]``."""

    calls: Calls


class WrittenAnything(WrittenStep):
    """The bare word ``anything``."""

    bare = True
    anything: Annotated[Placed[None], leaf(read_nothing)] | None = None


def _read_never(node: yaml.Node, _: ValidationInfo) -> Placed[frozenset[str]]:
    return read_kinds(node, NEVER, "`never`", "silent-turn")


class WrittenNever(WrittenStep):
    """``never: dead-end``, or a list of kinds."""

    never: Annotated[Placed[frozenset[str]], leaf(_read_never)]


class WrittenSilent(WrittenStep):
    """The bare word ``silent``."""

    bare = True
    silent: Annotated[Placed[None], leaf(read_nothing)] | None = None


class WrittenEnd(WrittenStep):
    """The bare word ``end``."""

    bare = True
    end: Annotated[Placed[None], leaf(read_nothing)] | None = None


class WrittenCheck(WrittenStep):
    """`state`, `vars` or `waits`, standing alone."""


def _read_branches(node: yaml.Node, info: ValidationInfo) -> dict[str, Placed[yaml.Node]]:
    """Take the mapping of branches apart: each stands where its name does."""
    branches = mapping(node, info, "`fork`")
    if not branches:
        wrong(node, "`fork` is empty", "write a name for each branch, and below it a list of steps")
    for name, (key, _) in branches.items():
        read_name(name, key, "a branch", info)
    return {name: Placed(value, key) for name, (key, value) in branches.items()}


class WrittenBranch(Written):
    """One of the ways in which a chat goes on."""

    what = "a branch"
    instead = "steps"

    steps: Annotated[list[WrittenAnyStep], Items]


class WrittenFork(Written):
    """``fork: {name: [steps], …}``."""

    what = "`fork`"

    fork: Annotated[dict[str, WrittenBranch], BeforeValidator(noting(_read_branches, lambda _: {}))]


class WrittenUse(Written):
    """``use: fragment(name=value)``."""

    what = "`use`"

    use: Annotated[Placed[UseCall], leaf(read_use)]


class UnknownStep(Written):
    """What is no step."""

    @classmethod
    def read(cls, node: yaml.Node, info: ValidationInfo) -> dict[str, Any]:
        """Note what is wrong with it."""
        return noting(cls.explain, lambda node: {"node": node})(node, info)

    @classmethod
    def explain(cls, node: yaml.Node, info: ValidationInfo) -> NoReturn:
        """Raise `WrongValue`."""
        if isinstance(node, yaml.ScalarNode):
            _unknown_word(node)
        keys = mapping(node, info, "a step")
        words = [name for name in keys if name in STEP_WORDS]
        if len(words) > 1:
            key = keys[words[1]][0]
            wrong(key, f"`{words[0]}` and `{words[1]}` are two steps", "begin each with '- '")
        if not keys:
            wrong(node, "an empty step", did_you_mean("", STEP_WORDS, "steps"))
        name, (key, _) = next(iter(keys.items()))
        if "deliver" in keys:
            wrong(keys["deliver"][0], *_DELIVER)
        if name in _BESIDE_BOT:
            wrong(key, f"{name!r} stands beside `bot`, and is no step", "take the '- ' before it out")
        wrong(
            key,
            f"unknown step {name!r}",
            did_you_mean(name, [*STEP_WORDS, "state", "vars", "waits", *sorted(source_of(info).people)], "steps"),
        )


_BESIDE_BOT = frozenset({"options", "header", "footer", "media", "type", "dest", "within"})


_DELIVER = ("`deliver` stands beside a step", f"write it below one of {', '.join(ACTIONS)}")


def _unknown_word(node: yaml.ScalarNode) -> NoReturn:
    if node.value == "deliver":
        wrong(node, *_DELIVER)
    if node.value in (*STEP_WORDS, "state", "vars", "waits") or node.value.startswith("vars."):
        wrong(node, f"{node.value!r} needs a value", f"write - {node.value}: …")
    word = scalar(node, "a step")
    meant = nearest_of(word, BARE_WORDS)
    quoted = yaml_text(word)
    cure = f"did you mean {meant!r}?" if meant else f"write - user: {quoted}, or - bot: {quoted}"
    wrong(node, f"{word!r} is no step", cure)


def kind_of(node: Any) -> str:
    """Return the tag of the step that *node* is."""
    if isinstance(node, yaml.ScalarNode):
        return str(node.value) if node.value in BARE_WORDS and not node.style else "unknown"
    if not isinstance(node, yaml.MappingNode):
        return "unknown"
    names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
    words = [name for name in names if name in STEP_WORDS]
    if len(words) == 1 or (words and len(set(words)) == 1):
        return str(words[0])
    checks = any(name in {"state", "vars", "waits"} or name.startswith("vars.") for name in names)
    return "check" if checks and not words else "unknown"


WrittenAnyStep: TypeAlias = Annotated[
    Annotated[WrittenUser, Tag("user")]
    | Annotated[WrittenTap, Tag("tap")]
    | Annotated[WrittenForm, Tag("form")]
    | Annotated[WrittenFile, Tag("file")]
    | Annotated[WrittenCallback, Tag("callback")]
    | Annotated[WrittenWait, Tag("wait")]
    | Annotated[WrittenRestart, Tag("restart")]
    | Annotated[WrittenCalls, Tag("calls")]
    | Annotated[WrittenBot, Tag("bot")]
    | Annotated[WrittenAnyOrder, Tag("any_order")]
    | Annotated[WrittenAnything, Tag("anything")]
    | Annotated[WrittenNever, Tag("never")]
    | Annotated[WrittenSilent, Tag("silent")]
    | Annotated[WrittenEnd, Tag("end")]
    | Annotated[WrittenRaises, Tag("raises")]
    | Annotated[WrittenFork, Tag("fork")]
    | Annotated[WrittenUse, Tag("use")]
    | Annotated[WrittenCheck, Tag("check")]
    | Annotated[UnknownStep, Tag("unknown")],
    Discriminator(kind_of),
]

WrittenBranch.model_rebuild()
WrittenFork.model_rebuild()

WRITTEN_ACTIONS = (WrittenUser, WrittenTap, WrittenForm, WrittenFile, WrittenCallback, WrittenWait)
"""The steps that a scenario may begin with."""
