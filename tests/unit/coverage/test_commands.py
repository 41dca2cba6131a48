"""``chatsim run --cov`` and ``chatsim coverage``: measured, added up, shown, compared, and what is suggested."""

import json

import pytest
from typer.testing import CliRunner

from chatsim import record
from chatsim.cli.app import app
from chatsim.coverage.data import BotId, Coverage, Recorded
from chatsim.coverage.facts import Ended
from chatsim.coverage.files import DATA_FILE, read_coverage, write_coverage
from chatsim.coverage.recorder import Recorder

SHOP = BotId("Shop", "shop.py")


def run(*args, code=0):
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    assert result.exit_code == code, result.output
    return result.output


def has(output, *lines):
    """Say which of *lines* stand in *output*, blanks aside."""
    found = {" ".join(line.split()) for line in output.splitlines()}
    return [line for line in lines if line not in found]


class TestRun:
    def test_table(self, project):
        output = run("run", "--cov")
        missing = has(
            output,
            "shop:Shop shop.py, 1 conversation",
            "states 2 of 6 33% ━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌",
            "transitions 1 of 7 14% ━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌",
            "guards 0 of 4 0% ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌",
            "options 0 of 2 0% ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌",
            "callbacks 0 of 1 0% ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌",
            "ends 0 of 1 0% ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌",
            "shop.py:22 state read",
            "shop.py:9 transition read → pay",
            "shop.py:9 guard read: buys never true",
            "shop.py:17 option menu: Buy",
        )
        assert missing == []

    def test_without_it(self, project):
        """Nothing is measured, shown or written."""
        assert "coverage" not in run("run")
        assert not (project / DATA_FILE).exists()

    def test_everything(self, whole):
        output = run("run", "--cov")
        assert has(output, "states 6 of 6 100% ━━━━━━━━━━━━━━━━━━━━") == []
        assert has(output, "callbacks 1 of 1 100% ━━━━━━━━━━━━━━━━━━━━", "ends 1 of 1 100% ━━━━━━━━━━━━━━━━━━━━") == []

    def test_a_path_after_it(self, project):
        """Only what stands after = is a bot."""
        assert "states" in run("run", "--cov", "greets.chat.yaml")

    def test_one_bot(self, project):
        assert "states" in run("run", "--cov=shop:Shop")

    def test_a_bot_that_nobody_talked_with(self, project):
        (project / "other.py").write_text((project / "shop.py").read_text().replace("class Shop", "class Other"))
        output = run("run", "--cov=other:Other", "--cov-fail-under", "states:1", code=1)
        assert has(output, "other:Other other.py, 0 conversations", "states 0 of 6 0% ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌") == []

    def test_a_bot_that_is_not_there(self, project):
        assert "no module 'shpo'" in run("run", "--cov=shpo:Shop", code=2)

    def test_limits(self, project):
        output = run("run", "--cov-fail-under=states:30", "--cov-fail-under", "transitions:50", code=1)
        missing = has(
            output,
            "✓ coverage of states: 33%, 30% are asked for",
            "✗ coverage falls short: transitions 14.3% (1 of 7), and 50% are asked for",
        )
        assert missing == []

    def test_limits_in_the_settings(self, project):
        with (project / "pyproject.toml").open("a") as file:
            file.write("[tool.chatsim.coverage]\nfail_under = {states = 50}\n")
        run("run", "--cov", code=1)
        run("run", "--cov", "--cov-fail-under=states:10")

    def test_a_failure_goes_first(self, project):
        (project / "bad.chat.yaml").write_text("bot: shop:Shop\nscenarios:\n  fails:\n  - user: null\n  - bot: Never\n")
        assert "falls short" in run("run", "--cov-fail-under=states:99", code=1)
        (project / "bad.chat.yaml").write_text("bot: shpo:Shop\nscenarios:\n  fails:\n  - user: null\n")
        run("run", "--cov-fail-under=states:99", code=2)

    @pytest.mark.parametrize(
        ("option", "says"),
        [
            ("--cov-fail-under=sates:1", "Did you mean 'states'"),
            ("--cov-report=jsno", "Did you mean 'json'"),
        ],
    )
    def test_refused(self, project, option, says):
        """Before anything runs."""
        output = run("run", option, code=2)
        assert says in output
        assert "passed" not in output

    def test_reports(self, project):
        run("run", "--cov", *(f"--cov-report={name}" for name in ("json", "lcov:out/bot.info", "markdown", "html")))
        assert json.loads((project / "chatsim-coverage.json").read_text())["summary"]["states"]["covered"] == 2
        assert (project / "out/bot.info").read_text().startswith("TN:chatsim\nSF:shop.py\n")
        assert "| `shop:Shop` | 33% (2/6) |" in (project / "chatsim-coverage.md").read_text()
        assert (project / "chatsim-coverage.html").read_text().startswith("<!doctype html>")

    def test_a_report_that_cannot_be_written(self, project):
        assert "cannot be written" in run("run", "--cov-report=json:greets.chat.yaml/x", code=2)

    def test_on_github(self, project, monkeypatch):
        page = project / "page.md"
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
        run("run", "--cov")
        assert "### chatsim coverage" in page.read_text()

    def test_appended(self, project):
        run("run", "--cov")
        (project / "greets.chat.yaml").write_text((project / "greets.chat.yaml").read_text().replace("greets", "hails"))
        assert "2 conversations" in run("run", "--cov-append")
        assert "1 conversation" in run("run", "--cov")

    def test_nothing_is_left_behind(self, project):
        run("run", "--cov")
        assert [path.name for path in project.glob(f"{DATA_FILE}*")] == [DATA_FILE]

    def test_from_a_folder_below(self, project, monkeypatch):
        """Files are named from the project's folder, where the data is kept."""
        (project / "below").mkdir()
        monkeypatch.chdir(project / "below")
        run("run", "--cov", "..")
        assert list(read_coverage(project / DATA_FILE).bots) == [SHOP]

    def test_suggested(self, project):
        output = run("run", "--cov", "--cov-suggest")
        assert "scenarios reach what was not reached" in output
        written = output[output.index("bot: shop:Shop\nscenarios:") :]
        (project / "more.chat.yaml").write_text(written)
        assert "guards           4 of 4" in run("run", "--cov")


class TestReport:
    def test_of_the_last_run(self, project):
        run("run", "--cov")
        assert has(run("coverage", "report"), "states 2 of 6 33% ━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌") == []

    def test_all(self, project):
        """Everything is named, pairs and what is excluded as well."""
        shop = (project / "shop.py").read_text()
        (project / "shop.py").write_text(
            shop.replace("def on_enter_paid(self):", "def on_enter_paid(self):  # chatsim: no cover")
        )
        run("run", "--cov")
        output = run("coverage", "report", "--all", "--exclude", "option *: Leave")
        missing = has(
            output,
            "shop.py:8 pair zero → menu → read",
            "shop.py:29 state paid (shop.py:29 # chatsim: no cover)",
            "shop.py:17 option menu: Leave (exclude: option *: Leave)",
        )
        assert missing == []

    def test_before_anything_was_measured(self, project):
        assert "Measure first" in run("coverage", "report", code=2)

    def test_what_was_cut_off(self, project):
        Recorder(project / f"{DATA_FILE}.1.x").declares(SHOP, "shop:Shop", None)
        assert "chatsim coverage combine" in run("coverage", "report", code=2)

    def test_limits_and_files(self, project):
        run("run", "--cov")
        run("coverage", "report", "--fail-under", "states:50", "--report", "json:x.json", code=1)
        assert json.loads((project / "x.json").read_text())["bots"][0]["bot"] == "shop:Shop"

    def test_one_bot(self, project):
        run("run", "--cov")
        assert "shop:Shop" in run("coverage", "report", "--bot", "shop:Shop")
        assert "Did you mean 'shop:Shop'" in run("coverage", "report", "--bot", "shpo:Shop", code=2)

    def test_suggested(self, project):
        run("run", "--cov")
        output = run("coverage", "report", "--suggest", "--all", "--max-time", "5s")
        assert "- tap: Buy" in output

    def test_nothing_to_suggest(self, whole):
        run("run", "--cov")
        assert "reach what was not reached" not in run("coverage", "report", "--suggest")

    def test_no_coverage(self, project):
        (project / "x").write_text("[]")
        assert "holds neither coverage nor recorded chats" in run("coverage", "report", "x", code=2)
        (project / "x").write_text('{"coverage":9}')
        assert "holds no coverage: it has the format 9" in run("coverage", "report", "x", code=2)
        assert "cannot be read" in run("coverage", "report", "nowhere", code=2)

    def test_a_bot_that_is_gone(self, project):
        """Only what was seen is counted, and why is said."""
        write_coverage(
            Coverage({BotId("Gone", "gone.py"): Recorded("gone:Gone", {Ended("x"): frozenset("a")})}), project / "x"
        )
        output = run("coverage", "report", "x")
        assert "only what was seen is counted: bot 'gone:Gone': there is no module 'gone'" in output
        assert has(output, "ends 1 of 1 100% ━━━━━━━━━━━━━━━━━━━━") == []


class TestCombine:
    def test_files(self, whole):
        for name in ("greets", "buys", "leaves"):
            run("run", "--cov", f"greets.chat.yaml::{name}")
            (whole / DATA_FILE).rename(whole / name)
        assert "1 bot, 2 conversations" in run("coverage", "combine", "buys", "leaves", "-o", "both")
        assert has(run("coverage", "report", "both"), "transitions 7 of 7 100% ━━━━━━━━━━━━━━━━━━━━") == []
        assert "1 bot, 3 conversations" in run("coverage", "combine", "both", "greets", "both")
        assert len(read_coverage(whole / DATA_FILE).bots) == 1

    def test_what_was_cut_off(self, project):
        """It is added to what is there, and taken away."""
        run("run", "--cov")
        part = Recorder(project / f"{DATA_FILE}.1.x")
        part.declares(SHOP, "shop:Shop", None)
        part.close()
        assert "1 bot, 1 conversation" in run("coverage", "combine")
        assert [path.name for path in project.glob(f"{DATA_FILE}*")] == [DATA_FILE]

    def test_nothing(self, project):
        assert "nothing to combine" in run("coverage", "combine", code=2)

    def test_recorded_in_production(self, project):
        """Chats of `chatsim.record` count for the bot that was recorded, under the name of their file alone."""
        from chatsim.bots.loading import load_bot

        bot = record(load_bot("shop:Shop", project), project / "traces.jsonl", bot="shop:Shop")
        session = _session(bot)
        session.send("ann@shop.example")
        run("run", "--cov")
        run("coverage", "combine", DATA_FILE, "traces.jsonl", "-o", "both")
        recorded = read_coverage(project / "both").bots[SHOP]
        assert {name for by in recorded.seen.values() for name in by} == {"greets.chat.yaml::greets", "traces.jsonl"}

    def test_a_machine_in_production(self, project):
        """Its hops and its end are known, as those in tests are."""
        from chatsim.bots.modules import modules_of

        shop = record(modules_of(project).import_module("shop").Shop, project / "traces.jsonl", bot="shop:Shop")
        state = shop.run_machine(lambda _: None)
        state = shop.run_machine(lambda _: None, "Buy", state=state)
        shop.run_machine(lambda _: None, callback_input="ok", state=state)
        missing = has(
            run("coverage", "report", "traces.jsonl"),
            "states 6 of 6 100% ━━━━━━━━━━━━━━━━━━━━",
            "transitions 5 of 7 71% ━━━━━━━━━━━━━━╌╌╌╌╌╌",
            "ends 1 of 1 100% ━━━━━━━━━━━━━━━━━━━━",
        )
        assert missing == []

    def test_only_recorded(self, project):
        """The bot is looked for, and what it declares is counted."""
        from chatsim.bots.loading import load_bot

        _session(record(load_bot("shop:Shop", project), project / "traces.jsonl", bot="shop:Shop")).send("hm")
        output = run("coverage", "report", "traces.jsonl")
        assert has(output, "shop:Shop shop.py, 1 conversation", "ends 0 of 1 0% ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌") == []


def _session(bot):
    from chatsim.session import Session

    session = Session(bot)
    session.send()
    return session


class TestDiff:
    @pytest.fixture
    def two(self, whole):
        for name in ("greets", "buys"):
            run("run", "--cov", f"greets.chat.yaml::{name}")
            (whole / DATA_FILE).rename(whole / name)
        return whole

    def test_the_same(self, two):
        assert run("coverage", "diff", "buys", "buys") == "✓ coverage is the same\n"

    def test_gained(self, two):
        output = run("coverage", "diff", "greets", "buys")
        missing = has(
            output,
            "states 2 of 6 33% → 6 of 6 100% +67",
            "shop.py:9 transition read → pay",
            "shop.py:9 guard read: buys true",
        )
        assert missing == []
        assert output.splitlines()[-1].startswith("✓ ")

    def test_lost(self, two):
        output = run("coverage", "diff", "buys", "greets", code=1)
        assert has(output, "reached before, and not any more", "shop.py:9 guard read: buys never true") == []

    def test_new_in_the_bot(self, two):
        """What is new and not reached fails only when that is asked for."""
        shop = (two / "shop.py").read_text()
        more = '{"trigger": "next", "source": "pay", "dest": "menu"},\n    ]\n    conditions'
        (two / "shop.py").write_text(shop.replace("]\n    conditions", f"    {more}"))
        run("run", "--cov", "greets.chat.yaml::buys")
        assert has(run("coverage", "diff", "buys", DATA_FILE), "new, and not reached") == []
        run("coverage", "diff", "buys", DATA_FILE, "--strict", code=1)
        run("coverage", "diff", "buys", DATA_FILE, "--strict", "--exclude", "pay -> menu", "--exclude", "pair *")
        assert "gone from the bot" in run("coverage", "diff", DATA_FILE, "buys")


class TestExplore:
    def test_added(self, project):
        """What the search reached counts with what scenarios did."""
        run("run", "--cov")
        assert "added to" in run("explore", "shop:Shop", "--cov", "-q", "--max-time", "20s")
        output = run("coverage", "report")
        assert has(output, "shop:Shop shop.py, 2 conversations", "states 6 of 6 100% ━━━━━━━━━━━━━━━━━━━━") == []

    def test_alone(self, project):
        run("explore", "shop:Shop", "--cov", "-q", "--max-time", "20s")
        assert has(run("coverage", "report"), "ends 1 of 1 100% ━━━━━━━━━━━━━━━━━━━━") == []
