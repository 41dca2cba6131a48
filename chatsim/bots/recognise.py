"""Tell what kind of bot an object is, and hand it to the adapter for that kind."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import ModuleType
from typing import Any

import msgspec

from chatsim.bots.base import Bot
from chatsim.bots.setup_errors import raised
from chatsim.errors import ChatsimError, SetupError
from chatsim.trace import JsonObject

ENTRY_POINTS = "chatsim.bots"
_DEEPEST = 3
"""How often what a function returned may be a function again."""


class Origin(msgspec.Struct, frozen=True):
    """Where an object comes from, for adapters and messages: ``module:object``, the module, the credentials."""

    reference: str = "the bot"
    module: ModuleType | None = None
    credentials: JsonObject = {}


class BotKind(msgspec.Struct, frozen=True):
    """A kind of bot that can be recognised.

    Args:
        name: What it is, with its article, as messages say it: ``a transitions.Machine``.
        recognises: Says whether an object is of this kind.  It imports no framework: the object's class, if it is
            of the framework, has imported that already.
        adapter: ``module:function``, imported when an object of this kind is met, and called with the object and
            its `Origin` to make the `Bot`.
        framework: The module that a bot of this kind imports.
        capture: ``module:function`` of a context manager for kinds whose bots are started by a function that does
            not return: within it, starting the bot raises `BotRuns`.

    A package adds a kind with an entry point in the group ``chatsim.bots`` that names a `BotKind`.
    """

    name: str
    recognises: Callable[[object], bool]
    adapter: str
    framework: str = ""
    capture: str = ""


class BotRuns(BaseException):
    """Raised in the place of running a bot for ever.  No `Exception`, so that a bot's own handlers let it pass."""

    def __init__(self, bot: object) -> None:
        super().__init__(bot)
        self.bot = bot


def comes_from(cls: type, framework: str, name: str) -> bool:
    """Say whether *cls* is, or inherits from, class *name* of a module in *framework*; nothing is imported.

    >>> from fractions import Fraction
    >>> comes_from(Fraction, "numbers", "Rational")
    True
    """
    return any(
        base.__name__ == name and (base.__module__ == framework or base.__module__.startswith(f"{framework}."))
        for base in cls.__mro__
    )


def class_of(framework: str, name: str) -> Callable[[object], bool]:
    """Return a test for the classes that inherit from *framework*'s *name*."""
    return lambda value: isinstance(value, type) and comes_from(value, framework, name)


def instance_of(framework: str, name: str) -> Callable[[object], bool]:
    """Return a test for the instances of *framework*'s class *name*."""
    return lambda value: comes_from(type(value), framework, name)


def is_transitions_model(value: object) -> bool:
    """Say whether *value* is a model that a `transitions.Machine` has put its triggers on."""
    trigger = getattr(value, "__dict__", {}).get("trigger")
    machine = getattr(getattr(trigger, "func", None), "__self__", None)
    return machine is not None and comes_from(type(machine), "transitions", "Machine")


def is_bot(value: object) -> bool:
    """Say whether *value* is a `Bot` as it stands."""
    return isinstance(value, Bot) and not isinstance(value, type)


KINDS: tuple[BotKind, ...] = (
    BotKind(
        "an AbstractFSM class of chatsim.fsm", class_of("chatsim.fsm", "AbstractFSM"), "chatsim.bots.own:adapt_fsm"
    ),
    BotKind(
        "an AbstractFSM class of jb_manager_bot",
        class_of("jb_manager_bot", "AbstractFSM"),
        "chatsim.bots.jb_manager:adapt",
    ),
    BotKind(
        "a ChatOrchestrator of chatsim",
        instance_of("chatsim.orchestrator", "ChatOrchestrator"),
        "chatsim.bots.own:adapt_orchestrator",
    ),
    BotKind("a transitions.Machine", instance_of("transitions", "Machine"), "chatsim.bots.transitions:adapt_machine"),
    BotKind("a model of a transitions.Machine", is_transitions_model, "chatsim.bots.transitions:adapt_model"),
    BotKind(
        "a telegram Application",
        instance_of("telegram.ext", "Application"),
        "chatsim.bots.telegram:adapt",
        framework="telegram.ext",
        capture="chatsim.bots.telegram:captured",
    ),
    BotKind("a Bot, with start and step", is_bot, "chatsim.bots.recognise:as_it_is"),
)


def as_it_is(value: Bot, origin: Origin) -> Bot:  # noqa: ARG001 - every adapter is called so
    """Adapt nothing: *value* is a `Bot` already."""
    return value


def recognise(value: object, origin: Origin) -> Bot:
    """Return *value* as a `Bot`, whatever kind it is.

    A function without parameters, or a class that can be made without arguments, is called, and what it returns
    (or what it runs, for a ``main()`` that starts a bot and does not return) is looked at in its place.

    Raises:
        SetupError: when it is of no kind that chatsim knows, with what was tried, or when it raises while it is made,
            or cannot run as it is (an FSM class with faults).
    """
    try:
        return _recognised(value, origin)
    except SetupError:
        raise
    except ChatsimError as error:
        raise SetupError(f"bot {origin.reference!r}: {error}") from error
    except BaseException as error:
        raise raised(f"bot {origin.reference!r}: making a bot of it", error) from error


def _recognised(value: object, origin: Origin) -> Bot:
    calls = origin.reference
    for _ in range(_DEEPEST):
        kind = _kind_of(value)
        if kind is not None:
            bot: Bot = _resolve(kind.adapter)(value, origin)
            return bot
        if not _is_factory(value):
            break
        value, calls = _call(value, origin), f"{calls}()"
    raise SetupError(_unknown(value, calls))


def _kinds() -> Iterator[BotKind]:
    """Yield chatsim's own kinds, then those of other packages, which are imported only when none of ours fits."""
    yield from KINDS
    from importlib.metadata import entry_points  # noqa: PLC0415 - only where none of ours fits

    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        kind = entry.load()
        if not isinstance(kind, BotKind):
            raise SetupError(
                f"entry point {entry.name!r} = {entry.value!r} in {ENTRY_POINTS!r} names no BotKind: {kind!r}"
            )
        yield kind


def _kind_of(value: object) -> BotKind | None:
    return next((kind for kind in _kinds() if kind.recognises(value)), None)


def _resolve(reference: str) -> Any:
    module, _, name = reference.partition(":")
    return getattr(importlib.import_module(module), name)


def _is_factory(value: object) -> bool:
    return callable(value) and not _needed(value)


def _needed(value: Callable[..., object]) -> list[str]:
    """Return the names of the parameters that *value* cannot be called without."""
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):  # a callable written in C may have no signature
        return ["…"]
    return [
        parameter.name
        for parameter in parameters
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]


def _call(function: Any, origin: Origin) -> object:
    """Return what *function* returns, or the bot that it runs."""
    with contextlib.ExitStack() as stack:
        for kind in _kinds():
            if kind.capture and kind.framework in sys.modules:
                capture: AbstractContextManager[object] = _resolve(kind.capture)()
                stack.enter_context(capture)
        try:
            result = function()
            if not inspect.iscoroutine(result):
                return result
            from chatsim.bots.private_loop import PrivateLoop  # noqa: PLC0415 - only for coroutines

            with contextlib.closing(PrivateLoop()) as loop:
                return loop.run(result)
        except BotRuns as running:
            return running.bot
        except BaseException as error:
            raise raised(f"bot {origin.reference!r}: calling it", error) from error


def _unknown(value: object, calls: str) -> str:
    what = "None" if value is None else f"a {type(value).__name__}: {_short(value)}"
    called = calls.endswith("()")
    lines = [
        f"{calls} {'returned' if called else 'is'} {what}{' and ran no bot' if called and value is None else ''}.",
        "It is none of these:",
        *(f"  - {kind.name}" for kind in _kinds()),
        "  - a function or class without parameters that returns one of them",
    ]
    if callable(value) and (needed := _needed(value)):
        lines.append(f"It takes parameters ({', '.join(needed)}): write a function without any that returns the bot.")
    return "\n".join(lines)


def _short(value: object) -> str:
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001 - any error of the object's own __repr__
        return f"<its __repr__ raised {type(error).__name__}>"
    return text if len(text) <= 80 else f"{text[:77]}…"  # noqa: PLR2004 - a line's worth
