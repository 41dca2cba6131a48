"""Steps that do not arrive as they should: what the bot gets, what is expected of it, and what it must not make of it."""

import textwrap

import pytest

from chatsim.report.document import plain
from chatsim.report.transcript import transcript
from chatsim.scenario.branches import Branches
from chatsim.scenario.load import load_file, ready

BOT = """
    import json, random
    import httpx
    from chatsim.orchestrator import ChatOrchestrator
    from chatsim.senders.recording import RecordingSender
    from chatsim.state_managers.inmemory import InMemoryStateManager

    class Plain:
        def __init__(self):
            self.states = {}
        def get_state(self, chat_id):
            return self.states.get(chat_id, (None, {}))
        def set_state(self, chat_id, state_id, context):
            self.states[chat_id] = (state_id, context)
        def delete_state(self, chat_id):
            self.states.pop(chat_id, None)

    lives = []

    def shop(store, knows):
        bot = ChatOrchestrator(store, RecordingSender())

        @bot.register_step("start")
        def start(chat_id, text, context, sender):
            say = lambda said, *options: sender.send_message(chat_id, said, list(options) or None)
            context = {"log": [], "seen": [], "points": 0, **context}
            if text and text.startswith("{"):
                report = json.loads(text)
                if "ping" in report:
                    say("pong")
                    return "start", context
                if report["id"] in context["seen"] and knows:
                    return "start", context
                context["seen"].append(report["id"])
                context["points"] += 5
                say(f"{context['points']} points")
                return "start", context
            context["log"].append(text)
            if text == "raise":
                say("about to")
                raise ValueError("asked to")
            if text == "order":
                httpx.post("https://shop.example/orders", json={"size": "S"})
            if text == "lives":
                lives.append(1)
                say(f"{len(lives)} in this life")
            elif text == "dice":
                say(str(random.random()))
            else:
                say(f"{text} it is", "Small", "Large")
                say(f"{len(context['log'])} said")
            return "start", context

        return bot

    careful = shop(InMemoryStateManager(), True)
    careless = shop(InMemoryStateManager(), False)
    unguarded = shop(Plain(), True)
    tolerated = shop(Plain(), False)
    tolerated.chatsim_delivery = {"serial": True, "may": ["applied-twice"]}
    wrong = shop(Plain(), True)
    wrong.chatsim_delivery = {"serials": True}
"""

MACHINE = """
    from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, Status

    class Ends(AbstractFSM):
        states = ["zero", "hello", "end"]
        transitions = [
            {"trigger": "next", "source": "zero", "dest": "hello"},
            {"trigger": "next", "source": "hello", "dest": "end"},
        ]
        conditions = set()
        output_variables = set()

        def on_enter_hello(self):
            self.send_message(FSMOutput(message_data=MessageData(body="Hello")))
            self.status = Status.WAIT_FOR_USER_INPUT

        def on_enter_end(self):
            self.send_message(FSMOutput(message_data=MessageData(body="Bye")))
            self.status = Status.END

    from chatsim.trace import ChatState, Snapshot, Turn

    class Takes:  # ends at once, and takes a webhook all the same
        def start(self):
            return Snapshot()

        def step(self, snapshot, event):
            chat = ChatState(type(event).__name__)
            ended = chat if chat.state == "Text" else None
            return Turn(event=event, snapshot=snapshot.with_chat(event.chat, chat), ended=ended)
"""


@pytest.fixture
def verdicts(write):
    """Run a scenario of these steps, and return the verdicts of its tests."""

    def verdicts(steps, *, bot="bot:careful", top="", again=1):
        write(BOT, "bot.py")
        write(MACHINE, "ends.py")
        body = textwrap.indent(textwrap.dedent(steps).strip("\n"), "  " * 2)
        loaded = ready(load_file(write(f"bot: {bot}\nscenarios:\n  s:\n{top}    steps:\n{body}\n")))
        branches = Branches(loaded.stage)
        return [branches.run(case) for case in loaded.file.cases for _ in range(again)]

    return verdicts


@pytest.fixture
def holds(verdicts):
    def holds(steps, **more):
        for verdict in verdicts(steps, **more):
            assert verdict.mismatch is None, verdict.mismatch

    return holds


@pytest.fixture
def fails(verdicts):
    """Return kind, line, headline and hint of the mismatch."""

    def fails(steps, **more):
        (verdict,) = verdicts(steps, **more)
        mismatch = verdict.mismatch
        return mismatch.kind, mismatch.position.line - 4, mismatch.headline, mismatch.hint

    return fails


class TestArriving:
    def test_twice(self, holds):
        holds("""
            - user: a
              deliver: twice
            - bot: a it is
              options: [Small, Large]
            - bot: 1 said
            - bot: a it is
            - bot: 2 said
              vars: {log: [a, a]}
        """)

    def test_dropped(self, holds):
        holds("""
            - user: a
            - anything
            - user: b
              deliver: dropped
            - silent
            - tap: Small
            - anything
            - vars: {log: [a, Small]}
        """)

    def test_reordered(self, holds):
        """Expectations of both stand after the one that overtakes, in the order in which the bot gets them."""
        holds("""
            - user: a
              deliver: reordered
            - silent
            - wait: 5s
            - user: b
            - bot: b it is
            - bot: 1 said
            - bot: a it is
            - bot: 2 said
              vars: {log: [b, a]}
            - tap: Small
            - anything
        """)

    def test_crash(self, holds):
        holds("""
            - user: a
              deliver: {crash: after-send 1}
            - bot: a it is
            - bot: a it is
            - bot: 1 said
            - user: b
              deliver: {crash: after-save}
            - any_order:
              - bot: b it is
              - bot: 2 said
              - bot: b it is
              - bot: 3 said
        """)

    def test_crash_forgets_what_is_not_in_the_snapshot(self, holds):
        holds("""
            - user: lives
            - bot: 1 in this life
            - user: lives
              deliver: {crash: after-send 1}
            - bot: 2 in this life
            - bot: 1 in this life
        """)

    def test_restart(self, holds):
        holds("""
            - user: lives
            - bot: 1 in this life
            - user: lives
              deliver: restart
            - bot: 1 in this life
        """)

    def test_expired(self, holds):
        holds("""
            - user: a
            - anything
            - user: b
              deliver: expired
            - bot: b it is
            - bot: 1 said
        """)

    def test_store(self, holds):
        holds("""
            - user: a
              deliver: {store: timeout}
            - bot: a it is
            - bot: 1 said
            - bot: a it is
            - bot: 1 said
            - user: b
              deliver: {store: stale}
            - bot: b it is
            - bot: 1 said
            - bot: b it is
            - bot: 2 said
        """)

    def test_two_at_once(self, holds):
        holds("""
            - user: a
            - anything
            - user: b
              deliver: {with: {tap: Small}}
            - bot: b it is
            - bot: 2 said
            - bot: Small it is
            - bot: 3 said
        """)

    def test_late(self, holds):
        holds(
            """
            - user: hi
            - bot: Hello
            - user: hi
            - bot: Bye
            - end
            - callback: {order: 41}
              deliver: late
            - bot: Hello
            """,
            bot="ends:Ends",
        )

    def test_each_delivery_has_its_own_chance_and_the_same_tomorrow(self, verdicts):
        (first, again) = verdicts(
            """
            - user: dice
              deliver: twice
            - bot: ${a:float}
            - bot: ${b:float}
            """,
            again=2,
        )
        assert first.mismatch is None
        assert first.values["a"].text != first.values["b"].text
        assert first.trace == again.trace

    def test_raises(self, holds, fails):
        holds("- user: raise\n  deliver: twice\n- bot: about to\n- bot: about to\n- raises: ValueError")
        kind, line, headline, _ = fails(
            "- user: raise\n  deliver: {crash: after-send 1}\n- bot: about to\n- bot: about to"
        )
        assert (kind, line) == ("bot-raised", 1)
        assert "ValueError: asked to" in headline

    def test_calls(self, holds):
        """What a crash kept from being called was not called."""
        top = "    mock: {POST https://shop.example/orders: {}}\n"
        holds(
            "- user: order\n  deliver: {crash: before-send 1}\n- calls: [POST https://shop.example/orders]\n- anything",
            top=top,
        )
        holds(
            "- user: order\n  deliver: {crash: after-send 1}\n- calls: [POST https://shop.example/orders, POST https://shop.example/orders]\n- anything",
            top=top,
        )

    def test_in_forks(self, holds):
        """What a fork shares, an event that is on its way included, is played once."""
        holds("""
            - user: a
              deliver: twice
            - anything
            - user: b
              deliver: reordered
            - fork:
                one:
                - user: c
                - anything
                - vars: {log: [a, a, c, b]}
                two:
                - user: d
                - anything
                - vars: {log: [a, a, d, b]}
        """)


class TestCannotArrive:
    @pytest.mark.parametrize(
        ("steps", "bot", "mismatch"),
        [
            (
                "- user: a\n  deliver: late\n- anything",
                "bot:careful",
                ("cannot-arrive", 1, "deliver: late: the chat has not ended", "write the step after the chat's end; a bot whose chats never end gets it as any other event"),
            ),
            (
                "- user: a\n  deliver: reordered\n- silent",
                "bot:careful",
                ("cannot-arrive", 1, "deliver: reordered: nothing overtook the step in line 5", "write another step of the same chat after it: user, tap, form, file or callback"),
            ),
            (
                "- user: a\n  deliver: reordered\n- user: b\n  deliver: twice\n- anything",
                "bot:careful",
                ("cannot-arrive", 3, "deliver: this overtakes the step in line 5, so it must arrive as it should", "take its `deliver` out, or write a step between the two"),
            ),
            (
                "- user: a\n  deliver: reordered\n- user: b\n  deliver: reordered\n- anything",
                "bot:careful",
                ("cannot-arrive", 3, "deliver: this overtakes the step in line 5, so it must arrive as it should", "take its `deliver` out, or write a step between the two"),
            ),
            (
                "- user: a\n  deliver: {crash: before-send 3}\n- anything",
                "bot:careful",
                ("cannot-arrive", 1, "deliver: crash: before-send 3: the turn sends 2 messages or calls", "name one of these: 1 to 2"),
            ),
            (
                "- user: a\n  deliver: {store: stale}\n- anything",
                "ends:Ends",
                ("cannot-arrive", 1, "deliver: store: stale: this bot has no store of its own, its platform keeps its chats", "what happens when the process dies before it saves is said with {crash: before-save}"),
            ),
            (
                "- user: a\n  deliver: {with: {tap: Medium}}\n- anything",
                "bot:careful",
                ("not-offered", 1, "tap: 'Medium' was not offered", "the bot offered nothing in its last turn"),
            ),
            (
                "- user: a\n  deliver: twice\n- anything",
                "bot:wrong",
                ("cannot-arrive", 1, "deliver: chatsim_delivery has no 'serials'. Did you mean 'serial'?", ""),
            ),
        ],
    )  # fmt: skip
    def test_says_why(self, fails, steps, bot, mismatch):
        assert fails(steps, bot=bot) == mismatch

    @pytest.mark.parametrize("deliver", ["restart", "{crash: after-send 1}"])
    def test_process_that_cannot_come_back(self, fails, tmp_path, monkeypatch, deliver):
        text = "import pathlib\nflag = pathlib.Path(__file__).with_name('dead')\nif flag.exists():\n    raise RuntimeError('dead')\n"
        (tmp_path / "once.py").write_text(
            text + "from bot import careful\n\ndef made():\n    flag.touch()\n    return careful\n"
        )
        kind, line, headline, _ = fails(f"- user: a\n  deliver: {deliver}\n- anything", bot="once:made")
        assert (kind, line) == ("not-restarted", 1)
        assert headline.startswith(f"deliver: {deliver.strip('{}')}: ")


REPORT = "callback: {id: 7}"
APPLIED_TWICE_HINT = """\
remember the ids of what was applied, and leave what comes with one of them
if that is meant: deliver: {…, may: applied-twice}"""


class TestJudged:
    def test_applied_twice(self, fails, holds):
        steps = f"- {REPORT}\n  deliver: twice\n- bot: 5 points\n- bot: 10 points"
        assert fails(steps, bot="bot:careless") == (
            "applied-twice",
            1,
            "deliver: delivered twice, it was applied twice: points changed by 5 both times, seen grew both times",
            APPLIED_TWICE_HINT,
        )
        holds(steps, bot="bot:tolerated")
        holds(
            f"- {REPORT}\n  deliver: {{how: twice, may: applied-twice}}\n- bot: 5 points\n- bot: 10 points",
            bot="bot:careless",
        )
        holds(f"- {REPORT}\n  deliver: twice\n- bot: 5 points")

    def test_crash_after_the_save_is_twice(self, fails):
        steps = f"- {REPORT}\n  deliver: {{crash: after-save}}\n- anything"
        assert fails(steps, bot="bot:careless")[0] == "applied-twice"

    def test_lost_update(self, fails, holds):
        steps = "- user: a\n- anything\n- user: b\n  deliver: {with: {user: c}}\n- anything"
        kind, line, headline, _ = fails(steps, bot="bot:unguarded")
        assert (kind, line) == ("lost-update", 3)
        assert headline == "deliver: two events at once: what one of them changed is lost (log); Plain guards nothing"
        holds(steps)
        holds(steps, bot="bot:tolerated")

    def test_stale_copy(self, fails):
        steps = "- user: a\n- anything\n- user: b\n  deliver: {store: stale}\n- anything"
        assert fails(steps, bot="bot:unguarded")[:2] == ("lost-update", 3)

    @pytest.mark.parametrize(
        ("kind", "steps", "bot"),
        [
            ("redelivery-changes", "- callback: {ping: 7}\n  deliver: {how: twice, never: redelivery-changes}", "bot:careful"),
            ("crash-repeats", "- user: dice\n  deliver: {crash: after-send 1, never: crash-repeats}", "bot:careful"),
            ("nondeterministic", "- user: lives\n- anything\n- user: lives\n  deliver: {how: restart, never: nondeterministic}", "bot:careful"),
            ("acts-after-end", "- user: bye\n- anything\n- callback: {id: 7}\n  deliver: {how: late, never: acts-after-end}", "ends:Takes"),
        ],
    )  # fmt: skip
    def test_warnings_where_they_are_asked_for(self, fails, holds, kind, steps, bot):
        assert fails(f"{steps}\n- anything", bot=bot)[0] == kind
        holds(f"{steps.replace(f', never: {kind}', '')}\n- anything", bot=bot)

    def test_trying_beside_leaves_nothing(self, holds):
        """What is tried for the judgement is no call, no turn, and takes no answer of a mock."""
        top = "    mock: {POST https://shop.example/orders: [{}, {status: 500}]}\n"
        holds(
            """
            - user: a
            - anything
            - user: order
              deliver: {with: {user: order}}
            - calls: [POST https://shop.example/orders, POST https://shop.example/orders]
            - anything
            - vars: {log: [a, order, order]}
            """,
            top=top,
        )


class TestAnything:
    def test_takes_what_is_left(self, holds):
        holds("- user: a\n- bot: a it is\n- anything\n- user: b\n- anything\n- vars.log: [a, b]")

    def test_takes_nothing(self, holds):
        holds("- callback: {id: 1}\n- anything\n- callback: {id: 1}\n- anything\n- silent")

    def test_takes_no_error(self, fails):
        assert fails("- user: raise\n- anything")[0] == "bot-raised"


def test_in_a_transcript(verdicts):
    (verdict,) = verdicts("""
        - user: a
        - anything
        - user: b
          deliver: twice
        - anything
        - user: c
          deliver: reordered
        - user: d
        - anything
        - user: e
          deliver: dropped
        - user: f
          deliver: {crash: after-send 1}
        - anything
        - user: g
          deliver: {store: stale}
        - anything
        - user: h
          deliver: {with: {user: i}}
        - anything
        - user: j
          deliver: expired
        - anything
        - user: k
          deliver: restart
        - anything
        - user: l
          deliver: {store: timeout}
        - anything
    """)
    assert verdict.mismatch is None
    said = [
        line
        for line in plain(transcript(verdict.trace.turns)).splitlines()
        if not line.startswith("  bot ") and "│" not in line
    ]
    assert [" ".join(line.split()) for line in said] == [
        "user a",
        "user b",
        "deliver the same once more",
        "user b",
        "user d",
        "deliver late: what stands before it came first",
        "user c",
        "deliver lost on its way: the bot never gets it",
        "user e",
        "user f",
        "deliver crash: after-send 1",
        "deliver again, to a process that came back",
        "user f",
        "deliver on a stale copy: the chat as it was before its last turn",
        "user g",
        "deliver again, for it was not saved",
        "user g",
        "deliver together with the next",
        "user h",
        "deliver at the same time",
        "user i",
        "deliver to a store that has forgotten the chat",
        "user j",
        "deliver to a process that died and came back",
        "user k",
        "user l",
        "deliver store: timeout",
        "deliver again, for it was not saved",
        "user l",
    ]
