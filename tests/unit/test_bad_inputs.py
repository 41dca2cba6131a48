"""The corpus of hostile inputs: each of them is asked, where it would arrive."""

import base64
import importlib
import json
import re
import threading
import time
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from chatsim import errors
from chatsim.bots.loading import load_bot
from chatsim.cli.app import app
from chatsim.errors import ScenarioError, StateCorrupted, StepsError
from chatsim.orchestrator import ChatOrchestrator
from chatsim.scenario.branches import Branches
from chatsim.scenario.load import load_file, ready
from chatsim.scenario.match import compile_text
from chatsim.scenario.regex_text import REGEX_SECONDS
from chatsim.scenario.text_pattern import PatternFailed
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.file import FileStateManager
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.state_managers.mongodb import MongoDBStateManager
from chatsim.state_managers.redis import RedisStateManager
from chatsim.visible import visible

ENTRIES = json.loads((Path(__file__).parent / "corpora" / "bad_inputs.json").read_text())
SECRET = 'sk-"quoted"\\slash/7f3a'
ASKED = set()

ELSEWHERE = {
    "graph-label": "tests/unit/graph",
    "html-report": "tests/unit/page",
    "csv": "nothing writes CSV",
    "snapshot": "nothing is called after a scenario in the file system",
    "secret-subprocess-env": "nothing is run in a subprocess",
}
"""The surfaces and entries that are held elsewhere, or that are not there."""


def of(surface, *, but=()):
    """Return a mark that gives the test each entry of *surface*, and note that it is asked."""
    found = [entry for entry in ENTRIES if entry["surface"] == surface and entry["id"] not in but]
    assert found
    ASKED.update(entry["id"] for entry in found)
    return pytest.mark.parametrize("entry", found, ids=lambda entry: entry["id"])


def one(name):
    """Return the entry that is called *name*, and note that it is asked."""
    ASKED.add(name)
    return next(entry for entry in ENTRIES if entry["id"] == name)


def input_of(entry):
    return eval(entry["input_py"]) if "input_py" in entry else entry["input"]


def error_of(entry):
    return getattr(errors, entry["expect"].removeprefix("error:"))


@pytest.fixture(params=["memory", "file", "redis", "mongodb"])
def store(request, tmp_path):
    if request.param == "memory":
        return InMemoryStateManager()
    if request.param == "file":
        return FileStateManager(tmp_path / "chats")
    if request.param == "redis":
        fakeredis = pytest.importorskip("fakeredis")
        return RedisStateManager(client=fakeredis.FakeRedis(server=fakeredis.FakeServer()))
    return MongoDBStateManager(client=pytest.importorskip("mongomock").MongoClient())


@pytest.fixture
def files(tmp_path):
    return FileStateManager(tmp_path / "chats")


# ---------------------------------------------------------------- stores


@of("file-state/chat_id", but=("chatid-long-prefix", "chatid-clash-encoded"))
def test_chat_id_is_a_file_in_the_folder(files, tmp_path, entry):
    chat = input_of(entry)
    files.set_state(chat, "menu", {"a": 1})
    assert files.get_state(chat) == ("menu", {"a": 1})
    assert files.chat_ids() == [chat]
    (path,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert path.resolve().parent == (tmp_path / "chats").resolve()
    assert re.fullmatch(r"[a-z0-9_-]{1,120}\.json", path.name)
    files.delete_state(chat)
    assert files.get_state(chat) == (None, {})


@pytest.mark.parametrize("name", ["chatid-long-prefix", "chatid-clash-encoded"])
def test_chat_ids_that_are_alike_keep_apart(files, name):
    chats = input_of(one(name))
    for number, chat in enumerate(chats):
        files.set_state(chat, "menu", {"n": number})
    assert [files.get_state(chat)[1]["n"] for chat in chats] == list(range(len(chats)))


ASKED.update(["chatid-long-prefix", "chatid-clash-encoded"])


@of("any-store/chat_id")
def test_no_chat_id(store, entry):
    chat = input_of(entry)
    store.set_state("1", "menu", {})
    for act in (store.get_state, store.delete_state, lambda chat: store.set_state(chat, "menu", {})):
        with pytest.raises(error_of(entry)):
            act(chat)
    assert store.chat_ids() == ["1"]


@of("any-store/context", but=("context-max-int",))
def test_context_that_no_store_takes(store, entry):
    store.set_state("ann", "menu", {"kept": True})
    with pytest.raises(error_of(entry), match=r"\$"):
        store.set_state("ann", "pay", input_of(entry))
    assert store.get_state("ann") == ("menu", {"kept": True})


def test_the_largest_numbers(store):
    context = input_of(one("context-max-int"))
    store.set_state("ann", "menu", context)
    assert store.get_state("ann") == ("menu", context)


ASKED.add("context-max-int")


@of("file-state/content", but=("state-dir-symlink", "state-readonly"))
def test_what_a_state_file_holds(files, entry):
    files.set_state("ann", "menu", {})
    path = files.path_of("ann")
    path.write_text(input_of(entry), "utf-8")
    try:
        assert files.get_state("ann") == ("a", {})
    except StateCorrupted as error:
        told = str(error)
        assert "ann" in told
        assert str(path) in told
    else:
        assert entry["expect"] == "either"
    assert path.read_text("utf-8") == input_of(entry)


def test_state_folders_of_other_kinds(tmp_path, monkeypatch):
    """A link to the folder is followed; where nothing can be written, what is there stays."""
    one("state-dir-symlink")
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there")
    store = FileStateManager(tmp_path / "link")
    store.set_state("ann", "menu", {})
    one("state-readonly")
    monkeypatch.setattr("os.replace", _refuse)
    with pytest.raises(errors.StateStoreError, match=re.escape(str(tmp_path))):
        store.set_state("ann", "pay", {})
    assert store.get_state("ann") == ("menu", {})


ASKED.update(["state-dir-symlink", "state-readonly"])


def _refuse(*_, **__):
    raise PermissionError(13, "Permission denied")


def test_keys_of_redis():
    fakeredis = pytest.importorskip("fakeredis")
    client = fakeredis.FakeRedis(server=fakeredis.FakeServer())
    store = RedisStateManager(client=client)
    command, key, *values = one("redis-other-type")["input"]["preset"]
    client.execute_command(command, key.replace("<prefix>", f"{store.prefix}chat:"), *values)
    with pytest.raises(StateCorrupted):
        store.get_state("u1")
    client.flushall()
    strange = one("redis-glob")["input"]
    for chat in (strange, "unlike", "u*x"):
        store.set_state(chat, "menu", {})
    store.delete_state(strange)
    assert store.chat_ids() == ["u*x", "unlike"]


def test_documents_of_mongodb():
    store = MongoDBStateManager(client=pytest.importorskip("mongomock").MongoClient())
    threads = [
        threading.Thread(target=store.set_state, args=("ann", "menu", {"n": number}))
        for number in range(one("mongo-upsert-race")["input"]["parallel"])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.chats.count_documents({"chat_id": "ann"}) == 1
    store.chats.insert_one(dict(one("mongo-foreign-doc")["input"]))
    with pytest.raises(StateCorrupted):
        store.get_state("u1")


ASKED.update(["redis-other-type", "redis-glob", "mongo-upsert-race", "mongo-foreign-doc"])


# ---------------------------------------------------------------- files


@of("yaml")
def test_scenario_file(tmp_path, entry):
    """It is refused with its place, and nothing of it is executed; the words in it stand for themselves."""
    path = tmp_path / "a.chat.yaml"
    path.write_text(input_of(entry), "utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_file(path)
    assert all(problem.line > 0 and problem.column > 0 for problem in caught.value.problems)
    if entry["expect"] == "literal":
        word = entry["input"].removeprefix("say: ").strip()
        path.write_text(f"bot: a:b\nscenarios: {{s: [user: {word}]}}\n")
        assert load_file(path).cases[0].steps[0].text.render({}) == word


@of("steps-json", but=("steps-cwd-shadow", "steps-overwrite"))
def test_steps_file(tmp_path, entry):
    path = tmp_path / "steps.json"
    path.write_text(entry["input"], "utf-8")
    orchestrator = ChatOrchestrator(InMemoryStateManager(), RecordingSender())
    with pytest.raises(StepsError, match=re.escape(str(path))):
        orchestrator.register_steps_from_json(path)
    assert dict(orchestrator.steps) == {}


def test_steps_that_are_there_already(tmp_path):
    one("steps-overwrite")
    path = tmp_path / "steps.json"
    code = "def start(chat_id, user_input, context, sender):\n    return 'start', {}"
    path.write_text(json.dumps({"start": code}), "utf-8")
    orchestrator = ChatOrchestrator(InMemoryStateManager(), RecordingSender())
    orchestrator.register_steps_from_json(path)
    before = orchestrator.steps["start"]
    with pytest.raises(StepsError):
        orchestrator.register_steps_from_json(path)
    assert orchestrator.steps["start"] is before
    orchestrator.register_steps_from_json(path, replace=True)
    assert orchestrator.steps["start"] is not before


def test_steps_from_modules_that_are_named(tmp_path, monkeypatch):
    """What may be imported can be said: a module that lies in the current folder is not among it by chance."""
    one("steps-cwd-shadow")
    (tmp_path / "evil_shadow.py").write_text("raise SystemExit('imported')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "steps.json").write_text('{"start": "evil_shadow.start"}')
    orchestrator = ChatOrchestrator(InMemoryStateManager(), RecordingSender())
    with pytest.raises(StepsError):
        orchestrator.register_steps_from_json("steps.json", modules=("my_app",))
    importlib.invalidate_caches()


ASKED.update(["steps-overwrite", "steps-cwd-shadow"])


@of("regex", but=("regex-huge-repeat",))
def test_regex_that_would_hang(entry):
    """It is decided in time, or it is said that it is too slow: here the engine sees that nothing can match."""
    assert REGEX_SECONDS <= 1
    began = time.perf_counter()
    try:
        assert compile_text(f"/{entry['pattern']}/").match(eval(entry["input_text_py"]), {}) is None
    except PatternFailed as error:
        assert error.kind == "regex-too-slow"  # noqa: PT017 - one or the other
    assert time.perf_counter() - began < 2 * REGEX_SECONDS


def test_regex_that_would_take_all_memory(tmp_path):
    path = tmp_path / "a.chat.yaml"
    path.write_text(f"bot: a:b\nscenarios:\n  s:\n  - user: hi\n  - bot: /{one('regex-huge-repeat')['pattern']}/\n")
    with pytest.raises(ScenarioError) as caught:
        load_file(path)
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(5, 10)]


ASKED.add("regex-huge-repeat")


# ---------------------------------------------------------------- what is shown of it


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a scenario with a bot that says *said*, and prints it; return the terminal's text and both reports."""
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)

    def run(said, *arguments, credentials=None, top=""):
        (tmp_path / "said.json").write_text(json.dumps(said))
        (tmp_path / "echo.py").write_text(
            "import json\n"
            "from pathlib import Path\n"
            "from chatsim.orchestrator import ChatOrchestrator\n"
            "from chatsim.senders.recording import RecordingSender\n"
            "from chatsim.state_managers.inmemory import InMemoryStateManager\n"
            "SAID = json.loads(Path(__file__).with_name('said.json').read_text())\n"
            "bot = ChatOrchestrator(InMemoryStateManager(), RecordingSender())\n"
            "@bot.register_step('start')\n"
            "def start(chat_id, user_input, context, sender):\n"
            "    print(SAID)\n"
            "    sender.send_message(chat_id, SAID)\n"
            "    return 'start', {'said': SAID}\n"
        )
        (tmp_path / "a.chat.yaml").write_text(
            f"bot: echo:bot\ncredentials: {json.dumps(credentials or {})}\n{top}scenarios:\n"
            "  s:\n  - user: hi\n  - bot: nothing of the kind\n    vars.said: 1\n"
        )
        reports = ["--report", "junit=junit.xml", "--report", "json=report.json"]
        result = CliRunner().invoke(app, ["run", *arguments, *reports, "a.chat.yaml"])
        assert result.exit_code == 1
        return result.stdout, (tmp_path / "junit.xml").read_text("utf-8"), (tmp_path / "report.json").read_text("utf-8")

    return run


@of("terminal")
def test_terminal(run, entry):
    shown, _, _ = run(entry["input"])
    assert re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown) is None
    assert f"+ {visible(entry['input'])[:40]}" in shown


@of("junit-xml")
def test_junit(run, entry):
    _, junit, _ = run(entry["input"])
    failure = ET.fromstring(junit).find(".//failure")
    assert "a\\x00\\x08\\x1b" in failure.text


@of("ci-log")
def test_log_of_github(run, monkeypatch, entry):
    """Nothing that a bot says is a command: it stands at no line's beginning, or while commands are stopped."""
    shown, _, _ = run(entry["input"])
    assert "::error" in shown
    assert not re.search(r"^(::|##\[)", shown, re.MULTILINE)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    shown, _, _ = run(entry["input"])
    stop = shown.index("::stop-commands::")
    assert stop < shown.index(entry["input"])


@pytest.mark.parametrize("name", ["secret-reply", "secret-json-escaped"])
def test_secret_that_the_bot_says(run, name):
    said = one(name)["input"].replace("{SECRET}", SECRET).replace("{SECRET_JSON}", json.dumps(SECRET))
    coded = base64.b64encode(SECRET.encode()).decode()
    for text in (said, f"x {coded} y", f"?k={quote(SECRET, safe='')}"):
        for report in run(text, credentials={"API_KEY": SECRET}):
            assert "***API_KEY***" in report
            for form in (SECRET, json.dumps(SECRET)[1:-1], coded, quote(SECRET, safe="")):
                assert form not in report


def test_secret_in_what_is_shown_of_a_bot(tmp_path):
    one("secret-repr")
    (tmp_path / "machine.py").write_text(
        "from chatsim.fsm import AbstractFSM\n"
        "class Machine(AbstractFSM):\n"
        "    states = ['zero', 'end']\n"
        "    transitions = [{'trigger': 'next', 'source': 'zero', 'dest': 'end'}]\n"
        "    conditions, output_variables = set(), set()\n"
        "    def __init__(self, send_message, credentials=None):\n"
        "        super().__init__(send_message=send_message)\n"
        "    def on_enter_end(self):\n"
        "        pass\n"
    )
    bot = load_bot("machine:Machine", tmp_path, {"API_KEY": SECRET})
    assert SECRET not in repr(bot)
    assert SECRET not in str(bot)


def test_secret_among_the_arguments(tmp_path, monkeypatch):
    """What is said of a command does not repeat it."""
    one("secret-argv")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["chat", "nothing:bot", "--credentials", f"API_KEY={SECRET}"])
    assert result.exit_code == 2
    assert SECRET not in result.output


ASKED.update(["secret-reply", "secret-json-escaped", "secret-repr", "secret-argv"])


# ---------------------------------------------------------------- bots that do not end


@pytest.fixture
def verdict(tmp_path):
    """Run the scenario ``a`` of a bot with this code, and what comes after it; return both verdicts."""

    def verdict(code, *, timeout="60s"):
        (tmp_path / "bad.py").write_text(code)
        (tmp_path / "a.chat.yaml").write_text(
            f"bot: bad:bot\ndefaults: {{timeout: {timeout}}}\nscenarios:\n  a: [user: hi]\n  b: [user: null]\n"
        )
        loaded = ready(load_file(tmp_path / "a.chat.yaml"))
        branches = Branches(loaded.stage)
        return [branches.run(case) for case in loaded.file.cases]

    return verdict


ECHO = """
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager
bot = ChatOrchestrator(InMemoryStateManager(), RecordingSender())
@bot.register_step("start")
def start(chat_id, user_input, context, sender):
    while user_input: pass
    return "start", context
"""

ROUND = """
from chatsim.fsm import AbstractFSM, Status
class bot(AbstractFSM):
    states = ["zero", "a", "b"]
    transitions = [{"trigger": "next", "source": s, "dest": d} for s, d in [("zero", "a"), ("a", "b"), ("b", "a")]]
    conditions, output_variables = set(), set()
    def __init__(self, send_message, credentials=None):
        super().__init__(send_message=send_message)
    def on_enter_a(self):
        self.status = Status.MOVE_FORWARD
    on_enter_b = on_enter_a
"""


def test_bot_that_never_answers(verdict):
    """Its test fails when its time is over, and the next one runs."""
    one("bot-silent")
    first, second = verdict(ECHO, timeout="0.2s")
    assert first.mismatch.kind == "timed-out"
    assert second.passed


def test_bot_that_goes_in_circles(verdict):
    one("bot-loop")
    first, _ = verdict(ROUND)
    assert first.mismatch.kind == "hop-loop"
    assert "a → b → a" in first.mismatch.failure.message


def test_bot_that_prints_results(run):
    forged = "10 passed in 0.1s"
    assert forged in one("bot-stdout")["input"]
    shown, _, _ = run(forged)
    assert not re.search(rf"^{forged}", shown, re.MULTILINE)
    assert shown.splitlines()[-1].startswith("✗ 1 failed in ")


ASKED.update(["bot-silent", "bot-loop", "bot-stdout"])


def test_every_entry_is_asked():
    left = [entry for entry in ENTRIES if entry["id"] not in ASKED]
    assert {entry["id"] for entry in left if not {entry["id"], entry["surface"]} & set(ELSEWHERE)} == set()
