"""Letters: what they are called, in which order they are tried, and where they come from."""

import pytest

from chatsim.errors import SetupError
from chatsim.explore import alphabet as mark
from chatsim.explore.alphabet import MOST_HEARD, Alphabet, Fixed, identity, merged
from chatsim.explore.dates import DAY, Recurring, moment_of
from chatsim.explore.letters import ORIGINS, Letter, event_label
from chatsim.explore.play.moment import Moment
from chatsim.explore.results.baseline import new_findings, read_baseline
from chatsim.explore.results.result import Exploration, Finding
from chatsim.trace import (
    Callback,
    ChatState,
    File,
    Form,
    Reply,
    Snapshot,
    Start,
    Tap,
    Text,
    Trace,
    Turn,
    Wait,
)


def at(state="menu", waits="input", **more):
    return Moment(Snapshot({"user": ChatState(state, waits=waits)}), **more)


def said(*texts):
    return (Turn(event=Text("hi"), effects=tuple(Reply(text) for text in texts), snapshot=Snapshot()),)


class Counting:
    """A source that counts how often it is asked."""

    def __init__(self, *letters):
        self.given, self.asked = letters, 0

    def letters(self, moment):
        self.asked += 1
        return self.given


class TestLabels:
    @pytest.mark.parametrize(
        ("event", "label"),
        [
            (Start(), "start"),
            (Text("hi"), "text 'hi'"),
            (Text("a\nb\u202e"), None),
            (Tap("s", "Small"), "tap 'Small'"),
            (Form({"b": 1, "a": "ü"}), 'form {"a":"ü","b":1}'),
            (File(b"", "photo.png"), "file 'photo.png'"),
            (Callback("paid"), "callback 'paid'"),
            (Wait(90.0), "wait 90s"),
            (Wait(0.5), "wait 0.5s"),
            (Text("x" * 53), "text '" + "x" * 53 + "'"),
            (Text("x" * 54), "text '" + "x" * 53 + "… (61 characters)"),
        ],
    )
    def test_events(self, event, label):
        told = event_label(event)
        assert told == label if label else told.isprintable()

    def test_deliveries(self):
        assert Letter(Text("hi"), delivery="(twice)").label == "text 'hi' (twice)"


class TestMerged:
    def test_the_cheapest_origin_first(self):
        letters = [Letter(Text(origin), origin) for origin in sorted(ORIGINS)]
        assert [letter.origin for letter in merged(letters)] == list(ORIGINS)

    def test_of_the_same_event_the_cheapest(self):
        letters = [Letter(Text("a"), "boundary"), Letter(Text("b")), Letter(Text("a"), "literal")]
        assert [(letter.event.text, letter.origin) for letter in merged(letters)] == [("b", "given"), ("a", "literal")]

    def test_of_one_origin_as_they_come(self):
        assert [letter.event.text for letter in merged(Letter(Text(word)) for word in "cab")] == ["c", "a", "b"]

    def test_identity(self):
        """It is the event, and how it arrives; where a letter comes from and what it costs does not count."""
        assert identity(Letter(Text("a"))) == identity(Letter(Text("a"), "literal", cost=1))
        others = [
            Letter(Text("b")),
            Letter(Tap("a", "a")),
            Letter(Text("a"), delivery="x"),
            Letter(Text("a"), delivery="y"),
        ]
        assert len({identity(letter) for letter in (Letter(Text("a")), *others)}) == 5
        assert identity(Letter(Form({"a": 1, "b": 2}))) == identity(Letter(Form({"b": 2, "a": 1})))


class TestAlphabet:
    A, B = Letter(Text("a")), Letter(Text("b"), "literal")

    def test_all_sources(self):
        assert Alphabet(Fixed([self.B]), Fixed([self.A, self.B])).letters(at()) == (self.A, self.B)

    def test_fixed(self):
        """Where all sources are the same everywhere, and nothing costs, so is the alphabet."""
        assert Alphabet(Fixed([self.B]), Fixed([self.A, self.B])).fixed == (self.A, self.B)
        assert Alphabet(Fixed([self.A]), Counting()).fixed is None
        assert Alphabet(Fixed([self.A, Letter(Text("c"), cost=1)])).fixed is None
        assert Alphabet().fixed == ()

    @pytest.mark.parametrize(("spent", "costs"), [(0, [0, 1, 2]), (1, [0, 1]), (2, [0]), (3, [0])])
    def test_what_the_budget_allows(self, spent, costs):
        letters = [Letter(Text(str(cost)), cost=cost) for cost in range(4)]
        assert [letter.cost for letter in Alphabet(Counting(*letters)).letters(at(spent=spent))] == costs

    def test_asked_once_where_what_counts_is_the_same(self):
        source = Counting(self.A)
        letters = Alphabet(source, counts=lambda moment: moment.depth)
        told = [letters.letters(at(depth=depth)) for depth in (0, 0, 1)]
        assert (told, source.asked) == ([(self.A,)] * 3, 2)
        letters.letters(at(depth=0, spent=1))
        assert source.asked == 3
        letters.letters(at("other", depth=0))
        assert source.asked == 3

    def test_asked_each_time_where_nobody_knows_what_counts(self):
        source = Counting(self.A)
        for _ in range(2):
            Alphabet(source).letters(at())
        assert source.asked == 2


class TestHearing:
    def test_what_the_bot_names_is_tried_where_it_came_to(self):
        letters = Alphabet(Counting(), counts=lambda _: 0)
        assert letters.letters(at()) == ()
        letters.hear("menu", said("Write 'help' or 'stop'"))
        assert letters.letters(at()) == (Letter(Text("help"), "heard"), Letter(Text("stop"), "heard"))
        assert letters.letters(at("shop")) == ()

    def test_not_where_it_waits_for_a_webhook(self):
        letters = Alphabet(Counting())
        letters.hear("menu", said("Write 'help'"))
        assert letters.letters(at(waits="callback")) == ()
        assert letters.letters(at(waits="input")) != ()

    def test_the_first_few_each_once(self):
        letters = Alphabet(Counting())
        for number in (0, 0, *range(1, 20)):
            letters.hear("menu", said(f"Write 'w{number}'"))
        assert [letter.event.text for letter in letters.letters(at())] == [f"w{number}" for number in range(MOST_HEARD)]
        letters.hear("shop", said(" ".join(f"'w{number}'" for number in range(20))))
        assert len(letters.letters(at("shop"))) == MOST_HEARD

    def test_sources_hear_it_as_well(self):
        class Hearing(Counting):
            def hear(self, state, turns):
                self.heard = (state, turns)

        source = Hearing()
        Alphabet(Counting(), source).hear("menu", said("Yes"))
        assert source.heard == ("menu", said("Yes"))


class TestMarked:
    def test_events_and_letters(self):
        @mark
        def two(moment):
            return [Text(moment.state), Letter(Text("b"), "literal")]

        assert list(two.letters(at())) == [Letter(Text("menu")), Letter(Text("b"), "literal")]
        assert two.replaces is False

    def test_replacing(self):
        assert mark(replace=True)(lambda moment: []).replaces is True
        assert mark(lambda moment: [], replace=True).replaces is True
        assert mark(replace=False)(lambda moment: []).replaces is False


class TestDates:
    @pytest.mark.parametrize(
        ("text", "at"),
        [
            ("1970-01-02", 86_400.0),
            ("1970-01-01 00:01", 60.0),
            ("1970-01-01T00:01:02.5Z", 62.5),
            ("1970-01-01T02:00:00+02:00", 0.0),
            ("1970-01-01T02:00:00+0100", 3600.0),
            ("1970-01-0", None),
            ("1970/01/02", None),
            ("1970-01-02 or so", None),
            ("2025-02-30", None),
            ("1970-01-01 25:00", None),
            ("", None),
        ],
    )
    def test_moments(self, text, at):
        assert moment_of(text) == at

    def test_recurring(self):
        assert Recurring.hour(17).after(17 * 3600.0) == DAY
        assert Recurring.hour(0).after(3600.0) == DAY - 3600.0
        assert Recurring.weekday(3).after(0.0) == 7 * DAY
        assert Recurring.weekday(4).after(0.0) == DAY


class TestResult:
    SURE = Finding("dead-end", "error", "menu", "no way on", Trace(said("Yes")), "text 'x'", "k", {"raises": "x"})
    UNSURE = Finding("no-end", "error", None, "perhaps", inconclusive=True)
    WARNING = Finding("silent-turn", "warning", "shop", "nothing said")

    def result(self, **more):
        found = (self.SURE, self.UNSURE, self.WARNING)
        return Exploration(
            "b", "bounded", "max-time", 12, 3, 60, 1.23456, ("a", "b"), (("a", "x", "b"),), found, **more
        )

    def test_errors_are_certain(self):
        assert self.result().errors == (self.SURE,)
        assert self.result().warnings == (self.UNSURE, self.WARNING)

    def test_a_finding_as_json(self):
        told = self.SURE.for_json()
        assert list(told) == ["kind", "severity", "state", "message", "event", "key", "witness"]
        assert [told[key] for key in list(told)[:6]] == ["dead-end", "error", "menu", "no way on", "text 'x'", "k"]
        (turn,) = told["witness"]
        assert turn["event"] == {"kind": "text", "text": "hi"}
        assert self.UNSURE.for_json()["inconclusive"] is True

    def test_as_json(self):
        told = self.result(pairs=4, guards={"late": (False, True)}, faults=7).for_json()
        assert told == {
            "bot": "b", "outcome": "bounded", "stopped": "max-time", "snapshots": 12, "unexpanded": 3, "steps": 60,
            "seconds": 1.235, "states": ["a", "b"], "transitions": [["a", "x", "b"]], "pairs": 4,
            "guards": {"late": [False, True]}, "faults": 7,
            "findings": [self.SURE.for_json(), self.UNSURE.for_json(), self.WARNING.for_json()],
        }  # fmt: skip

    def test_traces(self):
        trace = Trace(said("Yes"))
        told = self.result(trace_of={"b": trace, ("a", "x", "b"): trace}.get)
        assert (told.trace_to("b"), told.trace_to("c"), told.trace_through(("a", "x", "b"))) == (trace, None, trace)
        assert self.result().trace_to("b") is None


class TestBaseline:
    def test_what_is_known_is_left_out(self, tmp_path):
        path = tmp_path / "known.json"
        path.write_text(
            '{"findings": [{"kind": "dead-end", "state": "menu", "key": "k", "more": 1}, {"kind": "no-end"}], "more": 2}'
        )
        known = read_baseline(path)
        assert known == {("dead-end", "menu", "k"), ("no-end", None, "")}
        found = [TestResult.SURE, TestResult.UNSURE, TestResult.WARNING]
        assert new_findings(found, known) == (TestResult.WARNING,)

    @pytest.mark.parametrize("text", ["", "[]", '{"findings": [{}]}'])
    def test_what_holds_no_result(self, tmp_path, text):
        path = tmp_path / "known.json"
        path.write_text(text)
        with pytest.raises(SetupError) as caught:
            read_baseline(path)
        assert str(caught.value).startswith(f"--baseline {path}: ")
        assert str(caught.value).endswith(". It must be a file that `chatsim explore --json FILE` wrote")

    def test_what_cannot_be_read(self, tmp_path):
        path = tmp_path / "nowhere.json"
        with pytest.raises(SetupError) as caught:
            read_baseline(path)
        assert str(caught.value) == f"--baseline {path}: cannot be read: No such file or directory"
