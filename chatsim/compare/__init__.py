"""Hold two versions of a bot against each other: the shortest conversations in which they differ."""

from chatsim.compare.compare import compare
from chatsim.compare.result import Comparison, Difference

__all__ = ["Comparison", "Difference", "compare"]
