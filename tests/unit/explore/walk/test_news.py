"""Steps of which something is new are shown; of very many states of one kind, some are."""

from chatsim.bots.orchestrator import OrchestratorBot
from chatsim.explore import explore
from chatsim.explore.checks.raised import Raised
from chatsim.explore.seen.book import Book
from chatsim.explore.walk.news import MANY, OFTEN, RARELY, THOROUGH, News, kinds_of
from chatsim.explore.walk.search import Search
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import Text


def pages(size, broken=None):
    """A catalogue: each page is a state, and all pages share their code."""
    orchestrator = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="page 0")

    def page(number):
        def step(chat_id, text, context, sender):
            if number == broken and text == "more":
                raise ValueError(number)
            sender.send_message(chat_id, f"Page {number}")
            return f"page {(number + (text == 'more')) % size}", {}

        return step

    orchestrator.register_steps({f"page {number}": page(number) for number in range(size)})
    return OrchestratorBot(orchestrator)


class TestNews:
    def test_of_few_states(self):
        """A step is new once, and is shown; behind the first so many, one in a few is."""
        book = Book()
        news = News(book, {})
        shown = [not news.is_none("menu", (number, "end", 1)) for number in range(THOROUGH + 2 * RARELY)]
        assert all(shown[:THOROUGH])
        assert sum(shown[THOROUGH:]) == 2
        assert (0, "end", 1) in news["menu"]
        assert ("menu", "end") in book.hops

    def test_a_reply_without_words(self):
        """That is always shown."""
        news = News(Book(), {})
        shown = [not news.is_none("menu", (number, "end", -1)) for number in range(THOROUGH + 2)]
        assert all(shown)

    def test_of_one_kind(self):
        """What is new in one of very many states is new in all of them, so many times."""
        news = News(Book(), {"a": 0, "b": 0})
        assert news["a"] is news["b"]
        for _ in range(OFTEN):
            assert (0, False, 1) not in news["a"]
            assert not news.is_none("a", (0, False, 1))
        assert (0, False, 1) in news["b"]

    def test_kinds(self):
        few, many = (
            [f"{word} {number}" for number in range(size)] for word, size in (("few", MANY), ("many", MANY + 1))
        )
        assert kinds_of([few]) == {}
        assert kinds_of([few, many]) == dict.fromkeys(many, 1)


class TestManyStates:
    def test_all_is_reached(self):
        """Every state, transition and hop is in the result, though few turns are made in full."""
        size = 3 * MANY
        found = explore(pages(size), alphabet=[Text("more"), Text("stay")], checks=[Raised()], projection="exact")
        assert (found.outcome, found.snapshots) == ("complete", size + 1)
        assert set(found.states) >= {f"page {number}" for number in range(size)}
        hops = {(f"page {number}", f"page {(number + more) % size}") for number in range(size) for more in (0, 1)}
        assert set(found.hops) == hops
        assert not found.errors

    def test_few_turns(self, monkeypatch):
        """To make a turn of each new step would take most of the time."""
        made = []
        step = Search.step
        monkeypatch.setattr(Search, "step", lambda *given: made.append(given) or step(*given))
        found = explore(pages(3 * MANY), alphabet=[Text("more"), Text("stay")], checks=[], projection="exact")
        assert len(made) < found.steps / 2

    def test_what_one_of_them_does(self):
        """An error in a single one is found all the same, with the shortest conversation that shows it."""
        bot = pages(2 * MANY, broken=MANY)
        found = explore(bot, alphabet=[Text("more"), Text("stay")], faults=False, projection="exact")
        (error,) = found.errors
        assert (error.kind, error.state, len(error.witness.turns)) == ("bot-raised", f"page {MANY}", MANY + 1)

    def test_until_covered(self):
        """The hops of states of one kind count where the search stops as soon as everything is covered."""
        letters = [Text("more"), Text("stay")]
        found = explore(pages(2 * MANY), alphabet=letters, checks=[], projection="exact", until_covered=True)
        assert found.outcome in ("complete", "bounded")
        assert {f"page {number}" for number in range(2 * MANY)} <= set(found.states)
