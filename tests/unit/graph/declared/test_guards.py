"""Guards that exclude each other, as far as their source tells."""

import pytest

from chatsim.bots.fsm import FSMBot
from chatsim.fsm import AbstractFSM, Status
from chatsim.graph.analysis import order_dependent
from chatsim.graph.declared.dispatch import declared_graph
from chatsim.graph.declared.guards import exclusive_guards

PAID = "paid"
OPEN = {"new": 1, "late": 2}


def pick(text, choices):
    return text if text in choices else None


class Shop:
    variables = {}
    current_input = ""
    flag = False

    def is_paid(self):
        """A docstring says nothing of when it holds."""
        return self.variables.get("state") == PAID

    def is_declined(self):
        return self.variables.get("state") == "declined"

    def is_open(self):
        return self.variables.get("state") in OPEN

    def is_not_paid(self):
        return self.variables.get("state") != "paid"

    def is_none_of_both(self):
        return self.variables.get("state") not in ("paid", "new")

    def has_no_state(self):
        return self.variables.get("state") is None

    def is_known(self):
        return "name" in self.variables

    def is_unknown(self):
        return "name" not in self.variables

    def is_named(self):
        return self.is_known() and self.variables["name"] == "Ann"

    def is_stranger(self):
        return not self.is_known() and self.current_input == "x"

    def says_yes(self):
        return pick(self.current_input, ["yes"]) == "yes"

    def says_no(self):
        return pick(self.current_input, ["no"]) == "no"

    def is_big(self):
        return self.variables["size"] > 3

    def is_small(self):
        return self.variables["size"] <= 3

    def has_flag(self):
        return bool(self.flag)

    def has_no_flag(self):
        return not bool(self.flag)

    def is_long(self):
        if self.current_input:  # noqa: SIM103 - more than one return is not read
            return False
        return True

    def goes_round(self):
        return self.goes_round()

    def compares_with_what_is_not_known(self):
        return self.variables["a"] == self.variables["b"]

    def compares_the_other_way(self):
        return self.variables["a"] != self.variables["b"]

    def costs_little(self):
        return self.variables["price"] < 10

    def costs_much(self):
        return self.variables["price"] >= 10

    def costs_some(self):
        return 5 <= self.variables["price"] <= 10

    def costs_ten(self):
        return 10 == self.variables["price"]  # noqa: SIM300 - people write that

    def is_cheap_or_dear(self):
        return self.variables["price"] < 5 or self.variables["price"] > 100

    def is_in_between(self):
        price = self.variables.get("price")
        if price is None:
            return False
        return 5 <= price <= 100

    def is_free(self):
        return not self.variables["price"]

    def said(self):
        return (self.current_input or "").strip().lower()

    def agrees(self):
        text = (self.current_input or "").strip().lower()
        return text in ("yes", "y")

    def declines(self):
        text = (self.current_input or "").strip().lower()
        if text == "no" or text == "n":  # noqa: PLR1714, SIM103 - people write that
            return True
        return False

    def counts_few(self):
        try:
            number = int(self.current_input)
        except ValueError:
            return False
        return number < 3

    def counts_many(self):
        return self.current_input.isdecimal() and int(self.current_input) > 5

    def is_either(self):
        return not (self.is_open() or self.is_paid())

    def looks_around(self):
        for _ in self.variables:
            return True
        return False

    def walks(self):
        return (state := self.variables.get("state")) is not None and state != "paid"

    def runs(self):
        return (state := self.current_input) is not None and state == "paid"

    is_lambda = lambda self: True  # noqa: E731
    is_value = True


class TestPairs:
    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("is_paid", "is_declined"),
            ("is_paid", "is_open"),
            ("is_paid", "is_not_paid"),
            ("is_paid", "is_none_of_both"),
            ("is_paid", "has_no_state"),
            ("is_known", "is_unknown"),
            ("is_named", "is_unknown"),
            ("is_named", "is_stranger"),
            ("is_known", "is_stranger"),
            ("has_flag", "has_no_flag"),
            ("compares_with_what_is_not_known", "compares_the_other_way"),
            ("is_big", "is_small"),
            ("costs_little", "costs_much"),
            ("costs_little", "costs_ten"),
            ("is_cheap_or_dear", "is_in_between"),
            ("is_cheap_or_dear", "costs_some"),
            ("is_free", "costs_much"),
            ("is_free", "costs_ten"),
            ("agrees", "declines"),
            ("counts_few", "counts_many"),
            ("is_either", "is_paid"),
            ("is_either", "is_open"),
        ],
    )
    def test_exclude_each_other(self, first, second):
        assert exclusive_guards(Shop, [first, second, first]) == [(first, second)]

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("is_open", "is_none_of_both"),  # it may be late
            ("is_not_paid", "is_declined"),
            ("is_not_paid", "is_none_of_both"),
            ("says_yes", "says_no"),  # two questions
            ("is_paid", "is_known"),
            ("is_long", "has_flag"),
            ("is_lambda", "is_value"),
            ("costs_little", "costs_some"),
            ("costs_some", "costs_ten"),
            ("costs_some", "is_in_between"),
            ("is_free", "is_cheap_or_dear"),
            ("is_either", "is_declined"),
            ("looks_around", "is_paid"),
            ("walks", "runs"),
            ("goes_round", "no_such_guard"),
        ],
    )
    def test_may_both_hold_for_all_that_is_known(self, first, second):
        assert exclusive_guards(Shop, [first, second]) == []


class TestInGraphs:
    class Shop(AbstractFSM):
        states = ["zero", "ask", "a", "b", "c"]
        transitions = [
            {"trigger": "next", "source": "zero", "dest": "ask"},
            {"trigger": "next", "source": "ask", "dest": "a", "conditions": "is_a"},
            {"trigger": "next", "source": "ask", "dest": "b", "conditions": "is_b"},
            {"trigger": "next", "source": "ask", "dest": "c", "conditions": "is_c"},
        ]
        conditions = {"is_a", "is_b", "is_c"}

        def wait(self):
            self.status = Status.WAIT_FOR_USER_INPUT

        on_enter_ask = on_enter_a = on_enter_b = on_enter_c = wait

        def is_a(self):
            return self.current_input == "a"

        def is_b(self):
            return self.current_input == "b"

        def is_c(self):
            return len(self.current_input) > 3

    def test_the_order_of_such_guards_does_not_matter(self):
        graph = declared_graph(FSMBot(self.Shop))

        assert graph.exclusive == (("", "is_a", "is_b"),)
        assert [(one.target, other.target) for one, other in order_dependent(graph)] == [("a", "c"), ("b", "c")]
