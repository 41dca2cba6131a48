"""A run as JSON."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatsim.report.json_file import json_report
from chatsim.report.results import FileResult, RunResult


class TestJsonReport:
    def test_everything(self, run):
        assert json.loads(json_report(run)) == {
            "summary": {"passed": 1, "failed": 1, "errors": 2, "skipped": 1, "xfailed": 0, "xpassed": 0},
            "scenarios": [
                {"id": "greets[small]", "file": "a.chat.yaml", "line": 2, "outcome": "passed", "seconds": 0.25, "message": ""},
                {
                    "id": "pays",
                    "file": "a.chat.yaml",
                    "line": 7,
                    "outcome": "failed",
                    "seconds": 0.5,
                    "message": "bot: Oh no\n  - Paid\n  + Oh no\n  ✓ options: x",
                },
                {
                    "id": "waits",
                    "file": "a.chat.yaml",
                    "line": 9,
                    "outcome": "skipped",
                    "seconds": 0.0,
                    "message": "the run stopped before it",
                },
            ],
            "errors": [
                {"file": "nope", "line": 0, "column": 0, "message": "there is no such file or folder"},
                {"file": "b.chat.yaml", "line": 3, "column": 5, "message": "unknown key 'usr'\ndid you mean 'user'?"},
            ],
        }  # fmt: skip

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(text=st.text(st.characters(), max_size=30))
    def test_any_text_is_json_in_utf_8(self, failing, text):
        """Half a character is shown as an escape; everything else comes back as it was."""
        report = json_report(RunResult((FileResult("a", (failing(text),)),))).encode()
        message = json.loads(report)["scenarios"][0]["message"]
        if not any(0xD800 <= ord(char) <= 0xDFFF for char in text):
            assert message.startswith(f"bot: {text}\n")
