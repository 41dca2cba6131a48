"""Make steps as they are run of steps as they are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from msgspec.structs import replace

from chatsim.scenario.calls import CallsStep
from chatsim.scenario.match import LiteralText, OneOf
from chatsim.scenario.model import (
    NO_CHECKS,
    AnyOrderStep,
    AnythingStep,
    Arrival,
    BotStep,
    CallbackStep,
    Checks,
    CheckStep,
    FileStep,
    FormStep,
    NeverStep,
    Position,
    RaisesStep,
    RestartStep,
    SilentStep,
    Step,
    TapStep,
    UserStep,
    WaitStep,
)
from chatsim.scenario.nodes import Source
from chatsim.scenario.phrasings import Phrasings
from chatsim.scenario.readers import Placed
from chatsim.scenario.resolve_world import expected_calls
from chatsim.scenario.text_pattern import TextPattern
from chatsim.scenario.words import is_name
from chatsim.scenario.written_delivery import WrittenDelivery, WrittenWith
from chatsim.scenario.written_steps import (
    WrittenAct,
    WrittenAnyOrder,
    WrittenAnyStep,
    WrittenAnything,
    WrittenBot,
    WrittenCallback,
    WrittenCalls,
    WrittenCheck,
    WrittenEnd,
    WrittenFile,
    WrittenForm,
    WrittenNever,
    WrittenRaises,
    WrittenRestart,
    WrittenSilent,
    WrittenStep,
    WrittenTap,
    WrittenUser,
    WrittenWait,
)

T = TypeVar("T")


def resolve_step(step: WrittenAnyStep, source: Source) -> Step:
    """Return *step* as it is run."""
    assert isinstance(step, WrittenStep)  # noqa: S101 - steps that are none were noted as problems
    resolved = _RESOLVERS[type(step)](step, source, source.position(step.node), _checks(step))
    if isinstance(step, WrittenAct) and step.deliver is not None:
        resolved = replace(resolved, arrival=_arrival(step.deliver, source))
    return replace(resolved, person=step.person) if step.person else resolved


def _arrival(written: WrittenDelivery, source: Source) -> Arrival:
    fault = written.fault
    assert fault is not None  # noqa: S101 - a delivery without a fault was noted as a problem
    return Arrival(
        source.position(written.node),
        fault,
        _together(written.with_, source) if written.with_ is not None else None,
        _value(written.may) or frozenset(),
        _value(written.never) or frozenset(),
    )


def _together(written: WrittenWith, source: Source) -> Step:
    """Return the step that is done at the same time as another one."""
    step = _ACTS[written.acts[0]](written, source, source.position(written.node), NO_CHECKS)
    return replace(step, person=written.person)


def _checks(step: WrittenStep) -> Checks:
    if step.state is None and step.vars is None and step.waits is None:
        return NO_CHECKS
    return Checks(_value(step.state), _value(step.vars), _value(step.waits))


def _value(placed: Placed[T] | None) -> T | None:
    return None if placed is None else placed.value


def _user(step: WrittenUser, _: Source, position: Position, checks: Checks) -> Step:
    said = step.user.value
    if isinstance(said, Phrasings):
        return UserStep(position=position, checks=checks, text=said.texts[0], phrasings=said.texts)
    return UserStep(position=position, checks=checks, text=said)


def _tap(step: WrittenTap, _: Source, position: Position, checks: Checks) -> Step:
    tap = step.tap
    title = _value(tap.title or tap.option)
    return TapStep(position=position, checks=checks, title=title, id=_value(tap.id), stale=_value(tap.stale) is True)


def _form(step: WrittenForm, _: Source, position: Position, checks: Checks) -> Step:
    return FormStep(position=position, checks=checks, data=step.form.value)


def _file(step: WrittenFile, source: Source, position: Position, checks: Checks) -> Step:
    file = step.file
    return FileStep(
        position=position,
        checks=checks,
        folder=source.of(step.node).folder,
        path=_value(file.path),
        content=_value(file.bytes),
        name=_value(file.name),
        type=_value(file.type),
    )


def _callback(step: WrittenCallback, _: Source, position: Position, checks: Checks) -> Step:
    return CallbackStep(position=position, checks=checks, body=step.callback.value)


def _bot(step: WrittenBot, _: Source, position: Position, checks: Checks) -> BotStep:
    return BotStep(
        position=position,
        checks=checks,
        text=step.bot.value,
        options=_value(step.options),
        header=_value(step.header),
        footer=_value(step.footer),
        media=_value(step.media),
        type=_value(step.type),
        dest=_value(step.dest),
        within=_value(step.within),
        person=step.person,
    )


def _any_order(step: WrittenAnyOrder, source: Source, position: Position, checks: Checks) -> Step:
    members = tuple(_bot(member, source, source.position(member.node), _checks(member)) for member in step.any_order)
    return AnyOrderStep(position=position, checks=checks, members=members)


def _wait(step: WrittenWait, _: Source, position: Position, checks: Checks) -> Step:
    return WaitStep(position=position, checks=checks, time=step.wait.value)


def _restart(_step: WrittenRestart, _: Source, position: Position, checks: Checks) -> Step:
    return RestartStep(position=position, checks=checks)


def _calls(step: WrittenCalls, source: Source, position: Position, checks: Checks) -> Step:
    return CallsStep(position=position, checks=checks, calls=expected_calls(step.calls, source))


def _anything(_step: WrittenAnything, _: Source, position: Position, checks: Checks) -> Step:
    return AnythingStep(position=position, checks=checks)


def _never(step: WrittenNever, _: Source, position: Position, checks: Checks) -> Step:
    return NeverStep(position=position, checks=checks, kinds=step.never.value)


def _silent(_step: WrittenSilent, _: Source, position: Position, checks: Checks) -> Step:
    return SilentStep(position=position, checks=checks)


def _end(step: WrittenEnd, _: Source, position: Position, checks: Checks) -> Step:  # noqa: ARG001
    return CheckStep(position=position, checks=Checks(checks.state, checks.vars, "end"))


def _raises(step: WrittenRaises, _: Source, position: Position, checks: Checks) -> Step:
    error = step.raises.value
    return RaisesStep(position=position, checks=checks, error=error, with_message=not _is_type(error))


def _is_type(error: TextPattern) -> bool:
    """Say whether *error* names a type alone, rather than type and message."""
    if isinstance(error, OneOf):
        return all(_is_type(choice) for choice in error.patterns)
    return isinstance(error, LiteralText) and is_name(error.text) is not None


def _check(_step: WrittenCheck, _: Source, position: Position, checks: Checks) -> Step:
    return CheckStep(position=position, checks=checks)


_Resolver = Callable[[Any, Source, Position, Checks], Step]

_RESOLVERS = cast(
    "dict[type[WrittenStep], _Resolver]",
    {
        WrittenUser: _user,
        WrittenTap: _tap,
        WrittenForm: _form,
        WrittenFile: _file,
        WrittenCallback: _callback,
        WrittenBot: _bot,
        WrittenAnyOrder: _any_order,
        WrittenAnything: _anything,
        WrittenNever: _never,
        WrittenSilent: _silent,
        WrittenEnd: _end,
        WrittenRaises: _raises,
        WrittenCheck: _check,
        WrittenWait: _wait,
        WrittenRestart: _restart,
        WrittenCalls: _calls,
    },
)

_ACTS: dict[str, _Resolver] = {"user": _user, "tap": _tap, "form": _form, "file": _file, "callback": _callback}
"""How to resolve what is done, by its word; what stands under `with` has the same fields as a step of its own."""
