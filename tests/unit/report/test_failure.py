"""The report on a failing scenario, as a person reads it."""

from pathlib import Path

import pytest

from chatsim.report.document import plain
from chatsim.report.failure import failure_report, rerun
from chatsim.report.reasons import false_guards, state_path
from chatsim.scenario.model import Position, ScenarioCase
from chatsim.scenario.verdict import Line, Mismatch, Verdict
from chatsim.trace import Callback, Failure, File, Frame, Guard, Hop, Reply, Snapshot, Text, Trace, Turn

HERE = Position("pizza.chat.yaml", 29, 5)


def turn(event, *replies, hops=()):
    return Turn(event=event, effects=tuple(map(Reply, replies)), hops=hops, snapshot=Snapshot())


CHAT = (
    turn(Text("hi"), "Welcome!"),
    turn(Text("Small"), "Send your coupon"),
    turn(Text("wait"), "OK"),
    turn(File(b"", "coupon.png"), "Order 41, $9. Pay at pay.me/7", hops=(Hop("coupon", "pay"),)),
    turn(Callback('{"order": 41, "status": "ok"}'), "Thank you, Ann", "Receipt x", hops=(Hop("pay", "done"),)),
)


def shown(mismatch, turns=CHAT, again="", **options):
    case = ScenarioCase("order a pizza[small-paid]", "order a pizza", Position("pizza.chat.yaml", 5, 3), ())
    verdict = Verdict(case, "failed", mismatch, Trace(turns), 0.1)
    return plain(failure_report(verdict, again=again, **options))


class TestFailureReport:
    def test_of_the_language_page(self):
        mismatch = Mismatch(
            "missing-reply",
            HERE,
            "any_order: 1 of 2 replies missing",
            (Line("held", "Thank you, ..."), Line("expected", r"/^Receipt r-\d+$/"), Line("came", "Receipt x")),
            turn=4,
        )
        again = rerun("pytest", "pizza.chat.yaml", "order a pizza[small-paid]")
        assert shown(mismatch, again=again, turns_shown=2).splitlines() == [
            "pizza.chat.yaml:29  order a pizza[small-paid]",
            "  …         3 turns before",
            "  user      coupon.png (file)",
            "  bot       Order 41, $9. Pay at pay.me/7",
            '  callback  {"order": 41, "status": "ok"}',
            "  bot       Thank you, Ann",
            "  bot       Receipt x",
            "✗ any_order: 1 of 2 replies missing",
            "  ✓ Thank you, ...",
            r"  - /^Receipt r-\d+$/",
            "  + Receipt x",
            "  state     pay → done",
            '  again     pytest "pizza.chat.yaml::order a pizza[small-paid]"',
        ]

    def test_stops_at_the_turn_that_failed(self):
        report = shown(Mismatch("wrong-text", HERE, "another reply", turn=1))
        assert "Send your coupon" in report
        assert "coupon.png" not in report

    def test_before_the_first_turn(self):
        report = shown(Mismatch("not-offered", HERE, "the bot offered nothing"), turns=())
        assert report.splitlines() == [
            "pizza.chat.yaml:29  order a pizza[small-paid]",
            "✗ the bot offered nothing",
        ]

    def test_false_guards_and_hint(self):
        guards = (Guard("is_small", value=False), Guard("is_large", value=False), Guard("is_any", value=True))
        turns = (turn(Text("x"), "?", hops=(Hop("size", "again", guards),)),)
        report = shown(Mismatch("wrong-state", HERE, "the state is another", turn=0, hint="write it so"), turns=turns)
        assert report.splitlines()[-3:] == [
            "  hint      write it so",
            "  state     size → again",
            "  guards    size → again: is_small ✗, is_large ✗, is_any ✓",
        ]

    def test_frames_of_the_bot(self):
        frames = (
            Frame(str(Path.cwd() / "bots" / "bot.py"), 41, "PizzaBot.on_enter_pay", "total = prices[size]"),
            Frame("/elsewhere/prices.py", 7, "lookup"),
        )
        mismatch = Mismatch(
            "bot-raised",
            HERE,
            "the bot raised KeyError: 'XL'",
            failure=Failure("bot-raised", "KeyError", "'XL'", frames),
        )
        assert shown(mismatch).splitlines()[-5:] == [
            "✗ the bot raised KeyError: 'XL'",
            "  bots/bot.py:41 in PizzaBot.on_enter_pay",
            "      total = prices[size]",
            "  /elsewhere/prices.py:7 in lookup",
            "  state     pay → done",
        ]

    def test_of_a_verdict_that_passed(self):
        assert shown(None) == ""

    @pytest.mark.parametrize("width", [60, 80, 120])
    def test_keeps_to_the_width(self, width):
        mismatch = Mismatch(
            "wrong-text", HERE, "another reply", (Line("expected", "word " * 40), Line("came", "ward " * 40))
        )
        turns = (turn(Text("please " * 40), "sorry " * 40),)
        assert max(map(len, shown(mismatch, turns=turns, width=width).splitlines())) <= width


class TestStatePath:
    def test_without_hops_it_is_the_state(self):
        assert state_path(turn(Text("x"))) == "(none yet)"

    def test_leaves_the_middle_of_a_long_one_out(self):
        hops = tuple(Hop(str(number), str(number + 1)) for number in range(20))
        assert state_path(turn(Text("x"), hops=hops)) == "0 → 1 → 2 → 3 → … 13 more … → 17 → 18 → 19 → 20"

    def test_leaves_plugins_and_internal_transitions_out(self):
        hops = (Hop("a", "b"), Hop("zero", "card", machine="pay"), Hop("b", None), Hop("b", "c"))
        assert state_path(turn(Text("x"), hops=hops)) == "a → b → c"


def test_one_false_guard():
    assert false_guards(turn(Text("x"), hops=(Hop("a", "b", (Guard("is_vip", value=False),)),))) == "is_vip was false"


class TestRerun:
    def test_is_a_command_that_a_shell_takes(self):
        assert rerun("chatsim run", "a.chat.yaml", "greet") == 'chatsim run "a.chat.yaml::greet"'
        assert rerun("pytest", "a.chat.yaml", 'costs $5 "now"') == """pytest 'a.chat.yaml::costs $5 "now"'"""
