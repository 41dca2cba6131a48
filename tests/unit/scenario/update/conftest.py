"""A bot that says what a test wants, a file that expects something, and the update of it."""

import textwrap
from types import SimpleNamespace

import pytest

from chatsim.scenario.update.update import play_all, update_file

BOT = '''
import json
from pathlib import Path
from chatsim.bots.base import Bot
from chatsim.failures import failure_from
from chatsim.trace import ChatState, Option, Reply, Snapshot, Turn

SAYS = Path(__file__).with_name("says.json")


class Says:
    """Answers each text as says.json has it: replies, state, vars, waits, end or error."""

    def start(self):
        return Snapshot()

    def state_names(self):
        return ("start", "size", "done")

    def step(self, snapshot, event):
        says = json.loads(SAYS.read_text())
        answer = says.get(getattr(event, "text", getattr(event, "title", None)), {"replies": []})
        replies = []
        for reply in answer.get("replies", ()):
            reply = {"text": reply} if isinstance(reply, str) else dict(reply)
            options = tuple(Option(title.lower(), title) for title in reply.pop("options", ()))
            replies.append(Reply(reply.pop("text"), reply.pop("chat", event.chat), options, **reply))
        if "error" in answer:
            error = failure_from(ValueError(answer["error"]))
            return Turn(event=event, effects=tuple(replies), snapshot=snapshot, error=error)
        state = ChatState(answer.get("state", "start"), answer.get("vars", {}), answer.get("waits", "input"))
        after = snapshot.with_chat(event.chat, state)
        ended = state if answer.get("end") else None
        return Turn(event=event, effects=tuple(replies), snapshot=after, ended=ended)


bot = Says()
'''


@pytest.fixture
def shop(tmp_path):
    """Write the bot and a file, and update it; `shop.text` is what the file holds then."""
    import json

    (tmp_path / "saying.py").write_text(BOT)
    path = tmp_path / "a.chat.yaml"

    class Shop(SimpleNamespace):
        def says(self, **answers):
            (tmp_path / "says.json").write_text(json.dumps(answers))

        def write(self, text):
            path.write_bytes(text if isinstance(text, bytes) else text.encode())

        def steps(self, text):
            """Write a file with one scenario of these steps."""
            self.write(
                "bot: saying:bot\nscenarios:\n  one:\n"
                + textwrap.indent(textwrap.dedent(text).strip("\n"), "  ")
                + "\n"
            )

        def update(self, **options):
            return update_file(path, "a.chat.yaml", **options)

        def updated(self, **options):
            """Update, hold that it worked, and return the steps of the one scenario."""
            update = self.update(**options)
            assert update.reasons == ()
            assert all(not verdict.failed for verdict in self.play())
            lines = self.text.split("\n")[3:]
            return textwrap.dedent("\n".join(lines)).rstrip("\n")

        def play(self):
            from chatsim.scenario.load import load_file

            return play_all(load_file(path))

        @property
        def text(self):
            return path.read_bytes().decode()

        @property
        def path(self):
            return path

    return Shop()
