"""``chatsim check``: what can be said of a bot without speaking to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chatsim.cli.refusal import refusals, refuse


def check(
    reference: Annotated[str, typer.Argument(metavar="BOT", help="The bot, as module:object or FOLDER/module:object.")],
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail as well.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write what was found as JSON; - is standard output.")
    ] = None,
    credentials: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="A credential for the bot. May be given again.", show_default=False),
    ] = None,
) -> None:
    """Look at BOT's states and transitions without running it.

    Says which states have no handler, which targets there are not, what nothing reaches or leaves, where no guard may
    hold, and where the order of guards decides.  Exit codes: 0 nothing wrong (warnings alone are 0), 1 something is
    wrong, 2 the bot cannot be loaded.
    """
    from chatsim.cli.bot_names import credentials_of  # noqa: PLC0415 - `chatsim --help` needs none of it
    from chatsim.cli.checking import check_bot, write_checked  # noqa: PLC0415

    with refusals():
        checked = check_bot(reference, Path.cwd(), credentials_of(tuple(credentials or ())))
    try:
        write_checked(checked, json_file)
    except OSError as error:
        refuse(f"cannot write {json_file}: {error.strerror}")
    raise typer.Exit(1 if checked.errors or (strict and checked.warnings) else 0)
