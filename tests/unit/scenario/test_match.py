"""How words match: the rules, and the laws that hold for any text."""

import re
import time
import unicodedata
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsim.scenario import regex_text, search
from chatsim.scenario.match import LiteralText, OneOf, compile_text
from chatsim.scenario.pieced_text import PiecedText
from chatsim.scenario.regex_text import RegexText
from chatsim.scenario.text_pattern import PatternFailed, normal
from chatsim.scenario.words import BrokenText, Value

X = {"x": Value("a.b", "a.b"), "n": Value("007", 7)}
small_text = st.text(alphabet="ab1 .\n", max_size=12)


def matches(pattern, text, values=X):
    return compile_text(pattern).match(text, values) is not None


def taken(pattern, text, values=X):
    found = compile_text(pattern).match(text, values)
    return None if found is None else {name: value.data for name, value in found.items()}


class TestNormal:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a\r\nb\rc", "a\nb\nc"),
            ("a\n", "a"),
            ("a\n\n", "a\n"),
            ("a\r\n", "a"),
            ("a ", "a "),
            ("", ""),
            ("e\u0301", "é"),
            ("Å", "Å"),
        ],
    )
    def test_form(self, text, expected):
        assert normal(text) == expected

    @given(st.text())
    def test_is_composed(self, text):
        assert unicodedata.is_normalized("NFC", normal(text))


class TestExact:
    def test_equal(self):
        assert matches("Welcome!", "Welcome!")
        assert not matches("Welcome!", "welcome!")
        assert not matches("Welcome!", "Welcome! ")

    def test_line_ends_and_composition(self):
        assert matches("é\nb\n", "e\u0301\r\nb")
        assert matches("e\u0301", "é\n")

    def test_dollars(self):
        assert matches("$$5 and $6 and $", "$5 and $6 and $")
        assert not matches("$$5", "$$5")
        assert isinstance(compile_text("$$5"), LiteralText)
        assert isinstance(compile_text("$$$$"), LiteralText)

    def test_slashes_that_are_no_pattern(self):
        assert matches("/start", "/start")
        assert matches("//", "//")
        assert matches("a/b/", "a/b/")
        assert matches("/", "/")

    @given(st.text())
    def test_literal_matches_itself(self, text):
        """What is meant to the letter matches itself, whatever it holds, and takes nothing out."""
        assert LiteralText(text).match(text, {}) == {}
        assert LiteralText(text).loosely(text, {})
        assert LiteralText(text).show({}) == text

    @given(st.text(), st.text())
    def test_literal_matches_nothing_else(self, one, other):
        assert (LiteralText(one).match(other, {}) is not None) == (normal(one) == normal(other))

    def test_describes_itself(self):
        pattern = LiteralText("a")
        assert (pattern.names, pattern.captures, pattern.choices()) == ((), (), (pattern,))
        assert not pattern.loosely("b", {})


def naive_gaps(parts, text):
    """The slow and obvious reading of gaps: a regular expression in which each is `.*`."""
    return re.fullmatch(".*".join(re.escape(part) for part in parts), text, re.DOTALL) is not None


class TestGaps:
    @pytest.mark.parametrize(
        ("pattern", "text", "held"),
        [
            ("...", "", True),
            ("...", "a\nb", True),
            ("Thank you, ...", "Thank you, ", True),
            ("Thank you, ...", "Thank you,", False),
            ("...end", "the end", True),
            ("...end", "the end.", False),
            ("a...b...c", "a b b c", True),
            ("a...b...c", "a c b", False),
            ("ab...ba", "aba", False),
            ("ab...ba", "abba", True),
            ("a...a", "a", False),
            ("....", ".", True),
            ("....", "x.", True),
            ("......", "", True),
            ("a...", "a\n", True),
            ("a...\n", "a and more", True),
            ("...a...", "bab", True),
            ("...a...", "bbb", False),
            ("...aa...aa...", "aaa", False),
            ("...aa...aa...", "aaaa", True),
        ],
    )
    def test_rule(self, pattern, text, held):
        assert matches(pattern, text) is held

    @given(
        st.lists(st.text(alphabet="ab\n", max_size=3), min_size=2, max_size=6), st.text(alphabet="ab\n", max_size=14)
    )
    def test_agrees_with_a_naive_matcher(self, parts, text):
        parts[-1] = parts[-1].rstrip("\n")
        assert matches("...".join(parts), text) is naive_gaps(parts, normal(text))

    @given(st.lists(st.text(alphabet="ab", max_size=3), min_size=2, max_size=5), st.data())
    def test_filled_gaps_match(self, parts, data):
        text = parts[0] + "".join(data.draw(small_text) + part for part in parts[1:]) + "."
        assert matches("...".join(parts) + "...", text)

    def test_many_gaps_take_no_time(self):
        """A backtracking matcher would need longer than the universe has."""
        began = time.perf_counter()
        assert not matches("...".join("ab" * 2000) + "...c", "ab" * 4000)
        assert time.perf_counter() - began < 5

    def test_composition_next_to_a_gap(self):
        assert matches("e\u0301...", "é and more")
        assert matches("...e\u0301", "so é")


class TestInsertions:
    def test_value_stands_as_it_was_written(self):
        assert matches("no. ${n}", "no. 007")
        assert not matches("no. ${n}", "no. 7")

    def test_value_is_to_the_letter(self):
        values = {"x": Value("...", "..."), "y": Value("/a/", "/a/"), "z": Value("${x}$$", "")}
        assert not matches("${x}", "abc", values)
        assert matches("${x}", "...", values)
        assert matches("${y}", "/a/", values)
        assert matches("a ${z}", "a ${x}$$", values)

    def test_value_beside_a_gap(self):
        assert matches("${x}...${n}", "a.b - 007")
        assert not matches("${x}...${n}", "a.b - 07")

    def test_composition_over_the_seam(self):
        assert matches("e${x}", "é", {"x": Value("\u0301", "")})

    def test_last_line_end_of_a_value(self):
        assert matches("${x}", "a", {"x": Value("a\n", "a\n")})
        assert matches("${x}...", "a\n", {"x": Value("a\n", "a\n")}) is False
        assert matches("${x}...", "a\nb", {"x": Value("a\n", "a\n")})

    def test_names(self):
        pattern = compile_text("${x} ${y:int} ... ${n}")
        assert (pattern.names, pattern.captures) == (("x", "n"), ("y",))
        assert pattern.show({"x": Value("1", 1)}) == "1 ${y:int} ... ${n}"

    def test_empty_value(self):
        assert matches("a${x}", "a", {"x": Value("", None)})
        assert matches("${x}", "", {"x": Value("", None)})


class TestCaptures:
    @pytest.mark.parametrize(
        ("pattern", "text", "expected"),
        [
            ("Order ${o:int}.", "Order 41.", {"o": 41}),
            ("Order ${o:int}", "Order -41", {"o": -41}),
            ("Order ${o:int}", "Order +41", {"o": 41}),
            ("A...${o:int}", "A-41", {"o": 41}),
            ("Order ${o:int}", "Order 4.1", None),
            ("Order ${o:int}", "Order x", None),
            ("Order ${o:int}", "Order ", None),
            ("Order ${o:int}", "Order ٣", None),
            ("${a:int}${b:int}", "123", {"a": 12, "b": 3}),
            ("...${o:int}...", "Order 417, $9", {"o": 417}),
            ("$${p:float}", "${p:float}", {}),
            ("$$${p:float}.", "$9.50.", {"p": 9.5}),
            ("${p:float}", "9", {"p": 9.0}),
            ("${p:float}", "-1.5e3", {"p": -1500.0}),
            ("${p:float}", "1e999", None),
            ("${p:float}e999", "1e999", {"p": 1.0}),
            ("Pay at ${l:word}.", "Pay at pay.me/7.", {"l": "pay.me/7"}),
            ("${a:word} ${b:word}", "a b", {"a": "a", "b": "b"}),
            ("${a:word}", "a b", None),
            ("${a:word}", "", None),
            ("Hi ${t:text}!", "Hi a\nb!!", {"t": "a\nb!"}),
            ("Hi ${t:text}", "Hi ", None),
            ("${t:text}${u:text}", "abc", {"t": "a", "u": "bc"}),
            ("${t:text}, ...", "a, b, c", {"t": "a"}),
            ("${t:text}...", "abc", {"t": "a"}),
            ("...${t:text}", "abc", {"t": "abc"}),
            ("on ${d:date}.", "on 2024-02-29.", {"d": "2024-02-29"}),
            ("on ${d:date}", "on 2023-02-29", None),
            ("on ${d:date}", "on 2024-05-01T10:30:00Z", {"d": "2024-05-01T10:30:00Z"}),
            ("on ${d:date}", "on 2024-05-01 10:30", {"d": "2024-05-01 10:30"}),
            ("on ${d:date} 99:99", "on 2024-05-01 99:99", {"d": "2024-05-01"}),
            ("got ${j:json}", 'got {"a": [1, null]}', {"j": {"a": [1, None]}}),
            ("got ${j:json}!", "got 7!", {"j": 7}),
            ("got ${j:json}", "got NaN", None),
            ("got ${j:json}", "got nothing", None),
            ("${x}: ${o:int}", "a.b: 5", {"o": 5}),
            ("${o:int} ${o:int}", "1 2", {"o": 2}),
            ("${o:int}\n", "5\n", {"o": 5}),
        ],
    )
    def test_rule(self, pattern, text, expected):
        assert taken(pattern, text) == expected

    def test_text_is_kept_as_it_was_said(self):
        found = compile_text("$$${p:float}").match("$9.50", {})
        assert found == {"p": Value("9.50", 9.5)}

    @given(small_text, st.integers(), small_text)
    def test_capture_then_insert(self, before, number, after):
        """What was taken out and put in again in the same place gives the same text."""
        pattern = f"{before}|${{n:int}}|{after}".replace("...", "")
        text = pattern.replace("${n:int}", str(number))
        found = compile_text(pattern).match(text, {})
        assert found == {"n": Value(str(number), number)}
        assert compile_text(pattern.replace("${n:int}", "${n}")).match(text, found) == {}

    @given(
        st.lists(st.sampled_from(["a", "1", " ", "...", "${x:int}", "${y:word}", "${z:text}"]), max_size=6), small_text
    )
    def test_agrees_with_a_naive_matcher(self, parts, text):
        """The search finds a match exactly where a backtracking regular expression does, and the same one."""
        forms = {"...": ".*?", "${x:int}": r"(?:(?<!\w)[+-])?[0-9]+", "${y:word}": r"\S+", "${z:text}": ".+?"}
        pattern = "".join(parts)
        tokens = re.findall(r"\.\.\.|\$\{.:\w+\}|.", pattern, re.DOTALL)
        source = "".join(f"({forms[token]})" if token in forms else re.escape(token) for token in tokens)
        expected = re.fullmatch(source, normal(text), re.DOTALL)
        found = compile_text(pattern).match(text, {})
        assert (found is None) == (expected is None)
        if expected is not None:
            names = [token[2] if token != "..." else None for token in tokens if token in forms]
            said = {name: said for name, said in zip(names, expected.groups(), strict=True) if name}
            assert {name: value.text for name, value in found.items()} == said

    def test_many_gaps_and_a_capture_take_no_time(self):
        began = time.perf_counter()
        assert taken("...".join("ab" * 20) + "...${x:int}", "ab" * 1000) is None
        assert time.perf_counter() - began < 5

    def test_hopeless_search_is_given_up(self, monkeypatch):
        monkeypatch.setattr(search, "MAX_WORK", 1000)
        with pytest.raises(PatternFailed, match=r"pattern too slow: \.\.\.\$\{a:word\} \$\{b:word\} !") as caught:
            compile_text("...${a:word} ${b:word} !").match("ab" * 2000, {})
        assert caught.value.kind == "regex-too-slow"

    def test_loosely(self):
        pattern = compile_text("Order ${o:int} for ${x}")
        assert pattern.loosely("Order x for a.b", X)
        assert not pattern.loosely("Order x for a", X)


class TestRegex:
    @pytest.mark.parametrize(
        "pattern", ["(?:a{1,65000}){1,65000}", "((a{400}){400}){400}", "a{99999999999}", "(?:a{9}b){,99999}"]
    )
    def test_huge_repeats(self, pattern):
        """Counts within counts would take all memory while the pattern is made ready; that is known when it is read."""
        with pytest.raises(BrokenText, match="repeats something more than 100,000 times"):
            RegexText.of(pattern)

    @pytest.mark.parametrize(
        "pattern", ["a{1,65000}", r"\(a{500}\){500}", "[(]{500}x{500}", "(a{300})(b{300}){3}", "[]{9999}]{9999}"]
    )
    def test_repeats_that_are_fine(self, pattern):
        assert RegexText.of(pattern)

    def test_is_searched_anywhere(self):
        assert matches(r"/r-\d+/", "Receipt r-7.")
        assert matches(r"/^Receipt r-\d+$/", "Receipt r-7")
        assert not matches(r"/^Receipt r-\d+$/", "Receipt x")

    def test_text_is_normal(self):
        assert matches("/^é$/", "e\u0301\r\n")
        assert matches("/e\u0301/", "é")

    def test_only_names_are_replaced_and_quoted(self):
        assert matches("/^${x}$/", "a.b")
        assert not matches("/^${x}$/", "acb")
        assert matches("/^a...$/", "abcd")
        assert matches(r"/^\$$$/", "$")
        assert matches("/^a{2}$/", "aa")

    def test_names(self):
        pattern = compile_text("/^${x}${n}$/")
        assert (pattern.names, pattern.captures) == (("x", "n"), ())
        assert pattern.show(X) == "/^a.b007$/"
        assert pattern.loosely("a.b007", X)
        assert not pattern.loosely("b", X)

    def test_slow_pattern_is_an_error(self, monkeypatch):
        monkeypatch.setattr(regex_text, "REGEX_SECONDS", 0.05)
        with pytest.raises(PatternFailed, match=r"regex too slow: /\(a\+a\+\)\+\$/") as caught:
            compile_text("/(a+a+)+$/").match("a" * 5000 + "b", {})
        assert (caught.value.kind, caught.value.pattern) == ("regex-too-slow", "/(a+a+)+$/")

    def test_broken_pattern(self):
        with pytest.raises(BrokenText, match=r"broken pattern /\(/: missing \) at position 1"):
            compile_text("/(/")

    def test_pattern_broken_by_a_value(self):
        with pytest.raises(PatternFailed, match="broken pattern") as caught:
            RegexText.of("a{1,${n}}[${x}]").match("a", {"n": Value("0", 0), "x": Value("", "")})
        assert caught.value.kind == "broken-pattern"

    def test_nothing_is_taken_out(self):
        with pytest.raises(BrokenText, match="inside /…/: nothing is taken out there"):
            compile_text("/${x:int}/")

    @given(st.text(min_size=1))
    def test_quoted_value_matches_itself(self, text):
        assert compile_text("/^${x}$/").match(text + "|", {"x": Value(text + "|", "")}) == {}


class TestOneOf:
    def test_first_that_matches_decides(self):
        pattern = OneOf((compile_text("Hi ${a:int}"), compile_text("Hi ${a:word}")))
        assert pattern.match("Hi 7", {}) == {"a": Value("7", 7)}
        assert pattern.match("Hi x", {}) == {"a": Value("x", "x")}
        assert pattern.match("Bye", {}) is None

    def test_describes_itself(self):
        one, other = compile_text("${a:int} ${b:int} ${x}"), compile_text("${b:int} ${n}")
        pattern = OneOf((one, other))
        assert pattern.captures == ("b",)
        assert pattern.names == ("x", "n")
        assert pattern.choices() == (one, other)
        assert pattern.show(X) == "${a:int} ${b:int} a.b or ${b:int} 007"
        assert pattern.loosely("q 007", X)
        assert not pattern.loosely("q", X)


@given(st.text(alphabet="a.$/{}x:int \n", max_size=20), st.text(alphabet="a.$/{}x 1\n", max_size=10))
def test_any_pattern_is_read_or_refused(pattern, text):
    """Reading a pattern gives a pattern or `BrokenText`, and matching an answer."""
    try:
        compiled = compile_text(pattern)
    except BrokenText:
        return
    found = compiled.match(text, dict.fromkeys(compiled.names, Value("v", "v")))
    assert found is None or set(found) <= set(compiled.captures)


def test_pieces_without_anything():
    assert PiecedText.of("").match("", {}) == {}


def test_all_kinds_agree_on_plain_text():
    for text, other in product(["a", "b", "a b"], repeat=2):
        expected = text == other
        assert matches(text, other) is expected
        assert matches(f"/^{text}$/", other) is expected
        assert (PiecedText.of(text).match(other, {}) is not None) is expected


class TestShow:
    """What is shown of a pattern is that pattern when it is written again."""

    @pytest.mark.parametrize(
        "text", ["$${x}", "$$${x:int}", "$$$$$${x:int}", "a $$${n}", "$$$$", "$5 and $${...", "... $$${x:word}"]
    )
    def test_dollars(self, text):
        pattern = compile_text(text)
        assert compile_text(pattern.show({})) == pattern

    @given(st.lists(st.sampled_from(["$", "$$", "${x:int}", "${n}", "{", "}", "a", " "]), max_size=8).map("".join))
    def test_any(self, text):
        try:
            pattern = compile_text(text)
        except BrokenText:
            return
        assert compile_text(pattern.show({})) == pattern

    def test_values_are_no_names(self):
        assert compile_text("Hi ${n}$$${x:int}").show({"n": Value("${y}", 0)}) == "Hi $${y}$$${x:int}"

    def test_regular_expressions_are_as_written(self):
        assert compile_text("/a$|${n}$/").show({"n": Value("b", 0)}) == "/a$|b$/"
