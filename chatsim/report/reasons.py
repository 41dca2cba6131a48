"""Why a chat is where it is: the path of states, the guards that were asked, what a turn changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from chatsim.report.document import Line, labelled
from chatsim.scenario.data_match import MISSING, same_data, show_data
from chatsim.scenario.verdict import Mismatch
from chatsim.trace import ChatState, Guard, Hop, Snapshot, Trace, Turn
from chatsim.visible import visible

_STATES_SHOWN = 8
_HOPS_SHOWN = 6
_CHANGES_SHOWN = 6
_LONGEST = 50
_STATE_KINDS = {"wrong-state", "wrong-waits", "no-way-on", "hop-loop", "not-raised"}
"""The mismatches that ask which guard led where, or led nowhere."""
_DATA_KINDS = {"wrong-variable", "wrong-state"}
"""The mismatches that ask what the turn changed."""


def reasons(mismatch: Mismatch, trace: Trace, turns: tuple[Turn, ...], width: int) -> list[Line]:
    """Lay out what led to the state after the last of *turns*, in as much detail as *mismatch* asks for."""
    if not turns:
        return []
    turn = turns[-1]
    rows = labelled("state", state_path(turn), width)
    guards = guard_answers(turn) if mismatch.kind in _STATE_KINDS else false_guards(turn)
    if guards:
        rows += labelled("guards", guards, width)
    if mismatch.kind in _DATA_KINDS:
        before = turns[-2].snapshot if len(turns) > 1 else trace.start
        if changes := changed(before, turn):
            rows += labelled("changed", changes, width)
    return rows


def state_path(turn: Turn) -> str:
    """Return the states that *turn* went through, the middle left out where there are many.

    >>> from chatsim.trace import Hop, Snapshot, Text
    >>> state_path(Turn(event=Text("x"), hops=(Hop("pay", "check"), Hop("check", "done")), snapshot=Snapshot()))
    'pay → check → done'
    """
    states = [hop.target for hop in turn.hops if hop.target is not None and not hop.machine]
    first = [turn.hops[0].source] if turn.hops else [turn.state]
    names = ["(none yet)" if state is None else visible(state) for state in first + states]
    if len(names) > _STATES_SHOWN:
        half = _STATES_SHOWN // 2
        names = [*names[:half], f"… {len(names) - 2 * half} more …", *names[-half:]]
    return " → ".join(names)


def false_guards(turn: Turn) -> str:
    """Return the names of the guards that *turn* asked and that were false, or nothing."""
    names = dict.fromkeys(guard.name for hop in turn.hops for guard in hop.guards if not guard.value)
    return f"{', '.join(map(visible, names))} {'was' if len(names) == 1 else 'were'} false" if names else ""


def guard_answers(turn: Turn) -> str:
    """Return a row for each hop on which guards were asked, with their answers; the last ones where there are many.

    >>> from chatsim.trace import Text
    >>> hop = Hop("pay", "done", (Guard("is_late", False), Guard("is_paid", True)))
    >>> guard_answers(Turn(event=Text("x"), hops=(hop,), snapshot=Snapshot()))
    'pay → done: is_late ✗, is_paid ✓'
    """
    asked = Counter(f"{hop_place(hop)}: {answers_of(hop)}" for hop in turn.hops if hop.guards)
    rows = [row if count == 1 else f"{row} ({count} times)" for row, count in asked.items()]
    before = [f"… {len(rows) - _HOPS_SHOWN} more"] if len(rows) > _HOPS_SHOWN else []
    return "\n".join([*before, *rows[-_HOPS_SHOWN:]])


def hop_place(hop: Hop) -> str:
    """Return from where to where *hop* went.

    >>> hop_place(Hop("pay", None, machine="card"))
    'card: pay → (stays)'
    """
    machine = f"{hop.machine}: " if hop.machine else ""
    return visible(f"{machine}{hop.source or '(none)'} → {hop.target or '(stays)'}")


def answers_of(hop: Hop) -> str:
    """Return every guard that was asked on the way to *hop*, with its answer."""
    return visible(", ".join(map(_answer, hop.guards)))


def _answer(guard: Guard) -> str:
    return f"{guard.name} {'✓' if guard.value else '✗'}"


def changed(before: Snapshot, turn: Turn) -> str:
    """Return which variables of the chat *turn* changed, each with its old and its new value.

    >>> from chatsim.trace import Text
    >>> after = Snapshot({"user": ChatState("pay", {"size": "Large", "price": 9})})
    >>> changed(Snapshot({"user": ChatState("size", {"price": 9})}), Turn(event=Text("Large"), snapshot=after))
    'size: "Large" (new)'
    """
    old = (before.chat(turn.event.chat) or ChatState()).context
    new = turn.chat_state.context
    rows = list(_changes("", old, new))
    more = [f"… {len(rows) - _CHANGES_SHOWN} more"] if len(rows) > _CHANGES_SHOWN else []
    return "\n".join([*rows[:_CHANGES_SHOWN], *more])


def _changes(path: str, old: Any, new: Any) -> Iterator[str]:
    """Yield what changed, as deep inside as both are alike in form."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in {**old, **new}:
            yield from _changes(f"{path}.{name}" if path else name, old.get(name, MISSING), new.get(name, MISSING))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, two) in enumerate(zip(old, new, strict=True)):
            yield from _changes(f"{path}[{index}]", one, two)
    elif old is MISSING:
        yield f"{path}: {_short(new)} (new)"
    elif new is MISSING:
        yield f"{path}: {_short(old)} (gone)"
    elif not same_data(old, new):
        yield f"{path}: {_short(old)} → {_short(new)}"


def _short(data: Any) -> str:
    shown = show_data(data)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
