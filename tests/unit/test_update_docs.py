"""What docs/update-and-record.md shows is what happens."""

import os
import re
import subprocess
import sys
from pathlib import Path

DOC = Path(__file__).parents[2] / "docs" / "update-and-record.md"
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def without_times(text):
    return re.sub(r"\d+\.\d+ s", "0.00 s", text)


def printed(command, folder):
    command = re.sub(r"^chatsim ", f"{sys.executable} -m chatsim ", re.sub(r"^python ", f"{sys.executable} ", command))
    environment = {name: value for name, value in os.environ.items() if name not in {"GITHUB_ACTIONS", "FORCE_COLOR"}}
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={**environment, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


class TestDocs:
    def test_examples(self, tmp_path):
        blocks = BLOCK.findall(DOC.read_text("utf-8"))
        assert len(blocks) == 5
        for _, file, body in blocks:
            if file:
                (tmp_path / file).write_text(body, "utf-8")
                continue
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, _, expected = part.partition("\n")
                assert without_times(printed(command, tmp_path)) == without_times(expected)
