"""The quick way and the plain one come to the same."""

from hypothesis import given, settings
from hypothesis import strategies as st

from chatsim.bots.orchestrator import OrchestratorBot
from chatsim.explore import explore
from chatsim.explore.fingerprint import MASK, fingerprint, pack, unpack
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import ChatState, Snapshot, Text

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
