"""``chatsim run``: run scenarios."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from chatsim.cli.refusal import refusals

ALL = "--cov="
"""Measure all bots."""


class RunCommand(TyperCommand):
    """The command, in which ``--cov`` takes no value but one after ``=``: what follows it may be a path."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read *args*."""
        end = args.index("--") if "--" in args else len(args)
        return super().parse_args(ctx, [ALL if arg == "--cov" and at < end else arg for at, arg in enumerate(args)])


def run(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATHS]...",
            help="Files, folders (searched for *.chat.yaml), or FILE::NAME for one scenario, FILE::NAME[CASE] for "
            "one case. Without any: the current folder.",
            show_default=False,
        ),
    ] = None,
    *,
    select: Annotated[
        str,
        typer.Option(
            "-k",
            metavar="EXPR",
            help="Only scenarios whose FILE::NAME contains this: words with and, or, not and parentheses; "
            "'a phrase' in quotes.",
            show_default=False,
        ),
    ] = "",
    tag: Annotated[
        str,
        typer.Option(
            metavar="EXPR",
            help="Only scenarios with these tags: a tag, or several with and, or, not and parentheses.",
            show_default=False,
        ),
    ] = "",
    all_phrasings: Annotated[
        bool,
        typer.Option(
            "--all-phrasings", help="Run every scenario with each phrasing under `user: {one_of: …}`, not with one."
        ),
    ] = False,
    max_cases: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="How many tests may come of one scenario; 500 if not given."),
    ] = None,
    first: Annotated[bool, typer.Option("-x", "--exitfirst", help="Stop after the first failure.")] = False,
    maxfail: Annotated[
        int, typer.Option(metavar="N", min=0, help="Stop after N failures; 0 never stops.", show_default=False)
    ] = 0,
    report: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORMAT=FILE",
            help="Also write a report: junit=FILE, json=FILE, or html=FILE, a page to look at. May be given again.",
            show_default=False,
        ),
    ] = None,
    update: Annotated[
        bool,
        typer.Option(
            "--update", help="Rewrite the expectations that fail with what the bot said, and show the difference."
        ),
    ] = False,
    seed: Annotated[
        int, typer.Option(metavar="N", min=0, help="Decides over chance (random, uuid, secrets) in every turn.")
    ] = 0,
    timeout: Annotated[
        str,
        typer.Option(
            metavar="TIME",
            help="How long a scenario may take, and a bot to load: 90s, 5m; 0s is for ever. A scenario's own `timeout` "
            "wins.",
        ),
    ] = "60s",
    cov: Annotated[
        list[str] | None,
        typer.Option(
            "--cov",
            metavar="[=BOT]",
            help="Show what of the bots the scenarios reach. With =module:object, of this bot alone; may be given again.",
            show_default=False,
        ),
    ] = None,
    cov_report: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORMAT[:FILE]",
            help="Also write that to a file: json, lcov, markdown, html. May be given again.",
            show_default=False,
        ),
    ] = None,
    cov_fail_under: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND:PERCENT",
            help="Fail if less is reached, for example transitions:90. May be given again.",
            show_default=False,
        ),
    ] = None,
    cov_append: Annotated[
        bool, typer.Option("--cov-append", help="Count what earlier runs reached as well (.chatsim-coverage).")
    ] = False,
    cov_suggest: Annotated[
        bool, typer.Option("--cov-suggest", help="Search for the shortest conversation to what was not reached.")
    ] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Name every scenario.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only failures and the summary.")] = False,
) -> None:
    """Run the scenarios in PATHS.

    The exit code is 0 when all held (with --update: when all hold now), 1 when a scenario failed or coverage falls
    short, 2 when something could not be loaded or nothing was found, 130 when interrupted.
    """
    from chatsim.cli.measuring import CoverageOptions  # noqa: PLC0415 - `chatsim --help` needs none of it
    from chatsim.cli.running import Options, run_scenarios, time_limit  # noqa: PLC0415

    with refusals():
        options = Options(
            targets=tuple(paths or ["."]),
            select=select,
            maxfail=1 if first else maxfail,
            reports=tuple(report or ()),
            verbosity=int(verbose) - int(quiet),
            tags=tag,
            all_phrasings=all_phrasings,
            update=update,
            seed=seed,
            timeout=time_limit(timeout),
            coverage=CoverageOptions(
                tuple(cov or ()), tuple(cov_report or ()), tuple(cov_fail_under or ()), cov_append, cov_suggest
            ),
            **({} if max_cases is None else {"max_cases": max_cases}),
        )
        raise typer.Exit(run_scenarios(options))
