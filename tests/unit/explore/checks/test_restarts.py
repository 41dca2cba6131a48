"""What a bot keeps outside of its snapshot, and loses with its process."""

from itertools import count

from chatsim.explore import explore
from chatsim.explore.checks.restarts import Restarts
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import Fault, Text

LETTERS = (Text("a"), Text("b"))


class Process:
    """A bot's process: `memory` is gone when it comes back, and `lives` are counted from the last turn of a new chat."""

    def __init__(self, answer):
        self.memory = {}
        self.lives = 0
        self.bot = ChatOrchestrator(InMemoryStateManager(), RecordingSender())

        @self.bot.register_step("start")
        def start(chat_id, text, context, sender):
            if not context:
                self.lives = 0
            said = [*context.get("said", []), text][:3]
            sender.send_message(chat_id, answer(self, said))
            return "start", {"said": said}

    def restart(self):
        self.memory.clear()
        self.lives += 1


def found(answer, letters=LETTERS, *, can_restart=True):
    process = Process(answer)
    check = Restarts(process.restart if can_restart else None)
    result = explore(process.bot, alphabet=letters, checks=[check], max_states=30)
    return [(one.kind, one.message) for one in result.findings], result


def remembers(process, said):
    process.memory.setdefault("first", said[0])
    return f"You said {process.memory['first'] if len(said) > 1 else said[0]}" if said[0] == "a" else "?"


def counts(process, said):
    process.memory["count"] = process.memory.get("count", 0) + 1 if len(said) > 1 else 1
    return f"{process.memory['count']} said"


def test_right():
    assert found(lambda process, said: f"{len(said)} said")[0] == []


def test_what_can_be_made_again_is_not_missed():
    assert found(remembers)[0] == []


def test_what_is_lost():
    kinds, result = found(counts)
    assert kinds == [("nondeterministic", "after its process came back, the replies are ['1 said']; else ['2 said']")]
    witness = result.findings[0].witness
    assert [turn.delivery and turn.delivery.fault for turn in witness.turns] == [None, Fault("restart")]


def test_bot_that_cannot_come_back():
    assert found(counts, can_restart=False)[0] == []


def test_bot_that_differs_without_it():
    numbers = count()
    assert found(lambda process, said: f"{next(numbers)}")[0] == []


def test_what_takes_more_than_one_death():
    """It is not found: a person could not be shown how."""
    assert found(lambda process, said: "tired" if process.lives > 1 else "well")[0] == []


def test_nothing_was_tried():
    assert found(counts, letters=())[0] == []
