import pytest

from chatsim.errors import NoWayOn, UnknownState
from chatsim.fsm import AbstractFSM, Status
from chatsim.trace import Guard, Hop


def way(source, dest, trigger="next", **more):
    return {"trigger": trigger, "source": source, "dest": dest, **more}


class Noted(AbstractFSM):
    """A bot that notes all that is called."""

    states = ["a", {"name": "b", "ignore_invalid_triggers": True}, "c"]
    transitions = [
        way("zero", "a"),
        way("a", None, "ring", prepare="first", conditions="is_ready", after="second"),
        way("a", "b", "go", before=["first", "second"], conditions="is_ready", unless="is_shut"),
        way("b", "c", "to_zero"),
        way("b", "c", conditions=lambda: True),
        way("a", "a", "again", conditions="os.path.exists"),
        way("a", "a", "broken", conditions="broken_property"),
    ]
    is_shut = False
    ready = True

    def __init__(self, send_message, credentials=None):
        super().__init__(send_message, credentials)
        self.notes = []

    def note(self, name, *args):
        self.notes.append((name, self.state, *args))

    def is_ready(self, *args):
        self.note("is_ready", *args)
        return self.ready

    @property
    def broken_property(self):
        raise AttributeError("broken inside")

    def first(self, *args):
        self.note("first", *args)

    def second(self, *args):
        self.note("second", *args)

    def on_exit_a(self, *args):
        self.note("on_exit_a", *args)

    def on_enter_a(self, *args):
        self.note("on_enter_a", *args)

    def on_enter_b(self, *args):
        self.note("on_enter_b", *args)
        self.status = Status.MOVE_FORWARD

    def on_enter_c(self, *args):
        self.note("on_enter_c", *args)
        self.status = Status.END

    def fire_all(self):
        return self.ring, self.again, self.broken, self.go, self.to_zero


@pytest.fixture
def machine():
    machine = Noted(print)
    machine.state = "a"
    return machine


class TestTriggers:
    def test_the_order_of_calls(self, machine):
        assert machine.go(7) is True
        assert machine.notes == [
            ("is_ready", "a", 7),
            ("first", "a", 7),
            ("second", "a", 7),
            ("on_exit_a", "a", 7),
            ("on_enter_b", "b", 7),
        ]

    def test_internal(self, machine):
        """Nothing is left or entered."""
        assert machine.ring()
        assert machine.notes == [("first", "a"), ("is_ready", "a"), ("second", "a")]
        assert machine.state == "a"

    def test_a_guard_that_does_not_hold(self, machine):
        machine.ready = False
        assert machine.go() is False
        assert machine.state == "a"

    def test_a_value_may_be_a_guard(self, machine):
        machine.is_shut = True
        assert machine.go() is False

    def test_a_path_may_be_a_guard(self, machine):
        assert machine.again("/") is True
        assert machine.again("/no/such/file") is False

    def test_an_error_inside_a_property_is_the_bots_own(self, machine):
        with pytest.raises(AttributeError):
            machine.broken()

    def test_by_name(self, machine):
        assert machine.trigger("go", 7) is True
        with pytest.raises(AttributeError, match="Do not know event named 'gon'; did you mean 'go'"):
            Noted(print).trigger("gon")

    def test_a_state_that_ignores_what_it_has_no_way_for(self, machine):
        machine.state = "b"
        assert machine.go() is False
        assert machine.trigger("unknown") is False

    def test_no_transition(self, machine):
        machine.state = "c"
        with pytest.raises(NoWayOn, match=r"state c has no transition for 'go' \(a has\)"):
            machine.go()
        with pytest.raises(NoWayOn, match="has no transition for 'next'"):
            machine.next()

    def test_unknown_state(self, machine):
        machine.state = "aa"
        with pytest.raises(UnknownState, match="no state 'aa'; did you mean 'a'"):
            machine.go()
        with pytest.raises(AttributeError):
            machine.trigger("unknown")


class TestShorthands:
    def test_to_state(self, machine):
        assert machine.to_c()
        assert machine.state == "c"
        assert machine.notes == [("on_exit_a", "a"), ("on_enter_c", "c")]
        assert machine.to_a()
        assert machine.to_a()

    def test_to_state_comes_before_a_trigger_of_that_name(self, machine):
        machine.state = "b"
        machine.to_zero()
        assert machine.state == "zero"

    def test_is_state(self, machine):
        assert machine.is_a()
        assert not machine.is_b()

    def test_may(self, machine):
        """Guards are asked, nothing moves."""
        assert machine.may_go()
        assert machine.may_trigger("go")
        assert machine.may_to_c()
        assert not machine.may_next()
        assert not machine.may_trigger("unknown")
        machine.ready = False
        assert not machine.may_go()
        assert machine.state == "a"


class TestHops:
    def test_a_hop_has_every_guard_that_was_asked(self):
        class Choice(Noted):
            transitions = [
                way("zero", "a", conditions=["is_ready", "is_late"]),
                way("zero", "a", conditions="is_late", prepare="first"),
                way("zero", "c", unless="is_late"),
            ]

            def is_late(self):
                return False

        machine = Choice(print)
        machine.run()
        asked = (Guard("is_ready", True), *[Guard("is_late", False)] * 3)
        assert tuple(machine._fsm_hops) == (Hop("zero", "c", asked),)

    def test_without_guards(self, machine):
        class Straight(Noted):
            transitions = [way("zero", "c")]

        machine = Straight(print)
        machine.run()
        assert tuple(machine._fsm_hops) == (Hop("zero", "c"),)

    def test_an_internal_hop_enters_nothing(self):
        class Inner(Noted):
            transitions = [way("zero", None, conditions="is_ready", after="to_c")]

        machine = Inner(print)
        machine.run()
        assert tuple(machine._fsm_hops) == (Hop("zero", None, (Guard("is_ready", True),)), Hop("zero", "c"))
