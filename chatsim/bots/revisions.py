"""Load a bot as it was at a git revision, beside the one of today."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

from chatsim.bots.base import Bot
from chatsim.bots.loading import load_bot, load_object
from chatsim.bots.modules import FolderModules, own_modules
from chatsim.errors import SetupError
from chatsim.trace import JsonObject

_TIME_LIMIT = 120


def split_revision(target: str) -> tuple[str, str]:
    """Return the revision and the reference in ``REVISION:module:object``; the revision is empty where there is none.

    >>> split_revision("v1.2:shop.bot:Menu"), split_revision("shop.bot:Menu")
    (('v1.2', 'shop.bot:Menu'), ('', 'shop.bot:Menu'))
    """
    revision, colon, reference = target.partition(":")
    return (revision, reference) if colon and ":" in reference else ("", target)


@contextmanager
def at_revision(revision: str, folder: Path) -> Iterator[FolderModules]:
    """Give the modules of *folder* as they were at *revision* of its git repository, until the block is left.

    They are imported under private names, so that nothing is shared with the bot of today; the repository, its index
    and its working tree are not touched.  Raises `SetupError` where there is no git, no repository, or no such
    revision.
    """
    top = Path(_git(folder, "rev-parse", "--show-toplevel").strip())
    commit = _commit(revision, folder)
    inside = folder.resolve().relative_to(top.resolve())
    with tempfile.TemporaryDirectory(prefix="chatsim-") as place:
        tree = Path(place) / "tree"
        # An index of its own: not `git worktree`, which leaves traces, nor `git archive`, which leaves files out.
        index = {"GIT_INDEX_FILE": str(Path(place) / "index")}
        _git(top, "read-tree", commit, environment=index)
        _git(top, "checkout-index", "--all", f"--prefix={tree}{os.sep}", environment=index)
        then = tree / inside
        if not then.is_dir():
            raise SetupError(f"at {revision} there is no folder {inside} in {top}")
        modules = own_modules(then)
        try:
            yield modules
        finally:
            modules.release()


def load_bot_at(reference: str, modules: FolderModules, credentials: JsonObject | None = None) -> Bot:
    """Return the bot that *reference* names among *modules*, which `at_revision` gave.

    Raises `SetupError` as `chatsim.bots.loading.load_bot` does, and where the module is not one of *modules*: what is
    installed is of today.
    """
    _insist(reference, modules)
    return load_bot(reference, modules, credentials)


def load_object_at(reference: str, modules: FolderModules) -> object:
    """Return the object that *reference* names among *modules*, whether it is a bot or not; errors as `load_bot_at`."""
    _insist(reference, modules)
    return load_object(reference, modules)[1]


def _insist(reference: str, modules: FolderModules) -> None:
    top = reference.partition(":")[0].partition(".")[0]
    if not modules.has(top):
        raise SetupError(
            f"bot {reference!r}: at that revision there is no module {top!r} in the folder. "
            "Name the folder as well: REVISION:folder/module:object"
        )


def _commit(revision: str, folder: Path) -> str:
    try:
        return _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    except SetupError:
        raise SetupError(f"{revision!r} is no revision of the git repository in {folder}") from None


def _git(folder: Path, *arguments: str, environment: dict[str, str] | None = None) -> str:
    git = which("git")
    if git is None:
        raise SetupError("a bot at a revision is read by git, and git is not installed")
    try:
        done = subprocess.run(  # noqa: S603 - a program that was looked for, and its arguments, no shell
            [git, "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=_TIME_LIMIT,
            check=True,
            env={**os.environ, **(environment or {})},
        )
    except subprocess.CalledProcessError as error:
        raise SetupError(f"git in {folder}: {error.stderr.strip() or f'exit code {error.returncode}'}") from None
    except subprocess.TimeoutExpired:
        raise SetupError(f"git in {folder} did not answer within {_TIME_LIMIT} s") from None
    return done.stdout
