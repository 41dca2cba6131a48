"""``chatsim graph -f html``."""

import json
import re

import pytest

PLAIN = """
class Echo:
    def start(self):
        from chatsim.trace import Snapshot
        return Snapshot()

    def step(self, snapshot, event):
        from chatsim.trace import ChatState, Reply, Turn
        after = snapshot.with_chat("user", ChatState("talking"))
        return Turn(event=event, effects=(Reply("yes"),), snapshot=after)

echo = Echo()
"""


def bot_in(path):
    """The bot that a page shows."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', path.read_text("utf-8"), re.DOTALL)
    [bot] = json.loads(found[1])["bots"]
    return bot


class TestPage:
    @pytest.mark.parametrize("options", [("-f", "html", "-o", "page.htm"), ("-o", "page.html")])
    def test_the_graph_alone(self, shop, chatsim, options):
        result = chatsim("graph", "bot:bot", *options)
        assert (result.exit_code, result.stdout) == (0, "")
        bot = bot_in(shop / options[-1])
        assert [state["name"] for state in bot["states"]] == ["start", "choose"]
        assert "kinds" not in bot

    def test_on_the_screen(self, shop, chatsim):
        assert chatsim("graph", "bot:bot", "-f", "html").stdout.startswith("<!doctype html>")

    def test_with_what_conversations_reached(self, shop, chatsim):
        chatsim("run", "good.chat.yaml", "-k", "talks", "--cov")
        chatsim("graph", "bot:bot", "--coverage", ".chatsim-coverage", "-o", "page.html")
        kinds = {kind["kind"]: (kind["reached"], kind["total"]) for kind in bot_in(shop / "page.html")["kinds"]}
        assert kinds["states"] == (2, 2)
        assert kinds["transitions"][0] < kinds["transitions"][1]

    def test_with_what_a_search_found(self, shop, chatsim):
        chatsim("graph", "bot:bot", "--explored", "--time-limit", "2", "-o", "page.html")
        bot = bot_in(shop / "page.html")
        assert any(finding["kind"] == "bot-raised" and finding["turns"] for finding in bot["findings"])
        assert [kind["kind"] for kind in bot["kinds"]] == ["explored"]

    def test_a_bot_that_declares_nothing(self, write, chatsim, tmp_path):
        write("echo.py", PLAIN)
        refused = chatsim("graph", "echo:echo", "-f", "html")
        assert refused.exit_code == 2
        assert "--explored" in refused.stdout + refused.stderr
        assert chatsim("graph", "echo:echo", "--explored", "-o", "page.html").exit_code == 0
        states = bot_in(tmp_path / "page.html")["states"]
        assert [state["name"] for state in states] == ["(start)", "talking"]
        assert not any(state.get("unknown") for state in states)

    def test_a_difference_is_no_page(self, shop, chatsim):
        result = chatsim("graph", "--diff", "bot:bot", "bot:bot", "-f", "html")
        assert result.exit_code == 2
        assert "not as a page" in result.stdout + result.stderr


class TestExplore:
    def test_findings_are_on_a_page(self, shop, chatsim):
        result = chatsim("explore", "bot:bot", "--max-time", "2s", "--html", "page.html")
        assert result.exit_code == 1
        bot = bot_in(shop / "page.html")
        assert any(finding["kind"] == "bot-raised" and finding["turns"] for finding in bot["findings"])
        assert bot["name"] == "bot:bot"
        assert "forged" not in result.stdout

    def test_it_cannot_be_written(self, shop, chatsim):
        result = chatsim("explore", "bot:bot", "--max-time", "1s", "--html", "bot.py/page.html")
        assert result.exit_code == 2
        assert "--html bot.py/page.html: cannot be written" in result.stdout + result.stderr
