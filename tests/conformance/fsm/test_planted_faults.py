"""The oracle bites: each of these faults, planted in the reference runtime one at a time, makes it fail."""

import inspect
import random
import sys
import textwrap
from functools import cache
from importlib import import_module

import pytest

pytest.importorskip("jb_manager_bot", reason="the original is not installed: pip install jb-manager-bot==0.1.8")

from fsm_oracle import Original, Pair
from fsm_specs import Dice, read_inputs, read_machine

FSM = "chatsim.fsm.abstract_fsm:AbstractFSM"
FIRING = "chatsim.fsm.firing"
SEEDS = range(5)
EXAMPLES = 5000
STATES = 5  # small bots, of which more can be tried in the same time, and in which every state is soon reached

# what goes wrong, where, the words of the source that are replaced, and by what
FAULTS = [
    ("the last guard that holds wins", f"{FIRING}:fire_next", "in ways:", "in reversed(ways):"),
    ("the last way that is open wins", f"{FIRING}:_fire", "in ways:", "in reversed(ways):"),
    ("unless is read as conditions", "chatsim.fsm.declared:_read_transition", "expected=False", "expected=True"),
    ("a truthy answer holds", f"{FIRING}:fire_next", "answer != check.expected", "bool(answer) != check.expected"),
    ("a guard is not asked", f"{FIRING}:fire_next", "check is not None", "False"),
    ("one condition is enough", f"{FIRING}:_is_open", "            return False", "            continue"),
    ("the state left is not told", "chatsim.fsm.routes:Route.__init__", "states[transition.source].on_exit", "()"),
    ("the wildcard leaves zero out", "chatsim.fsm.declared:_sources", "list(states)", "list(states)[1:]"),
    ("= leads to zero", "chatsim.fsm.declared:_read_transition", 'source if dest == "="', 'INITIAL if dest == "="'),
    ("no second look without the input", f"{FSM}._fsm_look_again", "self.__input__ is not None or", "False and"),
    ("inputs are never forgotten", f"{FSM}.reset_inputs", "self.__input__ = None", "pass"),
    ("callbacks are never forgotten", f"{FSM}.reset_inputs", "self.__callback__ = None", "pass"),
    ("the first state sees the input", f"{FSM}._fsm_go_on_unasked", "self.reset_inputs()  #", "pass  #"),
    ("an empty text is no input", f"{FSM}.submit_input", "fsm_input is not None", "fsm_input"),
    ("text wakes whoever waits", f"{FSM}.submit_input", "self.status is _FOR_INPUT", "True"),
    ("a webhook wakes nobody", f"{FSM}.submit_callback", "self.status = _MOVE_FORWARD", "pass"),
    ("the end keeps its variables", f"{FSM}.reset", "self.variables = {}", "pass"),
    ("the end forgets its outputs", f"{FSM}.set_outputs", "self.output_variables", "()"),
    ("the outer state forgets its plugin", f"{FSM}._fsm_go_on_unasked", "self.status is _FOR_PLUGIN", "False"),
    ("a plugin is not reset", f"{FSM}.run_plugin", "machine.reset()", "pass"),
    ("a plugin begins without its variables", f"{FSM}.run_plugin", "machine.initialise(**kwargs)", "pass"),
    ("a plugin gets no input", f"{FSM}.run_plugin", "machine.submit_input(self.current_input)", "pass"),
    ("a plugin gets no callback", f"{FSM}.run_plugin", "machine.submit_callback(self.current_callback)", "pass"),
    ("plugins are not restored", f"{FSM}._restore_state", "if plugin_states:", "if False:"),
    ("a turn changes the saved variables", f"{FSM}.run_machine", 'json_clone(main["variables"])', 'main["variables"]'),
]


def _resolve(where):
    module_name, _, path = where.partition(":")
    owner = import_module(module_name)
    *outer, name = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    return owner, name


@pytest.fixture
def plant(monkeypatch):
    """Replace words in the source of one function, wherever it was imported to."""

    def replace(where, old, new):
        owner, name = _resolve(where)
        original = inspect.getattr_static(owner, name)
        function = original.__func__ if isinstance(original, classmethod) else original
        source = textwrap.dedent(inspect.getsource(function))
        assert source.count(old) == 1, f"{where} has {source.count(old)} times {old!r}"
        names: dict = {}
        exec(compile(source.replace(old, new), where, "exec"), function.__globals__, names)
        monkeypatch.setattr(owner, name, names[name])
        for module in [module for key, module in sys.modules.items() if key.startswith("chatsim.")]:
            if getattr(module, name, None) is original:
                monkeypatch.setattr(module, name, names[name])

    return replace


@cache
def _example(seed, number):
    """Return a bot, what is said to it, and the bot on the original, which knows from one fault to the next what it did."""
    dice = Dice(random.Random(f"{seed} {number}").randbytes(600))
    spec, conversation = read_machine(dice, most=STATES), read_inputs(dice)
    return spec, conversation, Original(spec)


def _difference(seed, examples):
    """Return the first turn in which the two runtimes disagree, None if there is none among these *examples*."""
    for number in range(examples):
        spec, conversation, original = _example(seed, number)
        try:
            pair = Pair(spec, original)
            for turn in conversation:
                pair.turn(turn)
        except AssertionError as error:
            return error
    return None


class TestPlantedFaults:
    @pytest.mark.parametrize(
        ("where", "old", "new"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS]
    )
    def test_the_oracle_finds_it(self, plant, where, old, new):
        """Not by luck: from each of these seeds."""
        plant(where, old, new)
        assert [seed for seed in SEEDS if _difference(seed, EXAMPLES) is None] == []

    def test_without_a_fault_it_holds(self):
        """The examples that find the faults find nothing in the runtime as it is."""
        assert [error for seed in SEEDS if (error := _difference(seed, 60)) is not None] == []
