from enum import Enum

import pytest

from chatsim.fsm import AbstractFSM, FaultyMachine
from chatsim.fsm.declared import read_table
from chatsim.fsm.program import compile_machine, program_of
from chatsim.fsm.table import Condition, Transition, action_name, triggers


class Step(Enum):
    PAY = 1
    DONE = 2


def bot(states, transitions, **members):
    return type("Bot", (AbstractFSM,), {"states": states, "transitions": transitions, **members})


def faults(states, transitions, **members):
    return read_table(bot(states, transitions, **members))[1]


def way(source="a", dest="b", **more):
    return {"trigger": "next", "source": source, "dest": dest, **more}


class TestStates:
    def test_zero_comes_first_where_it_is_not_declared(self):
        assert list(read_table(bot(["a"], []))[0].states) == ["zero", "a"]
        assert list(read_table(bot(["a", "zero"], []))[0].states) == ["a", "zero"]

    def test_every_form(self):
        class Named:
            name = "c"
            on_exit = "bye"

        table, found = read_table(
            bot(["a", {"name": "b", "on_enter": ["x", "y"], "ignore_invalid_triggers": True}, Named(), Step.PAY], [])
        )
        assert found == []
        assert list(table.states) == ["zero", "a", "b", "c", "PAY"]
        assert table.states["b"].on_enter == ("x", "y")
        assert table.states["b"].ignore_invalid_triggers
        assert not table.states["a"].ignore_invalid_triggers
        assert table.states["c"].on_exit == ("bye",)

    def test_an_enumeration(self):
        assert list(read_table(bot(Step, [way(Step.PAY, Step.DONE)]))[0].states) == ["zero", "PAY", "DONE"]

    def test_the_methods_come_last(self):
        table, _ = read_table(bot([{"name": "a", "on_enter": "x"}], [], on_enter_a=print, on_exit_a=print))
        assert table.states["a"].on_enter == ("x", "on_enter_a")
        assert table.states["a"].on_exit == ("on_exit_a",)

    def test_a_method_is_called_once(self):
        table, _ = read_table(bot([{"name": "a", "on_enter": "on_enter_a"}], [], on_enter_a=print))
        assert table.states["a"].on_enter == ("on_enter_a",)

    def test_faults(self):
        assert faults([7, {"nmae": "a"}], []) == [
            "states[0]: 7 is no state; write its name, or a dict with 'name'",
            "states[1]: unknown key 'nmae'; did you mean 'name'?",
            "states[1]: {'nmae': 'a'} is no state; write its name, or a dict with 'name'",
        ]


class TestTransitions:
    def test_every_key(self):
        given = way(conditions=["x", len], unless="y", before="p", after=["q"], prepare=("r", "s"))
        (transition,) = read_table(bot(["a", "b"], [given]))[0].transitions
        assert transition == Transition(
            "next",
            "a",
            "b",
            (Condition("x"), Condition(len), Condition("y", expected=False)),
            ("r", "s"),
            ("p",),
            ("q",),
            0,
        )
        assert [condition.name for condition in transition.conditions] == ["x", "len", "y"]

    @pytest.mark.parametrize(
        ("source", "dest", "moves"),
        [
            ("*", "b", [("zero", "b"), ("a", "b"), ("b", "b")]),
            (["a", "b"], "=", [("a", "a"), ("b", "b")]),
            (("a",), None, [("a", None)]),
        ],
    )
    def test_sources_and_destinations(self, source, dest, moves):
        table, _ = read_table(bot(["a", "b"], [way(source, dest)]))
        assert [(transition.source, transition.target) for transition in table.transitions] == moves

    def test_a_list_is_in_the_order_of_the_keys(self):
        (transition,) = read_table(bot(["a", "b"], [["go", "a", "b", "x"]]))[0].transitions
        assert (transition.trigger, transition.conditions) == ("go", (Condition("x"),))

    def test_the_index_is_the_place_in_the_class(self):
        table, _ = read_table(bot(["a", "b"], [way(["a", "b"]), way()]))
        assert [transition.index for transition in table.transitions] == [0, 0, 1]
        assert triggers(table) == ("next",)

    def test_all_faults_at_once(self):
        found = faults(
            ["ask_size", "b"],
            [
                way("ask_szie", "c"),
                way(dest=["b"], source="ask_size"),
                {"trigger": "state", "source": "b", "dest": "b"},
                {"trigger": 1, "source": ["b", 5], "dest": "b"},
                {"source": "b", "conditon": "x"},
                "next",
            ],
        )
        assert found == [
            "transitions[0]: no state 'ask_szie' (source); did you mean 'ask_size'?",
            "transitions[0]: no state 'c' (dest)",
            "transitions[1]: no state ['b'] (dest)",
            "transitions[2]: 'state' cannot be a trigger; write 'next', or another name for a method",
            "transitions[3]: 1 cannot be a trigger; write 'next', or another name for a method",
            "transitions[3]: no state 5 (source)",
            "transitions[4]: unknown key 'conditon'; did you mean 'conditions'?",
            "transitions[4]: no 'trigger'",
            "transitions[4]: no 'dest'",
            "transitions[5]: 'next' is no dict with 'trigger', 'source' and 'dest'",
        ]

    def test_what_is_at_fault_cannot_run(self):
        """Not even where a bot does without the check."""
        cls = bot(["a"], [way()], check_sanity=classmethod(lambda _: None))
        with pytest.raises(FaultyMachine, match="Bot cannot run, 1 fault:"):
            cls(print)

    def test_compiled_once(self):
        cls = bot(["a"], [way("zero", "a")], on_enter_a=print)
        assert program_of(cls) is program_of(cls)
        assert compile_machine(cls, cls).table == program_of(cls).table

    def test_the_name_of_a_callable_without_one(self):
        class Nameless:
            __call__ = print

            def __repr__(self):
                return "nameless"

        assert action_name(Nameless()) == "nameless"
