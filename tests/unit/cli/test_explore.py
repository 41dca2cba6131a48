"""``chatsim explore``: what is wrong with a bot, shown, written down, and told by the exit code."""

import json

import pytest

CAREFUL = """
from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, MessageType, Status

class Shop(AbstractFSM):
    states = ["zero", "ask", "read", "done"]
    transitions = [
        {"source": "zero", "dest": "ask", "trigger": "next"},
        {"source": "ask", "dest": "read", "trigger": "next"},
        {"source": "read", "dest": "done", "trigger": "next", "conditions": "is_yes"},
        {"source": "read", "dest": "ask", "trigger": "next"},
    ]
    conditions = {"is_yes"}
    output_variables = set()

    def __init__(self, send_message, credentials=None):
        self.credentials = {}
        super().__init__(send_message=send_message)

    def say(self, text):
        self.send_message(FSMOutput(message_data=MessageData(body=text), type=MessageType.TEXT, dest="out"))

    def on_enter_ask(self):
        self.status = Status.WAIT_FOR_ME
        self.say("Do you want tea? yes or no")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read(self):
        self.status = Status.WAIT_FOR_ME
        self.variables["answer"] = self.current_input
        self.status = Status.MOVE_FORWARD

    def is_yes(self):
        return self.variables["answer"] == "yes"

    def on_enter_done(self):
        self.say("Here it is")
        self.status = Status.END
""".replace("        self.status = Status.WAIT_FOR_ME\n", "")
BROKEN = CAREFUL.replace('self.say("Here it is")', 'self.say("Here it is" + self.variables["sugar"])')

CELLAR = """
    def on_enter_cellar(self):
        self.status = Status.END
"""


@pytest.fixture
def careful(write):
    """A bot that is right, and one that raises at its end."""
    write("careful.py", CAREFUL)
    write("broken.py", BROKEN)


@pytest.fixture
def explore(careful, chatsim):
    """Explore a bot without faults."""
    return lambda *arguments: chatsim("explore", *arguments, "--no-faults")


class TestExplore:
    @pytest.mark.usefixtures("careful")
    def test_faults(self, chatsim, write):
        """A ticket that is drawn anew when its process dies; what every bot shows then is not told of this one."""
        ticket = CAREFUL.replace('self.say("Here it is")', 'self.say(f"Ticket {random.randrange(1000, 10000)}")')
        write("tickets.py", f"import random\n{ticket}")
        ask = ("explore", "tickets:Shop", "--off", "nondeterministic")
        result = chatsim(*ask)
        assert (result.exit_code, "! crash-repeats in 'ask'  warning\n" in result.stdout) == (0, True)
        assert "  faults       1 delivery with a fault\n" in result.stdout
        assert "  deliver   crash: before-save\n" in result.stdout
        assert chatsim(*ask, "--strict").exit_code == 1
        assert chatsim(*ask, "--error", "crash-repeats").exit_code == 1
        assert chatsim("explore", "careful:Shop").stdout.endswith("✓ nothing is wrong\n")

    def test_nothing_wrong(self, explore):
        result = explore("careful:Shop")
        assert result.exit_code == 0, result.stdout
        assert result.stdout.splitlines()[-1] == "✓ nothing is wrong"
        assert "reached      5 states" in result.stdout

    def test_an_error_with_its_chat(self, explore):
        result = explore("broken:Shop")
        assert result.exit_code == 1
        assert "✗ bot-raised in 'done'  error\n  the bot raised KeyError: 'sugar' at broken.py:" in result.stdout
        assert "  user      yes\n" in result.stdout
        assert result.stdout.endswith("✗ 1 error\n")

    def test_quiet(self, explore):
        result = explore("careful:Shop", "--quiet")
        assert (result.exit_code, result.stdout) == (0, "✓ nothing is wrong\n")

    def test_json(self, explore, tmp_path):
        assert explore("broken:Shop", "--json", "found.json").exit_code == 1
        data = json.loads((tmp_path / "found.json").read_text())
        assert data["outcome"] in ("complete", "projected")
        (finding,) = data["findings"]
        assert (finding["kind"], finding["severity"], finding["state"]) == ("bot-raised", "error", "done")
        assert [turn["event"] for turn in finding["witness"]][-1] == {"kind": "text", "text": "yes"}
        assert "ask" in data["states"]

    def test_json_alone(self, explore):
        """Where it goes to standard output, nothing else does."""
        result = explore("broken:Shop", "--json", "-", "--save-witnesses", "found")
        assert [found["kind"] for found in json.loads(result.stdout)["findings"]] == ["bot-raised"]
        assert (result.exit_code, "1 scenario that fails" in result.stderr) == (1, True)

    def test_strict(self, explore, write):
        """What nothing can reach is a warning, and with --strict an error, in the JSON as well."""
        write("cellar.py", CAREFUL.replace('"done"]', '"done", "cellar"]') + CELLAR)
        for options, severity, code in (((), "warning", 0), (("--strict",), "error", 1)):
            result = explore("cellar:Shop", "--json", "-", *options)
            (found,) = json.loads(result.stdout)["findings"]
            assert (found["kind"], found["severity"], result.exit_code) == ("unreachable", severity, code)

    def test_baseline(self, explore):
        explore("broken:Shop", "--json", "found.json")
        result = explore("broken:Shop", "--baseline", "found.json")
        assert result.exit_code == 0
        assert result.stdout.endswith("✓ nothing is wrong that is new; 1 known, in the baseline\n")

    def test_kinds_that_are_off(self, explore):
        assert explore("broken:Shop", "--off", "bot-raised").exit_code == 0

    def test_limits(self, explore):
        result = explore("careful:Shop", "--max-states", "1")
        assert result.exit_code == 0
        assert "bounded: 1 of 1 snapshots were not tried with every letter; it met --max-states" in " ".join(
            result.stdout.replace("│", "").split()
        )

    def test_inputs_alone(self, explore, write):
        write("inputs.yaml", "- user: {one_of: [no, maybe]}\n- user:\n    text: nothing\n- user: null\n")
        result = explore("broken:Shop", "--inputs", "inputs.yaml", "--only-inputs")
        assert result.exit_code == 0, result.stdout

    def test_properties(self, explore, write):
        write("asked.yaml", "- always: state != 'done'\n- sometimes: text == 'Here it is'\n- eventually: ended\n")
        result = explore("careful:Shop", "--properties", "asked.yaml")
        assert (result.exit_code, result.stdout.count("property")) == (1, 1), result.stdout
        assert "state != 'done'" in result.stdout

    def test_own_projection(self, explore, write, tmp_path):
        write("same.py", "def alike(snapshot):\n    open('asked', 'w').close()\n    return 0\n")
        assert explore("careful:Shop", "--projection", "same:alike").exit_code == 0
        assert (tmp_path / "asked").exists()


@pytest.mark.usefixtures("careful")
class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["nothing:Shop"], "nothing"),
            (["careful:Shap"], "Did you mean 'Shop'?"),
            (["careful:Shop", "--off", "bot-rised"], "no kind of finding 'bot-rised'. Did you mean 'bot-raised'?"),
            (["careful:Shop", "--max-time", "soon"], "--max-time soon: "),
            (["careful:Shop", "--baseline", "no.json"], "--baseline no.json: cannot be read: No such file"),
            (["careful:Shop", "--baseline", "careful.py"], "`chatsim explore --json FILE` wrote"),
            (["careful:Shop", "--json", "no/where.json"], "--json no/where.json: cannot be written"),
            (["careful:Shop", "--only-inputs"], "--only-inputs needs --inputs FILE"),
            (["careful:Shop", "--projection", "careful:CREDENTIALS"], "careful"),
            (["careful:Shop", "--projection", "bucket"], "buckets"),
            (["careful:Shop", "--inputs", "bad.yaml"], "bad.yaml:2:3: is nothing that reaches the bot"),
            (["careful:Shop", "--properties", "bad.yaml"], "bad.yaml:1:3: a property holds always, sometimes"),
            (["careful:Shop", "--properties", "empty.yaml"], "empty.yaml:1:1: holds no properties"),
            (["careful:Shop", "--properties", "map.yaml"], "map.yaml:1:1: must be a list of properties"),
            (["careful:Shop", "--properties", "odd.yaml"], "odd.yaml:2:3: is no property"),
            (["careful:Shop", "--properties", "odd.yaml"], "odd.yaml:1:3: property 'total > 0': there is no 'total'"),
            (["careful:Shop", "--inputs", "empty.yaml"], "empty.yaml:1:1: holds no inputs"),
        ],
    )
    def test_told_in_a_line(self, chatsim, write, arguments, told):
        write("bad.yaml", "- user: hi\n- bot: Welcome!\n")
        write("empty.yaml", "")
        write("map.yaml", "always: ended\n")
        write("odd.yaml", "- always: total > 0\n- {always: ended, sometimes: ended}\n")
        result = chatsim("explore", *arguments)
        assert (result.exit_code, "Traceback" in result.stderr) == (2, False)
        assert told in result.stderr, result.stderr
