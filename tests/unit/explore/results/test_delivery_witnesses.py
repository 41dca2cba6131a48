"""A witness with a fault is a scenario that fails with the same kind, a hundred times alike, until the bot is mended."""

import textwrap

import pytest

from chatsim.explore import explore
from chatsim.explore.results.witnesses import Home, write_witnesses
from chatsim.scenario.branches import Branches
from chatsim.scenario.load import load_file, ready
from chatsim.trace import Callback, Text
from chatsim.world.mocks import Mock

SHOP = """
    import json, random
    import httpx
    from chatsim.orchestrator import ChatOrchestrator
    from chatsim.senders.recording import RecordingSender
    from chatsim.state_managers.inmemory import InMemoryStateManager

    class Drawer:
        def __init__(self):
            self.chats = {}
        def get_state(self, chat_id):
            return self.chats.get(chat_id, (None, {}))
        def set_state(self, chat_id, state_id, context):
            self.chats[chat_id] = (state_id, context)
        def delete_state(self, chat_id):
            self.chats.pop(chat_id, None)

    bot = ChatOrchestrator(InMemoryStateManager(), RecordingSender(), initial_state_id="shop")

    memory = {}

    def number():
        return 41

    @bot.register_step("shop")
    def shop(chat_id, text, context, sender):
        context = {"points": 0, "seen": [], "log": [], **context}
        if text.startswith("{"):
            report = json.loads(text)
            if report["id"] in context["seen"]:
                return "shop", context
            context["points"] = min(context["points"] + 5, 20)
            context["seen"] = [*context["seen"], report["id"]][-3:]
            return "shop", context
        if text == "order":
            httpx.put(f"https://shop.example/orders/{number()}")
            sender.send_message(chat_id, "Ordered. Anything else?")
            return "shop", context
        if text == "close":
            sender.send_message(chat_id, "Closed")
            return "closed", context
        context["log"] = [*context["log"], text][-2:]
        sender.send_message(chat_id, "Noted")
        return "shop", context

    @bot.register_step("closed")
    def closed(chat_id, text, context, sender):
        if text.startswith("{"):
            return "closed", context
        sender.send_message(chat_id, "We are closed")
        return "closed", context
"""

BUGS = {
    "applied-twice": ('if report["id"] in context["seen"]:', "if False:"),
    "lost-update": ("ChatOrchestrator(InMemoryStateManager()", "ChatOrchestrator(Drawer()"),
    "crash-repeats": ("return 41", "return random.randrange(1000, 9999)"),
    "nondeterministic": (
        'context["log"] = [*context["log"], text][-2:]',
        'memory[chat_id] = [*memory.get(chat_id, []), text] if context["log"] else [text]; context["log"] = memory[chat_id][-2:]',
    ),
    "redelivery-changes": (
        'return "shop", context\n            context["points"]',
        'sender.send_message(chat_id, "Booked")\n                return "shop", context\n            sender.send_message(chat_id, "Booked")\n            context["points"]',
    ),
}
LETTERS = [Text("a"), Text("b"), Text("order"), Text("close"), Callback('{"id":1}'), Callback('{"id":2}')]


@pytest.mark.parametrize("kind", BUGS)
def test_fails_with_the_same_kind_until_the_bot_is_mended(tmp_path, kind):
    right, wrong = BUGS[kind]
    source = textwrap.dedent(SHOP)
    right, wrong = (
        text.replace("\n            ", "\n        ").replace("\n                ", "\n            ")
        for text in (right, wrong)
    )
    assert right in source
    bot = tmp_path / "bot.py"
    bot.write_text(source.replace(right, wrong))
    mocks = [Mock.of("PUT https://shop.example/orders/...", optional=True)]
    result = explore("bot:bot", folder=tmp_path, alphabet=LETTERS, mocks=mocks, max_states=60)
    found = [one for one in result.findings if one.kind == kind and one.witness.turns[-1].delivery is not None]
    assert found
    paths, notes = write_witnesses(found, tmp_path, Home("bot:bot", tmp_path, {}, tuple(mocks)))
    assert (len(paths), notes) == (len(found), [])
    for path in paths:
        verdicts = [verdict(path) for _ in range(3)]
        assert {one.mismatch.kind for one in verdicts} == {kind}
        assert verdicts[0].trace == verdicts[1].trace == verdicts[2].trace
    bot.write_text(source)
    assert [verdict(path).mismatch for path in paths] == [None] * len(paths)


def test_right_bot_has_no_findings_of_faults(tmp_path):
    (tmp_path / "bot.py").write_text(textwrap.dedent(SHOP))
    mocks = [Mock.of("PUT https://shop.example/orders/...", optional=True)]
    result = explore("bot:bot", folder=tmp_path, alphabet=LETTERS, mocks=mocks, max_states=60)
    assert not {one.kind for one in result.findings} & {*BUGS, "acts-after-end", "cross-chat"}
    assert result.faults > 0


def verdict(path):
    loaded = ready(load_file(path))
    (case,) = loaded.file.cases
    return Branches(loaded.stage).run(case)
