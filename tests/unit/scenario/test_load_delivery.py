"""`deliver` as it is written: what it becomes, and what is said where it is wrong."""

import pytest

from chatsim.scenario.model import TapStep
from chatsim.trace import Fault

ACTS = "write it below one of user, tap, form, file, callback"
ONE_OF = "write one of user, tap, form, file, callback"


def step_with(steps, deliver, step="user: hi"):
    return steps(f"- {step}\n  deliver: {deliver}")[0]


class TestRight:
    @pytest.mark.parametrize("word", ["twice", "reordered", "dropped", "late", "restart", "expired"])
    def test_word(self, steps, word):
        assert step_with(steps, word).arrival.fault == Fault(word)
        assert step_with(steps, f"{{how: {word}}}").arrival.fault == Fault(word)

    @pytest.mark.parametrize(
        ("written", "fault"),
        [
            ("{crash: before-send}", Fault("crash", at="before-send")),
            ("{crash: after-send 3}", Fault("crash", at="after-send", nth=3)),
            ("{store: timeout}", Fault("store", at="timeout")),
        ],
    )
    def test_mapping(self, steps, written, fault):
        assert step_with(steps, written).arrival.fault == fault

    @pytest.mark.parametrize("step", ["user: null", "tap: a", "form: {a: 1}", "file: {bytes: a}", "callback: {a: 1}"])
    def test_beside_whatever_reaches_the_bot(self, steps, step):
        assert step_with(steps, "twice", step).arrival.fault == Fault("twice")

    def test_none(self, steps):
        assert steps("- user: hi")[0].arrival is None

    def test_kinds(self, steps):
        arrival = step_with(steps, "{how: twice, may: applied-twice, never: [redelivery-changes]}").arrival
        assert (arrival.may, arrival.never) == (frozenset({"applied-twice"}), frozenset({"redelivery-changes"}))

    def test_place(self, steps):
        arrival = step_with(steps, "{with: {tap: Small}}").arrival
        assert arrival.position.line == 6
        assert isinstance(arrival.other, TapStep)
        assert arrival.other.title.source == "Small"
        assert arrival.other.position.line == 6

    def test_people(self, load):
        text = "bot: a:b\nusers: {ann: table, bob: table}\nscenarios:\n  s:\n  - ann: hi\n    deliver: {with: {bob: ho}}\n  - ann: hi\n    deliver: {with: {user: ho}}\n"
        first, second = load(text).cases[0].steps
        assert (first.chat, first.person) == ("table", "ann")
        assert (first.arrival.other.chat, first.arrival.other.person) == ("table", "bob")
        # The word `user` is whose chat this is, where somebody else is named.
        assert (second.arrival.other.chat, second.arrival.other.person) == ("table", "ann")

    def test_in_a_fragment(self, load):
        """What comes at once has the fragment's arguments, and knows from where that was used."""
        text = 'bot: a:b\nfragments:\n  f:\n  - user: ${a}\n    deliver: {with: {user: "${b}"}}\nscenarios:\n  s:\n  - use: f(a=1, b=2)\n'
        bind, step = load(text).cases[0].steps
        values = bind.bind({})
        assert step.arrival.other.text.render(values) == "2"
        assert [use.fragment for use in step.arrival.other.used] == ["f"]

    def test_file_that_comes_at_once(self, load, tmp_path):
        (tmp_path / "a.png").write_bytes(b"a")
        text = "bot: a:b\nscenarios:\n  s:\n  - user: hi\n    deliver: {with: {file: a.png}}\n"
        assert load(text).cases[0].steps[0].arrival.other.path.source == "a.png"


class TestWrong:
    @pytest.fixture
    def wrong(self, problems):
        def wrong(step):
            text = f"bot: a:b\nscenarios:\n  s:\n  - user: hi\n  - {step}\n"
            return [(column - 4, what, cure) for line, column, what, cure in problems(text) if line == 5]

        return wrong

    @pytest.mark.parametrize(
        ("step", "column", "what", "cure"),
        [
            ("{user: a, deliver: twicee}", 20, "nothing is delivered 'twicee'", "Did you mean 'twice'?"),
            ("{user: a, deliver: crash}", 20, "`crash` says too little", "write deliver: {crash: after-send 1}"),
            ("{user: a, deliver: {crash: soon}}", 28, "a process cannot crash 'soon'", "There are: after-save, after-send, before-save, before-send."),
            ("{user: a, deliver: {crash: after-save 1}}", 28, "a turn saves once, so `after-save` takes no number", "write crash: after-save"),
            ("{user: a, deliver: {store: slow}}", 28, "a store is never 'slow'", "There are: stale, timeout."),
            ("{user: a, deliver: {crsh: soon}}", 21, "unknown key 'crsh' in `deliver`", "did you mean 'crash'?"),
            ("{user: a, deliver: [twice]}", 20, "`deliver` must be text, and this is a list", 'quote it if it is text: "[…]"'),
            ("{user: a, deliver: {}}", 20, "`deliver` names no fault", "write deliver: twice, or {crash: after-send 1}, {with: {user: hi}}"),
            ("{user: a, deliver: {never: applied-twice}}", 20, "`deliver` names no fault", "write deliver: twice, or {crash: after-send 1}, {with: {user: hi}}"),
            ("{user: a, deliver: {how: twice, store: stale}}", 20, "`how` and `store` are two faults", "an event arrives in one way: give one of them"),
            ("{user: a, deliver: {with: {user: b}, how: twice}}", 20, "`how` and `with` are two faults", "an event arrives in one way: give one of them"),
            ("{user: a, deliver: {with: {}}}", 27, "`with` names nothing that comes", ONE_OF),
            ("{user: a, deliver: {with: {user: b, tap: c}}}", 27, "`user` and `tap` are two", ONE_OF),
            ("{user: a, deliver: {with: hi}}", 27, "`with` must be a mapping, and this is text", "write key: value"),
            ("{user: a, deliver: {with: {wait: 5s}}}", 28, "unknown key 'wait' in `with`", "the keys here are user, tap, form, file, callback"),
            ("{user: a, deliver: {with: {tap: {stale: true}}}}", 33, "`tap` names no option", "write {id: …} or {option: …, stale: true}"),
            ("{user: a, deliver: {with: {user: '${x}'}}}", 34, "undefined ${x}", "take it from a reply with ${x:word}, or make it a column of `cases`"),
            ("{user: a, deliver: {how: twice, may: applied}}", 38, "a delivery never shows 'applied'", "did you mean 'applied-twice'?"),
            ("{user: a, deliver: {how: twice, may: {a: b}}}", 38, "must be a kind of finding, or a list of them, and this is a mapping", "write never: crash-repeats"),
            ("{user: a, deliver: {how: twice, never: lost-update}}", 40, "`twice` never shows 'lost-update'", "the kinds of findings here are applied-twice, redelivery-changes"),
            ("{user: a, deliver: {how: dropped, never: lost-update}}", 42, "`dropped` never shows 'lost-update'", "take it out"),
            ("{bot: a, deliver: twice}", 10, "`deliver` is said of what a person or a webhook does", ACTS),
            ("{wait: 5s, deliver: twice}", 12, "`deliver` is said of what a person or a webhook does", ACTS),
            ("{restart: , deliver: twice}", 13, "`deliver` is said of what a person or a webhook does", ACTS),
            ("{deliver: twice}", 2, "`deliver` stands beside a step", ACTS),
            ("deliver", 1, "`deliver` stands beside a step", "write it below one of user, tap, form, file, callback"),
        ],
    )  # fmt: skip
    def test_says_where_what_and_how_to_mend_it(self, wrong, step, column, what, cure):
        assert wrong(step) == [(column, what, cure)]

    def test_file_that_is_not_there(self, problems, tmp_path):
        text = "bot: a:b\nscenarios:\n  s:\n  - user: hi\n    deliver: {with: {file: a.png}}\n"
        assert problems(text) == [(5, 28, "there is no file 'a.png'", f"paths start at {tmp_path}")]

    def test_file_without_bytes(self, problems):
        text = "bot: a:b\nscenarios:\n  s:\n  - user: hi\n    deliver: {with: {file: {name: a}}}\n"
        assert [what for _, _, what, _ in problems(text)] == ["`bytes` is missing"]

    def test_nobody_at_once(self, problems):
        text = "bot: a:b\nscenarios:\n  t:\n    users: [cook]\n    steps: [cook: hi]\n  s:\n  - user: hi\n    deliver: {with: {cook: ho}}\n"
        assert [what for _, _, what, _ in problems(text)] == ["'cook' is nobody in the scenario 's'"]

    def test_all_at_once(self, wrong):
        found = wrong("{user: a, deliver: {how: twicee, crash: soon, with: {}}}")
        assert {what for _, what, _ in found} == {
            "nothing is delivered 'twicee'",
            "a process cannot crash 'soon'",
            "`how` and `with` are two faults",
            "`with` names nothing that comes",
        }
