"""Play the steps of a case, and hold every turn of the bot against what is written."""

from __future__ import annotations

from typing import NoReturn

import msgspec

from chatsim.bots.base import NamesStates
from chatsim.delivery.turns import as_one
from chatsim.scenario.acting import act, check_arrived
from chatsim.scenario.aligned import came_line, count_of, other_order, whole_turn, would_hold
from chatsim.scenario.calls import CallsStep, Made, calls_made, other_calls, unused_in
from chatsim.scenario.causes import not_mocked, other_values, raised
from chatsim.scenario.data_match import Compared
from chatsim.scenario.durations import show_duration
from chatsim.scenario.events import CannotHappen, seconds_of
from chatsim.scenario.match import LiteralText
from chatsim.scenario.model import (
    NO_CHECKS,
    AnyOrderStep,
    AnythingStep,
    BotStep,
    Checks,
    NeverStep,
    RaisesStep,
    ScenarioCase,
    SilentStep,
    Step,
    UseStep,
)
from chatsim.scenario.nearest import did_you_mean
from chatsim.scenario.pairing import pair_all, pair_most
from chatsim.scenario.progress import Progress
from chatsim.scenario.replies import differing_parts, expected_lines, hold_reply
from chatsim.scenario.shows import shown_by
from chatsim.scenario.text_pattern import PatternFailed
from chatsim.scenario.verdict import Line, Mismatch
from chatsim.trace import JsonObject, Reply, Turn
from chatsim.world.mocks import CallNotMocked

_WAITING = {"input": "waits for input", "callback": "waits for a callback", "end": "has ended"}


class _Failed(Exception):
    """A step did not hold."""

    def __init__(self, mismatch: Mismatch) -> None:
        super().__init__(mismatch.headline)
        self.mismatch = mismatch


class Judge:
    """One run of a case, on *progress*."""

    def __init__(self, case: ScenarioCase, progress: Progress) -> None:
        self.case = case
        self.progress = progress
        self.session = progress.session
        self.values = progress.values
        self.actor = next((step for step in reversed(case.steps[: progress.index]) if step.acts), case.steps[0])

    @property
    def open(self) -> list[Reply]:
        """The replies of the turn that no step has taken so far."""
        return self.progress.open

    def play(self, until: int | None = None) -> Mismatch | None:
        """Play every step, or only until the step *until* has reached the bot; return why one did not hold, or None."""
        progress, steps = self.progress, self.case.steps
        step = self.actor
        try:
            while progress.index < len(steps):
                step = steps[progress.index]
                if step.acts:
                    if not progress.acted:
                        self.act(step)
                    if progress.index == until:
                        return None
                    self.judge(step, progress.index)
                else:
                    self.expect(step, progress.index)
                if step.checks is not NO_CHECKS:
                    self.check(step, step.checks)
                progress.index += 1
            self.close_turn()
            if self.progress.held is not None:
                step = self.progress.held.step
            check_arrived(self.progress)
            self.check_mocks()
        except _Failed as failed:
            return failed.mismatch
        except CannotHappen as error:
            mismatch = self.mismatch(error.kind, step, error.headline, error.lines, hint=error.hint)
            return msgspec.structs.replace(mismatch, failure=error.failure or mismatch.failure)
        except PatternFailed as failed:
            return self.mismatch(failed.kind, step, f"{step.kind}: {failed}", hint=failed.hint)
        return None

    # ------------------------------------------------------------ act

    def act(self, step: Step) -> None:
        """Let *step* reach the bot."""
        self.close_turn()
        act(step, self.progress, in_the_middle=self.case.given is not None and not self.session.turns)

    def judge(self, step: Step, index: int) -> None:
        """Fail where the bot raised what no step expects, or did not take it right."""
        self.actor = step
        self.progress.acted = False
        error = self.turn.error if self.progress.turns else None
        if error is not None and error.kind == CallNotMocked.kind:
            self.fail_call(step)
        if error is not None and not any(isinstance(other, RaisesStep) for other in self.following(index)):
            headline, hint = raised(error)
            self.fail(error.kind, step, headline, hint=hint)
        for wrong in self.progress.wrong:
            asked = step.arrival is not None and wrong.kind in step.arrival.never
            meant = "" if asked else f"if that is meant: deliver: {{…, may: {wrong.kind}}}"
            self.fail(wrong.kind, step, f"deliver: {wrong.message}", hint="\n".join(filter(None, [wrong.cure, meant])))

    def fail_call(self, step: Step) -> NoReturn:
        """Say which call no mock covers, and how to write the mock."""
        headline, hint = not_mocked(self.turn.exception)
        self.fail(CallNotMocked.kind, step, headline, hint=hint)

    def check_mocks(self) -> None:
        """A mock that was never called fails the scenario, at its own line."""
        found = unused_in(self.case.mocks, self.session.mocks)
        if found is None:
            return
        spec, answer = found
        many = len(spec.answers) > 1
        which = f"answer {spec.answers.index(answer) + 1} of {len(spec.answers)} to {spec.written}"
        headline = f"mock: {which} was never given" if many else f"mock: {spec.written} was never called"
        lines = tuple(Line("came", made.shown, "called") for made in calls_made(self.session.mocks))
        hint = "take it out, or say that it may be left unused: optional: true"
        mismatch = self.mismatch("mock-not-called", self.actor, headline, lines, hint=hint)
        raise _Failed(msgspec.structs.replace(mismatch, position=answer.position, step=None))

    def following(self, index: int) -> list[Step]:
        """Return the steps after the one at *index* that are about the same turn."""
        steps = []
        for step in self.case.steps[index + 1 :]:
            if step.acts:
                break
            steps.append(step)
        return steps

    def close_turn(self) -> None:
        """A reply that no step expected fails the scenario, at the step whose turn brought it."""
        if self.open:
            self.fail_extra(self.open, [])

    # ------------------------------------------------------------ expect

    def expect(self, step: Step, index: int) -> None:
        """Hold the open replies, or the error, against *step*."""
        if isinstance(step, BotStep):
            self.expect_reply(step, index)
        elif isinstance(step, AnyOrderStep):
            self.expect_group(step)
        elif isinstance(step, AnythingStep):
            self.open.clear()
        elif isinstance(step, NeverStep):
            self.expect_nothing_of(step)
        elif isinstance(step, SilentStep):
            if self.open:
                count = count_of(len(self.open), "reply", "replies")
                self.fail("silence-broken", step, f"silent: {count} came", self.against([]))
        elif isinstance(step, RaisesStep):
            self.expect_error(step)
        elif isinstance(step, CallsStep):
            self.expect_calls(step)
        elif isinstance(step, UseStep):
            self.values.update(step.bind(self.values))

    def expect_nothing_of(self, step: NeverStep) -> None:
        """Fail where what happened shows one of the kinds that *step* names; the bot may say what it likes."""
        self.open.clear()
        wrong = shown_by(self.session, step.kinds)
        if wrong is not None:
            self.fail(wrong.kind, step, f"never: {wrong.message}")

    def expect_reply(self, step: BotStep, index: int) -> None:
        """Hold the next reply against *step*."""
        if not self.open:
            self.fail_missing(step, index)
        taken = hold_reply(step, self.open[0], self.values)
        if taken is None:
            self.fail_reply(step, index)
        self.check_time(step, self.open[0])
        self.values.update(taken)
        del self.open[0]

    def check_time(self, step: BotStep, reply: Reply) -> None:
        """Hold the time between the event and *reply* against `within`."""
        if step.within is None:
            return
        try:
            limit = seconds_of(step.within, self.values, "within")
        except CannotHappen as error:
            self.fail(error.kind, step, error.headline, hint=error.hint)
        if reply.after > limit:
            lines = (
                Line("held", step.text.show(self.values)),
                Line("expected", show_duration(limit), "within"),
                Line("came", show_duration(reply.after), "after"),
            )
            self.fail("too-late", step, f"within: the reply came after {show_duration(reply.after)}", lines)

    def fail_reply(self, step: BotStep, index: int) -> NoReturn:
        """Say why the next reply is not what *step* expects: another text, one too many, one too few, another order."""
        reply, later = self.open[0], self.bot_steps(index)[1:]
        came_later = any(would_hold(step, other, self.values) for other in self.open[1:])
        expected_later = any(would_hold(other, reply, self.values) for other in later)
        if came_later and expected_later and len(self.open) == len(later) + 1:
            lines = other_order(len(self.turn.replies) - len(self.open), [step, *later], self.open, self.values)
            self.fail(
                "wrong-order",
                step,
                "bot: the replies came in another order",
                lines,
                hint="if they may come in any order, put them under `any_order`",
            )
        if came_later and len(self.open) > len(later) + 1:
            self.fail_extra([reply], [step, *later])
        if expected_later and len(self.open) < len(later) + 1:
            self.fail_missing(step, index)
        kind, headline, lines = differing_parts(step, reply, self.values)
        self.fail(kind, step, headline, lines)

    def bot_steps(self, index: int) -> list[BotStep]:
        """Return the replies that are expected of the turn from the step at *index* on."""
        steps = [self.case.steps[index], *self.following(index)]
        members = [member for step in steps for member in (step.members if isinstance(step, AnyOrderStep) else (step,))]
        return [member for member in members if isinstance(member, BotStep)]

    def against(self, steps: list[BotStep]) -> tuple[Line, ...]:
        """Return all replies of the turn against what is expected from here on."""
        replies = self.turn.replies
        return whole_turn(replies[: len(replies) - len(self.open)], steps, self.open, self.values)

    def fail_extra(self, extra: list[Reply], steps: list[BotStep]) -> NoReturn:
        """Say that there are replies which no step expected."""
        count = count_of(len(extra), "reply", "replies")
        self.fail("extra-reply", self.actor, f"bot: {count} that no step expected", self.against(steps))

    def fail_missing(self, step: BotStep, index: int) -> NoReturn:
        """Say that the reply which *step* expects did not come."""
        headline = "bot: the reply is missing" if self.turn.replies else "bot: the bot said nothing"
        self.fail("missing-reply", step, headline, self.against(self.bot_steps(index)))

    def expect_group(self, step: AnyOrderStep) -> None:
        """Pair the next replies with the members of `any_order`."""
        members = step.members
        replies = self.open[: len(members)]
        held = [[hold_reply(member, reply, self.values) for member in members] for reply in replies]
        fits = [[taken is not None for taken in row] for row in held]
        pairs = pair_all(fits) if len(replies) == len(members) else None
        if pairs is None:
            self.fail_group(step, replies, pair_most(fits))
        for member, reply in sorted(pairs.items(), key=lambda pair: pair[1]):
            self.check_time(members[member], replies[reply])
            self.values.update(held[reply][member] or {})
        del self.open[: len(members)]
        for inner in members:
            self.check(inner, inner.checks)

    def fail_group(self, step: AnyOrderStep, replies: list[Reply], pairs: dict[int, int]) -> NoReturn:
        """Say which members of `any_order` no reply was left for, and which replies no member."""
        lines: list[Line] = []
        for index, member in enumerate(step.members):
            if index in pairs:
                lines.append(Line("held", member.text.show(self.values)))
            else:
                lines += expected_lines(member.text, self.values)
        lines += [came_line(reply) for index, reply in enumerate(replies) if index not in pairs.values()]
        missing = len(step.members) - len(pairs)
        of = f"{missing} of {len(step.members)} {'reply' if len(step.members) == 1 else 'replies'}"
        self.fail("missing-reply", step, f"any_order: {of} missing", tuple(lines))

    def expect_error(self, step: RaisesStep) -> None:
        """Hold the error of the turn against *step*."""
        error = self.turn.error
        expected = expected_lines(step.error, self.values)
        if error is None:
            self.fail(
                "not-raised",
                step,
                "raises: the bot raised nothing",
                expected,
                hint="the turn went well: say what the bot does in it",
            )
        whole = f"{error.type}: {error.message}"
        taken = step.error.match(whole if step.with_message else error.type, self.values)
        if taken is None:
            self.fail("wrong-error", step, "raises: the bot raised another error", (*expected, Line("came", whole)))
        self.values.update(taken)

    def expect_calls(self, step: CallsStep) -> None:
        """Hold the calls since the last `calls` step against *step*."""
        made = calls_made(self.session.mocks)[self.progress.calls :]
        for index, expected in enumerate(step.calls):
            taken = expected.match(made[index], self.values) if index < len(made) else None
            if taken is None:
                self.fail_calls(step, made, index)
            self.values.update(taken)
        if len(made) > len(step.calls):
            self.fail_calls(step, made, len(step.calls))
        self.progress.calls += len(made)

    def fail_calls(self, step: CallsStep, made: list[Made], index: int) -> NoReturn:
        """Say how the calls differ, of which the one at *index* is the first that does."""
        headline, lines = other_calls(step.calls, made, index, self.values)
        self.fail("wrong-calls", step, headline, lines)

    # ------------------------------------------------------------ check

    def check(self, step: Step, checks: Checks) -> None:
        """Hold the chat after the turn against *checks*."""
        now = self.session.now(step.chat)
        if checks.state is not None:
            self.check_state(step, checks, now.state)
        if checks.vars is not None:
            taken = checks.vars.match(now.context, self.values)
            if taken is None:
                self.fail_vars(step, checks.vars.compare(now.context, self.values), now.context)
            self.values.update(taken)
        if checks.waits is not None and checks.waits != now.waits:
            lines = (Line("expected", checks.waits, "waits"), Line("came", now.waits, "waits"))
            self.fail("wrong-waits", step, f"waits: the bot {_WAITING[now.waits]}", lines)

    def check_state(self, step: Step, checks: Checks, actual: str | None) -> None:
        """Hold the state after the turn against *checks*."""
        pattern = checks.state
        assert pattern is not None  # noqa: S101 - asked by the caller
        taken = None if actual is None else pattern.match(actual, self.values)
        if taken is not None:
            self.values.update(taken)
            return
        shown = "(none)" if actual is None else actual
        lines = (*expected_lines(pattern, self.values, "state"), Line("came", shown, "state"))
        bot = self.session.bot
        known = bot.state_names() if isinstance(bot, NamesStates) else ()
        hint = ""
        if isinstance(pattern, LiteralText) and known and pattern.text not in known:
            hint = f"the bot has no state {pattern.text!r}; {did_you_mean(pattern.text, known, 'states')}"
        self.fail(
            "wrong-state",
            step,
            f"state: the chat is in {shown!r}, not in {pattern.show(self.values)!r}",
            lines,
            hint=hint,
        )

    def fail_vars(self, step: Step, compared: list[Compared], context: JsonObject) -> NoReturn:
        """Say which variables have another value."""
        lines: list[Line] = []
        for place in compared:
            label = f"vars.{place.path}" if place.path else "vars"
            if place.held:
                lines.append(Line("held", place.expected, label))
            else:
                lines += (Line("expected", place.expected, label), Line("came", place.actual, label))
        headline, hint = other_values(compared, context)
        self.fail("wrong-variable", step, headline, tuple(lines), hint=hint)

    # ------------------------------------------------------------ fail

    @property
    def turn(self) -> Turn:
        """The turn that the steps are about; several that came of one step are as one."""
        return as_one(self.session.turns[-max(self.progress.turns, 1) :])

    def mismatch(
        self, kind: str, step: Step, headline: str, lines: tuple[Line, ...] = (), *, hint: str = ""
    ) -> Mismatch:
        """Return the mismatch of *step*."""
        turns = self.session.turns
        error = turns[-1].error if turns else None
        turn = len(turns) - 1 if turns else None
        return Mismatch(kind, step.position, headline, lines, turn=turn, failure=error, hint=hint, step=step)

    def fail(self, kind: str, step: Step, headline: str, lines: tuple[Line, ...] = (), *, hint: str = "") -> NoReturn:
        """End the run: *step* did not hold."""
        raise _Failed(self.mismatch(kind, step, headline, lines, hint=hint))
