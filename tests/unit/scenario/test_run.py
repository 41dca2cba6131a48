"""The fold: events over a session, and every turn held against what is written, strictly."""

import json

import pytest

from chatsim.errors import SetupError
from chatsim.scenario.run import run_case
from chatsim.scenario.verdict import MISMATCH_KINDS, Line
from chatsim.trace import (
    Callback,
    ChatState,
    Failure,
    File,
    Form,
    Option,
    Reply,
    Snapshot,
    Start,
    Tap,
    Text,
    Turn,
)


class Scripted:
    """A bot that does what its script says for each word: replies, then a state; `!` raises after the replies.

    What it is told goes into the variable `last`, and how many turns there were into `count`.
    """

    def __init__(self, script):
        self.script = script
        self.events = []

    def start(self):
        return Snapshot()

    def start_at(self, chat, state, context, waits=None):
        return Snapshot({chat: ChatState(state, context)})

    def state_names(self):
        return ("menu", "done")

    def step(self, snapshot, event):
        self.events.append(event)
        known = snapshot.chat(event.chat) or ChatState(context={"count": 0})
        word = event.text if isinstance(event, Text) else type(event).__name__.lower()
        replies, state = self.script.get(word, ((), "menu"))
        effects = tuple(Reply(reply) if isinstance(reply, str) else reply for reply in replies)
        if state == "!":
            failure = Failure("bot-raised", "ValueError", "no such pizza")
            return Turn(event=event, effects=effects, snapshot=snapshot, error=failure)
        context = {**known.context, "count": known.context.get("count", 0) + 1, "last": word}
        after = ChatState(state, context)
        ended = after if state == "done" else None
        return Turn(
            event=event,
            effects=effects,
            snapshot=snapshot.with_chat(event.chat, ChatState() if ended else after),
            ended=ended,
        )


SCRIPT = {
    "hi": (("Welcome!", "Which size?"), "menu"),
    "order": (("Order 41, $9. Pay at pay.me/7",), "pay"),
    "two": (("Thank you, Ann", "Receipt r-7"), "menu"),
    "both": (("a", "b"), "menu"),
    "mute": ((), "menu"),
    "bye": (("Bye",), "done"),
    "fail": (("Wait",), "!"),
    "abroad": ((Reply("New order", chat="cook"),), "menu"),
    "offer": ((Reply("Size?", options=(Option("s", "Small"), Option("l", "Large"))),), "menu"),
    "twins": ((Reply("A?", options=(Option("1", "Yes"),)), Reply("B?", options=(Option("2", "Yes"),))), "menu"),
    "rich": ((Reply("Look", header="H", footer="F", media="m.png", type="image", dest="channel"),), "menu"),
}


@pytest.fixture
def run(load):
    """Run the steps of one scenario and return its verdict."""

    def run(text, *, more="", script=None, bot=None):
        body = "\n".join(f"    {line}" for line in text.strip("\n").splitlines())
        file = load(f"bot: a:b\nscenarios:\n  s:\n{more}    steps:\n{body}\n")
        return run_case(file.cases[0], bot or Scripted(script or SCRIPT))

    return run


@pytest.fixture
def holds(run):
    """Run steps that must hold, and return the verdict."""

    def holds(text, **options):
        verdict = run(text, **options)
        assert verdict.mismatch is None
        assert verdict.passed
        assert verdict.outcome == "passed"
        return verdict

    return holds


@pytest.fixture
def fails(run):
    """Run steps that must fail; the mismatch, and the number of the step's line (the first step is 1)."""

    def fails(text, **options):
        verdict = run(text, **options)
        assert not verdict.passed
        assert verdict.mismatch.kind in MISMATCH_KINDS
        first = 5 + options.get("more", "").count("\n")
        return verdict.mismatch, verdict.mismatch.position.line - first + 1

    return fails


def lines(mismatch):
    marks = {"held": "✓", "expected": "-", "came": "+"}
    return [f"{marks[line.mark]} {line.label + ': ' if line.label else ''}{line.text}" for line in mismatch.lines]


class TestReplies:
    def test_in_order(self, holds):
        verdict = holds("- user: hi\n- bot: Welcome!\n- bot: Which size?\n- user: mute\n- user: bye\n- bot: Bye")
        assert [turn.event.text for turn in verdict.trace.turns] == ["hi", "mute", "bye"]
        assert verdict.seconds > 0

    def test_wrong_text(self, fails):
        mismatch, line = fails("- user: bye\n- bot: Good bye")
        assert (mismatch.kind, line, mismatch.headline) == ("wrong-text", 2, "bot: the reply says something else")
        assert mismatch.lines == (Line("expected", "Good bye"), Line("came", "Bye"))
        assert (mismatch.turn, mismatch.step.kind, mismatch.failure) == (0, "bot", None)

    def test_wrong_text_of_several(self, fails):
        mismatch, _ = fails("- user: bye\n- bot: {one_of: [Good bye, Later]}")
        assert lines(mismatch) == ["- Good bye", "- Later", "+ Bye"]

    def test_extra_reply_at_the_end(self, fails):
        mismatch, line = fails("- user: mute\n- user: hi\n- bot: Welcome!")
        assert (mismatch.kind, line) == ("extra-reply", 2)
        assert mismatch.headline == "bot: a reply that no step expected"
        assert lines(mismatch) == ["✓ Welcome!", "+ Which size?"]
        assert mismatch.turn == 1

    def test_extra_replies_before_the_next_turn(self, fails):
        mismatch, line = fails("- user: hi\n- user: mute")
        assert (mismatch.kind, line, mismatch.headline) == ("extra-reply", 1, "bot: 2 replies that no step expected")
        assert mismatch.turn == 0

    def test_extra_reply_before_the_expected_one(self, fails):
        mismatch, line = fails("- user: hi\n- bot: Which size?")
        assert (mismatch.kind, line, lines(mismatch)) == ("extra-reply", 1, ["+ Welcome!", "✓ Which size?"])

    def test_missing_reply_at_the_end(self, fails):
        mismatch, line = fails("- user: bye\n- bot: Bye\n- bot: See you")
        assert (mismatch.kind, line, mismatch.headline) == ("missing-reply", 3, "bot: the reply is missing")
        assert lines(mismatch) == ["✓ Bye", "- See you"]

    def test_missing_reply_before_another(self, fails):
        mismatch, line = fails("- user: bye\n- bot: Thanks\n- bot: Bye")
        assert (mismatch.kind, line, lines(mismatch)) == ("missing-reply", 2, ["- Thanks", "✓ Bye"])

    def test_missing_reply_before_a_group(self, fails):
        mismatch, line = fails("- user: both\n- bot: Thanks\n- any_order: [bot: b, bot: a]")
        assert (mismatch.kind, line) == ("missing-reply", 2)

    def test_wrong_order(self, fails):
        mismatch, line = fails("- user: hi\n- bot: Which size?\n- bot: Welcome!")
        assert (mismatch.kind, line) == ("wrong-order", 2)
        assert mismatch.headline == "bot: the replies came in another order"
        assert lines(mismatch) == [
            "- 1st expected: Which size?",
            "- 2nd expected: Welcome!",
            "+ 1st came: Welcome!",
            "+ 2nd came: Which size?",
        ]

    def test_a_gap_further_on_is_not_taken_for_the_reply(self, fails):
        """As many replies as were expected: the first says something else, whatever could match it later."""
        mismatch, line = fails("- user: hi\n- bot: Hello!\n- bot: ...")
        assert (mismatch.kind, line) == ("wrong-text", 2)

    def test_later_steps_whose_names_have_no_value_yet(self, fails):
        mismatch, _ = fails("- user: hi\n- bot: Hello ${x:int}\n- bot: Which ${x}")
        assert mismatch.kind == "wrong-text"

    def test_reply_to_somebody_else(self, fails):
        mismatch, line = fails("- user: abroad\n- bot: New order")
        assert (mismatch.kind, line) == ("wrong-part", 2)
        assert lines(mismatch) == ["✓ New order", "- chat: user", "+ chat: cook"]
        mismatch, line = fails("- user: abroad")
        assert (mismatch.kind, line, lines(mismatch)) == ("extra-reply", 1, ["+ to cook: New order"])

    def test_silent(self, holds, fails):
        holds("- user: mute\n- silent\n- user: bye\n- bot: Bye\n- silent")
        mismatch, line = fails("- user: hi\n- silent")
        assert (mismatch.kind, line, mismatch.headline) == ("silence-broken", 2, "silent: 2 replies came")
        assert lines(mismatch) == ["+ Welcome!", "+ Which size?"]
        mismatch, _ = fails("- user: hi\n- bot: Welcome!\n- silent")
        assert mismatch.headline == "silent: a reply came"


class TestParts:
    def test_what_is_not_named_is_not_asked(self, holds):
        holds("- user: rich\n- bot: Look")
        holds("- user: rich\n- {bot: Look, header: H, footer: /F/, media: ...png, type: image, dest: channel}")

    @pytest.mark.parametrize(
        ("part", "expected", "came"),
        [
            ("header", "X", "H"),
            ("footer", "X", "F"),
            ("media", "X", "m.png"),
            ("type", "text", "image"),
            ("dest", "out", "channel"),
        ],
    )
    def test_wrong_part(self, fails, part, expected, came):
        mismatch, line = fails(f"- user: rich\n- {{bot: Look, {part}: {expected}}}")
        assert (mismatch.kind, line, mismatch.headline) == ("wrong-part", 2, f"{part}: the reply has another")
        assert lines(mismatch) == ["✓ Look", f"- {part}: {expected}", f"+ {part}: {came}"]

    def test_part_that_is_not_there(self, fails):
        mismatch, _ = fails("- user: bye\n- {bot: Bye, header: H}")
        assert lines(mismatch) == ["✓ Bye", "- header: H", "+ header: (none)"]

    def test_options_are_all_of_them_in_order(self, holds, fails):
        holds("- user: offer\n- {bot: Size?, options: [Small, L...]}")
        mismatch, line = fails("- user: offer\n- {bot: Size?, options: [Large, Small]}")
        assert (mismatch.kind, line, mismatch.headline) == (
            "wrong-option",
            2,
            "options: the reply offers them in another order",
        )
        assert lines(mismatch) == ["✓ Size?", "- options: Large", "✓ options: Small", "+ options: Large"]
        mismatch, _ = fails("- user: offer\n- {bot: Size?, options: [Small]}")
        assert mismatch.kind == "wrong-option"
        mismatch, _ = fails("- user: offer\n- {bot: Size?, options: []}")
        assert lines(mismatch) == ["✓ Size?", "+ options: Small", "+ options: Large"]

    def test_captures_of_every_part(self, holds):
        verdict = holds('- user: offer\n- {bot: "${a:word}", options: ["${b:word}", Large], type: "${c:word}"}')
        assert {name: value.data for name, value in verdict.values.items()} == {"a": "Size?", "b": "Small", "c": "text"}


class TestAnyOrder:
    def test_any_order(self, holds):
        holds("- user: two\n- any_order:\n  - bot: /^Receipt r-\\d+$/\n  - bot: Thank you, ...")

    def test_a_pattern_and_a_text_that_overlap(self, holds):
        verdict = holds("- user: both\n- any_order:\n  - bot: ${x:word}\n  - bot: a")
        assert verdict.values["x"].text == "b"

    def test_captures_come_in_the_order_of_the_replies(self, holds):
        verdict = holds("- user: both\n- any_order:\n  - bot: ${x:word}\n  - bot: ${x:word}\n- user: mute")
        assert verdict.values["x"].text == "b"

    def test_as_in_the_language_page(self, fails):
        script = {"callback": (("Thank you, Ann", "Receipt x"), "done")}
        mismatch, line = fails(
            "- callback: {a: 1}\n- any_order:\n  - bot: Thank you, ...\n  - bot: /^Receipt r-\\d+$/\n- end",
            script=script,
        )
        assert (mismatch.kind, line, mismatch.headline) == ("missing-reply", 2, "any_order: 1 of 2 replies missing")
        assert lines(mismatch) == ["✓ Thank you, ...", r"- /^Receipt r-\d+$/", "+ Receipt x"]

    def test_too_few(self, fails):
        mismatch, _ = fails("- user: bye\n- any_order:\n  - bot: See you\n  - bot: Bye\n  - bot: Ciao")
        assert mismatch.headline == "any_order: 2 of 3 replies missing"
        assert lines(mismatch) == ["- See you", "✓ Bye", "- Ciao"]
        mismatch, _ = fails("- user: mute\n- any_order: [bot: a]")
        assert mismatch.headline == "any_order: 1 of 1 reply missing"

    def test_one_too_many(self, fails):
        mismatch, line = fails("- user: both\n- any_order: [bot: a]")
        assert (mismatch.kind, line) == ("extra-reply", 1)

    def test_checks_beside_members(self, fails):
        mismatch, line = fails("- user: both\n- any_order:\n  - bot: a\n  - {bot: b, state: other}")
        assert (mismatch.kind, line) == ("wrong-state", 4)


class TestCaptures:
    def test_flow_from_replies_to_all_that_follows(self, holds):
        verdict = holds(
            "- user: order\n- bot: Order ${order:int}, $$${price:float}. Pay at ${link}\n".replace(
                "${link}", "${link:word}"
            )
            + "- callback: {order: '${order}', note: 'no. ${order}'}\n- user: bye\n- bot: Bye\n- form: {link: '${link}'}",
        )
        assert json.loads(verdict.trace.turns[1].event.body) == {"order": 41, "note": "no. 41"}
        assert verdict.trace.turns[3].event.data == {"link": "pay.me/7"}
        assert verdict.values["price"].data == 9.0

    def test_taken_again_a_name_holds_the_later_value(self, holds):
        holds("- user: hi\n- bot: ${x:word}\n- bot: ${x:word} size?\n- user: bye\n- {bot: Bye, vars.last: bye}")

    def test_that_does_not_fit(self, fails):
        mismatch, line = fails("- user: order\n- bot: Order 41, $$9. Pay at ${link:int}")
        assert (mismatch.kind, line) == ("capture-mismatch", 2)
        assert mismatch.headline == "bot: 'pay.me/7' is no int"
        assert lines(mismatch) == [
            "- Order 41, $9. Pay at ${link:int}",
            "+ Order 41, $9. Pay at pay.me/7",
            "- ${link}: an int: digits, such as 41",
            "+ ${link}: pay.me/7",
        ]

    def test_cells_are_values(self, holds):
        bot = Scripted({"007": (("no. 007",), "menu")})
        verdict = holds(
            "- user: ${n}\n- bot: no. ${n}\n- form: {n: '${n}'}", more="    cases: {a: {n: 007}}\n", bot=bot
        )
        assert bot.events[0] == Text("007")
        assert bot.events[1] == Form({"n": 7})
        assert set(verdict.values) == {"n"}


class TestChecks:
    def test_beside_any_step_and_alone(self, holds):
        holds(
            "- {user: hi, state: menu, waits: input, vars.count: 1}\n- {bot: Welcome!, state: m...}\n"
            "- bot: Which size?\n- vars: {last: hi}\n  waits: input\n- state: menu"
        )

    def test_end(self, holds, fails):
        holds("- user: bye\n- bot: Bye\n- end\n- state: done\n- vars: {last: bye}\n- user: mute")
        mismatch, line = fails("- user: mute\n- end")
        assert (mismatch.kind, line, mismatch.headline) == ("wrong-waits", 2, "waits: the bot waits for input")
        assert lines(mismatch) == ["- waits: end", "+ waits: input"]

    def test_wrong_state(self, fails):
        mismatch, line = fails("- user: mute\n- state: dune")
        assert (mismatch.kind, line, mismatch.headline) == (
            "wrong-state",
            2,
            "state: the chat is in 'menu', not in 'dune'",
        )
        assert lines(mismatch) == ["- state: dune", "+ state: menu"]
        assert mismatch.hint == "the bot has no state 'dune'; did you mean 'done'?"
        assert fails("- user: mute\n- state: done")[0].hint == ""
        assert fails("- user: mute\n- state: d...")[0].hint == ""

    def test_no_state(self, fails):
        class Stateless(Scripted):
            def step(self, snapshot, event):
                return Turn(event=event, snapshot=snapshot)

            state_names = None

        mismatch, _ = fails("- user: a\n- state: menu", bot=Stateless({}))
        assert lines(mismatch) == ["- state: menu", "+ state: (none)"]

    def test_wrong_variables(self, fails):
        mismatch, line = fails("- user: mute\n- vars: {last: mute, count: '1', more: 5}")
        assert (mismatch.kind, line) == ("wrong-variable", 2)
        assert mismatch.headline == "vars: 2 of 3 places differ"
        assert lines(mismatch) == [
            '✓ vars.last: "mute"',
            '- vars.count: "1"',
            "+ vars.count: 1",
            "- vars.more: 5",
            "+ vars.more: (not there)",
        ]
        assert fails("- user: mute\n- vars: {last: x}")[0].headline == 'vars: last is "mute", not "x"'

    def test_captures(self, holds):
        verdict = holds('- user: mute\n- {state: "${s:word}", vars.count: "${c:int}"}\n- form: {c: "${c}", s: "${s}"}')
        assert verdict.trace.turns[1].event == Form({"c": 1, "s": "menu"})

    def test_come_after_the_reply_of_their_step(self, fails):
        mismatch, _ = fails("- user: hi\n- {bot: nope, state: other}")
        assert mismatch.kind == "wrong-text"


class TestErrors:
    def test_bot_raises(self, fails):
        mismatch, line = fails("- user: fail\n- bot: Wait")
        assert (mismatch.kind, line, mismatch.headline) == ("bot-raised", 1, "the bot raised ValueError: no such pizza")
        assert mismatch.failure == Failure("bot-raised", "ValueError", "no such pizza")
        assert mismatch.turn == 0

    def test_error_that_is_meant_to_come(self, holds):
        holds("- user: fail\n- bot: Wait\n- raises: ValueError\n- user: hi\n- bot: Welcome!\n- bot: Which size?")
        holds('- user: fail\n- bot: Wait\n- raises: "ValueError: no such ..."')
        verdict = holds('- user: fail\n- bot: Wait\n- raises: "ValueError: no such ${what:word}"')
        assert verdict.values["what"].text == "pizza"

    def test_replies_before_it_are_held_too(self, fails):
        mismatch, line = fails("- user: fail\n- raises: ValueError")
        assert (mismatch.kind, line) == ("extra-reply", 1)

    def test_another_error(self, fails):
        mismatch, line = fails("- user: fail\n- bot: Wait\n- raises: KeyError")
        assert (mismatch.kind, line) == ("wrong-error", 3)
        assert mismatch.headline == "raises: the bot raised another error"
        assert lines(mismatch) == ["- KeyError", "+ ValueError: no such pizza"]
        assert mismatch.failure.type == "ValueError"

    def test_no_error(self, fails):
        mismatch, line = fails("- user: mute\n- raises: ValueError")
        assert (mismatch.kind, line, mismatch.headline) == ("not-raised", 2, "raises: the bot raised nothing")
        assert lines(mismatch) == ["- ValueError"]

    def test_raises_of_a_later_turn_does_not_count(self, fails):
        mismatch, line = fails("- user: fail\n- user: fail\n- raises: ValueError")
        assert (mismatch.kind, line) == ("bot-raised", 1)

    def test_slow_pattern(self, fails, monkeypatch):
        monkeypatch.setattr("chatsim.scenario.regex_text.REGEX_SECONDS", 0.05)
        mismatch, line = fails("- user: a\n- bot: /(a+a+)+$/", script={"a": (("a" * 5000 + "b",), "menu")})
        assert (mismatch.kind, line) == ("regex-too-slow", 2)
        assert mismatch.headline == "bot: regex too slow: /(a+a+)+$/"


class TestEvents:
    def test_each(self, holds, write):
        write("x", "coupon.png")
        bot = Scripted({})
        holds(
            "- user: null\n- user: hi\n- form: {a: 1}\n- file: coupon.png\n- file: {bytes: é}\n"
            "- file: {bytes: !!binary aGk=, name: a.bin, type: x/y}\n- callback: ok\n- callback: {a: [1]}",
            bot=bot,
        )
        assert bot.events == [
            Start(),
            Text("hi"),
            Form({"a": 1}),
            File(b"x", "coupon.png", "image/png"),
            File("é".encode(), "file", None),
            File(b"hi", "a.bin", "x/y"),
            Callback("ok"),
            Callback('{"a":[1]}'),
        ]

    def test_file_that_is_gone(self, fails, load, write, tmp_path):
        write("x", "coupon.png")
        case = load("bot: a:b\nscenarios: {s: [file: coupon.png]}\n").cases[0]
        (tmp_path / "coupon.png").unlink()
        mismatch = run_case(case, Scripted({})).mismatch
        assert (mismatch.kind, mismatch.turn) == ("unreadable-file", None)
        assert mismatch.headline == "file: there is no file 'coupon.png'"
        assert mismatch.hint == f"paths start at {tmp_path}"

    def test_file_that_is_a_folder(self, load, tmp_path, write):
        write("x", "coupon.png")
        case = load("bot: a:b\nscenarios: {s: [file: coupon.png]}\n").cases[0]
        (tmp_path / "coupon.png").unlink()
        (tmp_path / "coupon.png").mkdir()
        mismatch = run_case(case, Scripted({})).mismatch
        assert mismatch.headline == "file: coupon.png cannot be read: Is a directory"

    def test_file_whose_name_is_said_by_the_bot(self, holds, fails, write):
        write("x", "pay.me")
        script = {"a": (("pay.me",), "menu"), "b": (("\0",), "menu")}
        holds("- user: a\n- bot: ${x:word}\n- file: ${x}", script=script)
        mismatch, line = fails("- user: b\n- bot: ${x:word}\n- file: ${x}", script=script)
        assert (mismatch.kind, line) == ("unreadable-file", 3)
        assert mismatch.headline.endswith("cannot be read: embedded null byte")

    def test_number_that_json_cannot_hold(self, fails):
        script = {"a": (("9" * 30,), "menu")}
        mismatch, line = fails("- user: a\n- bot: ${x:int}\n- callback: {x: '${x}'}", script=script)
        assert (mismatch.kind, line) == ("bad-value", 3)
        assert (
            mismatch.headline
            == "what goes to the bot is no JSON: $.x: an integer that does not fit into a signed 64-bit integer"
        )


class TestTap:
    def test_by_title_and_by_id(self, holds):
        bot = Scripted(SCRIPT)
        holds("- user: offer\n- bot: Size?\n- tap: Small\n- user: offer\n- bot: Size?\n- tap: {id: l}", bot=bot)
        assert [bot.events[1], bot.events[3]] == [Tap("s", "Small"), Tap("l", "Large")]

    def test_not_offered(self, fails):
        mismatch, line = fails("- user: offer\n- bot: Size?\n- tap: Smal")
        assert (mismatch.kind, line, mismatch.headline) == ("not-offered", 3, "tap: 'Smal' was not offered")
        assert lines(mismatch) == ["+ offered: [Small] [Large]"]
        assert mismatch.hint == "did you mean 'Small'?"
        assert mismatch.turn == 0

    def test_id_not_offered(self, fails):
        mismatch, _ = fails("- user: offer\n- bot: Size?\n- tap: {id: x}")
        assert mismatch.hint == "the options here are s, l"

    def test_nothing_offered(self, fails):
        mismatch, line = fails("- tap: Small")
        assert (mismatch.kind, line, mismatch.turn) == ("not-offered", 1, None)
        assert mismatch.hint == "the bot offered nothing in its last turn"
        assert lines(mismatch) == ["+ offered: (nothing)"]

    def test_only_the_last_turn_counts_unless_stale(self, fails, holds):
        before = "- user: offer\n- bot: Size?\n- user: mute\n"
        mismatch, line = fails(before + "- tap: Small")
        assert (mismatch.kind, line) == ("not-offered", 4)
        assert (
            mismatch.hint == "it was offered before the last turn; to tap it all the same: {option: Small, stale: true}"
        )
        bot = Scripted(SCRIPT)
        holds(before + "- tap: {option: Small, stale: true}", bot=bot)
        assert bot.events[-1] == Tap("s", "Small")
        assert fails(before + "- tap: {option: Huge, stale: true}")[0].kind == "not-offered"

    def test_two_options_of_one_title(self, fails, holds):
        before = "- user: twins\n- bot: A?\n- bot: B?\n"
        mismatch, _ = fails(before + "- tap: Yes")
        assert mismatch.headline == "tap: 2 options are titled 'Yes'"
        assert mismatch.hint == "choose one by its id: {id: 1}, {id: 2}"
        holds(before + "- tap: {option: Yes, id: 2}")

    def test_first_tap_in_the_middle_is_not_checked(self, holds, fails):
        bot = Scripted(SCRIPT)
        given = "    given: {state: menu}\n"
        holds("- tap: Small", more=given, bot=bot)
        holds("- tap: {id: s}", more=given, bot=bot)
        holds("- tap: {id: s, option: Small}", more=given, bot=bot)
        assert bot.events == [Tap("Small", "Small"), Tap("s", "s"), Tap("s", "Small")]
        assert fails("- tap: Small\n- tap: Small", more=given)[1] == 2


class TestGiven:
    def test_starts_there(self, holds):
        verdict = holds(
            "- user: mute\n- vars: {name: Ann, n: 7, count: 1}",
            more="    cases: {a: {n: 007}}\n    given: {state: menu, vars: {name: Ann, n: '${n}'}}\n",
        )
        assert verdict.trace.start.chat() == ChatState("menu", {"name": "Ann", "n": 7})

    def test_bot_that_cannot(self, run):
        class Beginner:
            def start(self):
                return Snapshot()

            def step(self, snapshot, event):
                return Turn(event=event, snapshot=snapshot)

        with pytest.raises(SetupError, match="cannot start in the middle"):
            run("- user: a", more="    given: {state: menu}\n", bot=Beginner())
