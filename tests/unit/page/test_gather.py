"""What several processes tell of a run comes to one page."""

import msgspec
import pytest

from chatsim.errors import Problem
from chatsim.page.gather import Gathered, Part, Teller
from chatsim.page.html import page_json
from chatsim.stage import Stage


@pytest.fixture
def parts(played):
    stage = Stage.of("shop:Shop", played.folder)
    teller = Teller(played.folder)
    pairs = zip(played.verdicts, played.stories, strict=True)
    return [teller.part(stage, verdict.trace, story) for verdict, story in pairs]


class TestParts:
    def test_they_survive_json(self, parts):
        for part in parts:
            sent = msgspec.json.decode(msgspec.json.encode(part), type=Part)
            assert sent.bot == part.bot
            assert sent.story == part.story
            assert set(sent.facts) == set(part.facts)
            assert sent.declared == part.declared

    def test_a_bot_is_described_once(self, parts):
        assert [part.declared is not None for part in parts] == [True, False, False]
        assert {str(part.bot) for part in parts} == {"shop.py:Shop"}


class TestGathered:
    def page(self, folder, parts, *secrets, problems=()):
        gathered = Gathered(folder)
        for part in parts:
            gathered.add(part)
        for each in secrets:
            gathered.keep_secret(each)
        return gathered.page("run", problems, "3 passed")

    def test_the_order_of_parts_does_not_matter_for_what_was_reached(self, played, parts):
        [one], [other] = (self.page(played.folder, each).bots for each in (parts, parts[::-1]))
        assert one.kinds == other.kinds
        assert one.states == other.states

    def test_two_secrets_of_one_name_are_both_kept(self, played, parts):
        """Scenario files may each have a key of their own for one bot."""
        text = page_json(self.page(played.folder, parts, {"KEY": "Which size?"}, {"KEY": "Thank you"}))
        source = text[: text.index('"turns"')]
        assert "Which size?" not in source
        assert "Thank you" not in source
        assert "***KEY***" in source

    def test_problems_and_figures(self, tmp_path):
        page = self.page(
            tmp_path, [], problems=[Problem("a.chat.yaml", 3, 5, "wrong", "mend it"), Problem("", 0, 0, "none")]
        )
        assert [(each.place, each.what, each.cure) for each in page.problems] == [
            ("a.chat.yaml:3:5", "wrong", "mend it"),
            ("", "none", ""),
        ]
        assert page.made.startswith("3 passed · chatsim ")
