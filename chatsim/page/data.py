"""What the page shows: frozen data, which goes into the file as JSON and is all that its scripts know.

States, arrows and turns are named by their index; lengths are in pixels.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from chatsim.page.story import Line, Message


class Frame(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the states of a plugin are drawn in."""

    title: str
    x: float
    y: float
    width: float
    height: float


class Snippet(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where something is written: file and line, and some lines of code from there on, as far as they are known."""

    file: str
    line: int
    code: str = ""


class StateView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A state.

    Args:
        name: Its name, after that of its plugin.
        x: Where its middle is.
        y: The same, downwards.
        width: How wide it is drawn.
        shape: What happens there: the bot waits, ends, or goes on by itself (``pass``).  ``open`` is no state: it is
            drawn where the bot goes somewhere, and where cannot be known.
        initial: Whether chats begin here.
        may: What else entering it may come to.
        runs: The plugin that it runs.
        source: Where it is defined.
        unknown: Whether the bot does not declare it.
        short: The name as it is drawn, where that is another.
        explored: The shortest conversation to it that a search found, by turns.
    """

    name: str
    x: float
    y: float
    width: float
    shape: Literal["input", "callback", "end", "pass", "open"]
    initial: bool = False
    may: tuple[str, ...] = ()
    runs: str = ""
    source: Snippet | None = None
    unknown: bool = False
    short: str = ""
    explored: tuple[int, ...] = ()


class TransitionView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A transition: what lets it happen, which guards have to hold, where it is defined."""

    name: str
    event: str = ""
    guards: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    trigger: str = ""
    source: Snippet | None = None
    unknown: bool = False


class ArrowView(msgspec.Struct, frozen=True, omit_defaults=True):
    """An arrow: all `transitions` from one state to another.

    `path` is the data of an SVG path; `label` is written at `at`.
    """

    source: int
    target: int
    path: str
    transitions: tuple[TransitionView, ...]
    label: str = ""
    at: tuple[float, float] | None = None
    explored: tuple[int, ...] = ()


class GoalView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that can be reached, with the states and arrows at which it shows.  `excluded` says why it is not counted."""

    name: str
    reached: bool = False
    states: tuple[int, ...] = ()
    arrows: tuple[int, ...] = ()
    place: str = ""
    excluded: str = ""


class KindView(msgspec.Struct, frozen=True, omit_defaults=True):
    """All of one kind that can be reached.

    `marks` say for a state or an arrow how many there are at it, and how many of them were reached.
    """

    kind: str
    reached: int
    total: int
    goals: tuple[GoalView, ...] = ()
    states: dict[str, tuple[int, int]] = {}
    arrows: dict[str, tuple[int, int]] = {}
    more: int = 0


class TurnView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A turn: what was said, and the way through the graph.

    `states` begin with the one before the turn, as far as that is known, and end with the one after it; `arrows` join
    them.  `guards` are those that were asked on the way, in words.
    """

    said: tuple[Message, ...] = ()
    arrows: tuple[int, ...] = ()
    states: tuple[int, ...] = ()
    guards: tuple[str, ...] = ()


Outcome: TypeAlias = Literal["passed", "failed", "skipped", "xfailed", "xpassed"]


class ScenarioView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A conversation that was held, and what came of it; `turns` are numbers of turns.

    `turn` is which of its turns did not hold, `lines` what was expected against what came, `midway` whether it begins
    in the middle of a conversation.
    """

    name: str
    file: str = ""
    line: int = 0
    outcome: Outcome = "passed"
    turns: tuple[int, ...] = ()
    turn: int | None = None
    headline: str = ""
    lines: tuple[Line, ...] = ()
    hint: str = ""
    again: str = ""
    midway: bool = False


class FindingView(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something wrong that a search found, with the shortest conversation that shows it."""

    kind: str
    severity: Literal["error", "warning"]
    message: str
    state: int = -1
    turns: tuple[int, ...] = ()


class BotView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A bot: its graph, what of it was reached, and the conversations with it."""

    name: str
    width: float
    height: float
    states: tuple[StateView, ...] = ()
    arrows: tuple[ArrowView, ...] = ()
    frames: tuple[Frame, ...] = ()
    kinds: tuple[KindView, ...] = ()
    turns: tuple[TurnView, ...] = ()
    scenarios: tuple[ScenarioView, ...] = ()
    findings: tuple[FindingView, ...] = ()
    explored: str = ""


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why something could not be loaded."""

    place: str
    what: str
    cure: str = ""


class Page(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything that the page shows.  `made` says by what and when it was made."""

    title: str
    bots: tuple[BotView, ...] = ()
    problems: tuple[Problem, ...] = ()
    made: str = ""
