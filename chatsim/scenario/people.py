"""The people of a scenario: who they are, which steps are theirs, and in which chat each of them writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml
from msgspec.structs import replace
from pydantic import ValidationInfo

from chatsim.scenario.model import AnyOrderStep, BotStep, Step
from chatsim.scenario.nearest import did_you_mean
from chatsim.scenario.nodes import Source
from chatsim.scenario.readers import Placed, describe, mapping, scalar, source_of, wrong
from chatsim.scenario.words import is_name
from chatsim.trace import DEFAULT_CHAT

USER = "user"
"""Who speaks where nobody is named."""

_DEEDS = ("tap", "form", "file", "callback")
"""What a person can do beside writing."""


def read_users(node: yaml.Node, info: ValidationInfo, taken: Iterable[str]) -> Placed[dict[str, str]]:
    """Read who there is, and in which chat each is: a list of names, or a mapping of names to chats.

    *taken* are the words of the language, which nobody may be called.
    """
    users: dict[str, str] = {}
    for name, key, chat in _entries(node, info):
        if name in taken:
            what = f"nobody may be called {name!r}: that is a word of the language"
            source_of(info).problem(key, what, f"write {name}_ or another name")
        elif not is_name(name):
            cure = "a name has letters, digits, _ and -, and no digit at its start"
            source_of(info).problem(key, f"nobody can be called {name!r}", cure)
        elif name in users:
            source_of(info).problem(key, f"{name!r} stands here twice", "take one of them out")
        users[name] = chat
    return Placed(users, node)


def _entries(node: Any, info: ValidationInfo) -> list[tuple[str, yaml.Node, str]]:
    if isinstance(node, yaml.SequenceNode):
        return [(scalar(item, "a name"), item, scalar(item, "a name")) for item in node.value]
    if not isinstance(node, yaml.MappingNode):
        wrong(node, f"must be a list of names, and this is {describe(node)}", "write users: [ann, cook]")
    return [(name, key, scalar(chat, "a chat")) for name, (key, chat) in mapping(node, info, "`users`").items()]


def people_in(root: yaml.Node) -> frozenset[str]:
    """Return the names of everybody who is declared somewhere below *root*, the top of a file."""
    found: set[str] = set()
    nodes = [root, *(scenario for _, scenario in _pairs(_under(root, "scenarios")))]
    for node in nodes:
        users: Any = _under(node, "users")
        items = users.value if isinstance(users, yaml.SequenceNode) else [key for key, _ in _pairs(users)]
        found.update(item.value for item in items if isinstance(item, yaml.ScalarNode))
    return frozenset(found)


def _pairs(node: Any) -> list[tuple[Any, Any]]:
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def _under(node: Any, name: str) -> Any:
    return next((value for key, value in _pairs(node) if isinstance(key, yaml.ScalarNode) and key.value == name), None)


# ---------------------------------------------------------------- steps as they are written


class NamedStep(yaml.MappingNode):
    """A step in which somebody is named, written as if it were without the name."""

    person: str


def without_name(node: Any, source: Source) -> Any:
    """Return the step *node*, a `NamedStep` where it names somebody: ``ann: hi``, ``ann: {tap: …}``, ``bot>cook: hi``."""
    if not isinstance(node, yaml.MappingNode):
        return node
    for index, (key, value) in enumerate(node.value):
        if not isinstance(key, yaml.ScalarNode):
            continue
        if key.value.startswith("bot>"):
            person = key.value.removeprefix("bot>").strip()
            if person != USER and person not in source.people:
                _nobody(person, key, source)
            return _named(node, index, person, [(_key("bot", key), value)])
        deed = _deed(value)
        if key.value in source.people or (key.value == USER and deed):
            inner = list(value.value) if deed else [(_key(USER, key), value)]
            return _named(node, index, key.value, inner)
    return node


def _deed(value: Any) -> bool:
    return any(isinstance(key, yaml.ScalarNode) and key.value in _DEEDS for key, _ in _pairs(value))


def _nobody(person: str, key: yaml.Node, source: Source) -> None:
    what = f"there is nobody called {person!r}"
    cure = did_you_mean(person, sorted(source.people), "people") if source.people else f"write users: [{person}]"
    source.problem(key, what, cure)


def _key(word: str, key: Any) -> yaml.ScalarNode:
    node: Any = yaml.ScalarNode(key.tag, word, key.start_mark, key.end_mark)
    return _of_same_file(node, key)  # type: ignore[no-any-return]


def _named(node: Any, index: int, person: str, inner: list[tuple[Any, Any]]) -> NamedStep:
    pairs = [*node.value[:index], *inner, *node.value[index + 1 :]]
    named: Any = NamedStep(node.tag, pairs, node.start_mark, node.end_mark)
    named.person = person
    return _of_same_file(named, node)  # type: ignore[no-any-return]


def _of_same_file(node: Any, like: Any) -> Any:
    if hasattr(like, "source"):
        node.source = like.source
    return node


# ---------------------------------------------------------------- steps as they are run


class Addresses:
    """Gives every step the chat that it is about.

    A step in which nobody is named is about whoever spoke last, at the beginning the ``user``.  A step that is shared
    by several tests stays one object.
    """

    def __init__(self, users: Mapping[str, str]) -> None:
        self._users = users
        self._done: dict[tuple[int, str], Step] = {}
        self._kept: list[Step] = []

    def put(self, steps: Sequence[Step]) -> tuple[Step, ...]:
        """Return *steps* with their chats."""
        if not self._users and not any(step.person for step in _all(steps)):
            return tuple(steps)
        speaker, found = USER, []
        for step in steps:
            if step.acts and step.kind not in {"wait", "restart"}:
                speaker = step.person or (USER if step.kind == USER else speaker)
            found.append(self._one(step, speaker))
        return tuple(found)

    def chat_of(self, person: str) -> str:
        """Return the chat in which *person* writes."""
        return DEFAULT_CHAT if person == USER else self._users.get(person, person)

    def _one(self, step: Step, speaker: str) -> Step:
        key = (id(step), speaker)
        if key not in self._done:
            self._kept.append(step)  # so that nothing else gets its id
            self._done[key] = self._addressed(step, speaker)
        return self._done[key]

    def _addressed(self, step: Step, speaker: str) -> Step:
        person = step.person or speaker
        changes: dict[str, Any] = {"chat": self.chat_of(person), "person": person}
        if isinstance(step, AnyOrderStep):
            changes["members"] = tuple(self._one(member, speaker) for member in step.members)
        if isinstance(step, BotStep) and step.person not in {"", USER}:
            changes["own_chat"] = step.person
        if step.arrival is not None and step.arrival.other is not None:
            changes["arrival"] = replace(step.arrival, other=self._one(step.arrival.other, person))
        return replace(step, **changes)


def _all(steps: Iterable[Step]) -> Iterable[Step]:
    for step in steps:
        yield step
        if isinstance(step, AnyOrderStep):
            yield from step.members
        if step.arrival is not None and step.arrival.other is not None:
            yield step.arrival.other


def named_in(steps: Iterable[Step]) -> Iterable[tuple[str, Step]]:
    """Yield everybody who is named in *steps*, with the step."""
    for step in _all(steps):
        if step.person and not (step.person == USER or (isinstance(step, BotStep) and not step.person)):
            yield step.person, step
