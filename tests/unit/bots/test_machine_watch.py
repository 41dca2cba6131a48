"""What machines of the transitions library do is seen, and they do it as ever."""

import functools

import pytest

pytest.importorskip("transitions", reason="pip install transitions")

from transitions import Machine, MachineError
from transitions.core import Condition
from transitions.extensions import HierarchicalMachine

from chatsim.bots.machine_watch import Watch, guard_name, watching
from chatsim.trace import Guard


class Model:
    def yes(self):
        return True

    def no(self):
        return False


def moves(watch):
    return [(move.source, move.target, move.guards) for move in watch.moves]


class TestWatching:
    def test_guards_are_those_asked_on_the_way(self):
        model, watch = Model(), Watch()
        machine = Machine(model, ["a", "b", "c"], initial="a")
        machine.add_transition("go", "a", "b", conditions=["yes", "no"])
        machine.add_transition("go", "a", "c", unless=["no"])
        with watching(watch):
            model.go()
        asked = (Guard("yes", value=True), Guard("no", value=False), Guard("no", value=False))
        assert moves(watch) == [("a", "c", asked)]

    def test_a_move_within_a_move(self):
        """An event fired from a callback comes after the move that it is a part of."""
        model, watch = Model(), Watch()
        machine = Machine(model, ["a", "b", "c"], initial="a", ordered_transitions=True)
        machine.on_enter_b(model.next_state)
        with watching(watch):
            model.next_state()
        assert moves(watch) == [("a", "b", ()), ("b", "c", ())]

    def test_a_guard_that_fires_an_event(self):
        """Its guards are its own."""
        model, watch = Model(), Watch()
        inner = Machine(Model(), ["x", "y"], initial="x", transitions=[["go", "x", "y", "yes"]])
        machine = Machine(model, ["a", "b"], initial="a")
        machine.add_transition("go", "a", "b", conditions=["yes", inner.models[0].go])
        with watching(watch):
            model.go()
        assert [len(guards) for _, _, guards in moves(watch)] == [1, 2]

    def test_an_error_on_the_way_out(self):
        """A state that was never left is no move."""
        model, watch = Model(), Watch()
        machine = Machine(model, ["a", "b"], initial="a", transitions=[["go", "a", "b"]])
        machine.on_exit_a(lambda: 1 / 0)
        with watching(watch), pytest.raises(ZeroDivisionError):
            model.go()
        with watching(watch):
            machine.set_state("b")
        assert moves(watch) == []

    def test_an_internal_transition(self):
        model, watch = Model(), Watch()
        Machine(model, ["a"], initial="a", transitions=[["stay", "a", None, "yes"], ["never", "a", None, "no"]])
        with watching(watch):
            assert model.stay()
            assert not model.never()
        assert moves(watch) == [("a", None, (Guard("yes", value=True),))]

    def test_nested_states(self):
        model, watch = Model(), Watch()
        states = ["a", {"name": "b", "children": ["c", "d"], "initial": "c"}]
        HierarchicalMachine(model, states, initial="a", transitions=[["go", "a", "b"], ["go", "b_c", "b_d"]])
        with watching(watch):
            model.go()
            model.go()
        assert moves(watch) == [("a", "b_c", ()), ("b_c", "b_d", ())]

    def test_is_told_of_every_attempt(self):
        told = []

        class Telling(Watch):
            def tried(self, machine, moved):
                told.append((machine.name, moved))

        model = Model()
        Machine(model, ["a", "b"], initial="a", transitions=[["go", "a", "b"], ["never", "b", "a", "no"]], name="m")
        with watching(Telling()):
            model.go()
            model.never()
        with watching(Telling()), pytest.raises(MachineError):
            model.go()
        assert told == [("m: ", True), ("m: ", False)]

    def test_the_library_is_put_back(self):
        before = (Condition.check, Machine.set_state, HierarchicalMachine.set_state)
        with watching(Watch(), (Model, "yes", lambda *_: None)):
            assert Model().yes() is None
        assert before == (Condition.check, Machine.set_state, HierarchicalMachine.set_state)
        assert Model().yes()


class TestGuardName:
    def test_of_a_callable_object(self):
        assert guard_name(functools.partial(functools.partial(Model.yes))) == "yes"
        callable_object = functools.singledispatchmethod(Model.yes)
        assert guard_name(callable_object) == repr(callable_object)
