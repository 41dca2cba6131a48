"""Replace attributes for a while, and put back exactly what was there."""

from __future__ import annotations

from typing import Any

_ABSENT: Any = object()


class Patches:
    """Attributes that were replaced; `undo` puts them back, the last one first.

    What an object or class only inherited is inherited again afterwards.

    >>> class Box:
    ...     size = 1
    >>> patches = Patches()
    >>> patches.set(Box, "size", 2)
    >>> patches.undo()
    >>> Box.size
    1
    """

    __slots__ = ("_replaced",)

    def __init__(self) -> None:
        self._replaced: list[tuple[Any, str, Any]] = []

    def set(self, owner: Any, name: str, value: Any) -> None:
        """Let *owner* have *value* as its *name* until `undo`."""
        # From the dictionary and not by getattr: a static method or a property must come back as what it was.
        self._replaced.append((owner, name, vars(owner).get(name, _ABSENT)))
        setattr(owner, name, value)

    def set_item(self, namespace: dict[str, Any], name: str, value: Any) -> None:
        """Let the dictionary *namespace* hold *value* under *name*, which it has, until `undo`."""
        self._replaced.append((namespace, name, namespace[name]))
        namespace[name] = value

    def undo(self) -> None:
        """Put everything back.  A second call does nothing."""
        while self._replaced:
            owner, name, before = self._replaced.pop()
            if isinstance(owner, dict):
                owner[name] = before
            elif before is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, before)
