"""Where it goes from a state: exits that are missing, misspelt, or another one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from benchmarks.botmutants.planting import Change, plants
from benchmarks.botmutants.shapes import (
    exits,
    handlers,
    leads_back,
    state_returns,
)
from benchmarks.botmutants.source import Bot, Module


@plants("missing exit")
def drop_exit(_: Bot, module: Module) -> Iterator[Change]:
    """Forget the one transition that leads on from a state."""
    table = exits(module)
    for entries in table.values():
        onward = [entry for entry in entries if not leads_back(table, entry)]
        if len(onward) == 1:
            yield Change(onward[0].node, (module.without(onward[0].node),))


@plants("missing exit")
def never_leave(_: Bot, module: Module) -> Iterator[Change]:
    """Let a handler name its own state wherever it named another one."""
    for state, function in handlers(module):
        returns = state_returns(module, function)
        named = [text for _, names in returns for text in names if text.value != state]
        if named and all(names for _, names in returns):
            yield Change(named[0], tuple(module.put(text, f'"{state}"') for text in named))


def _targets(module: Module) -> Iterator[tuple[str, ast.Constant, list[str]]]:
    """Yield each place that names a next state, with the state that it stands in and the others named there."""
    table = exits(module)
    for state, entries in table.items():
        for entry in entries:
            yield state, entry.dest, [other.dest.value for other in entries]
    for state, function in handlers(module):
        named = [text for _, names in state_returns(module, function) for text in names]
        for text in named:
            yield state, text, [other.value for other in named]


@plants("misspelt state")
def misspell_target(_: Bot, module: Module) -> Iterator[Change]:
    """Swap two letters of a next state's name."""
    for state, text, _others in _targets(module):
        name = text.value
        for at in range(len(name) - 2, 0, -1):
            wrong = name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]
            if wrong not in module.states and name != state:
                yield Change(text, (module.put(text, f'"{wrong}"'),))
                break


@plants("swapped target")
def swap_target(_: Bot, module: Module) -> Iterator[Change]:
    """Go to another state that the same place leads to, or to the next one that the bot has."""
    states = sorted(module.states)
    for _state, text, others in _targets(module):
        siblings = [name for name in others if name != text.value]
        other = siblings[0] if siblings else states[(states.index(text.value) + 1) % len(states)]
        yield Change(text, (module.put(text, f'"{other}"'),))
