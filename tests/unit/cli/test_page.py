"""``chatsim run --report html=FILE``."""

import json
import re

SECRET = """
bot: bot:bot
credentials: {API_KEY: sk-12345678}
scenarios:
  tells it:
  - user: key sk-12345678
  - bot: You said key sk-12345678
  loses it:
  - user: key sk-12345678
  - bot: You said no key
"""


def data_of(path):
    """The data in a page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', path.read_text("utf-8"), re.DOTALL)
    return json.loads(found[1])


class TestPage:
    def test_all_conversations_are_there(self, shop, chatsim):
        """Those that passed as well, with what was said and the command that runs each again."""
        assert chatsim("run", "--report", "html=out/page.html").exit_code == 1
        data = data_of(shop / "out" / "page.html")
        [bot] = data["bots"]
        assert (data["title"], bot["name"]) == ("chatsim run .", "bot.py:bot")
        outcomes = {each["name"]: each.get("outcome", "passed") for each in bot["scenarios"]}
        assert outcomes == {
            "says more": "failed",
            "passes": "passed",
            "breaks": "failed",
            "talks[hi]": "passed",
            "talks[ho]": "passed",
            "orders tea": "passed",
        }
        tea = next(each for each in bot["scenarios"] if each["name"] == "orders tea")
        said = [message for turn in tea["turns"] for message in bot["turns"][turn]["said"]]
        assert [message.get("text", message.get("options")) for message in said] == [
            "hi",
            "You said hi",
            ["Tea"],
            "Tea it is",
        ]
        assert tea["again"] == 'chatsim run "good.chat.yaml::orders tea"'
        assert [state["name"] for state in bot["states"]] == ["start", "choose"]
        assert {kind["kind"] for kind in bot["kinds"]} >= {"states", "transitions", "options"}
        assert re.match(r"4 passed, 2 failed in [\d.]+ s · chatsim \S+ · \d{4}-\d\d-\d\d \d\d:\d\d UTC", data["made"])

    def test_it_is_as_it_would_be_without_the_page(self, shop, chatsim):
        def shown(*options):
            return re.sub(r"[\d.]+ s\b", "", chatsim("run", *options).stdout)

        assert shown() == shown("--report", "html=page.html")

    def test_what_cannot_be_loaded_is_said(self, shop, write, chatsim):
        write("broken.chat.yaml", "bot: bot:bot\nscenarios:\n  a:\n  - usr: hi\n")
        assert chatsim("run", "good.chat.yaml", "broken.chat.yaml", "--report", "html=page.html").exit_code == 2
        [problem] = data_of(shop / "page.html")["problems"]
        assert problem == {
            "place": "broken.chat.yaml:4:5",
            "what": "unknown step 'usr'",
            "cure": "did you mean 'user'?",
        }

    def test_nothing_at_all(self, write, chatsim, tmp_path):
        write("notes.txt", "")
        assert chatsim("run", "--report", "html=page.html").exit_code == 2
        data = data_of(tmp_path / "page.html")
        assert "bots" not in data
        assert "there is no file *.chat.yaml" in data["problems"][0]["what"]

    def test_credentials_are_nowhere(self, shop, write, chatsim):
        """Neither in what was said, nor in why it failed, nor in the source."""
        write("bot.py", (shop / "bot.py").read_text().replace('"start", {}', '"start", {"key": "sk-12345678"}'))
        write("secret.chat.yaml", SECRET)
        chatsim("run", "secret.chat.yaml", "--report", "html=page.html")
        assert "sk-12345678" not in (shop / "page.html").read_text()
        [bot] = data_of(shop / "page.html")["bots"]
        assert "***API_KEY***" in bot["states"][0]["source"]["code"]
        assert [each.get("outcome") for each in bot["scenarios"]] == [None, "failed"]

    def test_what_the_project_excludes_does_not_count(self, shop, write, chatsim):
        write("pyproject.toml", '[tool.chatsim.coverage]\nexclude = ["state choose"]\n')
        chatsim("run", "good.chat.yaml", "--report", "html=page.html")
        [bot] = data_of(shop / "page.html")["bots"]
        [states] = [kind for kind in bot["kinds"] if kind["kind"] == "states"]
        assert [goal["name"] for goal in states["goals"] if goal.get("excluded")] == ["choose"]

    def test_it_cannot_be_written(self, shop, chatsim):
        result = chatsim("run", "good.chat.yaml", "--report", "html=bot.py/page.html")
        assert result.exit_code == 2
        assert "the report bot.py/page.html cannot be written" in result.stdout + result.stderr
