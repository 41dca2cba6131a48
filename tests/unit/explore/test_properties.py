"""Properties of the user's own: always, sometimes, eventually; in Python and in a line."""

import pytest

from chatsim.errors import SetupError
from chatsim.explore import explore, property_always, property_eventually, property_sometimes
from chatsim.explore.properties import View, written_property
from chatsim.trace import Call, ChatState, Reply, Snapshot, Text, Turn


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
