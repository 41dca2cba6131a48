"""How soon a search reaches what it reaches: transitions of the example bots, by turns.

    python benchmarks/explore_coverage.py

The transitions T are those of the bot's own machine that the whole search takes, from state to state.  90% of them
should be taken within 2·|T| turns, all within 20·|T|.
"""

import re
from pathlib import Path

from chatsim.explore import explore
from chatsim.explore.walk.search import Search

SCENARIOS = Path(__file__).parent.parent / "scenarios"
SOON, LATEST = (0.9, 2), (1.0, 20)


def taken_after(folder: Path) -> list[int]:
    """Return after how many turns each transition was taken first, in order."""
    reference = re.search(r"^bot: (.*)$", min(folder.glob("*.chat.yaml")).read_text("utf-8"), re.MULTILINE)
    assert reference is not None
    first: list[int] = []

    def note(search: Search) -> None:
        first.extend([search.steps] * (len(search.book.hops) - len(first)))

    explore(reference[1], folder=folder, faults=False, progress=note, max_time=60)
    return first


def main() -> None:
    """Print for each bot when it was covered."""
    for folder in sorted(path for path in SCENARIOS.iterdir() if path.is_dir()):
        first = taken_after(folder)
        told = []
        for share, factor in (SOON, LATEST):
            turns = first[max(round(share * len(first)) - 1, 0)]
            within = "yes" if turns <= factor * len(first) else "NO"
            told.append(f"{share:.0%} after {turns} turns (within {factor}·|T| = {factor * len(first)}: {within})")
        print(f"{folder.name:14} {len(first):3} transitions, {', '.join(told)}")


if __name__ == "__main__":
    main()
