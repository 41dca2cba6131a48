"""``chatsim chat``: talk with a bot in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chatsim.cli.refusal import refusals


def chat(
    bot: Annotated[
        str,
        typer.Argument(
            metavar="MODULE:OBJECT",
            help="The bot, looked for in the current folder first; FOLDER/MODULE:OBJECT looks in another one.",
        ),
    ],
    *,
    record: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the chat to FILE (name it *.chat.yaml) as a scenario. It is held as scenarios are played: the "
            "bot's clock stands still, chance is seeded, and calls to other servers are not let out.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Let --record overwrite FILE.")] = False,
    title: Annotated[
        str, typer.Option("--name", metavar="TEXT", help="What the recorded scenario is called.")
    ] = "a recorded chat",
    allow: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST",
            help="While the chat is recorded, a host that the bot reaches for real: localhost:6379. May be given again.",
            show_default=False,
        ),
    ] = None,
    credentials: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="A credential for the bot. May be given again.", show_default=False),
    ] = None,
) -> None:
    """Talk with a bot.

    It shows replies, their buttons (type the number or the title), and the state after each turn; /help shows
    what else can be done. Nothing that the bot sends leaves this terminal. Unless the chat is recorded, the bot finds
    the world as it is.
    """
    from chatsim.cli.chatting import Wish, talk  # noqa: PLC0415 - `chatsim --help` needs none of it

    with refusals():
        wish = Wish(
            bot=bot,
            record=record,
            force=force,
            title=title,
            credentials=tuple(credentials or ()),
            allow=tuple(allow or ()),
        )
        raise typer.Exit(talk(wish))
