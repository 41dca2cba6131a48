"""Several ways in which a person may say the same thing: ``user: {one_of: [hi, hello]}``."""

from __future__ import annotations

from dataclasses import dataclass

import yaml
from pydantic import ValidationInfo

from chatsim.scenario.readers import Placed, read_only_key, read_template, read_user, wrong
from chatsim.scenario.words import Template

LONGEST_LABEL = 40
"""How many characters a phrasing may have to stand for itself in the id of a test."""


@dataclass(frozen=True, slots=True)
class Phrasings:
    """Texts of which a person says one."""

    texts: tuple[Template, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names whose values go into any of them."""
        return tuple(name for text in self.texts for name in text.names)


def read_said(node: yaml.Node, info: ValidationInfo) -> Placed[Template | Phrasings | None]:
    """Read what a person says: text, ``{text: …}`` to the letter, ``{one_of: […]}``, or null for nothing."""
    choices = _choices(node)
    if choices is None:
        if isinstance(node, yaml.MappingNode):
            read_only_key(node, info, ("text", "one_of"))
        placed = read_user(node, info)
        return Placed(placed.value, placed.node)
    if not isinstance(choices, yaml.SequenceNode) or not choices.value:
        wrong(choices, "`one_of` must be a list of texts", "write {one_of: [hi, hello]}")
    return Placed(Phrasings(tuple(read_template(choice, info).value for choice in choices.value)), node)


def _choices(node: yaml.Node) -> yaml.Node | None:
    """Return what stands under `one_of`, where that is the only key."""
    if isinstance(node, yaml.MappingNode) and len(node.value) == 1:
        key: yaml.Node
        value: yaml.Node
        key, value = node.value[0]
        if isinstance(key, yaml.ScalarNode) and key.value == "one_of":
            return value
    return None


def labels(texts: tuple[Template, ...]) -> tuple[str, ...]:
    """Return what stands for each of *texts* in the id of a test: the text where it is short and plain, else its number.

    >>> labels((Template.of("hi"), Template.of("a::b"), Template.of("hello")))
    ('hi', '2', 'hello')
    """
    sources = [text.source for text in texts]
    return tuple(
        source if _is_plain(source) and sources.count(source) == 1 else str(number)
        for number, source in enumerate(sources, 1)
    )


def _is_plain(text: str) -> bool:
    return bool(text.strip()) and len(text) <= LONGEST_LABEL and text.isprintable() and "::" not in text
