"""Python functions that a bot calls, replaced by answers."""

from __future__ import annotations

import builtins
import functools
import inspect
from collections.abc import Callable
from copy import deepcopy
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from chatsim.errors import ContextNotSerializable, SetupError, did_you_mean
from chatsim.jsondata import json_copy
from chatsim.trace import Call

if TYPE_CHECKING:
    from chatsim.world.outside import Outside
    from chatsim.world.patches import Patches

ImportModule: TypeAlias = Callable[[str], ModuleType]
METHOD = "call"
"""The `method` of a `chatsim.trace.Call` of a function; its `url` is the name."""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a call comes to: it `returns` data, or `raises` (``ValueError: no such size``), after `delay` seconds."""

    returns: Any = None
    raises: str | None = None
    delay: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot come of a call."""
        if self.raises is not None and self.returns is not None:
            raise SetupError("a call either returns or raises: give one of them")
        if self.delay < 0:
            raise SetupError(f"a delay of {self.delay:g} s: nothing comes before it was asked for")


class FunctionMock(msgspec.Struct, frozen=True):
    """Results for the calls of the function `target` (``package.module:function``, ``module:Class.method``).

    They come one after the other, and the last one stays.  A coroutine function stays one.
    """

    target: str
    results: tuple[Result, ...] = (Result(),)
    optional: bool = False

    @property
    def written(self) -> str:
        """How reports name it."""
        return f"{METHOD}: {self.target}"


def install(
    mock: FunctionMock,
    patches: Patches,
    outside: Outside,
    namespaces: list[dict[str, Any]],
    import_module: ImportModule,
) -> None:
    """Let *mock* stand in for its function: where that is defined, and in *namespaces* that took it from there."""
    owner, name = _owner(mock.target, import_module)
    defined = inspect.getattr_static(owner, name)
    real = getattr(owner, name)
    errors = {result.raises: _error(result.raises, import_module) for result in mock.results if result.raises}
    wrapper = (
        staticmethod if isinstance(defined, staticmethod) else classmethod if isinstance(defined, classmethod) else None
    )
    function = defined.__func__ if wrapper is not None else defined
    if not callable(function):
        raise SetupError(f"{mock.target!r} is {type(real).__name__}, no function: only what is called can be mocked")
    has_self = wrapper is classmethod or (inspect.isclass(owner) and wrapper is None)
    stand_in = _stand_in(mock, function, outside, errors, skip=int(has_self))
    patches.set(owner, name, stand_in if wrapper is None else wrapper(stand_in))
    for namespace in namespaces:
        for taken in [key for key, value in namespace.items() if value is real and namespace is not vars(owner)]:
            patches.set_item(namespace, taken, stand_in)


def _stand_in(mock: FunctionMock, real: Any, outside: Outside, errors: dict[str, Any], skip: int) -> Any:
    def outcome(result: Result) -> Any:
        if result.raises is not None:
            make = errors[result.raises]
            raise make()
        return deepcopy(result.returns)

    @functools.wraps(real)
    def called(*args: Any, **options: Any) -> Any:
        if not outside.watches():
            return real(*args, **options)
        result = outside.mocks.result(mock, args[skip:], options)
        outside.clock.advance(result.delay)
        return outcome(result)

    @functools.wraps(real)
    async def called_async(*args: Any, **options: Any) -> Any:
        if not outside.watches():
            return await real(*args, **options)
        import asyncio  # noqa: PLC0415 - whoever awaits this has imported it

        result = outside.mocks.result(mock, args[skip:], options)
        await asyncio.sleep(result.delay)
        return outcome(result)

    return called_async if inspect.iscoroutinefunction(real) else called


def call_of(mock: FunctionMock, args: tuple[Any, ...], options: dict[str, Any], result: Result) -> Call:
    """Return the record of one call, as JSON: what it holds not is shown as ``repr`` shows it."""
    came = {"returns": _shown(result.returns)} if result.raises is None else {"raises": result.raises}
    given: dict[str, Any] = {"args": [_shown(arg) for arg in args]} if args else {}
    if options:
        given["kwargs"] = {name: _shown(value) for name, value in options.items()}
    return Call(METHOD, mock.target, {**given, **came})


def _shown(value: Any) -> Any:
    try:
        return json_copy(value)
    except ContextNotSerializable:
        return repr(value)


def _owner(target: str, import_module: ImportModule) -> tuple[Any, str]:
    """Return what *target* is an attribute of, and its name there."""
    module_name, colon, path = target.partition(":")
    if not (module_name and colon and path):
        raise SetupError(f"{target!r} names no function: write package.module:function")
    try:
        owner: Any = import_module(module_name)
    except ModuleNotFoundError as error:
        raise SetupError(f"mock of {target!r}: {error}") from error
    *inner, name = path.split(".")
    for step in inner:
        owner = _attribute(owner, step, target)
    _attribute(owner, name, target)
    return owner, name


def _attribute(owner: Any, name: str, target: str) -> Any:
    if not hasattr(owner, name):
        raise SetupError(f"mock of {target!r}: {owner.__name__} has no {name!r}. {did_you_mean(name, _public(owner))}")
    return getattr(owner, name)


def _public(owner: Any) -> list[str]:
    return [name for name in dir(owner) if not name.startswith("_") and callable(getattr(owner, name, None))]


def _error(written: str, import_module: ImportModule) -> Callable[[], BaseException]:
    """Return what makes the exception that *written* says: ``Type: message``, ``package.module.Type: message``."""
    kind, _, message = written.partition(":")
    module_name, _, name = kind.strip().rpartition(".")
    found = getattr(import_module(module_name) if module_name else builtins, name, None)
    if not (isinstance(found, type) and issubclass(found, Exception)):
        raise SetupError(
            f"{kind!r} is no exception: write ValueError, or package.module.NotFound, and a message after ': '"
        )
    args = (message.strip(),) if message.strip() else ()
    try:
        found(*args)
    except TypeError as error:
        raise SetupError(f"{kind} cannot be made of one message: {error}") from None
    return lambda: found(*args)
