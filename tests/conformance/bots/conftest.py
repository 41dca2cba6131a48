"""Bots that others published, taken from their packages when the tests run."""

import logging
import os
import shutil
import subprocess
import sys
import tarfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from chatsim.bots.loading import load_bot
from chatsim.jsondata import to_json
from chatsim.session import Session

# These are run by the tests beside them, which put the published bots next to a copy.
collect_ignore_glob = ["**/*.chat.yaml"]


def _source_distribution(package, config, tmp_path_factory):
    """Return the source distribution of the installed version of *package*, downloaded once; skip without it."""
    try:
        wanted = version(package)
    except PackageNotFoundError:
        pytest.skip(f"{package} is not installed: pip install 'chatsim[test]'")
    cache = getattr(config, "cache", None)  # there is none under -p no:cacheprovider
    kept = Path(cache.mkdir("published-bots")) if cache else tmp_path_factory.mktemp("published-bots")
    folder = kept / f"{package}-{wanted}"
    if not list(folder.glob("*.tar.gz")):
        # Not `:all:`, or whatever the package is built with would be built from its source, and so on.
        command = ["pip", "download", "--quiet", "--no-deps", "--no-binary", package, f"{package}=={wanted}"]
        own = tmp_path_factory.mktemp("download")  # another worker may be at it as well
        done = subprocess.run(
            [sys.executable, "-m", *command, "--dest", str(own)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"the source distribution of {package} {wanted} cannot be had: {done.stderr.strip()[-200:]}")
        folder.mkdir(parents=True, exist_ok=True)
        for archive in own.glob("*.tar.gz"):
            moved = Path(shutil.copy(archive, folder / f".{os.getpid()}"))
            moved.replace(folder / archive.name)
    return next(folder.glob("*.tar.gz"))


@pytest.fixture(scope="session")
def telegram_examples(request, tmp_path_factory):
    """The folder with the examples of python-telegram-bot, as they are published."""
    archive = _source_distribution("python-telegram-bot", request.config, tmp_path_factory)
    folder = tmp_path_factory.mktemp("telegram")
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            parts = Path(member.name).parts
            if len(parts) == 3 and parts[1] == "examples" and member.isfile():
                (folder / parts[2]).write_bytes(tar.extractfile(member).read())
    return folder


@pytest.fixture
def telegram(telegram_examples, tmp_path, monkeypatch):
    """Begin a chat with an example, in an empty working directory; the logging that its module sets up does not stay."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)

    def begin(name):
        return Session(load_bot(f"{name}:main", telegram_examples, anew=True))

    return begin


@pytest.fixture
def hold():
    """Hold a chat against what was written down: pairs of an event and what must come of it.

    An event is a function of the session, or a text to send.  What must come is the replies' texts and the state;
    afterwards the chat is played again from every snapshot, which must give the same turns and stay as it was.
    """

    def hold(session, *lines):
        for event, replies, state in lines:
            turn = session.send(event) if isinstance(event, str) else event(session)
            assert turn.error is None, turn.error
            assert ([reply.text for reply in turn.replies], turn.state) == (replies, state)
        before = session.start
        for turn in session.turns:
            kept = to_json(before)
            assert session.bot.step(before, turn.event) == turn
            assert to_json(before) == kept
            before = turn.snapshot

    return hold
