"""What JUnit and other reports are told about a scenario beside its outcome."""

from __future__ import annotations

from chatsim.scenario.model import ScenarioCase, ScenarioFile
from chatsim.scenario.verdict import Verdict

_MOST_STATES = 50
Properties = list[tuple[str, object]]


def properties_of(case: ScenarioCase, file: ScenarioFile, seed: int) -> Properties:
    """Return what is known of *case* before it runs: its bot, its scenario, its tags, the seed."""
    found: Properties = [("bot", file.bot), ("scenario", case.name)]
    if case.marks.tags:
        found.append(("tags", " ".join(case.marks.tags)))
    return [*found, ("seed", seed)]


def result_of(verdict: Verdict) -> Properties:
    """Return the states that the bot went through; of very many the last ones."""
    hops = [hop for turn in verdict.trace.turns for hop in turn.hops if not hop.machine and hop.target is not None]
    if not hops:
        return []
    states = [str(hops[0].source), *(str(hop.target) for hop in hops)]
    left_out = ["…"] if len(states) > _MOST_STATES else []
    return [("states", " → ".join([*left_out, *states[-_MOST_STATES:]]))]
