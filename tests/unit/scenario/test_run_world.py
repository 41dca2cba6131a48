"""Time, calls, people and restarts in scenarios: what holds, and what is said when it does not."""

import textwrap
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from chatsim.report.document import plain
from chatsim.report.transcript import transcript
from chatsim.scenario.branches import Branches
from chatsim.scenario.load import load_file, ready
from chatsim.scenario.run import run_case

BOT = """
    import datetime as dt
    import random, time, uuid
    from time import sleep
    import httpx
    from chatsim.orchestrator import ChatOrchestrator
    from chatsim.senders.recording import RecordingSender
    from chatsim.state_managers.inmemory import InMemoryStateManager
    from prices import price

    shop = ChatOrchestrator(InMemoryStateManager(), RecordingSender(), initial_state_id="start")
    seen = []

    @shop.register_step("start")
    def start(chat_id, text, context, sender):
        say = lambda said, *options: sender.send_message(chat_id, said, list(options) or None)
        word, _, rest = (text or "").partition(" ")
        if word == "pay":
            answer = httpx.post("https://pay.example/orders", json={"size": rest}, headers={"X-Shop": "7"})
            say(f"{answer.status_code} {answer.text}")
        elif word == "stock":
            say(httpx.get(f"https://stock.example/items?size={rest}").text)
        elif word == "get":
            say(httpx.get(rest).text)
        elif word == "slow":
            say("one moment")
            sleep(float(rest))
            say("done")
        elif word == "price":
            say(str(price(rest, vat=True)))
        elif word == "offer":
            context["until"] = (dt.datetime.now() + dt.timedelta(minutes=30)).isoformat()
            say("30 minutes", "Yes", "No")
        elif word == "take":
            late = dt.datetime.now() > dt.datetime.fromisoformat(context["until"])
            say("too late" if late else "done")
        elif word == "dice":
            say(f"{random.random()} {uuid.uuid4()}")
        elif word == "count":
            seen.append(1)
            say(str(len(seen)))
        elif word == "order":
            sender.send_message("cook", f"New order from {chat_id}", ["Done"])
            say("ok")
        elif word == "Done":
            sender.send_message("user", "Your pizza is ready", ["Great"])
            say("thanks")
        else:
            say(f"{chat_id}: {text}")
        context["last"] = text
        return ("greeted" if word == "hi" else "start"), context

    shop.register_step("greeted")(start)
"""


@pytest.fixture
def write_bot(write):
    write("def price(size, vat):\n    return 9\n", "prices.py")
    write(BOT, "shop.py")


@pytest.fixture
def run(write, write_bot):
    """Run the scenarios in a text; return the verdicts."""

    def run(text, seed=0):
        loaded = ready(load_file(write("bot: shop:shop\n" + textwrap.dedent(text)), "a.chat.yaml"))
        branches = Branches(loaded.stage, seed=seed)
        return [branches.run(case) for case in loaded.file.cases]

    return run


@pytest.fixture
def passes(run):
    def passes(text):
        assert [verdict.mismatch for verdict in run(text) if verdict.mismatch] == []

    return passes


@pytest.fixture
def fails(run):
    """Return why the one scenario fails: kind, line, headline, lines, hint."""

    def fails(text):
        (mismatch,) = [verdict.mismatch for verdict in run(text) if verdict.mismatch is not None]
        lines = [(line.mark, line.label, line.text) for line in mismatch.lines]
        return mismatch.kind, mismatch.position.line, mismatch.headline, lines, mismatch.hint

    return fails


class TestAllow:
    @pytest.fixture
    def port(self):
        """The port of a server on this machine that answers everything with ``real``."""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"real")

            def log_message(self, *args):
                """Say nothing."""

        with HTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            yield server.server_port
            server.shutdown()
            thread.join()

    def test_a_host_is_reached(self, run, port):
        text = f"""
            allow: 10.0.0.1
            scenarios:
              allowed:
                allow: [localhost:{port}]
                steps:
                - user: get http://127.0.0.1:{port}/
                - bot: real
              not:
              - user: get http://127.0.0.1:{port}/
              - bot: real
        """
        allowed, other = run(text)
        assert allowed.passed
        assert other.mismatch.kind == "call-not-mocked"
        assert other.mismatch.hint.endswith(f"or let it through: allow: [127.0.0.1:{port}]")

    def test_mocks_answer_the_rest(self, run, port):
        text = f"""
            allow: localhost:{port}
            mock:
              GET http://a.example/: {{text: mocked}}
            scenarios:
              both:
              - user: get http://127.0.0.1:{port}/
              - bot: real
              - fork:
                  first:
                  - user: get http://a.example/
                  - bot: mocked
                  again:
                  - user: get http://a.example/
                  - bot: mocked
                  - user: get http://127.0.0.1:{port}/
                  - bot: real
        """
        assert [verdict.passed for verdict in run(text)] == [True, True]


class TestClock:
    def test_dates_are_compared(self, passes):
        began = time.perf_counter()
        passes("""
            scenarios:
              expiry:
                cases:
                  early: {pause: 29m, says: done}
                  on time: {pause: 30m, says: done}
                  late: {pause: 30m1s, says: too late}
                  very late: {pause: 400d, says: too late}
                steps:
                - user: offer
                - bot: 30 minutes
                - wait: ${pause}
                - user: take
                - bot: ${says}
            """)
        assert time.perf_counter() - began < 5

    def test_it_stands_still(self, run):
        (verdict,) = run("""
            scenarios:
              s:
              - user: slow 0
              - any_order: [bot: one moment, bot: done]
              - user: hi
              - bot: ...
            """)
        assert [turn.snapshot.clock for turn in verdict.trace.turns] == [1767603600.0] * 2

    def test_an_option_is_still_offered_after_a_wait(self, passes):
        passes("""
            scenarios:
              s:
              - user: offer
              - bot: 30 minutes
              - wait: 5m
              - silent
              - tap: Yes
              - bot: "user: Yes"
            """)

    def test_within(self, passes, fails):
        passes("""
            scenarios:
              s:
              - user: slow 5
              - bot: one moment
                within: 0s
              - bot: done
                within: 5s
            """)
        assert fails("""
            scenarios:
              s:
              - user: slow 5.5
              - bot: one moment
                within: 1s
              - bot: d...
                within: 5s
            """) == (
            "too-late",
            8,
            "within: the reply came after 5.5s",
            [("held", "", "d..."), ("expected", "within", "5s"), ("came", "after", "5.5s")],
            "",
        )

    def test_transcript(self, run):
        (verdict,) = run("scenarios:\n  s:\n  - user: hi\n  - bot: ...\n  - wait: 1h30m\n")
        assert plain(transcript(verdict.trace.turns)).splitlines()[-1] == "  wait      1h30m"

    def test_a_capture_that_is_no_duration(self, fails):
        assert fails("""
            scenarios:
              s:
              - user: soon
              - bot: "user: ${when:word}"
              - wait: ${when}
            """) == (
            "bad-value",
            7,
            "wait: 'soon' is no duration",
            [],
            "write 5s, 31m, 1h30m or 2d, the longer units first",
        )


class TestChance:
    TEXT = "scenarios:\n  s:\n  - user: dice\n  - bot: ...\n  - user: dice\n  - bot: ...\n"

    def test_the_same_again(self, run):
        one, two = ([reply.text for turn in run(self.TEXT)[0].trace.turns for reply in turn.replies] for _ in "ab")
        assert one == two
        assert one[0] != one[1]

    def test_another_seed(self, run):
        assert run(self.TEXT)[0].trace != run(self.TEXT, seed=7)[0].trace


class TestMocks:
    def test_an_answer_and_what_was_asked(self, passes):
        passes("""
            scenarios:
              s:
                mock:
                  POST https://pay.example/orders: {status: 201, json: {link: pay.me/7}}
                steps:
                - user: pay Small
                - bot: '201 {"link": "pay.me/7"}'
                - calls:
                  - POST https://pay.example/orders: {json: {size: "${size:word}"}, headers: {x-shop: "7"}}
                - user: ${size}
                - bot: "user: Small"
                - calls: []
            """)

    def test_at_the_top_and_in_defaults(self, passes):
        passes("""
            mock:
              GET https://stock.example/items?size=...: {text: none, optional: true}
            defaults:
              mock:
                POST https://pay.example/...: {text: paid, optional: true}
            scenarios:
              top:
              - user: stock S
              - bot: none
              own:
                mock:
                  GET https://stock.example/items?size=...: {text: some}
                steps:
                - user: stock S
                - bot: some
                - user: pay S
                - bot: 200 paid
            """)

    def test_a_sequence_whose_last_answer_stays(self, passes):
        passes("""
            scenarios:
              s:
                mock:
                  GET https://stock.example/items?size=...:
                  - {text: first}
                  - {text: then, delay: 2s, optional: true}
                steps:
                - user: stock S
                - bot: first
                - fork:
                    no more:
                    - user: bye
                    - bot: "user: bye"
                    more:
                    - user: stock S
                    - bot: then
                      within: 2s
                    - user: stock S
                    - bot: then
            """)

    def test_the_one_that_asks_for_more(self, passes):
        passes("""
            scenarios:
              s:
                cases: {one: {size: S}, two: {size: M}}
                mock:
                  POST https://pay.example/orders:
                  - when: {json: {size: "${size}"}}
                    text: mine
                  - when: {headers: {x-shop: /^8$/}}
                    text: other shop
                    optional: true
                  - {text: any}
                steps:
                - user: pay ${size}
                - bot: 200 mine
                - user: pay L
                - bot: 200 any
            """)

    def test_errors_and_timeouts(self, passes):
        passes("""
            scenarios:
              s:
                mock:
                  GET https://stock.example/items?size=S: {error: connection}
                  GET https://stock.example/items?size=M: {timeout: true}
                steps:
                - user: stock S
                - raises: "ConnectError: ..."
                - user: stock M
                - raises: ReadTimeout
            """)

    def test_a_call_that_no_mock_covers(self, fails):
        assert fails("""
            scenarios:
              s:
              - user: pay Small
              - raises: ...
            """) == (
            "call-not-mocked",
            5,
            "call: no mock covers POST https://pay.example/orders",
            [],
            "paste below `mock:`\nPOST https://pay.example/orders: {json: {}}",
        )

    def test_the_line_to_paste_makes_it_pass(self, fails, passes):
        hint = fails("scenarios:\n  s:\n  - user: stock a b$\n  - bot: ...\n")[4]
        line = hint.splitlines()[-1]
        passes(f"scenarios:\n  s:\n    mock:\n      {line}\n    steps:\n    - user: stock a b$\n    - bot: '{{}}'\n")

    def test_the_nearest(self, fails):
        text = """
            scenarios:
              s:
                mock: {"GET https://stock.example/items?size=M": {text: a}}
                steps:
                - user: stock S
                - bot: ...
            """
        assert fails(text)[4] == (
            "the nearest, 'GET https://stock.example/items?size=M', differs in query size\n"
            "paste below `mock:`\nGET https://stock.example/items?size=S: {json: {}}"
        )

    def test_a_mock_that_is_never_called(self, fails):
        assert fails("""
            scenarios:
              s:
                mock:
                  GET https://stock.example/items: {text: a}
                  POST https://pay.example/orders: {text: b}
                steps:
                - user: stock S
                - bot: a
            """) == (
            "mock-not-called",
            7,
            "mock: POST https://pay.example/orders was never called",
            [("came", "called", "GET https://stock.example/items?size=S")],
            "take it out, or say that it may be left unused: optional: true",
        )

    def test_an_answer_that_is_never_given(self, fails):
        kind, line, headline, *_ = fails("""
            scenarios:
              s:
                mock:
                  GET https://stock.example/items:
                  - {text: a}
                  - {text: b}
                steps:
                - user: stock S
                - bot: a
            """)
        assert (kind, line) == ("mock-not-called", 8)
        assert headline == "mock: answer 2 of 2 to GET https://stock.example/items was never given"

    def test_each_branch_is_judged_alone(self, run):
        verdicts = run("""
            scenarios:
              s:
                mock: {POST https://pay.example/orders: {text: paid}}
                steps:
                - user: hi
                - bot: ...
                - fork:
                    pays:
                    - user: pay S
                    - bot: 200 paid
                    leaves:
                    - user: bye
                    - bot: ...
            """)
        assert [verdict.mismatch and verdict.mismatch.kind for verdict in verdicts] == [None, "mock-not-called"]


class TestFunctions:
    def test_it_is_replaced_where_it_was_imported(self, passes):
        passes("""
            scenarios:
              mocked:
                mock: {"call prices:price": {returns: 11}}
                steps:
                - user: price Small
                - bot: "11"
                - calls:
                  - call prices:price: {args: [Small], kwargs: {vat: true}}
              not mocked:
              - user: price Small
              - bot: "9"
              raises:
                mock: {"call prices:price": [{raises: "KeyError: Small"}, {returns: 3, delay: 1m}]}
                steps:
                - user: price Small
                - raises: KeyError
                - user: price Small
                - bot: "3"
                  within: 60s
            """)

    def test_one_that_is_not_there(self, write, write_bot):
        from chatsim.errors import ScenarioError

        file = load_file(
            write(
                "bot: shop:shop\nscenarios:\n  s:\n    mock: {call prices:prise: {returns: 1}}\n    steps: [user: a]\n"
            )
        )
        with pytest.raises(ScenarioError) as caught:
            ready(file)
        (problem,) = caught.value.problems
        assert (problem.line, problem.what.partition(": ")[2]) == (
            4,
            "_bots_test_one_that_is_not_there0.prices has no 'prise'. Did you mean 'price'?",
        )


class TestCalls:
    @pytest.fixture
    def after_two(self, fails):
        def after_two(*calls):
            text = """
                scenarios:
                  s:
                    mock: {"POST https://pay.example/orders": {text: a}}
                    steps:
                    - user: pay Small
                    - bot: ...
                    - user: pay Large
                    - bot: ...
                    - calls:
                """
            return fails(textwrap.dedent(text) + "".join(f"      - {call}\n" for call in calls))[2:4]

        return after_two

    def test_missing(self, after_two):
        small, large = (f'POST https://pay.example/orders {{"size": "{size}"}}' for size in ("Small", "Large"))
        assert after_two(
            "POST https://pay.example/orders", "POST https://pay.example/...", "GET https://x.example/"
        ) == (
            "calls: 1 of 3 calls are missing",
            [("held", "", small), ("held", "", large), ("expected", "", "GET https://x.example/")],
        )

    def test_another(self, after_two):
        assert after_two("POST https://pay.example/orders: {json: {size: Small}}", "POST ...: {json: {size: S}}") == (
            "calls: call 2 is another than expected",
            [
                ("held", "", 'POST https://pay.example/orders {"size": "Small"}'),
                ("held", "", "POST ..."),
                ("expected", "json.size", '"S"'),
                ("came", "json.size", '"Large"'),
            ],
        )

    def test_one_more(self, after_two):
        assert after_two("POST https://pay.example/orders") == (
            "calls: a call more than expected",
            [
                ("held", "", 'POST https://pay.example/orders {"size": "Small"}'),
                ("came", "", 'POST https://pay.example/orders {"size": "Large"}'),
            ],
        )


class TestPeople:
    def test_each_in_a_chat_of_their_own(self, run):
        (verdict,) = run("""
            users: [ann, cook]
            scenarios:
              s:
              - user: order
              - bot>cook: New order from user
                options: [Done]
              - bot: ok
                vars.last: order
              - ann: hi
                state: greeted
              - bot: "ann: hi"
              - cook: {tap: Done}
              - bot>user: Your pizza is ready
                state: start
              - bot: thanks
              - user: {tap: Great}
              - bot: "user: Great"
              - ann: null
              - bot>ann: "ann: None"
                state: start
            """)
        assert verdict.mismatch is None
        assert list(verdict.trace.turns[-1].snapshot.chats) == ["user", "ann", "cook"]

    def test_two_in_one_chat(self, run):
        (verdict,) = run("""
            scenarios:
              s:
                users: {ann: table, bob: table}
                steps:
                - ann: hi
                - bot: "table: hi"
                - bob: {file: {bytes: x, name: a.txt}}
                - bot>ann: "table: b'x'"
                  vars: {}
            """)
        assert verdict.mismatch is None or verdict.mismatch.kind == "bot-raised"
        assert [(turn.event.chat, turn.event.by) for turn in verdict.trace.turns] == [
            ("table", "ann"),
            ("table", "bob"),
        ]
        assert plain(transcript(verdict.trace.turns)).splitlines()[0].split() == ["ann", "hi"]

    def test_a_word_to_one_of_two_in_a_chat(self, run, fails):
        """By name it may go to the chat that they share, or to their own; without a name to the one that they share."""
        text = """
            users: {waiter: table, cook: table}
            scenarios:
              s:
              - waiter: order
              - bot>cook: New order from table
              - %s: ok
        """
        (verdict,) = run(text % "bot>waiter")
        assert verdict.passed
        (verdict,) = run(text % "bot>cook")
        assert verdict.passed
        (verdict,) = run(text.replace("bot>cook: New", "bot: New") % "bot>cook")
        assert verdict.mismatch.headline == "bot: the reply went to the chat 'cook'"

    def test_a_reply_to_someone_else_that_no_step_expected(self, fails):
        assert fails("""
            users: [cook]
            scenarios:
              s:
              - user: order
              - any_order:
                - bot: ok
            """)[:4] == (
            "missing-reply",
            7,
            "any_order: 1 of 1 reply missing",
            [("expected", "", "ok"), ("came", "to cook", "New order from user")],
        )
        assert fails("scenarios:\n  s:\n  - user: Done\n  - bot: ...\n  - wait: 1s\n")[:3] == (
            "extra-reply",
            4,
            "bot: a reply that no step expected",
        )

    def test_an_option_of_someone_else(self, fails):
        kind, line, headline, _, hint = fails("""
            users: [cook]
            scenarios:
              s:
              - user: order
              - bot>cook: ...
              - bot: ok
              - tap: Done
            """)
        assert (kind, line, headline) == ("not-offered", 9, "tap: 'Done' was not offered")
        assert hint == "it was offered to cook; write - cook: {tap: Done}"

    def test_a_button_for_everybody_in_a_chat(self, run):
        """Who has not pressed it yet may; who has must say that it is an old one."""
        text = """
            users: {ann: table, bob: table, cid: table}
            scenarios:
              s:
              - ann: offer
              - bot: ...
              - ann: {tap: Yes}
              - bot: ...
              - bob: {tap: Yes}
              - bot: ...
              - %s: {tap: Yes}
              - bot: ...
        """
        (verdict,) = run(text % "cid")
        assert verdict.passed, verdict.mismatch
        assert [turn.event.by for turn in verdict.trace.turns] == ["ann", "ann", "bob", "cid"]
        for again in ("ann", "bob"):
            (verdict,) = run(text % again)
            assert verdict.mismatch.headline == "tap: 'Yes' was not offered"
            assert "stale: true" in verdict.mismatch.hint

    def test_in_any_order(self, passes):
        passes("""
            users: [cook]
            scenarios:
              s:
              - user: order
              - any_order:
                - bot: ok
                - bot>cook: New order from user
            """)


class TestRestart:
    def test_only_the_snapshot_is_left(self, passes):
        """Whatever manager the bot was built with."""
        passes("""
            scenarios:
              s:
              - user: count
              - bot: ${before:int}
              - user: hi
              - bot: ...
              - restart
              - silent
              - state: greeted
              - vars: {last: hi}
              - user: count
              - bot: "1"
            """)

    def test_a_bot_that_cannot(self, write, write_bot):
        loaded = ready(load_file(write("bot: shop:shop\nscenarios:\n  s:\n  - user: hi\n  - bot: ...\n  - restart\n")))
        mismatch = run_case(loaded.file.cases[0], loaded.bot).mismatch
        assert (mismatch.kind, mismatch.position.line) == ("not-restarted", 6)
        assert mismatch.headline.startswith("restart: this bot cannot restart: it is an object that was made before.")


class TestGiven:
    def test_in_the_middle_and_then_time_passes(self, passes):
        passes("""
            scenarios:
              s:
                given: {state: start, vars: {until: "2026-01-05T09:30:00"}}
                steps:
                - wait: 31m
                - user: take
                - bot: too late
              stale:
              - user: offer
              - bot: ...
              - user: hi
              - bot: ...
              - tap: {option: Yes, stale: true}
              - bot: "user: Yes"
            """)
