"""What is found wrong with durations, mocks, calls and people when a file is loaded."""

import pytest

from chatsim.scenario.model import RestartStep, WaitStep
from chatsim.scenario.words import Template


@pytest.fixture
def in_steps(problems):
    """Return what is wrong with one step, after ``- user: hi``: (line in the step, what, cure)."""

    def in_steps(step, top=""):
        text = f"bot: a:b\n{top}scenarios:\n  s:\n  - user: hi\n  {step}\n"
        lines = 4 + top.count("\n")
        return [(line - lines, what, cure) for line, _, what, cure in problems(text)]

    return in_steps


@pytest.fixture
def in_mock(problems):
    """Return what is wrong with the mocks of a scenario."""

    def in_mock(mock, cases=""):
        text = f"bot: a:b\nscenarios:\n  s:\n{cases}    mock:\n      {mock}\n    steps:\n    - user: hi\n"
        return [(what, cure) for _, _, what, cure in problems(text)]

    return in_mock


def test_wait_and_restart(steps):
    _, wait, restart = steps("- user: hi\n- wait: 1h30m\n- restart")
    assert isinstance(wait, WaitStep)
    assert wait.time == Template.of("1h30m")
    assert isinstance(restart, RestartStep)


class TestAllow:
    def test_every_kind(self, load):
        text = "bot: a:b\nallow: localhost\nscenarios:\n  s: [user: hi]\n  t:\n    allow: {}\n    steps: [user: hi]\n"
        hosts = '[localhost:80, "[::1]:8080", db.example, /run/x.sock, 10.0.0.1, localhost:80]'
        first, second = load(text.format(hosts)).cases
        assert first.allow == ("localhost",)
        assert second.allow == ("localhost:80", "::1:8080", "db.example", "/run/x.sock", "10.0.0.1")

    @pytest.mark.parametrize(
        ("host", "what", "cure"),
        [
            ("http://localhost:8080/x", "'http://localhost:8080/x' is no host", "write localhost:8080"),
            ("http://ann:pw@db.example", "'http://ann:pw@db.example' is no host", "write db.example"),
            ("a b", "'a b' is no host", "write allow: [localhost:8080]"),
            ('""', "'' is no host", "write allow: [localhost:8080]"),
            ("http://[::1", "'http://[::1' is no host", "write allow: [localhost:8080]"),
            ("localhost:0", "there is no port 0", "ports go from 1 to 65535"),
            ("localhost:65536", "there is no port 65536", "ports go from 1 to 65535"),
            ("{localhost: 80}", "must be a list of hosts, and this is a mapping", "write allow: [localhost:8080]"),
        ],
    )
    def test_none(self, problems, host, what, cure):
        text = f"bot: a:b\nscenarios:\n  s:\n    allow: {host}\n    steps:\n    - user: hi\n"
        assert [(line, found, how) for line, _, found, how in problems(text)] == [(4, what, cure)]

    def test_all_at_once(self, problems):
        text = "bot: a:b\nallow: [a b, localhost, c d]\nscenarios:\n  s:\n  - user: hi\n"
        assert [(line, column) for line, column, *_ in problems(text)] == [(2, 9), (2, 25)]


DURATION_CURE = "write 5s, 31m, 1h30m or 2d, the longer units first"


class TestDurations:
    @pytest.mark.parametrize("text", ["31", "soon", "1m1h", "-5s", "5 minutes"])
    def test_none(self, in_steps, text):
        assert in_steps(f"- wait: {text}") == [(1, f"{text!r} is no duration", DURATION_CURE)]

    def test_no_time(self, in_steps):
        assert in_steps("- wait: 0s") == [(1, "no time would pass", "write wait: 31m")]

    def test_nothing(self, in_steps):
        assert in_steps("- wait:") == [(1, "a duration is missing", "write it here, or take the key out")]

    def test_within(self, in_steps):
        assert in_steps("- {bot: hi, within: 5}") == [(1, "'5' is no duration", DURATION_CURE)]

    def test_delay(self, in_mock):
        assert in_mock("GET https://a.example/: {delay: 2}") == [("'2' is no duration", DURATION_CURE)]

    def test_cells(self, problems):
        text = "bot: a:b\nscenarios:\n  s:\n    cases: {a: {t: 5m}, b: {t: 7}}\n    steps:\n    - user: hi\n    - wait: ${t}\n"
        assert problems(text) == [(7, 13, "'7' is no duration", DURATION_CURE)]


class TestRestart:
    def test_with_a_value(self, in_steps):
        assert in_steps("- restart: now") == [(1, "nothing may stand here", "leave the value empty")]


class TestMocks:
    @pytest.mark.parametrize(
        ("mock", "what", "cure"),
        [
            ("https://a.example: {}", "'https://a.example' is no call", None),
            ("FETCH https://a.example: {}", "'FETCH https://a.example' is no call", None),
            ("get https://a.example: {}", "'get https://a.example' is no call", "did you mean 'GET'?"),
            ("GET a.example: {}", "'a.example' is no URL", "write GET https://a.example"),
            ("call prices: {}", "'call prices' names no function", "write call package.module:function"),
            ("GET https://a.example: []", "a mock without an answer", "write {json: {…}}, or {} for an empty answer"),
            ("GET https://a.example: text", "an answer must be a mapping, and this is text", "write key: value"),
            ("GET https://a.example: {stat: 1}", "unknown key 'stat' in an answer of a mock", "did you mean 'status'?"),
            ("GET https://a.example: {status: 99}", "'99' is no final status of HTTP", "those go from 200 to 599"),
            ("GET https://a.example: {error: rest}", "a call cannot fail by 'rest'", "did you mean 'reset'?"),
            (
                "GET https://a.example: {json: 1, text: a}",
                "an answer has one body, and here are json and text",
                "give one of them",
            ),
            (
                "GET https://a.example: {timeout: true, error: reset}",
                "a call either times out or fails",
                "give `timeout` or `error`",
            ),
            ("GET https://a.example: {returns: 1}", "`returns` answers no request", "write json:, text: or status:"),
            ("call a:b: {json: 1}", "`json` answers no function", "write returns: or raises:"),
            ("call a:b: {returns: 1, raises: E}", "a call either returns or raises", "give one of them"),
            (
                "GET https://a.example/${id:int}: {}",
                "${id:…} takes a value out, and nothing can be taken out of a mock",
                "write ... here, and take it out in a `calls` step",
            ),
            (
                "GET https://a.example: {when: {json: {a: '${x:int}'}}}",
                "${x:…} takes a value out, and nothing can be taken out of a mock",
                "write ... here, and take it out in a `calls` step",
            ),
            (
                "GET https://a.example: {json: {a: '${x}'}}",
                "undefined ${x}: mocks are there before the chat begins, and know only the columns of `cases`",
                "",
            ),
            (
                "GET https://a.example/${x}: {}",
                "undefined ${x}: mocks are there before the chat begins, and know only the columns of `cases`",
                "",
            ),
        ],
    )
    def test_wrong(self, in_mock, mock, what, cure):
        found = in_mock(mock)
        assert [problem[0] for problem in found] == [what]
        assert cure is None or found[0][1] == cure

    def test_a_column_that_is_near(self, in_mock):
        cases = "    cases: {a: {size: S}}\n"
        assert in_mock("GET https://a.example: {text: '${sice}'}", cases)[0][1] == "did you mean 'size'?"

    def test_no_mapping(self, problems):
        text = "bot: a:b\nmock: [a]\nscenarios:\n  s: [user: hi]\n"
        assert [what for *_, what, _ in problems(text)] == ["`mock` must be a mapping, and this is a list"]


class TestCalls:
    @pytest.mark.parametrize(
        ("call", "what"),
        [
            ("GET", "'GET' is no call"),
            ("{}", "one call must stand here"),
            ("{GET https://a.example: {jsn: 1}}", "unknown key 'jsn' in a call"),
            ("{GET https://a.example: {args: [1]}}", "a request is not called with `args`"),
            ("{'call a:b': {json: 1}}", "a function is not called with `json`"),
            ("{'call a:b': {args: 1}}", "`args` must be a list, and this is text"),
            ("'GET https://a.example/${x}'", "undefined ${x}"),
            ("{GET https://a.example: {json: {a: '${x}'}}}", "undefined ${x}"),
        ],
    )
    def test_wrong(self, in_steps, call, what):
        assert [problem[1] for problem in in_steps(f"- calls: [{call}]")] == [what]

    def test_no_list(self, in_steps):
        assert [problem[1] for problem in in_steps("- calls: all")] == ["`calls` must be a list, and this is text"]

    def test_what_they_take_out_is_known_afterwards(self, steps):
        found = steps(
            "- user: hi\n- calls: [{'POST https://a.example/${id:int}': {json: {a: '${b:word}'}}}]\n- user: ${id} ${b}"
        )
        assert found[-1].text.names == ("id", "b")


class TestPeople:
    @pytest.mark.parametrize(
        ("users", "what", "cure"),
        [
            ("[tap]", "nobody may be called 'tap': that is a word of the language", "write tap_ or another name"),
            ("[user]", "nobody may be called 'user': that is a word of the language", "write user_ or another name"),
            (
                "[a b]",
                "nobody can be called 'a b'",
                "a name has letters, digits, _ and -, and no digit at its start",
            ),
            ("[ann, ann]", "'ann' stands here twice", "take one of them out"),
            ("ann", "must be a list of names, and this is text", "write users: [ann, cook]"),
        ],
    )
    def test_names(self, in_steps, users, what, cure):
        assert [problem[1:] for problem in in_steps("- bot: hi", f"users: {users}\n")] == [(what, cure)]

    def test_nobody(self, in_steps):
        assert in_steps("- ann: hi")[0][1] == "unknown step 'ann'"
        assert in_steps("- anne: hi", "users: [ann]\n")[0][1:] == ("unknown step 'anne'", "did you mean 'ann'?")

    def test_a_reply_to_nobody(self, in_steps):
        assert in_steps("- bot>ann: hi") == [(1, "there is nobody called 'ann'", "write users: [ann]")]
        assert in_steps("- bot>anne: hi", "users: [ann]\n")[0][1:] == (
            "there is nobody called 'anne'",
            "did you mean 'ann'?",
        )

    def test_somebody_of_another_scenario(self, problems):
        text = """
            bot: a:b
            scenarios:
              one:
                users: [ann]
                steps:
                - ann: hi
              two:
              - user: hi
              - bot>ann: hello
            """
        assert [what for *_, what, _ in problems(text)] == ["'ann' is nobody in the scenario 'two'"]

    def test_their_chats(self, load):
        text = """
            bot: a:b
            users: {ann: table, bob: table, cook: 42}
            scenarios:
              s:
              - ann: hi
              - bot: hello
              - bot>cook: x
              - bob: {tap: a}
              - callback: c
              - user: a
              - any_order: [bot>ann: x, bot: y]
            """
        steps = load(text).cases[0].steps
        assert [(step.person, step.chat) for step in steps] == [
            ("ann", "table"),
            ("ann", "table"),
            ("cook", "42"),
            ("bob", "table"),
            ("bob", "table"),
            ("user", "user"),
            ("user", "user"),
        ]
        assert [member.chat for member in steps[-1].members] == ["table", "user"]
