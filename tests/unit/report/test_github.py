"""Annotations for GitHub Actions."""

from chatsim.report.github import github_annotations
from chatsim.report.results import FileResult, RunResult


class TestAnnotations:
    def test_errors_and_failures(self, run):
        assert github_annotations(run) == [
            "::error file=nope,line=1,title=cannot be loaded::there is no such file or folder",
            "::error file=b.chat.yaml,line=3,col=5,title=cannot be loaded::unknown key 'usr'%0Adid you mean 'user'?",
            "::error file=a.chat.yaml,line=7,col=5,title=pays::bot: Oh no%0A  - Paid%0A  + Oh no%0A  ✓ options: x",
        ]

    def test_a_bot_forges_nothing(self, failing):
        """Whatever a bot says stays in the one line of its annotation."""
        result = RunResult((FileResult("a", (failing("50%\n::error::x\r\n##[x]", name="a, b: c"),)),))
        (line,) = github_annotations(result)
        assert line.startswith("::error file=a.chat.yaml,line=7,col=5,title=a%2C b%3A c::bot: 50%25%0A::error::x\\r%0A")
        assert "\n" not in line
