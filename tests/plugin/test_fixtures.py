"""The fixtures for tests in Python."""

import os

import pytest

SERVERS = {"redis": "CHATSIM_REDIS_URL", "mongodb": "CHATSIM_MONGO_URL"}
ADDRESSES = {variable: os.environ.get(variable) for variable in SERVERS.values()}
"""As they were before the fixtures of this folder took them away."""

HEAD = "import pytest\n\n"
MARK = HEAD + 'pytestmark = pytest.mark.chatsim("pizzeria:bot")\n\n'


@pytest.fixture
def run(project, pytester):
    """Run a test module."""

    def run(source, *options, in_process=True):
        (pytester.path / "test_it.py").write_text(source)
        return pytester.runpytest_inprocess(*options) if in_process else pytester.runpytest_subprocess(*options)

    return run


class TestChat:
    def test_holds(self, run):
        run(
            MARK
            + """
def test_it(chat):
    chat.send("hi")
    chat.expect("Welcome!")
    chat.expect("Which ...", options=["Small", "Large"], state="size")
    chat.tap("Large")
    assert chat.expect("Order ${order:int}: Large") == {"order": 45}
    assert chat.vars == {"order": 45, "size": "Large"}
"""
        ).assert_outcomes(passed=1)

    def test_failure_shows_the_line_of_the_test_and_the_chat(self, run):
        result = run(
            MARK
            + """
def test_it(chat):
    chat.send("hi")
    chat.expect("Welcome!")
    chat.expect("Which colour?")
"""
        )
        result.stdout.fnmatch_lines(
            [
                '>       chat.expect("Which colour?")',
                "E       *expected 'Which colour?', and the bot said 'Which size?'",
                "E         user      hi",
                "E         bot       Welcome!",
                "E         - Which colour?",
                "E         + Which size?",
                "E         state     start → size",
                "test_it.py:9: ExpectationFailed",
            ]
        )
        result.stdout.no_fnmatch_line("*chatsim/*.py*")
        result.stdout.no_fnmatch_line("*--- the chat ---*")

    def test_any_other_failure_shows_the_chat_beside(self, run):
        result = run(MARK + 'def test_it(chat):\n    chat.send("hi")\n    assert chat.state == "menu"\n')
        result.stdout.fnmatch_lines(
            ["*assert 'size' == 'menu'", "*--- the chat ---*", "  user      hi", "  bot       Welcome!"]
        )

    def test_no_chat_beside_where_nothing_was_said(self, run):
        result = run(MARK + "def test_it(chat):\n    assert not chat\n")
        result.assert_outcomes(failed=1)
        result.stdout.no_fnmatch_line("*--- the chat ---*")

    def test_the_bots_own_exception(self, run):
        result = run(
            MARK
            + """
def test_raises(chat):
    chat.send("hi")
    with pytest.raises(ValueError, match="the oven is cold"):
        chat.send("crash")

def test_shows(chat):
    chat.send("hi")
    chat.send("crash")
"""
        )
        result.assert_outcomes(passed=1, failed=1)
        result.stdout.fnmatch_lines(
            ['>       chat.send("crash")', ">           raise ValueError*", "pizzeria.py:19: ValueError"]
        )
        result.stdout.no_fnmatch_line("*chatsim/*.py*")

    def test_replies_left_at_the_end(self, run):
        """A test that expected one reply must expect the others; it fails in its own phase."""
        result = run(MARK + 'def test_it(chat):\n    chat.send("hi")\n    chat.expect("Welcome!")\n')
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["*the bot said more than was expected: 'Which size?'", "*strict=False*"])
        result.stdout.no_fnmatch_line("*During handling*")
        result.stdout.no_fnmatch_line("*end_chats*")

    @pytest.mark.parametrize("loosely", ["chat_factory(strict=False)", "chat_factory()"])
    def test_replies_left_where_that_is_allowed(self, run, loosely):
        mark = "" if "strict" in loosely else "@pytest.mark.chatsim(strict=False)\n"
        source = f'def test_it(chat_factory):\n    chat = {loosely}\n    chat.send("hi")\n    chat.expect("Welcome!")\n'
        run(MARK + mark + source).assert_outcomes(passed=1)

    def test_tests_do_not_see_each_other(self, run):
        test = '    assert chat.state is None\n    chat.send("hi")\n    assert chat.state == "size"\n'
        run(MARK + f"def test_one(chat):\n{test}\ndef test_two(chat):\n{test}").assert_outcomes(passed=2)

    def test_in_a_class(self, run):
        run(
            MARK
            + 'class TestIt:\n    def test_it(self, chat):\n        assert chat.send("hi").replies[0].text == "Welcome!"\n'
        ).assert_outcomes(passed=1)


class TestWhichBot:
    TEST = 'def test_it(chat):\n    chat.send("hi")\n    assert chat.texts[0] == "{}"\n'

    @pytest.fixture
    def answers(self, project, pytester):
        """Three bots that answer with their name."""
        for name in ("marked", "overridden", "configured"):
            (pytester.path / f"{name}.py").write_text(project.pizzeria.replace("Welcome!", name))

    def test_none(self, run):
        result = run(self.TEST)
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(
            ["*which bot? Name it*", "*pytest.mark.chatsim*", "*chatsim_bot = *", "*chat_factory(*"]
        )

    @pytest.mark.usefixtures("answers")
    def test_the_setting(self, run, pytester):
        """Its module is looked for in the folder of the ini file, wherever the test is."""
        pytester.makeini("[pytest]\nchatsim_bot = configured:bot\n")
        pytester.mkdir("deep").joinpath("test_deep.py").write_text(self.TEST.format("configured"))
        run(self.TEST.format("configured")).assert_outcomes(passed=2)

    @pytest.mark.usefixtures("answers")
    def test_the_setting_without_a_file(self, run):
        run(self.TEST.format("configured"), "-o", "chatsim_bot=configured:bot").assert_outcomes(passed=1)

    @pytest.mark.usefixtures("answers")
    def test_the_fixture_goes_before_the_setting(self, run, pytester):
        pytester.makeini("[pytest]\nchatsim_bot = configured:bot\n")
        pytester.makeconftest('import pytest\n@pytest.fixture\ndef chatsim_bot():\n    return "overridden:bot"\n')
        run(self.TEST.format("overridden")).assert_outcomes(passed=1)

    @pytest.mark.usefixtures("answers")
    def test_the_marker_goes_before_the_fixture(self, run, pytester):
        pytester.makeconftest('import pytest\n@pytest.fixture\ndef chatsim_bot():\n    return "overridden:bot"\n')
        mark = HEAD + '@pytest.mark.chatsim(bot="marked:bot")\n'
        run(mark + self.TEST.format("marked")).assert_outcomes(passed=1)

    @pytest.mark.usefixtures("answers")
    def test_the_argument_goes_before_the_marker(self, run):
        test = 'def test_it(chat_factory):\n    chat = chat_factory("configured:bot")\n    chat.send("hi")\n    assert chat.texts[0] == "configured"\n'
        run(HEAD + '@pytest.mark.chatsim("marked:bot")\n' + test).assert_outcomes(passed=1)

    @pytest.mark.usefixtures("answers")
    def test_the_nearest_marker_goes_first_word_by_word(self, run):
        source = 'pytestmark = pytest.mark.chatsim("configured:bot", chat="ann")\n@pytest.mark.chatsim("marked:bot")\n'
        run(HEAD + source + self.TEST.format("marked") + '    assert chat.id == "ann"\n').assert_outcomes(passed=1)

    def test_the_bot_itself(self, run):
        source = "import pizzeria, pytest\n@pytest.fixture\ndef chatsim_bot():\n    return pizzeria.bot\n"
        run(source + self.TEST.format("Welcome!")).assert_outcomes(passed=1)

    def test_no_such_bot(self, run):
        result = run(HEAD + '@pytest.mark.chatsim("pizzera:bot")\n' + self.TEST)
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["bot 'pizzera:bot': there is no module 'pizzera'*Did you mean 'pizzeria'?"])

    def test_an_unknown_word_in_the_marker(self, run):
        result = run(HEAD + '@pytest.mark.chatsim("pizzeria:bot", credential={})\n' + self.TEST)
        result.stdout.fnmatch_lines(["*takes no 'credential'. Did you mean 'credentials'?"])

    def test_an_object_that_is_no_bot(self, run):
        result = run(self.TEST.replace("(chat)", "(chat_factory)").replace("chat.send", "chat_factory(object()).send"))
        result.stdout.fnmatch_lines(["E*SetupError: the object is *", "E*It is none of these:"])


class TestCredentials:
    @pytest.fixture(autouse=True)
    def _sees(self, project, pytester):
        (pytester.path / "sees.py").write_text(
            """
from chatsim.trace import Reply, Snapshot, Turn


class Sees:
    def __init__(self, key):
        self.key = key

    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        return Turn(event=event, effects=(Reply(self.key),), snapshot=snapshot)
"""
        )
        pytester.makeconftest(
            """
import chatsim.bots.recognise as recognise
import pytest
from chatsim.bots.recognise import BotKind


def adapt(value, origin):
    return value(origin.credentials.get("KEY", "none"))


@pytest.fixture(autouse=True)
def _kind(monkeypatch):
    kind = BotKind("one that sees credentials", lambda value: getattr(value, "__name__", "") == "Sees", "conftest:adapt")
    monkeypatch.setattr(recognise, "KINDS", (kind, *recognise.KINDS))


@pytest.fixture
def chatsim_credentials():
    return {"KEY": "of the fixture"}
"""
        )

    @pytest.mark.parametrize(
        ("mark", "argument", "seen"),
        [
            ("", "", "of the fixture"),
            (", credentials={'KEY': 'of the marker'}", "", "of the marker"),
            (", credentials={'KEY': 'of the marker'}", "credentials={'KEY': 'given'}", "given"),
        ],
        ids=["fixture", "marker", "argument"],
    )
    def test_nearest_first(self, run, mark, argument, seen):
        run(
            f'{HEAD}@pytest.mark.chatsim("sees:Sees"{mark})\n'
            f'def test_it(chat_factory):\n    chat = chat_factory({argument})\n    chat.send("hi")\n    chat.expect("{seen}")\n'
        ).assert_outcomes(passed=1)


class TestChatFactory:
    def test_chats_share_what_the_bot_remembers(self, run):
        run(
            MARK
            + """
def test_it(chat_factory):
    ann, bob = chat_factory(chat="ann"), chat_factory(chat="bob")
    ann.send("hi")
    assert (ann.state, bob.state) == ("size", None)
    assert ann.trace == bob.trace
    assert chat_factory(chat="eve").conversation is ann.conversation
    assert chat_factory(chat="eve", fresh=True).conversation is not ann.conversation
"""
        ).assert_outcomes(passed=1)

    def test_the_same_chat_twice(self, run):
        result = run(MARK + "def test_it(chat, chat_factory):\n        chat_factory()\n")
        result.stdout.fnmatch_lines([">*chat_factory()*", "*SetupError: there is a chat 'user' with this bot already*"])
        result.stdout.no_fnmatch_line("*chatsim/*.py*")

    def test_in_the_middle(self, run):
        run(
            MARK
            + """
def test_it(chat_factory):
    chat = chat_factory(state="done", vars={"order": 7})
    chat.send("thanks")
    chat.expect("Bye!", state="done", vars={"order": 7})
"""
        ).assert_outcomes(passed=1)


class TestRecordingSender:
    def test_keeps_messages(self, run):
        run(
            'def test_it(recording_sender):\n    recording_sender.send_message("ann", "hi")\n    assert recording_sender.texts == ["hi"]\n'
        ).assert_outcomes(passed=1)


class TestStateManager:
    TEST = 'def test_it(state_manager):\n    state_manager.set_state("ann", "menu", {"n": 1})\n    assert state_manager.get_state("ann") == ("menu", {"n": 1})\n'

    def test_in_every_backend_that_needs_no_server(self, run):
        result = run(self.TEST, "-v")
        result.assert_outcomes(passed=4)
        names = [f"*::test_it[[]{name}] PASSED*" for name in ("memory", "file", "fakeredis", "mongomock")]
        result.stdout.fnmatch_lines(names)

    @pytest.mark.parametrize("option", ["--chatsim-backends=file,memory", "-ochatsim_backends=file memory"])
    def test_chosen(self, run, option):
        result = run(self.TEST, "-v", option)
        result.assert_outcomes(passed=2)
        result.stdout.fnmatch_lines(["*[[]file] PASSED*", "*[[]memory] PASSED*"])

    def test_chosen_by_the_test(self, run):
        mark = HEAD + '@pytest.mark.parametrize("chatsim_backend", ["memory"], indirect=True)\n'
        run(mark + self.TEST).assert_outcomes(passed=1)

    def test_beside_other_parameters(self, run):
        run(
            HEAD
            + '@pytest.mark.parametrize(argnames=["n"], argvalues=[[1], [2]])\n'
            + self.TEST.replace("(state_manager)", "(state_manager, n)"),
            "--chatsim-backends=memory",
        ).assert_outcomes(passed=2)

    def test_a_state_manager_of_ones_own(self, run):
        """Who overrides the fixture has no use for our backends: the test runs once."""
        own = (
            HEAD
            + "from chatsim.state_managers.inmemory import InMemoryStateManager\n@pytest.fixture\ndef state_manager():\n    return InMemoryStateManager()\n"
        )
        run(own + self.TEST).assert_outcomes(passed=1)

    @pytest.mark.parametrize(
        ("names", "said"),
        [
            ("memry", "*no backend 'memry'. Did you mean 'memory'?"),
            ("foo", "*'foo'. There are: *"),
            (",", "*names no backend*"),
        ],
    )
    def test_unknown(self, run, names, said):
        result = run(self.TEST, f"--chatsim-backends={names}")
        result.stderr.fnmatch_lines([said])
        assert result.stderr.str().count("mongomock") <= 1
        assert result.ret == pytest.ExitCode.USAGE_ERROR

    def test_unknown_in_the_setting(self, run):
        result = run(self.TEST, "-ochatsim_backends=memry")
        result.stdout.fnmatch_lines(["*chatsim_backends: there is no backend 'memry'*"])

    @pytest.mark.parametrize(
        ("backend", "package", "extra"),
        [("fakeredis", "fakeredis", "fakes"), ("mongomock", "mongomock", "fakes"), ("fakeredis", "redis", "redis")],
    )
    def test_a_missing_package_is_named(self, run, pytester, backend, package, extra):
        pytester.makeconftest(f"import sys\nsys.modules[{package!r}] = None\n")
        result = run(self.TEST, f"--chatsim-backends={backend}", "-rs", in_process=False)
        result.assert_outcomes(skipped=1)
        result.stdout.fnmatch_lines([f"*state_manager[[]{backend}]: *'{package}'*pip install \"chatsim[[]{extra}]\"*"])

    @pytest.mark.parametrize("server", SERVERS)
    def test_a_server_that_is_not_named(self, run, server):
        result = run(self.TEST, f"--chatsim-backends={server}", "-rs")
        result.assert_outcomes(skipped=1)
        result.stdout.fnmatch_lines([f"*state_manager[[]{server}]: set {SERVERS[server]}*{SERVERS[server]}=*"])

    @pytest.mark.parametrize("server", SERVERS)
    def test_a_real_server(self, run, monkeypatch, server):
        """It is used beside the stand-ins where it is named, and nothing is left on it."""
        variable = SERVERS[server]
        if not ADDRESSES[variable]:
            pytest.skip(f"{variable} is not set: start a server and set it to the server's address")
        monkeypatch.setenv(variable, ADDRESSES[variable])
        left = f"{self.TEST}    assert state_manager.chat_ids() == ['ann']\n"
        again = left.replace("test_it", "test_again")
        result = run(left + again, "-v")
        result.assert_outcomes(passed=10)
        result.stdout.fnmatch_lines([f"*::test_it[[]{server}] PASSED*", f"*::test_again[[]{server}] PASSED*"])
        assert not self.kept(server, ADDRESSES[variable])

    @staticmethod
    def kept(server, address):
        if server == "redis":
            import redis

            with redis.Redis.from_url(address) as client:
                return list(client.scan_iter("chatsim-test-*"))
        import pymongo

        with pymongo.MongoClient(address) as client:
            return [name for name in client.list_database_names() if name.startswith("chatsim_test_")]
