"""The bots of BotMutants are correct, and what its operators plant are bugs."""

import ast
import json

import pytest

from benchmarks.botmutants.catalogue import BOTS
from benchmarks.botmutants.confirm import shown, why_a_bug
from benchmarks.botmutants.conversations import CONVERSATIONS
from benchmarks.botmutants.mutants import BY_COMPARISON, KINDS, NEED_NO_ASSERTION, edited, line_after
from benchmarks.botmutants.planting import OPERATORS
from benchmarks.botmutants.play import play, session_with, staged
from benchmarks.botmutants.rivals import RIVALS
from benchmarks.botmutants.run import main, sample
from benchmarks.botmutants.selection import mutants_of, selected, state_names
from benchmarks.botmutants.source import Bot, Edit, Module
from chatsim.trace import Start, Tap, Text

SUBJECTS = pytest.mark.parametrize("subject", BOTS.values(), ids=BOTS)

SHOWN_IN = {
    "missing exit": ("donate", "hotel", "repair"),
    "misspelt state": ("library", "parcel", "repair"),
    "unhandled text": ("barber", "claims"),
    "missing key": ("cinema", "survey"),
    "non-JSON value": ("visa", "donate"),
    "lossy round trip": ("library", "parcel"),
    "shared mutable default": ("hotel", "repair"),
    "hidden randomness": ("donate",),
    "forward loop": ("survey", "claims"),
    "empty reply": ("barber",),
    "button without handler": ("barber", "claims"),
    "stale button accepted": ("barber", "library", "hotel"),
    "duplicate callback applied twice": ("cinema", "hotel", "parcel", "donate", "repair"),
    "late callback revives the end": ("cinema", "hotel", "repair"),
    "lost update": ("visa",),
    "crash between send and save applies twice": ("cinema", "donate"),
    "deep crash": ("visa", "survey"),
    "swapped target": ("barber",),
    "negated guard": ("donate",),
    "off by one": ("parcel",),
}


class TestCorrectBots:
    @SUBJECTS
    def test_size(self, subject):
        """A bot has 8 to 40 states, and conversations reach all of them."""
        reached = set()
        with staged(subject) as stage:
            for talk in CONVERSATIONS[subject.name]:
                turns = play(session_with(subject, stage), talk)
                assert len(turns) == len(talk)
                reached |= {name for turn in turns for hop in turn.hops for name in (hop.source, hop.target)}
            assert set(stage.bot.state_names()) <= reached
            assert 8 <= len(stage.bot.state_names()) <= 40

    @SUBJECTS
    def test_answers(self, subject):
        """No conversation ends in an error, and whoever writes to a bot that waits for that gets an answer with words."""
        with staged(subject) as stage:
            for talk in CONVERSATIONS[subject.name]:
                turns = play(session_with(subject, stage), talk)
                assert [turn.error for turn in turns if turn.error] == []
                for before, turn in zip([None, *turns], turns, strict=False):
                    asked = isinstance(turn.event, Start | Text | Tap) and (
                        before is None or before.waits != "callback"
                    )
                    assert not asked or turn.replies
                    assert all(reply.text.strip() for reply in turn.replies)

    @SUBJECTS
    def test_same_twice(self, subject):
        """Chance, and the chats of others, make no difference."""
        with staged(subject) as stage:
            for talk in CONVERSATIONS[subject.name][:2]:
                first = play(session_with(subject, stage), talk)
                again = play(session_with(subject, stage, seed=7, chat="user"), talk)
                assert list(map(shown, first)) == list(map(shown, again))


class TestOperators:
    def test_all_kinds(self):
        assert set(OPERATORS) == set(KINDS) == set(SHOWN_IN)
        assert (len(NEED_NO_ASSERTION), len(BY_COMPARISON)) == (17, 3)

    @pytest.mark.parametrize("name", ["library", "claims", "repair"])
    def test_mutants_are_python(self, name):
        """Every mutant compiles, differs from the original, and has its place in a line that there is."""
        subject = BOTS[name]
        for kind in KINDS:
            for mutant in mutants_of(subject, state_names(subject), kind):
                ast.parse(mutant.source)
                original = (subject.folder / mutant.place.file).read_text("utf-8")
                assert mutant.source != original
                assert 0 < mutant.place.line <= mutant.source.count("\n")
                assert mutant.place.states

    @pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in SHOWN_IN.items() for name in names])
    def test_is_a_bug(self, kind, name):
        """A conversation with the mutant does not go as it goes with the correct bot."""
        mutants = list(selected(BOTS[name], kind, 1))
        assert [mutant.kind for mutant in mutants] == [kind]
        assert why_a_bug(mutants[0])

    def test_selection_is_stable(self):
        assert list(selected(BOTS["parcel"], "off by one", 2)) == list(selected(BOTS["parcel"], "off by one", 2))


class TestEdits:
    def test_order(self):
        assert edited("abcdef", (Edit(4, 5, "X"), Edit(0, 1, ""), Edit(2, 2, "--"))) == "b" + "--" + "cdXf"

    def test_line(self):
        """Lines that other edits put above the place move it down."""
        text = "one\ntwo\nthree\n"
        assert line_after(text, (Edit(8, 13, "3"), Edit(0, 0, "zero\n"))) == 4
        assert line_after(text, (Edit(8, 13, "3"), Edit(13, 13, "\nmore"))) == 3


class TestStates:
    def read(self, tmp_path, text, states):
        path = tmp_path / "bot.py"
        path.write_text(text)
        bot = Bot.read([path], states)
        return bot, bot.modules[0]

    def test_helper(self, tmp_path):
        """What a helper does belongs to the states that use it, however indirectly."""
        text = (
            "@step('a')\ndef first(text): return outer()\n@step('b')\ndef second(text): return 'b'\n"
            "def outer(): return inner()\ndef inner(): return LIMIT\nLIMIT = 7\n"
        )
        bot, module = self.read(tmp_path, text, ["a", "b"])
        seven = next(node for node in module.nodes if getattr(node, "value", None) == 7)
        assert bot.states_at(module, seven) == {"a"}

    def test_guard(self, tmp_path):
        """A guard belongs to the states whose transitions name it."""
        text = "class Bot:\n    transitions = [way('a', 'b', 'is_fine'), way('b', 'a')]\n    def is_fine(self): return True\n"
        bot, module = self.read(tmp_path, text, ["a", "b"])
        true = next(node for node in module.nodes if getattr(node, "value", None) is True)
        assert bot.states_at(module, true) == {"a"}
        assert bot.states_at(module, module.table[1].node) == {"b"}

    def test_places_count_letters(self):
        """Columns of the syntax tree are bytes, those of the text are letters."""
        module = Module("bot.py", "x = 'é' + 'y'\n", frozenset())
        last = next(node for node in module.nodes if getattr(node, "value", None) == "y")
        assert module.said(last) == "'y'"


class TestRun:
    def test_sample(self, capsys, tmp_path):
        """Of twenty mutants, all or nearly all are found, and nothing is claimed of the correct bots."""
        figures = tmp_path / "figures.json"
        bots = ["library", "cinema", "donate"]
        assert main(["--bots", *bots, "--sample", "20", "--seconds", "8", "--json", str(figures)]) == 0
        assert "of the kinds that need no assertion: " in capsys.readouterr().out
        written = json.loads(figures.read_text())
        assert (written["mutants"], written["rivals"]["chatsim"]["claims"]) == (20, [])
        assert len(written["rivals"]["chatsim"]["missed"]) <= 1  # a run that is measured takes twice as long

    def test_processes(self, capsys):
        """What several processes find is put together."""
        assert (
            main(["--bots", "library", "barber", "--kinds", "misspelt state", "--seconds", "1", "--processes", "2"])
            == 0
        )
        assert (
            "of the kinds that need no assertion: 1 of 1 found on every bot; 2 of 2 mutants" in capsys.readouterr().out
        )

    def test_every_kind_before_any_again(self):
        mutants = [mutant for kind in ("off by one", "negated guard") for mutant in selected(BOTS["donate"], kind, 2)]
        assert [mutant.kind for mutant in sample(mutants, 3)].count("off by one") in (1, 2)
        assert {mutant.kind for mutant in sample(mutants, 2)} == {"off by one", "negated guard"}

    @pytest.mark.parametrize(
        "rival", ["random walk", "Hypothesis alone", "without literals", "without projection", "without faults"]
    )
    def test_rivals(self, rival):
        """Each way of searching reaches something in its time."""
        with staged(BOTS["repair"]) as stage:
            found = RIVALS[rival](BOTS["repair"], stage, 2.0)
        assert "fault" in found.states
        assert found.errors == ()
