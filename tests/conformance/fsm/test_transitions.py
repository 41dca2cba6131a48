"""What a transition dict may say means here what it means to the `transitions` library."""

import copy
import operator
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

transitions = pytest.importorskip("transitions", reason="not installed: pip install transitions")

from chatsim.fsm import AbstractFSM  # noqa: E402 - not needed where the library is absent

EXAMPLES = int(os.environ.get("CHATSIM_ORACLE_EXAMPLES", "150"))
STATES = ("a", "b", "c", "d")
TRIGGERS = ("next", "go", "to_b", "is_a")
GUARDS = ("yes", "no", "by_bit", "prop", "number", "is_c")
CALLBACKS = ("first", "second", "may_to_b")


class Noisy:
    """A model that notes all that is called, and answers by its bits."""

    prop = property(lambda self: self.note("prop") or self.bits % 2 == 0)

    def note(self, name, *args, **kwargs):
        self.log.append((name, self.state, args, kwargs))

    def yes(self, *args, **kwargs):
        self.note("yes", *args, **kwargs)
        return True

    def no(self, *args, **kwargs):
        self.note("no", *args, **kwargs)
        return False

    def by_bit(self, *args, **kwargs):
        self.note("by_bit", *args, **kwargs)
        self.bits >>= 1
        return bool(self.bits & 1)

    def number(self, *args, **kwargs):
        self.note("number", *args, **kwargs)
        return self.bits % 3

    def first(self, *args, **kwargs):
        self.note("first", *args, **kwargs)

    def second(self, *args, **kwargs):
        self.note("second", *args, **kwargs)
        if self.bits % 7 == 5:
            raise KeyError("second")

    def on_enter_a(self, *args, **kwargs):
        self.note("on_enter_a", *args, **kwargs)

    def on_enter_b(self, *args, **kwargs):
        self.note("on_enter_b", *args, **kwargs)
        if self.bits % 5 == 4:
            self.bits += 1
            operator.methodcaller("to_c")(self)

    def on_exit_b(self, *args, **kwargs):
        self.note("on_exit_b", *args, **kwargs)

    def on_enter_d(self, *args, **kwargs):
        self.note("on_enter_d", *args, **kwargs)

    def on_enter_c(self, *args, **kwargs):
        self.note("on_enter_c", *args, **kwargs)


def _one_or_more(strategy):
    return st.none() | strategy | st.lists(strategy, max_size=3)


callbacks = _one_or_more(st.sampled_from(CALLBACKS))
transition_dicts = st.fixed_dictionaries(
    {
        "trigger": st.sampled_from(TRIGGERS),
        "source": st.sampled_from([*STATES, "zero", "*"]) | st.lists(st.sampled_from(STATES), min_size=1, max_size=3),
        "dest": st.sampled_from([*STATES, "zero", "=", None]),
    },
    optional={
        "conditions": _one_or_more(st.sampled_from(GUARDS)),
        "unless": _one_or_more(st.sampled_from(GUARDS)),
        "prepare": callbacks,
        "before": callbacks,
        "after": callbacks,
    },
)
state_c = st.sampled_from(
    [
        "c",
        {"name": "c", "on_enter": "first"},
        {"name": "c", "on_enter": ["first", "second"], "on_exit": ["second"], "ignore_invalid_triggers": True},
        {"name": "c", "on_exit": "first", "final": True},
    ]
)
names = ["next", "go", *(f"to_{name}" for name in STATES), "is_a", "is_b", "is_zero", "may_next", "may_go", "may_to_d"]
calls = st.lists(
    st.sampled_from(names)
    | st.tuples(st.sampled_from(["trigger", "may_trigger"]), st.sampled_from([*TRIGGERS, "to_d", "unknown"])),
    max_size=12,
)


class Theirs(Noisy):
    def __init__(self, states, given):
        self.log, self.bits = [], 0
        transitions.Machine(model=self, states=states, transitions=given, initial="zero")


def _ours(states, given):
    members = {"states": states, "transitions": given}
    machine = type("Ours", (Noisy, AbstractFSM), members)(print)
    machine.log = []
    return machine


def _call(machine, call):
    name, *args = call if isinstance(call, tuple) else (call,)
    try:
        result = getattr(machine, name)(*args, *([] if name == "is_zero" or name in ("is_a", "is_b") else [7]))
    except Exception as error:  # noqa: BLE001 - whatever is raised is compared
        kind = type(error).__name__
        return "stuck" if kind in {"NoWayOn", "MachineError"} else kind
    return result


class TestAgainstTransitions:
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(state_c, st.lists(transition_dicts, min_size=1, max_size=10), calls, st.integers(0, 2**16))
    def test_every_call_agrees(self, state, given, calls, bits):
        """Answers, errors, the state, and all that is called on the way with its arguments, in order."""
        states = ["a", "b", state, "d"]
        ours, theirs = _ours(states, given), Theirs(copy.deepcopy(states), copy.deepcopy(given))
        ours.bits = theirs.bits = bits
        for call in calls:
            assert (call, _call(ours, call)) == (call, _call(theirs, call))
            assert ours.log == theirs.log
            assert ours.state == theirs.state
