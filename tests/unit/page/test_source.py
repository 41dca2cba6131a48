import pytest

from chatsim.graph.model import SourceLine
from chatsim.masking import Masking
from chatsim.page.data import Snippet
from chatsim.page.source import Sources

BOT = """\
def first():
    return 1


class Bot:
    @register("menu")
    def menu(
        self,
    ):
        say("hi\N{RIGHT-TO-LEFT OVERRIDE}")

        say("bye")
    names = [
        {"a": 1},
    ]
# a comment that belongs to nothing
"""


@pytest.fixture
def sources(tmp_path):
    (tmp_path / "bot.py").write_text(BOT, "utf-8")
    return Sources(tmp_path)


class TestDefinition:
    def test_from_its_decorator_to_its_last_line(self, sources):
        code = sources.definition(SourceLine("bot.py", 6)).code.split("\n")
        assert code[0] == '@register("menu")'
        assert code[-1] == '    say("bye")'

    def test_a_list_to_its_closing_bracket(self, sources):
        assert sources.definition(SourceLine("bot.py", 13)).code == 'names = [\n    {"a": 1},\n]'

    def test_no_more_lines_than_asked_for(self, tmp_path, sources):
        assert Sources(tmp_path, lines=2).definition(SourceLine("bot.py", 7)).code == "def menu(\n    self,"

    def test_what_would_be_hidden_is_written_out(self, sources):
        assert r'say("hi\u202e")' in sources.definition(SourceLine("bot.py", 6)).code

    @pytest.mark.parametrize("line", [SourceLine("gone.py", 3), SourceLine("bot.py", 300)])
    def test_what_cannot_be_read_has_no_code(self, sources, line):
        assert sources.definition(line) == Snippet(line.file, line.line)
        assert sources.line(line) == Snippet(line.file, line.line)

    def test_nowhere(self, sources):
        assert sources.definition(None) is None
        assert sources.line(None) is None


def test_one_line(sources):
    assert sources.line(SourceLine("bot.py", 2)) == Snippet("bot.py", 2, "return 1")


def test_secrets_are_masked(tmp_path):
    (tmp_path / "keys.py").write_text("KEY = 'sk-12345678'\n")
    found = Sources(tmp_path, Masking({"API": "sk-12345678"})).line(SourceLine("keys.py", 1))
    assert found.code == "KEY = '***API***'"
