"""Run one bot on the reference runtime and on the original, turn by turn, and hold the two together.

Three differences are meant, and each is allowed for where it arises and nowhere else:

* of several guards that hold, the first defined wins here, the one that a reverse sort brings forward there;
* the first state after ``zero`` sees no input here: the original is handed none in such a turn;
* where no guard holds, the original never comes back: its guards raise `Hang` after very many questions.  Its sort
  raises TypeError for lists mixed with text: it is then given the same transitions, all as lists.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import jb_manager_bot
import pytest
from fsm_specs import Given, Machine, Probe, Way, build

import chatsim.fsm
from chatsim.bots.fsm import FSMBot
from chatsim.bots.jb_platform import reply_from_output
from chatsim.trace import Callback, Event, Snapshot, Start, Text

HOPS = 100
QUESTIONS = 150


class Hang(Exception):
    """The original would never return: it asks its guards and enters nothing, or moves for ever."""


class TheirProbe(Probe):
    """Stop the original where it hangs, and note a choice that it makes otherwise than the document says."""

    def __init__(self) -> None:
        self.orders: dict[int, list[int]] = {}
        self.begin()

    def begin(self) -> None:
        self.entries = self.questions = 0
        self.other: tuple[str, str] | None = None

    def entered(self, machine: Any) -> None:
        self.entries += 1
        self.questions = 0
        if self.entries > HOPS:
            raise Hang("hops")

    def asked(self) -> None:
        self.questions += 1
        if self.questions > QUESTIONS:
            raise Hang("guards")

    def choice(self, machine: Any, spec: Machine) -> None:
        if self.other is not None:
            return
        ways = spec.open_ways(machine, list(range(len(spec.ways))))
        theirs = spec.open_ways(machine, self.orders[id(spec)])
        if ways and ways[0] != theirs[0]:
            self.other = _move(spec.ways[ways[0]], machine.state)


class OurProbe(Probe):
    """Note where each choice must lead: to the first way that is open."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.expected: dict[int, tuple[str, str]] = {}
        self.machine: Any = None

    def made(self, machine: Any) -> None:
        self.machine = self.machine or machine  # the plugins come after

    def choice(self, machine: Any, spec: Machine) -> None:
        ways = spec.open_ways(machine, list(range(len(spec.ways))))
        if ways:
            self.expected[len(machine._fsm_trail)] = _move(spec.ways[ways[0]], machine.state)

    def check(self) -> list[tuple[str, str]]:
        """Return the moves of the turn, after a look at whether they were the right ones."""
        moves = [(hop.source, hop.target) for hop in self.machine._fsm_hops or ()]
        for index, move in self.expected.items():
            # The last one may be missing, where an error or the budget kept it from happening.
            assert moves[index : index + 1] in ([move], [])
        return moves


def _move(way: Way, source: str) -> tuple[str, str]:
    return source, source if way.dest == "=" else way.dest


class Original:
    """One bot on the original, which takes nearly all of the time: what it does in a turn is asked once."""

    def __init__(self, spec: Machine) -> None:
        self.probe = TheirProbe()
        self.cls = _build_theirs(spec, self.probe)
        self.known: dict[str, tuple[Any, list[Any], Exception | None, tuple[str, str] | None]] = {}

    def turn(self, state: Any, given: Given) -> tuple[Any, list[Any], Exception | None, tuple[str, str] | None]:
        """Return what comes of *given* in *state*: the state, messages, error, and a choice that is made otherwise."""
        question = repr((state, given))
        if question not in self.known:
            self.probe.begin()
            result = _run(self.cls, copy.deepcopy(state), _without_input_at_zero(given, state))
            self.known[question] = (*result, self.probe.other)
        return self.known[question]


class Pair:
    """One bot on both runtimes."""

    def __init__(self, spec: Machine, original: Original | None = None) -> None:
        self.original = original or Original(spec)
        self.probe = OurProbe()
        self.our_class = build(spec, chatsim.fsm, self.probe, _as_dicts)
        self.bot = FSMBot(self.our_class)
        self.state: dict[str, Any] | None = None
        self.snapshot: Snapshot = self.bot.start()

    def turn(self, given: Given) -> None:
        """Run one turn on both sides from the same state, and compare."""
        before = copy.deepcopy(self.state)
        self.probe.begin()
        ours = _run(self.our_class, self.state, given)
        moves = self.probe.check()
        assert before == self.state, "the turn changed the state that it was given"
        *theirs, other = self.original.turn(before, given)
        self._compare_step(ours, self.probe.machine._fsm_hops or (), given)
        if other is not None:
            assert other in moves
        else:
            _compare(ours, theirs)
        if ours[2] is None:
            self.state = ours[0]

    def _compare_step(self, ours: tuple[Any, list[Any], Any], hops: Any, given: Given) -> None:
        """Hold a step against the same turn of `run_machine`."""
        event = _event(given)
        if event is None:
            self.snapshot = _snapshot(self.bot, ours[0]) if ours[2] is None else self.snapshot
            return
        state, messages, error = ours
        turn = self.bot.step(self.snapshot, event)
        assert turn.hops == tuple(hops)
        assert list(turn.replies) == [reply_from_output(message, "user") for message in messages]
        if error is not None:
            assert turn.error is not None
            assert (turn.error.type, turn.error.message) == (type(error).__name__, str(error))
            assert turn.snapshot is self.snapshot
            return
        assert turn.error is None
        chat = turn.snapshot.chats["user"]
        main = {"state": chat.state, "status": chat.extra["status"], "variables": chat.context}
        assert {"main": main, "plugins": chat.extra["plugins"]} == state
        self.snapshot = turn.snapshot


def _snapshot(bot: FSMBot, state: dict[str, Any]) -> Snapshot:
    main, plugins = state["main"], state["plugins"]
    snapshot = bot.start_at("user", main["state"], main["variables"], "callback" if main["status"] == 3 else "input")
    chat = snapshot.chats["user"]
    chat.extra.update(status=main["status"], plugins=copy.deepcopy(plugins))
    return snapshot


def _event(given: Given) -> Event | None:
    """Return what a step can be given: text or a callback, not both, and no variables."""
    if given.variables or isinstance(given.user, bytes) or (given.user is not None and given.callback is not None):
        return None
    if given.user is not None:
        return Text(given.user)
    return Callback(given.callback) if isinstance(given.callback, str) else Start()


def _run(cls: Any, state: Any, given: Given) -> tuple[Any, list[Any], Exception | None]:
    sent: list[Any] = []
    try:
        after = cls.run_machine(sent.append, given.user, given.callback, None, state, **given.variables)
    except Exception as error:  # noqa: BLE001 - whatever is raised is compared
        return None, sent, error
    return after, sent, None


def _compare(ours: Sequence[Any], theirs: Sequence[Any]) -> None:
    our_messages = [message.model_dump(mode="json") for message in ours[1]]
    their_messages = [message.model_dump(mode="json") for message in theirs[1]]
    if isinstance(theirs[2], Hang) and theirs[2].args == ("hops",):
        assert type(ours[2]).__name__ == "HopLoop", ours[2]
        shorter = min(len(our_messages), len(their_messages))
        assert our_messages[:shorter] == their_messages[:shorter]
        return
    assert our_messages == their_messages
    assert _error(ours[2]) == _error(theirs[2])
    assert ours[0] == theirs[0]


def _error(error: Exception | None) -> tuple[str, str] | None:
    """Return the type and message of an error, in one wording for what the two sides word differently."""
    if error is None:
        return None
    kind, message = type(error).__name__, str(error)
    if kind == "MachineError":
        state = message.rpartition("from state ")[2].partition("!")[0]
        return "stuck", state
    if kind == "NoWayOn" and "has no transition for" in message:
        return "stuck", message.removeprefix("no way on: state ").split()[0]
    if isinstance(error, Hang) or kind == "NoWayOn":
        return "no way on", ""
    return kind, message


def _without_input_at_zero(given: Given, state: dict[str, Any] | None) -> Given:
    if state is None or (state["main"]["state"], state["main"]["status"]) == ("zero", 2):
        return Given(variables=given.variables)
    return given


def _build_theirs(spec: Machine, probe: TheirProbe) -> Any:
    """Return *spec* on the original, whose sort decides the order of the transitions."""
    mixed: list[Machine] = []

    def transitions(machine: Machine) -> list[dict[str, Any]]:
        given = [way.as_dict() for way in machine.ways]
        try:
            probe.orders[id(machine)] = _sorted(given)
        except TypeError:
            mixed.append(machine)
            given = [_as_lists(way, machine) for way in machine.ways]
            probe.orders[id(machine)] = _sorted(given)
        return given

    def noted(machine: Machine) -> list[dict[str, Any]]:
        return [{**transition, "prepare": "about_to_choose"} for transition in transitions(machine)]

    cls = build(spec, jb_manager_bot, probe, noted)
    if mixed:
        with pytest.raises(TypeError):
            build(spec, jb_manager_bot, probe, _as_dicts).run_machine(print)
    return cls


def _sorted(transitions: list[dict[str, Any]]) -> list[int]:
    """Return the order in which the original tries *transitions*."""
    keys = [(transition["source"], transition.get("conditions", "")) for transition in transitions]
    return sorted(range(len(keys)), key=lambda index: keys[index], reverse=True)


def _as_dicts(machine: Machine) -> list[dict[str, Any]]:
    return [way.as_dict() for way in machine.ways]


def _as_lists(way: Way, machine: Machine) -> dict[str, Any]:
    conditions = way.as_dict().get("conditions", [])
    listed = [conditions] if isinstance(conditions, str) else conditions
    return {**way.as_dict(), "source": list(way.sources(machine.names)), "conditions": listed}
