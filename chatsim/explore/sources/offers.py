"""Letters from what the bot offers, and from what people send whatever it offers."""

from __future__ import annotations

from collections.abc import Iterator

from chatsim.bots.base import Bot, Hears
from chatsim.explore.letters import Letter
from chatsim.explore.play.moment import Moment
from chatsim.trace import Callback, Event, Start, Tap, Text, Wait

RESET = "zero"
"""The state in which an FSM begins, and to which its end resets it."""

GREETING = "hi"
NONSENSE = "qwxyz"
"""A word that no bot waits for."""
BOUNDARIES = (NONSENSE, "Ann Smith", "It does not work at all", "", "   ", "/help", "🍕", "שלום עולם", "x" * 5000)
MOST_STALE = 2
"""So many buttons of earlier turns are tapped."""

_MOST_TYPED = 3


def kinds_of(bot: Bot) -> tuple[type[Event], ...]:
    """Return the kinds of event that reach *bot*; all that people and webhooks send, where it does not say."""
    return bot.hears() if isinstance(bot, Hears) else (Start, Text, Tap, Callback)


def has_begun(moment: Moment) -> bool:
    """Say whether a conversation is going on: one that has not begun, or was reset by its end, is none."""
    chat = moment.chat
    return chat is not None and chat.state not in (None, RESET)


class Offers:
    """A conversation begins; what is on offer is tapped, and typed; a button of an earlier turn is tapped."""

    def __init__(self, bot: Bot) -> None:
        self.kinds = kinds_of(bot)

    def letters(self, moment: Moment) -> Iterator[Letter]:
        """Return what there is to begin with, or to choose."""
        if not has_begun(moment):
            if Start in self.kinds:
                yield Letter(Start(), "begin")
            yield Letter(Text(GREETING), "begin")
        if Tap not in self.kinds:
            return
        for option in moment.offered:
            yield Letter(Tap(option.id, option.title), "offered")
        for option in moment.offered[:_MOST_TYPED] if Start in self.kinds else ():
            yield Letter(Text(option.title), "literal")
        for option in moment.earlier[:MOST_STALE]:
            yield Letter(Tap(option.id, option.title), "stale")


class Boundaries:
    """What people send by accident: nothing, blanks, a command, an emoji, another direction, far too much."""

    def __init__(self, bot: Bot) -> None:
        self.kinds = kinds_of(bot)
        self._letters = tuple(Letter(Text(text), "boundary") for text in BOUNDARIES)

    def letters(self, moment: Moment) -> tuple[Letter, ...]:
        """Return these, while a conversation goes on."""
        return self._letters if Text in self.kinds and has_begun(moment) and moment.waits != "callback" else ()


class WrongKinds:
    """A callback while the bot waits for a person, and a person who writes while it waits for a callback."""

    def __init__(self, bot: Bot) -> None:
        self.kinds = kinds_of(bot)

    def letters(self, moment: Moment) -> Iterator[Letter]:
        """Return what the bot does not wait for."""
        if not has_begun(moment):
            return
        if moment.waits == "callback":
            yield Letter(Text("hello?"), "wrong-kind")
        elif moment.waits == "input" and Callback in self.kinds and Start in self.kinds:
            yield Letter(Callback("unexpected"), "wrong-kind")


class Timers:
    """Time until the next timer of the bot is due."""

    def letters(self, moment: Moment) -> Iterator[Letter]:
        """Return how long that is."""
        due = [timer.at - moment.snapshot.clock for timer in moment.snapshot.timers]
        if due:
            yield Letter(Wait(max(min(due), 0.0) + 1.0), "timer")
