"""What `explore` makes of what it is given."""

import pytest

from chatsim.errors import ScenarioError, SetupError
from chatsim.explore import alphabet as mark
from chatsim.explore import explore
from chatsim.explore.alphabet import Alphabet, Fixed
from chatsim.explore.api import alphabet_of, covered_by, default_alphabet, projection_of, stage_of
from chatsim.explore.given.properties import written_property
from chatsim.explore.given.property_file import read_properties
from chatsim.explore.letters import Letter
from chatsim.explore.play.moment import Moment
from chatsim.explore.seen.book import Book
from chatsim.explore.seen.projection import Buckets, Own
from chatsim.explore.sources.code import CodeLetters
from chatsim.stage import Stage
from chatsim.trace import Callback, ChatState, Option, Reply, Snapshot, Text, Timer, Trace, Turn, Wait
from chatsim.world.mocks import Mock


def shop(chat_id, text, context, sender):
    if text == "xyzzy" or context.get("n", 0) > 41:
        sender.send_message(chat_id, "Found", options=["Yes"])
        return "shop", {}
    sender.send_message(chat_id, "Pardon?")
    return "shop", {}


@pytest.fixture
def parts(bot_of):
    """Return what the default letters are made of: the bot, and what is read of its code."""
    stage = stage_of(bot_of(shop))
    return stage.bot, CodeLetters(stage.bot, lambda moment, letter: ())


def at(**more):
    return Moment(
        Snapshot({"user": ChatState("shop")}, **{k: more.pop(k) for k in ("clock", "timers") if k in more}), **more
    )


class TestDefaultAlphabet:
    def events(self, letters, moment):
        return {letter.label: letter.origin for letter in letters.letters(moment)}

    def test_from_everywhere(self, parts):
        bot, code = parts
        said = Trace((Turn(event=Text("spoken"), snapshot=Snapshot({"user": ChatState("shop")})),), at().snapshot)
        letters = default_alphabet(bot, code, [said], [Letter(Text("mine"))])
        moment = at(offered=(Option("a", "A"),), earlier=(Option("b", "B"),), timers=(Timer("t", 5.0),), clock=1.0)
        told = self.events(letters, moment)
        expected = {
            *[("text 'mine'", "given"), ("tap 'A'", "offered"), ("tap 'B'", "stale"), ("text 'xyzzy'", "literal")],
            *[("text 'spoken'", "scenario"), ("text '🍕'", "boundary"), ("wait 5s", "timer")],
        }
        assert expected <= set(told.items())

    def test_what_counts(self, parts):
        """Letters are asked for anew where anything is otherwise that they depend on."""
        letters = default_alphabet(*parts)
        plain = self.events(letters, at())
        others = [
            at(offered=(Option("a", "A"),)),
            at(earlier=(Option("a", "A"),)),
            at(timers=(Timer("t", 5.0),)),
            at(timers=(Timer("t", 9.0),)),
            at(timers=(Timer("t", 9.0), Timer("u", 7.0))),
            at(timers=(Timer("t", 9.0),), clock=3.0),
            Moment(Snapshot({"user": ChatState("shop", waits="callback")})),
            Moment(Snapshot()),
        ]
        told = [tuple(self.events(letters, moment)) for moment in others]
        assert len({*told, tuple(plain)}) == len(others) + 1
        waits = [
            [letter.event.seconds for letter in letters.letters(moment) if isinstance(letter.event, Wait)][:1]
            for moment in others[2:6]
        ]
        assert waits == [[6.0], [10.0], [8.0], [7.0]]

    def test_marked_are_asked_in_every_moment(self, parts):
        @mark
        def depth(moment):
            return [Text(f"depth {moment.depth}")]

        letters = default_alphabet(*parts, inputs=[depth])
        for number in (1, 2):
            told = self.events(letters, at(depth=number))
            assert (told[f"text 'depth {number}'"], "text 'xyzzy'" in told) == ("given", True)

    def test_marked_alone(self, parts):
        alone = mark(lambda moment: [Text("alone")], replace=True)
        beside = mark(lambda moment: [Text("beside")])
        letters = default_alphabet(*parts, inputs=[alone, beside, Letter(Text("mine"))])
        assert set(self.events(letters, at())) == {"text 'alone'", "text 'mine'"}


class TestGiven:
    def test_alphabets(self):
        given = Alphabet(Fixed([]))
        assert alphabet_of(given) is given
        assert alphabet_of([Text("a"), Letter(Text("b"), "literal")]).fixed == (
            Letter(Text("a")),
            Letter(Text("b"), "literal"),
        )

    def test_projections(self, parts):
        _, code = parts
        own = projection_of(lambda snapshot: 7, code)
        assert (type(own), own.of(Snapshot())) == (Own, 7)
        assert projection_of("exact", code) is None
        buckets = projection_of("buckets", code)
        assert type(buckets) is Buckets

        def kind(**context):
            return buckets.of(Snapshot({"user": ChatState("shop", context)}))

        assert (kind(n=40) == kind(n=41), kind(n=42) == kind(n=50)) == (False, True)
        assert kind(word="xyzzy") != kind(word="other")
        with pytest.raises(SetupError) as caught:
            projection_of("some", code)
        assert str(caught.value) == "projection 'some': write 'buckets', 'exact', or a function of a snapshot"

    def test_stages(self, bot_of, tmp_path):
        (tmp_path / "made.py").write_text(
            "class Bot:\n    def start(self):\n        return 1\n    def step(self, snapshot, event):\n        return 2\nbot = Bot()\n"
        )
        stage = stage_of("made:bot", tmp_path)
        assert (isinstance(stage, Stage), stage.bot.step(1, 1), stage.can_restart) == (True, 2, True)
        assert stage_of(stage) is stage
        assert stage_of(bot_of(shop)).bot.state_names() == ("shop",)
        with pytest.raises(SetupError, match="there is no module 'nowhere'"):
            stage_of("nowhere:bot", tmp_path)

    def test_where_it_is_looked_for_by_default(self, tmp_path, monkeypatch):
        (tmp_path / "here.py").write_text(
            "from chatsim.trace import Snapshot\n\n\nclass Bot:\n    start = Snapshot\n    step = 0\n"
        )
        monkeypatch.chdir(tmp_path)
        assert stage_of("here:Bot").bot


class TestCovered:
    def test_states_and_transitions(self, bot_of):
        def first(chat_id, text, context, sender):
            return "second", {}

        def second(chat_id, text, context, sender):
            return "first" if text == "back" else "second", {}

        is_covered = covered_by(stage_of(bot_of(first, second)).bot)
        book = Book()
        book.visited = dict.fromkeys(["first", "second"])
        ways = [("first", "second"), ("second", "first"), ("second", "second")]
        book.hops = dict.fromkeys(ways)
        assert is_covered(book) is True
        for missing in ways:
            book.hops = dict.fromkeys(way for way in ways if way != missing)
            assert is_covered(book) is False
        book.hops, book.visited = dict.fromkeys(ways), dict.fromkeys(["first"])
        assert is_covered(book) is False

    def test_nothing_is_declared(self, table_bot):
        assert covered_by(table_bot(None)) is None


class TestExplore:
    LETTERS = (Text("a"), Text("b"))

    def test_names(self, table_bot, tmp_path):
        bot = table_bot(lambda *_: ("on", {}, Reply("Yes")))
        assert explore(bot, alphabet=self.LETTERS, checks=()).bot == "Table"
        (tmp_path / "named.py").write_text(
            "from chatsim.orchestrator import ChatOrchestrator\nfrom chatsim.senders.console import ConsoleMessageSender\n"
            "from chatsim.state_managers.inmemory import InMemoryStateManager\n"
            "bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())\n"
            "@bot.register_step('start')\ndef start(chat_id, text, context, sender):\n    return 'start', {}\n"
        )
        told = explore("named:bot", folder=tmp_path, alphabet=self.LETTERS, checks=())
        assert (told.bot, told.outcome) == ("named:bot", "complete")

    def test_options_reach_the_search(self, table_bot):
        seen = []

        def counting(_, context, event):
            return "on", {"n": context.get("n", 0) + 1}, Reply("Yes")

        def explored(**options):
            return explore(table_bot(counting), alphabet=self.LETTERS, faults=False, progress=seen.append, **options)

        assert explored(max_states=5).stopped == "max-states"
        assert explored(max_depth=3).stopped == "max-depth"
        assert explored(max_time=0.0).stopped == "max-time"
        assert explored(max_depth=3, projection=lambda snapshot: 0).outcome == "bounded"
        assert seen
        assert seen[-1].player.seed == 0
        explored(max_depth=1, seed=7)
        assert seen[-1].player.seed == 7
        mock = Mock.of("GET https://shop.example")
        assert explored(max_depth=1, mocks=[mock]).mocks == (mock,)

    def test_what_is_looked_for(self, table_bot):
        """Checks, properties, and what the user says of them."""

        def silent(_, context, event):
            return "on", {}

        def kinds(**options):
            told = explore(table_bot(silent), alphabet=self.LETTERS, faults=False, **options)
            return {found.kind: found.severity for found in told.findings}

        assert kinds()["silent-turn"] == "warning"
        assert kinds(checks=()) == {}
        assert kinds(severity={"silent-turn": "error"})["silent-turn"] == "error"
        odd = written_property("always", "state == 'off'")
        assert kinds(checks=(), properties=[odd]) == {"property": "error"}

    def test_faults(self, table_bot):
        bot = table_bot(lambda _, context, __: ("on", {"n": (context.get("n", 0) + 1) % 3}, Reply("Yes")))
        letters = [Text("a"), Callback("paid")]
        assert explore(bot, alphabet=letters, faults=False).faults == 0
        assert explore(bot, alphabet=letters).faults > 0


class TestPropertyFile:
    @pytest.fixture
    def read(self, tmp_path):
        def read(text):
            path = tmp_path / "asked.yaml"
            path.write_text(text)
            return read_properties(path)

        return read

    def test_one_a_line(self, read):
        found = read("- always: vars.n >= 0\n- sometimes: state == 'on'\n- eventually: ended\n")
        assert [(each.when, each.name) for each in found] == [
            ("always", "vars.n >= 0"),
            ("sometimes", "state == 'on'"),
            ("eventually", "ended"),
        ]

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("", ["1:1 holds no properties"]),
            ("always: ended\n", ["1:1 must be a list of properties"]),
            ("- ended\n- always: [ended]\n", ["1:3 is no property", "2:3 is no property"]),
            ("- {always: ended, sometimes: ended}\n", ["1:3 is no property"]),
            ("- never: ended\n", ["1:3 a property holds always, sometimes or eventually, not 'never'"]),
            ("- always: ended\n- always: endet\n", None),
        ],
    )
    def test_everything_that_is_wrong(self, read, text, told):
        with pytest.raises(ScenarioError) as caught:
            read(text)
        problems = [f"{each.line}:{each.column} {each.what}" for each in caught.value.problems]
        assert problems == told if told else (len(problems) == 1 and problems[0].startswith("2:3 property 'endet': "))
        assert all(each.cure == "write - always: vars.total >= 0" for each in caught.value.problems)
        assert "asked.yaml:" in str(caught.value)
