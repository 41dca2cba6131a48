"""For any small file: an update passes, keeps what it is not about byte for byte, and has nothing left to do."""

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chatsim.scenario.load import load_file
from chatsim.scenario.update.update import play_all, update_file

BOT = (Path(__file__).parent / "conftest.py").read_text().split("'''")[1]

words = st.sampled_from(
    [
        "Hello",
        "Hi there",
        "it's",
        "Total: 5",
        "a # b",
        "x, [y]",
        "Order 41",
        "...",
        "/x/",
        "$${x}",
        "# no",
        "- a",
        "yes",
        "a\nb",
        " blank ",
        "é ü",
        "{a}",
        "'",
        '"',
        "\\",
        "Due 2026-03-01",
        "ref A-1234",
        "",
        "null",
        "~",
    ]
)
comments = st.sampled_from(["", "  # why", " #", "  # - bot: no"])
blanks = st.sampled_from(["", "\n", "# a comment\n", "    # - bot: Hello\n", "\n  # more: {\n"])


@st.composite
def replies(draw):
    reply = {"text": draw(words)}
    if draw(st.booleans()):
        reply["options"] = draw(st.lists(st.sampled_from(["A", "B, C", "D: e", "'F'"]), max_size=3, unique=True))
    if draw(st.integers(0, 4)) == 0:
        reply["header"] = draw(words)
    return reply


answers = st.fixed_dictionaries(
    {
        "replies": st.lists(replies(), max_size=3),
        "state": st.sampled_from(["start", "size", "done"]),
        "vars": st.dictionaries(
            st.sampled_from(["a", "b"]), st.sampled_from([1, "1", True, None, "x: y", [1], {"c": 2}])
        ),
        "waits": st.sampled_from(["input", "callback"]),
    }
)


def quoted(draw, text, *, flow=False):
    styles = ["json"]
    if "\n" not in text and "'" not in text:
        styles.append("single")
    if text in {"Hello", "Hi there", "Order 41", "é ü"}:
        styles.append("plain")
    if not flow and text == "a\nb":
        styles.append("block")
    style = draw(st.sampled_from(styles))
    if style == "plain":
        return text
    return f"'{text}'" if style == "single" else json.dumps(text, ensure_ascii=False)


@st.composite
def step_lines(draw, answer, indent):
    """Write what is expected of an answer, which may or may not be what comes."""
    pad = " " * indent
    lines = []
    for reply in answer["replies"]:
        text = reply["text"]
        literal = text in {"...", "/x/", "$${x}"}
        word = f"{{text: {json.dumps(text)}}}" if literal else quoted(draw, text)
        lines.append(f"{pad}- bot: {word}{draw(comments)}")
        if "options" in reply and draw(st.booleans()):
            if draw(st.booleans()) or not reply["options"]:
                lines.append(f"{pad}  options: [{', '.join(quoted(draw, one, flow=True) for one in reply['options'])}]")
            else:
                lines.append(f"{pad}  options:{draw(comments)}")
                lines += [f"{pad}  - {quoted(draw, one)}{draw(comments)}" for one in reply["options"]]
        if "header" in reply and reply["header"] not in {"...", "/x/", "$${x}"}:
            lines.append(f"{pad}  header: {quoted(draw, reply['header'])}")
    checks = draw(st.sets(st.sampled_from(["state", "waits", "vars"])))
    if "state" in checks:
        lines.append(f"{pad}- state: {answer['state']}{draw(comments)}")
    if "waits" in checks:
        lines.append(f"{pad}- waits: {answer['waits']}")
    if "vars" in checks:
        lines.append(f"{pad}- vars: {json.dumps(answer['vars'])}")
    return "".join(f"{draw(blanks)}{line}\n" for line in lines)


@st.composite
def files(draw):
    """Return a file, what a bot would have to say for it to pass, and what the bot says."""
    texts = ["hi", "ho", "on"][: draw(st.integers(1, 3))]
    expected = {text: draw(answers) for text in texts}
    said = {text: draw(st.one_of(st.just(expected[text]), answers)) for text in texts}
    scenarios = draw(st.integers(1, 2))
    indent = draw(st.sampled_from([2, 4]))
    body = ""
    for number in range(scenarios):
        body += f"  s{number}:{draw(comments)}\n"
        for text in texts:
            body += f"{draw(blanks)}{' ' * indent}- user:  {text}{draw(comments)}\n"
            body += draw(step_lines(expected[text], indent))
    end = draw(st.sampled_from(["", "# the end", "\n"]))
    text = f"# top\nbot:  saying:bot\n\nscenarios:\n{body}{end}"
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text, expected, said


def comment_lines(text):
    return [line for line in text.splitlines() if line.lstrip().startswith("#")]


class TestLaws:
    @example(
        (
            'bot:  saying:bot\nscenarios:\n  s0:\n  - user:  on\n  - bot: "Hello"\n    header: "Hi there"\n',
            {},
            {
                "on": {
                    "replies": [{"text": "Hello"}, {"text": "Hello", "header": "Ho"}],
                    "state": "start",
                    "vars": {},
                    "waits": "input",
                }
            },
        )
    )
    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(files())
    def test_an_update_passes_and_keeps_the_rest(self, drawn):
        text, _, said = drawn
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "a.chat.yaml")
            path.write_bytes(text.encode())
            Path(folder, "saying.py").write_text(BOT)
            Path(folder, "says.json").write_text(json.dumps(said))
            failed = any(verdict.failed for verdict in play_all(load_file(path)))
            update = update_file(path)
            after = path.read_bytes().decode()
            assert update.reasons == ()
            assert update.updated == failed == (after != text)
            assert not any(verdict.failed for verdict in play_all(load_file(path)))
            assert comment_lines(after) == comment_lines(text)
            kept = [
                line
                for line in text.splitlines(keepends=True)
                if "- user:" in line or (line.strip() and not line.startswith("  "))
            ]
            left = iter(after.splitlines(keepends=True))
            assert all(any(line.rstrip("\r\n") == other.rstrip("\r\n") for other in left) for line in kept)
            assert ("\r\n" in text) == ("\r\n" in after)
            assert "\n" not in after.replace("\r\n", "") or "\r\n" not in text
            assert update_file(path).updated is False
            assert path.read_bytes().decode() == after

    @settings(max_examples=30)
    @given(files())
    def test_a_file_that_passes_stays_byte_for_byte(self, drawn):
        text, expected, _ = drawn
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "a.chat.yaml")
            path.write_bytes(text.encode())
            Path(folder, "saying.py").write_text(BOT)
            Path(folder, "says.json").write_text(json.dumps(expected))
            update = update_file(path)
            assert (update.reasons, update.updated, path.read_bytes()) == ((), False, text.encode())
