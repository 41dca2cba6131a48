"""Expectations of events that did not arrive as they should are rewritten like any others."""


def test_twice(shop):
    """What is said in both turns stands below the one step."""
    shop.says(hi={"replies": ["Welcome!", "Which size?"]}, ok={"replies": ["Done"]})
    shop.steps("""
        - user: hi
          deliver: twice
        - bot: Hello!
        - bot: Which size?
        - user: ok
        - bot: Ready
    """)
    assert shop.updated() == (
        "- user: hi\n  deliver: twice\n- bot: Welcome!\n- bot: Which size?\n- bot: Welcome!\n- bot: Which size?\n"
        "- user: ok\n- bot: Done"
    )


def test_overtaken(shop):
    """What is said to the one that was overtaken stands below the one that came first."""
    shop.says(a={"replies": ["A"]}, b={"replies": ["B"]})
    shop.steps("""
        - user: a
          deliver: reordered
        - user: b
        - bot: no
    """)
    assert shop.updated() == "- user: a\n  deliver: reordered\n- user: b\n- bot: B\n- bot: A"


def test_whatever_is_said(shop):
    """What is left open stays open."""
    shop.says(a={"replies": ["A", "B", "C"]})
    shop.steps("""
        - user: a
        - bot: no
        - anything
    """)
    assert shop.updated() == "- user: a\n- bot: A\n- anything"


def test_dropped(shop):
    shop.says(a={"replies": ["A"]})
    shop.steps("""
        - user: a
          deliver: dropped
        - user: a
        - bot: no
    """)
    assert shop.updated() == "- user: a\n  deliver: dropped\n- user: a\n- bot: A"
