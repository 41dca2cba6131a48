"""The JSON Schema: takes what loads, refuses what does not, and describes every key."""

from pathlib import Path

import jsonschema
import pytest

from chatsim.errors import ScenarioError
from chatsim.scenario.load import load_file
from chatsim.scenario.nodes import Source
from chatsim.scenario.schema import scenario_schema
from chatsim.scenario.yaml_data import read_data

ROOT = Path(__file__).parents[3]
SCENARIOS = sorted(ROOT.glob("scenarios/**/*.chat.yaml"))
HEAD = "bot: a:b\nscenarios:\n  s:\n"


@pytest.fixture(scope="module")
def validator():
    schema = scenario_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.fixture
def errors(validator, write):
    """Return what the schema finds wrong with a file with this text, which is read as an editor reads it."""

    def errors(text, path=None):
        source = Source("a.chat.yaml", path or write(text))
        return list(validator.iter_errors(read_data(source.read(), source)))

    return errors


RIGHT = {
    "bare steps": HEAD + "  - user: hi\n  - silent\n  - end\n  - restart\n  - silent:\n    state: x\n",
    "words that look like data": HEAD + "  - user: 7\n  - bot: true\n  - tap: 1.5\n  - user: null\n",
    "literal": HEAD + "  - user: {text: a}\n  - bot: {text: ...}\n  - bot: {one_of: [a, {text: b}]}\n",
    "fork": HEAD + "  - fork: {a: [user: b], c: [{user: d}, {fork: {e: [end], f: [silent]}}]}\n",
    "phrasings": HEAD + "  - user: {one_of: [a, b]}\n",
    "use": "bot: a:b\nfragments: {f: [user: a]}\nscenarios: {s: [use: f(a=1)]}\n",
    "variables": HEAD + "  - user: a\n    vars.cart.total: 5\n    vars: {x: 1}\n    state: y\n    waits: input\n  - vars.x: 2\n",
    "marks": HEAD + "    tags: [a]\n    skip: b\n    xfail: {reason: c, strict: true}\n    timeout: 5s\n    repeat: 2\n    fixtures: db\n    steps: [user: a]\n",
    "cases": HEAD + "    cases: {a: {b: [1]}}\n    given: {state: x, vars: {y: 1}}\n    env: {A: 1}\n    steps: [user: a]\n",
    "mock": HEAD + "    mock:\n      GET https://a.example/: [{status: 503}, {json: {a: 1}, delay: 2s, optional: true}]\n    steps:\n    - user: a\n    - calls: [GET https://a.example/, {GET https://a.example/: {json: {a: 1}}}]\n",
    "people": "bot: a:b\nusers: [ann, cook]\nscenarios:\n  s:\n  - ann: hi\n  - bot>cook: hi\n    options: [a]\n  - ann: {tap: a}\n",
    "people of a scenario": HEAD + "    users: {ann: table}\n    steps:\n    - ann: hi\n    - bot>ann: hi\n",
    "people in fragments": "bot: a:b\nusers: [ann]\nfragments: {f: [ann: hi]}\nscenarios: {s: [use: f]}\n",
    "time": HEAD + "  - user: a\n  - bot: b\n    within: 5s\n  - wait: 1h30m\n",
    "file": HEAD + "  - file: {bytes: a, name: b, type: c/d}\n  - form: {a: 1}\n  - callback: {a: 1}\n  - callback: a\n",
    "defaults": "bot: a:b\ndefaults: {tags: [a], given: {vars: {x: 1}}}\nscenarios: {s: {given: {state: y}, steps: [user: a]}}\n",
    "any order": HEAD + "  - user: a\n  - any_order: [bot: a, {bot: b, options: [c]}]\n",
    "deliveries": HEAD + "  - {user: a, deliver: twice}\n  - anything\n  - {tap: b, deliver: {with: {callback: {c: 1}}, never: [lost-update]}}\n  - {callback: a, deliver: {crash: after-send 2}}\n  - {form: {a: 1}, deliver: {store: stale, may: lost-update}}\n  - {user: a, deliver: {how: late, never: acts-after-end}}\n",
    "shared": "fragments: {f: [user: a]}\n",
    "a folder": "bot: a:b\nenv: {A: b}\n",
}  # fmt: skip

WRONG = {
    "no mapping": "- user: a\n",
    "unknown key at the top": "bot: a:b\nscnarios: {}\nscenarios: {s: [user: a]}\n",
    "bot is a list": "bot: [a]\nscenarios: {s: [user: a]}\n",
    "scenarios is a list": "bot: a:b\nscenarios: [user: a]\n",
    "a scenario is text": "bot: a:b\nscenarios: {s: hi}\n",
    "no steps": HEAD + "    tags: [a]\n",
    "empty list of steps": HEAD + "    steps: []\n",
    "unknown key of a scenario": HEAD + "    stpes: []\n    steps: [user: a]\n",
    "unknown step": HEAD + "  - usr: a\n",
    "unknown bare word": HEAD + "  - user: a\n  - silence\n",
    "two steps in one": HEAD + "  - user: a\n    bot: b\n",
    "empty step": HEAD + "  - {}\n",
    "unknown key beside a step": HEAD + "  - user: a\n    optoins: [b]\n",
    "options beside user": HEAD + "  - user: a\n    options: [b]\n",
    "options that are text": HEAD + "  - user: a\n  - bot: b\n    options: c\n",
    "unknown destination": HEAD + "  - user: a\n  - bot: b\n    dest: nowhere\n",
    "unknown waits": HEAD + "  - user: a\n    waits: time\n",
    "bot is a list of texts": HEAD + "  - user: a\n  - bot: [b]\n",
    "bot with an unknown form": HEAD + "  - user: a\n  - bot: {txt: b}\n",
    "no phrasings": HEAD + "  - user: {one_of: []}\n",
    "form is text": HEAD + "  - form: a\n",
    "stale is a word": HEAD + "  - tap: {option: a, stale: maybe}\n",
    "unknown key of a tap": HEAD + "  - tap: {titel: a}\n",
    "unknown key of a file": HEAD + "  - file: {byte: a}\n",
    "any_order of users": HEAD + "  - user: a\n  - any_order: [user: b]\n",
    "fork is a list": HEAD + "  - fork: [user: a]\n",
    "empty fork": HEAD + "  - fork: {}\n",
    "a branch is text": HEAD + "  - fork: {a: hi}\n",
    "a check beside a fork": HEAD + "  - fork: {a: [user: b]}\n    state: c\n",
    "a wrong step in a branch": HEAD + "  - fork: {a: [usr: b]}\n",
    "a wrong step in a fragment": "bot: a:b\nfragments: {f: [usr: a]}\nscenarios: {s: [user: a]}\n",
    "use is a mapping": HEAD + "  - use: {f: a}\n",
    "given without state": HEAD + "    given: {vars: {}}\n    steps: [user: a]\n",
    "cases is a list": HEAD + "    cases: [a]\n    steps: [user: a]\n",
    "a column with a blank": HEAD + "    cases: {a: {b c: 1}}\n    steps: [user: a]\n",
    "a tag with a hyphen": HEAD + "    tags: [a-b]\n    steps: [user: a]\n",
    "repeat is a word": HEAD + "    repeat: often\n    steps: [user: a]\n",
    "repeat is nothing": HEAD + "    repeat: 0\n    steps: [user: a]\n",
    "timeout without a unit": HEAD + "    timeout: 5\n    steps: [user: a]\n",
    "xfail without a reason": HEAD + "    xfail: {strict: true}\n    steps: [user: a]\n",
    "wait without a unit": HEAD + "  - user: a\n  - wait: soon\n",
    "a delivery of no kind": HEAD + "  - user: a\n    deliver: twicee\n",
    "a crash nowhere": HEAD + "  - user: a\n    deliver: {crash: in-between}\n",
    "a store that is late": HEAD + "  - user: a\n    deliver: {store: late}\n",
    "a kind that is none": HEAD + "  - user: a\n    deliver: {how: twice, never: twice}\n",
    "deliver beside bot": HEAD + "  - user: a\n  - bot: b\n    deliver: twice\n",
    "deliver of time": HEAD + "  - user: a\n  - wait: 5s\n    deliver: twice\n",
    "an unknown thing at once": HEAD + "  - user: a\n    deliver: {with: {bot: b}}\n",
    "a mock's status": HEAD + "    mock: {GET https://a.example/: {status: 99}}\n    steps: [user: a]\n",
    "a mock's key": HEAD + "    mock: {GET https://a.example/: {jsn: 1}}\n    steps: [user: a]\n",
    "steps in defaults": "bot: a:b\ndefaults: {steps: []}\nscenarios: {s: [user: a]}\n",
    "include is a mapping": "bot: a:b\ninclude: {a: b}\nscenarios: {s: [user: a]}\n",
    "people without users": HEAD + "  - ann: hi\n",
}


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: str(path.relative_to(ROOT / "scenarios")))
def test_takes_every_scenario(errors, path):
    assert errors("", path) == []


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_takes_what_is_right(errors, text):
    assert errors(text) == []


@pytest.mark.parametrize("text", [text for text in RIGHT.values() if "scenarios" in text])
def test_what_is_right_has_the_right_keys(write, text):
    """What the table calls right loads, but for names that are not there."""
    try:
        load_file(write(text))
    except ScenarioError as error:
        whats = [problem.what for problem in error.problems]
        assert all("begins with something" in what or "has no ${a}" in what or "fork" in what for what in whats), whats


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_refuses_what_is_wrong(errors, text):
    assert errors(text)


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_what_is_wrong_does_not_load(write, text):
    with pytest.raises(ScenarioError):
        load_file(write(text))


def test_describes_every_key():
    def undescribed(schema, path):
        if isinstance(schema, dict):
            for key, item in schema.get("properties", {}).items() if isinstance(schema.get("properties"), dict) else ():
                if "description" not in item and "properties" in schema and schema.get("type") == "object":
                    yield f"{path}.{key}"
            for key, item in schema.items():
                if key in {"if", "then", "else"}:
                    continue
                yield from undescribed(item, f"{path}/{key}")
        elif isinstance(schema, list):
            for item in schema:
                yield from undescribed(item, path)

    plain = {"text", "one_of"}
    assert [path for path in undescribed(scenario_schema(), "") if path.rpartition(".")[2] not in plain] == []
