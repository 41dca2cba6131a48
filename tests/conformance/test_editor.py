"""The schema in a real editor's hands: yaml-language-server completes, checks and explains scenario files."""

import json
import queue
import shutil
import subprocess
import threading
import time

import pytest

from chatsim.cli.schema_file import SCHEMA_FILE, modeline, write_schema

SERVER = shutil.which("yaml-language-server")
HEAD = "bot: a:b\nscenarios:\n  s:\n"

pytestmark = pytest.mark.skipif(
    SERVER is None, reason="yaml-language-server is not on PATH: npm install -g yaml-language-server"
)


class Editor:
    """Speaks the Language Server Protocol as an editor does."""

    def __init__(self, folder):
        self.folder = folder
        self.server = subprocess.Popen([SERVER, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.inbox = queue.Queue()
        self.number = 0
        threading.Thread(target=self._listen, daemon=True).start()
        capabilities = {"workspace": {"configuration": True}}
        self.ask("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": capabilities})
        self.send({"method": "initialized", "params": {}})
        settings = {"yaml": {"validate": True, "completion": True, "hover": True, "schemaStore": {"enable": False}}}
        self.send({"method": "workspace/didChangeConfiguration", "params": {"settings": settings}})

    def close(self):
        self.server.kill()
        self.server.communicate()

    def open(self, name, text):
        """Open a file; return its address and what is found wrong with it."""
        uri = (self.folder / name).as_uri()
        text = f"{modeline(self.folder / name, self.folder / SCHEMA_FILE)}\n{text}"
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        published = self.await_message(
            lambda m: m.get("method") == "textDocument/publishDiagnostics" and m["params"]["uri"] == uri
        )
        return uri, {
            (found["range"]["start"]["line"], found["message"]) for found in published["params"]["diagnostics"]
        }

    def complete(self, name, text):
        """Return what is offered at the end of *text*."""
        uri, _ = self.open(name, text)
        line = text.count("\n") + 1
        place = {"line": line, "character": len(text) - text.rfind("\n") - 1}
        found = self.ask("textDocument/completion", {"textDocument": {"uri": uri}, "position": place})
        return {item["label"] for item in (found["items"] if isinstance(found, dict) else found)}

    def hover(self, name, text, line, character):
        uri, _ = self.open(name, text)
        place = {"line": line, "character": character}
        return self.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": place})["contents"]["value"]

    def ask(self, method, params):
        self.number += 1
        number = self.number
        self.send({"id": number, "method": method, "params": params})
        return self.await_message(lambda m: m.get("id") == number and "method" not in m)["result"]

    def send(self, message):
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self.server.stdin.flush()

    def await_message(self, wanted):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            message = self.inbox.get(timeout=60)
            if "id" in message and "method" in message:
                items = message["params"].get("items", []) if message["method"] == "workspace/configuration" else None
                self.send({"id": message["id"], "result": None if items is None else [{}] * len(items)})
            elif wanted(message):
                return message
        raise AssertionError("the server does not answer")

    def _listen(self):
        while header := self.server.stdout.readline():
            length = int(header.partition(b":")[2])
            while self.server.stdout.readline().strip():
                pass
            self.inbox.put(json.loads(self.server.stdout.read(length)))


@pytest.fixture(scope="module")
def editor(tmp_path_factory):
    folder = tmp_path_factory.mktemp("editor")
    write_schema(folder / SCHEMA_FILE)
    editor = Editor(folder)
    yield editor
    editor.close()


class TestDiagnostics:
    def test_right(self, editor):
        text = HEAD + "  - user: {one_of: [a, b]}\n  - bot: ...\n  - fork: {x: [silent], y: [end]}\n"
        assert editor.open("right.chat.yaml", text)[1] == set()

    def test_wrong(self, editor):
        text = HEAD + "    tagz: [a]\n    steps:\n    - usr: hi\n    - bot: x\n      dest: nowhere\n    - fork: {}\n"
        found = editor.open("wrong.chat.yaml", text)[1]
        assert (4, "Property tagz is not allowed.") in found
        assert (8, 'Value is not accepted. Valid values: "out", "channel", "rag".') in found
        assert {6, 9} <= {line for line, _ in found}


class TestCompletion:
    def test_at_the_top(self, editor):
        offered = editor.complete("top.chat.yaml", "bot: a:b\n")
        assert {"scenarios", "fragments", "include", "defaults", "env", "credentials"} <= offered

    def test_in_a_scenario(self, editor):
        offered = editor.complete("scenario.chat.yaml", HEAD + "    steps: []\n    ")
        assert {"given", "cases", "tags", "skip", "xfail", "timeout", "repeat", "fixtures", "env"} <= offered

    def test_steps(self, editor):
        offered = editor.complete("steps.chat.yaml", HEAD + "  - user: a\n  - ")
        assert {"user", "tap", "bot", "any_order", "silent", "end", "fork", "use", "wait", "state"} <= offered

    def test_beside_a_reply(self, editor):
        offered = editor.complete("beside.chat.yaml", HEAD + "  - user: a\n  - bot: b\n    ")
        assert {"options", "header", "state", "vars", "within"} <= offered
        assert not {"user", "tap", "fork"} & offered

    def test_words(self, editor):
        assert {"input", "callback", "end"} <= editor.complete("words.chat.yaml", HEAD + "  - user: a\n    waits: ")


def test_explains(editor):
    assert "The bot: module:object" in editor.hover("hover.chat.yaml", HEAD + "  - user: a\n", 1, 1)
