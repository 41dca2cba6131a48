"""The oracle bites: each of these faults, planted in the reference runtime one at a time, makes it fail."""

import inspect
import sys
import textwrap
from importlib import import_module

import pytest
from hypothesis import HealthCheck, Phase, given, settings

pytest.importorskip("jb_manager_bot", reason="the original is not installed: pip install jb-manager-bot==0.1.8")

from fsm_oracle import Pair
from fsm_specs import inputs, machines

FSM = "chatsim.fsm.abstract_fsm:AbstractFSM"
FIRING = "chatsim.fsm.firing"
EXAMPLES = 400

# what goes wrong, where, the words of the source that are replaced, and by what
FAULTS = [
    ("the last guard that holds wins", f"{FIRING}:fire_noting", "in ways:", "in reversed(ways):"),
    ("unless is read as conditions", "chatsim.fsm.declared:_read_transition", "expected=False", "expected=True"),
    ("a truthy answer holds", f"{FIRING}:_take_plain", "answer != check.expected", "bool(answer) != check.expected"),
    ("one condition is enough", f"{FIRING}:_take_plain", "            return False", "            continue"),
    ("the state left is not told", "chatsim.fsm.program:Route.__init__", "states[transition.source].on_exit", "()"),
    ("the wildcard leaves zero out", "chatsim.fsm.declared:_sources", "list(states)", "list(states)[1:]"),
    ("= leads to zero", "chatsim.fsm.declared:_read_transition", 'source if dest == "="', 'INITIAL if dest == "="'),
    ("no second look without the input", f"{FSM}._fsm_hop", "self.__input__ is not None or", "False and"),
    ("inputs are never forgotten", f"{FSM}.reset_inputs", "self.__input__ = None", "pass"),
    ("callbacks are never forgotten", f"{FSM}.reset_inputs", "self.__callback__ = None", "pass"),
    ("the first state sees the input", f"{FSM}._fsm_run", "self.reset_inputs()  #", "pass  #"),
    ("an empty text is no input", f"{FSM}.submit_input", "fsm_input is not None", "fsm_input"),
    ("text wakes whoever waits", f"{FSM}.submit_input", "self.status is Status.WAIT_FOR_USER_INPUT", "True"),
    ("a webhook wakes nobody", f"{FSM}.submit_callback", "self._fsm_wake()", "pass"),
    ("the end keeps its variables", f"{FSM}.reset", "self.variables = {}", "pass"),
    ("the outer state forgets its plugin", f"{FSM}._fsm_run", "is Status.WAIT_FOR_PLUGIN", "is None"),
    ("a plugin is not reset", f"{FSM}.run_plugin", "machine.reset()", "pass"),
    ("a plugin begins without its variables", f"{FSM}.run_plugin", "machine.initialise(**kwargs)", "pass"),
    ("a plugin gets no input", f"{FSM}.run_plugin", "machine.submit_input(self.current_input)", "pass"),
    ("plugins are not restored", f"{FSM}._restore_state", "plugin_states.items()", "()"),
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


def _holds(examples=EXAMPLES):
    """Run the oracle until a turn disagrees, on the same examples every time."""

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(machines(), inputs())
    def every_turn_agrees(spec, conversation):
        pair = Pair(spec)
        for turn in conversation:
            pair.turn(turn)

    every_turn_agrees()


class TestPlantedFaults:
    @pytest.mark.parametrize(
        ("where", "old", "new"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS]
    )
    def test_the_oracle_finds_it(self, plant, where, old, new):
        plant(where, old, new)
        with pytest.raises(AssertionError):
            _holds()

    def test_without_a_fault_it_holds(self, plant):
        """The examples that find nearly all the faults find nothing in the runtime as it is."""
        _holds(60)
