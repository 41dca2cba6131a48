"""How much later pytest is done when the plugin is installed and nobody uses it.

    python benchmarks/pytest_start.py [PAIRS]

Each pair runs ``pytest`` twice on an empty folder, with and without the plugin (``-p no:chatsim``), in changing
order; the figure is the median of the pairs' ratios, for wall time, and for processor time, which other programs on
the machine disturb less.  Plugins that are installed besides make pytest slower and the ratio smaller: measure in an
environment that has none.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time

WITH: list[str] = []
WITHOUT = ["-p", "no:chatsim"]


def seconds(options: list[str], folder: str) -> tuple[float, float]:
    """Return wall time and processor time of one run of pytest in *folder*."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    used, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime


def main(pairs: int) -> None:
    """Measure, and print the medians."""
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        seconds(WITH, folder)  # writes bytecode
        for index in range(pairs):
            without_first = seconds(WITHOUT, folder) if index % 2 else None
            with_plugin = seconds(WITH, folder)
            runs.append((with_plugin, without_first or seconds(WITHOUT, folder)))
    for name, clock in (("wall", 0), ("processor", 1)):
        alone = statistics.median(without[clock] for _, without in runs)
        both = statistics.median(with_plugin[clock] for with_plugin, _ in runs)
        ratio = statistics.median(with_plugin[clock] / without[clock] for with_plugin, without in runs)
        print(f"{name:<10} pytest {alone * 1000:6.1f} ms   with the plugin {both * 1000:6.1f} ms   ratio {ratio:.3f}")
    print(f"(medians of {pairs} pairs)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
