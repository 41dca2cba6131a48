"""What a bot's code says about the input that it looks for."""

import enum
import functools
import json
import re
from datetime import date, datetime, time, timedelta

import pytest

from chatsim.explore.dates import Recurring
from chatsim.explore.mining.examples import dates_in, example_of, examples_of
from chatsim.explore.mining.read import hints_of
from chatsim.explore.mining.watched import Watched

ROOMS = {"Blue": 25, "Green": 15}
SIZES = {"Small": 1, "Large": 2}
MEMBERS = {"7": {"name": "Ann", "pin": "4711"}}
CODE = re.compile(r"[A-Z]{2}\d{4}")
HOLD = timedelta(minutes=10)
CLOSES = time(17, 30)


class Answer(enum.Enum):
    YES = "yes"
    NO = "no"


def pick(text, choices):
    return next((choice for choice in choices if choice == text), None)


def texts(function):
    return list(hints_of([function]).texts)


class TestTexts:
    def test_comparisons(self):
        def step(text):
            return text == "a" or text != "b" or text in ("c", "d") or "e" in text

        assert texts(step) == ["a", "b", "c", "d", "e"]

    def test_match(self):
        def step(text):
            match text:
                case "one" | "two":
                    return 1
                case {"kind": "paid", "id": number}:
                    return number

        hints = hints_of([step])
        assert list(hints.texts) == ["one", "two", "paid"]
        assert {key: list(values) for key, values in hints.keys.items()} == {"kind": ["paid"], "id": []}

    def test_tables_and_helpers(self):
        def step(text):
            return SIZES.get(text), pick(text, ["cancel"]), MEMBERS[text]["pin"]

        assert texts(step) == ["Small", "Large", "cancel", "7", "Ann", "4711"]

    def test_enums_and_methods_of_text(self):
        def step(text):
            return text == Answer.YES or text in Answer or text.startswith("/go")

        assert texts(step) == ["yes", "no", "/go"]

    def test_sentences_are_what_the_bot_says(self):
        def step(text):
            return text in ("Please choose one of these.", "Only letters, please. ", "ok")

        assert texts(step) == ["ok"]

    def test_closures_partials_and_wrappers(self):
        word = "secret"

        def inner(text):
            return text == word

        @functools.wraps(inner)
        def outer(text):
            return inner(text)

        assert texts(outer) == ["secret"]
        assert texts(functools.partial(inner)) == ["secret"]

    def test_classes_that_a_handler_uses(self):
        class Cart:
            def __init__(self, pieces):
                self.pieces = pieces

            @property
            def is_large(self):
                return self.pieces >= 12

        def step(text):
            return Cart(int(text)).is_large

        assert list(hints_of([step]).numbers) == [12]

    def test_methods(self):
        class Desk:
            WORDS = ("tea", "coffee")

            def hear(self, text):
                return self.understand(text)

            def understand(self, text):
                return text in self.WORDS

            @staticmethod
            def other(text):
                return text == "milk"

            def __call__(self, text):
                return self.other(text)

        assert texts(Desk().hear) == ["tea", "coffee"]
        assert texts(Desk()) == ["milk"]
        assert texts(Desk) == ["tea", "coffee", "milk"]

    def test_self_in_a_closure(self):
        class Porter:
            def step(self):
                def hear(text):
                    return self.understand(text)

                return hear

            def understand(self, text):
                return text == "key"

        assert texts(Porter().step()) == ["key"]

    def test_without_source(self):
        space = {}
        exec(compile("def step(text):\n    return text == 'hidden'\n", "/nowhere/bot.py", "exec"), space)
        assert texts(space["step"]) == ["hidden"]

    def test_plain_things(self):
        hints = hints_of(["/start", re.compile("(a|b)")])
        assert (list(hints.texts), list(hints.patterns)) == (["/start"], ["(a|b)"])


class TestOtherHints:
    def test_numbers_lengths_and_parses(self):
        def step(text):
            return int(text) > 18 or len(text) <= 40 or float(text) < -2.5 or text.isdigit()

        hints = hints_of([step])
        assert (list(hints.numbers), list(hints.lengths)) == ([18, 40, -2.5], [40])
        assert list(hints.parses) == ["int", "float"]

    def test_patterns(self):
        def step(text):
            return CODE.fullmatch(text) or re.match("[0-9]+", text)

        assert list(hints_of([step]).patterns) == ["[A-Z]{2}\\d{4}", "[0-9]+"]

    def test_dates_and_durations(self):
        def step(text):
            late = datetime.strptime(text, "%d.%m.%Y") > datetime.now() + timedelta(days=2)  # noqa: DTZ005, DTZ007
            return late or date.fromisoformat(text) or timedelta(**{text: 1}) > HOLD

        hints = hints_of([step])
        assert list(hints.parses) == ["%d.%m.%Y", "date"]
        assert list(hints.durations) == [172_800.0, 600.0]

    def test_files(self):
        def step(said):
            return isinstance(said, bytes) and said.startswith(b"%PDF")

        assert list(hints_of([step]).files) == [b"", b"%PDF"]

    def test_truths_of_keys(self):
        def step(text):
            data = json.loads(text)
            return data["signed"] is True or data["open"] == False or data["n"] == 2  # noqa: E712

        assert hints_of([step]).keys == {
            "signed": {True: None, False: None},
            "open": {False: None, True: None},
            "n": {2: None},
        }

    def test_keys_that_are_done_without(self):
        def step(text):
            data = json.loads(text)
            return data.get("score") or ("id" in data and data["name"])

        assert set(hints_of([step]).spared) == {"score", "id"}

    def test_numbers_of_tables(self):
        def step(text):
            return int(text) > ROOMS[text] or any(int(text) <= room for name, room in ROOMS.items())

        assert list(hints_of([step]).numbers) == [25, 15]

    def test_numbers_that_nothing_named_is_compared_with(self):
        def step(chat_id, text, context, sender):
            return sum(context["ages"]) > 40 or context["seats"] > 6 or len(text) > 3

        assert list(hints_of([step]).loose) == [40]

    def test_keys_of_json(self):
        def step(text, context):
            data = json.loads(text)
            number, status = data["id"], data.get("status")
            if not isinstance(number, int) or type(data.get("count")) is not int or "event" not in data:
                return None
            if status.lower() == "paid" and data["order"] == context["number"]:
                return [data.get(name) for name in ("adults", "children")]
            return context["other"]

        hints = hints_of([step])
        assert set(hints.keys) == {"id", "status", "count", "order", "adults", "children"}
        assert hints.keys["status"] == {"paid": None}
        assert (hints.links, set(hints.whole)) == ({"order": "number"}, {"id", "count"})
        assert hints.reads_json

    def test_keys_that_a_helper_gets(self):
        """What is handed to a function of the bot's own is still the value of its key."""

        class Desk:
            def hear(self, text):
                report = json.loads(text)
                return self.take(report["id"], report.get("news"), amount=report["amount"])

            def take(self, number, news, *, amount):
                return isinstance(number, str) and news in ("mended", "hopeless") and 0 < amount <= 40

        hints = hints_of([Desk().hear])
        assert list(hints.keys["news"]) == ["mended", "hopeless"]
        assert list(hints.written) == ["id"]
        assert next(iter(hints.keys["amount"])) == 1
        assert {0, 1, 40, 41} <= set(hints.keys["amount"])

    def test_bounds_of_keys(self):
        """The first value is one that the bounds allow."""

        def step(text):
            data = json.loads(text)
            return data["age"] >= 18 and data["seats"] < 7 and data["nights"] < 5

        keys = {key: list(values) for key, values in hints_of([step]).keys.items()}
        assert keys == {"age": [18, 19, 17], "seats": [6, 7, 8], "nights": [4, 5, 6]}

    def test_hours(self):
        def step(now):
            return 6 <= now.hour < 23 or now.weekday() > 4 or now.time() < CLOSES or now.time() >= time(8, 15)

        hours = [Recurring.hour(6), Recurring.hour(23), Recurring.weekday(4)]
        assert list(hints_of([step]).hours) == [*hours, Recurring.at(time(17, 30)), Recurring.at(time(8, 15))]


class TestExamples:
    def test_longest(self):
        """Where a pattern says how much it takes at most, one example is that long."""
        assert examples_of(r"[A-Z]{2}[0-9]{1,4}") == ["AA0", "AA0000"]
        assert examples_of(r"(?=.*\d)(?=.*[a-z]).{5,80}") == ["12 Mill Road"]
        assert examples_of(r"x{1,500}") == ["x", 500 * "x"]

    @pytest.mark.parametrize(
        "pattern",
        [
            r"\d{4}",
            r"[A-Z]{2}\d+",
            r"(yes|no)!?",
            r"[^\W\d_][^\d_<>{}]{0,39}",
            r"(?=.*\d)(?=.*[^\W\d]).{5,80}",
            r"\w+@\w+\.\w+",
            r"\S+\s\D",
            r"[^a]\W",
            r"SN[0-9]{6}",
            r"(19|20)[0-9]{2}-[0-9]{2}",
        ],
    )
    def test_matches(self, pattern):
        text = example_of(pattern)
        assert text is not None
        assert re.fullmatch(pattern, text)

    @pytest.mark.parametrize("pattern", ["(", r"(?!)", r"(a)\1{2}x$(?<=y)"])
    def test_none(self, pattern):
        assert example_of(pattern) is None

    def test_dates(self):
        assert dates_in("%d.%m.%Y")[:2] == ["12.01.2026", "29.12.2025"]
        near = dates_in("date", [180 * 86_400.0])
        assert {"2026-07-03", "2026-07-04", "2026-07-05", "2025-07-08", "2025-07-09", "2025-07-10"} <= set(near)
        assert {"2026-01-05", "2026-01-06", "2026-01-04"} <= set(near)


class TestWatched:
    def test_notices(self):
        seen = {}
        text = Watched("Hello", seen)
        assert text == "Hello"
        assert text != "ho"
        assert "ell" in text
        assert text.strip().lower().startswith(("he", "x"))
        assert text.title().replace("o", "a") == "Hella"
        assert text.find("l") == 2
        assert (text == 3, hash(text) == hash("Hello")) == (False, True)
        assert list(seen) == ["Hello", "ho", "ell", "he", "x", "Hella", "l"]
