import random
import time
import uuid

import httpx
import pytest

from chatsim.failures import failure_from
from chatsim.trace import Call, ChatState, Reply, Save, Snapshot, Text, Turn
from chatsim.world.clock import DEFAULT_START
from chatsim.world.effects import noting
from chatsim.world.mocks import Mock, Mocks
from chatsim.world.outgoing import Answer
from chatsim.world.world import World, surroundings

URL = "https://stock.example/items"
CALL = Call("GET", URL, {"status": 200})


class Bot:
    """A bot that does *act* in a step, and saves."""

    def __init__(self, act, *, notes=False):
        self.act = act
        self.notes = notes

    def start(self):
        return Snapshot(chats={"user": ChatState("at the start")})

    def step(self, snapshot, event):
        effects = []
        try:
            if self.notes:
                with noting(effects):
                    effects.append(Reply("before"))
                    said = self.act()
            else:
                said = self.act()
        except Exception as error:  # noqa: BLE001
            return Turn(event=event, snapshot=snapshot, error=failure_from(error), exception=error)
        effects += [Reply(str(said)), Save()]
        return Turn(event=event, effects=tuple(effects), snapshot=snapshot.with_chat("user", ChatState("after")))


def fetch():
    return httpx.get(URL).status_code


@pytest.fixture
def one_step():
    def one_step(act, mocks=(), *, at=DEFAULT_START, index=0, notes=False, **options):
        bot = Bot(act, notes=notes)
        with World(Mocks(mocks), **options) as world:
            return world.step(bot, world.start(bot, at), Text("hi"), index)

    return one_step


class TestClock:
    def test_starts_where_it_is_told(self, one_step):
        assert one_step(time.time, at=5000.0).replies[0].text == "5000.0"

    def test_a_snapshot_without_a_clock(self):
        """One that comes from elsewhere is where every chat starts."""
        with World() as world:
            assert world.step(Bot(time.time), Snapshot(), Text("hi")).replies[0].text == str(DEFAULT_START)

    def test_a_bot_that_says_what_time_it_is(self):
        bot = Bot(time.time)
        bot.start = lambda: Snapshot(clock=77.0)
        with World() as world:
            assert world.start(bot).clock == 77.0

    def test_what_passed_is_in_the_snapshot(self, one_step):
        turn = one_step(lambda: time.sleep(60))

        assert turn.snapshot.clock == DEFAULT_START + 60
        assert turn.state == "after"

    def test_what_passed_before_the_bot_raised(self, one_step):
        """What it did is undone, and not that it took a minute."""

        def late():
            time.sleep(60)
            raise ValueError("too late")

        turn = one_step(late)
        assert turn.error.type == "ValueError"
        assert turn.snapshot == Snapshot(chats={"user": ChatState("at the start")}, clock=DEFAULT_START + 60)

    def test_what_passed_before_a_call_that_nothing_answers(self, one_step):
        turn = one_step(lambda: (time.sleep(60), fetch()))
        assert turn.error.kind == "call-not-mocked"
        assert turn.snapshot.clock == DEFAULT_START + 60

    def test_no_time_passed_before_the_bot_raised(self):
        """A snapshot that does not say what time it is stays as it was."""
        with World() as world:
            assert world.step(Bot(lambda: 1 / 0), Snapshot(), Text("hi")).snapshot == Snapshot()

    def test_goes_on_from_any_snapshot(self):
        """Also backwards: a branch begins at the time at which it forked."""
        bot = Bot(lambda: time.sleep(60))
        with World() as world:
            start = world.start(bot)
            later = world.step(bot, start, Text("a")).snapshot
            assert world.step(bot, later, Text("b")).snapshot.clock == DEFAULT_START + 120
            assert world.step(bot, start, Text("b")).snapshot.clock == DEFAULT_START + 60

    def test_real_between_steps(self):
        with World():
            assert abs(time.time() - DEFAULT_START) > 1

    def test_entered_around_many_steps(self):
        bot = Bot(time.time)
        with World() as world, world.clock:
            start = world.start(bot)
            assert world.step(bot, start, Text("a")).snapshot.clock == DEFAULT_START
            assert time.time() == DEFAULT_START


class TestChance:
    def test_by_the_number_of_the_turn(self, one_step):
        def act():
            return random.random(), uuid.uuid4()

        assert one_step(act, index=3) == one_step(act, index=3)
        assert one_step(act, index=3) != one_step(act, index=4)
        assert one_step(act, index=3) != one_step(act, index=3, seed=1)

    def test_as_before(self, one_step):
        random.seed(1)
        expected = random.random()
        random.seed(1)
        one_step(random.random)

        assert random.random() == expected


class TestCalls:
    def test_before_the_save(self, one_step):
        """An adapter that does not say when a call was made: it was made in this turn."""
        assert one_step(fetch, [Mock.of(f"GET {URL}")]).effects == (Reply("200"), CALL, Save())

    def test_in_order_where_the_adapter_notes(self, one_step):
        turn = one_step(fetch, [Mock.of(f"GET {URL}")], notes=True)

        assert turn.effects == (Reply("before"), CALL, Reply("200"), Save())

    def test_none(self, one_step):
        assert one_step(lambda: 1).effects == (Reply("1"), Save())

    def test_not_mocked(self, one_step):
        turn = one_step(fetch)

        assert turn.error.kind == "call-not-mocked"
        assert f"GET {URL}: {{json: {{}}}}" in turn.error.message
        assert "fetch" in [frame.function for frame in turn.error.frames]

    def test_not_mocked_and_swallowed(self, one_step):
        """A bot that catches everything is found out all the same."""

        def act():
            try:
                return fetch()
            except Exception:  # noqa: BLE001
                return "sorry"

        turn = one_step(act)
        assert turn.error.kind == "call-not-mocked"
        assert turn.replies[0].text == "sorry"
        assert turn.state == "at the start"

    def test_the_bots_own_error_stays(self, one_step):
        turn = one_step(lambda: (fetch(), 1 / 0), [Mock.of(f"GET {URL}")])

        assert turn.error.type == "ZeroDivisionError"
        assert turn.effects == (CALL,)

    def test_mocks_of_a_branch(self):
        bot = Bot(fetch)
        with World(Mocks([Mock.of(f"GET {URL}", Answer(status=201), Answer(status=202))])) as world:
            first = world.step(bot, world.start(bot), Text("a"))
            branches = [world.mocks.fork(), world.mocks.fork()]
            for mocks in branches:
                world.mocks = mocks
                assert world.step(bot, first.snapshot, Text("b"), 1).replies[0].text == "202"

        assert [len(mocks.calls) for mocks in branches] == [2, 2]


class TestLeaving:
    def test_when_a_step_is_misused(self):
        def act():
            raise KeyboardInterrupt

        before = httpx.HTTPTransport.handle_request, time.sleep, random.Random.seed
        with World() as world:
            with pytest.raises(KeyboardInterrupt):
                world.step(Bot(act), Snapshot(), Text("hi"))
            assert abs(time.time() - DEFAULT_START) > 1
        assert (httpx.HTTPTransport.handle_request, time.sleep, random.Random.seed) == before

    def test_one_world_in_another(self):
        bot = Bot(fetch)
        with World(Mocks([Mock.of(f"GET {URL}", Answer(status=201))])) as outer:
            with World(Mocks([Mock.of(f"GET {URL}", Answer(status=202))])) as inner:
                assert inner.step(bot, inner.start(bot), Text("a")).replies[0].text == "202"
            assert outer.step(bot, outer.start(bot), Text("a")).replies[0].text == "201"


class TestSurroundings:
    def test_as_ever_between_worlds(self):
        """Clock, chance and network are real where no world is entered, and put back when the block is left."""
        before = (time.sleep, random.seed, httpx.HTTPTransport.handle_request)
        random.seed(5)
        state = random.getstate()
        with surroundings():
            began = time.monotonic()
            for _ in range(2):
                with World() as world:
                    snapshot = world.start(Bot(lambda: None))
                    world.step(Bot(lambda: time.sleep(60)), snapshot, Text("hi"))
            assert time.monotonic() - began < 30
            assert abs(time.time() - DEFAULT_START) > 120
            assert uuid.uuid4() != uuid.uuid4()
            assert len({random.Random().random() for _ in range(3)}) == 3  # seeded by the system again
        assert before == (time.sleep, random.seed, httpx.HTTPTransport.handle_request)
        assert state == random.getstate()

    def test_same_turns(self):
        """What a bot finds in a world does not depend on the block around it."""

        def act():
            return f"{random.random()} {uuid.uuid4()} {time.time()}"

        def turns():
            with World(seed=3) as world:
                bot = Bot(act)
                snapshot = world.start(bot)
                return [world.step(bot, snapshot, Text("hi"), index) for index in range(3)]

        alone = turns()
        with surroundings():
            assert turns() == alone
            random.random()
            assert turns() == alone

    def test_each_world_answers(self):
        """The calls of a bot go to the world in which it is stepped, not to one around it or before it."""
        answers = []
        with surroundings():
            for status in (201, 202):
                with World(Mocks([Mock.of(f"GET {URL}", Answer(status=status))])) as world:
                    bot = Bot(lambda: str(httpx.get(URL).status_code))
                    answers.append(world.step(bot, world.start(bot), Text("hi")).replies[0].text)
        assert answers == ["201", "202"]

    def test_within_another_world(self):
        """A bot that steps another bot in a world of its own finds its own world again afterwards."""
        inner = Bot(lambda: str(httpx.get(URL).status_code))

        def act():
            with World(Mocks([Mock.of(f"GET {URL}", Answer(status=202))])) as world:
                said = world.step(inner, world.start(inner), Text("hi")).replies[0].text
            return f"{said} {httpx.get(URL).status_code}"

        with World(Mocks([Mock.of(f"GET {URL}", Answer(status=201))])) as world:
            outer = Bot(act)
            turn = world.step(outer, world.start(outer), Text("hi"))
        assert turn.replies[0].text == "202 201"
