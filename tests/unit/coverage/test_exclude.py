"""What is not counted, and why: by comments in the source, and by patterns."""

import pytest

from chatsim.coverage.exclude import COMMENT, Pattern, excluded_lines, reasons
from chatsim.coverage.items import Item
from chatsim.errors import SetupError
from chatsim.graph.model import Graph, SourceLine, State, Transition

ORCHESTRATOR = """\
@bot.register_step("menu")
def menu(chat_id, user_input, context, sender):
    if user_input == "help":
        return "help", context  # chatsim: no cover
    return "menu", context


@bot.register_step("help")  # chatsim: no cover
def help(
    chat_id,
    user_input,
):
    return "menu", context


@bot.register_step("admin")
async def admin(  # chatsim: no-cover, nobody tests this
    chat_id,
):
    text = "# chatsim: no cover"
    return "menu", context
"""

MACHINE = """\
transitions = [
    {"source": "a", "dest": "b"},
    {
        "source": "a",
        "conditions": [
            "x",  # chatsim: no cover
        ],
        "dest": "c",
    },
    ["next", "a",
     "d"],  # chatsim: no cover
]
"""


def lines_of(source, tmp_path):
    (tmp_path / "bot.py").write_text(source)
    return excluded_lines(Graph(states=(State("a", line=SourceLine("bot.py", 1)),)), tmp_path)


class TestComments:
    def test_handlers_and_returns(self, tmp_path):
        """A comment on a decorator, or anywhere in the head of a function, means the function."""
        assert lines_of(ORCHESTRATOR, tmp_path) == {"bot.py": (4, 8, 9, 10, 11, 12, 16, 17, 18, 19)}

    def test_entries_of_lists(self, tmp_path):
        """On any line of an entry it means the entry, which is known by its first line."""
        assert set(lines_of(MACHINE, tmp_path)["bot.py"]) == {3, 6, 10, 11}

    def test_no_comment(self, tmp_path):
        assert lines_of("x = 1\n", tmp_path) == {}

    def test_a_file_that_is_no_python(self, tmp_path):
        """The lines with the comment count all the same, as long as it can be told what is a comment."""
        assert lines_of("x = = 1  # chatsim: no cover\n", tmp_path) == {"bot.py": (1,)}
        assert lines_of("x = '''  # chatsim: no cover\n", tmp_path) == {}

    def test_files_that_cannot_be_read(self, tmp_path):
        (tmp_path / "latin.py").write_bytes(b"# \xe9 chatsim: no cover")
        lines = [SourceLine("gone.py", 1), SourceLine("latin.py", 1), None]
        graph = Graph(transitions=tuple(Transition("a", str(at), line=line) for at, line in enumerate(lines)))
        assert excluded_lines(graph, tmp_path) == {}


class TestPatterns:
    @pytest.mark.parametrize(
        ("text", "item", "meant"),
        [
            ("state debug_*", Item("states", "debug_menu"), True),
            ("states debug_*", Item("states", "debug_menu"), True),
            ("state debug_*", Item("ends", "debug_menu"), False),
            ("debug_*", Item("ends", "debug_menu"), True),
            ("transition * -> help", Item("transitions", "menu → help"), True),
            ("transition * -> help", Item("transitions", "help → menu"), False),
            ("* → help", Item("transitions", "menu → help"), True),
            ("menu: Help", Item("options", "menu: Help"), True),
            ("transition a -> b [x*", Item("transitions", "a → b [x, y]"), True),
            ("guard *: is_vip *", Item("guards", "pay: is_vip true"), True),
        ],
    )
    def test_means(self, text, item, meant):
        assert Pattern.of(text).means(item) is meant

    @pytest.mark.parametrize(
        ("text", "says"), [("", "names nothing"), ("state ", "names nothing"), ("sate debug", "Did you mean 'state'")]
    )
    def test_refused(self, text, says):
        with pytest.raises(SetupError, match=says):
            Pattern.of(text)


def state(name, line=None):
    return Item("states", name, SourceLine("bot.py", line) if line else None, within=(("", name),))


def transition(source, target, line=None):
    name = f"{source} → {target}"
    return Item(
        "transitions",
        name,
        SourceLine("bot.py", line) if line else None,
        within=(("", source), ("", target)),
        of=(name,),
    )


class TestReasons:
    ITEMS = (
        state("menu", 1),
        state("help", 2),
        transition("menu", "help", 3),
        transition("menu", "pay", 4),
        transition("pay", "menu", 5),
        Item("guards", "menu: x true", within=(("", "menu"),), of=("menu → pay", "menu → bye")),
        Item("guards", "menu: y true", within=(("", "menu"),), of=("menu → pay",)),
        Item("pairs", "menu → pay → menu", within=(("", "menu"), ("", "pay")), of=("menu → pay", "pay → menu")),
        Item("options", "help: Back", within=(("", "help"),)),
    )

    def names(self, lines=(), patterns=()):
        return {name for _, name in reasons(self.ITEMS, {"bot.py": lines}, [Pattern.of(each) for each in patterns])}

    def test_nothing(self):
        assert self.names([7]) == set()

    def test_a_state_takes_what_belongs_to_it(self):
        assert self.names([2]) == {"help", "menu → help", "help: Back"}

    def test_a_transition_takes_its_pairs_and_its_own_guards(self):
        """A guard that another transition asks as well is counted."""
        assert self.names([4]) == {"menu → pay", "menu: y true", "menu → pay → menu"}

    def test_lines_mean_states_and_transitions(self):
        option = Item("options", "menu: A", SourceLine("bot.py", 1))
        assert reasons([option], {"bot.py": [1]}, []) == {}

    def test_a_pattern_for_a_state(self):
        assert self.names(patterns=["state help"]) == {"help", "menu → help", "help: Back"}

    def test_a_pattern_for_one_thing(self):
        assert self.names(patterns=["pair *"]) == {"menu → pay → menu"}

    def test_why(self):
        why = reasons(self.ITEMS, {"bot.py": [2]}, [Pattern.of("pair *")])
        assert why["states", "help"] == why["options", "help: Back"] == f"bot.py:2 {COMMENT}"
        assert why["pairs", "menu → pay → menu"] == "exclude: pair *"
