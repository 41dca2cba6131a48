"""What the result of a search says, and what becomes of what was found."""

import msgspec
import pytest

from chatsim.explore.checks.base import Found
from chatsim.explore.checks.deliveries import Deliveries
from chatsim.explore.letters import Letter
from chatsim.explore.play.player import OutOfTime
from chatsim.explore.results.summed import HURRIED, outcome_of, summed
from chatsim.explore.seen.projection import Own
from chatsim.explore.walk.search import Limits
from chatsim.trace import ChatState, Failure, Guard, Hop, Reply, Snapshot, Text, Turn

GO, STAY = Text("go"), Text("stay")


def ring(state, context, event):
    """Go around three rooms; ask two guards on the way."""
    room = int(state or 0)
    target = str((room + 1) % 3 if event == GO else room)
    guards = (Guard("late", room == 2), Guard("open", True))
    return Turn(
        event=event,
        effects=(Reply(f"Room {target}"),),
        hops=(Hop(state, target, guards),) if state else (),
        snapshot=Snapshot({"user": ChatState(target)}),
    )


class Finds:
    """A check that finds at the end what it is given."""

    def __init__(self, *found, kinds=None, before=None):
        self.kinds = kinds or {"odd": "error", "even": "warning"}
        self.found, self.before = found, before
        self.until = "not asked"

    def begin(self, bot):
        pass

    def look(self, seen):
        return ()

    def close(self, whole):
        self.until = whole._search.player.until
        for found in self.found:
            if isinstance(found, BaseException):
                raise found
            yield found


def found(kind="odd", node=1, *letters, **more):
    return Found(kind, "0", f"{kind} thing", node, tuple(Letter(each) for each in letters), **more)


def result(search, ruling=None, **more):
    with search.player.inside():
        return summed(search, "shop:bot", ruling, **more)


class TestFigures:
    def test_of_a_complete_search(self, search_of):
        search = search_of(ring, [GO, STAY])
        told = result(search)
        assert (told.bot, told.outcome, told.stopped, told.snapshots, told.unexpanded) == (
            "shop:bot",
            "complete",
            "closed",
            4,
            0,
        )
        assert (told.steps, told.seconds, told.faults, told.mocks) == (8, search.seconds, 0, ())
        assert set(told.states) == {"(start)", "0", "1", "2"}
        assert told.guards == {"late": (False, True), "open": (True,)}
        assert list(told.guards) == ["late", "open"]
        assert set(told.hops) == {("0", "1"), ("1", "2"), ("2", "0"), ("0", "0"), ("1", "1"), ("2", "2")}
        assert len(told.transitions) == 8
        assert told.pairs == 16
        assert told.findings == ()

    def test_of_a_bounded_one(self, search_of):
        told = result(search_of(ring, [GO], limits=Limits(depth=2)))
        assert (told.outcome, told.stopped, told.snapshots, told.unexpanded) == ("bounded", "max-depth", 3, 1)

    def test_faults_of_checks_count(self, search_of):
        check = Deliveries()
        search = search_of(ring, [GO], check)
        search.book.faults = 7
        assert check.tried > 0
        assert result(search).faults == 7 + check.tried

    @pytest.mark.parametrize(
        ("is_projected", "unplayable", "stopped", "outcome"),
        [
            (True, 0, "closed", "projected"),
            (True, 0, "max-time", "projected"),
            (True, 1, "closed", "bounded"),
            (True, 0, "max-depth", "bounded"),
            (False, 0, "closed", "bounded"),
        ],
    )
    def test_outcomes(self, search_of, is_projected, unplayable, stopped, outcome):
        search = search_of(ring, [GO], limits=Limits(depth=2))
        search.is_projected, search.unplayable, search.stopped = is_projected, unplayable, stopped
        assert outcome_of(search) == outcome

    def test_what_was_reached_again(self, search_of):
        """The shortest trace to a state, and through a transition, is played when somebody asks for it."""
        told = result(search_of(ring, [STAY, GO]))
        assert [turn.event for turn in told.trace_to("2").turns] == [GO, GO]
        assert told.trace_to("(start)").turns == ()
        assert told.trace_to("nowhere") is None
        through = told.trace_through(("2", "text 'go'", "0"))
        assert [turn.event for turn in through.turns] == [GO, GO, GO]
        assert told.trace_through(("2", "text 'no'", "0")) is None


class TestFindings:
    def test_severities(self, search_of):
        """That of the kind counts, unless the finding has one of its own, or the user another."""
        given = (found(key="a"), found("even"), found(key="b", severity="warning"), found("new"))
        search = search_of(ring, [GO, STAY], Finds(*given))
        assert [(each.kind, each.key, each.severity) for each in result(search).findings] == [
            ("new", "", "error"),
            ("odd", "a", "error"),
            ("even", "", "warning"),
            ("odd", "b", "warning"),
        ]

    def test_the_user_rules(self, search_of):
        given = (found(key="a"), found("even"), found(key="b", severity="warning"), found("new"))
        search = search_of(ring, [GO, STAY], Finds(*given))
        told = result(search, {"odd": "off", "even": "error", "new": "warning"})
        assert [(each.kind, each.severity) for each in told.findings] == [("even", "error"), ("new", "warning")]

    def test_order(self, search_of):
        """Errors first, then warnings, then what is not certain; of each the shortest, and then by name."""
        given = (
            found("even", 3, key="sure"),
            found("even", 1, inconclusive=True),
            found("odd", 0, key="unsure", inconclusive=True),
            found("odd", 3, key="far"),
            found("odd", 1, key="state"),
            msgspec.structs.replace(found("odd", 1, key="no state"), state=None),
            found("aaa", 1),
        )
        search = search_of(ring, [GO, STAY], Finds(*given))
        assert [(each.kind, each.key, len(each.witness.turns)) for each in result(search).findings] == [
            ("aaa", "", 1),
            ("odd", "no state", 1),
            ("odd", "state", 1),
            ("odd", "far", 2),
            ("even", "sure", 2),
            ("odd", "unsure", 0),
            ("even", "", 1),
        ]

    def test_the_witness(self, search_of):
        """It is the way to where it was found, and what was said there; everything else is as the check has it."""
        given = found("odd", 0, GO, key="k", event="text 'go'", expects={"raises": "KeyError"}, inconclusive=True)
        search = search_of(ring, [GO, STAY], Finds(given))
        (told,) = result(search).findings
        assert [turn.event for turn in told.witness.turns] == [GO]
        assert (told.state, told.message, told.event, told.key) == ("0", "odd thing", "text 'go'", "k")
        assert (told.expects, told.inconclusive) == ({"raises": "KeyError"}, True)

    def test_an_error_that_does_not_happen_again_is_not_certain(self, search_of):
        given = found("bot-raised", 0, GO), found("no-way-on", 0)
        search = search_of(ring, [GO, STAY], Finds(*given))
        told = result(search).findings
        assert [each.inconclusive for each in told] == [True, True]
        assert {each.message for each in told} == {
            f"{kind} thing (played again from the start, it did not happen)" for kind in ("bot-raised", "no-way-on")
        }

    def test_one_that_does_is(self, search_of):
        def raising(state, context, event):
            error = Failure("bot-raised", "KeyError", "'a'") if event == STAY else None
            return Turn(event=event, snapshot=Snapshot({"user": ChatState("0")}), error=error)

        search = search_of(raising, [GO, STAY], Finds(found("bot-raised", 0, STAY), found("odd", 0, STAY)))
        told = result(search).findings
        assert [(each.message, each.inconclusive) for each in told] == [
            ("bot-raised thing", False),
            ("odd thing", False),
        ]

    def test_what_was_found_on_the_way_is_kept(self, search_of):
        search = search_of(ring, [GO, STAY], Finds(found(key="k")))
        search.found["odd", "k"] = msgspec.structs.replace(found(key="k"), message="found first")
        assert [each.message for each in result(search).findings] == ["found first"]


class TestStrict:
    GIVEN = Found("unreachable", "cellar", "nothing reaches it", 0)

    @pytest.mark.parametrize(
        ("depth", "ruling", "severity"),
        [(None, None, "error"), (2, None, "warning"), (None, {"unreachable": "warning"}, "warning")],
    )
    def test_unreachable(self, search_of, depth, ruling, severity):
        """What a complete search has not reached is an error, if the user does not say otherwise."""
        kinds = {"unreachable": "warning"}
        search = search_of(ring, [GO], Finds(self.GIVEN, kinds=kinds), limits=Limits(depth=depth))
        (told,) = result(search, ruling, strict=True).findings
        assert told.severity == severity
        (told,) = result(search).findings
        assert told.severity == "warning"


class TestTime:
    def test_as_long_as_it_takes(self, search_of):
        check = Finds()
        result(search_of(ring, [GO], check))
        assert check.until is None

    @pytest.mark.parametrize(("stopped", "seconds"), [("closed", 10.0 / 2 + HURRIED), ("interrupted", HURRIED)])
    def test_half_of_what_the_search_had(self, search_of, monkeypatch, stopped, seconds):
        check = Finds()
        search = search_of(ring, [GO], check, limits=Limits(seconds=10.0))
        search.stopped = stopped
        monkeypatch.setattr("chatsim.explore.results.summed.real_seconds", lambda: 1e9)
        result(search)
        assert check.until == 1e9 + seconds
        assert search.player.until is None

    def test_a_check_that_has_no_time_left_does_not_stop_the_others(self, search_of):
        search = search_of(ring, [GO], Finds(found(key="a"), OutOfTime()), Finds(found(key="b")))
        assert [each.key for each in result(search).findings] == ["a", "b"]

    def test_interrupted_at_the_end(self, search_of):
        """What was found so far is told."""
        search = search_of(ring, [GO], Finds(found(key="a"), KeyboardInterrupt()), Finds(found(key="b")))
        told = result(search)
        assert ([each.key for each in told.findings], told.stopped) == (["a"], "interrupted")
        assert search.player.until is None

    def test_interrupted_while_witnesses_are_played(self, search_of, monkeypatch):
        search = search_of(ring, [GO], Finds(found(key="a"), found(key="b")))
        trace = search.player.trace
        played = []

        def impatient(letters, name=""):
            if played:
                raise KeyboardInterrupt
            played.append(letters)
            return trace(letters, name)

        monkeypatch.setattr(search.player, "trace", impatient)
        told = result(search)
        assert ([each.key for each in told.findings], told.stopped) == (["a"], "interrupted")


def test_projected(search_of, monkeypatch):
    monkeypatch.setattr("chatsim.explore.walk.search.EXACT_STEPS", 0)
    search = search_of(lambda _, c, __: ("on", {"n": c.get("n", 0) + 1}), [GO], projection=Own(lambda _: 0))
    assert result(search).outcome == "projected"
