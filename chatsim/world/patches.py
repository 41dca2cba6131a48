"""Replace attributes for a while, and put back exactly what was there."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

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

    def afterwards(self, act: Callable[[], object]) -> None:
        """Let `undo` call *act*, in its turn."""
        self._replaced.append((self, "", act))

    def undo(self) -> None:
        """Put everything back.  A second call does nothing."""
        while self._replaced:
            owner, name, before = self._replaced.pop()
            if owner is self:
                before()
            elif isinstance(owner, dict):
                owner[name] = before
            elif before is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, before)


class Held:
    """Patches of the whole process: made when the first comes who needs them, undone when the last has gone.

    They are the same for everybody who is inside, so that who enters within another has nothing left to do: what they
    stand for is looked up when they are called.

    Args:
        make: Makes them.  If it fails, what it has made until then is undone.

    >>> class Box:
    ...     size = 1
    >>> bigger = Held(lambda patches: patches.set(Box, "size", 2))
    >>> with bigger, bigger:
    ...     Box.size
    2
    >>> Box.size
    1
    """

    def __init__(self, make: Callable[[Patches], None]) -> None:
        self._make = make
        self._patches = Patches()
        self._holders = 0

    def __enter__(self) -> Self:
        """Make them, unless they are made."""
        if not self._holders:
            try:
                self._make(self._patches)
            except BaseException:
                self._patches.undo()
                raise
        self._holders += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Undo them, unless someone else is inside."""
        self._holders -= 1
        if not self._holders:
            self._patches.undo()
