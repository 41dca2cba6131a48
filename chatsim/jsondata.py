"""The one place that decides what a JSON value is: contexts, variables, snapshots and stores all ask here.

`json_copy` checks and isolates a value, `json_clone` only isolates it, `to_json` and `from_json` write and read chatsim's own data.  Bytes
have no place in a context; in events and replies they travel as ``{"$bytes": "<base64>"}``.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar

import msgspec

from chatsim.errors import ContextNotSerializable

INT_MIN, INT_MAX = -(2**63), 2**63 - 1
BYTES_TAG = "$bytes"
T = TypeVar("T")

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode
_clone = msgspec.to_builtins
_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
_LONG_INTEGER = b"0" * 19
"""What JSON that holds an integer beyond 64 bits has in it once its digits are zeros.

To look for that takes a fifth of the time of a regular expression; `find`, because ``in`` first tries the needle as a
number, which takes as long again.
"""


def json_copy(value: Any, path: str = "$") -> Any:
    """Return a copy of *value* that shares nothing with it, exactly as a round trip through JSON would give it.

    Tuples become lists and subclasses of the JSON types become these types.  Raises `ContextNotSerializable`,
    which names the place, for what JSON cannot hold: other types, keys that are not text, NaN and infinities,
    integers beyond 64 bits (some backends lose them), lone surrogates, and structures that contain themselves.

    >>> json_copy({"size": ("S", "L")})
    {'size': ['S', 'L']}
    >>> json_copy({"when": {"at": object()}})
    Traceback (most recent call last):
        ...
    chatsim.errors.ContextNotSerializable: $.when.at: JSON cannot hold object
    """
    # What equals its own round trip is JSON.  The two holes: integers just beyond 64 bits, which msgspec writes,
    # and what merely changes form (a tuple) or cannot be written; the slow path decides about these.
    if _noted:
        _note_changes(value, path)
    try:
        data = _encode(value)
        copy = _decode(data)
        if copy == value and data.translate(_DIGITS_TO_ZERO).find(_LONG_INTEGER) < 0:
            return copy
    except (TypeError, ValueError, OverflowError, RecursionError):
        pass
    try:
        return _checked(value, path)
    except RecursionError:
        raise ContextNotSerializable(path, "nested too deeply, or contains itself") from None


def json_bytes(value: Any, path: str = "$") -> bytes:
    """Return *value* as compact JSON in UTF-8, checked as `json_copy` checks it, and equal to what that returns.

    >>> json_bytes({"size": ("S", "L")})
    b'{"size":["S","L"]}'
    """
    return json_pair(value, path)[0]


def json_pair(value: Any, path: str = "$") -> tuple[bytes, Any]:
    """Return *value* as `json_bytes` and as `json_copy` do; checking it makes both."""
    if _noted:
        _note_changes(value, path)
    try:
        data = _encode(value)
        copy = _decode(data)
        if copy == value and data.translate(_DIGITS_TO_ZERO).find(_LONG_INTEGER) < 0:
            return data, copy
    except (TypeError, ValueError, OverflowError, RecursionError):
        pass
    copy = json_copy(value, path)
    return _encode(copy), copy


def json_read(data: bytes | str) -> Any:
    """Return what the JSON text *data* holds.

    Raises `ValueError` for what is no JSON (`msgspec.DecodeError` is one), and `ContextNotSerializable` for JSON
    that no context holds: integers beyond 64 bits, values nested too deeply.
    """
    try:
        value = _decode(data)
        raw = data.encode() if isinstance(data, str) else data
        return value if raw.translate(_DIGITS_TO_ZERO).find(_LONG_INTEGER) < 0 else _checked(value, "$")
    except RecursionError:
        raise ContextNotSerializable("$", "nested too deeply") from None


def json_decode(data: bytes) -> Any:
    """Return what `json_bytes` wrote, without checking it again."""
    return _decode(data)


Change: TypeAlias = tuple[str, str, str]
"""Where a value is, of what type, and what it comes back as."""

_noted: list[list[Change]] = []


@contextmanager
def noting_changes() -> Iterator[list[Change]]:
    """Note within the block what `json_copy` and its kin give back as something else: tuples, subclasses.

    >>> with noting_changes() as changes:
    ...     json_copy({"size": ("S", "L")})
    {'size': ['S', 'L']}
    >>> changes
    [('$.size', 'tuple', 'list')]
    """
    changes: list[Change] = []
    _noted.append(changes)
    try:
        yield changes
    finally:
        _noted.pop()


def _note_changes(value: Any, path: str) -> None:
    for base in (dict, list, tuple, str, bool, int, float):
        if isinstance(value, base):
            plain = "list" if base is tuple else base.__name__
            if type(value).__name__ != plain:
                _noted[-1].append((path, type(value).__name__, plain))
            break
    if isinstance(value, dict):
        for key, item in value.items():
            _note_changes(item, _inwards(path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _note_changes(item, f"{path}[{index}]")


def is_small(data: bytes) -> bool:
    """Say whether the JSON *data* certainly holds no integer beyond 64 bits, and no text that looks like one."""
    return data.translate(_DIGITS_TO_ZERO).find(_LONG_INTEGER) < 0


def json_clone(value: Any) -> Any:
    """Return a copy of *value*, which is known to be JSON data, that shares nothing with it but text."""
    return _clone(value)


def to_json(value: Any) -> str:
    """Write chatsim data (`Trace`, `Turn`, `Snapshot`, `Event`, …) or plain JSON data as compact JSON text.

    >>> to_json({"photo": b"x"})
    '{"photo":{"$bytes":"eA=="}}'
    """
    return msgspec.json.encode(to_builtins(value)).decode()


def to_builtins(value: Any) -> Any:
    """Return *value* as dicts, lists and scalars that JSON can hold, bytes tagged."""
    plain = value.for_json() if hasattr(value, "for_json") else value
    return _tag(msgspec.to_builtins(plain, builtin_types=(bytes,)))


def from_json(text: str | bytes, type_: type[T]) -> T:
    """Read what `to_json` wrote, as an instance of *type_*.

    Raises `msgspec.ValidationError` where the JSON is not of that type, `msgspec.DecodeError` where it is no JSON.
    """
    return from_builtins(msgspec.json.decode(text), type_)


def from_builtins(data: Any, type_: type[T]) -> T:
    """Read what `to_builtins` returned."""
    return msgspec.convert(_untag(data), type_, builtin_types=(bytes,))


def _checked(value: Any, path: str) -> Any:
    """Return *value* as JSON has it; raise `ContextNotSerializable` with the place of the first thing it has not."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return {_key(key, path): _checked(item, _inwards(path, key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_checked(item, f"{path}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, str):
        return _text(str.__str__(value), path, "the text")
    if isinstance(value, int | float):
        return _number(value, path)
    raise ContextNotSerializable(path, f"JSON cannot hold {type(value).__name__}")


def _key(key: Any, path: str) -> str:
    if not isinstance(key, str):
        raise ContextNotSerializable(path, f"key {key!r} is of type {type(key).__name__}; JSON keys are text")
    return _text(str.__str__(key), path, f"key {key!r}")


def _inwards(path: str, key: Any) -> str:
    return f"{path}.{key}" if isinstance(key, str) and key.isidentifier() else f"{path}[{key!r}]"


def _text(text: str, path: str, what: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ContextNotSerializable(path, f"{what} holds a lone surrogate, which no encoding can write") from None
    return text


def _number(value: float, path: str) -> float:
    if isinstance(value, int):
        if INT_MIN <= value <= INT_MAX:
            return int(value)
        raise ContextNotSerializable(path, "an integer that does not fit into a signed 64-bit integer")
    if math.isfinite(value):
        return float(value)
    raise ContextNotSerializable(path, f"JSON has no {float(value)!r}")


def _is_tag(data: dict[str, Any]) -> bool:
    """Say whether *data* is ``{"$bytes": …}`` or an escaped form of it (``{"$$bytes": …}``)."""
    if len(data) != 1:
        return False
    (key,) = data
    return key.startswith("$") and key.lstrip("$") == "bytes"


def _tag(data: Any) -> Any:
    if isinstance(data, bytes):
        return {BYTES_TAG: base64.b64encode(data).decode()}
    if isinstance(data, dict):
        tagged = {key: _tag(item) for key, item in data.items()}
        return {f"${key}": item for key, item in tagged.items()} if _is_tag(tagged) else tagged
    if isinstance(data, list | tuple):
        return [_tag(item) for item in data]
    return data


def _untag(data: Any) -> Any:
    if isinstance(data, dict):
        if _is_tag(data):
            ((key, item),) = data.items()
            return base64.b64decode(item) if key == BYTES_TAG else {key[1:]: _untag(item)}
        return {key: _untag(item) for key, item in data.items()}
    if isinstance(data, list):
        return [_untag(item) for item in data]
    return data
