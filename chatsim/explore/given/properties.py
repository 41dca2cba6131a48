"""What a user asks of a bot: properties that hold always, sometimes, or eventually.

A property is a function of a `View`: of each turn, and of where it led.  In YAML it is one line, an expression over the
same names:

    properties:
    - always: vars.total >= 0
    - sometimes: state == "booked"
    - eventually: ended
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from chatsim.bots.base import Bot
from chatsim.errors import SetupError
from chatsim.explore.checks.base import Found, Seen, Step, Whole
from chatsim.explore.results.result import Severity
from chatsim.trace import Call, Event, Reply, Snapshot, Turn

When: TypeAlias = Literal["always", "sometimes", "eventually"]
NAMES = ("state", "vars", "waits", "ended", "replies", "text", "event", "calls", "turn", "snapshot")
_BUILTINS = {name: value for name, value in vars(__import__("builtins")).items() if name in {
    "abs", "all", "any", "bool", "float", "int", "len", "list", "max", "min", "range", "round", "set", "sorted", "str",
    "sum", "tuple", "isinstance", "dict",
}}  # fmt: skip


class Fields(dict[str, Any]):
    """Variables, whose keys can be read with a dot as well; what is not there is None."""

    def __getattr__(self, name: str) -> Any:
        value = self.get(name)
        return Fields(value) if isinstance(value, dict) else value


@dataclass(frozen=True, slots=True)
class View:
    """A turn, as a property sees it.

    >>> from chatsim.trace import ChatState, Text
    >>> after = Snapshot({"user": ChatState("cart", {"total": 3})})
    >>> View(Turn(event=Text("hi"), snapshot=after)).vars.total
    3
    """

    turn: Turn

    @property
    def state(self) -> str | None:
        """Where the bot is after the turn."""
        return self.turn.state

    @property
    def vars(self) -> Fields:
        """What it remembers then."""
        return Fields(self.turn.chat_state.context)

    @property
    def waits(self) -> str:
        """What it waits for then."""
        return self.turn.waits

    @property
    def ended(self) -> bool:
        """Whether it ended in the turn."""
        return self.turn.ended is not None

    @property
    def replies(self) -> tuple[Reply, ...]:
        """What it said."""
        return self.turn.replies

    @property
    def text(self) -> str:
        """The words of all that it said, line by line."""
        return "\n".join(reply.text for reply in self.turn.replies)

    @property
    def event(self) -> Event:
        """What reached it."""
        return self.turn.event

    @property
    def calls(self) -> list[str]:
        """What it called outside, as ``METHOD URL``."""
        return [f"{call.method} {call.url}" for call in self.turn.effects if isinstance(call, Call)]

    @property
    def snapshot(self) -> Snapshot:
        """Everything that it remembers then."""
        return self.turn.snapshot


@dataclass(frozen=True, slots=True)
class Property:
    """What must hold: `when`, what it is called, and the function that says so of a `View`."""

    when: When
    name: str
    holds: Callable[[Any], Any] = field(compare=False)

    def __call__(self, view: View) -> Any:
        """Say whether it holds of *view*."""
        return self.holds(view)


def property_always(function: Callable[[View], Any]) -> Property:
    """Make a property of *function* that holds of every turn."""
    return Property("always", function.__name__, function)


def property_sometimes(function: Callable[[View], Any]) -> Property:
    """Make a property of *function* that holds of some turn that can be reached."""
    return Property("sometimes", function.__name__, function)


def property_eventually(function: Callable[[View], Any]) -> Property:
    """Make a property of *function*: from wherever a conversation is, a turn of which it holds can be reached."""
    return Property("eventually", function.__name__, function)


def written_property(when: str, line: str) -> Property:
    """Return the property that is written as one *line*.  Raises `SetupError` for what is none.

    >>> written_property("always", "vars.total >= 0").name
    'vars.total >= 0'
    """
    if when not in ("always", "sometimes", "eventually"):
        raise SetupError(f"a property holds always, sometimes or eventually, not {when!r}")
    try:
        tree = ast.parse(line.strip(), "<property>", "eval")
    except SyntaxError as error:
        raise SetupError(f"property {line!r}: {error.msg}. Write an expression, such as vars.total >= 0") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            raise SetupError(f"property {line!r}: names do not begin with an underscore: {node.attr}")
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            _refuse_unknown(node.id, tree, line)
    code = compile(tree, "<property>", "eval")

    def holds(view: View) -> Any:
        known = {name: getattr(view, name) for name in NAMES}
        return eval(code, {"__builtins__": _BUILTINS, **known})  # noqa: S307 - the user's own line, without builtins

    return Property(when, line.strip(), holds)  # type: ignore[arg-type]  # one of the three, as was asked


def _refuse_unknown(name: str, tree: ast.AST, line: str) -> None:
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    if name not in NAMES and name not in _BUILTINS and name not in bound:
        raise SetupError(f"property {line!r}: there is no {name!r}. There are: {', '.join(NAMES)}")


class Properties:
    """The check for a user's properties."""

    kinds: Mapping[str, Severity] = {"property": "error"}
    sees_all = True

    def __init__(self, properties: tuple[Property, ...]) -> None:
        self.properties = properties
        self._met: dict[Property, set[int]] = {each: set() for each in properties if each.when != "always"}

    def begin(self, bot: Bot) -> None:
        """Nothing depends on the bot."""

    def look(self, seen: Seen) -> Iterator[Found]:
        """Ask all properties about a turn."""
        if seen.turn.error is not None:
            return
        view = View(seen.turn)
        for each in self.properties:
            try:
                holds = bool(each(view))
            except Exception as error:  # noqa: BLE001 - whatever the user's function raises is said
                hint = "; a variable that is not there is None" if "'NoneType'" in str(error) else ""
                yield self._violated(each, seen, f"{each.name} raised {type(error).__name__}: {error}{hint}")
                continue
            if each.when == "always" and not holds:
                yield self._violated(each, seen, f"always {each.name}: this turn breaks it")
            elif each.when != "always" and holds:
                self._met[each].add(seen.before.node)

    @staticmethod
    def _violated(each: Property, seen: Seen, message: str) -> Found:
        state, node = seen.turn.state, seen.before.node
        return Found("property", state, message, node, (seen.letter,), key=each.name, event=seen.letter.label)

    def close(self, whole: Whole) -> Iterator[Found]:
        """Report what never held, and from where it cannot hold any more."""
        steps: list[Step] | None = None
        for each, met in self._met.items():
            if not met:
                message = f"{each.when} {each.name}: nothing that was reached has it"
                yield Found("property", None, message, 0, key=each.name, inconclusive=not whole.covers)
            elif each.when == "eventually":
                steps = list(whole.all_steps()) if steps is None else steps
                yield from _hopeless(each, met, steps, whole)


def _hopeless(each: Property, met: set[int], steps: list[Step], whole: Whole) -> Iterator[Found]:
    open_ = {node for node in whole.all_nodes() if not whole.is_expanded(node)}
    entering: dict[int, list[int]] = {}
    for step in steps:
        entering.setdefault(step.target, []).append(step.source)
    found, waiting = met | open_, [*met, *open_]
    while waiting:
        for source in entering.get(waiting.pop(), ()):
            if source not in found:
                found.add(source)
                waiting.append(source)
    lost = [node for node in whole.all_nodes() if node not in found]
    if lost:
        node = min(lost, key=whole.depth_of)
        message = f"eventually {each.name}: from here nothing that can be reached has it"
        yield Found("property", whole.state_of(node), message, node, key=each.name)
