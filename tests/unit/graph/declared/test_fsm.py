"""The graph of an FSM class: its table, what its states wait for, and where all of it is written."""

import functools
import random

import pytest

from chatsim.bots.fsm import FSMBot
from chatsim.fsm import AbstractFSM, Status
from chatsim.graph.declared.dispatch import DeclaresGraph, declared_graph
from chatsim.graph.declared.lines import DeclarationLines
from chatsim.graph.declared.statuses import Entering, entering
from chatsim.graph.join import undeclared
from chatsim.graph.model import Graph, State
from chatsim.graph.observed import observed_graph
from chatsim.session import Session
from chatsim.trace import Snapshot

HERE = "tests/unit/graph/declared/test_fsm.py"
STATES = ["one", "two"]


def way(source, dest, **more):
    return {"trigger": "next", "source": source, "dest": dest, **more}


class Speaker(AbstractFSM):
    """What several bots share."""

    def ask(self):
        self.status = Status.WAIT_FOR_USER_INPUT

    def wait_or_end(self, done=False):
        if done:
            self.status = Status.END
        else:
            self.ask()


class Shop(Speaker):
    states = ["zero", "ask", "look", "pay", "lost", "done"]
    transitions = [
        way("zero", "ask"),
        way("ask", "look", conditions=["is_curious"], unless="is_late"),
        *(way(source, "done", conditions="is_over") for source in ("ask", "look")),
        way("ask", "pay"),
        way(["look", "pay"], "ask"),
        {"trigger": "later", "source": "ask", "dest": None},
        way("look", "ask"),  # as above: it is never reached
        way("lost", "done"),
    ]
    conditions = {"is_curious", "is_late", "is_over"}

    def on_enter_ask(self):
        self.ask()

    def on_enter_look(self):
        self.status = Status.WAIT_FOR_ME
        self.status = Status.MOVE_FORWARD

    def on_enter_pay(self):
        self.status = Status.WAIT_FOR_CALLBACK

    def on_enter_lost(self):
        self.later()

    def on_enter_done(self):
        self.status = Status.END

    def is_curious(self):
        return True

    def is_late(self):
        return False

    def is_over(self):
        return False


class TestTable:
    def graph(self):
        return declared_graph(FSMBot(Shop))

    def test_states(self):
        assert [(state.name, state.initial, state.waits, state.may) for state in self.graph().states] == [
            ("zero", True, None, ("on",)),
            ("ask", False, "input", ("input",)),
            ("look", False, None, ("on",)),
            ("pay", False, "callback", ("callback",)),
            ("lost", False, None, ()),  # it fires a trigger itself
            ("done", False, "end", ("end",)),
        ]

    def test_transitions(self):
        found = self.graph()

        assert found.ordered
        assert [(way.source, way.target, way.event, way.guards) for way in found.transitions if not way.trigger] == [
            ("zero", "ask", "input", ()),
            ("ask", "look", "input", ("is_curious", "not is_late")),
            ("ask", "done", "input", ("is_over",)),
            ("look", "done", "none", ("is_over",)),
            ("ask", "pay", "input", ()),
            ("look", "ask", "none", ()),
            ("pay", "ask", "callback", ()),
            ("lost", "done", "unknown", ()),
        ]

    def test_an_internal_transition_stays(self):
        [way] = [way for way in self.graph().transitions if way.trigger]

        assert (way.source, way.target, way.trigger, way.internal) == ("ask", "ask", "later", True)

    def test_everything_is_declared(self):
        found = self.graph()

        assert all(part.declared and not part.observed for part in (*found.states, *found.transitions))

    def test_lines_of_states_are_those_of_their_methods(self):
        lines = {state.name: state.line for state in self.graph().states}

        assert lines["ask"].file == HERE
        assert lines["ask"].line == Shop.on_enter_ask.__code__.co_firstlineno
        assert lines["done"].line == Shop.on_enter_done.__code__.co_firstlineno
        assert lines["zero"].line == _line_of('    states = ["zero", "ask", "look", "pay"')

    def test_lines_of_transitions(self):
        lines = [way.line.line for way in self.graph().transitions]
        begin = _line_of('    transitions = [\n        way("zero", "ask"),')

        assert [line - begin for line in lines] == [1, 2, 3, 3, 4, 5, 5, 6, 8]


def _line_of(text):
    from pathlib import Path

    source = Path(__file__).read_text("utf-8")
    return source.count("\n", 0, source.index(text)) + 1


class TestDispatch:
    def test_a_bot_that_says_so_itself(self):
        class Own:
            def start(self):
                return Snapshot()

            def step(self, snapshot, event):
                raise NotImplementedError

            def declared_graph(self):
                return Graph("own", (State("a"),))

        assert isinstance(Own(), DeclaresGraph)
        assert declared_graph(Own()).bot == "own"

    @pytest.mark.parametrize("value", [object(), "text", int])
    def test_what_has_none(self, value):
        assert declared_graph(value) is None


class Jumping(Speaker):
    states = ["zero", "ask", "sorry", "done"]
    transitions = [way("zero", "ask"), way("ask", "sorry"), {"trigger": "stop", "source": "sorry", "dest": "done"}]

    def on_enter_ask(self):
        self.ask()

    def on_enter_sorry(self):
        if self.current_input == "x":
            self.to_ask()
        else:
            self.stop()

    def on_enter_done(self):
        self.status = Status.END


class TestFiredByHand:
    def test_ways_that_are_in_no_table(self):
        found = declared_graph(FSMBot(Jumping))

        assert [(way.source, way.target, way.trigger, way.event) for way in found.transitions] == [
            ("zero", "ask", "", "input"),
            ("ask", "sorry", "", "input"),
            ("sorry", "done", "stop", "unknown"),
            ("sorry", "ask", "to_ask", "none"),
        ]
        assert [state.may for state in found.states if state.name == "sorry"] == [()]

    def test_what_is_observed_is_declared(self):
        bot = FSMBot(Jumping)
        session = Session(bot)
        for word in ("hi", "x", "y"):
            assert session.send(word).error is None

        seen = observed_graph([session.trace], declared_graph(bot))

        assert undeclared(seen) == Graph()
        assert all(way.observed for way in seen.transitions)


class Waiting(Speaker):
    def plain(self):
        pass

    def ending(self):
        self.status = Status.END

    def two_ways(self):
        if self.variables:
            self.status = Status.WAIT_FOR_USER_INPUT
            return
        self.status = Status.MOVE_FORWARD

    def conditional(self):
        self.status = Status.END if self.variables else Status.WAIT_FOR_CALLBACK

    def by_helper(self):
        self.wait_or_end()

    def by_super(self):
        super().ask()

    def by_local(self):
        status = Status.WAIT_FOR_USER_INPUT
        self.status = status

    def unpacked(self):
        self.state_before, self.status = 1, Status.END

    def in_a_loop(self):
        for name in self.variables:
            if name:
                self.status = Status.END
                break
        else:
            self.status = Status.WAIT_FOR_USER_INPUT

    def in_a_try(self):
        try:
            self.variables["x"]
        except KeyError:
            self.status = Status.END
        else:
            self.status = Status.WAIT_FOR_CALLBACK

    def by_chance(self):
        self.status = random.choice([Status.END, Status.MOVE_FORWARD])

    def not_known(self):
        self.status = self.variables["status"]

    def for_me(self):
        self.status = Status.WAIT_FOR_ME

    def with_plugin(self):
        result = self.run_plugin("pay", amount=3)
        if result == self.RUN_TOKEN:
            return
        self.status = Status.MOVE_FORWARD

    def ends_as_the_runtime_does(self):
        self.on_enter_end()

    def raising(self):
        raise ValueError

    @functools.lru_cache  # noqa: B019 - some decorator
    def decorated(self):
        self.status = Status.END


class TestStatuses:
    @pytest.mark.parametrize(
        ("method", "may", "waits"),
        [
            ("plain", ("on",), None),
            ("ending", ("end",), "end"),
            ("two_ways", ("input", "on"), "input"),
            ("conditional", ("callback", "end"), "callback"),
            ("by_helper", ("input", "end"), "input"),
            ("by_super", ("input",), "input"),
            ("by_local", ("input",), "input"),
            ("unpacked", ("end",), "end"),
            ("in_a_loop", ("input", "end"), "input"),
            ("in_a_try", ("callback", "end"), "callback"),
            ("by_chance", ("end", "on"), "end"),
            ("not_known", (), None),
            ("for_me", (), None),
            ("ends_as_the_runtime_does", ("end",), "end"),
            ("raising", (), None),
            ("no_such_method", ("on",), None),
            ("decorated", ("on",), None),
        ],
    )
    def test_of(self, method, may, waits):
        found = entering(Waiting, [method])

        assert set(found.may) == set(may)
        assert found.waits == waits
        assert found.runs == ""

    def test_one_after_the_other(self):
        assert entering(Waiting, ["ending", "by_super"]).may == ("input",)

    def test_a_plugin(self):
        assert entering(Waiting, ["with_plugin"]) == Entering(("on",), "pay")

    def test_what_is_called_is_no_method(self):
        assert entering(Waiting, [len]).may == ("on",)


class Card(Speaker):
    states = ["zero", "number", "end"]
    transitions = [way("zero", "number"), way("number", "end")]

    def on_enter_number(self):
        self.ask()


class Pay(Speaker):
    states = ["zero", "run", "end"]
    transitions = [way("zero", "run"), way("run", "end")]

    def __init__(self, send_message, credentials=None):
        self.plugins = {"card": Card(send_message, credentials)}
        super().__init__(send_message, credentials)

    def on_enter_run(self):
        self.run_plugin("card")


class Cafe(Speaker):
    states = ["zero", "run", "done"]
    transitions = [way("zero", "run"), way("run", "done")]

    def __init__(self, send_message, credentials=None):
        if credentials and credentials.get("broken"):
            raise ValueError(credentials)
        self.plugins = {"pay": Pay(send_message, credentials)}
        super().__init__(send_message, credentials)

    def on_enter_run(self):
        if self.run_plugin("pay") != self.RUN_TOKEN:
            self.status = Status.MOVE_FORWARD

    def on_enter_done(self):
        self.status = Status.END


class TestPlugins:
    def test_their_states_are_in_the_graph(self):
        found = declared_graph(FSMBot(Cafe))

        assert [(state.title, state.initial, state.waits, state.runs) for state in found.states] == [
            ("zero", True, None, ""),
            ("run", False, None, "pay"),
            ("done", False, "end", ""),
            ("pay/zero", True, None, ""),
            ("pay/run", False, None, "card"),
            ("pay/end", False, "end", ""),
            ("pay.card/zero", True, None, ""),
            ("pay.card/number", False, "input", ""),
            ("pay.card/end", False, "end", ""),
        ]
        assert [(way.machine, way.source, way.event) for way in found.transitions] == [
            ("", "zero", "input"),
            ("", "run", "none"),
            ("pay", "zero", "none"),
            ("pay", "run", "none"),
            ("pay.card", "zero", "none"),
            ("pay.card", "number", "input"),
        ]

    def test_the_runtimes_own_end_is_written_nowhere_in_the_bot(self):
        [end] = [state for state in declared_graph(FSMBot(Cafe)).states if state.title == "pay/end"]

        assert end.line.file == HERE

    def test_a_bot_that_cannot_be_made(self):
        assert {state.machine for state in declared_graph(FSMBot(Cafe, {"broken": True})).states} == {""}

    def test_a_plugin_that_runs_itself_comes_to_an_end(self):
        class Snake(Card):
            pass

        bot = FSMBot(Snake)
        plugin = Snake(lambda _: None)
        plugin.plugins = {"tail": plugin}
        Snake.plugins = {"tail": plugin}

        assert len(declared_graph(bot).states) < 100


class Listed(AbstractFSM):
    transitions = STATES


class Inherited(Listed):
    """Declares nothing itself."""


class Mixed(AbstractFSM):
    transitions = [
        *[("a", name) for name in STATES],
        ("b", "middle"),
        *[("c", name) for name in STATES],
        ["d", "last"],
    ]


class TestLines:
    def test_what_is_between_two_loops_is_found_by_its_texts(self):
        lines = DeclarationLines(Mixed).of_transitions(Mixed.transitions)
        begin = _line_of("class Mixed")

        assert [line.line - begin for line in lines] == [2, 2, 3, 4, 4, 5]

    def test_a_list_that_is_written_elsewhere_has_one_line(self):
        begin = _line_of("class Listed")

        assert [line.line - begin for line in DeclarationLines(Inherited).of_transitions(STATES)] == [1, 1]

    def test_a_class_of_no_file(self):
        made = type("Made", (), {"transitions": [1], "__module__": "nowhere"})

        assert DeclarationLines(made).of_transitions([1]) == [None]
        assert DeclarationLines(made).of_class is None
        assert DeclarationLines(made).of_list("transitions") is None

    def test_the_class_itself(self):
        lines = DeclarationLines(Inherited)

        assert lines.of_class.line == _line_of("class Inherited")
