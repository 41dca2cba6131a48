"""The kinds of what can be found wrong with a bot, each with what it means in a line: words of everybody who reports."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]


class Kind(NamedTuple):
    """How bad a kind is unless somebody says otherwise, and what it means."""

    severity: Severity
    meaning: str


RAISED: dict[str, Kind] = {
    "bot-raised": Kind("error", "the bot raised"),
    "no-way-on": Kind("error", "no guard is true"),
    "hop-loop": Kind("error", "a turn goes round in circles"),
    "unknown-state": Kind("error", "a next state that nothing handles"),
    "context-not-json": Kind("error", "a context that JSON cannot hold"),
    "bad-result": Kind("error", "a handler returned what is no state and context"),
    "bad-message": Kind("error", "a message that its channel cannot take"),
}
"""The bot does not come through a turn: a scenario fails with these by itself."""

SEEN: dict[str, Kind] = {
    "context-changes": Kind("error", "a context that a round trip through a store changes"),
    "nondeterministic": Kind("error", "the same snapshot and event come to two turns"),
    "cross-chat": Kind("error", "a chat is another one beside a second chat"),
    "option-refused": Kind("error", "an offered option that meets no handler, or is answered as nonsense is"),
    "empty-reply": Kind("error", "a reply without content"),
    "stale-option": Kind("warning", "a button of an earlier turn is taken"),
    "silent-turn": Kind("warning", "a turn without a reply while the bot waits for a person"),
    "guard-overlap": Kind("warning", "two guards are true at once where documented and published order differ"),
}
"""Looking at a turn shows these, and at how it is played again."""

WHERE_IT_LEADS: dict[str, Kind] = {
    "dead-end": Kind("error", "a state that never changes or answers again, whatever comes"),
    "no-end": Kind("error", "a waiting state from which no end can be reached"),
    "context-grows": Kind("warning", "a context that grows without bound"),
}
"""Only what can be reached from there shows these."""

DELIVERED: dict[str, Kind] = {
    "applied-twice": Kind("error", "what is delivered twice is applied twice, where the bot saw its id"),
    "lost-update": Kind("error", "two events at once end as no order of them would"),
    "acts-after-end": Kind("warning", "a late callback changes the bot after its end"),
    "redelivery-changes": Kind("warning", "a second delivery shows outside"),
    "crash-repeats": Kind("warning", "a crash between sending and saving shows outside"),
}
"""Events that arrive in other ways show these."""

OF_THE_WHOLE: dict[str, Kind] = {
    "property": Kind("error", "a property of the user's own that does not hold"),
    "unreachable": Kind("warning", "a declared state or transition that nothing reaches"),
    "call-not-mocked": Kind("warning", "the bot called something outside that no mock answers"),
}
"""No single conversation shows these, or needs words of its own."""

KINDS: dict[str, Kind] = RAISED | SEEN | WHERE_IT_LEADS | DELIVERED | OF_THE_WHOLE

NEVER: tuple[str, ...] = (*RAISED, *SEEN, *WHERE_IT_LEADS)
"""What a scenario may say that never comes of it, beside how an event arrives."""
