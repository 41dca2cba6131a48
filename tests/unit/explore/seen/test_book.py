"""What a search keeps of the turns that it has seen."""

import pytest

from chatsim.explore.letters import Letter
from chatsim.explore.play.moment import Moment
from chatsim.explore.seen.book import NOT_BEGUN, Book, failure_key, skeleton, state_name
from chatsim.trace import (
    Call,
    Callback,
    ChatState,
    Failure,
    Frame,
    Guard,
    Hop,
    Option,
    Reply,
    Snapshot,
    Tap,
    Text,
    Turn,
)

HI = Text("hi")
PLAIN = Letter(HI)


def at(state, waits="input", **more):
    return Moment(Snapshot({"user": ChatState(state, waits=waits)}), **more)


MENU = at("menu")


def turn(*effects, event=HI, state="menu", **more):
    return Turn(event=event, effects=effects, snapshot=Snapshot({"user": ChatState(state)}), **more)


def test_state_name():
    assert state_name(Snapshot()) == state_name(Snapshot({"user": ChatState()})) == NOT_BEGUN == "(start)"
    assert state_name(Snapshot({"user": ChatState("menu"), "else": ChatState("x")})) == "menu"


class TestSkeleton:
    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            (turn(Reply("Order 7")), turn(Reply("Order 12")), True),
            (turn(Reply("Order 7")), turn(Reply("Order")), False),
            (turn(Reply("Order 7")), turn(Reply("Order XX0XX")), False),
            (turn(Reply("You said hi")), turn(Reply("You said ho"), event=Text("ho")), True),
            (turn(Reply("You said hi")), turn(Reply("You said ho")), False),
            (turn(Reply("x Tea x"), event=Tap("1", "Tea")), turn(Reply("x Cup x"), event=Tap("2", "Cup")), True),
            (turn(Reply("You said hi")), turn(Reply("You said …")), True),
            (turn(Reply("a b"), event=Text(" ")), turn(Reply("a…b"), event=Text(" ")), False),
            (turn(Reply("a"), event=Text("")), turn(Reply("a"), event=Text("b")), True),
            (turn(Reply("a"), event=Callback("{}")), turn(Reply("a"), event=Callback("[]")), True),
            (turn(Reply("NONE XXXX"), event=Callback("{}")), turn(Reply("NONE …"), event=Callback("{}")), False),
            (turn(Reply("a", options=(Option("1", "Yes"),))), turn(Reply("a", options=(Option("2", "Yes"),))), True),
            (turn(Reply("a", options=(Option("1", "Yes"),))), turn(Reply("a", options=(Option("1", "No"),))), False),
            (turn(Reply("a", media="x.png")), turn(Reply("a")), False),
            (turn(Reply("a", media="x.png")), turn(Reply("a", media="y.png")), True),
            (turn(Reply("a"), Reply("b")), turn(Reply("a")), False),
            (turn(Reply("a"), Call("GET", "https://x.example")), turn(Reply("a")), True),
        ],
    )
    def test_alike(self, one, other, same):
        assert (skeleton((one,)) == skeleton((other,))) is same


class TestIsNew:
    FIRST = (at("menu"), 1, (turn(Reply("a")),))

    def test_once(self):
        book = Book()
        assert [book.is_new(*self.FIRST), book.is_new(*self.FIRST)] == [True, False]

    @pytest.mark.parametrize(
        "other",
        [
            (at("shop"), 1, (turn(Reply("a")),)),
            (at("menu", "callback"), 1, (turn(Reply("a")),)),
            (at("menu"), 2, (turn(Reply("a")),)),
            (at("menu"), 1, (turn(Reply("a"), state="shop"),)),
            (at("menu"), 1, (turn(Reply("a"), Reply("b")),)),
            (at("menu"), 1, (turn(Reply("")),)),
            (at("menu"), 1, (turn(Reply("a", options=(Option("1", "x"),))),)),
            (at("menu"), 1, (turn(Reply("a"), ended=ChatState("over")),)),
            (at("menu"), 1, (turn(Reply("a"), error=Failure("bot-raised", "KeyError", "'a'")),)),
            (at("menu"), 1, (turn(Reply("a")), turn(Reply("a")))),
        ],
    )
    def test_what_tells_turns_apart(self, other):
        book = Book()
        assert [book.is_new(*self.FIRST), book.is_new(*other), book.is_new(*other)] == [True, True, False]

    @pytest.mark.parametrize(
        "other",
        [
            (at("menu", node=7), 1, (turn(Reply("b")),)),
            (at("menu"), 1, (turn(Reply("", media="x.png")),)),
            (at("menu"), 1, (turn(Reply("b", media="x.png")),)),
        ],
    )
    def test_what_does_not(self, other):
        book = Book()
        assert [book.is_new(*self.FIRST), book.is_new(*other)] == [True, False]

    def test_options_are_counted(self):
        book = Book()
        options = (Option("1", "x"), Option("2", "y"))
        assert book.is_new(at("menu"), 1, (turn(Reply("a", options=options)),))
        assert not book.is_new(at("menu"), 1, (turn(Reply("b", options=options[::-1])),))
        assert book.is_new(at("menu"), 1, (turn(Reply("a", options=options[:1])),))

    def test_errors_by_where_they_come_from(self):
        def raised(*frames, named="KeyError"):
            return (
                turn(error=Failure("bot-raised", named, "message", tuple(Frame("x.py", 1, name) for name in frames))),
            )

        book = Book()
        turns = [raised(), raised("a"), raised("b", "a"), raised("a", "b"), raised("a", named="ValueError")]
        assert [book.is_new(at("menu"), 1, each) for each in turns] == [True, True, False, True, True]

    def test_states_of_one_kind(self):
        """What is new in one of them is new in all, but for whether it stays."""
        book = Book()
        book.kinds = {"a": 0, "b": 0, "c": 1}

        def is_new(source, target):
            return book.is_new(at(source), 1, (turn(state=target),))

        assert [is_new("a", "b"), is_new("b", "a"), is_new("b", "x")] == [True, False, False]
        assert [is_new("a", "a"), is_new("b", "b")] == [True, False]
        assert [is_new("c", "a"), is_new("x", "a"), is_new("x", "b")] == [True, True, True]


def test_failure_key():
    frames = (Frame("x.py", 1, "outer"), Frame("x.py", 2, "inner"))
    assert failure_key(Failure("bot-raised", "KeyError", "'a'", frames)) == "bot-raised KeyError inner"
    assert failure_key(Failure("bot-raised", "KeyError", "'a'")) == "bot-raised KeyError"


class TestNote:
    def note(self, book, number, *turns, before=MENU, letter=PLAIN, target=0):
        book.follow(turns)
        book.note(before, letter, number, target, turns)

    def test_states_have_numbers(self):
        book = Book()
        assert [book.state(name) for name in ("a", "b", "a")] == [0, 1, 0]
        assert book.state_names == ["a", "b"]

    def test_visited(self):
        """Where it was, what the hops went through, and where it is then; each once."""
        book = Book()
        self.note(
            book, 1, turn(hops=(Hop("menu", "mid"), Hop("mid", None), Hop("x", "y", machine="plugin")), state="shop")
        )
        self.note(book, 1, turn(state=None), before=at("shop"))
        assert set(book.visited) == {"menu", "mid", "shop"}
        assert list(book.hops) == [("menu", "mid"), ("mid", None)]

    def test_before_it_has_begun(self):
        book = Book()
        self.note(book, 1, turn(), before=Moment(Snapshot()))
        assert list(book.visited) == ["(start)", "menu"]

    def test_guards(self):
        book = Book()
        self.note(book, 1, turn(hops=(Hop("a", "b", (Guard("is_paid", True), Guard("is_late", False))),)))
        self.note(book, 1, turn(hops=(Hop("a", "b", (Guard("is_paid", False),), machine="plugin"),)))
        assert book.guards == {"is_paid": {True, False}, "is_late": {False}}

    def test_faults(self):
        book = Book()
        assert book.faults == 0
        for delivery in ("twice", None, "late"):
            self.note(book, 1, turn(), letter=Letter(Text("hi"), delivery=delivery))
        assert book.faults == 2

    def test_letters_that_come_to_the_same_are_one(self):
        book = Book()
        for number in (3, 4, 5):
            self.note(book, number, turn(Reply("Yes?")), target=0 if number < 5 else 1)
        assert book.merged == {("menu", 3): 3, ("menu", 4): 3, ("menu", 5): 5}

    @pytest.mark.parametrize(
        "more",
        [
            {"before": at("menu", node=1)},
            {"target": 1},
            {"letter": Letter(Text("ho"), delivery="twice")},
        ],
    )
    def test_what_keeps_letters_apart(self, more):
        book = Book()
        self.note(book, 3, turn(Reply("Yes?")))
        self.note(book, 4, turn(Reply("Yes?")), **more)
        assert book.merged["menu", 4] == 4

    def test_with_and_without_a_fault(self):
        book = Book()
        for number, delivery in ((3, None), (4, "twice"), (5, None), (6, "late")):
            self.note(book, number, turn(Reply("Yes?")), letter=Letter(Text("hi"), delivery=delivery))
        assert [book.merged["menu", number] for number in (3, 4, 5, 6)] == [3, 4, 3, 4]

    @pytest.mark.parametrize(
        "other", [turn(Reply("No")), turn(Reply("Yes?"), state="x"), turn(Reply("Yes?"), error=Failure("a", "b", "c"))]
    )
    def test_what_is_said_keeps_letters_apart(self, other):
        book = Book()
        self.note(book, 3, turn(Reply("Yes?")))
        self.note(book, 4, other)
        assert book.merged["menu", 4] == 4

    def test_what_a_letter_stands_for_stays(self):
        book = Book()
        self.note(book, 3, turn(Reply("Yes?")))
        self.note(book, 4, turn(Reply("No")))
        self.note(book, 4, turn(Reply("Yes?")))
        assert book.merged["menu", 4] == 4
