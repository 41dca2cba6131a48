"""What a function asks, as one expression."""

import ast

import pytest

from chatsim.graph.declared.conditions import condition_of


def read(source):
    found = condition_of(ast.parse(source).body)
    return None if found is None else ast.unparse(found)


@pytest.mark.parametrize(
    ("source", "condition"),
    [
        ('"""What it is for."""\npass\nreturn a', "a"),
        ("b: str = a.lower()\nreturn b == 'x'", "a.lower() == 'x'"),
        ("a = b\na = a + 1\nreturn a", "b + 1"),
        ("if a:\n    return True\nreturn False", "a"),
        ("if a:\n    return b", "a and b"),
        ("return", "None"),
        ("if a:\n    return False\nreturn False", "False"),
        ("for a in b:\n    return a", None),
        ("return (a := b)", None),
        ("pass\n" * 40 + "return a", None),
    ],
)
def test_condition(source, condition):
    assert read(source) == condition
