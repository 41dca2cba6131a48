import functools
import operator

import pytest

from chatsim.fsm import AbstractFSM, FaultyMachine, Status


def way(source="zero", dest="a", **more):
    return {"trigger": "next", "source": source, "dest": dest, **more}


class Sound(AbstractFSM):
    states = ["a"]
    transitions = [way()]

    def on_enter_a(self):
        self.status = Status.END


def faults(**members):
    cls = type("Bot", (Sound,), members)
    try:
        cls.check_sanity()
    except FaultyMachine as error:
        return list(error.faults)
    return []


class TestCheckSanity:
    def test_sound(self):
        assert faults() == []

    def test_every_fault_at_once(self):
        """The class says all that is wrong with it, so that nobody mends it one run at a time."""
        found = faults(
            states=["a", "pay"],
            transitions=[
                way(dest="apy"),
                way(conditions="is_piad", unless="gone", before="bfeore"),
                {"trigger": "nxt", "source": "a", "dest": "a"},
            ],
            conditions={"is_ready"},
            is_paid=lambda self: True,
        )
        assert found == [
            "transitions[0]: no state 'apy' (dest); did you mean 'pay'?",
            "state 'pay' has no method on_enter_pay(self)",
            "conditions: 'is_ready' has no method is_ready(self); did you mean 'is_paid'?",
            "transitions[1]: condition 'is_piad' has no method is_piad(self); did you mean 'is_paid'?",
            "transitions[1]: condition 'gone' has no method gone(self)",
            "transitions[1]: before 'bfeore' has no method bfeore(self)",
            "transitions[2]: trigger 'nxt' is never fired; write 'next', or call self.nxt()",
        ]

    def test_a_method_that_is_nearly_right(self):
        assert faults(states=["a", "size"], on_enter_szie=print) == [
            "state 'size' has no method on_enter_size(self); did you mean its method 'on_enter_szie'?"
        ]

    def test_the_default_end_is_no_hint(self):
        assert faults(states=["a", "ende"]) == ["state 'ende' has no method on_enter_ende(self)"]

    def test_a_method_with_arguments(self):
        """It is called with self alone, whatever it is called for; what has a default is no argument."""
        assert faults(
            transitions=[way(conditions="is_paid", before="note")],
            on_enter_a=lambda self, extra: None,
            is_paid=lambda self, *, amount: True,
            note=lambda self, text="", *more, **others: None,
        ) == [
            "transitions[0]: condition 'is_paid' is called with self alone, and this is is_paid(self, *, amount)",
            "state 'a': on_enter 'on_enter_a' is called with self alone, and this is on_enter_a(self, extra)",
        ]

    def test_arguments_of_a_trigger_that_the_bot_fires(self):
        """These reach the methods, so that the bot knows best."""

        def go_on(self):
            self.go(5)

        go = {"trigger": "go", "source": "a", "dest": "b"}
        assert faults(states=["a", "b"], transitions=[way(), go], on_enter_a=go_on, on_enter_b=lambda self, n: n) == []

    def test_arguments_of_what_a_decorator_wraps(self):
        """The wrapper may give them."""

        @functools.wraps(lambda self, basket: None)
        def enter(*args):
            pass

        assert faults(on_enter_a=enter) == []

    @pytest.mark.parametrize("prefix", ["on_enter_", "on_exit_"])
    def test_a_method_for_a_state_that_is_not_declared(self, prefix):
        assert faults(
            states=["a", "size"], on_enter_size=lambda self: None, **{f"{prefix}szie": lambda self: None}
        ) == [f"method {prefix}szie: no state 'szie'; did you mean 'size'?"]

    def test_a_method_of_the_parent_for_a_state_of_the_parent(self):
        class Parent(Sound):
            def on_enter_pay(self):
                pass

        class Child(Parent):
            pass

        Child.check_sanity()

    def test_no_transitions(self):
        assert faults(transitions=[]) == ["no transitions: add {'trigger': 'next', 'source': 'zero', 'dest': …}"]

    def test_a_method_of_the_dict_is_missing(self):
        assert faults(states=["a", {"name": "b", "on_enter": "hello", "on_exit": "bye"}]) == [
            "state 'b': on_enter 'hello' has no method hello(self)",
            "state 'b': on_exit 'bye' has no method bye(self)",
        ]

    @pytest.mark.parametrize("condition", ["is_a", "may_next", "os.path.exists", len])
    def test_what_counts_as_a_guard(self, condition):
        """What the machine offers, what can be imported, and what can be called."""
        assert faults(transitions=[way(conditions=condition)]) == []

    @pytest.mark.parametrize("condition", ["os.path.exist", "no_such_module.thing", "a..b"])
    def test_what_cannot_be_imported(self, condition):
        assert condition in faults(transitions=[way(conditions=condition)])[0]

    def test_an_attribute_that_the_bot_sets_itself(self):
        def init(self, send_message, credentials=None):
            self.is_open = lambda: True
            AbstractFSM.__init__(self, send_message)

        assert faults(transitions=[way(conditions="is_open")], __init__=init) == []


def fires_go(self):
    self.go()


def passes(function):
    @functools.wraps(function)
    def wrapper(self):
        return function(self)

    return wrapper


class TestTriggers:
    GO = {"trigger": "advance", "source": "a", "dest": "a"}

    def check(self, **members):
        return faults(transitions=[way(), self.GO], **members)

    def test_never_fired(self):
        assert len(self.check()) == 1

    @pytest.mark.parametrize(
        "member",
        [
            lambda self: self.advance(),
            property(lambda self: self.advance()),
            staticmethod(lambda machine: machine.advance()),
            classmethod(lambda _, machine: machine.advance()),
            functools.partialmethod(lambda self: self.advance()),
            passes(lambda self: self.advance()),
            lambda self: [machine.advance() for machine in (self,)],
            lambda self: self.trigger("advance"),
            lambda self, name: self.trigger(name),
            lambda self, name: getattr(self, name)(),
            lambda self, name: operator.methodcaller(name)(self),
        ],
    )
    def test_fired_by_a_member(self, member):
        assert self.check(member=member) == []

    def test_fired_by_a_callback(self):
        assert faults(transitions=[way(after="advance"), self.GO]) == []

    def test_fired_by_a_function_beside_the_class(self):
        def calls(self):
            fires_go(self)

        go = {"trigger": "go", "source": "a", "dest": "a"}
        assert faults(transitions=[way(), go], calls=calls) == []
