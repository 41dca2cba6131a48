"""Draw pictures: by Graphviz where it is there and comes to an end in time, otherwise by a layout of our own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from chatsim.errors import SetupError
from chatsim.extras import require
from chatsim.graph.formats.dot import dot_of
from chatsim.graph.formats.svg import arranged, svg_of
from chatsim.graph.view import View

Kind: TypeAlias = Literal["svg", "png", "pdf"]

TIME_LIMIT = 20.0
"""How many seconds Graphviz has, if nobody says otherwise: for a random graph of 500 states it needs minutes."""

PURE = "graphviz-pure"
"""The program of the package of that name, which needs nothing of the system."""

_SHARP, _BLURRED = 144, 72
"""Dots for each inch of a small picture, and of one of more than `_LARGE` boxes, whose file would grow too large."""

_LARGE = 100

_MANY, _DENSE = 400, 4
"""With more arrows than so many, and than so many for each box, ``dot`` takes minutes."""
_UNABLE = {PURE: frozenset({"pdf"})}


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file, and what there is to say about how it was made."""

    data: bytes
    notes: tuple[str, ...] = ()


def draw(drawn: View, kind: Kind, *, time_limit: float = TIME_LIMIT) -> Picture:
    """Return *drawn* as an image.

    It is laid out by the system's ``dot``, or by graphviz-pure.  Where neither is installed, `time_limit` seconds are
    over, or are sure not to be enough, it is laid out by chatsim itself, and the picture's notes say so.  Raises
    `SetupError` with what to install where *kind* cannot be drawn at all.
    """
    program = next((found for found in _programs() if kind not in _UNABLE.get(Path(found).stem, ())), None)
    if program is None and kind != "svg":
        raise SetupError(f"a picture as {kind} needs Graphviz: {_cure(kind)}. Or write it as svg, mermaid or html")
    if program is None:
        return Picture(svg_of(drawn).encode(), (f"drawn by chatsim's own layout; Graphviz draws it nicer: {_cure()}",))
    command = [program, f"-T{kind}", *_resolution(kind, drawn)]
    if time_limit <= TIME_LIMIT and _is_dense(drawn):
        note = f"more arrows than Graphviz lays out in {TIME_LIMIT:g} s (give it more: --time-limit): laid out by chatsim itself"
    else:
        try:
            return Picture(_run(command, dot_of(drawn), time_limit))
        except subprocess.TimeoutExpired:
            note = f"Graphviz did not come to an end within {time_limit:g} s (--time-limit): laid out by chatsim itself"
    if kind == "svg":
        return Picture(svg_of(drawn).encode(), (note,))
    return Picture(_placed(command, drawn, max(time_limit, TIME_LIMIT)), (note,))


def _is_dense(drawn: View) -> bool:
    return len(drawn.edges) > _MANY and len(drawn.edges) > _DENSE * len(drawn.nodes)


def _placed(command: list[str], drawn: View, time_limit: float) -> bytes:
    """Return *drawn* laid out by chatsim, and painted by Graphviz, which then has no more to think about."""
    _, layout = arranged(drawn)
    places = {node.id: at for node, at in zip(drawn.nodes, layout.boxes, strict=True)}
    straight = ["-Kneato", "-n2", "-Gsplines=line"]
    try:
        return _run([*command, *straight], dot_of(drawn, places=places), time_limit)
    except subprocess.TimeoutExpired:
        raise SetupError(
            f"Graphviz does not even paint this within {time_limit:g} s. Draw fewer boxes (--limit 50), or an svg"
        ) from None


def _resolution(kind: Kind, drawn: View) -> list[str]:
    return [f"-Gdpi={_SHARP if len(drawn.nodes) <= _LARGE else _BLURRED}"] if kind == "png" else []


def _programs() -> list[str]:
    """Return the programs that can lay a graph out, the best first; none without the package that runs them."""
    try:
        require("graphviz.backend.execute", "svg", "a picture")
    except SetupError:
        return []
    beside = Path(sysconfig.get_path("scripts")) / (f"{PURE}.exe" if sys.platform == "win32" else PURE)
    found = [shutil.which("dot"), shutil.which(PURE), str(beside) if beside.is_file() else None]
    return [program for program in found if program is not None]


def _run(command: list[str], text: str, time_limit: float) -> bytes:
    """Return what *command* writes for *text*; raise `SetupError` where it fails."""
    execute = require("graphviz.backend.execute", "svg", "a picture")
    run_check: Callable[..., subprocess.CompletedProcess[bytes]] = execute.run_check
    try:
        done = run_check(command, input=text.encode(), capture_output=True, quiet=True, timeout=time_limit)
    except (execute.CalledProcessError, execute.ExecutableNotFound) as error:
        words = getattr(error, "stderr", b"") or str(error).encode()
        raise SetupError(f"{Path(command[0]).name} failed: {words.decode(errors='replace').strip()[:500]}") from None
    return done.stdout


def _cure(kind: Kind = "svg") -> str:
    return 'pip install "chatsim[svg]"' + (
        ", and Graphviz itself for pdf: https://graphviz.org" if kind == "pdf" else ""
    )
