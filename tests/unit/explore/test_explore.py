"""What `chatsim.explore.explore` finds in small bots."""

from chatsim.explore import explore
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import Text


def counter(crash_at):
    """Return an orchestrator that counts "up" and forgets with "zero", and raises where it has counted so far."""
    orchestrator = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())

    @orchestrator.register_step("start")
    def start(chat_id, text, context, sender):
        count = context.get("count", 0)
        if count == crash_at:
            raise ValueError(f"counted to {count}")
        sender.send_message(chat_id, f"{count}")
        return "start", {"count": min(count + 1, 9) if text == "up" else 0}

    return orchestrator


class TestExplore:
    def test_closes(self):
        """A bot without faults is closed: all of its snapshots are met, none is left."""
        result = explore(counter(None), alphabet=[Text("up"), Text("zero")], faults=False)
        assert (result.outcome, result.stopped, result.findings) == ("complete", "closed", ())
        assert (result.snapshots, result.unexpanded, result.steps) == (11, 0, 22)

    def test_shortest_witness(self):
        """The witness of an error is the shortest conversation that comes to it."""
        result = explore(counter(4), alphabet=[Text("zero"), Text("up")], faults=False)
        (found,) = result.findings
        assert (found.kind, found.severity, found.state) == ("bot-raised", "error", "start")
        assert [turn.event for turn in found.witness.turns][:4] == [Text("up")] * 4
        assert [turn.error is None for turn in found.witness.turns] == [True, True, True, True, False]

    def test_limit_of_states(self):
        """A search that stops before it closes says so, and what is left."""
        result = explore(counter(None), alphabet=[Text("up"), Text("zero")], max_states=5)
        assert (result.outcome, result.stopped) == ("bounded", "max-states")
        assert result.unexpanded > 0
