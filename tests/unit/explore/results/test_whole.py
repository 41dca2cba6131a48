"""The search as checks see it when it is over, the ways through it, and how its findings are made short."""

import pytest

from chatsim.explore.checks.base import Found, Step
from chatsim.explore.letters import Letter
from chatsim.explore.play.moment import Moment
from chatsim.explore.results.whole import Explored
from chatsim.explore.seen import nodes as nodes_module
from chatsim.explore.seen import ways as ways_module
from chatsim.explore.seen.fingerprint import pack
from chatsim.explore.seen.projection import Own
from chatsim.explore.seen.shorten import shortened
from chatsim.explore.seen.ways import ways_of
from chatsim.explore.walk.search import Limits
from chatsim.trace import Callback, ChatState, Failure, Form, Hop, Reply, Snapshot, Text, Turn

GO, STAY, END = Text("go"), Text("stay"), Text("end")


def corridor(state, context, event):
    """Walk through rooms 1 to 4; "end" is the end of it, in room 3 there is an error, in room 4 no way on."""
    if state == "zero":
        return "zero", {}
    room = int(state or 1)
    if event == END:
        return Turn(event=event, snapshot=Snapshot({"user": ChatState("zero")}), ended=ChatState(f"{room}"))
    if room == 3 and event == STAY:
        failure = Failure("bot-raised", "KeyError", "'a'")
        return Turn(event=event, snapshot=Snapshot({"user": ChatState("3", context)}), error=failure)
    target = str(min(room + (event == GO), 4))
    hops = (Hop(state, target),) if state else ()
    snapshot = Snapshot({"user": ChatState(target, {"n": "x" * room})})
    return Turn(event=event, effects=(Reply("Room"),) if event == GO else (), hops=hops, snapshot=snapshot)


@pytest.fixture
def whole(search_of):
    return Explored(search_of(corridor, [GO, STAY, END]))


class TestExplored:
    def test_how_far_it_came(self, search_of, whole):
        assert (whole.closed, whole.covers, whole.is_given, whole.has_ended) == (True, True, True, True)
        assert list(whole.all_nodes()) == list(range(len(whole._search.nodes)))
        bounded = Explored(search_of(corridor, [GO], limits=Limits(depth=1)))
        assert (bounded.closed, bounded.covers, bounded.has_ended) == (False, False, False)
        assert (bounded.is_expanded(0), bounded.is_expanded(1)) == (True, False)

    def test_projected_covers(self, search_of, monkeypatch):
        monkeypatch.setattr("chatsim.explore.walk.search.EXACT_STEPS", 0)
        endless = search_of(lambda _, c, __: ("on", {"n": c.get("n", 0) + 1}), [GO], projection=Own(lambda _: 0))
        assert (Explored(endless).closed, Explored(endless).covers) == (False, True)

    def test_where_it_begins(self, search_of, whole):
        assert whole.begins_in == "(start)"
        middle = search_of(corridor, [GO], start=Moment(Snapshot({"user": ChatState("2")})))
        assert Explored(middle).begins_in is None

    def test_steps(self, whole):
        steps = list(whole.all_steps())
        assert len(steps) == whole._search.steps
        assert steps[0] == Step(0, Letter(GO), 1, True, False, False)
        assert {(step.answered, step.failed, step.ended) for step in steps} == {
            *[(True, False, False), (False, False, False), (False, True, False), (False, False, True)]
        }
        assert all(step.ended is (step.letter.event == END and whole.state_of(step.source) != "zero") for step in steps)

    def test_moments(self, whole):
        names = [whole.state_of(node) for node in whole.all_nodes()]
        assert set(names) == {"(start)", "zero", "1", "2", "3", "4"}
        for node in whole.all_nodes():
            assert whole.moment(node).state == (None if names[node] == "(start)" else names[node])
            assert whole.depth_of(node) == whole.moment(node).depth == len(whole.way_to(node))
            back = list(whole.way_back(node))
            assert (back[0], back[-1], len(back)) == (node, 0, whole.depth_of(node) + 1)
            assert whole.chat_ended(node) is (names[node] in ("(start)", "zero"))
            assert whole.is_waiting(node) is (names[node] not in ("(start)", "zero"))
        four = names.index("4")
        assert [letter.event for letter in whole.way_to(four)] == [GO, GO, GO]

    def test_what_was_gone_through(self, whole):
        assert whole.visited() == {"(start)", "zero", "1", "2", "3", "4"}
        assert whole.taken() == {("1", "1"), ("1", "2"), ("2", "2"), ("2", "3"), ("3", "4"), ("4", "4")}

    def test_the_same(self, search_of):
        """The bot remembers the same of the chat, whatever is on offer and when: what else there is does not count."""
        search = search_of(corridor, [GO], run=False)
        book, nodes = search.book, search.nodes
        chats = [ChatState("a", {"n": 1}), ChatState("a", {"n": 1}), ChatState("a", {"n": 2}), ChatState("b", {"n": 1})]
        for number, chat in enumerate(chats):
            nodes.add(pack(Snapshot({"user": chat}, float(number % 2))), number, book.state(chat.state))
        nodes.add(pack(Snapshot({"user": chats[0]}, 0.0)), 9, 0)
        whole = Explored(search)
        assert [whole.is_same(0, other) for other in range(5)] == [True, True, False, False, True]

    def test_the_same_where_nothing_is_kept(self, search_of, monkeypatch):
        monkeypatch.setattr(nodes_module, "KEPT", 0)
        search = search_of(corridor, [GO, STAY])
        whole = Explored(search)
        nodes = [node for node in whole.all_nodes() if node]
        assert search.nodes.packed == [None] * (len(nodes) + 1)
        with search.player.inside():
            same = {(one, other) for one in nodes for other in nodes if whole.is_same(one, other)}
            chats = [search.moment(node).snapshot.chats["user"] for node in whole.all_nodes() if node]
        assert same == {(i, j) for i, one in enumerate(chats, 1) for j, other in enumerate(chats, 1) if one == other}

    def test_the_largest_and_the_furthest_of_each_state(self, search_of):
        """Where two are as large, or as far, it is the later one."""
        search = search_of(corridor, [GO], run=False)
        sizes = [("a", 1, 0), ("a", 2, 5), ("a", 9, 1), ("b", 4, 3), ("b", 4, 3), ("c", None, 2), ("a", 3, 2)]
        for number, (name, size, depth) in enumerate(sizes):
            search.nodes.add(b"x" * (size or 0) + b"%d" % number, 0, search.book.state(name))
            search.nodes.depth[number] = depth
        search.nodes.packed[5] = None
        assert Explored(search).largest() == [2, 4, 5, 1]


class TestWays:
    def test_edges(self, search_of):
        ways = ways_of(search_of(corridor, [GO, END]))
        assert next(iter(ways.edges)) == ("(start)", "text 'go'", "2")
        assert set(ways.edges) == {
            *[("(start)", "text 'go'", "2"), ("(start)", "text 'end'", "1"), ("2", "text 'go'", "3")],
            *[("3", "text 'go'", "4"), ("4", "text 'go'", "4")],
            *[(name, "text 'end'", name) for name in "234"],
            *[("zero", "text 'go'", "zero")],
        }

    def test_letters_that_come_to_the_same_are_one(self, search_of):
        ways = ways_of(search_of(lambda *_: ("on", {}, Reply("Yes")), [Text("b"), Text("a")]))
        assert set(ways.edges) == {("(start)", "text 'b'", "on"), ("on", "text 'b'", "on")}

    def test_numbers_in_what_machines_send(self, search_of):
        letters = [Callback('{"id": 17}'), Form({"n": 12}), Text("room 17")]
        ways = ways_of(search_of(lambda _, __, event: (type(event).__name__, {}), letters, limits=Limits(depth=1)))
        assert [edge[1] for edge in ways.edges] == ["callback '{\"id\": 0}'", 'form {"n":0}', "text 'room 17'"]

    def test_where_each_is_reached_soonest(self, search_of):
        search = search_of(corridor, [STAY, GO, END])
        search.nodes.straighten(search.turns_of)
        ways = ways_of(search)
        turns = {what: search.nodes.depth[node] + 1 for what, (node, _) in ways.last.items() if isinstance(what, str)}
        assert turns == {"1": 1, "2": 1, "3": 2, "4": 3, "zero": 2}
        node, number = ways.last["3", "text 'end'", "3"]
        assert (search.nodes.depth[node], search.letters[number].event) == (2, END)
        assert set(ways.last) == set(ways.edges) | {edge[2] for edge in ways.edges}

    def test_pairs(self, search_of, monkeypatch):
        search = search_of(corridor, [GO], start=Moment(Snapshot({"user": ChatState("1")})))
        assert list(ways_of(search).edges) == [("1", "text 'go'", "2"), ("2", "text 'go'", "3"), ("3", "text 'go'", "4"),
                                               ("4", "text 'go'", "4")]  # fmt: skip
        assert ways_of(search).pairs == 4
        steps = len(search.nodes.sources)
        monkeypatch.setattr(ways_module, "_MOST_STEPS_FOR_PAIRS", steps)
        assert ways_of(search).pairs == 4
        monkeypatch.setattr(ways_module, "_MOST_STEPS_FOR_PAIRS", steps - 1)
        assert ways_of(search).pairs == 0


class Finds:
    """A check that finds an error wherever a text is said at which the bot keeps silent."""

    kinds = {"odd": "error"}

    def __init__(self, key=""):
        self.key = key
        self.asked = []

    def begin(self, bot):
        pass

    def look(self, seen):
        self.asked.append(seen.before.node)
        if not seen.turn.replies:
            yield Found("odd", seen.before.state, "silent", seen.before.node, (seen.letter,), key=self.key)

    def close(self, whole):
        return ()


class TestShortened:
    def found(self, search, depth, letter=STAY, **more):
        """Return what was found in the first moment so deep."""
        node = next(node for node in range(len(search.nodes)) if search.nodes.depth[node] == depth)
        return Found("odd", None, "silent", node, (Letter(letter),) if letter else (), **more)

    def search(self, search_of, *checks, silent_from=2):
        """Return a search in one state that counts to six, and keeps silent when it is to stay, from a number on."""

        def counting(_, context, event):
            n = context.get("n", 0)
            effects = (Reply("Yes"),) if event == GO or n < silent_from else ()
            return "on", {"n": min(n + 1, 6) if event == GO else n}, *effects

        return search_of(counting, [GO, STAY], *checks)

    def test_where_it_happens_soonest(self, search_of):
        search = self.search(search_of, Finds())
        with search.player.inside():
            (found,) = shortened(search, [self.found(search, 5)])
        assert (search.nodes.depth[found.node], found.letters) == (2, (Letter(STAY),))

    def test_nowhere_sooner(self, search_of):
        search = self.search(search_of, Finds())
        found = self.found(search, 2)
        with search.player.inside():
            assert shortened(search, [found]) == [found]

    @pytest.mark.parametrize("more", [{"key": "other"}, {"letter": GO}, {"letter": None}])
    def test_another_finding(self, search_of, more):
        """What is found there is of another kind of thing, or nothing: the finding stays where it is."""
        search = self.search(search_of, Finds())
        found = self.found(search, 5, **more)
        with search.player.inside():
            assert shortened(search, [found]) == [found]

    def test_the_keys_are_the_same(self, search_of):
        search = self.search(search_of, Finds("k"))
        with search.player.inside():
            (found,) = shortened(search, [self.found(search, 5, key="k")])
        assert search.nodes.depth[found.node] == 2

    def test_only_checks_for_the_kind_are_asked(self, search_of):
        check, other = Finds(), Finds()
        other.kinds = {"even": "error"}
        search = self.search(search_of, other, check)
        check.asked.clear()
        other.asked.clear()
        with search.player.inside():
            shortened(search, [self.found(search, 5)])
        assert check.asked
        assert other.asked == []

    def test_eight_are_tried_the_soonest_first(self, search_of):
        def counting(_, context, event):
            n = context.get("n", 0)
            return (
                "on",
                {"n": min(n + 1, 12) if event == GO else n},
                *((Reply("Yes"),) if event == GO or n < 11 else ()),
            )

        check = Finds()
        search = search_of(counting, [GO, STAY], check)
        check.asked.clear()
        found = self.found(search, 12)
        with search.player.inside():
            assert shortened(search, [found]) == [found]
        assert [search.nodes.depth[node] for node in check.asked] == [1, *range(1, 8)]

    def test_several(self, search_of):
        search = self.search(search_of, Finds())
        given = [self.found(search, 5), self.found(search, 1, None), self.found(search, 4)]
        with search.player.inside():
            found = shortened(search, iter(given))
        assert [search.nodes.depth[each.node] for each in found] == [2, 1, 2]
