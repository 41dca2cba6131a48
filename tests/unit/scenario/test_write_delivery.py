"""Traces of events that did not arrive as they should, as scenarios: what is written passes, and plays the same."""

from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatsim.bots.base import Guards
from chatsim.delivery.play import CannotArrive
from chatsim.scenario.load import load_file
from chatsim.scenario.run import run_case
from chatsim.scenario.write import write_scenario
from chatsim.session import Session
from chatsim.trace import (
    Callback,
    ChatState,
    Fault,
    File,
    Form,
    Option,
    Reply,
    Save,
    Snapshot,
    Start,
    Tap,
    Text,
    Turn,
)

OFFERED = (Option("y", "Yes"), Option("n", "No: no"))


class Log:
    """Keeps all that it was told, says how much that is, and ends at 'bye'."""

    def start(self):
        return Snapshot()

    def guards(self):
        return Guards(store="Log")

    def step(self, snapshot, event):
        said = getattr(event, "text", getattr(event, "title", getattr(event, "body", type(event).__name__)))
        before = snapshot.chats.get("user", ChatState("on", {"log": []}))
        after = ChatState("on", {"log": [*before.context["log"], said]})
        replies = (Reply(f"{len(after.context['log'])}: {said}", options=OFFERED), Reply("more?"))
        ended = after if said == "bye" else None
        kept = ChatState("on", {"log": []}) if ended else after
        return Turn(event=event, effects=(*replies, Save()), snapshot=snapshot.with_chat("user", kept), ended=ended)


events = st.one_of(
    st.just(Start()),
    st.sampled_from(["hi", "bye", "1:30", "{a", "${x}", "no"]).map(Text),
    st.sampled_from(OFFERED).map(lambda option: Tap(option.id, option.title)),
    st.sampled_from([{"qty": 1}, {"a": "b: c"}]).map(Form),
    st.sampled_from(['{"order":41}', "paid", "a: b"]).map(Callback),
    st.sampled_from(
        [File(b"\x00", "a.png", "image/png"), File(b"x", "a b, c.txt", "text/plain"), File(b"y", "§", "a/b")]
    ),
)
faults = st.one_of(
    st.none(),
    st.sampled_from(["twice", "dropped", "late", "expired"]).map(Fault),
    st.builds(Fault, st.just("crash"), st.sampled_from(["before-send", "after-send"]), st.integers(1, 2)),
    st.sampled_from(["before-save", "after-save"]).map(lambda at: Fault("crash", at=at)),
    st.sampled_from(["timeout", "stale"]).map(lambda at: Fault("store", at=at)),
    st.builds(Fault, st.sampled_from(["with", "reordered"]), other=events),
)


def played(said):
    """Return a session in which everything of *said* happened that can."""
    session = Session(Log())
    session.send("begin")  # so that options are offered
    for event, fault in said:
        if fault is None:
            session.event(event)
            continue
        try:
            session.deliver(event, fault)
        except CannotArrive:
            continue
    return session


def written(session, **more):
    return write_scenario(session.trace, bot="bot:bot", **more)


def run(recording):
    with TemporaryDirectory() as folder:
        for name, data in recording.files.items():
            (path := Path(folder, name)).parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        path = Path(folder, "written.chat.yaml")
        path.write_text(recording.text, encoding="utf-8")
        (case,) = load_file(path).cases
        return run_case(case, Log())


@settings(max_examples=60)
@given(st.lists(st.tuples(events, faults), max_size=4), st.booleans())
def test_what_is_written_passes_and_plays_the_same(said, anything):
    session = played(said)
    verdict = run(written(session, anything=anything))
    assert verdict.mismatch is None, verdict.mismatch
    assert [msgspec.structs.replace(turn, seconds=0) for turn in verdict.trace.turns] == [
        msgspec.structs.replace(turn, snapshot=now.snapshot)
        for turn, now in zip(session.turns, verdict.trace.turns, strict=True)
    ]
    assert [turn.snapshot.chats for turn in verdict.trace.turns] == [turn.snapshot.chats for turn in session.turns]


def lines(said, **more):
    return [line for line in written(played(said), **more).text.splitlines() if "deliver" in line or "user" in line]


class TestWords:
    @pytest.mark.parametrize(
        ("event", "fault", "deliver"),
        [
            (Text("a"), Fault("twice"), "deliver: twice"),
            (Text("a"), Fault("crash", at="after-send", nth=2), "deliver: {crash: after-send 2}"),
            (Text("a"), Fault("store", at="stale"), "deliver: {store: stale}"),
            (Text("a"), Fault("with", other=Text("b, c")), 'deliver: {with: {user: "b, c"}}'),
            (Text("a"), Fault("with", other=Start()), "deliver: {with: {user: null}}"),
            (Text("a"), Fault("with", other=Tap("y", "Yes")), "deliver: {with: {tap: Yes}}"),
            (Text("a"), Fault("with", other=Form({"a": 1})), "deliver: {with: {form: {a: 1}}}"),
            (Text("a"), Fault("with", other=Callback('{"a":1}')), "deliver: {with: {callback: {a: 1}}}"),
            (Text("a"), Fault("with", other=Callback("paid: {")), 'deliver: {with: {callback: "paid: {"}}'),
            (Text("a"), Fault("with", other=File(b"a", "a.txt", "text/plain")), "deliver: {with: {file: a.txt}}"),
        ],
    )
    def test_below_the_step(self, event, fault, deliver):
        assert lines([(event, fault)])[1:] == ["  - user: a", f"    {deliver}"]

    def test_what_was_overtaken_stands_first(self):
        assert lines([(Text("a"), Fault("reordered", other=Text("b")))])[1:] == [
            "  - user: a",
            "    deliver: reordered",
            "  - user: b",
        ]

    @pytest.mark.parametrize(
        ("fault", "deliver"),
        [
            (Fault("twice"), "deliver: {how: twice, never: applied-twice}"),
            (Fault("crash", at="after-save"), "deliver: {crash: after-save, never: applied-twice}"),
            (Fault("with", other=Text("b")), "deliver: {with: {user: b}, never: applied-twice}"),
        ],
    )
    def test_what_must_not_come_of_it(self, fault, deliver):
        assert lines([(Text("a"), fault)], never={1: "applied-twice"})[1:] == ["  - user: a", f"    {deliver}"]

    def test_whatever_is_said(self):
        text = written(played([(Text("a"), Fault("twice"))]), anything=True).text
        assert text.splitlines()[3:] == [
            "  - user: begin",
            "  - anything",
            "  - user: a",
            "    deliver: twice",
            "  - anything",
        ]
