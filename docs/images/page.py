"""Take docs/images/page.png: the page of a real run of the example bots after a slip in one of them.

Run: python docs/images/page.py  (needs the extra `test`, Chromium, and Pillow, which makes the file small)
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CHROMIUM = os.environ.get("CHATSIM_CHROMIUM") or shutil.which("chromium")


def page_after_a_slip(folder: Path) -> Path:
    """Return the page of `chatsim run scenarios` in *folder*, where the clinic's bot has a slip in one reply."""
    shutil.copytree(ROOT / "scenarios", folder / "scenarios", ignore=shutil.ignore_patterns("__pycache__"))
    bot = folder / "scenarios" / "clinic" / "bot.py"
    source = bot.read_text("utf-8").replace("Booked: ", "Booked! ")
    bot.write_text(source, "utf-8")
    command = [sys.executable, "-m", "chatsim", "run", "-q", "scenarios", "--report", "html=page.html"]
    subprocess.run(command, cwd=folder, check=False, capture_output=True)
    return folder / "page.html"


def main() -> None:
    """Take the picture."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        page.goto(page_after_a_slip(Path(folder)).as_uri())
        page.locator(".entry", has_text="books a visit").first.click()
        page.locator(".mismatch").wait_for()
        page.mouse.move(0, 0)
        page.screenshot(path=HERE / "page.png")
        browser.close()
    with Image.open(HERE / "page.png") as picture:
        few = picture.convert("RGB").quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(HERE / "page.png", optimize=True)


if __name__ == "__main__":
    main()
