"""Whatever the world outside may answer is a branch of the search, and a witness holds what it answered."""

import json
import textwrap
import urllib.error
import urllib.request

import pytest

from chatsim.compare import compare
from chatsim.explore import explore
from chatsim.explore.letters import Letter
from chatsim.explore.play.answers import Tape, answering, other_answers
from chatsim.explore.results.witnesses import Home, write_witnesses
from chatsim.orchestrator import ChatOrchestrator
from chatsim.scenario.load import load_file, ready
from chatsim.scenario.run import run_case
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import Call, Snapshot, Text, Turn
from chatsim.world.functions import FunctionMock, Result
from chatsim.world.mocks import Mock, Mocks
from chatsim.world.outgoing import Answer, Request

STOCK = Mock.of("GET https://stock.example/", Answer(json={"left": 2}), Answer(json={"left": 0}), Answer(status=503))
PAY = Mock.of("POST https://pay.example/", Answer(json={"link": "a"}), Answer(json={}))
GET_STOCK, POST_PAY = Request("GET", "https://stock.example/"), Request("POST", "https://pay.example/")

SHOP = """
import json
import urllib.error
import urllib.request

from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="ask")


def fetched(url):
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


@bot.register_step("ask")
def ask(chat_id, text, context, sender):
    try:
        left = fetched("https://stock.example/")["left"]
    except urllib.error.HTTPError:
        sender.send_message(chat_id, "Later, please")
        return "ask", {"failed": True}
    if left == 0:
        sender.send_message(chat_id, "Sold out")
        return "waiting", {}
    sender.send_message(chat_id, f"{left} left")
    return "ask", {}


@bot.register_step("waiting")
def waiting(chat_id, text, context, sender):
    left = fetched("https://stock.example/")["left"]
    sender.send_message(chat_id, f"{10 // left} left")
    return "ask", {}
"""
SCENARIOS = """
bot: shop:bot
scenarios:
  there are some:
    mock:
      GET https://stock.example/: {json: {left: 2}}
    steps:
    - user: hi
    - bot: 2 left
  there are none:
    mock:
      GET https://stock.example/:
      - {json: {left: 0}}
      - {status: 503}
    steps:
    - user: hi
    - bot: Sold out
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "shop.chat.yaml").write_text(SCENARIOS)
    return tmp_path


class TestAnswers:
    def test_others_of_what_was_asked(self):
        """Each answer but the first, of each mock that was asked."""
        mocks, hi = Mocks([STOCK, PAY]), Letter(Text("hi"), "scenario")
        assert other_answers(hi, mocks) == []
        mocks.answer(GET_STOCK)
        assert [other.answers for other in other_answers(hi, mocks)] == [(STOCK.written, 1), (STOCK.written, 2)]
        mocks.answer(POST_PAY)
        assert other_answers(hi, mocks)[2:] == [Letter(Text("hi"), "scenario", answers=(PAY.written, 1))]

    def test_one_thing_at_a_time(self):
        """What was answered otherwise, or comes with a fault, has no more branches."""
        mocks = Mocks([STOCK])
        mocks.answer(GET_STOCK)
        assert other_answers(Letter(Text("hi"), answers=(STOCK.written, 1)), mocks) == []
        assert other_answers(Letter(Text("hi"), delivery="twice"), mocks) == []

    def test_from_there_on_and_as_ever(self):
        """Who asks again gets the answers after it, and at last the usual one."""
        stock, pay = answering([STOCK, PAY], (STOCK.written, 1))
        assert ([answer.status for answer in stock.answers], pay) == ([200, 503, 200], PAY)
        assert stock.answers[-1] == STOCK.answers[0]

    def test_results_of_functions(self):
        mock = FunctionMock("shop:stock", (Result(returns=1), Result(raises="OSError")))
        assert answering([mock], (mock.written, 1))[0].results == (Result(raises="OSError"), Result(returns=1))


class TestTape:
    def turns(self, *calls):
        return [Turn(event=Text("hi"), effects=tuple(calls), snapshot=Snapshot())]

    def test_in_order_and_short(self):
        tape, mocks = Tape(), Mocks([STOCK, PAY])
        for _ in range(5):
            mocks.answer(GET_STOCK)
        tape.add(mocks)
        stock, pay = tape.mocks_for(self.turns(*mocks.calls), [STOCK, PAY])
        assert stock.answers == STOCK.answers  # the last one stays
        assert pay.answers == PAY.answers[:1]

    def test_only_calls_that_were_made(self):
        """A process that died before a call got no answer."""
        tape, mocks = Tape(), Mocks([STOCK])
        mocks.answer(GET_STOCK)
        mocks.answer(GET_STOCK)
        tape.add(mocks)
        assert tape.mocks_for(self.turns(mocks.calls[1]), [STOCK])[0].answers == (STOCK.answers[1],)
        assert tape.mocks_for(self.turns(Call("GET", "https://else.example")), [STOCK])[0].answers == STOCK.answers[:1]


class TestSearch:
    def test_every_answer_is_a_branch(self, folder):
        found = explore("shop:bot", folder=folder, faults=False, max_time=20)
        assert {"ask", "waiting"} <= set(found.states)
        errors = {(error.state, error.witness.turns[-1].error.type) for error in found.errors}
        assert errors == {("waiting", "ZeroDivisionError"), ("waiting", "HTTPError")}
        assert any(event.endswith("(GET https://stock.example/: answer 3)") for _, event, _ in found.transitions)

    def test_witnesses_hold_the_answers(self, folder):
        """Each fails as it did in the search: the same call is answered otherwise from one turn to the next."""
        found = explore("shop:bot", folder=folder, faults=False, max_time=20)
        files, notes = write_witnesses(found.errors, folder / "found", Home("shop:bot", folder, {}, found.mocks))
        assert (len(files), notes) == (2, [])
        failed = set()
        for path in files:
            file = load_file(path)
            failed.add(run_case(file.cases[0], ready(file).stage).mismatch.headline)
        assert {each.partition(":")[0] for each in failed} == {
            "the bot raised ZeroDivisionError",
            "the bot raised HTTPError",
        }

    def test_the_same_every_time(self, folder):
        first, again = (explore("shop:bot", folder=folder, faults=False, max_time=20) for _ in range(2))
        assert first.transitions == again.transitions
        assert [error.witness for error in first.errors] == [error.witness for error in again.errors]

    def test_asked_until_it_is_right(self):
        """A bot that asks again and again does not wait for ever: what follows is as usual."""

        def ask(chat_id, text, context, sender):
            while True:
                try:
                    with urllib.request.urlopen("https://stock.example/") as answer:
                        left = json.load(answer)["left"]
                    break
                except urllib.error.HTTPError:
                    continue
            sender.send_message(chat_id, f"{left} left")
            return "ask", {}

        found = explore(bot_of(ask), mocks=[STOCK], alphabet=[Text("hi")], faults=False, max_time=20)
        assert (found.errors, found.outcome) == ((), "complete")

    def test_compare(self):
        """Versions may differ in what they make of one answer alone."""

        def careless(chat_id, text, context, sender):
            with urllib.request.urlopen("https://pay.example/", b"") as answer:
                sender.send_message(chat_id, json.load(answer)["link"])
            return "careful", {}

        def careful(chat_id, text, context, sender):
            with urllib.request.urlopen("https://pay.example/", b"") as answer:
                sender.send_message(chat_id, json.load(answer).get("link", "a"))
            return "careful", {}

        careless.__name__ = "careful"
        found = compare(bot_of(careless), bot_of(careful), mocks=[PAY], alphabet=[Text("hi")], max_time=20)
        assert {each.event for each in found.differences} == {"text 'hi' (POST https://pay.example/: answer 2)"}
        assert {each.old.turns[-1].error.type for each in found.differences} == {"KeyError"}


def bot_of(step):
    bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id=step.__name__)
    bot.register_steps({step.__name__: step})
    return bot


class TestNever:
    def test_the_last_turn_is_answered_as_it_was(self, folder):
        """What is played again to judge a turn finds the answers that came in it, and not those before."""
        (folder / "again.chat.yaml").write_text(
            textwrap.dedent("""
                bot: shop:bot
                mock:
                  GET https://stock.example/: [{json: {left: 3}}, {json: {left: 5}}, {json: {left: 7}, optional: true}]
                scenarios:
                  a:
                  - user: hi
                  - anything
                  - user: hi
                  - never: [nondeterministic, silent-turn]
            """)
        )
        file = load_file(folder / "again.chat.yaml")
        assert run_case(file.cases[0], ready(file).stage).mismatch is None
