"""Chats beside each other: each goes as it would alone, or that is found."""

import textwrap

import pytest

from chatsim.explore import explore
from chatsim.explore.checks.apart import BESIDE, Apart, _in_chat
from chatsim.explore.letters import Letter
from chatsim.explore.results.witnesses import Home, write_witnesses
from chatsim.orchestrator import ChatOrchestrator
from chatsim.scenario.branches import Branches
from chatsim.scenario.load import load_file, ready
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import ChatState, File, Reply, Snapshot, Text, Turn

LETTERS = [Text("tea"), Text("coffee"), Text("pay")]


def cafe(order):
    """A café that keeps orders with *order*, a function of the chat, what was ordered before, and what is ordered now."""
    bot = ChatOrchestrator(InMemoryStateManager(), RecordingSender())

    @bot.register_step("start")
    def start(chat_id, text, context, sender):
        if text == "pay":
            sender.send_message(chat_id, f"That was {', '.join(context.get('orders', []))}")
            return "paid", context
        orders = order(chat_id, context.get("orders", []), text)
        sender.send_message(chat_id, f"{len(orders)} ordered")
        return "start", {"orders": orders[:2]}

    @bot.register_step("paid")
    def paid(chat_id, text, context, sender):
        return "paid", context

    return bot


def found(bot, letters=LETTERS, restart=None):
    result = explore(bot, alphabet=letters, checks=[Apart(restart)], max_states=60)
    return [(one.kind, one.severity, one.state) for one in result.findings], result


class TestApart:
    def test_right(self):
        kinds, _ = found(cafe(lambda chat, orders, text: [*orders, text]))
        assert kinds == []

    def test_what_is_kept_by_chat_elsewhere(self):
        """A bot that keeps chats apart by itself is not found here; that it keeps them elsewhere is found otherwise."""
        kept = {}

        def order(chat, orders, text):
            kept[chat] = [*orders, text]
            return kept[chat]

        assert found(cafe(order))[0] == []

    def test_who_was_there_before(self):
        """What only counts once another chat is over, and knows all the words, is found as well."""
        known = []

        def order(chat, orders, text):
            known.extend(word for word in [*orders, text] if word not in known)
            return list(known)

        def restart():
            known.clear()

        kinds, _ = found(cafe(order), restart=restart)
        assert ("cross-chat", "error", None) in kinds

    def test_files(self):
        """Somebody else sends another file."""
        event = _in_chat(Letter(File(b"%PDF", "a.pdf")), BESIDE).event
        assert event == File(b"%PDF by somebody else", "a.pdf", chat=BESIDE)

    def test_one_memory_for_all(self):
        last = {}

        def order(chat, orders, text):
            if not orders:
                last["orders"] = []
            last["orders"] = [*last["orders"], text]
            return last["orders"]

        kinds, result = found(cafe(order))
        assert ("cross-chat", "error", None) not in kinds  # in the first turn of a chat, nobody else has ordered yet
        assert {kind for kind, *_ in kinds} == {"cross-chat"}
        witness = result.findings[0].witness
        assert {turn.event.chat for turn in witness.turns} == {"user", BESIDE}
        assert witness.turns[-1].event.chat == "user"
        assert result.findings[0].message.startswith("beside another chat, the replies are [")

    def test_bot_that_differs_when_it_is_alone(self):
        """It has no need of a second chat for that."""
        count = iter(range(10_000))
        assert found(cafe(lambda chat, orders, text: [*orders, f"{text} {next(count)}"]))[0] == []

    def test_two_chats_that_are_meant_to_meet(self):
        """A waiter is told of each order: what the snapshot says is shared is meant."""

        class Waiter:
            def start(self):
                return Snapshot(shared={"orders": 0})

            def step(self, snapshot, event):
                count = snapshot.shared["orders"] + 1
                after = Snapshot(
                    {**snapshot.chats, event.chat: ChatState(f"s{min(count, 3)}")}, shared={"orders": count % 4}
                )
                return Turn(event=event, effects=(Reply(f"order {count}", event.chat),), snapshot=after)

        assert found(Waiter())[0] == []

    def test_replies_to_the_other_chat(self):
        class Relay:
            def start(self):
                return Snapshot()

            def step(self, snapshot, event):
                after = snapshot.with_chat(event.chat, ChatState("on"))
                return Turn(event=event, effects=(Reply("hi", "user"),), snapshot=after)

        assert found(Relay())[0] == []

    def test_search_that_saw_nothing(self):
        assert found(cafe(lambda chat, orders, text: orders), letters=[])[0] == []


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "bot.py").write_text(
        textwrap.dedent("""
            from chatsim.orchestrator import ChatOrchestrator
            from chatsim.senders.recording import RecordingSender
            from chatsim.state_managers.inmemory import InMemoryStateManager

            bot = ChatOrchestrator(InMemoryStateManager(), RecordingSender())

            def added(item, basket=[]):
                if item not in basket:
                    basket.append(item)
                return basket

            @bot.register_step("start")
            def start(chat_id, text, context, sender):
                basket = list(added(text))
                sender.send_message(chat_id, f"You have {len(basket)} things")
                return "start", {"basket": basket}
        """)
    )
    return tmp_path


def test_bot_that_is_loaded_anew(folder):
    """What the search left in a default that all chats share is gone then: each conversation begins in a new process."""
    result = explore("bot:bot", folder=folder, alphabet=[Text("a"), Text("b")], scenarios=False)
    (one,) = [one for one in result.findings if one.kind == "cross-chat"]
    assert one.severity == "error"
    assert "beside another chat" in one.message


def test_witness(folder):
    """It fails for as long as chats are not apart, and passes on the mended bot."""
    result = explore("bot:bot", folder=folder, alphabet=[Text("a"), Text("b")], scenarios=False)
    found = [one for one in result.findings if one.kind == "cross-chat"]
    (path,), _ = write_witnesses(found, folder, Home("bot:bot", folder, {}))

    def mismatch():
        loaded = ready(load_file(path))
        (case,) = loaded.file.cases
        return Branches(loaded.stage).run(case).mismatch

    assert mismatch().kind == "cross-chat"
    assert mismatch().headline.startswith("never: beside another chat, the replies are ")
    bot = folder / "bot.py"
    bot.write_text(bot.read_text().replace("list(added(text))", "[*context.get('basket', []), text]"))
    assert mismatch() is None
