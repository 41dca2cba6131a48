import pytest

from chatsim.errors import BadResult, ContextNotSerializable, HopLoop, NoWayOn, UnknownState
from chatsim.fsm import AbstractFSM, FaultyMachine, FSMOutput, MessageData, Status, UnknownPlugin


def ways(*pairs, **more):
    return [{"trigger": "next", "source": source, "dest": dest, **more} for source, dest in pairs]


class Shop(AbstractFSM):
    states = ["ask", "answer", "end"]
    transitions = [
        *ways(("zero", "ask"), ("answer", "end")),
        {"trigger": "next", "source": "ask", "dest": "answer", "conditions": "is_known", "unless": ["is_rude"]},
        {"trigger": "next", "source": "ask", "dest": "end", "conditions": "is_bye"},
    ]
    conditions = {"is_known", "is_rude", "is_bye"}
    output_variables = {"asked"}

    def on_enter_ask(self):
        self.send_message(FSMOutput(message_data=MessageData(body=f"ask {self.current_input}")))
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_answer(self):
        self.variables["asked"] = self.current_input
        self.status = Status.WAIT_FOR_CALLBACK

    def is_known(self):
        return self.current_input == "price"

    def is_rude(self):
        return False

    def is_bye(self):
        return self.current_input == "bye" or None


class Desk(AbstractFSM):
    """A bot with the shop as a plugin."""

    states = ["shop", "done"]
    transitions = ways(("zero", "shop"), ("shop", "done"))

    def __init__(self, send_message, credentials=None):
        self.plugins = {"shop": Shop(send_message)}
        super().__init__(send_message, credentials)

    def on_enter_shop(self):
        result = self.run_plugin("shop", known=1)
        if result != self.RUN_TOKEN:
            self.variables["result"] = result
            self.status = Status.MOVE_FORWARD

    def on_enter_done(self):
        self.variables["seen"] = self.current_input
        self.status = Status.WAIT_FOR_USER_INPUT


def talk(cls, *turns, state=None):
    said = []
    for user, callback in turns:
        state = cls.run_machine(lambda out: said.append(out.message_data.body), user, callback, {}, state)
    return state, said


class TestRunMachine:
    def test_a_conversation(self):
        state, said = talk(Shop, ("hi", None), ("price", None))
        assert said == ["ask None"]
        assert state["main"] == {"state": "answer", "status": 3, "variables": {"asked": "price"}}

    def test_the_end_begins_anew(self):
        state, _ = talk(Shop, (None, None), ("price", None), (None, "ok"))
        assert state == {"main": {"state": "zero", "status": 2, "variables": {}}, "plugins": {}}

    def test_the_wrong_kind_wakes_nobody(self):
        state, _ = talk(Shop, (None, None))
        assert talk(Shop, (None, "ok"), state=state)[0] == state

    def test_empty_text_is_an_input(self):
        state, _ = talk(Shop, (None, None))
        with pytest.raises(NoWayOn):
            talk(Shop, ("", None), state=state)

    def test_no_way_on(self):
        """Every guard with its answer, the cure, and what a guard said that was neither True nor False."""
        state, _ = talk(Shop, (None, None))
        with pytest.raises(NoWayOn) as caught:
            talk(Shop, ("what?", None), state=state)
        assert str(caught.value) == (
            "no way on: state ask, guards is_known=False, is_bye=False. Add a transition without conditions as the "
            "last one, or let one of the guards hold; is_bye returned None, which is neither True nor False"
        )

    def test_what_arrived_when_it_was_a_choice(self):
        """A guard that compares it with the option's title is false, and one sees why."""
        chosen = '[{"option_id": "1", "option_text": "Small"}]'
        state, _ = talk(Shop, (None, None))
        with pytest.raises(NoWayOn) as caught:
            talk(Shop, (chosen, None), state=state)
        assert str(caught.value).endswith(f"; current_input is {chosen}")

    def test_what_each_odd_guard_said(self):
        class Odd(Shop):
            def is_rude(self):
                return 7

        state, _ = talk(Odd, (None, None))
        with pytest.raises(NoWayOn) as caught:
            talk(Odd, ("price", None), state=state)
        assert str(caught.value).endswith(
            "hold; is_rude returned 7, which is neither True nor False; "
            "is_bye returned None, which is neither True nor False"
        )

    def test_credentials_reach_the_bot(self):
        class Knows(Shop):
            def on_enter_ask(self):
                self.variables["key"] = self.credentials["KEY"]
                self.status = Status.WAIT_FOR_USER_INPUT

        state = Knows.run_machine(lambda _: None, credentials={"KEY": "first"})
        assert state["main"]["variables"] == {"key": "first"}
        with pytest.raises(KeyError):
            Knows.run_machine(lambda _: None, credentials={})
        state["main"]["state"] = "zero"
        state["main"]["status"] = 2
        again = Knows.run_machine(lambda _: None, credentials={"KEY": "second"}, state=state)
        assert again["main"]["variables"] == {"key": "second"}

    def test_an_input_that_zero_waited_for(self):
        """The first state sees no input, unless ``zero`` itself waited for it."""

        class Returns(Shop):
            transitions = ways(("zero", "ask"), ("ask", "zero"))

            def on_enter_zero(self):
                self.status = Status.WAIT_FOR_USER_INPUT

            on_enter_end = on_enter_answer = on_enter_zero

        said = talk(Returns, ("hi", None), ("x", None), ("again", None))[1]
        assert said == ["ask None", "ask again"]

    def test_a_machine_goes_on_and_begins_anew(self):
        said = []
        machine = Shop(lambda out: said.append(out.message_data.body))
        machine.run()
        machine.submit_input("bye")
        assert machine.run() == {"asked": None}
        machine.reset()
        assert machine.outputs == {}
        machine.submit_input("hello")
        machine.submit_callback("hook")
        machine.run()
        assert said == ["ask None", "ask None"]

    def test_a_machine_that_waits_is_left_as_it_is(self):
        """Without anything new it stays where it is, and keeps what it got for later."""
        machine = Shop.get_machine(print, state="ask", status=Status.WAIT_FOR_USER_INPUT)
        machine.submit_callback("early")
        assert machine.run() == Shop.RUN_TOKEN
        assert (machine.state, machine.current_callback) == ("ask", "early")

    def test_files_are_bytes(self):
        class Takes(Shop):
            def is_known(self):
                return self.current_input == b"\x89PNG"

            def on_enter_answer(self):
                self.variables["size"] = len(self.current_input)
                self.status = Status.WAIT_FOR_CALLBACK

        assert talk(Takes, (None, None), (b"\x89PNG", None))[0]["main"]["variables"] == {"size": 4}

    def test_an_attribute_is_gone_in_the_next_turn(self):
        class Forgets(Shop):
            def on_enter_ask(self):
                self.seen = True
                self.status = Status.WAIT_FOR_USER_INPUT

            def is_bye(self):
                return not hasattr(self, "seen")

        assert talk(Forgets, (None, None), ("x", None))[0]["main"]["state"] == "zero"

    def test_a_failing_turn_leaves_the_saved_state_alone(self):
        class Breaks(Shop):
            def on_enter_answer(self):
                self.variables["cart"].append(2)
                raise LookupError("broke")

        saved = {"main": {"state": "ask", "status": 1, "variables": {"cart": [1]}}, "plugins": {}}
        with pytest.raises(LookupError):
            talk(Breaks, ("price", None), state=saved)
        assert saved["main"]["variables"] == {"cart": [1]}

    def test_kwargs_are_variables(self):
        assert Shop.run_machine(lambda _: None, size="S")["main"]["variables"] == {"size": "S"}

    def test_the_state_is_left_alone(self):
        saved = {"main": {"state": "ask", "status": 1, "variables": {"cart": [1]}}, "plugins": {}}
        after, _ = talk(Shop, ("price", None), state=saved)
        assert saved["main"]["variables"] == {"cart": [1]}
        after["main"]["variables"]["cart"].append(2)
        assert saved["main"]["variables"] == {"cart": [1]}

    def test_variables_are_json(self):
        with pytest.raises(ContextNotSerializable, match=r"\$\.main\.variables\.when"):
            Shop.run_machine(lambda _: None, when=object())

    def test_a_renamed_state(self):
        saved = {"main": {"state": "aks", "status": 1, "variables": {}}, "plugins": {}}
        with pytest.raises(UnknownState) as caught:
            talk(Shop, ("price", None), state=saved)
        assert str(caught.value) == "no state 'aks'; did you mean 'ask'? Was it renamed since the chat was saved?"

    def test_a_status_that_is_none(self):
        class Odd(Shop):
            def on_enter_ask(self):
                self.status = 1

        with pytest.raises(BadResult, match="status is 1 in state ask"):
            talk(Odd, (None, None))

    def test_an_unknown_status_in_a_saved_state(self):
        with pytest.raises(ValueError, match="9 is not a valid Status"):
            talk(Shop, (None, None), state={"main": {"state": "ask", "status": 9, "variables": {}}, "plugins": {}})

    def test_a_state_without_transitions(self):
        class Stuck(Shop):
            def on_enter_end(self):
                self.status = Status.MOVE_FORWARD

        state, _ = talk(Stuck, (None, None))
        with pytest.raises(NoWayOn, match=r"state end has no transition for 'next' \(zero, answer, ask has\)"):
            talk(Stuck, ("bye", None), state=state)


class TestLoop:
    class Ring(AbstractFSM):
        states = ["a", "b"]
        transitions = ways(("zero", "a"), ("a", "b"), ("b", "a"))
        hop_budget = 20

        def on_enter_a(self):
            self.status = Status.MOVE_FORWARD

        on_enter_b = on_enter_a

    def test_the_budget_ends_it(self):
        with pytest.raises(HopLoop, match="more than 20 hops in one turn, the last … → a → b → a → b → a → b"):
            self.Ring.run_machine(lambda _: None)

    def test_the_default_budget(self):
        assert AbstractFSM.hop_budget == 1000

    def test_only_a_turn_has_a_budget(self):
        """Triggers that are fired by hand are no turn."""
        machine = self.Ring(lambda _: None)
        for _ in range(50):
            machine.next()
        assert machine.state == "b"

    def test_the_end_of_the_budget_says_what_to_do(self):
        with pytest.raises(HopLoop) as caught:
            self.Ring.run_machine(lambda _: None)
        assert str(caught.value) == (
            "hop loop: more than 20 hops in one turn, the last … → a → b → a → b → a → b. Let one of these states wait "
            "(WAIT_FOR_USER_INPUT, WAIT_FOR_CALLBACK) or end, or raise hop_budget"
        )

    def test_the_budget_is_each_turns_own(self):
        machine = Shop(lambda _: None)
        machine.hop_budget = 1
        machine.run()
        for word in ("price", "bye"):
            machine.state, machine.status = "ask", Status.WAIT_FOR_USER_INPUT
            machine.submit_input(word)
            machine.run()
        assert [hop.target for hop in machine._fsm_hops] == ["end"]

    def test_a_guard_may_hold_once_the_input_is_gone(self):
        class Patient(Shop):
            def is_bye(self):
                return self.current_input is None

        state, _ = talk(Patient, (None, None), ("what?", None))
        assert state["main"]["state"] == "zero"

    def test_a_guard_may_stop_the_machine(self):
        class Stops(Shop):
            def is_bye(self):
                self.status = Status.WAIT_FOR_CALLBACK
                return False

        state, _ = talk(Stops, (None, None), ("what?", None))
        assert (state["main"]["state"], state["main"]["status"]) == ("ask", 3)

    def test_a_guard_may_stop_it_when_asked_again(self):
        class Stops(Shop):
            def is_bye(self):
                if self.current_input is None:
                    self.status = Status.WAIT_FOR_CALLBACK
                return False

        assert talk(Stops, (None, None), ("what?", None))[0]["main"]["status"] == 3


class TestPlugins:
    def test_a_whole_conversation(self):
        state, said = talk(Desk, ("hi", None))
        assert said == ["ask None"]
        assert (state["main"]["status"], state["plugins"]["shop"]["main"]["variables"]) == (4, {"known": 1})
        state, _ = talk(Desk, ("price", None), state=state)
        assert state["plugins"]["shop"]["main"]["state"] == "answer"
        state, _ = talk(Desk, (None, "ok"), state=state)
        assert state["main"]["variables"] == {"result": {"asked": "price"}, "seen": None}
        assert state["plugins"]["shop"]["main"]["state"] == "zero"

    def test_the_state_after_a_plugin_sees_the_input(self):
        state, _ = talk(Desk, (None, None), ("bye", None))
        assert state["main"]["variables"] == {"result": {"asked": None}, "seen": "bye"}

    def test_hops_name_the_plugin(self):
        machine = Desk(lambda _: None)
        machine.run()
        assert [(hop.machine, hop.target) for hop in machine._fsm_hops] == [("", "shop"), ("shop", "ask")]

    def test_a_plugin_of_a_plugin(self):
        class Hall(Desk):
            def __init__(self, send_message, credentials=None):
                super().__init__(send_message, credentials)
                self.plugins = {"shop": Desk(send_message)}

        machine = Hall(lambda _: None)
        machine.run()
        assert [hop.machine for hop in machine._fsm_hops] == ["", "shop", "shop.shop"]
        machine.reset()
        assert machine.plugins["shop"].plugins["shop"].state == "zero"

    def test_the_error_names_the_plugin(self):
        state, _ = talk(Desk, (None, None))
        with pytest.raises(NoWayOn, match="state ask of plugin shop, guards"):
            talk(Desk, ("what?", None), state=state)

    def test_those_of_a_saved_plugin_are_restored(self):
        class Hall(Desk):
            def __init__(self, send_message, credentials=None):
                super().__init__(send_message, credentials)
                self.plugins = {"shop": Desk(send_message)}

        state, _ = talk(Hall, (None, None), ("price", None))
        inner = state["plugins"]["shop"]["plugins"]["shop"]["main"]
        assert (inner["state"], inner["variables"]) == ("answer", {"known": 1, "asked": "price"})

    def test_their_messages_are_sent_again_by_the_outer_state(self):
        """Each time that a plugin goes on, the outer state is entered once more."""

        class Says(Desk):
            def on_enter_shop(self):
                self.send_message(FSMOutput(message_data=MessageData(body="at the shop")))
                super().on_enter_shop()

        assert talk(Says, (None, None), ("price", None))[1] == ["at the shop", "ask None", "at the shop"]

    def test_arguments_count_at_the_beginning_only(self):
        class Counts(Desk):
            def on_enter_shop(self):
                self.variables["n"] = self.variables.get("n", 0) + 1
                self.run_plugin("shop", known=self.variables["n"])

        state, _ = talk(Counts, (None, None), ("price", None))
        assert state["main"]["variables"] == {"n": 2}
        assert state["plugins"]["shop"]["main"]["variables"] == {"known": 1, "asked": "price"}

    def test_their_variables_are_json(self):
        class Odd(Desk):
            def on_enter_shop(self):
                super().on_enter_shop()
                self.plugins["shop"].variables["when"] = {1}

        with pytest.raises(ContextNotSerializable, match=r"^\$\.plugins\.shop\.main\.variables\.when"):
            Odd.run_machine(lambda _: None)

    def test_unknown(self):
        with pytest.raises(UnknownPlugin, match="No such plugin found: shpo; did you mean 'shop'"):
            Desk(lambda _: None).run_plugin("shpo")

    def test_removed_since_the_chat_was_saved(self):
        state, _ = talk(Desk, (None, None))
        state["plugins"] = {"shpo": state["plugins"]["shop"]}
        with pytest.raises(UnknownPlugin, match="which the saved state has; did you mean 'shop'"):
            talk(Desk, (None, None), state=state)

    def test_those_of_the_class_are_fresh_in_each_instance(self):
        inner = Desk(lambda _: None)
        inner.run()

        class Shared(Desk):
            plugins = {"shop": inner}

            def __init__(self, send_message, credentials=None):
                AbstractFSM.__init__(self, send_message)

        first = Shared(lambda _: None)
        first.run()
        second = Shared(lambda _: None)
        assert second.plugins["shop"].state == "zero"
        assert second.plugins["shop"].plugins["shop"].state == "zero"
        assert first.plugins["shop"].state == "shop"
        assert inner.plugins["shop"].state == "ask"


class TestInstances:
    def test_credentials(self):
        assert Shop(print, {"KEY": "x"}).credentials == {"KEY": "x"}
        assert Shop(print).credentials == {}

    def test_credentials_that_the_bot_saved_stay(self):
        class Careful(Shop):
            def __init__(self, send_message, credentials=None):
                self.credentials = {"mine": credentials["KEY"]}
                super().__init__(send_message=send_message)

        assert Careful.get_machine(print, {"KEY": "x"}).credentials == {"mine": "x"}

    def test_lists_of_its_own(self):
        class Made(Shop):
            def __init__(self, send_message, credentials=None):
                self.transitions = ways(("zero", "end"))
                super().__init__(send_message)

        machine = Made(print)
        assert machine.run() == {"asked": None}
        assert machine.state == "end"

    def test_get_machine_takes_a_status(self):
        machine = Shop.get_machine(print, state="ask", status=Status.WAIT_FOR_USER_INPUT, variables={"a": 1})
        assert (machine.state, machine.status, machine.variables) == ("ask", Status.WAIT_FOR_USER_INPUT, {"a": 1})

    def test_a_subclass_overrides(self):
        class Other(Shop):
            states = [*Shop.states, "extra"]
            transitions = ways(("zero", "extra"))

            def on_enter_extra(self):
                self.status = Status.END

        assert Shop(print).run() == Shop.RUN_TOKEN
        machine = Other(print)
        machine.run()
        assert machine.state == "extra"

    def test_an_attribute_that_is_not_there(self):
        with pytest.raises(AttributeError, match="'Shop' object has no attribute 'varaibles'"):
            _ = Shop(print).varaibles

    def test_before_the_machine_is_made(self):
        with pytest.raises(AttributeError, match="has no attribute 'next'"):
            _ = object.__new__(type("Bare", (AbstractFSM,), {})).next

    def test_without_states_it_is_abstract(self):
        class Base(AbstractFSM):
            pass

        Base.check_sanity()
        with pytest.raises(FaultyMachine) as caught:
            Base(print)
        assert str(caught.value) == (
            "Base cannot run, 1 fault:\n"
            "- no states: the class is abstract; run one that inherits from it and has states"
        )

    def test_the_plugin_state_of_an_unknown_state(self):
        """A state that waits for a plugin and is no more is left as it is, and found when it moves."""
        machine = Shop.get_machine(print, state="gone", status=4)
        assert machine.run() == Shop.RUN_TOKEN
