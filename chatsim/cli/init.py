"""``chatsim init``: a first bot with its scenario, to begin from."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from chatsim.cli.refusal import refusals


class Kind(str, Enum):  # noqa: UP042 - typer shows the values of a str enumeration
    """What the bot is made of."""

    fsm = "fsm"
    orchestrator = "orchestrator"


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write; made if it is not there.")],
    *,
    kind: Annotated[Kind, typer.Option(help="A state machine, or one function a state.")] = Kind.fsm,
) -> None:
    """Write a small bot, its scenarios with a schema for editors, and a CI file into DIR.

    No file that is there already is touched.
    """
    from chatsim.cli.starting import next_commands, write_project  # noqa: PLC0415 - `chatsim --help` needs none of it

    with refusals():
        for path in write_project(folder, kind.value):
            typer.echo(f"  {path}")
    typer.echo("\nNext:\n")
    for command in next_commands(folder):
        typer.echo(f"  {command}")
