"""The JSON Schema of scenario files as a file, and the line that leads an editor to it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from chatsim.errors import SetupError
from chatsim.scenario.schema import scenario_schema

SCHEMA_FILE = Path(".chatsim", "schema.json")
"""Where `chatsim init` writes the schema, from the folder of the project."""


def schema_text() -> str:
    """Return the schema as JSON text."""
    return json.dumps(scenario_schema(), ensure_ascii=False, indent=2) + "\n"


def write_schema(path: Path) -> None:
    """Write the schema to *path*, with the folders that it needs; raise `SetupError` where that is not possible."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(schema_text(), "utf-8", newline="\n")
    except OSError as error:
        raise SetupError(f"the schema {path} cannot be written: {error.strerror or error}") from None


def modeline(scenario: Path, schema: Path) -> str:
    """Return the line with which the file *scenario* begins, so that an editor finds *schema*.

    >>> modeline(Path("scenarios/order.chat.yaml"), SCHEMA_FILE)
    '# yaml-language-server: $schema=../.chatsim/schema.json'
    """
    relative = Path(os.path.relpath(schema, scenario.parent)).as_posix()
    return f"# yaml-language-server: $schema={relative}"
