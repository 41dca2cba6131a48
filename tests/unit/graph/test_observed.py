"""What traces show of a bot, and how it is held against what the bot declares."""

from chatsim.bots.fsm import FSMBot
from chatsim.fsm import AbstractFSM, Status
from chatsim.graph.declared.dispatch import declared_graph
from chatsim.graph.join import join, undeclared
from chatsim.graph.model import Graph, SourceLine, State, Transition
from chatsim.graph.observed import event_kind, observed_graph
from chatsim.session import Session
from chatsim.trace import Callback, ChatState, Failure, File, Guard, Hop, Snapshot, Start, Text, Trace, Turn, Wait


class Shop(AbstractFSM):
    states = ["zero", "ask", "pay", "small", "done"]
    transitions = [
        {"trigger": "next", "source": "zero", "dest": "ask"},
        {"trigger": "next", "source": "ask", "dest": "pay", "conditions": "is_big"},
        {"trigger": "next", "source": "ask", "dest": "small"},
        {"trigger": "next", "source": "pay", "dest": "done"},
        {"trigger": "next", "source": "small", "dest": "ask"},
    ]
    conditions = {"is_big"}

    def on_enter_ask(self):
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_pay(self):
        self.status = Status.WAIT_FOR_CALLBACK

    def on_enter_small(self):
        self.status = Status.MOVE_FORWARD

    def on_enter_done(self):
        self.status = Status.END

    def is_big(self):
        return self.current_input == "big"


HI = Text("hi")


def turn(*hops, event=HI, state=None, **more):
    chats = {} if state is None else {"user": ChatState(state)}
    return Turn(event=event, hops=hops, snapshot=Snapshot(chats), **more)


class TestObserved:
    def talk(self):
        session = Session(FSMBot(Shop))
        for event in (HI, Text("tiny"), Text("big"), Callback("{}")):
            session.event(event)
        return session.trace

    def test_is_part_of_what_is_declared(self):
        declared = declared_graph(FSMBot(Shop))

        seen = observed_graph([self.talk()], declared)

        assert undeclared(seen) == Graph()
        assert all(part.observed and part.declared for part in (*seen.states, *seen.transitions))
        assert len(seen.transitions) == len(declared.transitions)

    def test_alone(self):
        seen = observed_graph([self.talk()])

        assert [(way.source, way.target, way.event) for way in seen.transitions] == [
            ("zero", "ask", "input"),
            ("ask", "small", "input"),
            ("small", "ask", "none"),
            ("ask", "pay", "input"),
            ("pay", "done", "callback"),
        ]
        assert [(state.name, state.waits, state.initial) for state in seen.states] == [
            ("zero", None, True),
            ("ask", "input", False),
            ("small", None, False),
            ("pay", "callback", False),
            ("done", "end", False),
        ]

    def test_a_guard_tells_which_transition_was_taken(self):
        loose = Transition("a", "b", guards=("one",), declared=True), Transition("a", "b", declared=True)
        hop = Hop("a", "b", (Guard("one", False),))

        seen = observed_graph([Trace((turn(hop),))], Graph(transitions=loose))

        assert [way.observed for way in seen.transitions] == [False, True]

    def test_a_bot_that_tells_no_hops(self):
        """The states before and after a turn are all that there is."""
        turns = (turn(state="menu"), turn(state="menu"), turn(state="pay"))

        seen = observed_graph([Trace(turns)])

        assert [way.way for way in seen.transitions] == [("", "", "menu"), ("", "menu", "pay")]
        assert seen.states[0].title == "(start)"
        assert seen.states[0].initial

    def test_a_failed_turn_shows_how_far_it_came(self):
        failed = turn(Hop("a", "b"), error=Failure("bot-raised", "KeyError", "x"), state="a")

        seen = observed_graph([Trace((failed,))])

        assert [state.name for state in seen.states] == ["a", "b"]
        assert [state.waits for state in seen.states] == [None, None]

    def test_an_internal_transition(self):
        [way] = observed_graph([Trace((turn(Hop("a", None)),))]).transitions

        assert (way.source, way.target, way.internal) == ("a", "a", True)

    def test_a_plugin_is_not_where_the_chat_begins(self):
        seen = observed_graph([Trace((turn(Hop("zero", "ask", machine="pay"), Hop("zero", "a")),))])

        assert [(state.title, state.initial) for state in seen.states] == [
            ("pay/zero", False),
            ("pay/ask", False),
            ("zero", True),
            ("a", False),
        ]

    def test_the_state_of_an_inner_conversation(self):
        """Some frameworks name the innermost conversation's state as that of the chat."""
        begun = turn(Hop(None, "outer"), Hop(None, "typing", machine="inner"), state="typing")

        seen = observed_graph([Trace((begun, turn(state="typing")))])

        assert {state.title: state.waits for state in seen.states}["inner/typing"] == "input"
        assert "typing" not in {state.title for state in seen.states}

    def test_event_kinds(self):
        kinds = [event_kind(event) for event in (Start(), File(b""), Callback(""), Wait(3))]

        assert kinds == ["input", "input", "callback", "time"]


class TestUndeclared:
    DECLARED = Graph(
        states=(State("a", declared=True), State("b", declared=True)),
        transitions=(Transition("a", "b", declared=True), Transition("b", None, declared=True)),
    )

    def see(self, *hops):
        return undeclared(observed_graph([Trace((turn(*hops),))], self.DECLARED))

    def test_names_what_is_not_declared(self):
        found = self.see(Hop("a", "c"), Hop("a", "b"))

        assert [state.name for state in found.states] == ["c"]
        assert [way.way for way in found.transitions] == [("", "a", "c")]

    def test_an_open_end_stands_for_anything(self):
        assert self.see(Hop("b", "a")) == Graph()

    def test_where_nothing_is_declared_nothing_is_missing(self):
        assert undeclared(observed_graph([Trace((turn(Hop("a", "c")),))])) == Graph()


class TestJoin:
    def test_what_the_first_says_stands(self):
        line, other = SourceLine("b.py", 1), SourceLine("c.py", 2)
        first = Graph("", (State("a", line=line),), (Transition("a", "b"),))
        second = Graph(
            "bot:B",
            (State("b"), State("a", waits="input", line=other, explored=True)),
            (Transition("a", "b", "callback"), Transition("a", "b", guards=("g",))),
        )

        assert join(first, second) == Graph(
            "bot:B",
            (State("a", waits="input", line=line, explored=True), State("b")),
            (Transition("a", "b", "callback"), Transition("a", "b", guards=("g",))),
        )

    def test_of_nothing(self):
        assert join() == Graph()
