"""The files that coverage is kept in and read from, and the project's settings."""

import pytest

from chatsim.coverage.data import BotId, Coverage, Recorded
from chatsim.coverage.exclude import Pattern
from chatsim.coverage.facts import Ended
from chatsim.coverage.files import DATA_FILE, gathered, part_of, parts_of, read_coverage, write_coverage
from chatsim.coverage.recorder import Recorder
from chatsim.coverage.report import Limit
from chatsim.coverage.settings import settings_of
from chatsim.coverage.sources import read_sources
from chatsim.coverage.wish import project_root, wish_for
from chatsim.errors import SetupError
from chatsim.recording.journal import Journal
from chatsim.recording.journal import Recorded as RecordedTurn
from chatsim.trace import ChatState, Hop, Snapshot, Text, Turn

SHOP = BotId("Shop", "shop.py")
COVERAGE = Coverage({SHOP: Recorded("shop:Shop", {Ended("paid"): frozenset({"a"})})})


class TestDataFiles:
    def test_written_and_read(self, tmp_path):
        path = tmp_path / "out" / "x"
        write_coverage(COVERAGE, path)
        assert read_coverage(path) == COVERAGE
        assert [each.name for each in path.parent.iterdir()] == ["x"]

    def test_cannot_be_written(self, tmp_path):
        (tmp_path / "folder").mkdir()
        with pytest.raises(SetupError, match="folder cannot be written: "):
            write_coverage(COVERAGE, tmp_path / "folder")
        assert [each.name for each in tmp_path.iterdir()] == ["folder"]

    def test_cannot_be_read(self, tmp_path):
        with pytest.raises(SetupError, match="cannot be read: No such file"):
            read_coverage(tmp_path / "x")
        (tmp_path / "x").write_text("{")
        with pytest.raises(SetupError, match="holds no coverage"):
            read_coverage(tmp_path / "x")

    def test_parts(self, tmp_path):
        """Each process has its own; those of a run are gathered and removed, those of others stay."""
        data = tmp_path / DATA_FILE
        mine, also_mine, others = part_of(data, "one"), part_of(data, "one"), part_of(data, "two")
        assert len({mine, also_mine, others}) == 3
        for number, path in enumerate((mine, also_mine, others)):
            Recorder(path).declares(BotId(str(number)), "x:y", None)
        assert parts_of(data, "one") == sorted([mine, also_mine])
        assert parts_of(data) == sorted([mine, also_mine, others])
        assert set(gathered(parts_of(data, "one")).bots) == {BotId("0"), BotId("1")}
        assert parts_of(data) == [others]


def record(path, chat, *targets, bot="shop:Shop"):
    before = None
    for target in targets:
        after = ChatState(target)
        turn = Turn(
            event=Text("x", chat),
            hops=(Hop(before.state if before else "zero", target),),
            snapshot=Snapshot({chat: after}),
        )
        Journal(path).append(RecordedTurn(chat, turn, "", bot, before))
        before = after


class TestSources:
    def test_everything(self, tmp_path):
        """Data, parts and traces are told apart by what is in them, and traces count for the bot of their name."""
        write_coverage(COVERAGE, tmp_path / "data")
        part = Recorder(tmp_path / "part")
        part.declares(SHOP, "shop:Shop", None)
        record(tmp_path / "traces", "+491711234567", "menu", "pay")
        read = read_sources([tmp_path / name for name in ("data", "part", "traces")], tmp_path)
        assert list(read.bots) == [SHOP]
        assert {name for by in read.bots[SHOP].seen.values() for name in by} == {"a", "traces"}

    def test_nobody_is_named(self, tmp_path):
        """Of people's chats there is only the name of the file."""
        record(tmp_path / "traces", "+491711234567", "menu", "pay")
        write_coverage(read_sources([tmp_path / "traces"], tmp_path), tmp_path / "out")
        assert b"49171" not in (tmp_path / "out").read_bytes()

    @pytest.mark.parametrize(
        ("file", "reference", "bot"),
        [
            ("shop.py", "shop:Shop", SHOP),
            ("shop/bots.py", "shop.bots:Shop", BotId("Shop", "shop/bots.py")),
            ("shop/__init__.py", "shop:Shop", BotId("Shop", "shop/__init__.py")),
            ("src/shop.py", "shop:Shop", BotId("Shop", "src/shop.py")),
            ("other.py", "shop:Shop", BotId("Shop")),
            ("other.py", "", BotId("")),
        ],
    )
    def test_where_the_bot_is(self, tmp_path, file, reference, bot):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("")
        record(tmp_path / "traces", "ann", "menu", bot=reference)
        assert list(read_sources([tmp_path / "traces"], tmp_path).bots) == [bot]

    def test_two_bots_in_one_file(self, tmp_path):
        record(tmp_path / "traces", "ann", "menu")
        record(tmp_path / "traces", "bob", "desk", bot="clinic:Clinic")
        assert [bot.name for bot in read_sources([tmp_path / "traces"], tmp_path).bots] == ["Clinic", "Shop"]

    def test_neither(self, tmp_path):
        (tmp_path / "x").write_text("")
        with pytest.raises(SetupError, match=r"holds neither coverage nor recorded chats$"):
            read_sources([tmp_path / "x"], tmp_path)
        (tmp_path / "x").write_text("hello\n")
        with pytest.raises(SetupError, match="recorded chats: line 1 is no recorded turn"):
            read_sources([tmp_path / "x"], tmp_path)


class TestSettings:
    def settings(self, folder, text):
        (folder / "pyproject.toml").write_text(text)
        return settings_of(folder)

    def test_whole(self, tmp_path):
        text = '[tool.chatsim.coverage]\nexclude = ["state debug_*"]\nfail_under = {transitions = 90, states = 99.5}\n'
        assert self.settings(tmp_path, text) == (
            (Pattern("states", "debug_*", "state debug_*"),),
            (Limit("transitions", 90), Limit("states", 99.5)),
        )

    @pytest.mark.parametrize("text", ["", "[tool.other]\n", "[tool.chatsim]\n"])
    def test_none(self, tmp_path, text):
        assert settings_of(tmp_path) == ((), ())
        assert self.settings(tmp_path, text) == ((), ())

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            (
                "[tool.chatsim.coverage]\nexlude = []\n",
                r"\[tool.chatsim.coverage\]: there is no 'exlude'. Did you mean",
            ),
            ("[tool.chatsim]\ncoverage = 3\n", "write keys below it: exclude, fail_under"),
            ("[tool.chatsim.coverage]\nexclude = 'x'\n", "exclude is a list of texts"),
            ("[tool.chatsim.coverage]\nexclude = [1]\n", "exclude is a list of texts"),
            ("[tool.chatsim.coverage]\nfail_under = 90\n", "fail_under is a table"),
            ("[tool.chatsim.coverage]\nfail_under = {states = true}\n", "fail_under is a table"),
            ("[tool.chatsim.coverage]\nfail_under = {sates = 3}\n", "there is no kind 'sates'"),
            ("[tool.chatsim.coverage\n", "pyproject.toml cannot be read"),
        ],
    )
    def test_refused(self, tmp_path, text, says):
        with pytest.raises(SetupError, match=says):
            self.settings(tmp_path, text)

    def test_the_command_line_wins(self, tmp_path):
        (tmp_path / "pyproject.toml").write_text(
            '[tool.chatsim.coverage]\nexclude = ["debug_*"]\nfail_under = {states = 90, ends = 50}\n'
        )
        wish = wish_for(tmp_path, bots=["", "shop:Shop"], fail_under=["states:80"], exclude=["pair *"])
        assert set(wish.limits) == {Limit("states", 80), Limit("ends", 50)}
        assert [pattern.written for pattern in wish.exclude] == ["debug_*", "pair *"]
        assert wish.bots == ("shop:Shop",)

    def test_the_project(self, project):
        (project / "below").mkdir()
        assert project_root(project / "below") == project
