"""``chatsim chat --record``: what is written passes, whatever day it is and whatever the seed."""

import socket
import subprocess
import sys

import pytest

from chatsim.errors import SetupError
from chatsim.scenario.write import write_scenario

RECORDER = """
import itertools, os, random, uuid
from datetime import date, datetime, timedelta
from pathlib import Path
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import Reply, Snapshot, Turn

bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="start")
numbers = itertools.count(41)

def today():
    return date.today() + timedelta(days=int(os.environ.get("DAYS", 0)))

@bot.register_step("start")
def start(chat_id, user_input, context, sender):
    order = random.randint(100, 10**9)
    days = [f"{today() + timedelta(days=n):%A, %d %B}" for n in (1, 2)]
    sender.send_message(chat_id, f"Order {order} of {today()}, number {next(numbers)}. Ref {uuid.uuid4()}...")
    sender.send_message(chat_id, f"Happy {today():%A}! When?", options=days)
    return "day", {"order": order}

@bot.register_step("day")
def day(chat_id, user_input, context, sender):
    sender.send_message(chat_id, f"{user_input} it is. Pay at https://pay.example/{context['order']}?at={datetime.now():%H:%M:%S}")
    return "number", context

@bot.register_step("number")
def number(chat_id, user_input, context, sender):
    if isinstance(user_input, bytes):
        sender.send_message(chat_id, f"{len(user_input)} bytes")
    elif user_input in (str(context["order"]), '{"order":%s}' % context["order"]):
        sender.send_message(chat_id, "Right!")
    else:
        sender.send_message(chat_id, f"{user_input}? No.")
    return "number", context

moody = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="start")

@moody.register_step("start")
def mood(chat_id, user_input, context, sender):
    count = Path(__file__).with_name("count")  # one reply more each time, whatever day it is
    count.write_text(f"{count.read_text() if count.exists() else ''}.")
    for n in range(len(count.read_text())):
        sender.send_message(chat_id, "la" * n)
    return "start", {}

days = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="start")

@days.register_step("start")
def open_today(chat_id, user_input, context, sender):
    if date.today() == date.fromisoformat(os.environ["TODAY"]):
        sender.send_message(chat_id, "Open!")
    return "start", {}

class Cook:
    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        effects = (Reply("New order", "cook"),) if event.text == "cook" else ()
        return Turn(event=event, effects=effects, snapshot=snapshot)

cook = Cook()
"""

NEAR = """
import socket
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())

@bot.register_step("start")
def start(chat_id, user_input, context, sender):
    host, _, port = user_input.partition(":")
    socket.create_connection((host, int(port)), timeout=2).close()
    sender.send_message(chat_id, "connected")
    return "start", context
"""

HEAD = """
import itertools, random, urllib.request
from datetime import datetime
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager
"""

DICE = f"""{HEAD}
dice = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="start")

@dice.register_step("start")
def start(chat_id, user_input, context, sender):
    if user_input == "roll":
        sender.send_message(chat_id, f"You rolled {{random.randint(10, 99)}}, well done")
    else:
        for _ in range(random.randint(1, 10)):
            sender.send_message(chat_id, "A coin")
    return "start", context
"""

CLOCK = f"""{HEAD}
clock = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="start")

@clock.register_step("start")
def tell(chat_id, user_input, context, sender):
    sender.send_message(chat_id, f"It is {{datetime.now():%A}}", options=["Again"])
    return "start", context

counter = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="start")
calls = itertools.count(1)

@counter.register_step("start")
def count(chat_id, user_input, context, sender):
    sender.send_message(chat_id, f"call {{next(calls)}}")
    return "start", context

caller = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="start")

@caller.register_step("start")
def call(chat_id, user_input, context, sender):
    if user_input == "pay":
        urllib.request.urlopen("http://pay.example/orders")
    sender.send_message(chat_id, "Hello!")
    return "start", context
"""


@pytest.fixture
def shop(write, tmp_path):
    write("shop.py", RECORDER)
    return tmp_path


class TestTomorrow:
    OPENED = "the clock stands at Mon 5 Jan 2026, 09:00:00 UTC; /wait moves it"

    def test_it_is_said_what_time_it_is(self, shop, chatsim):
        assert f"/help shows what you can do.\n            {self.OPENED}\n" in record(chatsim).stdout
        assert "the clock" not in chatsim("chat", "shop:bot", input="hi\n").stdout

    def test_dates_and_order_numbers(self, shop, write, process):
        """A chat with values that change is recorded, and passes in new processes, on this day and on others."""
        write(
            "talk.py",
            """
            import pexpect, sys
            child = pexpect.spawn(sys.executable, ["-m", "chatsim", "chat", "shop:bot", "--record", "a.chat.yaml"], encoding="utf-8", dimensions=(40, 200), timeout=20)
            child.expect("you  "); child.sendline("hi")
            child.expect(r"Order (\\d+)"); order = child.match.group(1)
            for line in ["2", order, '/callback {"order": %s}' % order, "/file shop.py", "what..."]:
                child.expect("you  "); child.sendline(line)
            child.expect("you  "); child.sendeof(); child.expect("and it passes")
            """,
        )
        subprocess.run([sys.executable, "talk.py"], cwd=shop, check=True, capture_output=True)
        size = len(RECORDER.encode())
        assert (shop / "a.chat.yaml").read_text("utf-8").splitlines() == [
            "bot: shop:bot",
            "scenarios:",
            "  a recorded chat:",
            "  - user: hi",
            "  - bot: Order ${order:int} of ${date:date}, number ${number:int}. Ref ......",
            "  - bot: Happy ...! When?",
            '    options: [..., "${date_2:text}"]',
            "    state: day",
            "  - tap: ${date_2}",
            "  - bot: ${date_2} it is. Pay at https://pay.example/${order}?at=...",
            "    state: number",
            "  - user: ${order}",
            "  - bot: Right!",
            '  - callback: {order: "${order}"}',
            "  - bot: Right!",
            "  - file: shop.py",
            f"  - bot: {size} bytes",
            "  - user: what...",
            "  - bot: {text: what...? No.}",
        ]
        for days, seed in (("0", "0"), ("1", "1"), ("40", "7"), ("400", "123456789")):
            result = process("run", "a.chat.yaml", "--seed", seed, env={"DAYS": days})
            assert result.returncode == 0, result.stdout

    def test_what_only_another_seed_shows(self, write, chatsim, process):
        """A small number that looks like any other is found by playing with other seeds."""
        write("dice.py", DICE)
        assert record(chatsim, "roll", "roll", bot="dice:dice").exit_code == 0
        for seed in range(5):
            assert process("run", "a.chat.yaml", "--seed", seed).returncode == 0

    def test_an_answer_that_depends_on_chance(self, write, chatsim, process):
        """Nothing can be left open where another seed has the bot do something else; this is said."""
        write("dice.py", DICE)
        result = record(chatsim, "gamble", bot="dice:dice")
        assert result.exit_code == 0
        assert "with another --seed the bot answers in another way, so that it may fail then" in flat(result.stdout)
        assert process("run", "a.chat.yaml").returncode == 0


class TestTime:
    def test_waiting(self, write, tmp_path, chatsim, process):
        """Time passes on the bot's clock alone, and does so when the scenario is played."""
        write("clock.py", CLOCK)
        result = record(chatsim, "now", "/wait 31m", "1", "/wait 2d", "now", bot="clock:clock")
        assert result.exit_code == 0, result.stdout
        assert "            it is Mon 5 Jan 2026, 09:31:00 UTC\n" in result.stdout
        assert "  bot       It is Wednesday\n" in result.stdout
        assert (tmp_path / "a.chat.yaml").read_text().splitlines()[3:] == [
            "  - user: now",
            "  - bot: It is ${word:word}",
            "    options: [Again]",
            "    state: start",
            "  - wait: 31m",
            "  - tap: Again",
            "  - bot: It is ${word}",
            "    options: [Again]",
            "  - wait: 2d",
            "  - user: now",
            "  - bot: It is ...",
            "    options: [Again]",
        ]
        assert process("run", "a.chat.yaml").returncode == 0

    def test_what_is_no_time(self, shop, chatsim):
        assert "/wait: 'soon' is no duration; write 5s, 31m, 1h30m or 2d" in flat(record(chatsim, "/wait soon").stdout)

    def test_a_wait_that_is_taken_back(self, write, tmp_path, chatsim):
        write("clock.py", CLOCK)
        record(chatsim, "now", "/wait 2d", "/undo", "now", bot="clock:clock")
        assert "wait" not in (tmp_path / "a.chat.yaml").read_text()


class TestRestart:
    def test_what_was_not_saved_is_gone(self, write, tmp_path, chatsim, process):
        write("clock.py", CLOCK)
        result = record(chatsim, "/restart", "count", "count", "/restart", "count", bot="clock:counter")
        assert result.exit_code == 0, result.stdout
        assert (tmp_path / "a.chat.yaml").read_text().splitlines()[3:] == [
            "  - user: count",
            "  - bot: call 1",
            "    state: start",
            "  - user: count",
            "  - bot: call 2",
            "  - restart",
            "  - user: count",
            "  - bot: call 1",
        ]
        assert process("run", "a.chat.yaml").returncode == 0

    def test_one_that_is_taken_back(self, write, tmp_path, chatsim):
        """With the turns before it, a restart is taken back; without a turn after it, nothing is written."""
        write("clock.py", CLOCK)
        record(chatsim, "count", "count", "/restart", "/undo", "count", "/restart", bot="clock:counter")
        assert "restart" not in (tmp_path / "a.chat.yaml").read_text()


class TestCalls:
    def test_a_call_is_not_let_out(self, write, tmp_path, chatsim, process):
        """It is said how to mock it; the turn is left out, and the rest passes."""
        write("clock.py", CLOCK)
        result = record(chatsim, "hi", "pay", "hi", bot="clock:caller")
        assert result.exit_code == 0, result.stdout
        assert "no mock covers it" in flat(result.stdout)
        assert "this turn is not recorded: write it by hand, with a mock for the call" in flat(result.stdout)
        assert "pay" not in (tmp_path / "a.chat.yaml").read_text()
        assert process("run", "a.chat.yaml").returncode == 0


def flat(text):
    """Return *text* with lines that were broken put together again."""
    return text.replace("\n          │ ", " ")


def record(chatsim, *lines, bot="shop:bot", file="a.chat.yaml", options=()):
    return chatsim("chat", bot, "--record", file, *options, input="".join(f"{line}\n" for line in lines))


class TestFile:
    def test_it_says_that_it_passes(self, shop, chatsim):
        result = record(chatsim, "hi")
        assert result.exit_code == 0
        assert result.stdout.endswith("            ✓ a.chat.yaml is written (1 turn), and it passes\n")
        assert sorted(path.name for path in shop.iterdir()) == ["a.chat.yaml", "shop.py"]

    def test_its_name_and_the_credentials(self, shop, chatsim):
        record(chatsim, "hi", options=("--name", "it's: on", "--credentials", "KEY=1"))
        text = (shop / "a.chat.yaml").read_text()
        assert text.startswith('bot: shop:bot\ncredentials: {KEY: "1"}\nscenarios:\n  "it\'s: on":\n')

    def test_never_overwritten(self, shop, write, chatsim):
        mine = write("a.chat.yaml", "mine")
        result = record(chatsim, "hi")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == "✗ --record a.chat.yaml: the file is there already; --force overwrites it\n"
        assert mine.read_text() == "mine"

    def test_a_name_that_no_folder_is_searched_for(self, shop, chatsim):
        """It is written all the same, and one is told before the chat."""
        result = chatsim("chat", "shop:bot", "--record", "foo.txt", input="/quit\n")
        assert "foo.txt is not named *.chat.yaml: a run of its folder leaves it out\n" in result.stdout
        assert "not named" not in chatsim("chat", "shop:bot", "--record", "b.chat.yaml", input="/quit\n").stdout

    def test_force(self, shop, write, chatsim):
        mine = write("a.chat.yaml", "mine")
        assert record(chatsim, "hi", options=["--force"]).exit_code == 0
        assert mine.read_text().startswith("bot: ")

    def test_force_and_nothing_said(self, shop, write, chatsim):
        mine = write("a.chat.yaml", "mine")
        assert record(chatsim, options=["--force"]).exit_code == 0
        assert mine.read_text() == "mine"

    def test_nothing_said(self, shop, chatsim):
        assert "nothing was said, so nothing is recorded" in record(chatsim).stdout
        assert [path.name for path in shop.iterdir()] == ["shop.py"]

    def test_an_undone_turn_is_not_written(self, shop, chatsim):
        record(chatsim, "hi", "2", "wrong", "/undo")
        assert "wrong" not in (shop / "a.chat.yaml").read_text()

    def test_no_such_folder(self, shop, chatsim):
        result = record(chatsim, "hi", file="no/a.chat.yaml")
        assert (result.exit_code, result.stderr) == (2, "✗ --record no/a.chat.yaml: there is no folder no\n")

    def test_a_folder(self, shop, chatsim):
        (shop / "a.chat.yaml").mkdir()
        assert record(chatsim, "hi").exit_code == 2
        assert record(chatsim, "hi", options=["--force"]).exit_code == 2

    def test_a_folder_from_which_the_bot_is_not_found(self, shop, chatsim):
        (shop / "tests").mkdir()
        result = record(chatsim, "hi", file="tests/a.chat.yaml")
        assert result.exit_code == 2
        assert "which is looked for in the scenario's folder and on sys.path. Record to a.chat.yaml" in result.stderr

    def test_no_such_bot(self, shop, chatsim):
        assert "there is no module 'nobody'" in record(chatsim, "hi", bot="nobody:bot").stderr

    def test_beside_the_bot_in_another_folder(self, write, chatsim, process):
        write("sub/shop.py", RECORDER)
        assert record(chatsim, "hi", bot="sub/shop:bot", file="sub/a.chat.yaml").exit_code == 0
        assert process("run", "sub").returncode == 0

    def test_files_that_were_sent(self, shop, write, chatsim, process):
        """A file is put beside the scenario, but never over another one."""
        write("other/note.txt", "other")
        write("sub/shop.py", RECORDER)
        write("sub/note.txt", "mine")
        record(chatsim, "hi", "1", "/file other/note.txt", bot="sub/shop:bot", file="sub/a.chat.yaml")
        assert (shop / "sub" / "note.txt").read_text() == "mine"
        assert (shop / "sub" / "files" / "note.txt").read_text() == "other"
        assert process("run", "sub").returncode == 0


class TestTrouble:
    def test_a_bot_that_is_never_the_same(self, shop, chatsim):
        result = record(chatsim, "hi", bot="shop:moody")
        assert result.exit_code == 1
        assert "a.chat.yaml is written, but it does not pass: the bot answers differently each time" in flat(
            result.stdout
        )
        assert "✗ bot: " in result.stdout

    def test_a_bot_that_has_its_days(self, shop, chatsim, process, monkeypatch):
        """The chat is held on the day on which scenarios are played."""
        monkeypatch.setenv("TODAY", "2026-01-05")
        result = record(chatsim, "hi", bot="shop:days")
        assert result.exit_code == 0
        assert result.stdout.endswith("✓ a.chat.yaml is written (1 turn), and it passes\n")
        assert "- bot: Open!" in (shop / "a.chat.yaml").read_text()
        assert process("run", "a.chat.yaml", "--seed", "3").returncode == 0

    def test_what_cannot_be_written(self, shop, chatsim, monkeypatch):
        """It is said, what was written before is kept, and the exit code says that something is missing."""

        def written(trace, **options):
            if len(trace.turns) > 1:
                raise SetupError("turn 2 cannot be written")
            return write_scenario(trace, **options)

        monkeypatch.setattr("chatsim.cli.recorder.write_scenario", written)
        result = record(chatsim, "hi", "cook", bot="shop:cook")
        assert result.exit_code == 1
        assert "a.chat.yaml is not as it should be: turn 2 cannot be written" in flat(result.stdout)
        assert (shop / "a.chat.yaml").read_text().endswith("  - user: hi\n  - silent\n")

    def test_a_host_that_is_reached(self, shop, chatsim):
        """What answers there is in the recording, and the host as well."""
        (shop / "near.py").write_text(NEAR)
        with socket.create_server(("127.0.0.1", 0)) as server:
            place = f"localhost:{server.getsockname()[1]}"
            result = record(chatsim, place, bot="near:bot", options=["--allow", place, "--allow", "[::1]:1"])
            assert result.exit_code == 0, result.stdout
            text = (shop / "a.chat.yaml").read_text()
            assert f"\nallow: [{place}, '[::1]:1']\n" in text
            assert text.endswith("  - bot: connected\n    state: start\n")
            assert chatsim("run", "a.chat.yaml").exit_code == 0

    def test_no_host(self, shop, chatsim):
        result = record(chatsim, "hi", options=["--allow", "http://localhost:80/"])
        assert result.exit_code == 2
        assert "--allow http://localhost:80/: 'http://localhost:80/' is no host; write localhost:80" in flat(
            result.output
        )

    def test_several_people(self, shop, chatsim):
        """Each is declared; what the bot says to others is written for them."""
        lines = ["/as ann", "cook", "/as bob in table", "hi", "/restart", "/as cid in table", "/as user", "hi"]
        result = record(chatsim, *lines, bot="shop:cook")
        assert result.exit_code == 0, result.stdout
        assert (shop / "a.chat.yaml").read_text().splitlines()[3:] == [
            "    users: {ann: ann, bob: table, cook: cook}",
            "    steps:",
            "    - ann: cook",
            "    - bot>cook: New order",
            "    - bob: hi",
            "    - silent",
            "    - restart",
            "    - user: hi",
            "    - silent",
        ]

    def test_a_folder_that_goes_away(self, write, chatsim, tmp_path):
        write(
            "sub/shop.py",
            RECORDER.replace(
                "def start(chat_id, user_input, context, sender):",
                "def start(chat_id, user_input, context, sender):\n    import shutil; shutil.rmtree(Path(__file__).parent, ignore_errors=True)",
                1,
            ),
        )
        result = record(chatsim, "hi", bot="sub/shop:bot", file="sub/a.chat.yaml")
        assert result.exit_code == 1
        assert "sub/a.chat.yaml is not as it should be: sub/a.chat.yaml cannot be written: " in flat(result.stdout)
