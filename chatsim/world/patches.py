"""Replace attributes for a while, and put back exactly what was there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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

    __slots__ = ("_made", "_views")

    def __init__(self) -> None:
        self._made: list[tuple[Any, str, Any]] = []
        self._views: list[tuple[Mapping[str, Any], str, Any]] = []

    def set(self, owner: Any, name: str, value: Any) -> None:
        """Let *owner* have *value* as its *name* until `undo`."""
        # From the dictionary and not by getattr: a static method or a property must come back as what it was.
        view = vars(owner)
        self._made.append((owner, name, view.get(name, _ABSENT)))
        self._views.append((view, name, value))
        setattr(owner, name, value)

    def set_item(self, namespace: dict[str, Any], name: str, value: Any) -> None:
        """Let the dictionary *namespace* hold *value* under *name*, which it has, until `undo`."""
        self._made.append((namespace, name, namespace[name]))
        self._views.append((namespace, name, value))
        namespace[name] = value

    def afterwards(self, act: Callable[[], object]) -> None:
        """Let `undo` call *act*, in its turn."""
        self._made.append((self, "", act))

    def are_in_place(self) -> bool:
        """Say whether nobody has put something else into the place of what they put there."""
        # A loop over live views, for every world asks this three times: a generator takes twice as long.
        for view, name, value in self._views:  # noqa: SIM110
            if view.get(name) is not value:
                return False
        return True

    def undo(self) -> None:
        """Put everything back.  A second call does nothing."""
        self._views.clear()
        while self._made:
            owner, name, before = self._made.pop()
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
    stand for is looked up when they are called.  Where somebody else has patched the same meanwhile, they are made once
    more, on top of that.

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
        self._layers: list[Patches | None] = []
        """What each who is inside has made, None for nothing."""

    def __enter__(self) -> Self:
        """Make them, unless they are made."""
        top = next((layer for layer in reversed(self._layers) if layer is not None), None)
        if top is not None and top.are_in_place():
            self._layers.append(None)
            return self
        patches = Patches()
        try:
            self._make(patches)
        except BaseException:
            patches.undo()
            raise
        self._layers.append(patches)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Undo what was made on entering."""
        patches = self._layers.pop()
        if patches is not None:
            patches.undo()
