import asyncio
import sys
from types import ModuleType

import pytest

from chatsim.errors import SetupError
from chatsim.trace import Call, Reply, Snapshot, Text, Turn
from chatsim.world.clock import DEFAULT_START
from chatsim.world.functions import FunctionMock, Result
from chatsim.world.mocks import Mocks
from chatsim.world.world import World

SOURCE = """
class NotFound(Exception):
    pass

class Picky(Exception):
    def __init__(self, one, two):
        pass

LIMIT = 3

def fetch(size, *, currency="EUR"):
    return "real"

async def fetch_later(size):
    return "real"

class Shop:
    def price(self, size):
        return "real"
    @staticmethod
    def open():
        return "real"
    @classmethod
    def named(cls, name):
        return "real"
"""


@pytest.fixture
def prices(monkeypatch):
    module = ModuleType("prices")
    exec(SOURCE, vars(module))
    monkeypatch.setitem(sys.modules, "prices", module)
    return module


class Bot:
    """Does *act* in its step, and says what came of it."""

    def __init__(self, act):
        self.act = act

    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        return Turn(event=event, effects=(Reply(repr(self.act())),), snapshot=snapshot)


def say(act, *mocks, count=1, **options):
    bot = Bot(act)
    with World(Mocks(mocks), **options) as world:
        start = world.start(bot)
        turns = [world.step(bot, start, Text("hi"), index) for index in range(count)]
    return [turn.replies[0].text for turn in turns], world


class TestStandIn:
    def test_returns_and_notes(self, prices):
        mock = FunctionMock("prices:fetch", (Result(returns={"S": 9}),))
        said, world = say(lambda: prices.fetch("S", currency="USD"), mock)

        assert said == ["{'S': 9}"]
        payload = {"args": ["S"], "kwargs": {"currency": "USD"}, "returns": {"S": 9}}
        assert world.mocks.calls == [Call("call", "prices:fetch", payload)]
        assert prices.fetch("S") == "real"

    def test_sequence(self, prices):
        mock = FunctionMock("prices:fetch", (Result(returns=1), Result(returns=2)))

        assert say(lambda: prices.fetch("S"), mock, count=3)[0] == ["1", "2", "2"]

    def test_what_a_bot_does_with_it(self, prices):
        """Every call returns data of its own."""
        mock = FunctionMock("prices:fetch", (Result(returns=[]),))

        def act():
            found = prices.fetch("S")
            found.append(1)
            return found

        assert say(act, mock, count=2)[0] == ["[1]", "[1]"]

    @pytest.mark.parametrize(
        ("written", "kind", "message"),
        [
            ("ValueError: no such size", ValueError, "no such size"),
            ("KeyError", KeyError, ""),
            ("prices.NotFound: a: b", "NotFound", "a: b"),
        ],
    )
    def test_raises(self, prices, written, kind, message):
        kind = getattr(prices, kind) if isinstance(kind, str) else kind

        def act():
            with pytest.raises(kind, match=message or None) as caught:
                prices.fetch("S")
            return type(caught.value)

        _, world = say(act, FunctionMock("prices:fetch", (Result(raises=written),)))
        assert world.mocks.calls[0].payload == {"args": ["S"], "raises": written}

    def test_coroutines(self, prices):
        mock = FunctionMock("prices:fetch_later", (Result(returns=9, delay=60),))
        said, world = say(lambda: asyncio.run(prices.fetch_later("S")), mock)

        assert said == ["9"]
        assert world.clock.now == DEFAULT_START + 60
        assert asyncio.run(prices.fetch_later("S")) == "real"

    def test_between_steps(self, prices):
        with World(Mocks([FunctionMock("prices:fetch_later"), FunctionMock("prices:fetch")])):
            assert asyncio.run(prices.fetch_later("S")) == "real"
            assert prices.fetch("S") == "real"

    @pytest.mark.parametrize(
        ("target", "act"),
        [
            ("prices:Shop.price", lambda: sys.modules["prices"].Shop().price("S")),
            ("prices:Shop.named", lambda: sys.modules["prices"].Shop.named("S")),
        ],
    )
    def test_methods_without_self(self, prices, target, act):
        said, world = say(act, FunctionMock(target, (Result(returns=1),)))

        assert said == ["1"]
        assert world.mocks.calls[0].payload["args"] == ["S"]
        assert act() == "real"

    def test_static_methods(self, prices):
        said, world = say(lambda: prices.Shop().open(), FunctionMock("prices:Shop.open", (Result(returns=1),)))

        assert said == ["1"]
        assert world.mocks.calls[0].payload == {"returns": 1}

    def test_delay(self, prices):
        _, world = say(lambda: prices.fetch("S"), FunctionMock("prices:fetch", (Result(delay=5),)))

        assert world.clock.now == DEFAULT_START + 5

    def test_taken_by_name(self, prices):
        namespace = {"get_price": prices.fetch}
        mock = FunctionMock("prices:fetch", (Result(returns=1),))

        assert say(lambda: namespace["get_price"]("S"), mock, namespaces=[namespace, vars(prices)])[0] == ["1"]
        assert namespace["get_price"] is prices.fetch
        assert prices.fetch("S") == "real"

    def test_what_json_cannot_hold(self, prices):
        _, world = say(
            lambda: prices.fetch(
                {
                    1,
                }
            ),
            FunctionMock("prices:fetch"),
        )

        assert world.mocks.calls[0].payload == {"args": ["{1}"], "returns": None}


class TestMistakes:
    @pytest.mark.parametrize(
        ("target", "message"),
        [
            ("prices.fetch", "write package.module:function"),
            ("prices:", "write package.module:function"),
            ("none_such:fetch", "No module named 'none_such'"),
            ("prices:fetsh", "Did you mean 'fetch'"),
            ("prices:Shop.prise", "Shop has no 'prise'. Did you mean 'price'"),
            ("prices:Shopp.price", "Did you mean 'Shop'"),
            ("prices:LIMIT", "is int, no function"),
        ],
    )
    def test_no_function(self, prices, target, message):
        with pytest.raises(SetupError, match=message), World(Mocks([FunctionMock(target)])):
            pass
        assert prices.fetch("S") == "real"

    @pytest.mark.parametrize("written", ["NoSuchError: x", "prices.LIMIT: x", "int: 3", "KeyboardInterrupt", "x y"])
    def test_no_exception(self, prices, written):
        mock = FunctionMock("prices:fetch", (Result(raises=written),))
        with pytest.raises(SetupError, match="is no exception"), World(Mocks([mock])):
            pass

    def test_an_exception_that_takes_more(self, prices):
        mock = FunctionMock("prices:fetch", (Result(raises="prices.Picky: x"),))
        with pytest.raises(SetupError, match="cannot be made of one message"), World(Mocks([mock])):
            pass

    def test_contradictions(self):
        with pytest.raises(SetupError, match="either returns or raises"):
            Result(returns=1, raises="ValueError")
        with pytest.raises(SetupError, match="nothing comes before"):
            Result(delay=-1)
