"""Coverage of ``chatsim explore``: what a search reached is added to what conversations did."""

from __future__ import annotations

from pathlib import Path

from chatsim.coverage.data import Coverage
from chatsim.coverage.declare import declared_by
from chatsim.coverage.explored import EXPLORED, explored
from chatsim.coverage.files import DATA_FILE, read_coverage, write_coverage
from chatsim.coverage.identify import identify
from chatsim.coverage.wish import project_root
from chatsim.explore.results.result import Exploration
from chatsim.report.document import Line
from chatsim.report.paint import line_of
from chatsim.stage import Stage
from chatsim.trace import JsonObject
from chatsim.visible import visible


def keep_coverage(exploration: Exploration, reference: str, folder: Path, credentials: JsonObject) -> Line:
    """Add what *exploration* reached to the data file of the project, and return what is to be said of it."""
    root = project_root(Path.cwd())
    stage = Stage.of(reference, folder, credentials)
    bot, name = identify(stage, root)
    coverage = Coverage({bot: explored(exploration, name, declared_by(stage.bot, root))})
    path = root / DATA_FILE
    if path.exists():
        coverage |= read_coverage(path)
    write_coverage(coverage, path)
    return line_of(
        (f"coverage: added to {visible(str(path))} as '{EXPLORED}'; chatsim coverage report shows it", "dim")
    )
