"""``chatsim chat``: at a pipe, and at a terminal."""

import os
import signal
import sys
import time

import pexpect
import pytest

from chatsim.cli.chat_input import Input, chosen, understand
from chatsim.trace import Option

PARROT = """
from chatsim.trace import ChatState, Option, Reply, Snapshot, Turn
from chatsim.failures import failure_from

class Parrot:
    def __init__(self, credentials=None):
        self.credentials = credentials

    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        said = getattr(event, "text", None) or type(event).__name__
        if said == "hang":
            raise KeyboardInterrupt
        if said == "kill":
            import os
            os._exit(9)
        if said == "break":
            try:
                {}["size"]
            except KeyError as error:
                return Turn(event=event, snapshot=snapshot, error=failure_from(error))
        if said == "quiet":
            return Turn(event=event, snapshot=Snapshot())
        state = ChatState("listening", {"said": said}, "callback" if said == "wait" else "input")
        options = tuple(Option(str(n), f"{said} {'x' * 30} {n}") for n in range(4)) if said == "many" else ()
        effects = (Reply(f"{said}!", options=options), Reply("", options=(Option("a", "Again"), Option("b", "Begone"))))
        return Turn(event=event, effects=effects, snapshot=snapshot.with_chat(event.chat, state))

parrot = Parrot()
"""


@pytest.fixture
def parrot(write, tmp_path):
    write("parrot.py", PARROT)
    return tmp_path


@pytest.fixture
def says(shop, chatsim):
    """Chat with the shop's bot, a line after the other; return what was shown."""

    def says(*lines, bot="bot:bot"):
        result = chatsim("chat", bot, input="".join(f"{line}\n" for line in lines))
        assert result.exit_code == 0, result.output
        return result.stdout.partition("\n")[2]

    return says


class TestUnderstand:
    OPTIONS = (Option("s", "Small"), Option("2", "Two"), Option("3", "1"), Option("4", "small"))

    @pytest.mark.parametrize(
        ("line", "meant"),
        [
            ("", Input("nothing")),
            ("  ", Input("nothing")),
            ("hi", Input("say", "hi")),
            (" hi ", Input("say", " hi ")),
            ("1", Input("tap", "1")),
            ("4", Input("tap", "4")),
            ("5", Input("say", "5")),
            ("two", Input("tap", "two")),
            ("SMALL", Input("say", "SMALL")),
            ("/tap Two", Input("tap", "Two")),
            ("/say  /quit", Input("say", " /quit")),
            ("/say", Input("say", "")),
            ("/quit", Input("quit")),
            ("/start now", Input("say", "/start now")),
            ("//quit", Input("say", "/quit")),
            ("/", Input("say", "/")),
        ],
    )
    def test_lines(self, line, meant):
        assert understand(line, self.OPTIONS) == meant

    def test_a_title_goes_before_a_number(self):
        assert chosen("1", self.OPTIONS).id == "3"
        assert chosen("2", self.OPTIONS).id == "2"
        assert chosen("small", self.OPTIONS).id == "4"
        assert chosen("²", self.OPTIONS) is None


class TestPiped:
    def test_a_chat(self, says):
        assert says("hi", "2") == (
            "  you       hi\n"
            "  printed   ::error::forged by hi\n"
            "  bot       You said hi\n"
            "            [1] Tea  [2] Coffee\n"
            "  state     start → choose\n"
            "  you       2\n"
            "            [Coffee]\n"
            "  bot       Coffee it is\n"
            "  state     choose → start\n"
        )

    def test_the_welcome(self, shop, chatsim):
        assert chatsim("chat", "bot:bot").stdout == "bot:bot is listening; /help shows what you can do.\n"

    def test_an_error_of_the_bot(self, says):
        """It is shown with the bot's own lines, and the chat goes on."""
        text = says("boom", "hi")
        assert "  ✗ ValueError: no\n    way\n    bot.py:14 in start\n" in text
        assert 'raise ValueError("no\\nway")' in text
        assert "chatsim" not in text
        assert text.endswith("  state     start → choose\n")

    def test_undo(self, says):
        assert says("hi", "Tea", "/undo", "/state", "Coffee").endswith(
            "  you       /undo\n  state     choose\n  you       /state\n  state     choose\n  you       Coffee\n"
            "  bot       Coffee it is\n  state     choose → start\n"
        )

    def test_nothing_to_undo(self, says):
        assert says("/undo", "/state") == (
            "  you       /undo\n            there is nothing to take back\n"
            "  you       /state\n  state     (the chat has not begun)\n"
        )

    def test_undo_of_the_first_turn(self, says):
        assert says("hi", "/undo").endswith("  you       /undo\n  state     (the chat has not begun)\n")

    def test_wait_where_time_passes_by_itself(self, says):
        text = says("hi", "/wait 5m").replace("\n          │ ", " ")
        assert "/wait: here time passes by itself. With --record FILE the clock stands, and /wait moves it" in text

    def test_restart(self, says):
        """The chat goes on where it was."""
        assert says("hi", "/restart", "Tea").endswith(
            "  you       /restart\n  state     choose\n"
            "  you       Tea\n  bot       Tea it is\n  state     choose → start\n"
        )

    def test_undo_beyond_a_restart(self, says):
        assert says("hi", "/restart", "/undo").endswith("  you       /undo\n  state     (the chat has not begun)\n")

    def test_restart_reads_the_code_again(self, shop, says):
        """What is broken then is said, and the bot stays as it was."""
        code = (shop / "bot.py").read_text().replace(
            'print("::error::forged by", user_input)',
            """from pathlib import Path
    code = Path(__file__).read_text().replace("broken(", "")
    Path(__file__).write_text({"break": "broken(", "change": ""}[user_input] + code.replace("You said", "You now said"))""",
        )  # fmt: skip
        (shop / "bot.py").write_text(code)
        text = says("break", "/restart", "/undo", "change", "/restart", "/undo", "change").replace(
            "\n          │ ", " "
        )
        assert "SyntaxError" in text
        assert text.count("You said") == 2
        assert text.count("You now said") == 1

    def test_vars(self, says):
        assert says("/vars", "hi", "/vars").startswith("  you       /vars\n  vars      (none)\n")
        assert says("hi", "/vars").endswith('  vars      said: "hi"\n')

    def test_help_and_quit(self, says):
        text = says("/help", "/quit", "never")
        assert "\n  /tap TITLE     choose an option" in text
        assert text.endswith("  you       /quit\n")

    def test_a_tap_that_is_not_offered(self, says):
        text = says("hi", "/tap Cocoa").replace("\n          │ ", " ")
        assert "the bot did not offer 'Cocoa' in its last turn; it offered 'Tea', 'Coffee'" in text

    def test_begin(self, says):
        assert "You said None" in says("/begin")

    def test_a_form(self, says):
        assert 'You said {"size":"S"}' in says('/form {"size": "S"}')
        assert "that is not JSON: " in says("/form size")
        assert "that is no mapping. Write" in says("/form []")

    def test_a_callback(self, says):
        assert 'You said {"paid":true}' in says('/callback {"paid": true}')
        assert "You said paid: yes" in says("/callback paid: yes")
        assert '"\\ud800"' in says('/callback {"half": "\\ud800"}')

    def test_a_file(self, says, write):
        write("a note.txt", "x")
        assert "You said b'x'" in says("/file a note.txt")
        assert "/file nope: No such file or directory" in says("/file nope")

    def test_an_interrupted_turn_did_not_happen(self, says):
        text = says("stop", "hi")
        assert "interrupted: this turn did not happen" in text
        assert text.endswith("  state     start → choose\n")

    def test_lines_that_are_not_utf_8(self, shop, process):
        process_input = b"caf\xe9\n".decode("utf-8", "surrogateescape")
        result = process("chat", "bot:bot", input=process_input, errors="surrogateescape")
        assert result.returncode == 0
        assert "You said caf\ufffd" in result.stdout

    def test_what_moves_a_cursor_is_shown(self, says):
        assert "\x1b" not in says("\x1b[2J")


class TestPeople:
    def test_to_be_somebody_else(self, parrot, chatsim):
        """Everybody has a chat of their own, or one with others, and chooses among what was offered to them."""
        lines = ["one", "/as ann", "2", "two", "/as ann in table", "three", "/as user", "1"]
        result = chatsim("chat", "parrot:parrot", input="".join(f"{line}\n" for line in lines))
        assert result.exit_code == 0
        shown = [line.split() for line in result.stdout.splitlines()]
        assert shown.count(["state", "(the", "chat", "has", "not", "begun)"]) == 2
        assert ["bot>user", "2!"] in shown  # nothing was offered to ann: it is a text
        back = shown[shown.index(["you", "/as", "user"]) :]
        assert ["[1]", "Again"] in [row[:2] for row in back[: back.index(["you", "1"])]]

    @pytest.mark.parametrize("line", ["/as", "/as 9", "/as ann in user", "/as user in table"])
    def test_nobody(self, parrot, chatsim, line):
        result = chatsim("chat", "parrot:parrot", input=f"{line}\n")
        assert "/as: write /as ann, /as ann in table, or /as user" in result.stdout


class TestBots:
    def test_many_and_long_options(self, parrot, chatsim):
        text = chatsim("chat", "parrot:parrot", input="many\n6\n").stdout
        assert f"\n            [4] many {'x' * 30} 3\n" in text
        assert "\n            [5] Again  [6] Begone\n" in text
        assert "\n            [Begone]\n" in text

    def test_what_it_waits_for(self, parrot, chatsim):
        assert (
            "  state     listening · waits for a callback\n" in chatsim("chat", "parrot:parrot", input="wait\n").stdout
        )

    def test_no_reply(self, parrot, chatsim):
        assert "            (no reply)\n" in chatsim("chat", "parrot:parrot", input="quiet\n").stdout

    def test_a_chat_without_a_state(self, parrot, chatsim):
        text = (parrot / "parrot.py").read_text().replace('ChatState("listening"', "ChatState(None")
        (parrot / "parrot.py").write_text(text)
        assert "  state     (none)\n" in chatsim("chat", "parrot:parrot", input="hi\n/state\n").stdout

    def test_in_another_folder(self, write, chatsim):
        write("pets/parrot.py", PARROT)
        assert "  bot       hi!\n" in chatsim("chat", "pets/parrot:parrot", input="hi\n").stdout

    def test_no_such_bot(self, shop, chatsim):
        result = chatsim("chat", "bto:bot")
        assert result.exit_code == 2
        assert result.stderr.startswith("✗ bot 'bto:bot': there is no module 'bto'")

    def test_credentials(self, write, chatsim):
        write(
            "keys.py",
            """
            from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, MessageType, Status

            class Keys(AbstractFSM):
                states = ["zero", "end"]
                transitions = [{"trigger": "next", "source": "zero", "dest": "end"}]
                conditions = set()
                output_variables = set()

                def on_enter_end(self):
                    self.status = Status.WAIT_FOR_ME
                    text = f"key {self.credentials['KEY']}"
                    self.send_message(FSMOutput(message_data=MessageData(body=text), type=MessageType.TEXT))
                    self.status = Status.END
            """,
        )
        text = chatsim("chat", "keys:Keys", "--credentials", "KEY=a=b", input="hi\n").stdout
        assert "  bot       key a=b\n  state     zero → end · the chat has ended\n" in text

    def test_broken_credentials(self, parrot, chatsim):
        result = chatsim("chat", "parrot:parrot", "--credentials", "KEY")
        assert (result.exit_code, result.stderr) == (
            2,
            "✗ --credentials KEY: write KEY=VALUE, for example --credentials API_KEY=test\n",
        )


@pytest.fixture
def terminal(parrot):
    """Begin a chat at a terminal; every one is ended when the test is."""
    begun = []

    def terminal(*arguments, **environment):
        child = pexpect.spawn(
            sys.executable, ["-m", "chatsim", "chat", "parrot:parrot", *arguments], cwd=str(parrot), encoding="utf-8",
            dimensions=(40, 100), timeout=20,
            env={**os.environ, "TERM": "xterm-256color", "PYTHONUTF8": "1", **environment},
        )  # fmt: skip
        begun.append(child)
        child.expect("you       ")
        return child

    yield terminal
    for child in begun:
        child.close(force=True)


class TestTerminal:
    def test_colours_and_the_end(self, terminal):
        child = terminal()
        child.sendline("hi")
        child.expect(r"\x1b\[3\dmAgain\x1b\[0m")
        child.expect("you       ")
        child.sendeof()
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0

    def test_no_color(self, terminal):
        child = terminal(NO_COLOR="1")
        child.sendline("hi")
        child.expect("you       ")
        assert "\x1b[3" not in child.before

    def test_lines_come_back(self, terminal):
        """The arrow keys bring back what was typed before, and Tab completes."""
        child = terminal()
        child.sendline("hello")
        child.expect("hello!")
        child.expect("you       ")
        child.send("\x1b[A\r")
        child.expect("hello!")
        child.expect("you       ")
        child.send("/und\t\r")
        child.expect("state     ")
        child.expect("listening")

    def test_ctrl_c_ends_the_chat(self, terminal, parrot):
        child = terminal("--record", "a.chat.yaml")
        child.sendline("hi")
        child.expect("you       ")
        child.sendintr()
        child.expect("and it passes")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
        assert "- bot: hi!" in (parrot / "a.chat.yaml").read_text()

    def test_being_told_to_go_away(self, terminal, parrot):
        child = terminal("--record", "a.chat.yaml")
        child.sendline("hi")
        child.expect("you       ")
        time.sleep(0.5)  # until readline waits for the keyboard
        child.kill(signal.SIGTERM)
        child.expect("and it passes")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 128 + signal.SIGTERM

    def test_a_bot_that_kills_the_process(self, terminal, parrot):
        """What was said before is in the file."""
        child = terminal("--record", "a.chat.yaml")
        child.sendline("hi")
        child.expect("you       ")
        child.sendline("kill")
        child.expect(pexpect.EOF)
        assert "- bot: hi!" in (parrot / "a.chat.yaml").read_text()
