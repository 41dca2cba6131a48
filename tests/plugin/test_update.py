"""``pytest --chatsim-update``: scenarios that failed are rewritten at the end, by one process."""

import pytest


class TestUpdate:
    @pytest.mark.parametrize("workers", [[], ["-n2"]])
    def test_what_failed_passes_now(self, project, pytester, workers):
        project.add(order=project.order, wrong=project.wrong)
        result = pytester.runpytest_subprocess("--chatsim-update", *workers)
        assert result.ret == 0
        result.stdout.fnmatch_lines(
            ["-  - bot: Which colour[?]", "+  - bot: Which size[?]", "✓ 1 expectation in 1 file updated"]
        )
        result.assert_outcomes(passed=4)
        assert "1 updated" in result.stdout.str()
        assert "- bot: Which size?" in (project.path / "wrong.chat.yaml").read_text().split("fails:")[1]
        assert pytester.runpytest_subprocess().ret == 0

    def test_other_failures_count(self, project, pytester):
        project.add(wrong=project.wrong, crash=project.crash, broken=project.broken)
        pytester.makepyfile("def test_x(): assert False")
        crash = (project.path / "crash.chat.yaml").read_bytes()
        result = pytester.runpytest_subprocess("--chatsim-update")
        assert result.ret == 1
        result.stdout.fnmatch_lines(["crash.chat.yaml:*: not updated: crashes: the bot raised ValueError*"])
        result.stdout.fnmatch_lines(["✗ 1 expectation in 1 file updated, 1 file left as it is"])
        assert (project.path / "crash.chat.yaml").read_bytes() == crash

    def test_nothing_to_do(self, project, pytester):
        project.add(order=project.order)
        result = pytester.runpytest_subprocess("--chatsim-update")
        assert result.ret == 0
        result.stdout.fnmatch_lines(["✓ nothing to update"])

    def test_interrupted(self, project, pytester):
        """Who stops a run does not want files to change."""
        project.add(wrong=project.wrong)
        pytester.makepyfile(test_z="def test_x(): raise KeyboardInterrupt")
        before = (project.path / "wrong.chat.yaml").read_bytes()
        assert pytester.runpytest_subprocess("--chatsim-update").ret == 2
        assert (project.path / "wrong.chat.yaml").read_bytes() == before

    def test_without_a_terminal_reporter(self, project, pytester):
        project.add(wrong=project.wrong)
        assert pytester.runpytest_subprocess("--chatsim-update", "-p", "no:terminal").ret == 0
