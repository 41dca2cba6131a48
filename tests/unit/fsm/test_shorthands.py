import pytest

from chatsim.errors import NoWayOn
from chatsim.fsm import AbstractFSM, FaultyMachine, Status


class Parent(AbstractFSM):
    states = ["pay"]
    transitions = [
        {"trigger": "next", "source": "zero", "dest": "pay"},
        {"trigger": "pay_again", "source": "pay", "dest": "pay", "conditions": "is_rich"},
    ]

    def on_enter_pay(self, *args, **kwargs):
        self.variables["with"] = [list(args), kwargs]
        self.status = Status.WAIT_FOR_USER_INPUT

    def is_rich(self, *args, **kwargs):
        return True

    def fires(self):
        self.pay_again()


class TestShorthands:
    def test_arguments_reach_all_that_is_called(self):
        machine = Parent(print)
        machine.to_pay()
        machine.trigger("pay_again", 7, by="card")
        assert machine.variables["with"] == [[7], {"by": "card"}]

    def test_callables_get_them_too(self):
        heard = []

        class Calls(Parent):
            transitions = [
                {"trigger": "next", "source": "zero", "dest": "pay", "before": lambda *a, **k: heard.append((a, k))}
            ]

        Calls(print).next(1, by="card")
        assert heard == [((1,), {"by": "card"})]

    def test_what_the_class_has_comes_first(self):
        class Own(Parent):
            def is_pay(self):
                return "mine"

        assert Own(print).is_pay() == "mine"

    def test_what_a_class_beside_has_comes_first(self):
        """A class that was run before gives nothing to those that inherit from it and have it from elsewhere."""
        assert Parent(print).is_pay() is False

        class Mixin:
            to_pay = 3

            def is_pay(self):
                return "mixed in"

        class Both(Parent, Mixin):
            states = ["pay", "other"]
            on_enter_other = Parent.on_enter_pay

        machine = Both(print)
        assert machine.is_pay() == "mixed in"
        assert machine.to_pay == 3
        assert machine.is_other() is False

    def test_what_the_parent_offers_and_the_child_does_not(self):
        Parent(print)

        class Child(Parent):
            states = ["other"]
            transitions = [{"trigger": "next", "source": "zero", "dest": "other"}]
            on_enter_other = Parent.on_enter_pay

        with pytest.raises(AttributeError, match=r"^'Child' object has no attribute 'to_pay'$") as caught:
            _ = Child(print).to_pay
        assert caught.value.name == "to_pay"
        assert isinstance(caught.value.obj, Child)
        assert Parent(print).to_pay()

    def test_they_are_no_guards_of_a_child(self):
        """The check asks for what the child itself offers, and hints at that alone."""
        Parent(print)

        class Child(Parent):
            states = ["other"]
            transitions = [{"trigger": "next", "source": "zero", "dest": "other", "conditions": "is_pay"}]
            on_enter_other = Parent.on_enter_pay

        with pytest.raises(FaultyMachine) as caught:
            Child(print)
        assert caught.value.faults == ("transitions[0]: condition 'is_pay' has no method is_pay(self)",)

    def test_they_belong_to_machines(self):
        Parent(print)
        assert not hasattr(Parent, "to_pay")

    def test_lists_of_an_instance(self):
        """They are offered by that machine alone."""

        class Made(Parent):
            def __init__(self, send_message, credentials=None, *, more=True):
                if more:
                    self.states = ["pay", "late"]
                super().__init__(send_message)

        assert Made(print).is_late() is False
        assert not hasattr(Made(print, more=False), "is_late")

    def test_unknown_names(self):
        with pytest.raises(NoWayOn, match=r"has no transition for 'pay_again' \(pay has\)"):
            Parent(print).pay_again()
        with pytest.raises(AttributeError, match="Do not know event named 'pay_agian'; did you mean 'pay_again'"):
            Parent(print).trigger("pay_agian")
