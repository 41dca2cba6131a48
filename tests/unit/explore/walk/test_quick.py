"""The quick way and the plain one come to the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatsim.bots.orchestrator import OrchestratorBot
from chatsim.explore import explore
from chatsim.explore.alphabet import Alphabet
from chatsim.explore.letters import Letter
from chatsim.explore.play.arrivals import faulty
from chatsim.explore.play.moment import Moment
from chatsim.explore.seen.book import state_name
from chatsim.explore.seen.fingerprint import MASK, Written, encode, fingerprint, pack, unpack
from chatsim.explore.seen.projection import Own
from chatsim.explore.walk import news as news_module
from chatsim.explore.walk import novelty as novelty_module
from chatsim.explore.walk import quick as quick_module
from chatsim.explore.walk.search import Limits
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import Callback, ChatState, Fault, Snapshot, Tap, Text, Timer, Wait
from chatsim.world.mocks import Mock

LETTERS = [Text("a"), Text("b"), Text("c")]
TABLES = st.lists(st.lists(st.integers(0, 5), min_size=3, max_size=3), min_size=6, max_size=6)


class Plain:
    """An orchestrator without its quick way."""

    def __init__(self, bot):
        self.start, self.step, self.state_names, self.code_for = bot.start, bot.step, bot.state_names, bot.code_for


def bot_of(table):
    orchestrator = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="s0")

    def make(number):
        def step(chat_id, text, context, sender):
            target = table[number]["abc".index(text)]
            if target == 5 and context.get("n") == 2:
                raise ValueError(text)
            if target % 2:
                sender.send_message(chat_id, f"to {target}", ["a", "b"] if target == 3 else None)
            return f"s{target}", {"n": (context.get("n", 0) + target) % 4} if target else {}

        return step

    orchestrator.register_steps({f"s{number}": make(number) for number in range(6)})
    return OrchestratorBot(orchestrator)


class TestQuick:
    @settings(max_examples=6, deadline=None)
    @given(TABLES)
    def test_as_the_plain_way(self, table):
        """Moments, steps, states, transitions and errors are the same, whatever the bot."""
        bot = bot_of(table)
        quick, plain = (explore(each, alphabet=LETTERS, faults=False, projection="exact") for each in (bot, Plain(bot)))
        assert (quick.outcome, quick.snapshots, quick.steps) == (plain.outcome, plain.snapshots, plain.steps)
        assert (set(quick.states), set(quick.transitions)) == (set(plain.states), set(plain.transitions))
        assert set(quick.hops) == set(plain.hops)
        errors = [
            {(found.kind, found.state, len(found.witness.turns)) for found in each.errors} for each in (quick, plain)
        ]
        assert errors[0] == errors[1]


def searched(search_of, bot, *checks, letters=LETTERS, **options):
    """Return the quick search and the plain one."""
    quick = search_of(bot, letters, *checks, **options)
    plain = search_of(Plain(bot), letters, *checks, **options)
    assert (quick._quick is not None, plain._quick is not None) == (True, False)
    return quick, plain


def all_of(search):
    """Return everything that a search has noted: its moments, the steps between them, and what it makes of them."""
    search.note_hops()
    nodes, book = search.nodes, search.book
    return {
        "moments": [(packed, search.moment(number)) for number, packed in enumerate(nodes.packed)],
        "steps": [(source, search.letters[letter], target, mark) for source, letter, target, mark in nodes.steps()],
        "ways": [nodes.way_to(node) for node in range(len(nodes))],
        "expanded": list(nodes.expanded),
        "found": (search.steps, search.closed, search.stopped, search.is_projected),
        "visited": set(book.visited) | set(book.state_names),
        "hops": set(book.hops),
        "findings": set(search.found),
    }


FULL = [[1, 2, 3], [3, 5, 0], [4, 4, 2], [0, 1, 3], [5, 2, 2], [3, 3, 1]]


class TestSteps:
    """The quick way notes what the plain one notes, step by step."""

    @pytest.fixture(autouse=True)
    def _nothing_declared(self, monkeypatch):
        """Let both begin in the same order: only one of the two bots declares a graph."""
        monkeypatch.setattr(novelty_module, "declared_graph", lambda bot: None)

    @pytest.mark.parametrize("projection", [None, Own(lambda snapshot: snapshot), Own(state_name)])
    @pytest.mark.parametrize("limits", [Limits(), Limits(depth=3), Limits(states=17), Limits(depth=0)])
    def test_everything(self, search_of, projection, limits):
        quick, plain = searched(search_of, bot_of(FULL), projection=projection, limits=limits)
        assert all_of(quick) == all_of(plain)

    def test_most_turns_are_not_made(self, search_of):
        bot, made = bot_of(FULL), []
        step = bot.step
        bot.step = lambda snapshot, event: made.append(event) or step(snapshot, event)
        search = search_of(bot, LETTERS)
        assert 0 < len(made) < search.steps * 0.8

    @pytest.mark.parametrize(("thorough", "rarely"), [(0, 3), (2, 1), (5, 1000)])
    def test_what_nobody_is_shown(self, search_of, monkeypatch, thorough, rarely):
        """Hops and states are known all the same, where only few new steps are made in full."""
        monkeypatch.setattr(news_module, "THOROUGH", thorough)
        monkeypatch.setattr(news_module, "RARELY", rarely)
        monkeypatch.setattr(novelty_module, "QUICK_STEPS", 0)
        monkeypatch.setattr(novelty_module, "STEPS", 0)
        quick, plain = searched(search_of, bot_of(FULL))
        assert all_of(quick) == all_of(plain)

    def test_faults_are_played_in_full(self, search_of):
        letters = [
            *LETTERS,
            faulty(Text("a"), Fault("twice")),
            Letter(Callback("a")),
            Letter(Text("b", chat="else")),
            Wait(5.0),
        ]
        quick, plain = searched(search_of, bot_of(FULL), letters=letters, limits=Limits(states=60))
        assert all_of(quick) == all_of(plain)
        assert quick.turns_of == plain.turns_of

    def test_letters_that_depend_on_the_moment(self, search_of):
        class Offered:
            def letters(self, moment):
                yield Letter(Text("c"))
                yield from (Letter(Tap(option.id, option.title), "offered") for option in moment.offered)

        quick, plain = searched(search_of, bot_of(FULL), letters=Alphabet(Offered()))
        assert all_of(quick) == all_of(plain)
        assert any(moment.offered for _, moment in all_of(quick)["moments"])

    def test_in_the_middle_of_a_conversation_turns_are_made(self, search_of):
        start = Moment(Snapshot({"user": ChatState("s1", {"n": 1})}))
        search = search_of(bot_of(FULL), LETTERS, start=start)
        bot = bot_of(FULL)
        bot.start = lambda: start.snapshot
        assert (search._quick, search_of(bot, LETTERS)._quick) == (None, None)

    def test_who_calls_outside_is_stepped_in_full(self, search_of):
        """Where no code shows that it calls, that is seen when it does; its turns tell of the calls from then on."""
        import httpx

        calls = {"call": httpx.get}

        def step(chat_id, text, context, sender):
            calls["call"]("https://shop.example/stock")
            return "s", {"n": (context.get("n", 0) + 1) % 9}

        mocks = [Mock.of("GET https://shop.example/stock", optional=True)]
        search = search_of(OrchestratorBot(one_step(step)), LETTERS, mocks=mocks)
        assert (search._quick is not None, search.is_quick, search.closed, len(search.nodes)) == (True, False, True, 10)

    @pytest.mark.parametrize(("again", "in_full"), [(2, 1), (2, 1000)])
    @pytest.mark.parametrize("is_fickle", [True, False])
    def test_now_and_then_a_step_is_made_twice(self, search_of, monkeypatch, again, in_full, is_fickle):
        """Where that differs it is shown to the checks, and turns are made from then on."""
        monkeypatch.setattr(quick_module, "_AGAIN", again)
        monkeypatch.setattr(quick_module, "_IN_FULL", in_full)
        made, shown = [], []

        def step(chat_id, text, context, sender):
            made.append(text)
            return "s", {"n": (context.get("n", 0) + 1 + (len(made) % 2 if is_fickle else 0)) % 500}

        class Noting:
            kinds = {}

            def begin(self, bot):
                pass

            def look(self, seen):
                shown.append((seen.before.state, seen.letter.event.text, seen.turn.event))
                return ()

        search = search_of(OrchestratorBot(one_step(step)), [Text("a")], Noting(), limits=Limits(states=300))
        assert search._quick is not None
        assert search.is_quick is not is_fickle
        assert (len(shown) > 2) is is_fickle
        assert shown[-1] == ("s", "a", Text("a"))

    def test_who_has_no_words_is_always_made_in_full(self, search_of, monkeypatch):
        """A reply without words is out of the ordinary, whatever else is known."""
        monkeypatch.setattr(news_module, "THOROUGH", 0)
        monkeypatch.setattr(news_module, "RARELY", 1000)

        def step(chat_id, text, context, sender):
            sender.send_message(chat_id, "" if text == "b" else "Yes")
            return "s", {"n": (context.get("n", 0) + 1) % 5}

        quick, plain = searched(search_of, OrchestratorBot(one_step(step)))
        assert all_of(quick) == all_of(plain)

    def test_checks_are_shown_what_is_new(self, search_of):
        class Noting:
            kinds = {}

            def __init__(self):
                self.seen = set()

            def begin(self, bot):
                pass

            def look(self, seen):
                self.seen.add((seen.before.state, seen.letter, seen.turn.state, len(seen.turn.replies)))
                return ()

        checks = Noting(), Noting()
        search_of(bot_of(FULL), LETTERS, checks[0])
        search_of(Plain(bot_of(FULL)), LETTERS, checks[1])
        assert checks[0].seen == checks[1].seen


class TestWritten:
    @pytest.fixture
    def written(self):
        return Written(Snapshot({}, 5.0, (Timer("remind", 9.0),), [1]))

    def snapshot(self, state="menu", context=(), **more):
        chats = {"user": ChatState(state, dict(context))} | more
        return Snapshot(chats, 5.0, (Timer("remind", 9.0),), [1])

    @pytest.mark.parametrize(
        "context", [{}, {"n": 1}, {"b": [1], "a": {"c": "ü"}}, {"a": []}, {"a": {}}, {"a": 'x"}{'}]
    )
    @pytest.mark.parametrize("state", ["menu", "", "ü", "a, b", "a\\", "\\\\"])
    def test_as_it_is_packed(self, written, state, context):
        packed = pack(self.snapshot(state, context))
        head = written.heads[state] + encode(context) + written.tail
        assert packed == (head if context else written.empty[state])
        make = written.context_of(packed)
        assert make() == make() == context
        assert make() is not make()

    def test_each_time_anew(self, written):
        """Whatever a step does with its context, deep inside as well, the next one finds it as it was."""
        for context in ({"a": [1]}, {"a": {"b": 1}}, {"b": {"c": [1]}, "a": 1}, {"a": [], "b": 2}):
            make = written.context_of(pack(self.snapshot("menu", context)))
            made = make()
            for value in made.values():
                if isinstance(value, dict | list):
                    value.clear()
            assert make() == context

    @pytest.mark.parametrize(
        "other",
        [
            Snapshot(),
            Snapshot({"user": ChatState("menu", {"n": 1})}, 6.0, (Timer("remind", 9.0),), [1]),
            Snapshot({"user": ChatState("menu", {"n": 1})}, 5.0),
            Snapshot({"else": ChatState("menu", {"n": 1})}, 5.0, (Timer("remind", 9.0),), [1]),
            Snapshot({"user": ChatState("menu", {"n": 1}, "callback")}, 5.0, (Timer("remind", 9.0),), [1]),
            Snapshot({"user": ChatState("menu", {}, extra=1)}, 5.0, (Timer("remind", 9.0),), [1]),
            Snapshot({"user": ChatState("menu", {"n": 1}), "zed": ChatState("a")}, 5.0, (Timer("remind", 9.0),), [1]),
            Snapshot({"user": ChatState("menu"), "zed": ChatState("a")}, 5.0, (Timer("remind", 9.0),), [1]),
            Snapshot({"user": ChatState(None, {"n": 1})}, 5.0, (Timer("remind", 9.0),), [1]),
            *[
                Snapshot({"user": ChatState(state, context)}, 5.0, (Timer("remind", 9.0),), [1])
                for state in ('a"b', '"', 'a"', '\\"', ',"context":', '","context":{}', 'a","context":{"b":1}')
                for context in ({}, {"n": 1})
            ],
        ],
    )
    def test_anything_else(self, written, other):
        assert written.context_of(pack(other)) is None

    def test_what_is_not_kept(self, written):
        assert written.context_of(None) is None


class TestFingerprint:
    def test_packed_again(self):
        snapshot = Snapshot({"user": ChatState("menu", {"b": [1, None], "a": "ü"})}, 5.0)
        assert unpack(pack(snapshot)) == snapshot

    def test_order_of_keys(self):
        one, other = (
            Snapshot({"user": ChatState("menu", context)}) for context in ({"a": 1, "b": 2}, {"b": 2, "a": 1})
        )
        assert pack(one) == pack(other)

    def test_the_frame_counts(self):
        """Without one it is the snapshot alone; and what is said twice is the same number."""
        assert fingerprint(b"{}") == fingerprint(b"{}", 0) == fingerprint(bytes(bytearray(b"{}")))
        numbers = [fingerprint(b"{}", frame) for frame in range(5)]
        assert (
            len(set(numbers))
            == len({number >> 64 for number in numbers})
            == len({number & MASK for number in numbers})
            == 5
        )

    @given(st.lists(st.tuples(st.binary(max_size=8), st.integers(0, 3)), unique=True, max_size=50))
    def test_apart(self, parts):
        """Different moments have different numbers, of 128 bits at most; what is packed begins with a brace."""
        numbers = {fingerprint(b"{" + packed, frame) for packed, frame in parts}
        assert len(numbers) == len(parts)
        assert all(-(2**127) <= number < 2**127 for number in numbers)


def one_step(step):
    orchestrator = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="s")
    orchestrator.register_steps({"s": step})
    return orchestrator


class TestOutOfTheOrdinary:
    def test_what_json_cannot_hold(self):
        """A context that cannot be written is an error of the turn, in the first moment as in later ones."""

        def step(chat_id, text, context, sender):
            n = context.get("n", 0)
            return "s", {"n": n, "x": object()} if text == "b" else {"n": (n + 1) % 20}

        found = explore(one_step(step), alphabet=LETTERS, faults=False, projection="exact")
        assert (found.outcome, found.snapshots) == ("complete", 21)
        assert {error.kind for error in found.errors} == {"context-not-json"}

    def test_another_chat(self):
        """What is said in another chat makes moments of two chats, which are stepped in full."""

        def step(chat_id, text, context, sender):
            return "s", {"n": (context.get("n", 0) + 1) % 3}

        letters = [Text("a"), Text("a", chat="zed")]
        found = explore(one_step(step), alphabet=letters, faults=False, projection="exact")
        assert (found.outcome, found.snapshots) == ("complete", 4 * 4)

    def test_differs_in_what_a_turn_cannot_see(self):
        """A bot that remembers something in the sender is stepped in full from when that is seen."""

        def step(chat_id, text, context, sender):
            sender.count = getattr(sender, "count", 0) + 1
            return "s", {"n": (context.get("n", 0) + sender.count) % 5000}

        quick = []
        explore(
            one_step(step),
            alphabet=LETTERS,
            checks=[],
            projection="exact",
            max_states=2000,
            progress=lambda search: quick.append(search.is_quick),
        )
        assert True in quick
        assert quick[-1] is False
