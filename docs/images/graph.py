"""Draw the pictures of docs/graph.md: an example bot, and what a change made of it.

Run: python docs/images/graph.py  (needs the extra `svg`)
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SCENARIOS = HERE.parent.parent / "scenarios"


def draw(folder: Path, *arguments: str) -> None:
    """Run ``chatsim graph`` in *folder*; that something differs is no failure here."""
    subprocess.run([sys.executable, "-m", "chatsim", "graph", *arguments], cwd=folder, check=False, capture_output=True)


def main() -> None:
    """Draw both."""
    draw(SCENARIOS, "clinic/bot:Clinic", "-o", str(HERE / "graph.svg"))
    draw(SCENARIOS, "--diff", "greeter/bot:orch", "greeter_json/bot:orch", "-o", str(HERE / "graph-diff.svg"))


if __name__ == "__main__":
    main()
