"""How long the page of a large bot takes: to make, to open, and to answer a click.

A bot of 1,000 states and 5,000 transitions, as people write them (mostly on to one of the next states, sometimes back)
and at random.  Making is processor time.  Opening and clicking are measured in the browser: by the clock, and as time
of the page's own thread, which does not count what others do on the machine.

Run: python benchmarks/page_speed.py  (needs the extra `test`, and Chromium; CHATSIM_CHROMIUM names another one)
"""

import os
import random
import shutil
import statistics
import tempfile
from pathlib import Path
from time import perf_counter, process_time

from playwright.sync_api import sync_playwright

from chatsim.coverage.data import Declared, Recorded
from chatsim.coverage.facts import Hopped
from chatsim.graph.model import Graph, State, Transition
from chatsim.page.build import bot_view
from chatsim.page.data import Page
from chatsim.page.html import page_html

STATES, TRANSITIONS, ROUNDS = 1000, 5000, 5
CHROMIUM = os.environ.get("CHATSIM_CHROMIUM") or shutil.which("chromium")
DRAWN = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))"


def graph(shape: str) -> Graph:
    """Return a graph of that shape."""
    chance = random.Random(1)
    ways = {(number, number + 1) for number in range(STATES - 1)}
    while len(ways) < TRANSITIONS:
        source = chance.randrange(STATES)
        near = source + chance.choice([1, 2, 3, -1, -5, 8, 0, chance.randrange(-30, 30)])
        ways.add((source, min(max(near, 0), STATES - 1) if shape == "bot" else chance.randrange(STATES)))
    states = tuple(
        State(f"state_{number}", initial=number == 0, waits="input", declared=True) for number in range(STATES)
    )
    return Graph(shape, states, tuple(Transition(f"state_{a}", f"state_{b}", declared=True) for a, b in sorted(ways)))


def made(shape: str) -> str:
    """Return the page of a bot of that shape, some of which was reached."""
    seen = {Hopped(f"state_{step}", f"state_{step + 1}"): frozenset({"a"}) for step in range(STATES // 4)}
    return page_html(Page(shape, (bot_view(shape, Recorded(shape, seen, Declared(graph(shape)))),)))


def main() -> None:
    """Measure, and print a table."""
    print(f"{STATES} states, {TRANSITIONS} transitions; medians of {ROUNDS}, in seconds (clock / the page's thread)")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for shape in ("bot", "random"):
            began = process_time()
            text = made(shape)
            took = process_time() - began
            path = Path(folder, f"{shape}.html")
            path.write_text(text, "utf-8")
            opened, clicked = measured(browser, path)
            print(f"{shape:8} make {took:.2f}   {len(text) / 1e6:.1f} MB   open {opened}   click {clicked}")
        browser.close()


def measured(browser, path: Path) -> tuple[str, str]:  # noqa: ANN001 - playwright's
    """Return how long opening and clicking take, in words."""
    opened, clicked = [], []
    for _ in range(ROUNDS):
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        opened.append(timed(page, session, lambda page=page: page.goto(path.as_uri())))
        state = page.locator("[data-state='3']")
        clicked.append(timed(page, session, lambda state=state: state.dispatch_event("click")))
        page.close()
    return tuple(
        " / ".join(f"{statistics.median(each):.2f}" for each in zip(*rounds, strict=True))
        for rounds in (opened, clicked)
    )


def timed(page, session, act) -> tuple[float, float]:  # noqa: ANN001 - playwright's
    """Return the seconds until what *act* did is drawn: by the clock, and of the page's thread."""

    def busy() -> float:
        metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
        return metrics["TaskDuration"]

    before, began = busy(), perf_counter()
    act()
    page.evaluate(DRAWN)
    return perf_counter() - began, busy() - before


if __name__ == "__main__":
    main()
