"""``chatsim run --update``: what failed is rewritten, shown, and holds."""


class TestUpdate:
    def test_what_can_be_updated_is(self, shop, chatsim):
        shop.joinpath("bad.chat.yaml").write_text(
            "bot: bot:bot\nscenarios:\n  says more:  # why\n  - user: hi\n  - bot: You said ho\n"
        )
        result = chatsim("run", "--update", "good.chat.yaml", "bad.chat.yaml")
        assert result.exit_code == 0
        assert "-  - bot: You said ho\n+  - bot: You said hi\n" in result.stdout
        assert result.stdout.endswith("✓ 1 expectation in 1 file updated\n")
        assert "✓ 4 passed" in result.stdout
        assert (
            shop.joinpath("bad.chat.yaml")
            .read_text()
            .endswith("  says more:  # why\n  - user: hi\n  - bot: You said hi\n")
        )
        again = chatsim("run", "--update", "bad.chat.yaml")
        assert again.exit_code == 0
        assert again.stdout.endswith("✓ nothing to update\n")

    def test_a_file_whose_bot_raised_stays(self, shop, chatsim):
        before = shop.joinpath("bad.chat.yaml").read_bytes()
        result = chatsim("run", "--update", "bad.chat.yaml")
        assert result.exit_code == 1
        assert "not updated: breaks: the bot raised ValueError" in result.stdout
        assert result.stdout.endswith("✗ 1 file left as it is\n")
        assert shop.joinpath("bad.chat.yaml").read_bytes() == before

    def test_only_what_is_chosen(self, shop, chatsim):
        result = chatsim("run", "--update", "bad.chat.yaml::says more")
        assert result.exit_code == 0
        assert "- bot: You said hi\n  passes:" in shop.joinpath("bad.chat.yaml").read_text()

    def test_without_the_option(self, shop, chatsim):
        before = shop.joinpath("bad.chat.yaml").read_bytes()
        assert chatsim("run", "bad.chat.yaml").exit_code == 1
        assert shop.joinpath("bad.chat.yaml").read_bytes() == before

    def test_colours(self, shop, chatsim, monkeypatch):
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert "\x1b[32m+  - bot: You said hi" in chatsim("run", "--update", "bad.chat.yaml::says more").stdout
