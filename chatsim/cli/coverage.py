"""``chatsim coverage``: add up, show and compare what conversations reached."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chatsim.cli.refusal import refusals

app = typer.Typer(
    help="Add up, show and compare what of a bot conversations reached (chatsim run --cov, pytest --chatsim-cov).",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_EXCLUDE = typer.Option(
    metavar="PATTERN",
    help="Do not count this, for example 'state debug_*' or 'transition * -> help'. May be given again.",
    show_default=False,
)


@app.command("report")
def report(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILES]...",
            help="Data files, or traces that chatsim.record wrote. Without any: .chatsim-coverage of this project.",
            show_default=False,
        ),
    ] = None,
    *,
    every: Annotated[
        bool, typer.Option("--all", "-a", help="Name all that is not reached, and all that is excluded.")
    ] = False,
    bot: Annotated[
        list[str] | None,
        typer.Option(metavar="BOT", help="Only this bot, module:object. May be given again.", show_default=False),
    ] = None,
    report: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORMAT[:FILE]",
            help="Also write the report to a file: json, lcov, markdown, html. May be given again.",
            show_default=False,
        ),
    ] = None,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND:PERCENT",
            help="Fail if less is reached, for example transitions:90. May be given again.",
            show_default=False,
        ),
    ] = None,
    exclude: Annotated[list[str] | None, _EXCLUDE] = None,
    suggest: Annotated[
        bool,
        typer.Option(
            "--suggest",
            help="Search for the shortest conversation to each thing that is not reached, and show it as a scenario. "
            "With --all, to pairs of transitions, too.",
        ),
    ] = False,
    max_time: Annotated[
        str, typer.Option(metavar="TIME", help="How long to search each bot: 10s, 5m; 0s is for ever.")
    ] = "10s",
) -> None:
    """Show what was reached, and what was not.

    The exit code is 0, 1 when less was reached than is asked for, 2 when a file cannot be read.
    """
    from chatsim.cli.covering import Shown, show_report  # noqa: PLC0415 - `chatsim --help` needs none of it
    from chatsim.cli.running import time_limit  # noqa: PLC0415

    with refusals():
        shown = Shown(
            tuple(files or ()),
            bots=tuple(bot or ()),
            reports=tuple(report or ()),
            fail_under=tuple(fail_under or ()),
            exclude=tuple(exclude or ()),
            every=every,
            suggest=suggest,
            seconds=time_limit(max_time, "--max-time"),
        )
        raise typer.Exit(show_report(shown))


@app.command("combine")
def combine(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILES]...",
            help="Data files, or traces that chatsim.record wrote. Without any: what runs that were cut off left behind.",
            show_default=False,
        ),
    ] = None,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Where to write; by default .chatsim-coverage of this project.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Add FILES up into one.

    A file that is added twice counts once. The exit code is 0, or 2 when a file cannot be read or written.
    """
    from chatsim.cli.covering import combine_files  # noqa: PLC0415 - `chatsim --help` needs none of it

    with refusals():
        raise typer.Exit(combine_files(tuple(files or ()), output))


@app.command("diff")
def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help="The data file from before.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="The data file from now.")],
    *,
    strict: Annotated[
        bool, typer.Option("--strict", help="Also fail for what is new in the bot and not reached.")
    ] = False,
    exclude: Annotated[list[str] | None, _EXCLUDE] = None,
) -> None:
    """Show what coverage gained and lost from A to B.

    The exit code is 0, 1 when something that was reached is not reached any more, 2 when a file cannot be read.
    """
    from chatsim.cli.covering import show_diff  # noqa: PLC0415 - `chatsim --help` needs none of it

    with refusals():
        raise typer.Exit(show_diff(before, after, strict=strict, exclude=tuple(exclude or ())))
