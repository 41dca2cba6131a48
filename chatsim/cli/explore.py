"""``chatsim explore``: find the conversation that breaks a bot."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chatsim.cli.refusal import refusals


def explore(
    bot: Annotated[
        str, typer.Argument(metavar="MODULE:OBJECT", help="The bot; looked for in the current folder first.")
    ],
    *,
    max_states: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Stop after N snapshots.", show_default=False)
    ] = None,
    max_depth: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="No conversation longer than N turns.", show_default=False)
    ] = None,
    max_time: Annotated[str, typer.Option(metavar="TIME", help="Stop after 30s, 5m …; 0s is for ever.")] = "60s",
    inputs: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What to try as well: a YAML list of steps, or Python with @alphabet.",
            show_default=False,
        ),
    ] = None,
    properties: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What must hold as well: a YAML list of always, sometimes and eventually, each with an expression, or "
            "Python with @property_always and its kin.",
            show_default=False,
        ),
    ] = None,
    only_inputs: Annotated[
        bool, typer.Option("--only-inputs", help="Try what --inputs says, and nothing else.")
    ] = False,
    projection: Annotated[
        str, typer.Option(metavar="NAME", help="Which snapshots count as one: buckets, exact, or MODULE:FUNCTION.")
    ] = "buckets",
    faults: Annotated[
        bool, typer.Option("--faults/--no-faults", help="Deliver twice, at once, late, and let the process die.")
    ] = True,
    off: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help="Do not look for this kind. May be given again.", show_default=False),
    ] = None,
    error: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help="Let this kind be an error. May be given again.", show_default=False),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail for warnings as well.")] = False,
    json_file: Annotated[
        Path | None,
        typer.Option(
            "--json", metavar="FILE", help="Write the result as JSON; - is standard output.", show_default=False
        ),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write a page that plays every finding.", show_default=False),
    ] = None,
    save_witnesses: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write every finding's chat as a scenario that fails.", show_default=False),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Show only what is not in this earlier --json FILE.", show_default=False),
    ] = None,
    credentials: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="A credential for the bot. May be given again.", show_default=False),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Decides over chance in every turn.")] = 0,
    cov: Annotated[
        bool, typer.Option("--cov", help="Add what the search reached to the coverage of this project.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only findings and the last line.")] = False,
) -> None:
    """Search what a bot can reach, and show the shortest chat for everything that is wrong.

    The exit code is 0 when there is no error (with --strict: nothing at all), 1 when there is one, 2 when the bot could
    not be loaded, 130 when interrupted with nothing found.
    """
    from chatsim.cli.exploring import Wish, explore_bot  # noqa: PLC0415 - `chatsim --help` needs none of it
    from chatsim.cli.running import time_limit  # noqa: PLC0415

    with refusals():
        wish = Wish(
            bot,
            max_states=max_states,
            max_depth=max_depth,
            max_time=time_limit(max_time, "--max-time"),
            inputs=inputs,
            properties=properties,
            only_inputs=only_inputs,
            projection=projection,
            faults=faults,
            off=tuple(off or ()),
            error=tuple(error or ()),
            strict=strict,
            json_file=json_file,
            page=page,
            witnesses=save_witnesses,
            baseline=baseline,
            credentials=tuple(credentials or ()),
            seed=seed,
            quiet=quiet,
            coverage=cov,
        )
        raise typer.Exit(explore_bot(wish))
