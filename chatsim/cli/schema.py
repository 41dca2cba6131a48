"""``chatsim schema``: the JSON Schema of scenario files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chatsim.cli.refusal import refusals


def schema(
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write it to FILE; made anew if it is there."),
    ] = None,
) -> None:
    """Print the JSON Schema (draft 2020-12) of scenario files, for editors and other tools.

    An editor with yaml-language-server uses it for a file that begins with

    # yaml-language-server: $schema=.chatsim/schema.json
    """
    from chatsim.cli.schema_file import schema_text, write_schema  # noqa: PLC0415 - `chatsim --help` needs none of it

    if output is None:
        typer.echo(schema_text(), nl=False)
        return
    with refusals():
        write_schema(output)
