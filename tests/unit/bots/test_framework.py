"""Loading, dispatching and saving make a step."""

import pytest

from chatsim.bots.base import Bot
from chatsim.bots.framework import FrameworkBot
from chatsim.errors import ContextNotSerializable, SetupError
from chatsim.trace import ChatState, Hop, Reply, Save, Snapshot, Text


class Counter(FrameworkBot):
    """Counts the messages, and does what it is told."""

    count = 0

    def load(self, snapshot):
        self.count = snapshot.shared or 0

    def dispatch(self, event, record):
        self.count += 1
        record.effects.append(Reply(str(self.count)))
        record.hops.append(Hop("a", "b"))
        record.ended = ChatState("b")
        exec(event.text)

    def save(self):
        if self.count > 2:
            raise ContextNotSerializable("$.count", "too large")
        return Snapshot(shared=self.count)


@pytest.fixture
def step():
    bot = Counter()
    return lambda text, snapshot=None: bot.step(snapshot or bot.start(), Text(text))


class TestStep:
    def test_a_turn(self, step):
        turn = step("")
        assert isinstance(Counter(), Bot)
        assert (turn.effects, turn.hops, turn.snapshot) == (
            (Reply("1"), Save("user")),
            (Hop("a", "b"),),
            Snapshot(shared=1),
        )
        assert (turn.ended, turn.error, turn.seconds > 0) == (ChatState("b"), None, True)

    def test_goes_on_from_the_snapshot(self, step):
        first = step("")
        assert step("", first.snapshot) == step("", first.snapshot)
        assert step("", first.snapshot).replies[0].text == "2"

    @pytest.mark.parametrize("error", ["ValueError('no')", "SystemExit('no')", "GeneratorExit('no')"])
    def test_an_error_is_in_the_turn(self, step, error):
        """With the effects and hops before it, and the snapshot before; nothing ended, nothing was saved."""
        turn = step(f"raise {error}", Snapshot(shared=1))
        assert (turn.effects, len(turn.hops), turn.snapshot, turn.ended) == ((Reply("2"),), 1, Snapshot(shared=1), None)
        assert (turn.error.message, str(turn.exception)) == ("no", "no")

    def test_what_cannot_be_saved(self, step):
        turn = step("", Snapshot(shared=2))
        assert (turn.error.kind, turn.effects) == ("context-not-json", (Reply("3"),))

    def test_misuse_is_raised(self, step):
        with pytest.raises(SetupError):
            step("from chatsim.errors import SetupError\nraise SetupError")

    def test_an_interrupt_is_raised(self, step):
        with pytest.raises(KeyboardInterrupt):
            step("raise KeyboardInterrupt")
