"""The ten bots of the benchmark: where each is, and what answers when it calls outside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

BOTS_FOLDER = Path(__file__).with_name("bots")


@dataclass(frozen=True, slots=True)
class Subject:
    """A bot: its folder, `reference` in it, and the `mocks` of what it calls (by method and URL, as in a scenario)."""

    name: str
    reference: str
    mocks: tuple[tuple[str, Any], ...] = ()

    @property
    def folder(self) -> Path:
        """The folder of the bot's files."""
        return BOTS_FOLDER / self.name

    @property
    def sources(self) -> tuple[Path, ...]:
        """The bot's Python files and step files, in the order of their names."""
        return tuple(sorted(path for path in self.folder.iterdir() if path.suffix in {".py", ".json"}))


BOTS: dict[str, Subject] = {
    subject.name: subject
    for subject in (
        Subject("barber", "bot:orch"),
        Subject("library", "bot:orch"),
        Subject("visa", "bot:application"),
        Subject("cinema", "bot:bot", (("PUT https://cashier.example/orders/...", {"json": {"ok": True}}),)),
        Subject("hotel", "bot:porter"),
        Subject("parcel", "bot:Parcel"),
        Subject("claims", "bot:Claims"),
        Subject("survey", "bot:EnergyAdviser"),
        Subject("donate", "bot:Donation"),
        Subject("repair", "bot:desk"),
    )
}
