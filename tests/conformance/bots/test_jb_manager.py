"""Classes of the published jb_manager_bot 0.1.8, driven by their own ``run_machine``."""

import copy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jb_manager_bot import AbstractFSM, FSMOutput
from transitions import Machine

from chatsim.bots.loading import load_bot
from chatsim.errors import SetupError, UnknownState
from chatsim.jsondata import from_json, to_json
from chatsim.session import Session
from chatsim.trace import Guard, Hop, Reply, Save, Tap, Trace

FOLDER = Path(__file__).parent / "jb_manager"


@pytest.fixture
def chat():
    def chat(name, **credentials):
        return Session(load_bot(f"bot:{name}", FOLDER, credentials))

    return chat


class TestBicycles:
    def test_to_the_end(self, chat, hold):
        session = chat("Bicycles", BANK="bank.example")
        hold(
            session,
            (lambda chat: chat.send(), ["Which bicycle?"], "choose"),
            ("a red one", ["Please choose one of these.", "Which bicycle?"], "choose"),
            (lambda chat: chat.tap("City"), ["Pay 50 at bank.example"], "deposit"),
            (lambda chat: chat.callback({"receipt": 7}), ["Thank you, receipt 7"], "end"),
            ("again", ["Which bicycle?"], "choose"),
        )
        assert [turn.waits for turn in session.turns] == ["input", "input", "callback", "end", "input"]
        assert session.turns[3].chat_state.context == {"misses": 1, "receipt": 7}
        assert session.turns[4].chat_state.context == {}
        assert from_json(to_json(session.trace), Trace) == session.trace

    def test_hops(self, chat):
        """Every move, with the guards that were asked and the plugin that moved."""
        session = chat("Bicycles", BANK="b")
        session.send()
        assert session.send("?").hops == (
            Hop("choose", "unknown", (Guard("is_bicycle", value=False),)),
            Hop("unknown", "choose"),
        )
        assert session.tap("City").hops == (
            Hop("choose", "deposit", (Guard("is_bicycle", value=True),)),
            Hop("zero", "ask", machine="deposit"),
        )
        assert session.callback({"receipt": 1}).hops == (
            Hop("ask", "paid", machine="deposit"),
            Hop("paid", "end", machine="deposit"),
            Hop("deposit", "thanks"),
            Hop("thanks", "end"),
        )

    def test_effects_and_options(self, chat):
        reply, saved = chat("Bicycles", BANK="b").send().effects
        assert isinstance(reply, Reply)
        assert (reply.type, [(option.id, option.title) for option in reply.options]) == (
            "interactive",
            [("1", "City"), ("2", "Mountain")],
        )
        assert saved == Save("user")

    def test_the_wrong_kind_of_input(self, chat):
        """What the bot does not wait for is stored there, and resumes nothing."""
        session = chat("Bicycles", BANK="b")
        session.send()
        assert session.callback("x").replies == ()
        assert session.state == "choose"

    def test_the_package_is_left_as_it_was(self, chat):
        watched = (AbstractFSM._restore_state, Machine.set_state, Machine._process)
        chat("Bicycles", BANK="b").send()
        assert watched == (AbstractFSM._restore_state, Machine.set_state, Machine._process)


INPUTS = st.sampled_from(
    [
        (None, None),
        ("hello", None),
        ('[{"option_id": "1", "option_text": "City"}]', None),
        (None, '{"receipt": 3}'),
        (None, "null"),
        ("", None),
    ]
)


class TestTheSameAsUnwatched:
    @given(st.lists(INPUTS, max_size=8))
    @settings(deadline=None)
    def test_watching_changes_nothing(self, inputs):
        """Whatever arrives, the package says and saves the same when nobody watches it."""
        bot = load_bot("bot:Bicycles", FOLDER, {"BANK": "b"})
        session, state = Session(bot), None
        for user_input, callback in inputs:
            said = []
            try:
                after = bot.cls.run_machine(
                    lambda output, said=said: said.append(output.message_data.body),
                    user_input,
                    callback,
                    {"BANK": "b"},
                    copy.deepcopy(state),
                )
            except Exception as error:  # noqa: BLE001 - the bot may raise anything, and does so here as well
                expected = type(error).__name__
            else:
                expected, state = None, after
            turn = session.callback(callback) if callback is not None else session.send(user_input)
            assert ([reply.text for reply in turn.replies], turn.error and turn.error.type) == (said, expected)
            if state is not None:
                kept = turn.snapshot.chats["user"]
                main = {"state": kept.state, "status": kept.extra["status"], "variables": kept.context}
                assert {"main": main, "plugins": kept.extra["plugins"]} == state


class TestFaults:
    @pytest.fixture
    def session(self, chat):
        session = chat("Faulty")
        session.send()
        return session

    def test_no_way_on(self, session):
        """Where the package asks for ever, the turn says what it asked."""
        error = session.send("nonsense").error
        assert error.kind == "no-way-on"
        assert error.message.startswith("no way on: state ask, guards ")
        assert "is_stuck=False" in error.message
        assert error.message.endswith("let one of the guards hold")

    def test_no_way_on_from_a_choice(self, session):
        """A choice comes as JSON, which its author may not know: it is shown."""
        error = session.event(Tap("9", "Nonsense")).error
        assert error.message.endswith('; current_input is [{"option_id": "9", "option_text": "Nonsense"}]')

    def test_no_transition(self, session):
        error = session.send("stuck").error
        assert (error.type, error.message) == ("MachineError", '"Can\'t trigger event next from state stuck!"')

    def test_hop_loop(self, session):
        turn = session.send("round")
        assert (turn.error.kind, turn.hops[-1]) == ("hop-loop", Hop("round", "round"))

    def test_raised(self, session):
        """The effects before the error stay, and so does the snapshot, whatever the bot did to its variables."""
        before = to_json(session.snapshot)
        turn = session.send("broken")
        assert [reply.text for reply in turn.replies] == ["before"]
        assert (turn.error.type, turn.error.message) == ("ValueError", "out of bicycles")
        assert [frame.function for frame in turn.error.frames] == ["Faulty.on_enter_broken"]
        assert turn.hops[-1].target == "broken"
        assert to_json(turn.snapshot) == before

    def test_variables_that_are_no_json(self, session):
        error = session.send("silly").error
        assert (error.kind, error.message) == ("context-not-json", "$.when: JSON cannot hold set")

    def test_the_class_itself(self, chat):
        with pytest.raises(SetupError, match=r"Implementation.* of ask not defined"):
            chat("Unfinished")

    def test_another_version(self, chat, monkeypatch):
        fields = {name: field for name, field in FSMOutput.model_fields.items() if name != "message_data"}
        monkeypatch.setattr(FSMOutput, "__pydantic_fields__", fields)
        with pytest.raises(SetupError, match=r"jb-manager-bot==0\.1\.8"):
            chat("Faulty")


class TestStartAnywhere:
    def test_takes_what_the_first_event_brings(self, chat):
        bot = chat("Bicycles", BANK="b").bot
        assert Session(bot, snapshot=bot.start_at("user", "choose", {"misses": 4})).send("x").chat_state.context == {
            "misses": 5
        }
        assert Session(bot, snapshot=bot.start_at("user", "thanks", {})).callback("x").state == "end"

    def test_waits_as_it_is_told(self, chat):
        bot = chat("Bicycles", BANK="b").bot
        assert Session(bot, snapshot=bot.start_at("user", "choose", {}, "callback")).send("x").replies == ()
        assert Session(bot, snapshot=bot.start_at("user", "zero", {})).send("x").state == "choose"

    def test_refusals(self, chat):
        bot = chat("Bicycles", BANK="b").bot
        assert bot.state_names() == ("zero", "choose", "unknown", "deposit", "thanks", "end")
        with pytest.raises(UnknownState, match=r"no state 'chose'\. Did you mean 'choose'"):
            bot.start_at("user", "chose", {})
        with pytest.raises(SetupError, match="cannot begin at its end"):
            bot.start_at("user", "choose", {}, "end")
