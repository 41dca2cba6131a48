"""Graphs of what other frameworks run, beside what these say of themselves, and beside what is observed."""

import enum

import pytest

from chatsim.bots.recognise import Origin, recognise
from chatsim.graph.declared.dispatch import declared_graph
from chatsim.graph.join import undeclared
from chatsim.graph.model import Graph
from chatsim.graph.observed import observed_graph
from chatsim.session import Session

HERE = "tests/conformance/graph/test_declared.py"


def ways(graph):
    return [(way.source, way.target, way.trigger, way.guards, way.internal) for way in graph.transitions]


class TestTransitions:
    class Light:
        transitions = [
            {"trigger": "go", "source": "red", "dest": "green", "conditions": "is_free", "unless": ["is_late"]},
            ["stop", ["green", "yellow"], "red"],
            ["blink", "*", "="],
            {"trigger": "note", "source": "red", "dest": None},
        ]

        def is_free(self):
            return True

        def is_late(self):
            return False

        def on_enter_green(self):
            pass

    def machine(self, kind=None, **more):
        from transitions import Machine

        model = self.Light()
        options = {"states": ["red", "green", "yellow", {"name": "off", "final": True}], "initial": "red", **more}
        (kind or Machine)(model, transitions=self.Light.transitions, **options)
        return model

    def graph(self, model):
        return declared_graph(recognise(model, Origin()))

    def test_flat(self):
        found = self.graph(self.machine())

        assert [(state.name, state.initial, state.waits) for state in found.states] == [
            ("red", True, "input"),
            ("green", False, "input"),
            ("yellow", False, "input"),
            ("off", False, "end"),
        ]
        assert ways(found) == [
            ("red", "green", "go", ("is_free", "not is_late"), False),
            ("green", "red", "stop", (), False),
            ("yellow", "red", "stop", (), False),
            ("red", "red", "blink", (), False),
            ("green", "green", "blink", (), False),
            ("yellow", "yellow", "blink", (), False),
            ("off", "off", "blink", (), False),
            ("red", "red", "note", (), True),
        ]

    def test_lines(self):
        found = self.graph(self.machine())

        assert [state.line and state.line.file for state in found.states] == [None, HERE, None, None]
        lines = [way.line.line for way in found.transitions if way.trigger != "blink"]
        assert [line - lines[0] for line in lines] == [0, 1, 1, 3]

    def test_enumerations(self):
        from transitions import Machine

        class Colour(enum.Enum):
            RED = 1
            GREEN = 2

        model = self.Light()
        Machine(model, states=Colour, initial=Colour.RED, transitions=[["go", Colour.RED, Colour.GREEN]])

        assert ways(self.graph(model)) == [("RED", "GREEN", "go", (), False)]

    def test_nested(self):
        """A chat is in a state without inner ones: ways out of the outer one are ways out of each of these."""
        from transitions.extensions import HierarchicalMachine

        model = self.Light()
        order = {
            "name": "order",
            "initial": "size",
            "children": ["size", {"name": "pay", "initial": "card", "children": ["card"]}],
        }
        HierarchicalMachine(
            model,
            states=["hello", order],
            initial="hello",
            transitions=[
                ["begin", "hello", "order"],
                ["next", "order_size", "order_pay"],
                ["cancel", "order", "hello"],
            ],
        )
        found = self.graph(model)

        assert [(state.name, state.initial) for state in found.states] == [
            ("hello", True),
            ("order_size", False),
            ("order_pay_card", False),
        ]
        assert [way[:3] for way in ways(found)] == [
            ("hello", "order_size", "begin"),
            ("order_size", "order_pay_card", "next"),
            ("order_size", "hello", "cancel"),
            ("order_pay_card", "hello", "cancel"),
        ]
        self.observed_is_declared(model, ["begin", "next", "cancel", "begin", "cancel"])

    def test_what_is_observed_is_declared(self):
        self.observed_is_declared(self.machine(), ["note", "go", "blink", "stop", "go"])

    def observed_is_declared(self, model, words):
        bot = recognise(model, Origin())
        session = Session(bot)
        for word in words:
            assert session.send(word).error is None

        seen = observed_graph([session.trace], declared_graph(bot))

        assert undeclared(seen) == Graph()
        assert {way.trigger for way in seen.transitions if way.observed} == {*words}


class TestStatemachine:
    def test_flat(self):
        from statemachine import State, StateMachine

        class Order(StateMachine):
            new = State(initial=True)
            paid = State("Bezahlt")
            done = State(final=True)
            pay = new.to(paid, cond="is_ok", unless="is_late") | new.to.itself(internal=True)
            ship = paid.to(done)

            def is_ok(self):
                return True

            def is_late(self):
                return False

            def on_enter_paid(self):
                pass

        for value in (Order, Order()):
            found = declared_graph(value)

            assert [(state.name, state.initial, state.waits) for state in found.states] == [
                ("new", True, "input"),
                ("paid", False, "input"),
                ("done", False, "end"),
            ]
            assert ways(found) == [
                ("new", "paid", "pay", ("is_ok", "not is_late"), False),
                ("new", "new", "pay", (), True),
                ("paid", "done", "ship", (), False),
            ]
            assert {way.line.file for way in found.transitions} == {HERE}
            begin = found.states[0].line.line
            assert [state.line.line - begin for state in found.states] == [0, 12, 2]

    def test_nested(self):
        from statemachine import State, StateChart

        class Order(StateChart):
            class order(State.Compound):  # noqa: N801 - as the library has it
                size = State(initial=True)
                pay = State(final=True)
                following = size.to(pay)

            done = State(final=True)
            finish = order.to(done)

        found = declared_graph(Order)

        assert [(state.name, state.initial) for state in found.states] == [
            ("size", True),
            ("pay", False),
            ("done", False),
        ]
        assert {way[:3] for way in ways(found)} == {
            ("size", "pay", "following"),
            ("size", "done", "finish"),
            ("pay", "done", "finish"),
        }

    def test_without_an_event(self):
        from statemachine import State, StateChart

        class Quick(StateChart):
            a = State(initial=True)
            b = State(final=True)
            go = a.to(b)
            a.to(b, cond="late")

            late = False

        kinds = {(way.trigger, way.event) for way in declared_graph(Quick).transitions}

        assert ("go", "input") in kinds


class TestJbManager:
    def bot(self):  # noqa: C901 - a whole bot
        from jb_manager_bot import AbstractFSM
        from jb_manager_bot.data_models import FSMOutput, MessageData, MessageType, Status

        class Inner(AbstractFSM):
            states = ["zero", "card", "end"]
            transitions = [
                {"trigger": "next", "source": "zero", "dest": "card"},
                {"trigger": "next", "source": "card", "dest": "end"},
            ]

            def __init__(self, send_message, credentials=None):
                super().__init__(send_message=send_message)

            def on_enter_card(self):
                self.status = Status.WAIT_FOR_USER_INPUT

        class Shop(AbstractFSM):
            states = ["zero", "ask", "big", "huge", "pay", "done"]
            transitions = [
                {"trigger": "next", "source": "zero", "dest": "ask"},
                {"trigger": "next", "source": "ask", "dest": "big", "conditions": "is_big"},
                {"trigger": "next", "source": "ask", "dest": "huge", "conditions": "is_huge"},
                {"trigger": "next", "source": "ask", "dest": "pay"},
                {"trigger": "next", "source": "big", "dest": "ask"},
                {"trigger": "next", "source": "huge", "dest": "ask"},
                {"trigger": "next", "source": "pay", "dest": "done"},
            ]
            conditions = {"is_big", "is_huge"}

            def __init__(self, send_message, credentials=None):
                self.plugins = {"card": Inner(send_message)}
                super().__init__(send_message=send_message)

            def on_enter_ask(self):
                self.send_message(FSMOutput(message_data=MessageData(body="?"), type=MessageType.TEXT))
                self.status = Status.WAIT_FOR_USER_INPUT

            def on_enter_big(self):
                self.status = Status.MOVE_FORWARD

            def on_enter_huge(self):
                self.status = Status.MOVE_FORWARD

            def on_enter_pay(self):
                if self.run_plugin("card") == self.RUN_TOKEN:
                    return
                self.status = Status.MOVE_FORWARD

            def on_enter_done(self):
                self.status = Status.END

            def is_big(self):
                return self.current_input in ("big", "huge")

            def is_huge(self):
                return self.current_input == "huge"

        return recognise(Shop, Origin())

    def test_the_order_is_the_packages(self):
        found = declared_graph(self.bot())

        assert [way.target for way in found.transitions if way.source == "ask"] == ["huge", "big", "pay"]

    def test_states(self):
        found = declared_graph(self.bot())

        assert [(state.title, state.waits, state.runs) for state in found.states] == [
            ("zero", None, ""),
            ("ask", "input", ""),
            ("big", None, ""),
            ("huge", None, ""),
            ("pay", None, "card"),
            ("done", "end", ""),
            ("card/zero", None, ""),
            ("card/card", "input", ""),
            ("card/end", "end", ""),
        ]
        assert all(state.line.file == HERE for state in found.states if state.name not in {"zero", "end"})

    def test_what_is_observed_is_declared(self):
        bot = self.bot()
        session = Session(bot)
        for word in ("hi", "huge", "big", "small", "4111"):
            assert session.send(word).error is None

        seen = observed_graph([session.trace], declared_graph(bot))

        assert undeclared(seen) == Graph()
        assert all(way.observed for way in seen.transitions)


@pytest.mark.parametrize(
    ("folder", "reference"),
    [("car_wash", "bot:CarWash"), ("clinic", "bot:Clinic"), ("pizza", "bot:orch"), ("greeter_json", "bot:orch")],
)
def test_what_the_scenarios_of_the_examples_show_is_declared(folder, reference):
    """The law of graphs, on real conversations: observed is a part of declared."""
    from pathlib import Path

    from chatsim.bots.loading import load_bot
    from chatsim.scenario.load import load_file, ready
    from chatsim.scenario.run import run_case

    path = Path(__file__).parents[3] / "scenarios" / folder
    files = [ready(load_file(file)) for file in sorted(path.glob("*.chat.yaml"))]
    traces = [run_case(case, file.stage).trace for file in files for case in file.file.cases]

    seen = observed_graph(traces, declared_graph(load_bot(reference, path)))

    assert any(way.observed for way in seen.transitions)
    assert undeclared(seen) == Graph(seen.bot)
