"""The commands, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from chatsim.cli import chat, check, compare, coverage, explore, graph, init, run, scenario, schema

app = typer.Typer(
    name="chatsim",
    help="Write conversations down, and hold your bot to them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # the pretty help takes half a second to import
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run", cls=run.RunCommand)(run.run)
app.command("chat")(chat.chat)
app.command("check")(check.check)
app.command("graph")(graph.graph)
app.command("explore")(explore.explore)
app.command("compare")(compare.compare)
app.command("init")(init.init)
app.command("scenario")(scenario.scenario)
app.command("schema")(schema.schema)
app.add_typer(coverage.app, name="coverage")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version  # noqa: PLC0415 - only for those who ask

        typer.echo(f"chatsim {version('chatsim')}")
        raise typer.Exit


@app.callback()
def chatsim(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Write conversations down, and hold your bot to them."""
