"""Which variables code sets, and what it compares variables with."""

from chatsim.explore.mining.hints import Hints
from chatsim.explore.mining.read import hints_of


def test_variables_that_are_set():
    def step(chat_id, text, context, sender):
        context["a"] = text
        context["b"] += 1
        context.update({"c": 1}, d=2)
        context = context | {"e": 3}
        table = {"no": "variable"}
        table["neither"] = 1
        if text:
            return "next", {**context, "f": 4}
        return "next", {"g": 5}

    assert set(hints_of([step]).stored) == set("abcdefg")


def test_what_variables_are_compared_with():
    def step(chat_id, text, context, sender):
        seats = context.get("seats", 0)
        return seats > 6 or context["film"] in ("Metropolis", "Nosferatu") or text == "other"

    assert hints_of([step]).compared == {"seats": {6: None}, "film": {"Metropolis": None, "Nosferatu": None}}


def test_methods_of_text_compare_as_well():
    def step(chat_id, text, context, sender):
        return context["zip"].startswith("10") or text.startswith("20")

    assert hints_of([step]).compared == {"zip": {"10": None}}


def test_foreseen_are_numbers_that_nothing_named_is_compared_with():
    here, everywhere = Hints(), Hints()
    everywhere.loose.update(dict.fromkeys(range(10)))
    here.foresee(everywhere)
    assert list(here.far) == []
    here.stored["seats"] = None
    here.numbers[1] = None
    here.foresee(everywhere)
    assert list(here.far) == [0, 2, 3, 4, 5, 6]
