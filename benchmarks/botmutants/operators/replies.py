"""What it says and does by itself: by chance, for ever, without words."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from benchmarks.botmutants.planting import Change, at_top, plants
from benchmarks.botmutants.shapes import (
    made_numbers,
    name_of,
    speaking,
)
from benchmarks.botmutants.source import Bot, Module


@plants("hidden randomness")
def vary_words(_: Bot, module: Module) -> Iterator[Change]:
    """Choose the words of a reply by chance."""
    for call, words in speaking(module):
        if name_of(call) in {"send_message", "say", "tell", "send"}:
            said = module.said(words)
            yield Change(
                words, (module.put(words, f'random.choice(["", "Well. "]) + {said}'), at_top(module, "import random"))
            )


@plants("hidden randomness")
def draw_number(_: Bot, module: Module) -> Iterator[Change]:
    """Draw a number by chance that was made of what it stands for."""
    for node, low, span in made_numbers(module):
        new = f"{low} + random.randrange({span})"
        yield Change(node, (module.put(node, new), at_top(module, "import random")))


@plants("forward loop")
def do_not_wait(_: Bot, module: Module) -> Iterator[Change]:
    """Move on where the machine has to wait."""
    for node in module.nodes:
        if isinstance(node, ast.Attribute) and node.attr in {"WAIT_FOR_USER_INPUT", "WAIT_FOR_CALLBACK"}:
            yield Change(node, (module.put(node, f"{module.said(node.value)}.MOVE_FORWARD"),))


@plants("empty reply")
def say_nothing(_: Bot, module: Module) -> Iterator[Change]:
    """Send a message without words."""
    for _call, words in speaking(module):
        yield Change(words, (module.put(words, '""'),))
