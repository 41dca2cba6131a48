"""``chatsim scenario``: write recorded chats as scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chatsim.cli.refusal import refusals


def scenario(
    trace: Annotated[Path, typer.Argument(metavar="TRACE", help="The file that chatsim.record wrote.")],
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write to FILE (name it *.chat.yaml); else to the screen.",
            show_default=False,
        ),
    ] = None,
    chat: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only the chat with this id. May be given again.", show_default=False),
    ] = None,
    bot: Annotated[
        str,
        typer.Option(
            metavar="MODULE:OBJECT",
            help="The bot, looked for in the folder of FILE first; by default as it was recorded.",
            show_default=False,
        ),
    ] = "",
    credentials: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="A credential for the bot. May be given again.", show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite FILE.")] = False,
) -> None:
    """Write the chats in TRACE as scenarios, one for each.

    Every scenario is played: what the bot says differently now is left open. The exit code is 0 when all pass as they
    stand, 1 when one does not, or a line of TRACE cannot be read, 2 when there is nothing to write.
    """
    from chatsim.cli.recorded import Wish, write_recorded  # noqa: PLC0415 - `chatsim --help` needs none of it

    with refusals():
        wish = Wish(trace, output, tuple(chat or ()), bot, tuple(credentials or ()), force=force)
        raise typer.Exit(write_recorded(wish))
