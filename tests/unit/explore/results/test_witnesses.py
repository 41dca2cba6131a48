"""Findings as scenario files: each fails for what it shows, and passes when the bot is mended."""

import textwrap

import msgspec
import pytest

from chatsim.errors import SetupError
from chatsim.explore.results.result import Finding
from chatsim.explore.results.witnesses import Home, write_witnesses
from chatsim.kinds import KINDS
from chatsim.scenario.branches import Branches
from chatsim.scenario.load import load_file, ready
from chatsim.trace import Failure, Option, Reply, Snapshot, Tap, Text, Trace, Turn
from chatsim.world.mocks import Mock
from chatsim.world.outgoing import Answer

HEAD = """
import httpx
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())
kept = []
"""
START = """
@bot.register_step("start")
def start(chat_id, text, context, sender):
    sender.send_message(chat_id, "Tea or coffee?", ["Tea", "Coffee"])
    return "choose", {}
"""
RIGHT = """
@bot.register_step("choose")
def choose(chat_id, text, context, sender):
    sender.send_message(chat_id, "Fine" if text in ("Tea", "Coffee") else "Tea or coffee?", ["Tea", "Coffee"])
    return ("start" if text in ("Tea", "Coffee") else "choose"), {}
"""
WRONG = {
    "bot-raised": RIGHT.replace('"Fine" if', '{"Tea": "Fine"}[text] if'),
    "unknown-state": RIGHT.replace('("start" if', '("strat" if'),
    "context-not-json": RIGHT.replace('"choose"), {}', '"choose"), {"now": object()}'),
    "context-changes": RIGHT.replace('"choose"), {}', '"choose"), {"pair": (1, 2)}'),
    "silent-turn": RIGHT.replace("    sender", "    if text == 'Coffee': return 'start', {}\n    sender"),
    "empty-reply": RIGHT.replace('"Fine" if', '"" if').replace(', ["Tea", "Coffee"])\n    return (', ")\n    return ("),
    "option-refused": RIGHT.replace('in ("Tea", "Coffee")', 'in ("Tea",)'),
    "nondeterministic": RIGHT.replace("    sender", "    kept.append(text)\n    sender").replace(
        '"Fine" if', '"Fine %d" % len(kept) if'
    ),
    "dead-end": RIGHT.replace('("start" if', '("over" if')
    + "\n@bot.register_step('over')\ndef over(chat_id, text, context, sender):\n    return 'over', {}\n",
}


@pytest.fixture
def home(tmp_path):
    (tmp_path / "shop.py").write_text(HEAD + START + RIGHT)
    return Home("shop:bot", tmp_path, {})


def turn(event, *texts, options=(), state="choose", **more):
    offered = tuple(Option(title, title) for title in options)
    replies = tuple(Reply(text, options=offered) for text in texts)
    return Turn(event=event, effects=replies, snapshot=Snapshot(), **more)


def finding(kind, *turns, state="choose", **more):
    return Finding(kind, "error", state, f"what {kind} means", Trace(turns), **more)


BEGIN = turn(Text("hi"), "Tea or coffee?", options=("Tea", "Coffee"))
SAID = {
    "bot-raised": Tap("Coffee", "Coffee"),
    "option-refused": Tap("Coffee", "Coffee"),
    "silent-turn": Text("Coffee"),
}


def verdicts(folder):
    (path,) = folder.glob("*.chat.yaml")
    loaded = ready(load_file(path))
    try:
        return [Branches(loaded.stage).run(case) for case in loaded.file.cases]
    finally:
        loaded.stage.close()


class TestEveryKind:
    @pytest.mark.parametrize("kind", WRONG)
    def test_fails_until_the_bot_is_mended(self, home, tmp_path, kind):
        folder = tmp_path / "witnesses"
        found = finding(
            kind, BEGIN, turn(SAID.get(kind, Text("Tea")), "Fine"), state="over" if kind == "dead-end" else "choose"
        )
        (path,), notes = write_witnesses([found], folder, home)
        assert (path.name, notes) == (f"{kind}-{found.state}.chat.yaml", [])

        (tmp_path / "shop.py").write_text(HEAD + START + WRONG[kind])
        (verdict,) = verdicts(folder)
        assert (verdict.outcome, verdict.mismatch and verdict.mismatch.kind) == ("failed", kind), verdict.mismatch
        (tmp_path / "shop.py").write_text(HEAD + START + RIGHT)
        (verdict,) = verdicts(folder)
        assert verdict.passed, verdict.mismatch


class TestFiles:
    def test_what_a_file_says(self, home, tmp_path):
        found = finding("silent-turn", BEGIN, turn(Tap("Tea", "Tea")))
        (path,), _ = write_witnesses([found], tmp_path / "deep" / "er", home)
        assert path.read_text() == textwrap.dedent(
            """\
            # what silent-turn means
            bot: ../../shop:bot
            scenarios:
              silent-turn in choose:
              - user: hi
              - anything
              - tap: Tea
              - never: silent-turn
            """
        )

    def test_beside_the_bot(self, home, tmp_path):
        (path,), _ = write_witnesses([finding("bot-raised", BEGIN)], tmp_path, home)
        assert "\nbot: shop:bot\n" in path.read_text()

    def test_mocks_and_credentials(self, tmp_path):
        mock = Mock.of("GET https://shop.example/stock", Answer(status=503), Answer(json={"left": 3}, delay=2.0))
        home = Home("shop:bot", tmp_path, {"KEY": "x"}, (mock,))
        (path,), _ = write_witnesses([finding("bot-raised", BEGIN)], tmp_path, home)
        assert "credentials: {KEY: x}\nmock:\n  GET https://shop.example/stock:\n" in path.read_text()
        (spec,) = load_file(path).cases[0].mocks
        assert [answer.optional for answer in spec.answers] == [True, True]

    def test_two_of_a_kind(self, home, tmp_path):
        files, _ = write_witnesses([finding("bot-raised", BEGIN), finding("bot-raised", BEGIN)], tmp_path, home)
        assert [path.name for path in files] == ["bot-raised-choose.chat.yaml", "bot-raised-choose-2.chat.yaml"]

    def test_names_that_lead_nowhere(self, home, tmp_path):
        (path,), _ = write_witnesses([finding("bot-raised", BEGIN, state="../../etc/x y")], tmp_path / "w", home)
        assert path.parent == tmp_path / "w"
        assert path.name == "bot-raised-..-..-etc-x-y.chat.yaml"

    def test_what_no_conversation_shows(self, home, tmp_path):
        files, notes = write_witnesses([finding("unreachable", state="cellar")], tmp_path / "new", home)
        assert (files, notes) == ([], ["unreachable in cellar: no conversation shows this"])
        assert not (tmp_path / "new").exists()

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_kind_can_be_read(self, home, tmp_path, kind):
        """What is written can be loaded, and what cannot be written is told."""
        files, notes = write_witnesses([finding(kind, BEGIN, turn(Tap("Tea", "Tea")))], tmp_path, home)
        assert len(files) + len(notes) == 1
        assert [case.id for path in files for case in load_file(path).cases] == [f"{kind} in choose"] * len(files)

    def test_a_property(self, home, tmp_path):
        files, notes = write_witnesses([finding("property", BEGIN)], tmp_path, home)
        assert (files, notes) == (
            [],
            ["property in choose: a scenario has no words for it; a test in Python has"],
        )

    def test_what_fails_by_itself(self, home, tmp_path):
        """A call that nothing answers fails a scenario, of which no more need be said."""
        failed = msgspec.structs.replace(BEGIN, error=Failure("call-not-mocked", "CallNotMocked", "no mock"))
        (path,), _ = write_witnesses([finding("call-not-mocked", failed)], tmp_path, home)
        assert "never" not in path.read_text()

    def test_what_has_no_words(self, home, tmp_path):
        found = finding("bot-raised", BEGIN, turn(Tap("Milk", "Milk")))
        files, notes = write_witnesses([found], tmp_path, home)
        assert files == []
        assert "'Milk', which was never offered" in notes[0]

    def test_a_folder_that_cannot_be(self, home, tmp_path):
        (tmp_path / "taken").write_text("")
        with pytest.raises(SetupError, match="taken: cannot be written"):
            write_witnesses([finding("bot-raised", BEGIN)], tmp_path / "taken", home)
