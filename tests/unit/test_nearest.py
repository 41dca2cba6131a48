"""One way to find the name that was meant, for every message."""

import pytest

from chatsim.nearest import nearest_of


@pytest.mark.parametrize(
    ("name", "names", "nearest"),
    [
        ("ask_szie", ["pay", "ask_size"], "ask_size"),
        ("ASK_SIZE", ["pay", "ask_size"], "ask_size"),
        ("ecco", ["Echo", "echo"], "echo"),
        ("Ecco", ["echo", "Echo"], "Echo"),
        ("STRASSE", ["straße"], "straße"),
        ("x", ["pay", "size"], None),
        ("x", [], None),
    ],
)
def test_nearest_of(name, names, nearest):
    assert nearest_of(name, iter(names)) == nearest
