"""Conditions that are said to exclude each other never hold of the same values: drawn by Hypothesis, and asked."""

import ast

from hypothesis import given
from hypothesis import strategies as st

from chatsim.graph.declared.claims import Reader, Truth, Within, contradict, exclude
from chatsim.graph.declared.conditions import condition_of

VALUES = (-1, 0, 1, 2, 3, 2.5, True, None, "", "a", "b")
NAMES = st.sampled_from(["x", "y", "d['x']", "d.get('x')"])
LITERALS = st.sampled_from(["0", "1", "2", "2.5", "''", "'a'", "'b'", "None"])
SOME = st.lists(LITERALS, min_size=1, max_size=3).map(lambda found: f"({', '.join(found)},)")


def leaves():
    compared = st.builds("{} {} {}".format, NAMES, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), LITERALS)
    turned = st.builds("{} {} {}".format, LITERALS, st.sampled_from(["==", "<", ">="]), NAMES)
    chained = st.builds("{} {} {} {} {}".format, LITERALS, st.sampled_from(["<", "<="]), NAMES, st.just("<="), LITERALS)
    looked_up = st.builds("{} {} {}".format, NAMES, st.sampled_from(["in", "not in"]), SOME)
    among = st.builds("{} {} {}".format, NAMES, st.sampled_from(["<", ">=", "==", "!="]), NAMES)
    return st.one_of(NAMES, compared, turned, chained, looked_up, among)


def trees(leaf):
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds("({} and {})".format, inner, inner),
            st.builds("({} or {})".format, inner, inner),
            st.builds("(not {})".format, inner),
            st.builds("({} if {} else {})".format, inner, inner, inner),
        ),
        max_leaves=4,
    )


def bodies():
    returned = st.builds("return {}".format, trees(leaves()))
    branch = st.builds("if {}:\n    {}\n{}".format, trees(leaves()), returned, returned)
    named = st.builds("x = {}\n{}".format, st.sampled_from(["y", "d['x']", "x", "2"]), branch)
    tried = st.builds("try:\n    y = d['x']\nexcept KeyError:\n    return False\n{}".format, branch)
    return st.one_of(returned, branch, named, tried)


def known(expression):
    """What literals are worth; of a tuple with a star, its members."""
    try:
        value = ast.literal_eval(expression.value if isinstance(expression, ast.Starred) else expression)
    except ValueError:
        return None
    return list(value) if isinstance(expression, ast.Starred) else [value]


def holds(source, x, y, d):
    names = {}
    lines = "\n".join(f"    {line}" for line in source.split("\n"))
    exec(f"def guard(x, y, d):\n{lines}", names)
    try:
        return bool(names["guard"](x, y, d))
    except (TypeError, KeyError):
        return False


def moments():
    for x in VALUES:
        for y in (0, 2, "a"):
            for d in ({}, {"x": x}, {"x": y}):
                yield x, y, d


class TestExclude:
    @given(bodies(), bodies())
    def test_never_both(self, one, other):
        reader = Reader(known)
        alternatives = [reader.alternatives(condition_of(ast.parse(each).body)) for each in (one, other)]
        if exclude(*alternatives):
            assert [moment for moment in moments() if holds(one, *moment) and holds(other, *moment)] == []

    @given(trees(leaves()))
    def test_its_opposite(self, one):
        """Whatever is asked, where it does not hold, it does not hold."""
        reader = Reader(known)
        test = ast.parse(one, mode="eval").body
        if len(reader.alternatives(test)) == 1 == len(reader.alternatives(test, holds=False)):
            assert exclude(reader.alternatives(test), reader.alternatives(test, holds=False))

    def test_too_many_alternatives(self):
        """What is too much to look at claims nothing."""
        test = ast.parse(" and ".join(f"(a{n} or b{n})" for n in range(9)), mode="eval").body
        assert Reader(known).alternatives(test) == [()]

    def test_chance(self):
        """What is drawn anew each time excludes nothing."""
        low, high = (ast.parse(f"random.random() {op} 0.5", mode="eval").body for op in ("<", ">="))
        assert not exclude(Reader(known).alternatives(low), Reader(known).alternatives(high))


class TestContradict:
    def test_other_subjects(self):
        assert not contradict(Truth("a", True), Truth("b", False))

    def test_what_cannot_be_compared(self):
        assert not contradict(Within("n", high=5), Within("n", low="a"))

    def test_touching(self):
        up_to, from_on = Within("n", high=5, included=True), Within("n", low=5, included=True)
        assert (contradict(up_to, from_on), contradict(Within("n", high=5), from_on)) == (False, True)
