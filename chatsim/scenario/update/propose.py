"""Say what would have to be written for the expectations of a turn to hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from chatsim.delivery.turns import one_per_step
from chatsim.errors import ChatsimError
from chatsim.scenario.data_match import MISSING, DataPattern, Whole
from chatsim.scenario.match import OneOf, compile_text
from chatsim.scenario.model import AnyOrderStep, AnythingStep, BotStep, Position, SilentStep, Step
from chatsim.scenario.replies import hold_reply
from chatsim.scenario.text_pattern import PatternFailed, TextPattern
from chatsim.scenario.update.align import Pair, align, holds
from chatsim.scenario.update.changes import (
    GONE,
    REPLY_PARTS,
    Change,
    Changes,
    NewData,
    NewOptions,
    NewReply,
    NewText,
    NewWaits,
    Slot,
)
from chatsim.scenario.update.reword import Known, as_written, reword
from chatsim.scenario.update.windows import Window, captures_of
from chatsim.scenario.words import BrokenText, Value
from chatsim.scenario.write_words import Written, escaped, to_the_letter
from chatsim.trace import Option, Reply, Text, Trace


class CannotPropose(ChatsimError):
    """What the bot did cannot be written down in this place."""

    def __init__(self, position: Position, what: str) -> None:
        super().__init__(what)
        self.position = position
        self.what = what


@dataclass(frozen=True, slots=True)
class How:
    """How bold proposals are.

    `boldly` puts the cells of a case in wherever they are said.  What is in `forced` is worded anew although it holds:
    other tests use the same line, and there it does not.  `others` are earlier runs of the same test.
    """

    boldly: bool = False
    forced: frozenset[tuple[Position, Slot]] = frozenset()
    others: Sequence[Trace] = field(default_factory=tuple)


def propose(window: Window, how: How | None = None) -> Changes:
    """Return the changes with which every expectation of *window* would hold; none where they do.

    Raises `CannotPropose`.
    """
    return _Proposal(window, how or How()).changes()


class _Proposal:
    """The changes for one turn."""

    def __init__(self, window: Window, how: How) -> None:
        self.window = window
        self.how = how
        self.values: dict[str, Value] = dict(window.values)
        self.found: Changes = {}

    def changes(self) -> Changes:
        replies = self.window.turn.replies
        pairs = align(self.window.steps, replies, self.values)
        self._replies(pairs, replies)
        for step in self.window.lines():
            self._checks(step)
        return self.found

    # ------------------------------------------------------------ replies

    def _replies(self, pairs: Sequence[Pair], replies: Sequence[Reply]) -> None:
        gone = {pair.step.position for pair in pairs if pair.step is not None and pair.reply is None}
        gone |= self._empty_groups(gone)
        spoken = any(pair.reply is not None for pair in pairs)
        silence = [step for step in self.window.steps if isinstance(step, SilentStep)]
        expected = any(isinstance(step, BotStep | AnyOrderStep) for step in self.window.steps)
        if spoken and not expected:
            gone |= {step.position for step in silence}
        for position in gone:
            self._note(position, ("gone",), GONE)
        anchor: Step = self.window.actor
        groups = {id(member): step for step in self.window.steps for member in getattr(step, "members", ())}
        for pair in pairs:
            if pair.step is None and pair.reply is not None:
                if any(isinstance(step, AnythingStep) for step in self.window.steps):
                    continue
                self._new(anchor, replies[pair.reply], pair.reply)
            elif pair.step is not None and pair.step.position not in gone:
                anchor = groups.get(id(pair.step), pair.step)
                if pair.reply is not None:
                    self._reply(pair.step, replies[pair.reply], pair.reply)

    def _empty_groups(self, gone: set[Position]) -> set[Position]:
        """Return the groups of which nothing is left; their members need not be taken out one by one."""
        empty = set()
        for step in self.window.steps:
            if isinstance(step, AnyOrderStep) and all(member.position in gone for member in step.members):
                empty.add(step.position)
                gone.difference_update(member.position for member in step.members)
        return empty

    def _new(self, anchor: Step, reply: Reply, number: int) -> None:
        key = (anchor.position, ("after",))
        before = self.found.get(key, ())
        assert isinstance(before, tuple)  # noqa: S101 - only this method puts something there
        self.found[key] = (*before, NewReply(tuple(self._pairs(reply, number))))

    def _pairs(self, reply: Reply, number: int) -> Iterator[tuple[str, Any]]:
        """Yield the keys of a new step for *reply*, with their words."""
        others = self._elsewhere(number)
        yield self._bot_key(reply), self._words(None, reply.text, [other.text for other in others])
        if reply.options:
            yield "options", tuple(self._words(None, option.title, ()) for option in reply.options)
        for name in ("header", "footer", "media"):
            part = getattr(reply, name)
            if part is not None:
                yield name, self._words(None, part, [getattr(other, name) or "" for other in others])
        if reply.type != "text" and not reply.options:
            yield "type", to_the_letter(reply.type)
        if reply.dest != "out":
            yield "dest", Written(reply.dest)

    def _bot_key(self, reply: Reply) -> str:
        actor = self.window.actor
        if reply.chat == actor.chat:
            return "bot"
        people = {step.chat: step.person for step in self.window.verdict.case.steps if step.person}
        if reply.chat not in people:
            what = f"the bot spoke to {reply.chat!r}, who is nobody in this scenario: {reply.text!r:.60}"
            raise CannotPropose(actor.position, what)
        return f"bot>{people[reply.chat]}"

    def _reply(self, step: BotStep, reply: Reply, number: int) -> None:
        """Change what of *step* does not hold for *reply*, and take out what does."""
        others = self._elsewhere(number)
        self._text(step, "bot", step.text, reply.text, [other.text for other in others])
        for name in REPLY_PARTS:
            pattern, actual = getattr(step, name), getattr(reply, name)
            if pattern is not None and actual is None:
                self._note(step.position, (name, "gone"), GONE)
            elif pattern is not None:
                self._text(step, name, pattern, actual, [getattr(other, name) or "" for other in others])
        if step.options is not None:
            self._options(step, step.options, reply.options)
        if holds(step, reply, self.values):
            self.values.update(hold_reply(step, reply, self.values) or {})

    def _text(self, step: Step, name: str, pattern: TextPattern, said: str, others: Sequence[str]) -> None:
        slot = (name,)
        if not self._holds(pattern, said) or (step.position, slot) in self.how.forced:
            choice, best = self._choice(pattern, said)
            written = self._words(best, said, others) if name != "dest" else Written(said)
            self._note(step.position, slot, NewText(written, choice))
            self._take(written, said)

    def _choice(self, pattern: TextPattern, said: str) -> tuple[int | None, TextPattern]:
        """Return which of several texts is most like what was *said*."""
        if not isinstance(pattern, OneOf):
            return None, pattern
        alike = [SequenceMatcher(None, one.show(self.values), said).ratio() for one in pattern.patterns]
        choice = alike.index(max(alike))
        return choice, pattern.patterns[choice]

    def _options(self, step: BotStep, patterns: Sequence[TextPattern], options: Sequence[Option]) -> None:
        titles = [option.title for option in options]
        if len(titles) == len(patterns):
            plan = [
                (index, None if self._holds(pattern, title) else self._words(pattern, title, ()))
                for index, (pattern, title) in enumerate(zip(patterns, titles, strict=True))
            ]
        else:
            plan = self._changed_options(patterns, titles)
        kept = [place for place, _ in plan if place >= 0]
        if kept != list(range(len(patterns))) or any(written is not None for _, written in plan):
            self._note(step.position, ("options",), NewOptions(tuple(plan)))

    def _changed_options(
        self, patterns: Sequence[TextPattern], titles: Sequence[str]
    ) -> list[tuple[int, Written | None]]:
        """Return the options with those that still hold in their places, in the order in which they are offered."""
        plan: list[tuple[int, Written | None]] = []
        last = -1
        for title in titles:
            stays = (place for place in range(last + 1, len(patterns)) if self._holds(patterns[place], title))
            place = next(stays, -1)
            last = max(last, place)
            plan.append((place, None if place >= 0 else self._words(None, title, ())))
        return plan

    # ------------------------------------------------------------ checks

    def _checks(self, step: Step) -> None:
        checks, turn = step.checks, self.window.turn
        if checks.state is not None:
            if turn.state is None:
                if not self._holds(checks.state, None):
                    raise CannotPropose(step.position, "the chat is in no state, and there are no words for that")
            else:
                self._text(step, "state", checks.state, turn.state, ())
        if checks.vars is not None:
            for path, leaf, actual in self._differing(checks.vars.tree, turn.chat_state.context, ()):
                self._note(step.position, ("vars", *path), self._data(leaf, actual))
        if checks.waits is not None and checks.waits != turn.waits:
            self._note(step.position, ("waits",), NewWaits(turn.waits))

    def _differing(self, tree: Any, actual: Any, path: Slot) -> Iterator[tuple[Slot, Any, Any]]:
        """Yield the places of data that do not hold: their path, what is expected, and what is there."""
        if isinstance(tree, dict) and tree and isinstance(actual, dict):
            for key, item in tree.items():
                yield from self._differing(item, actual.get(key, MISSING), (*path, key))
        elif isinstance(tree, list) and tree and isinstance(actual, list) and len(actual) == len(tree):
            for index, (item, found) in enumerate(zip(tree, actual, strict=True)):
                yield from self._differing(item, found, (*path, str(index)))
        else:
            try:
                taken = DataPattern(None, tree).match(actual, self.values)
            except (PatternFailed, KeyError):
                taken = None
            self.values.update(taken or {})
            if taken is None:
                yield path, tree, actual

    def _data(self, leaf: Any, actual: Any) -> Change:
        if actual is MISSING:
            return GONE
        known = self._known()
        same = [name for name in sorted(known.use) if name in self.values and _same(self.values[name].data, actual)]
        if same and (known.boldly or isinstance(leaf, Whole)):
            return NewData(json.dumps(f"${{{same[0]}}}"), is_text=True)
        if isinstance(actual, str):
            pattern = leaf if isinstance(leaf, TextPattern) else None
            return NewData(json.dumps(_plain(self._words(pattern, actual, ()), actual)), is_text=True)
        return NewData(json.dumps(_as_patterns(actual), ensure_ascii=False))

    # ------------------------------------------------------------ words

    def _note(self, position: Position, slot: Slot, change: Change) -> None:
        self.found[position, slot] = change

    def _holds(self, pattern: TextPattern, said: str | None) -> bool:
        try:
            taken = None if said is None else pattern.match(said, self.values)
        except (PatternFailed, KeyError):
            return False
        self.values.update(taken or {})
        return taken is not None

    def _words(self, pattern: TextPattern | None, said: str, others: Sequence[str]) -> Written:
        return reword(pattern or compile_text(""), said, self._known(), others)

    def _take(self, written: Written, said: str) -> None:
        if not written.literal:
            self.values.update(compile_text(written.source).match(said, as_written(self.values)) or {})

    def _known(self) -> Known:
        case = self.window.verdict.case
        cells = frozenset(case.values)
        taken = self.window.taken | (self.values.keys() - self.window.values.keys())
        # Within a fragment, nothing is known but what is given to it.
        inside = any(step.used for step in self.window.lines())
        typed = [turn.event.text for turn in self.window.verdict.trace.turns if isinstance(turn.event, Text)]
        return Known(
            self.values,
            use=frozenset() if inside else taken | cells if self.how.boldly else taken,
            reserved=captures_of(case.steps) | cells,
            boldly=self.how.boldly,
            typed="\n".join(typed),
        )

    def _elsewhere(self, number: int) -> list[Reply]:
        """Return what the bot said in this place in earlier runs."""
        place = self.window.number
        runs = [one_per_step(trace.turns) for trace in self.how.others]
        turns = [run[place] for run in runs if place < len(run)]
        return [turn.replies[number] for turn in turns if number < len(turn.replies)]


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _plain(written: Written, said: str) -> str:
    """Return *written* where only plain text can stand: in data, nothing is marked as literal."""
    if not written.literal:
        return written.source
    source = escaped(said)
    try:
        if compile_text(source).match(said, {}) is not None:
            return source
    except (BrokenText, PatternFailed):
        pass
    return f"...{source}"


def _as_patterns(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _as_patterns(item) for key, item in data.items()}
    if isinstance(data, list):
        return [_as_patterns(item) for item in data]
    return _plain(to_the_letter(data), data) if isinstance(data, str) else data
