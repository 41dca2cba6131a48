"""How much later pytest is done when the plugin is installed and nobody uses it.

    python benchmarks/pytest_start.py [PAIRS]

Each pair runs ``pytest`` twice on an empty folder, with and without the plugin (``-p no:chatsim``), in changing
order; the figure is the median of the pairs' ratios.  Plugins that are installed besides make pytest slower and the
ratio smaller: measure in an environment that has none.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time

WITH: list[str] = []
WITHOUT = ["-p", "no:chatsim"]


def seconds(options: list[str], folder: str) -> float:
    """Return the wall time of one run of pytest in *folder*."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False)
    return time.perf_counter() - began


def main(pairs: int) -> None:
    """Measure, and print the medians."""
    with_plugin, without, ratios = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        seconds(WITH, folder)  # writes bytecode
        seconds(WITHOUT, folder)
        for index in range(pairs):
            order = (WITH, WITHOUT) if index % 2 else (WITHOUT, WITH)
            times = {id(options): seconds(options, folder) for options in order}
            with_plugin.append(times[id(WITH)])
            without.append(times[id(WITHOUT)])
            ratios.append(with_plugin[-1] / without[-1])
    print(f"pytest alone     {statistics.median(without) * 1000:7.1f} ms   (median of {pairs} runs)")
    print(f"with the plugin  {statistics.median(with_plugin) * 1000:7.1f} ms")
    print(f"ratio            {statistics.median(ratios):7.3f}      (median of {pairs} pairs)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
