"""Keep secrets out of everything that is shown or kept: the values of credentials, in every form that bots give them.

A secret is replaced by its name: ``***API_KEY***``.  It is found as it is, URL-encoded, JSON-escaped, and within
base64, wherever in the encoded text it begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from itertools import chain
from typing import Any, TypeVar

import msgspec

from chatsim.secret_forms import SHORTEST, base64_alone, base64_of, forms_of

T = TypeVar("T")


class Masking:
    """Replaces the values of *credentials* by their names.

    Args:
        credentials: Names and values.  A value that is a mapping or a list holds further ones: ``***pay.key***``.
            Texts, whole numbers and bytes of at least `SHORTEST` characters are masked.

    >>> masking = Masking({"API_KEY": "sk-12345", "PIN": "7"})
    >>> masking.text("key sk-12345, in base64 c2stMTIzNDU=")
    'key ***API_KEY***, in base64 ***API_KEY***='
    """

    def __init__(self, credentials: Mapping[str, Any]) -> None:
        forms: dict[str, str] = {}
        for name, secret in _secrets(credentials):
            for form in _forms(secret):
                forms.setdefault(form, f"***{name}***")
        self._names = forms
        # The longest first: one secret may begin with another.
        ordered = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def __bool__(self) -> bool:
        """Say whether there is anything to mask."""
        return self._pattern is not None

    def text(self, text: str) -> str:
        """Return *text* without secrets."""
        return text if self._pattern is None else self._pattern.sub(lambda found: self._names[found.group()], text)

    def bytes(self, data: bytes) -> bytes:
        """Return *data* without secrets, which are taken to be in UTF-8."""
        if self._pattern is None:
            return data
        return self.text(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    def data(self, data: T) -> T:
        """Return *data* with every text and all bytes in it masked, keys of mappings too.

        Goes through mappings, lists, tuples, `msgspec.Struct` and dataclasses; anything else stays as it is.

        >>> Masking({"KEY": "sk-12345"}).data({"headers": ["Bearer sk-12345"], "tries": 3})
        {'headers': ['Bearer ***KEY***'], 'tries': 3}
        """
        return data if self._pattern is None else self._masked(data)

    def _masked(self, data: Any) -> Any:
        if isinstance(data, str):
            return self.text(data)
        if isinstance(data, bytes):
            return self.bytes(data)
        if isinstance(data, dict):
            return {self._masked(key): self._masked(item) for key, item in data.items()}
        if isinstance(data, list):
            return [self._masked(item) for item in data]
        if isinstance(data, tuple):
            items = [self._masked(item) for item in data]
            return type(data)(*items) if hasattr(data, "_fields") else tuple(items)
        return self._masked_fields(data)

    def _masked_fields(self, data: Any) -> Any:
        if isinstance(data, msgspec.Struct):
            names = data.__struct_fields__
            return msgspec.structs.replace(data, **{name: self._masked(getattr(data, name)) for name in names})
        if is_dataclass(data) and not isinstance(data, type):
            given = [each.name for each in fields(data) if each.init]
            return replace(data, **{name: self._masked(getattr(data, name)) for name in given})
        return data


def _secrets(data: Any, path: str = "") -> Iterator[tuple[str, str | bytes]]:
    if isinstance(data, Mapping):
        for key, item in data.items():
            yield from _secrets(item, f"{path}.{key}" if path else str(key))
    elif isinstance(data, list | tuple):
        for index, item in enumerate(data):
            yield from _secrets(item, f"{path}[{index}]")
    elif isinstance(data, bytes) and len(data) >= SHORTEST:
        yield path, data
    elif isinstance(data, str | int) and not isinstance(data, bool) and len(str(data).strip()) >= SHORTEST:
        yield path, str(data).strip()


def _forms(secret: str | bytes) -> Iterator[str]:
    """Yield every way in which *secret* may stand in a text."""
    return chain(forms_of(secret), base64_of(secret), base64_alone(secret))


NOTHING = Masking({})
"""Masks nothing."""
