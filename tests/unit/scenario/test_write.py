"""A trace as a scenario: what is written passes, and reads as if somebody had written it."""

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatsim.errors import SetupError
from chatsim.scenario.load import load_file
from chatsim.scenario.run import run_case
from chatsim.scenario.write import write_scenario
from chatsim.session import Session
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
    Trace,
    Turn,
    Wait,
)


class Echo:
    """Says what it is given in every way in which it can."""

    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        said = {
            Start: lambda: "begun",
            Text: lambda: event.text,
            Tap: lambda: event.title,
            Form: lambda: repr(event.data),
            File: lambda: f"{event.name} {event.type} {event.data!r}",
            Callback: lambda: event.body,
        }[type(event)]()
        seen = snapshot.chats.get("user", ChatState("0"))
        after = ChatState(said[:20] or seen.state, {"said": said})
        options = tuple(Option(str(n), title) for n, title in enumerate(dict.fromkeys([said, "..", "/x/"])))
        replies = (Reply(said), Reply(f"You said: {said}", options=options, header=said[:9], footer=said[::-1]))
        return Turn(event=event, effects=replies, snapshot=snapshot.with_chat("user", after))


class Scripted:
    """Answers with what it is given, one turn after the other, whatever it is told."""

    def __init__(self, *answers):
        self.answers = answers

    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        answer = self.answers[snapshot.shared or 0]
        effects = tuple(Reply(part) if isinstance(part, str) else part for part in answer)
        return Turn(
            event=event,
            effects=effects,
            snapshot=Snapshot(snapshot.chats, snapshot.clock, (), (snapshot.shared or 0) + 1),
        )


def written(trace, **options):
    return write_scenario(trace, bot="bot:bot", **options).text


def steps(trace, **options):
    """Return the lines of the steps alone."""
    return written(trace, **options).splitlines()[3:]


def play(recording, bot):
    """Write the file, load it and run it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "written.chat.yaml"
        path.write_text(recording.text, "utf-8", newline="\n")
        for name, data in recording.files.items():
            (path.parent / name).parent.mkdir(exist_ok=True)
            (path.parent / name).write_bytes(data)
        (case,) = load_file(path).cases
        return run_case(case, bot)


def talk(bot, *said):
    session = Session(bot)
    for text in said:
        session.send(text)
    return session.trace


def turn(event, *replies, state=None, ended=None, error=None):
    snapshot = Snapshot({"user": ChatState(state)}) if state else Snapshot()
    return Turn(event=event, effects=replies, snapshot=snapshot, ended=ended, error=error)


awkward = st.sampled_from(
    ["", " ", "null", "~", "no", "1:30", "007", "...", "/a/", "${x}", "$", "$$", "a: b", "a #b", "#", "- a", "end", "silent",
     "2026-11-23", "Order 41", "order 41 41", "12345678", "a\nb", "a\n", "\n", "\r\n", "\t", "\x00", "\x85", "\u2028", "\ufeff",
     "👩‍🔧", "e\u0301", "'\"\\", "{a}", "[b]", "&a", "*b", "!c", "%d", "@e", "`f", "key:", ": v", "?", "|", ">", "---", "<<", "=",
     "550e8400-e29b-41d4-a716-446655440000", "41", "Token A7F3", "$41", "10:30:11", "Nov 5th"]
)  # fmt: skip
texts = st.one_of(
    awkward,
    st.text(),
    st.lists(awkward, min_size=2, max_size=4).map(" ".join),
    st.lists(awkward, min_size=2, max_size=3).map("".join),
)
data = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
events = st.one_of(
    st.just(Start()),
    texts.map(Text),
    st.dictionaries(texts, data, max_size=3).map(Form),
    st.builds(Callback, texts),
    st.dictionaries(texts, data, max_size=3).map(lambda body: ("callback", body)),
    st.tuples(
        st.just("file"), st.binary(max_size=20), st.one_of(st.sampled_from(["a.png", "a.txt", "b", "../c"]), texts)
    ),
    st.integers(0, 2).map(lambda index: ("tap", index)),
)


class TestLaw:
    @settings(max_examples=150, deadline=None)
    @given(st.lists(events, min_size=1, max_size=6), st.booleans())
    def test_what_is_written_passes(self, chosen, open_):
        """Whatever was said to a bot that says it again: the scenario loads, runs and passes."""
        session = Session(Echo())
        for event in chosen:
            if isinstance(event, tuple) and event[0] == "callback":
                session.callback(event[1])
            elif isinstance(event, tuple) and event[0] == "file":
                session.file(event[1], name=event[2])
            elif isinstance(event, tuple):
                offered = session.offered
                if offered:
                    session.tap(id=offered[event[1] % len(offered)].id)
            else:
                session.event(event)
        if not session.turns:
            return
        verdict = play(write_scenario(session.trace, bot="bot:bot", open_=open_, title="a: b #c"), Echo())
        assert verdict.mismatch is None

    @settings(max_examples=100, deadline=None)
    @given(st.dates(dt.date(1970, 1, 1)), st.integers(10, 10**9), st.dates(dt.date(1970, 1, 1)), st.integers(10, 10**9))
    def test_it_passes_on_another_day(self, day, order, other_day, other_order):
        def bot(date, number):
            return Scripted([f"Order {number}, due {date}."], [f"Order {number} is paid: https://pay.example/{number}"])

        trace = talk(bot(day, order), "hi", str(order))
        assert play(write_scenario(trace, bot="bot:bot"), bot(other_day, other_order)).passed


class TestStyle:
    def test_the_shortest_way(self):
        trace = Trace((
            turn(Start(), Reply("Welcome!"), Reply("Size?", options=(Option("s", "Small"), Option("l", "L, XL"))), state="size"),
            turn(Tap("s", "Small"), state="size"),
            turn(Form({"qty": 2, "note": "no", "7": None}), Reply("", media="a.png", type="image", dest="channel"), state="size"),
            turn(Callback('{"paid":true}'), Reply("ok", header="H", footer="F"), ended=ChatState("done", {}, "end")),
            turn(Callback("paid: yes"), error=Failure("bot-raised", "KeyError", "'size'")),
        ))  # fmt: skip
        assert steps(trace) == [
            "  - user: null",
            "  - bot: Welcome!",
            "  - bot: Size?",
            '    options: [Small, "L, XL"]',
            "    state: size",
            "  - tap: Small",
            "  - silent",
            '  - form: {qty: 2, note: "no", "7": null}',
            '  - bot: ""',
            "    media: a.png",
            "    type: image",
            "    dest: channel",
            "  - callback: {paid: true}",
            "  - bot: ok",
            "    header: H",
            "    footer: F",
            "    state: done",
            "  - end",
            '  - callback: "paid: yes"',
            "  - raises: \"KeyError: 'size'\"",
        ]

    def test_a_silent_turn_that_moves(self):
        assert steps(Trace((turn(Text("x"), state="b"),))) == ["  - user: x", "  - silent", "  - state: b"]

    def test_several_lines_are_a_block(self):
        trace = Trace((turn(Text("a"), Reply("Menu:\n\n- tea")),))
        assert steps(trace)[1:] == ["  - bot: |-", "      Menu:", "", "      - tea"]

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("Wait...", "{text: Wait...}"),
            ("/menu/", "{text: /menu/}"),
            ("${x}", "$${x}"),
            ("$5", "$5"),
            ("Total: 5", '"Total: 5"'),
            ("null", '"null"'),
            ("No", "No"),
            ("1:30", "1:30"),
            ('say "hi"', 'say "hi"'),
            ('"hi"', "'\"hi\"'"),
            ("a #1", '"a #1"'),
            ("\x1b[2J", '"\\x1b[2J"'),
        ],
    )  # fmt: skip
    def test_words(self, text, line):
        assert steps(Trace((turn(Text("a"), Reply(text)),)))[1] == f"  - bot: {line}"

    def test_credentials_and_title(self):
        text = written(Trace((turn(Text("a")),)), credentials={"KEY": "1"}, title="it: works")
        assert text.splitlines()[:4] == ["bot: bot:bot", 'credentials: {KEY: "1"}', "scenarios:", '  "it: works":']

    def test_in_the_middle(self):
        start = Snapshot({"user": ChatState("menu", {"name": "Ann"})})
        lines = steps(Trace((turn(Text("a"), state="menu"),), start))
        assert lines[:2] == ["    given: {state: menu, vars: {name: Ann}}", "    steps:"]

    def test_only_the_type_of_a_long_error(self):
        trace = Trace((turn(Text("a"), error=Failure("no-way-on", "NoWayOn", "state 'x' has no way on")),))
        assert steps(trace)[-1] == "  - raises: NoWayOn"

    def test_an_address_in_an_error(self):
        trace = Trace((turn(Text("a"), error=Failure("bot-raised", "TypeError", "<Bot at 0x7f3a12bc>")),))
        assert steps(trace)[-1] == '  - raises: "TypeError: <Bot at ...>"'


class TestValues:
    def test_a_value_that_comes_again(self):
        """What the bot said and a person repeats is taken out where it is said first."""
        bot = Scripted(["Order 4711 is due 2026-03-01 10:15"], ["Thanks for 4711."], ["4711!"])
        trace = Trace((*talk(bot, "hi", "it is 4711").turns, turn(Callback('{"order":4711}'), Reply("Paid 4711."))))
        assert steps(trace)[1:] == [
            "  - bot: Order ${order:int} is due ${date:date}",
            "  - user: it is ${order}",
            "  - bot: Thanks for ${order}.",
            '  - callback: {order: "${order}"}',
            "  - bot: Paid ${order}.",
        ]

    def test_in_data(self):
        """A value keeps its type there; what cannot be said with a name is said to the letter."""
        first = turn(Text("hi"), Reply("Order 4711 of 2026-03-01"))
        form = turn(Form({"items": [{"order": 4711}, "no. 4711", True, None], "day": "2026-03-01", "n": 12}))
        text = turn(Form({"order": "4711", "price": "$${x}", "list": ["${"]}))
        assert steps(Trace((first, form, text)))[2:5:2] == [
            '  - form: {items: [{order: "${order}"}, "no. ${order}", true, null], day: "${date}", n: 12}',
            '  - form: {order: "4711", price: "$$$${x}", list: ["$${"]}',
        ]

    def test_between_slashes(self):
        """What would be a regular expression begins with a gap."""
        trace = Trace((turn(Text("hi"), Reply("/Order 4711/")),))
        assert steps(trace)[1] == "  - bot: .../Order ${order:int}/"

    def test_one_value_twice(self):
        trace = Trace((turn(Text("hi"), Reply("2026-01-05 to 2026-01-05")),))
        assert steps(trace)[1] == "  - bot: ${date:date} to ..."

    def test_a_dollar_before_a_value(self):
        first = turn(Text("hi"), Reply("Order 4711"))
        assert steps(Trace((first, turn(Text("x"), Reply("$4711")))))[3] == "  - bot: $$${order}"

    def test_what_looks_like_a_date_and_is_none(self):
        """A capture would not take it, so that it is left open."""
        trace = Trace((turn(Text("hi"), Reply("on 2026-13-45")),))
        assert steps(trace)[1] == "  - bot: on ..."

    def test_a_short_number_that_may_be_chance(self):
        first = turn(Text("hi"), Reply("Order 41"))
        trace = Trace((first, turn(Text("x"), Reply("41 items, see shop/41"))))
        assert steps(trace)[3] == "  - bot: 41 items, see shop/${order}"

    def test_a_date_that_the_person_chose_stays(self):
        trace = Trace((turn(Text("on 2026-03-01"), Reply("See you on 2026-03-01")),))
        assert steps(trace)[1] == "  - bot: See you on 2026-03-01"

    def test_what_differs_elsewhere_is_open(self):
        trace = talk(Scripted(["Your table is 12, at 10:30"]), "hi")
        other = talk(Scripted(["Your table is 7, at 11:45"]), "hi")
        assert steps(trace, others=[other])[1] == "  - bot: Your table is ${number:int}, at ..."

    def test_everything_to_the_letter(self):
        trace = talk(Scripted(["Order 4711"]), "hi")
        assert steps(trace, open_=False)[1] == "  - bot: Order 4711"

    def test_a_tap_on_what_changes(self):
        options = (Option("1", "Mon 5 Jan"), Option("2", "Tue 6 Jan"))
        trace = Trace((turn(Text("hi"), Reply("When?", options=options)), turn(Tap("2", "Tue 6 Jan"), Reply("ok"))))
        assert steps(trace)[2:4] == ['    options: [..., "${date:text}"]', "  - tap: ${date}"]


class TestTaps:
    OPTIONS = (Option("1", "Yes"), Option("2", "Yes"))

    def test_two_of_one_title(self):
        trace = Trace((turn(Text("hi"), Reply("?", options=self.OPTIONS)), turn(Tap("2", "Yes"))))
        assert steps(trace)[3] == "  - tap: {id: 2}"

    def test_an_older_option(self):
        trace = Trace((turn(Text("hi"), Reply("?", options=self.OPTIONS)), turn(Text("x")), turn(Tap("2", "Yes"))))
        assert steps(trace)[5] == "  - tap: {option: Yes, stale: true}"

    def test_after_a_wait(self):
        """Time that passes takes no option away, and what comes by itself adds some."""
        asked, also = (Reply("?", options=(Option(title, title),)) for title in ("Yes", "Later"))
        for choice in ("Yes", "Later"):
            events = (Text("hi"), asked), (Wait(60.0),), (Wait(5.0), also), (Tap(choice, choice),)
            trace = Trace(tuple(turn(*each) for each in events))
            assert [line for line in steps(trace) if "tap" in line] == [f"  - tap: {choice}"]

    def test_never_offered(self):
        with pytest.raises(SetupError, match=r"turn 2 taps 'No', which was never offered"):
            steps(Trace((turn(Text("hi")), turn(Tap("3", "No")))))


class TestWorld:
    def test_a_wait(self):
        """Of a bot that says nothing when time passes, nothing is asked."""
        trace = Trace((turn(Text("hi"), Reply("a")), turn(Wait(5400.0)), turn(Wait(1.5), Reply("b"), state="late")))
        assert steps(trace)[2:] == ["  - wait: 1h30m", "  - wait: 1.5s", "  - bot: b", "    state: late"]

    def test_a_wait_that_moves(self):
        trace = Trace((turn(Text("hi"), Reply("a")), turn(Wait(60.0), state="late")))
        assert steps(trace)[2:] == ["  - wait: 1m", "  - state: late"]

    def test_restarts(self):
        """They stand before a turn; one before the first, or after the last, says nothing."""
        trace = Trace((turn(Text("hi"), Reply("a")), turn(Text("ho"), Reply("b"))))
        expected = ["  - user: hi", "  - bot: a", "  - restart", "  - user: ho", "  - bot: b"]
        assert steps(trace, restarts={0, 1, 2}) == expected


class TestFiles:
    def recording(self, *files, existing=lambda _: None):
        return write_scenario(Trace(tuple(turn(file) for file in files)), bot="bot:bot", existing=existing)

    def test_beside_the_scenario(self):
        recording = self.recording(File(b"1", "a.png", "image/png"), File(b"1", "a.png", "image/png"))
        assert recording.files == {"a.png": b"1"}
        assert recording.text.count("- file: a.png") == 2

    def test_never_over_another(self):
        recording = self.recording(
            File(b"1", "a.png", "image/png"), File(b"2", "a.png", "image/png"), existing={"a.png": b"0"}.get
        )
        assert recording.files == {"files/a.png": b"1", "files-2/a.png": b"2"}

    def test_a_name_that_is_no_file_name(self):
        recording = self.recording(File(b"\xff", "../../etc/passwd", "x/y"))
        assert not recording.files
        assert "- file: {bytes: !!binary /w==, name: ../../etc/passwd, type: x/y}" in recording.text


class TestPeople:
    """Several people: each is declared, and speaks under a name of their own."""

    def lines(self, *turns, start=None):
        return steps(Trace(turns, start or Snapshot()))

    def test_each_in_a_chat_of_their_own(self):
        assert self.lines(
            turn(Text("a: b", "ann"), Reply("New order", "cook", (Option("d", "Done, now"),)), Reply("ok", "ann")),
            turn(Tap("d", "Done, now", "cook"), Reply("Ready", "ann")),
            turn(Start("ann"), Reply("?", "ann")),
            turn(Text("hi"), Reply("hi")),
        ) == [
            "    users: [ann, cook]",
            "    steps:",
            '    - ann: "a: b"',
            "    - bot>cook: New order",
            '      options: ["Done, now"]',
            "    - bot: ok",
            '    - cook: {tap: "Done, now"}',
            "    - bot>ann: Ready",
            "    - ann: null",
            '    - bot: "?"',
            "    - user: hi",
            "    - bot: hi",
        ]

    def test_several_in_one_chat(self):
        """A reply to their chat is one to whoever spoke last."""
        assert self.lines(
            turn(Text("hi", "the table", "ann"), Reply("hi", "the table")),
            turn(Form({"a": "b, c"}, "the table", "bob"), Reply("hi", "the table")),
            turn(Callback("paid: 1", "cook"), Reply("paid", "the table")),
            turn(Callback('{"a":1}', "cook")),
        ) == [
            "    users: {ann: the table, bob: the table, cook: cook}",
            "    steps:",
            "    - ann: hi",
            "    - bot: hi",
            '    - bob: {form: {a: "b, c"}}',
            "    - bot: hi",
            '    - cook: {callback: "paid: 1"}',
            "    - bot>bob: paid",
            "    - cook: {callback: {a: 1}}",
            "    - silent",
        ]

    def test_names_that_nobody_may_have(self):
        lines = self.lines(
            turn(Text("hi", "+49 171"), Reply("hi", "bot")),
            turn(Text("hi", "user-2"), Reply("hi", "用户")),
            turn(Text("hi", "b/c"), Reply("hi", "b.c")),
        )
        assert lines[0] == (
            "    users: {person_49_171: +49 171, user-2: user-2, b_c: b/c, person_bot: bot, 用户: 用户, person_b_c: b.c}"
        )

    def test_names_that_are_all_taken(self):
        lines = self.lines(
            *(turn(Text("hi", chat, "ann")) for chat in ("a", "b", "c")),
            turn(Text("hi", "person_2")),
            turn(Text("hi", "--")),
        )
        assert lines[0] == '    users: {ann: a, person_ann: b, person_2: c, person_person_2: person_2, person_: "--"}'

    def test_states_are_those_of_each(self):
        """A state is written where it is another than before, in the same chat."""

        def one(chat, state, *replies):
            snapshot = Snapshot({chat: ChatState(state)})
            return Turn(event=Text("hi", chat), effects=replies, snapshot=snapshot)

        start = Snapshot({"ann": ChatState("menu", {"a": 1})})
        assert self.lines(
            one("ann", "menu", Reply("hi", "ann"), Reply("psst", "cook")),
            one("cook", "menu", Reply("hi", "ann")),
            one("ann", "pay", Reply("hi", "ann"), Reply("psst", "cook")),
            one("cook", "menu", Reply("hi", "cook")),
            start=start,
        ) == [
            "    given: {state: menu, vars: {a: 1}}",
            "    users: [ann, cook]",
            "    steps:",
            "    - ann: hi",
            "    - bot: hi",
            "    - bot>cook: psst",
            "    - cook: hi",
            "    - bot>ann: hi",
            "    - state: menu",
            "    - ann: hi",
            "    - bot: hi",
            "      state: pay",
            "    - bot>cook: psst",
            "    - cook: hi",
            "    - bot: hi",
        ]

    def test_what_was_offered_to_somebody_else_is_no_tap(self):
        with pytest.raises(SetupError, match="turn 2 taps 'A', which was never offered"):
            self.lines(turn(Text("hi", "ann"), Reply("?", "cook", (Option("a", "A"),))), turn(Tap("a", "A", "ann")))

    def test_several_in_the_chat_of_one(self):
        with pytest.raises(SetupError, match="ann speaks in the chat 'user'"):
            self.lines(turn(Text("hi", "user", "ann")))

    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from([("user", ""), ("ann", ""), ("table", "bob"), ("table", "cid"), ("end", "")]),
                st.sampled_from(["hi", "a: b", "[x]", "null", "- a"]),
                st.lists(
                    st.tuples(st.sampled_from(["user", "ann", "table", "the cook"]), st.sampled_from(["x", "1"])),
                    max_size=3,
                ),
            ),
            min_size=1,
            max_size=6,
        )
    )
    def test_what_is_written_passes(self, said):
        """Whoever says what to whom: the scenario plays the same, and passes."""

        class Switchboard:
            def start(self):
                return Snapshot()

            def step(self, snapshot, event):
                number = snapshot.shared or 0
                replies = tuple(Reply(text, chat) for chat, text in said[number][2])
                seen = snapshot.with_chat(event.chat, ChatState("on", {"text": event.text}))
                return Turn(event=event, effects=replies, snapshot=Snapshot(seen.chats, seen.clock, shared=number + 1))

        session = Session(Switchboard())
        for (chat, by), text, _ in said:
            session.event(Text(text, chat, by))
        with TemporaryDirectory() as folder:
            path = Path(folder, "a.chat.yaml")
            path.write_text(write_scenario(session.trace, bot="a:b").text, "utf-8")
            verdict = run_case(load_file(path).cases[0], Switchboard())
        assert verdict.mismatch is None
        assert [turn.event.chat for turn in verdict.trace.turns] == [chat for (chat, _), _, _ in said]


class TestNoWords:
    def test_half_a_character_of_a_person(self):
        with pytest.raises(SetupError, match="turn 1 holds a lone surrogate"):
            written(Trace((turn(Text("\ud83d")),)))

    def test_half_a_character_of_the_bot_is_left_open(self):
        assert steps(Trace((turn(Text("a"), Reply("a \ud83d b")),)))[1] == "  - bot: a ... b"
