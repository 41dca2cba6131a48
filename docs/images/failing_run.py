"""Draw docs/images/failing-run.svg: a real run of the pizza bot's scenarios after a slip in the bot.

Run: python docs/images/failing_run.py
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
COLUMNS = 92
RIGHT, SLIP = "And your name?", "What is your name?"


def run_with_a_slip() -> str:
    """Return what `chatsim run` prints, colours included, for a copy of the pizza bot with a slip in one reply."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "pizza")
        shutil.copytree(ROOT / "scenarios" / "pizza", copy)
        bot = copy / "bot.py"
        source = bot.read_text()
        bot.write_text(source.replace(RIGHT, SLIP))
        environment = os.environ | {"FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "chatsim", "run", "-x"]
        return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False).stdout


def main() -> None:
    """Write the picture."""
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"), force_terminal=True)  # noqa: PTH123, SIM115
    console.print(Text.from_ansi("$ chatsim run -x"))
    console.print(Text.from_ansi(run_with_a_slip().rstrip()))
    offline = re.sub(
        r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL
    )  # load no fonts from the net
    console.save_svg(str(HERE / "failing-run.svg"), title="chatsim run", theme=MONOKAI, code_format=offline)


if __name__ == "__main__":
    main()
