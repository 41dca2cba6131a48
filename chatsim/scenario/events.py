"""Make events of the steps that reach the bot."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chatsim.errors import ContextNotSerializable
from chatsim.jsondata import json_copy, to_json
from chatsim.scenario.durations import read_duration
from chatsim.scenario.model import CallbackStep, FileStep, FormStep, Step, TapStep, UserStep, WaitStep
from chatsim.scenario.nearest import did_you_mean, which_file
from chatsim.scenario.text_pattern import normal
from chatsim.scenario.verdict import Line
from chatsim.scenario.words import BrokenText, Template, Values
from chatsim.session import Session, options_to
from chatsim.trace import DEFAULT_CHAT, Callback, Event, Failure, File, Form, Option, Start, Tap, Text, Wait


class CannotHappen(Exception):
    """A step cannot reach the bot: the kind of mismatch, a headline, lines and a hint, and what the bot raised, if it did."""

    def __init__(
        self, kind: str, headline: str, lines: tuple[Line, ...] = (), hint: str = "", failure: Failure | None = None
    ) -> None:
        super().__init__(headline)
        self.kind = kind
        self.headline = headline
        self.lines = lines
        self.hint = hint
        self.failure = failure


def event_of(step: Step, values: Values, session: Session | None, *, in_the_middle: bool) -> Event:
    """Return the event that *step* is; raise `CannotHappen`.

    *in_the_middle* says that nothing is known of what the bot offered before, so that a tap is not checked: then it
    needs no *session*.
    """
    chat = step.chat
    by = step.person if chat not in {step.person, DEFAULT_CHAT} else ""
    if isinstance(step, UserStep):
        return Start(chat, by) if step.text is None else Text(step.text.render(values), chat, by)
    if isinstance(step, TapStep):
        option = _option(step, values, session, by, in_the_middle=in_the_middle)
        return Tap(option.id, option.title, chat, by)
    if isinstance(step, FormStep):
        return Form(_json(step.data.render(values)), chat, by)
    if isinstance(step, FileStep):
        return _file(step, values, by)
    if isinstance(step, WaitStep):
        return Wait(seconds_of(step.time, values, "wait"), chat)
    assert isinstance(step, CallbackStep)  # noqa: S101 - the last of the steps that act
    body = step.body.render(values)
    return Callback(body if isinstance(step.body, Template) else to_json(_json(body)), chat, by)


def seconds_of(time: Template, values: Values, word: str) -> float:
    """Return how long *time*, which stands under *word*, is in seconds; raise `CannotHappen` where it is no duration."""
    try:
        return read_duration(time.render(values))
    except BrokenText as error:
        raise CannotHappen("bad-value", f"{word}: {error.what}", hint=error.cure) from None


def _json(data: Any) -> Any:
    try:
        return json_copy(data)
    except ContextNotSerializable as error:
        raise CannotHappen("bad-value", f"what goes to the bot is no JSON: {error}") from None


def _file(step: FileStep, values: Values, by: str) -> File:
    if step.path is not None:
        written = step.path.render(values)
        data, name = _bytes_in(step.folder, written), Path(written).name
    else:
        content = step.content
        data = content.render(values).encode() if isinstance(content, Template) else content or b""
        name = step.name.render(values) if step.name is not None else "file"
    media_type = step.type.render(values) if step.type is not None else mimetypes.guess_type(name)[0]
    return File(data, name, media_type, step.chat, by)


def _bytes_in(folder: Path, written: str) -> bytes:
    try:
        return (folder / written).read_bytes()
    except FileNotFoundError:
        hint = which_file(written, folder)
        raise CannotHappen("unreadable-file", f"file: there is no file {written!r}", hint=hint) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise CannotHappen("unreadable-file", f"file: {written} cannot be read: {reason}") from None


def _option(step: TapStep, values: Values, session: Session | None, by: str, *, in_the_middle: bool) -> Option:
    title = step.title.render(values) if step.title is not None else None
    wanted_id = step.id.render(values) if step.id is not None else None
    if in_the_middle or session is None:
        return Option(wanted_id or title or "", title or wanted_id or "")
    for offered in _offers(step, session, by):
        fits = {option.id: option for option in offered if _fits(option, title, wanted_id)}
        if len(fits) > 1:
            raise CannotHappen(
                "not-offered",
                f"tap: {len(fits)} options are titled {title!r}",
                _offered_lines(offered),
                f"choose one by its id: {', '.join(f'{{id: {key}}}' for key in fits)}",
            )
        if fits:
            return next(iter(fits.values()))
    raise _not_offered(step, title if title is not None else wanted_id or "", session)


def _fits(option: Option, title: str | None, wanted_id: str | None) -> bool:
    return (title is None or normal(option.title) == normal(title)) and (wanted_id is None or option.id == wanted_id)


def _offers(step: TapStep, session: Session, by: str) -> Iterator[tuple[Option, ...]]:
    """Return what was offered to the person who taps: since that spoke last, or with `stale` before, newest first."""
    if not step.stale:
        return session.offers(step.chat, by)
    return (options_to(step.chat, turn.replies) for turn in reversed(session.turns))


def _not_offered(step: TapStep, wanted: str, session: Session) -> CannotHappen:
    last = options_to(step.chat, session.said_to(step.chat))
    names = [option.title if step.title is not None else option.id for option in last]
    hint = did_you_mean(wanted, names, "options") if names else "the bot offered nothing in its last turn"
    if not step.stale and _was_offered(wanted, step.chat, session):
        hint = f"it was offered before the last turn; to tap it all the same: {{option: {wanted}, stale: true}}"
    elif others := _offered_to_others(wanted, step.chat, session):
        hint = f"it was offered to {others[0]}; write - {others[0]}: {{tap: {wanted}}}"
    return CannotHappen("not-offered", f"tap: {wanted!r} was not offered", _offered_lines(last), hint)


def _was_offered(wanted: str, chat: str, session: Session) -> bool:
    return any(
        wanted in {option.title, option.id} for turn in session.turns for option in options_to(chat, turn.replies)
    )


def _offered_to_others(wanted: str, chat: str, session: Session) -> list[str]:
    chats = dict.fromkeys(reply.chat for turn in session.turns for reply in turn.replies)
    titles = {other: {option.title for option in options_to(other, session.said_to(other))} for other in chats}
    return [other for other, offered in titles.items() if other != chat and wanted in offered]


def _offered_lines(offered: tuple[Option, ...]) -> tuple[Line, ...]:
    return (Line("came", " ".join(f"[{option.title}]" for option in offered) or "(nothing)", "offered"),)
