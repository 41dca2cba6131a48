"""A file and its bot: whatever goes wrong while the bot is loaded is an error of the file, where it names the bot."""

import sys

import pytest

from chatsim.errors import ScenarioError
from chatsim.scenario.branches import Branches
from chatsim.scenario.load import load_file, ready

FILE = """\
bot: bot:Bot
scenarios:
  a:
  - user: hi
  - bot: hi 1
"""

COUNTING = """
from chatsim.trace import Reply, Snapshot, Turn

heard = []

class Bot:
    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        heard.append(event.text)
        return Turn(event=event, effects=(Reply(f"{event.text} {len(heard)}"),), snapshot=snapshot)
"""


@pytest.fixture
def refused(write):
    """Return the one problem of a file whose bot is this source."""

    def refused(source, **options):
        write(source, "bot.py")
        with pytest.raises(ScenarioError) as caught:
            ready(load_file(write(FILE), "a.chat.yaml"), **options)
        (problem,) = caught.value.problems
        assert (problem.file, problem.line, problem.column) == ("a.chat.yaml", 1, 6)
        return problem

    return refused


class TestErrors:
    def test_a_class_with_faults(self, refused):
        """All of them are said."""
        problem = refused("""
            from chatsim.fsm import AbstractFSM

            class Bot(AbstractFSM):
                states = ["zero", "pay"]
                transitions = [{"trigger": "next", "source": "zero", "dest": "pya"}]
            """)
        assert problem.what == "bot 'bot:Bot': Bot cannot run, 2 faults:"
        assert problem.cure.splitlines() == [
            "- transitions[0]: no state 'pya' (dest); did you mean 'pay'?",
            "- state 'pay' has no method on_enter_pay(self)",
        ]

    @pytest.mark.parametrize("error", ["ValueError('no')", "GeneratorExit('no')", "chatsim.errors.BotError('no')"])
    def test_raised_while_it_starts(self, refused, error):
        problem = refused(f"""
            import chatsim.errors

            class Bot:
                def start(self):
                    raise {error}

                def step(self, snapshot, event):
                    pass
            """)
        assert "no" in f"{problem.what}\n{problem.cure}"

    def test_nothing_is_left_of_what_does_not_start(self, refused):
        before = {name for name in sys.modules if name.startswith("_bots_")}
        refused("""
            class Bot:
                def start(self):
                    raise ValueError("no")

                def step(self, snapshot, event):
                    pass
            """)
        assert {name for name in sys.modules if name.startswith("_bots_")} == before

    def test_an_endless_loop_while_it_is_imported(self, refused):
        """Says where it was, in the bot's own lines."""
        problem = refused("while True:\n    pass\n", timeout=0.3)
        assert problem.what == "bot 'bot:Bot': loading it takes longer than 0.3s; it was here"
        assert "bot.py:" in problem.cure
        assert "chatsim/" not in problem.cure

    def test_an_interrupt_is_none(self, write):
        write("raise KeyboardInterrupt", "bot.py")
        with pytest.raises(KeyboardInterrupt):
            ready(load_file(write(FILE)))


class TestModules:
    def test_each_file_has_its_own(self, write):
        """What one file left in a bot's globals, no other finds; and both can be used at once."""
        write(COUNTING, "bot.py")
        files = [load_file(write(FILE, f"{name}.chat.yaml")) for name in "ab"]
        stages = [ready(file).stage for file in files]
        for file, stage in zip(files, stages, strict=True):
            assert Branches(stage).run(file.cases[0]).mismatch is None

    def test_of_the_transitions_library(self, write):
        """A machine at the top of a module begins at its beginning in every file."""
        write(
            """
            from transitions import Machine

            class Door:
                def on_message(self, text):
                    self.open()
                    return f"{text} {self.state}"

            door = Door()
            Machine(door, states=["closed", "ajar", "wide"], initial="closed", transitions=[
                ["open", "closed", "ajar"], ["open", "ajar", "wide"]])
            """,
            "bot.py",
        )
        text = FILE.replace("bot:Bot", "bot:door").replace("hi 1", "hi ajar")
        for name in "ab":
            loaded = ready(load_file(write(text, f"{name}.chat.yaml")))
            assert Branches(loaded.stage).run(loaded.file.cases[0]).mismatch is None


class TestTime:
    def test_a_step_that_never_ends(self, write):
        """Without a word in the file, too, with the bot's own frames; the next scenario runs."""
        write(
            COUNTING.replace(
                "heard.append(event.text)", "heard.append(event.text)\n        while event.text == 'stay': pass"
            ),
            "bot.py",
        )
        text = FILE + "  b:\n  - user: stay\n  - bot: hi\n  c:\n  - user: hi\n  - bot: hi 3\n"
        loaded = ready(load_file(write(text)))
        branches = Branches(loaded.stage, timeout=0.3)
        verdicts = [branches.run(case) for case in loaded.file.cases]
        assert [verdict.outcome for verdict in verdicts] == ["passed", "failed", "passed"]
        mismatch = verdicts[1].mismatch
        assert (mismatch.kind, mismatch.headline) == ("timed-out", "timeout: the test takes longer than 0.3s")
        assert mismatch.failure.frames[-1].function == "Bot.step"

    def test_what_the_scenario_says_wins(self, write):
        write(
            COUNTING.replace("heard.append(event.text)", "heard.append(event.text)\n        while True: pass"), "bot.py"
        )
        text = FILE.replace("  a:\n", "  a:\n    timeout: 0.2s\n    steps:\n").replace("  - ", "    - ")
        loaded = ready(load_file(write(text)))
        verdict = Branches(loaded.stage, timeout=None).run(loaded.file.cases[0])
        assert verdict.mismatch.headline == "timeout: the test takes longer than 0.2s"
