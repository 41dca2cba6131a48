"""Find out which reply each expectation of a turn was meant for, when not all of them hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from chatsim.scenario.model import AnyOrderStep, BotStep, Step
from chatsim.scenario.pairing import pair_most
from chatsim.scenario.replies import hold_reply
from chatsim.scenario.text_pattern import PatternFailed
from chatsim.scenario.words import Values
from chatsim.trace import Reply

_LONELY = 0.75
"""What it costs that an expectation has no reply, or a reply no expectation; another text costs up to 1."""
_NEVER = 1e9


@dataclass(frozen=True, slots=True)
class Pair:
    """An expectation and a reply that belong together; an expectation alone is gone, a reply alone is new."""

    step: BotStep | None
    reply: int | None


def align(steps: Sequence[Step], replies: Sequence[Reply], values: Values) -> list[Pair]:
    """Return the `bot` steps among *steps*, those of groups too, with the replies that they are for.

    The pairs are in the order in which the steps are written; a new reply comes after the step that it follows.  What
    holds stays together; else the pairs are those that change least.
    """
    units = [step for step in steps if isinstance(step, BotStep | AnyOrderStep)]

    @cache
    def best(unit: int, reply: int) -> tuple[float, tuple[Pair, ...]]:
        if unit == len(units):
            rest = tuple(Pair(None, index) for index in range(reply, len(replies)))
            return _LONELY * len(rest), rest
        choices = [_with_more(1, (Pair(None, reply),), best(unit, reply + 1))] if reply < len(replies) else []
        step = units[unit]
        most = len(step.members) if isinstance(step, AnyOrderStep) else 1
        for count in range(min(most, len(replies) - reply), -1, -1):
            cost, pairs = _fit(step, range(reply, reply + count), replies, values)
            later, rest = best(unit + 1, reply + count)
            choices.append((cost + later, (*pairs, *rest)))
        return min(choices, key=lambda choice: choice[0])

    return list(best(0, 0)[1])


def _with_more(
    lonely: int, pairs: tuple[Pair, ...], rest: tuple[float, tuple[Pair, ...]]
) -> tuple[float, tuple[Pair, ...]]:
    # A reply between two expectations is new only if that is clearly better than to take it for one of them.
    return rest[0] + _LONELY * lonely + 1e-6, (*pairs, *rest[1])


def _fit(step: Step, taken: range, replies: Sequence[Reply], values: Values) -> tuple[float, tuple[Pair, ...]]:
    members = step.members if isinstance(step, AnyOrderStep) else (step,)
    fits = [[holds(member, replies[index], values) for member in members] for index in taken]
    paired = {member: taken[index] for member, index in pair_most(fits).items()} if taken else {}
    cost = 0.0
    left = [index for index in taken if index not in paired.values()]
    for number, member in enumerate(members):
        if number in paired or not left:
            continue
        index = min(left, key=lambda one: _distance(member, replies[one], values))
        paired[number] = index
        left.remove(index)
        cost += _distance(member, replies[index], values)
    cost += _LONELY * (len(members) - len(paired))
    pairs = [Pair(member, paired.get(number)) for number, member in enumerate(members) if isinstance(member, BotStep)]
    return cost, tuple(pairs)


def holds(step: Step, reply: Reply, values: Values) -> bool:
    """Say whether *reply* is what *step* expects, as far as that can be decided."""
    assert isinstance(step, BotStep)  # noqa: S101 - members of a group are
    try:
        return hold_reply(step, reply, values) is not None
    except (PatternFailed, KeyError):  # a name may have no value, because its reply did not hold
        return False


def _distance(step: Step, reply: Reply, values: Values) -> float:
    assert isinstance(step, BotStep)  # noqa: S101 - members of a group are
    if step.chat != reply.chat:
        return _NEVER
    try:
        if step.text.match(reply.text, values) is not None:
            return 0.1
    except (PatternFailed, KeyError):
        pass
    shown = [choice.show(values) for choice in step.text.choices()]
    alike = max(SequenceMatcher(None, text, reply.text, autojunk=False).ratio() for text in shown)
    return 1 - 0.8 * alike
