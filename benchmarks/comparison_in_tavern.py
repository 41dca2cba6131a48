"""Run the Tavern example of docs/comparison.md, against the bot of that page behind a small HTTP server.

    python benchmarks/comparison_in_tavern.py

It passes, and fails once a word of it is changed.  Tavern 3.7 needs pytest 8: TAVERN_PYTHON names an interpreter that
has both, else an environment is made for it with pip.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

from against_tavern import tavern_python

from chatsim.bots.loading import load_bot
from chatsim.session import Session

PAGE = Path(__file__).parent.parent / "docs" / "comparison.md"
ADDRESS = ("127.0.0.1", 8000)


class Stand(BaseHTTPRequestHandler):
    """The bot behind ``/messages`` and ``/webhook``."""

    folder: ClassVar[Path]
    sessions: ClassVar[dict[str, Session]] = {}

    def do_POST(self) -> None:
        """Hand the bot what came, and answer with its replies."""
        data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        chat = data.pop("chat")
        session = self.sessions.setdefault(chat, Session(load_bot("stand:bot", self.folder), chat))
        turn = session.callback(data) if self.path == "/webhook" else session.send(data["text"])
        replies = [
            {"text": reply.text, "options": [option.title for option in reply.options]} for reply in turn.replies
        ]
        body = json.dumps({"replies": replies}).encode()
        self.send_response(200 if turn.error is None else 500)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Say nothing."""


def block(start: str) -> str:
    """Return the block of the page that begins so."""
    found = re.search(rf"^```{re.escape(start)}[^\n]*\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found, f"{PAGE} has no block {start}"
    return found[1]


def run(python: str, folder: Path, text: str) -> str:
    """Return what Tavern says of *text*."""
    Stand.sessions.clear()
    (folder / "test_stand.tavern.yaml").write_text(text, "utf-8")
    command = [python, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", "test_stand.tavern.yaml"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def main() -> None:
    """Run it, right and wrong."""
    server = HTTPServer(ADDRESS, Stand)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        folder = Stand.folder = Path(name)
        (folder / "stand.py").write_text(block("python\n# stand.py"), "utf-8")
        python = tavern_python(folder / "venv")
        text = block("yaml file=test_stand.tavern.yaml")
        right, wrong = run(python, folder, text), run(python, folder, text.replace("Receipt r-", "Receipt "))
    print(right, wrong, sep="\n")
    assert "1 passed" in right, right
    assert "1 failed" in wrong, wrong


if __name__ == "__main__":
    sys.exit(main())
