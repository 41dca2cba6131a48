"""Where what happens in the world outside is noted, among what the bot itself does."""

from __future__ import annotations

from types import TracebackType

from chatsim.trace import Effect

_open: list[list[Effect]] = []


class noting:  # noqa: N801 - used as a statement, like contextlib.suppress
    """Let `note` add to *effects* until the block is left.  An adapter does this around what its bot does.

    >>> from chatsim.trace import Call
    >>> effects = []
    >>> with noting(effects):
    ...     note(Call("GET", "https://stock.example"))
    >>> effects
    [Call(method='GET', url='https://stock.example', payload=None)]
    """

    __slots__ = ("_effects",)

    def __init__(self, effects: list[Effect]) -> None:
        self._effects = effects

    def __enter__(self) -> list[Effect]:
        """Begin; blocks may lie in each other, and the inner one gets what happens."""
        _open.append(self._effects)
        return self._effects

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End."""
        _open.pop()


def note(effect: Effect) -> None:
    """Add *effect* to the innermost `noting`; without one it is noted nowhere."""
    if _open:
        _open[-1].append(effect)
