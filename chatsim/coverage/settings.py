"""What a project says about coverage in its ``pyproject.toml``, under ``[tool.chatsim.coverage]``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from chatsim.coverage.exclude import Pattern
from chatsim.coverage.report import Limit
from chatsim.errors import SetupError, did_you_mean

TABLE = "[tool.chatsim.coverage]"
KEYS = ("exclude", "fail_under")


class Settings(NamedTuple):
    """What is not counted, and how much has to be reached."""

    exclude: tuple[Pattern, ...] = ()
    fail_under: tuple[Limit, ...] = ()


def settings_of(root: Path) -> Settings:
    """Return the settings of the project in *root*; raise `SetupError` for what is none.

    ``exclude`` is a list of patterns (``state debug_*``), ``fail_under`` a table of kinds with per cents.
    """
    path = root / "pyproject.toml"
    try:
        text = path.read_text("utf-8")
        table = _table(text) if "chatsim" in text else {}
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        raise SetupError(f"{path} cannot be read: {error}") from None
    try:
        return _read(table)
    except SetupError as error:
        raise SetupError(f"{path} {TABLE}: {error}") from None


def _table(text: str) -> Any:
    import tomllib  # noqa: PLC0415 - takes a while to load, and most projects say nothing

    return tomllib.loads(text).get("tool", {}).get("chatsim", {}).get("coverage", {})


def _read(table: Any) -> Settings:
    if not isinstance(table, dict):
        raise SetupError(f"write keys below it: {', '.join(KEYS)}")
    for key in table:
        if key not in KEYS:
            raise SetupError(f"there is no {key!r}. {did_you_mean(key, KEYS)}")
    exclude, limits = table.get("exclude", []), table.get("fail_under", {})
    if not isinstance(exclude, list) or not all(isinstance(pattern, str) for pattern in exclude):
        raise SetupError('exclude is a list of texts: exclude = ["state debug_*"]')
    if not isinstance(limits, dict) or not all(type(percent) in (int, float) for percent in limits.values()):
        raise SetupError("fail_under is a table of kinds with per cents: fail_under = {transitions = 90}")
    return Settings(
        tuple(Pattern.of(pattern) for pattern in exclude),
        tuple(Limit.of(f"{kind}:{percent}") for kind, percent in limits.items()),
    )
