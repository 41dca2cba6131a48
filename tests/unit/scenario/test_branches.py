"""Running the tests of a file: what branches share, repeated runs, timeouts, and environment variables."""

import itertools
import os
import textwrap
import threading
import time

import pytest

from chatsim.report.document import plain
from chatsim.report.failure import failure_report
from chatsim.scenario import branches as module
from chatsim.scenario.branches import Branches
from chatsim.scenario.load import load_file
from chatsim.trace import Failure, Reply, Snapshot, Turn


class Telling:
    """A bot that says back what it was told, and keeps what reached it."""

    def __init__(self, answer=None):
        self.heard = []
        self.answer = answer or (lambda text: [f"You said {text}"])

    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        self.heard.append(event.text)
        said = self.answer(event.text)
        if isinstance(said, Exception):
            failure = Failure("bot-raised", type(said).__name__, str(said))
            return Turn(event=event, snapshot=snapshot, error=failure)
        return Turn(event=event, effects=tuple(map(Reply, said)), snapshot=snapshot)


FORK = """
bot: a:b
scenarios:
  s:
  - user: a
  - bot: You said a
  - user: b
  - fork:
      x:
      - bot: You said b
      - user: x
      - bot: You said x
      y:
      - bot: You said ...
      - user: y
      - bot: You said y
      - fork:
          p:
          - user: p
          - bot: You said p
          q:
          - user: q
          - bot: You said q
  - user: end
  - bot: You said end
"""
ALONE = {"s[x]": ["a", "b", "x", "end"], "s[y-p]": ["a", "b", "y", "p", "end"], "s[y-q]": ["a", "b", "y", "q", "end"]}


@pytest.fixture
def cases(write):
    def cases(text):
        return load_file(write(textwrap.dedent(text)), "a.chat.yaml").cases

    return cases


class TestSharing:
    def test_what_branches_share_reaches_the_bot_once(self, cases):
        bot = Telling()
        runner = Branches(bot)
        assert [runner.run(case).outcome for case in cases(FORK)] == ["passed"] * 3
        assert bot.heard == ["a", "b", "x", "end", "y", "p", "end", "q", "end"]

    @pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
    def test_in_any_order(self, cases, order):
        """Every test has all its turns in its trace, whichever ran before."""
        runner = Branches(Telling())
        for index in order:
            verdict = runner.run(cases(FORK)[index])
            assert verdict.passed
            assert [turn.event.text for turn in verdict.trace.turns] == ALONE[verdict.case.id]

    def test_alone(self, cases):
        for case in cases(FORK):
            bot = Telling()
            assert Branches(bot).run(case).passed
            assert bot.heard == ALONE[case.id]

    def test_forgotten_beginnings_are_played_again(self, cases, monkeypatch):
        monkeypatch.setattr(module, "MOST_KEPT", 1)
        runner = Branches(Telling())
        assert [runner.run(case).outcome for case in cases(FORK) + cases(FORK)] == ["passed"] * 6

    def test_failing_together(self, cases):
        """Every branch fails at the shared step, which is not tried again."""
        bot = Telling(lambda text: ["What?"] if text == "a" else [f"You said {text}"])
        runner = Branches(bot)
        verdicts = [runner.run(case) for case in cases(FORK)]
        assert [(v.outcome, v.mismatch.kind, v.mismatch.position.line) for v in verdicts] == [
            ("failed", "wrong-text", 6)
        ] * 3
        assert bot.heard == ["a"]
        assert [len(verdict.trace.turns) for verdict in verdicts] == [1] * 3

    @pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
    def test_failing_alone(self, cases, order):
        """What is expected of the last shared turn goes on in the branches, and each has its own word on it."""
        runner = Branches(Telling(lambda text: ["You said c"] if text == "b" else [f"You said {text}"]))
        outcomes = {order_index: runner.run(cases(FORK)[order_index]) for order_index in order}
        assert [outcomes[index].outcome for index in range(3)] == ["failed", "passed", "passed"]
        assert outcomes[0].mismatch.position.line == 10

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_an_error_that_one_branch_expects(self, cases, order):
        text = """
        bot: a:b
        scenarios:
          s:
          - user: a
          - fork:
              right:
              - raises: ValueError
              wrong:
              - user: b
        """
        runner = Branches(Telling(lambda text: ValueError("no")))
        verdicts = {index: runner.run(cases(text)[index]) for index in order}
        assert verdicts[0].passed
        assert (verdicts[1].mismatch.kind, verdicts[1].mismatch.position.line) == ("bot-raised", 5)

    def test_values_are_shared_and_kept_apart(self, cases):
        text = """
        bot: a:b
        scenarios:
          s:
          - user: a
          - bot: You said ${one:word}
          - user: b
          - bot: ...
          - fork:
              x: [{user: "${one}x"}, {bot: "You said ${two:word}"}]
              y: [{user: "${one}y"}, {bot: "You said ${two:word}"}]
        """
        runner = Branches(Telling())
        found = [{name: value.text for name, value in runner.run(case).values.items()} for case in cases(text)]
        assert found == [{"one": "a", "two": "ax"}, {"one": "a", "two": "ay"}]

    def test_rows_share_nothing(self, cases):
        text = """
        bot: a:b
        scenarios:
          s:
            cases: {one: {n: 1}, two: {n: 2}}
            steps:
            - user: ${n}
            - bot: ...
            - fork: {x: [{user: x}, {bot: ...}], y: [{user: y}, {bot: ...}]}
        """
        bot = Telling()
        runner = Branches(bot)
        assert all(runner.run(case).passed for case in cases(text))
        assert bot.heard == ["1", "x", "y", "2", "x", "y"]

    def test_fork_first(self, cases):
        bot = Telling()
        runner = Branches(bot)
        text = "bot: a:b\nscenarios:\n  s:\n  - fork: {x: [user: a], y: [user: b]}\n  - bot: ...\n"
        assert [runner.run(case).passed for case in cases(text)] == [True, True]
        assert bot.heard == ["a", "b"]


class TestFragments:
    TEXT = """
    bot: a:b
    fragments:
      inner:
      - user: ${word}
      - bot: You said no
      outer:
      - use: inner(word=yes)
    scenarios:
      s:
      - use: outer
    """

    def test_failure_says_from_where(self, cases):
        verdict = Branches(Telling()).run(cases(self.TEXT)[0])
        assert verdict.mismatch.position.line == 6
        assert plain(failure_report(verdict)).splitlines()[:5] == [
            "a.chat.yaml:6  s",
            "  use       inner, in a.chat.yaml:8",
            "  use       outer, in a.chat.yaml:11",
            "  user      yes",
            "  bot       You said yes",
        ]

    def test_values_hold_no_arguments(self, cases):
        assert Branches(Telling()).run(cases(self.TEXT)[0]).values == {}


class TestRepeat:
    TEXT = "bot: a:b\nscenarios:\n  s:\n    repeat: 5\n    steps:\n    - user: a\n    - bot: ...\n    - user: b\n    - bot: ...\n"

    def test_runs_that_agree(self, cases):
        bot = Telling()
        assert Branches(bot).run(cases(self.TEXT)[0]).passed
        assert bot.heard == ["a", "b"] * 5

    def test_runs_that_do_not(self, cases):
        bot = Telling(lambda text: [f"{text} {'odd' if text == 'b' and bot.heard.count('b') == 3 else 'even'}"])
        verdict = Branches(bot).run(cases(self.TEXT)[0])
        mismatch = verdict.mismatch
        assert (verdict.outcome, mismatch.kind, mismatch.position.line, mismatch.turn) == (
            "failed",
            "not-deterministic",
            8,
            1,
        )
        assert mismatch.headline == "repeat: the bot is not deterministic: run 3 of 5 went another way"
        assert [(line.mark, line.text, line.label) for line in mismatch.lines] == [
            ("expected", "b even", "bot"), ("came", "b odd", "bot"),
        ]  # fmt: skip
        assert bot.heard == ["a", "b"] * 3

    def test_side_by_side(self, cases):
        bot = Telling(lambda text: [f"{text} {'odd' if text == 'b' and bot.heard.count('b') == 3 else 'even'}"])
        verdict = Branches(bot).run(cases(self.TEXT)[0])
        assert plain(failure_report(verdict, width=80)).splitlines()[:6] == [
            "a.chat.yaml:8  s",
            "  first run                             │  other run",
            "  user      a                           │  user      a",
            "  bot       a even                      │  bot       a even",
            "  user      b                           │  user      b",
            "  bot       b even                      │  bot       b odd",
        ]

    def test_one_below_the_other(self, cases):
        """A narrow terminal has no room for two."""
        bot = Telling(lambda text: [f"{text} {len(bot.heard)}"])
        report = plain(failure_report(Branches(bot).run(cases(self.TEXT)[0]), width=40)).splitlines()
        assert report[1:7] == [
            "  first run", "  user      a", "  bot       a 1", "  other run", "  user      a", "  bot       a 3",
        ]  # fmt: skip

    def test_runs_that_fail_alike(self, cases):
        verdict = Branches(Telling(lambda text: [])).run(cases(self.TEXT)[0])
        assert (verdict.mismatch.kind, verdict.other) == ("missing-reply", None)

    def test_shares_nothing_with_branches(self, cases):
        bot = Telling()
        text = "bot: a:b\nscenarios:\n  s:\n    repeat: 2\n    steps:\n    - user: a\n    - bot: ...\n    - fork: {x: [user: b], y: [user: c]}\n    - bot: ...\n"
        runner = Branches(bot)
        assert [runner.run(case).passed for case in cases(text)] == [True, True]
        assert bot.heard == ["a", "b"] * 2 + ["a", "c"] * 2


def hang(text):
    while text == "hang":
        time.monotonic()
    return [text]


class TestTimeout:
    TEXT = """
    bot: a:b
    scenarios:
      s:
        timeout: 0.2s
        steps: [{user: a}, {bot: a}, {user: hang}, {bot: never}]
      t: [{user: b}, {bot: b}]
    """

    def test_a_bot_that_never_answers(self, cases):
        runner = Branches(Telling(hang))
        first, second = map(runner.run, cases(self.TEXT))
        mismatch = first.mismatch
        assert (first.outcome, mismatch.kind, mismatch.position.line) == ("failed", "timed-out", 6)
        assert mismatch.headline == "timeout: the test takes longer than 0.2s"
        assert mismatch.step.kind == "user"
        assert mismatch.failure.frames[-1].function == "hang"
        assert 0.1 < first.seconds < 5
        assert second.passed

    def test_in_another_thread(self, cases):
        verdicts = []
        thread = threading.Thread(target=lambda: verdicts.extend(map(Branches(Telling(hang)).run, cases(self.TEXT))))
        thread.start()
        thread.join(20)
        assert [verdict.outcome for verdict in verdicts] == ["failed", "passed"]
        assert verdicts[0].mismatch.kind == "timed-out"

    def test_what_is_shared_hangs(self, cases):
        text = """
        bot: a:b
        scenarios:
          s:
            timeout: 0.2s
            steps: [{user: hang}, {fork: {x: [{user: b}], y: [{user: c}]}}]
        """
        bot = Telling(hang)
        runner = Branches(bot)
        assert [runner.run(case).mismatch.kind for case in cases(text)] == ["timed-out"] * 2
        assert bot.heard == ["hang"]

    def test_what_is_shared_counts(self, cases):
        """Whichever branch comes first, each has as much time as it would have alone."""
        text = """
        bot: a:b
        scenarios:
          s:
            timeout: 1s
            steps: [{user: slow}, {bot: slow}, {user: next}, {fork: {x: [{bot: next}], y: [{bot: ...}, {user: slow}, {bot: ...}]}}]
        """

        def slow(text):
            if text == "slow":
                threading.Event().wait(0.6)  # by the real clock; those of the world stand still
            return [text]

        runner = Branches(Telling(slow))
        kinds = [verdict.mismatch and verdict.mismatch.kind for verdict in map(runner.run, cases(text))]
        assert kinds == [None, "timed-out"]

    def test_in_time(self, cases):
        assert (
            Branches(Telling())
            .run(cases("bot: a:b\nscenarios:\n  s:\n    timeout: 1m\n    steps: [{user: a}, {bot: ...}]\n")[0])
            .passed
        )


class TestEnvironment:
    def test_while_it_runs(self, cases, monkeypatch):
        monkeypatch.setenv("SHOP_A", "before")
        monkeypatch.delenv("SHOP_B", raising=False)
        text = """
        bot: a:b
        env: {SHOP_A: 007, SHOP_B: top}
        scenarios:
          s:
            env: {SHOP_B: inner}
            steps: [{user: a}, {bot: 007 inner}]
        """
        bot = Telling(lambda text: [f"{os.environ['SHOP_A']} {os.environ['SHOP_B']}"])
        assert Branches(bot).run(cases(text)[0]).passed
        assert (os.environ["SHOP_A"], os.environ.get("SHOP_B")) == ("before", None)

    def test_while_the_bot_is_loaded(self, write, monkeypatch):
        from chatsim.scenario.load import ready

        monkeypatch.delenv("SHOP_C", raising=False)
        write(
            "import os\nfrom chatsim.orchestrator import ChatOrchestrator\nkey = os.environ['SHOP_C']\ndef bot():\n    raise ValueError(key)\n",
            "envbot.py",
        )
        with pytest.raises(Exception, match="secret"):
            ready(load_file(write("bot: envbot:bot\nenv: {SHOP_C: secret}\nscenarios: {s: [user: a]}\n")))
        assert "SHOP_C" not in os.environ
