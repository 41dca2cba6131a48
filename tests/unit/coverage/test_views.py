"""Coverage as people and programs read it: a table, Markdown, JSON, lcov, and what differs."""

import json

import pytest
from lcov_cobertura import LcovCobertura

from chatsim.coverage.data import BotId
from chatsim.coverage.diff import diff
from chatsim.coverage.diff_view import diff_lines
from chatsim.coverage.exclude import COMMENT
from chatsim.coverage.items import Item
from chatsim.coverage.json_file import json_coverage
from chatsim.coverage.lcov import lcov_coverage
from chatsim.coverage.markdown import markdown_coverage
from chatsim.coverage.report import BotReport, Excluded, KindReport, Limit, Report
from chatsim.coverage.table import FEW, coverage_table
from chatsim.graph.model import SourceLine
from chatsim.report.document import plain


def item(kind, name, line=None, by=0):
    where = SourceLine("shop.py", line) if line else None
    return Item(kind, name, where, frozenset(str(number) for number in range(by)))


def kind(name, covered=(), missing=(), excluded=()):
    return KindReport(
        name, tuple(covered), tuple(missing), tuple(Excluded(each, f"shop.py:9 {COMMENT}") for each in excluded)
    )


def bot(*kinds, name="Shop", **more):
    return BotReport(BotId(name, "shop.py"), f"shop:{name}", kinds, conversations=3, **more)


SHOP = bot(
    kind("states", [item("states", "menu", 4, by=2)], [item("states", "pay", 12)], [item("states", "debug", 9)]),
    kind(
        "transitions",
        [item("transitions", "zero → menu", 20, by=2)],
        [item("transitions", "menu → pay", 21), item("transitions", "menu → bye", 20)],
    ),
    kind("guards", [item("guards", "menu: buys true", 21, by=1)], [item("guards", "menu: buys false", 21)]),
    kind("pairs", [], [item("pairs", f"a → b → {number}", 21) for number in range(FEW + 1)]),
    kind("options", [], [item("options", "menu: Buy | sell", None)]),
    undeclared=(item("transitions", "menu → attic", None, by=1),),
)
LIMITS = [Limit("states", 90), Limit("guards", 50)]

TABLE = """\
shop:Shop  shop.py, 3 conversations
  states           1 of 2       50%  ━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌    1 excluded
  transitions      1 of 3       33%  ━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌
  guards           1 of 2       50%  ━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌
  pairs            0 of 11       0%  ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
  options          0 of 1        0%  ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌

  not reached
  shop.py:12  state pay
  shop.py:21  transition menu → pay
  shop.py:20  transition menu → bye
  shop.py:21  guard menu: buys never false
              option menu: Buy | sell
  … and 11 pairs more: chatsim coverage report --all names them

  reached, and not declared
  transition menu → attic

✗ coverage falls short: states 50.0% (1 of 2), and 90% are asked for
✓ coverage of guards: 50%, 50% are asked for"""


class TestTable:
    def test_whole(self):
        assert plain(coverage_table(Report((SHOP,)), 80, limits=LIMITS, title=False)) == TABLE

    def test_everything_named(self):
        text = plain(coverage_table(Report((SHOP,)), 80, every=True))
        assert "shop.py:21  pair a → b → 10" in text
        assert f"shop.py:9  state debug  (shop.py:9 {COMMENT})" in text
        assert "names them" not in text

    def test_narrow(self):
        """Without the bar, and with long names wrapped, nothing sticks out."""
        lines = plain(coverage_table(Report((SHOP,)), 40, title=False)).splitlines()
        assert "━" not in "".join(lines)

    def test_long_names_are_wrapped(self):
        name = " ".join(["word"] * 30)
        text = plain(coverage_table(Report((bot(kind("options", [], [item("options", name, 4)])),)), 60, title=False))
        rows = text.splitlines()[text.splitlines().index("  not reached") + 1 :]
        assert max(map(len, rows)) <= 60
        assert rows[0].startswith("  shop.py:4  option word")
        assert {row[:13] for row in rows[1:]} == {" " * 13}

    def test_many_of_a_kind(self):
        states = [item("states", str(number), number + 1) for number in range(FEW + 2)]
        text = plain(coverage_table(Report((bot(kind("states", [], states)),)), 80))
        assert f"state {FEW - 1}\n" in text
        assert f"state {FEW}\n" not in text
        assert "… and 2 states more" in text

    def test_many_of_several_kinds(self):
        kinds = [
            kind(each, [], [item(each, str(number)) for number in range(FEW + 1)]) for each in ("states", "guards")
        ]
        text = plain(coverage_table(Report((bot(*kinds, kind("pairs", [], [item("pairs", "a")] * 11)),)), 80))
        assert "… and 1 state, 1 guard and 11 pairs more" in text

    def test_several_bots(self):
        text = plain(coverage_table(Report((SHOP, bot(name="Other"))), 80))
        assert text.splitlines()[0] == " coverage ".center(80, "─")
        assert "all 2 bots\n  states           1 of 2" in text

    def test_a_bot_of_which_nothing_is_known(self):
        text = plain(coverage_table(Report((bot(declares=False),)), 80))
        assert "what it can do is not known: only what was seen is counted" in text

    def test_many_undeclared(self):
        """As many as of what is missing, unless all are asked for."""
        report = Report((bot(undeclared=tuple(item("states", str(number)) for number in range(FEW + 3))),))
        assert "… 3 more" in plain(coverage_table(report, 80))
        assert "… 3 more" not in plain(coverage_table(report, 80, every=True))

    def test_nothing(self):
        assert plain(coverage_table(Report(), 80)) == "coverage: no conversation with a bot was measured"

    def test_what_a_bot_says_cannot_paint(self):
        evil = bot(kind("options", [], [item("options", "menu: \x1b[2J", 4)]))
        assert "\x1b" not in plain(coverage_table(Report((evil,)), 80))


class TestMarkdown:
    def test_whole(self):
        assert markdown_coverage(Report((SHOP,)), LIMITS) == (
            "### chatsim coverage\n\n"
            "| bot | states | transitions | guards | pairs | options |\n"
            "| :-- | --: | --: | --: | --: | --: |\n"
            "| `shop:Shop` | 50% (1/2) | 33% (1/3) | 50% (1/2) | 0% (0/11) | 0% (0/1) |\n\n"
            "✗ states 50\\.0% \\(1 of 2\\), and 90% are asked for\n\n"
            "<details><summary>shop\\:Shop: not reached</summary>\n\n"
            "- state pay `shop.py:12`\n"
            "- transition menu → pay `shop.py:21`\n"
            "- transition menu → bye `shop.py:20`\n"
            "- guard menu\\: buys never false `shop.py:21`\n"
            "- option menu\\: Buy \\| sell\n"
            "- 11 pairs of transitions\n"
            "- 1 excluded\n\n"
            "</details>\n"
        )

    def test_several_bots(self):
        text = markdown_coverage(Report((SHOP, bot(name="Other"))))
        assert "| `shop:Other` |  |" in text
        assert "| **all** | 50% (1/2) |" in text

    def test_nothing(self):
        assert markdown_coverage(Report()) == "### chatsim coverage\n\nNo conversation with a bot was measured.\n"

    def test_very_many(self):
        text = markdown_coverage(Report((bot(kind("states", [], [item("states", str(n)) for n in range(102)])),)))
        assert "- … and 2 more" in text

    def test_names_that_break_out(self):
        text = markdown_coverage(Report((bot(kind("states", [item("states", "x", by=1)]), name="a`|b"),)))
        assert "a\\`\\|b" in text


class TestJson:
    def test_whole(self):
        data = json.loads(json_coverage(Report((SHOP,))))
        assert data["summary"]["transitions"] == {"covered": 1, "total": 3, "percent": 33}
        (shop,) = data["bots"]
        assert (shop["bot"], shop["file"], shop["conversations"], shop["declares"]) == ("shop:Shop", "shop.py", 3, True)
        assert shop["kinds"]["states"] == {
            "covered": 1,
            "total": 2,
            "percent": 50,
            "reached": [{"name": "menu", "file": "shop.py", "line": 4, "conversations": 2}],
            "missing": [{"name": "pay", "file": "shop.py", "line": 12}],
            "excluded": [{"name": "debug", "file": "shop.py", "line": 9, "why": f"shop.py:9 {COMMENT}"}],
        }
        assert shop["undeclared"] == [{"kind": "transitions", "name": "menu → attic", "file": None, "line": None}]


LCOV = """\
TN:chatsim
SF:shop.py
FN:4,menu
FN:12,pay
FNDA:2,menu
FNDA:0,pay
FNF:2
FNH:1
BRDA:20,0,0,2
BRDA:20,0,1,0
BRDA:21,0,0,0
BRDA:21,1,0,1
BRDA:21,1,1,0
BRF:5
BRH:2
DA:4,2
DA:12,0
DA:20,2
DA:21,1
LF:4
LH:3
end_of_record
"""


class TestLcov:
    def test_whole(self):
        assert lcov_coverage(Report((SHOP,))) == LCOV

    def test_a_line_that_nothing_came_by(self):
        """Its branches were not passed over: they never came up."""
        text = lcov_coverage(Report((bot(kind("transitions", [], [item("transitions", "a → b", 3)])),)))
        assert "BRDA:3,0,0,-\n" in text

    def test_names_with_commas(self):
        text = lcov_coverage(Report((bot(kind("states", [], [item("states", "a, b\nc", 3)])),)))
        assert "FN:3,a_b_c\n" in text

    def test_what_is_in_no_file(self):
        """Pairs and options have no line of their own, and code that was made at run time has no file."""
        made = Item("states", "x", SourceLine("<steps.json>", 3))
        assert (
            lcov_coverage(Report((bot(kind("states", [], [made]), kind("pairs", [], [item("pairs", "a", 1)])),))) == ""
        )

    def test_two_bots_in_one_file(self):
        other = bot(kind("states", [item("states", "other", 30, by=1)]), name="Other")
        text = lcov_coverage(Report((SHOP, other)))
        assert text.count("SF:") == 1
        assert "DA:30,1\n" in text

    def test_read_by_another_program(self):
        """The converter to Cobertura finds the figures that the table shows."""
        read = LcovCobertura(lcov_coverage(Report((SHOP,)))).parse()
        assert read["summary"] == {
            "lines-total": 4,
            "lines-covered": 3,
            "branches-total": 5,
            "branches-covered": 2,
        }
        (package,) = read["packages"].values()
        (file,) = package["classes"].values()
        assert set(file["methods"]) == {"menu", "pay"}
        assert file["lines"][21]["branches-total"] == 3


class TestDiff:
    OLD = Report((bot(kind("states", [item("states", "menu", 4, by=1)], [item("states", "pay", 12)])),))

    def test_whole(self):
        new = bot(
            kind(
                "states",
                [item("states", "pay", 13, by=1), item("states", "more", 30, by=1)],
                [item("states", "menu", 5), item("states", "new", 20)],
            )
        )
        assert plain(diff_lines(diff(self.OLD, Report((new,))), 80)) == (
            "shop:Shop  shop.py\n"
            "  states           1 of 2       50%  →     2 of 4       50%\n\n"
            "  reached before, and not any more\n"
            "  shop.py:5  state menu\n\n"
            "  new, and not reached\n"
            "  shop.py:20  state new\n\n"
            "  reached now\n"
            "  shop.py:13  state pay\n\n"
            "  new, and reached\n"
            "  shop.py:30  state more\n\n"
            "✗ 1 lost, 1 new and not reached, 2 gained"
        )

    def test_the_same(self):
        assert plain(diff_lines(diff(self.OLD, self.OLD), 80)) == "✓ coverage is the same"

    def test_gone(self):
        (found,) = diff(self.OLD, Report((bot(kind("states", [item("states", "menu", 4, by=1)])),)))
        assert [each.name for each in found.gone] == ["pay"]
        assert (found.lost, found.gained) == ((), ())

    def test_a_bot_that_is_gone_or_new(self):
        (gone,) = diff(self.OLD, Report())
        assert [each.name for each in gone.gone] == ["menu", "pay"]
        (new,) = diff(Report(), self.OLD)
        assert [each.name for each in (*new.new_reached, *new.new)] == ["menu", "pay"]

    def test_excluded_now(self):
        """What is not counted any more was neither lost, nor is it gone or new."""
        new = Report((bot(kind("states", [], [item("states", "pay", 12)], [item("states", "menu", 4)])),))
        assert diff(self.OLD, new)[0].same
        assert diff(new, self.OLD)[0].same

    @pytest.mark.parametrize(("old", "new", "change"), [(1, 2, "+50"), (2, 1, "-50")])
    def test_figures(self, old, new, change):
        def report(reached):
            states = [item("states", str(number), by=int(number < reached)) for number in range(2)]
            parted = [each for each in states if each.covered], [each for each in states if not each.covered]
            return Report((bot(kind("states", *parted)),))

        assert plain(diff_lines(diff(report(old), report(new)), 80)).splitlines()[1].endswith(change)
