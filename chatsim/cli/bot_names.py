"""How a bot is named on the command line, and what it is given."""

from __future__ import annotations

from pathlib import Path

from chatsim.errors import SetupError
from chatsim.trace import JsonObject


def place_of(bot: str) -> tuple[Path, str]:
    """Return the folder and the reference in ``FOLDER/module:object``."""
    folder, _, reference = bot.rpartition("/")
    return Path(folder or ("/" if bot.startswith("/") else ".")), reference


def credentials_of(pairs: tuple[str, ...]) -> JsonObject:
    """Return the credentials that ``KEY=VALUE`` stand for; raise `SetupError` for what is no such pair."""
    credentials: JsonObject = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise SetupError(f"--credentials {pair}: write KEY=VALUE, for example --credentials API_KEY=test")
        credentials[key] = value
    return credentials
