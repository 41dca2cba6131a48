"""Chats of tests in Python, in the world of scenarios; and those that are awaited."""

import pytest

TIMES = """
import asyncio, random, time
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())
told = []

@bot.register_step("start")
def start(chat_id, user_input, context, sender):
    told.append(user_input)
    if user_input == "pay":
        import httpx
        sender.send_message(chat_id, httpx.post("https://pay.example/orders", json={"size": "S"}, timeout=300).json()["link"])
    elif user_input == "sleep":
        time.sleep(60)
    sender.send_message(chat_id, f"{time.strftime('%H:%M')} {random.random()} {len(told)}")
    return "start", context
"""
MARK = 'import pytest\npytestmark = pytest.mark.chatsim("times:bot"{})\n\n'


@pytest.fixture
def run(project, pytester):
    (pytester.path / "times.py").write_text(TIMES)

    def run(source, *options, mark="", in_process=True):
        (pytester.path / "test_it.py").write_text(MARK.format(mark) + source)
        return (pytester.runpytest_inprocess if in_process else pytester.runpytest_subprocess)(*options)

    return run


class TestWorld:
    def test_time_and_chance(self, run):
        run(
            """
def test_it(chat, chat_factory):
    chat.send("hi")
    first = chat.texts[0]
    assert first.startswith("09:00 ")
    chat.wait("31m")
    chat.send("hi")
    assert chat.texts[0].startswith("09:31 ")
    chat.wait(90)
    chat.send("sleep")
    assert chat.texts[0].startswith("09:33 ")
    other = chat_factory(fresh=True)
    other.send("hi")
    assert other.texts[0].split()[:2] == first.split()[:2]
"""
        ).assert_outcomes(passed=1)

    @pytest.mark.parametrize(
        ("mark", "option"), [(", world=False", ()), ("", ("-o", "chatsim_world=false"))], ids=["marker", "setting"]
    )
    def test_left_as_it_is(self, run, mark, option):
        test = """
def test_it(chat, chat_factory):
    chat.send("hi")
    other = chat_factory(fresh=True)
    other.send("hi")
    assert other.texts[0].split()[1] != chat.texts[0].split()[1]
    with pytest.raises(Exception, match="world=True"):
        chat.mock("GET https://stock.example")
"""
        run(test, *option, mark=mark).assert_outcomes(passed=1)

    def test_seed(self, run):
        test = 'def test_it(chat):\n    chat.send("hi")\n    assert chat.texts[0].split()[1] == "0.8444218515250481"\n'
        run(test).assert_outcomes(passed=1)
        run(test, "--chatsim-seed=1").assert_outcomes(failed=1)

    def test_restart(self, run):
        run(
            """
def test_it(chat):
    chat.send("hi")
    chat.send("hi")
    assert chat.texts[0].endswith(" 2")
    chat.restart()
    chat.send("hi")
    assert chat.texts[0].endswith(" 1")
"""
        ).assert_outcomes(passed=1)


class TestMocks:
    def test_answers(self, run):
        pytest.importorskip("httpx", reason="pip install httpx")
        run(
            """
def test_it(chat):
    chat.mock("POST https://pay.example/orders", {"json": {"link": "pay.me/7"}, "delay": "2m"}, when={"json": {"size": "S"}})
    chat.send("pay")
    chat.expect("pay.me/7")
    chat.expect("09:02 ...")
    assert [call.url for call in chat.calls] == ["https://pay.example/orders"]
"""
        ).assert_outcomes(passed=1)

    def test_a_call_without(self, run):
        pytest.importorskip("httpx", reason="pip install httpx")
        result = run('def test_it(chat):\n    chat.send("pay")\n')
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["*CallNotMocked: the bot called POST https://pay.example/orders*"])

    def test_never_called(self, run):
        result = run('def test_it(chat):\n    chat.mock("GET https://stock.example")\n    chat.send("hi")\n')
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["*mock: GET https://stock.example was never called*"])
        run('def test_it(chat):\n    chat.mock("GET https://stock.example", optional=True)\n').assert_outcomes(passed=1)


class TestPeople:
    def test_two_in_one_chat(self, run):
        """Both hear what is said to the chat, and each has a turn of their own."""
        run(
            """
def test_it(chat_factory):
    ann = chat_factory(chat="table", by="ann")
    bob = ann.another("table", by="bob")
    ann.send("hi")
    assert bob.texts == ann.texts
    bob.send("hello")
    assert [turn.event.by for turn in ann.trace.turns] == ["ann", "bob"]
    assert len(ann.texts) == 2
"""
        ).assert_outcomes(passed=1)


ASYNC = """
async def test_it(async_chat):
    ticks = []

    async def tick():
        while True:
            ticks.append(1)
            await sleep(0.001)

    await tell(async_chat, tick, ticks)


async def test_fails(async_chat):
    await async_chat.send("hi")
    async_chat.expect("never")
"""
TELL = """
async def tell(chat, tick, ticks):
    turn = await chat.send("hi")
    assert turn.replies
    chat.expect("09:00 ...")
    await chat.wait("31m")
    await chat.send("hi")
    chat.expect("09:31 ...")
    with pytest.raises(AssertionError, match="did not offer"):
        await chat.tap("Small")
"""


class TestAsync:
    def test_anyio(self, run):
        pytest.importorskip("anyio", reason="pip install anyio")
        source = f"from anyio import sleep\n\npytestmark = [pytestmark, pytest.mark.anyio]\n\n{TELL}\n{ASYNC}"
        backend = '\n\n@pytest.fixture\ndef anyio_backend():\n    return "asyncio"\n'
        result = run(source + backend, in_process=False)
        result.assert_outcomes(passed=1, failed=1)
        result.stdout.fnmatch_lines(['>       async_chat.expect("never")', "*expected 'never'*"])

    def test_trio(self, run):
        pytest.importorskip("trio", reason="pip install trio")
        source = f"from anyio import sleep\n\npytestmark = [pytestmark, pytest.mark.anyio]\n\n{TELL}\n{ASYNC}"
        backend = '\n\n@pytest.fixture\ndef anyio_backend():\n    return "trio"\n'
        run(source + backend, in_process=False).assert_outcomes(passed=1, failed=1)

    def test_pytest_asyncio(self, run):
        pytest.importorskip("pytest_asyncio", reason="pip install pytest-asyncio")
        source = f"from asyncio import sleep\n\n{TELL}\n{ASYNC}"
        result = run(source, "-o", "asyncio_mode=auto", in_process=False)
        result.assert_outcomes(passed=1, failed=1)

    def test_the_loop_goes_on(self, run):
        """While the bot does its work, other tasks of the test do theirs."""
        pytest.importorskip("anyio", reason="pip install anyio")
        source = """
import asyncio, threading

@pytest.fixture
def anyio_backend():
    return "asyncio"

class Waits:
    def __init__(self):
        self.opened = threading.Event()

    def start(self):
        from chatsim.trace import Snapshot
        return Snapshot()

    def step(self, snapshot, event):
        from chatsim.trace import Reply, Turn
        assert self.opened.wait(20)
        return Turn(event=event, effects=(Reply("open"),), snapshot=snapshot)

@pytest.mark.anyio
async def test_it(async_chat_factory):
    bot = Waits()
    chat = async_chat_factory(bot)
    asyncio.get_running_loop().call_later(0.05, bot.opened.set)
    await chat.send("hi")
    chat.expect("open")
"""
        run(source, in_process=False).assert_outcomes(passed=1)

    def test_a_bot_with_a_loop_of_its_own(self, run, pytester):
        """A framework that runs coroutines does so in a loop of its own, inside the running one as well."""
        pytest.importorskip("anyio", reason="pip install anyio")
        source = """
import asyncio

@pytest.fixture
def anyio_backend():
    return "asyncio"

class Own:
    def __init__(self):
        from chatsim.bots.private_loop import PrivateLoop
        self.loop = PrivateLoop()

    def start(self):
        from chatsim.trace import Snapshot
        return Snapshot()

    def step(self, snapshot, event):
        return self.loop.run(self.answer(snapshot, event))

    async def answer(self, snapshot, event):
        from chatsim.trace import Reply, Turn
        await asyncio.sleep(60)
        return Turn(event=event, effects=(Reply("done"),), snapshot=snapshot)

@pytest.mark.anyio
async def test_awaited(async_chat_factory):
    chat = async_chat_factory(Own)
    await chat.send("hi")
    chat.expect("done")

@pytest.mark.anyio
async def test_not_awaited(chat_factory):
    chat = chat_factory(Own)
    chat.send("hi")
    chat.expect("done")
"""
        run(source, in_process=False).assert_outcomes(passed=2)
