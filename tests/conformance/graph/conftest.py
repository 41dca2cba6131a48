"""A browser with the real Mermaid in it."""

import os
import shutil
from pathlib import Path

import pytest

CHROMIUM = os.environ.get("CHATSIM_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
MERMAID = os.environ.get("CHATSIM_MERMAID", "")

RENDER = """
async ([name, text]) => {
    try {
        return {svg: (await mermaid.render(name, text)).svg};
    } catch (error) {
        return {error: String(error)};
    }
}
"""


@pytest.fixture(scope="module")  # while a browser is open a loop runs in the main thread, for other tests to trip over
def mermaid():
    """Return what renders a diagram with the package that code hosts use: a dict with ``svg``, or ``error``."""
    if CHROMIUM is None:
        pytest.skip("no Chromium: install it (apt-get install chromium), or name it in CHATSIM_CHROMIUM")
    if not Path(MERMAID).is_file():
        pytest.skip("no Mermaid: npm install mermaid, and name its dist/mermaid.min.js in CHATSIM_MERMAID")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content("<body></body>")
        page.add_script_tag(path=MERMAID)
        page.evaluate("mermaid.initialize({startOnLoad: false, securityLevel: 'strict'})")
        numbers = iter(range(10_000))
        yield lambda text: page.evaluate(RENDER, [f"m{next(numbers)}", text])
        browser.close()
