"""Run the Botium example of docs/comparison.md, against the bot of that page behind a small HTTP server.

    npm install --prefix FOLDER botium-core@1.15
    NODE_PATH=FOLDER/node_modules python benchmarks/comparison_in_botium.py

It passes, and fails once a word of it is changed.  What the page does not show is a connector, which takes what a
person says to the server and fetches what the bot says, and the program that runs one convo.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from http.server import HTTPServer
from pathlib import Path
from typing import ClassVar

from comparison_in_tavern import ADDRESS, Stand, block

from chatsim.bots.loading import load_bot
from chatsim.session import Session

CONNECTOR = """
class Connector {
  constructor ({ queueBotSays }) { this.queueBotSays = queueBotSays }
  async UserSays (message) {
    const text = message.buttons ? message.buttons[0].payload || message.buttons[0].text : message.messageText
    await fetch('http://127.0.0.1:8000/messages', { method: 'POST', body: JSON.stringify({ text }) })
  }
  Start () { this.timer = setInterval(() => this.fetch(), 20) }
  Stop () { clearInterval(this.timer) }
  async fetch () {
    for (const said of await (await fetch('http://127.0.0.1:8000/said')).json()) {
      this.queueBotSays({ messageText: said.text, buttons: said.options.map(text => ({ text })) })
    }
  }
}
module.exports = { PluginVersion: 1, PluginClass: Connector }
"""

RUNNER = """
const { BotDriver } = require('botium-core')
const driver = new BotDriver({
  PROJECTNAME: 'stand', CONTAINERMODE: __dirname + '/connector.js', SCRIPTING_ENABLE_MEMORY: true, WAITFORBOTTIMEOUT: 2000,
  LOGIC_HOOKS: [{ ref: 'PAID', src: __dirname + '/paid.js' }]
})
async function main () {
  const compiler = driver.BuildCompiler()
  compiler.ReadScript(__dirname, 'stand.convo.txt')
  const container = await driver.Build()
  await container.Start()
  try {
    for (const convo of compiler.convos) {
      await convo.Run(container)
      console.log('held: ' + convo.header.name)
    }
  } finally {
    await container.Stop()
    await container.Clean()
  }
}
main().then(() => process.exit(0), error => { console.log(String(error.message || error)); process.exit(1) })
"""


class Post(Stand):
    """The bot behind ``/messages`` and ``/webhook``; what it says is fetched from ``/said``."""

    session: ClassVar[Session]
    said: ClassVar[list[dict[str, object]]] = []

    def do_POST(self) -> None:  # noqa: N802 - the base class calls it so
        """Hand the bot what came, and keep its replies."""
        data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        turn = self.session.callback(data) if self.path == "/webhook" else self.session.send(data["text"])
        self.said.extend(
            {"text": reply.text, "options": [option.title for option in reply.options]} for reply in turn.replies
        )
        self.answer([])

    def do_GET(self) -> None:  # noqa: N802 - as above
        """Answer with what the bot has said since."""
        said = self.said[:]
        del self.said[: len(said)]
        self.answer(said)

    def answer(self, data: object) -> None:
        """Send *data* as JSON."""
        body = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def run(folder: Path, convo: str) -> subprocess.CompletedProcess[str]:
    """Return what Botium says of *convo*, and whether it holds."""
    Post.session = Session(load_bot("stand:bot", folder))
    Post.said.clear()
    (folder / "stand.convo.txt").write_text(convo, "utf-8")
    return subprocess.run(["node", "run.js"], cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def main() -> None:
    """Run it, right and wrong."""
    server = HTTPServer(ADDRESS, Post)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "stand.py").write_text(block("python\n# stand.py"), "utf-8")
        (folder / "connector.js").write_text(CONNECTOR, "utf-8")
        (folder / "paid.js").write_text(block('js lines-of="Botium"'), "utf-8")
        (folder / "run.js").write_text(RUNNER, "utf-8")
        convo = block('text lines-of="Botium"')
        right, wrong = run(folder, convo), run(folder, convo.replace("Receipt r-", "Receipt "))
    print(right.stdout, right.stderr, wrong.stdout, sep="\n")
    assert right.returncode == 0, right
    assert wrong.returncode == 1, wrong


if __name__ == "__main__":
    sys.exit(main())
