"""``chatsim compare``: what changed between two versions of a bot, as conversations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chatsim.cli.refusal import refusals, refuse


def compare(
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD", help="The old version: module:object, or REVISION:module:object as it was in git."
        ),
    ],
    new: Annotated[
        str,
        typer.Argument(metavar="NEW", help="The new version, named in the same way."),
    ],
    *,
    restore: Annotated[
        bool,
        typer.Option("--restore", help="Feed what OLD remembers to NEW: will its conversations survive the change?"),
    ] = False,
    traces: Annotated[
        list[Path] | None,
        typer.Option(
            "--traces",
            metavar="FILE",
            help="Play the events of conversations that chatsim.record has recorded, and search no others. "
            "May be given again.",
            show_default=False,
        ),
    ] = None,
    max_time: Annotated[str, typer.Option(metavar="TIME", help="Stop after 30s, 5m …; 0s is for ever.")] = "30s",
    max_states: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="How many snapshots to reach at most.", show_default=False)
    ] = None,
    max_depth: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="How many turns a conversation has at most.", show_default=False),
    ] = None,
    most: Annotated[
        int, typer.Option("--show", metavar="N", min=0, help="How many differences to show as conversations.")
    ] = 10,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the result as JSON; - is standard output.")
    ] = None,
    witnesses: Annotated[
        Path | None,
        typer.Option(
            "--save-witnesses",
            metavar="DIR",
            help="Write each difference as a scenario that passes with OLD and fails with NEW.",
        ),
    ] = None,
    credentials: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="A credential for both. May be given again.", show_default=False),
    ] = None,
) -> None:
    """Walk OLD and NEW through the same events, and show the shortest conversations in which they differ.

    They differ in what they say or call, in the states that they go through, or in what they remember.  Exit codes:
    0 no difference was found, 1 there is one, 2 a version cannot be loaded, 130 interrupted with no difference found.
    """
    from chatsim.cli.bot_names import credentials_of  # noqa: PLC0415 - `chatsim --help` needs none of it
    from chatsim.cli.comparing import (  # noqa: PLC0415
        Limits,
        compare_versions,
        exit_code,
        save_witnesses,
        write_comparison,
    )
    from chatsim.cli.running import time_limit  # noqa: PLC0415

    with refusals():
        limits = Limits(max_states, max_depth, time_limit(max_time, "--max-time"))
        given = credentials_of(tuple(credentials or ()))
        comparison = compare_versions(old, new, traces or (), limits, restore=restore, credentials=given)
        try:
            saved = save_witnesses(comparison, witnesses) if witnesses is not None else {}
            write_comparison(comparison, json_file, most, saved)
        except OSError as error:
            refuse(f"cannot write {error.filename}: {error.strerror}")
    raise typer.Exit(exit_code(comparison))
