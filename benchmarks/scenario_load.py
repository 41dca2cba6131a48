"""How long it takes to load a scenario file: `python benchmarks/scenario_load.py [LINES …]`.

The median of five loads for each size; what was loaded is counted before it is believed.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from chatsim.scenario.load import load_file

RUNS = 5
SCENARIO = """\
  order {number}:
    cases:
      small: {{size: Small, price: 9}}
    steps:
    - user: hello {number}
    - bot: Welcome, ... Which size?
      options: [Small, Large]
    - tap: ${{size}}
    - bot: Order ${{order:int}}, $$${{price}}. Pay at ...
      vars: {{size: Small}}
"""
LINES, STEPS = SCENARIO.count("\n"), 4


def main() -> None:
    """Print one row for each size."""
    for lines in map(int, sys.argv[1:] or ["1000", "10000", "100000"]):
        count = lines // LINES
        text = "bot: pizzeria:PizzaBot\nscenarios:\n" + "".join(SCENARIO.format(number=n) for n in range(count))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "big.chat.yaml"
            path.write_text(text)
            seconds = [timed(path, count) for _ in range(RUNS)]
        print(f"{count * LINES:>8,} lines  {count * STEPS:>7,} steps  {statistics.median(seconds):6.2f} s")


def timed(path: Path, count: int) -> float:
    """Return how many seconds it took to load *path*, which holds *count* scenarios."""
    began = time.perf_counter()
    file = load_file(path)
    seconds = time.perf_counter() - began
    assert sum(len(case.steps) for case in file.cases) == count * STEPS
    return seconds


if __name__ == "__main__":
    main()
