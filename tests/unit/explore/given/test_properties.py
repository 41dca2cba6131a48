"""Properties of the user's own: always, sometimes, eventually; in Python and in a line."""

import pytest

from chatsim.errors import SetupError
from chatsim.explore import explore, property_always, property_eventually, property_sometimes
from chatsim.explore.checks.base import Found, Seen, Step
from chatsim.explore.given.properties import NAMES, Properties, View, written_property
from chatsim.explore.letters import Letter
from chatsim.explore.play.moment import Moment
from chatsim.trace import Call, ChatState, Failure, Reply, Snapshot, Text, Turn


def count(chat_id, text, context, sender):
    n = context.get("n", 0)
    sender.send_message(chat_id, f"{n}")
    if text == "lock":
        return "locked", {"n": n}
    return "count", {"n": min(n + 1, 5)}


def locked(chat_id, text, context, sender):
    sender.send_message(chat_id, "locked")
    return "locked", context


LETTERS = [Text("on"), Text("lock")]


class TestProperties:
    def found(self, bot_of, *properties):
        result = explore(bot_of(count, locked), alphabet=LETTERS, faults=False, properties=properties)
        return [found for found in result.findings if found.kind == "property"]

    def test_always(self, bot_of):
        (found,) = self.found(bot_of, written_property("always", "vars.n < 3"))
        assert (found.severity, found.key) == ("error", "vars.n < 3")
        assert len(found.witness.turns) == 3

    def test_always_holds(self, bot_of):
        assert self.found(bot_of, written_property("always", "vars.n <= 5 and state in ('count', 'locked')")) == []

    def test_sometimes(self, bot_of):
        @property_sometimes
        def reaches_nine(view):
            return view.vars.n == 9

        (found,) = self.found(bot_of, reaches_nine)
        assert found.message == "sometimes reaches_nine: nothing that was reached has it"
        assert self.found(bot_of, written_property("sometimes", "vars.n == 5")) == []

    def test_eventually(self, bot_of):
        """From the locked state, five is out of reach."""

        @property_eventually
        def may_count(view):
            return view.state == "count"

        (found,) = self.found(bot_of, may_count)
        assert (found.state, len(found.witness.turns)) == ("locked", 1)

    def test_a_property_that_raises(self, bot_of):
        @property_always
        def wrong(view):
            return view.vars.n / 0

        (found,) = self.found(bot_of, wrong)
        assert found.message.startswith("wrong raised ZeroDivisionError")

    @pytest.mark.parametrize(
        ("when", "line", "told"),
        [
            ("never", "state", "always, sometimes or eventually, not 'never'"),
            ("always", "vars.n <", "invalid syntax. Write an expression"),
            ("always", "vers.n < 3", "there is no 'vers'. There are: state, vars"),
            ("always", "vars.__class__", "names do not begin with an underscore"),
            ("always", "open('x')", "there is no 'open'"),
        ],
    )
    def test_broken_lines(self, when, line, told):
        with pytest.raises(SetupError) as raised:
            written_property(when, line)
        assert told in str(raised.value)

    def test_names_of_a_comprehension(self):
        turn = Turn(event=Text("a"), effects=(Reply("b"),), snapshot=Snapshot())
        assert written_property("always", "all(reply.text for reply in replies)")(View(turn)) is True


def test_view():
    after = Snapshot({"user": ChatState("cart", {"total": {"net": 3}})})
    effects = (Reply("one"), Call("GET", "https://x.example"), Reply("two"))
    view = View(Turn(event=Text("hi"), effects=effects, snapshot=after))
    assert (view.state, view.vars.total.net, view.vars.missing) == ("cart", 3, None)
    assert (view.text, view.calls, view.ended, view.waits) == ("one\ntwo", ["GET https://x.example"], False, "input")
    assert (view.event, view.snapshot) == (Text("hi"), after)


class TestHolds:
    """What the check says of a single turn, and of the whole."""

    class Whole:
        """A search of moments 0 to 4, in a row, of which the last was not expanded."""

        def __init__(self, steps, size=5, open_=(), covers=True):
            self.steps, self.size, self.open, self.covers = steps, size, open_, covers

        def all_nodes(self):
            return range(self.size)

        def all_steps(self):
            return iter(Step(source, Letter(Text("x")), target, True, False, False) for source, target in self.steps)

        def is_expanded(self, node):
            return node not in self.open

        def depth_of(self, node):
            return -node

        def state_of(self, node):
            return f"s{node}"

    def look(self, check, n, node=0, **more):
        turn = Turn(event=Text("x"), snapshot=Snapshot({"user": ChatState("on", {"n": n})}), **more)
        moment = Moment(Snapshot(), node=node)
        return list(check.look(Seen(moment, Letter(Text("x")), (turn,), moment, lambda *_: ())))

    def test_always(self):
        check = Properties((written_property("always", "vars.n < 3"), written_property("always", "vars.n != 5")))
        assert self.look(check, 1) == []
        first, second = self.look(check, 5, node=7)
        assert first == Found(
            "property",
            "on",
            "always vars.n < 3: this turn breaks it",
            7,
            (Letter(Text("x")),),
            key="vars.n < 3",
            event="text 'x'",
        )
        assert (second.key, len(self.look(check, 4))) == ("vars.n != 5", 1)
        assert list(check.close(self.Whole([]))) == []

    def test_a_turn_that_failed_is_no_turn_to_judge(self):
        check = Properties((written_property("always", "vars.n < 3"),))
        assert self.look(check, 5, error=Failure("bot-raised", "KeyError", "'a'")) == []

    def test_what_raises_is_said_and_others_are_asked(self):
        check = Properties((written_property("always", "vars.n < 'a'"), written_property("always", "vars.n < 3")))
        first, second = self.look(check, 5)
        assert first.message.startswith("vars.n < 'a' raised TypeError: '<' not supported")
        assert second.key == "vars.n < 3"

    @pytest.mark.parametrize("covers", [True, False])
    def test_sometimes(self, covers):
        """What nothing has is certain only where all that can be reached was."""
        check = Properties((written_property("sometimes", "vars.n == 3"),))
        assert self.look(check, 1) == []
        assert list(check.close(self.Whole([], covers=covers))) == [
            Found(
                "property",
                None,
                "sometimes vars.n == 3: nothing that was reached has it",
                0,
                key="vars.n == 3",
                inconclusive=not covers,
            )
        ]
        assert self.look(check, 3) == []
        assert list(check.close(self.Whole([]))) == []

    def eventually(self, met, steps, **more):
        check = Properties((written_property("eventually", "vars.n == 3"),))
        for node in met:
            assert self.look(check, 3, node=node) == []
        return [(found.node, found.state, found.message) for found in check.close(self.Whole(steps, **more))]

    @pytest.mark.parametrize(
        ("met", "steps", "open_", "lost"),
        [
            ([4], [(0, 1), (1, 2), (2, 3), (3, 4)], (), None),
            ([2], [(0, 1), (1, 2), (2, 3), (3, 4)], (), 4),
            ([2], [(0, 1), (1, 2), (2, 3), (3, 4)], (4,), None),
            ([2], [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)], (), None),
            ([0], [(1, 0), (2, 0), (3, 2), (4, 3), (0, 4)], (), None),
            ([0], [(1, 0), (2, 0), (4, 0), (0, 3)], (), 3),
        ],
    )
    def test_eventually(self, met, steps, open_, lost):
        """Of the moments from which nothing leads there, the nearest is told; what was not expanded may lead there."""
        message = "eventually vars.n == 3: from here nothing that can be reached has it"
        assert self.eventually(met, steps, open_=open_) == ([] if lost is None else [(lost, f"s{lost}", message)])

    def test_never_eventually(self):
        assert self.eventually([], []) == [(0, None, "eventually vars.n == 3: nothing that was reached has it")]

    def test_several(self):
        """Each is judged for itself."""
        check = Properties(tuple(written_property("eventually", f"vars.n == {n}") for n in (1, 2)))
        self.look(check, 1, node=1)
        self.look(check, 2, node=0)
        found = list(check.close(self.Whole([(0, 1)], size=2)))
        assert [(each.key, each.node) for each in found] == [("vars.n == 2", 1)]


class TestWritten:
    @pytest.mark.parametrize(
        "line",
        [
            "state == 'cart'", "vars.total == 3", "vars.deep.er == 1", "vars.nothing is None", "waits == 'input'",
            "not ended", "len(replies) == 1", "text == 'Yes'", "event.text == 'hi'", "calls == ['GET https://x.example']",
            "turn.error is None", "snapshot.clock == 5", "  sum(n for n in [1, 2]) == 3  ", "abs(-1) == max(0, 1)",
        ],
    )  # fmt: skip
    def test_what_it_may_name(self, line):
        context = {"total": 3, "deep": {"er": 1}}
        turn = Turn(
            event=Text("hi"),
            effects=(Reply("Yes"), Call("GET", "https://x.example")),
            snapshot=Snapshot({"user": ChatState("cart", context)}, 5.0),
        )
        found = written_property("always", line)
        assert (found.when, found.name, found(View(turn))) == ("always", line.strip(), True)

    @pytest.mark.parametrize("mark", [property_always, property_sometimes, property_eventually])
    def test_functions(self, mark):
        def may_end(view):
            return view + 1

        found = mark(may_end)
        assert (found.when, found.name, found(1)) == (mark.__name__.removeprefix("property_"), "may_end", 2)

    @pytest.mark.parametrize(
        ("when", "line", "told"),
        [
            ("once", "ended", "a property holds always, sometimes or eventually, not 'once'"),
            ("always", "a b", "property 'a b': invalid syntax. Write an expression, such as vars.total >= 0"),
            ("always", "vars._x", "property 'vars._x': names do not begin with an underscore: _x"),
            (
                "always",
                "[x for y in calls]",
                f"property '[x for y in calls]': there is no 'x'. There are: {', '.join(NAMES)}",
            ),
        ],
    )
    def test_what_is_wrong(self, when, line, told):
        with pytest.raises(SetupError) as caught:
            written_property(when, line)
        assert str(caught.value) == told
