"""What the JSON Schema of scenario files says of single values, and of each key."""

from __future__ import annotations

from typing import Any

from chatsim.delivery.faults import CRASH_POINTS, PLAIN
from chatsim.delivery.faults import TROUBLES as STORE_TROUBLES
from chatsim.delivery.oracle import ASKED_FOR, ERRORS
from chatsim.kinds import NEVER
from chatsim.scenario.durations import SECONDS
from chatsim.scenario.marks import MOST_REPEATED
from chatsim.scenario.readers import DESTINATIONS, WAITS
from chatsim.world.outgoing import TROUBLES

WORDS: dict[str, Any] = {"type": ["string", "number", "boolean"]}
"""Text as it is typed; an editor takes ``7`` and ``true`` for data, and they are texts all the same."""

TEXT = {"type": "object", "properties": {"text": WORDS}, "required": ["text"], "additionalProperties": False}
_TEMPLATE = {"anyOf": [WORDS, TEXT]}


def _one_of(texts: dict[str, Any]) -> dict[str, Any]:
    listed = {"type": "array", "minItems": 1, "items": texts}
    return {"type": "object", "properties": {"one_of": listed}, "required": ["one_of"], "additionalProperties": False}


_PATTERN = {"anyOf": [WORDS, TEXT, _one_of({"anyOf": [WORDS, TEXT]})]}
_DATA = {"type": "object"}
_BOOL = {"type": "boolean"}
_NAME = {"type": "string", "pattern": r"^[^\W\d]\w*$"}
_NAMES = {"anyOf": [_NAME, {"type": "array", "items": _NAME}]}
_DURATION = {"type": "string", "pattern": rf"^\s*([0-9.]+\s*[{''.join(SECONDS)}]\s*)+$|\$\{{"}
_REAL_DURATION = {"type": "string", "pattern": rf"^\s*([0-9.]+\s*[{''.join(SECONDS)}]\s*)+$"}
_NAMED_WORDS = {"type": "object", "additionalProperties": _TEMPLATE}
_NAMED_PATTERNS = {"type": "object", "additionalProperties": _PATTERN}
_DEED = {
    "type": "object",
    "anyOf": [{"required": [deed]} for deed in ("tap", "form", "file", "callback")],
}
_PEOPLE = {"anyOf": [{"type": "array", "items": WORDS}, {"type": "object", "additionalProperties": WORDS}]}
_DELIVERED = {"enum": [*ERRORS, *ASKED_FOR]}
_NEVER = {"enum": list(NEVER)}
_ROW = {"type": "object", "propertyNames": {"pattern": r"^[^\W\d][\w-]*$"}}

LEAVES: dict[str, dict[str, Any]] = {
    "read_any_pattern": {},
    "read_any_template": {},
    "read_args": {"type": "array"},
    "read_bool": _BOOL,
    "read_bytes": {"anyOf": [WORDS, TEXT]},
    "read_callback": {"anyOf": [WORDS, {"type": ["object", "array"]}]},
    "read_cases": {"type": "object", "minProperties": 1, "additionalProperties": _ROW},
    "read_crash": {"type": "string", "pattern": rf"^({'|'.join(CRASH_POINTS)})( +[0-9]+)?$"},
    "read_data_template": _DATA,
    "read_defaults": _DATA,
    "read_destination": {"enum": list(DESTINATIONS)},
    "read_env": {"type": "object", "additionalProperties": WORDS},
    "read_hosts": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    "read_how": {"enum": list(PLAIN)},
    "read_delivered_kinds": {"anyOf": [_DELIVERED, {"type": "array", "minItems": 1, "items": _DELIVERED}]},
    "_read_never": {"anyOf": [_NEVER, {"type": "array", "minItems": 1, "items": _NEVER}]},
    "read_mapping_data": _DATA,
    "read_named_patterns": _NAMED_PATTERNS,
    "read_names": _NAMES,
    "read_nothing": {"type": "null"},
    "read_paths": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    "read_pattern": _PATTERN,
    "read_patterns": {"type": "array", "items": _PATTERN},
    "read_plain": {"type": "string"},
    "read_reason": {"type": "string", "minLength": 1},
    "read_repeat": {"type": "integer", "minimum": 1, "maximum": MOST_REPEATED},
    "read_said": {"anyOf": [{"type": "null"}, WORDS, TEXT, _one_of(_TEMPLATE), _DEED]},
    "read_store": {"enum": list(STORE_TROUBLES)},
    "read_status": {"type": "integer", "minimum": 200, "maximum": 599},
    "read_template": _TEMPLATE,
    "read_templates": _NAMED_WORDS,
    "read_time": _DURATION,
    "read_timeout": _REAL_DURATION,
    "read_trouble": {"enum": list(TROUBLES)},
    "read_use": {"type": "string", "minLength": 1},
    "read_vars": _DATA,
    "read_wait": _DURATION,
    "read_waits": {"enum": list(WAITS)},
    "_read_users": _PEOPLE,
    "_leave": {},
}
"""What may stand where a value is read by the function of this name."""

DESCRIPTIONS = {
    "ScenarioDocument.bot": "The bot: module:object, from this file's folder first, then from sys.path.",
    "ScenarioDocument.credentials": "What the bot's framework takes as credentials.",
    "ScenarioDocument.mock": "What the bot calls outside, by METHOD URL, in every scenario of the file.",
    "ScenarioDocument.allow": "Hosts that the bot reaches for real in every scenario of the file: [localhost:8080].",
    "ScenarioDocument.users": "The people who talk with the bot: [ann, cook], or {ann: table, bob: table} for one chat.",
    "ScenarioDocument.env": "Environment variables that the bot finds while it is loaded and while it runs.",
    "ScenarioDocument.include": "A file, or several, whose fragments, mocks and users are brought in.",
    "ScenarioDocument.fragments": "Steps by name, to be used with `use: name(argument=value)`.",
    "ScenarioDocument.defaults": "What goes under every scenario of the file: any of its keys but steps and cases.",
    "ScenarioDocument.scenarios": "The scenarios by name: a list of steps each, or a mapping with `steps`.",
    "WrittenScenario.given": "Start in the middle of a conversation: its state, and variables.",
    "WrittenScenario.mock": "What the bot calls outside, by METHOD URL, with the answer or a sequence of answers.",
    "WrittenScenario.allow": "Hosts that the bot reaches for real: localhost:8080, or localhost for all of its ports.",
    "WrittenScenario.users": "The people who talk with the bot, beside those of the file.",
    "WrittenScenario.env": "Environment variables that the bot finds in this scenario.",
    "WrittenScenario.tags": "Names to choose scenarios by: pytest -m NAME, chatsim run --tag NAME.",
    "WrittenScenario.skip": "Why the scenario is not run.",
    "WrittenScenario.xfail": "Why the scenario is expected to fail.",
    "WrittenScenario.timeout": "How long one test may take, in real time: 5s.",
    "WrittenScenario.repeat": "How often each test is run; every run must go the same way.",
    "WrittenScenario.fixtures": "pytest fixtures that are set up around the scenario.",
    "WrittenScenario.cases": "One test for each row; its cells stand for ${column} in the steps.",
    "WrittenScenario.steps": "What is said and done, in order.",
    "WrittenXfail.reason": "Why the scenario is expected to fail.",
    "WrittenXfail.strict": "Whether passing all the same is a failure.",
    "WrittenXfail.raises": "The type of the error that the bot must raise for the failure to count as expected.",
    "WrittenGiven.state": "The state to start in.",
    "WrittenGiven.vars": "The variables to start with.",
    "WrittenFragment.steps": "The steps of the fragment.",
    "WrittenBranch.steps": "How the chat goes on in this branch.",
    "WrittenStep.state": "The state of the chat after this step.",
    "WrittenStep.vars": "Variables of the chat after this step; only those that are named are asked.",
    "vars.…": "One variable of the chat after this step; dots go inwards.",
    "WrittenStep.waits": "What the bot waits for after this step: input, callback or end.",
    "WrittenAct.deliver": (
        "How this arrives: twice, reordered (after the next), dropped, late (after the end), restart, expired; or "
        "{with: …}, {crash: …}, {store: …}."
    ),
    "WrittenDelivery.how": "twice, reordered, dropped, late, restart or expired.",
    "WrittenDelivery.with": "What arrives at the same time, in the same chat: user, tap, form, file or callback.",
    "WrittenDelivery.crash": (
        "Where the process dies: before-send N, after-send N (a message or call, counted from 1), before-save, "
        "after-save. It comes back, and this is delivered again."
    ),
    "WrittenDelivery.store": (
        "timeout: nothing is saved, and this is delivered again. stale: the chat is loaded as it was before its last turn."
    ),
    "WrittenDelivery.may": "What the bot may make of it: applied-twice, lost-update.",
    "WrittenDelivery.never": "What the bot must not make of it either: redelivery-changes, crash-repeats, …",
    "WrittenWith.user": "A person writes this.",
    "WrittenWith.tap": "A person chooses the option with this title.",
    "WrittenWith.form": "A person hands a form in: its fields.",
    "WrittenWith.file": "A person sends a file.",
    "WrittenWith.callback": "A webhook calls: text as it is, a mapping as JSON.",
    "WrittenUser.user": "A person writes this; null starts the chat without input; {one_of: […]} are phrasings.",
    "WrittenTap.tap": "A person chooses the option with this title, of those that the bot offered.",
    "TapContent.option": "The title of the option.",
    "TapContent.id": "The id of the option.",
    "TapContent.stale": "Whether an option may be tapped that was offered before the last turn.",
    "WrittenForm.form": "A person hands a form in: its fields.",
    "WrittenFile.file": "A person sends a file: a path from the folder of this file, or {bytes, name, type}.",
    "FileContent.bytes": "What is in the file: text (UTF-8), or !!binary.",
    "FileContent.name": "The name of the file.",
    "FileContent.type": "Its media type; guessed from the name if not given.",
    "WrittenCallback.callback": "A webhook calls: text as it is, a mapping as JSON.",
    "WrittenWait.wait": "Time passes on the bot's clock; nothing sleeps.",
    "WrittenRestart.restart": "The bot's process dies and comes back: what is not in its snapshot is gone.",
    "WrittenCalls.calls": "Which calls the bot made since, and with what, in order.",
    "WrittenBot.bot": "The bot's next reply: ... is anything, /…/ a regular expression, ${x:int} takes a value out.",
    "WrittenBot.options": "The titles of all options that the reply offers, in order.",
    "WrittenBot.header": "The reply's header.",
    "WrittenBot.footer": "The reply's footer.",
    "WrittenBot.media": "The address or file name of the reply's media.",
    "WrittenBot.type": "The platform's word for the kind of message.",
    "WrittenBot.dest": "Where the reply goes: out, channel or rag.",
    "WrittenBot.within": "How long after what the person did the reply may come at the latest, on the bot's clock.",
    "WrittenAnyOrder.any_order": "The next replies, in whatever order.",
    "WrittenRaises.raises": "The error that the bot is meant to raise: its type, or type and message.",
    "WrittenAnything.anything": "The bot may say whatever else it likes, or nothing.",
    "WrittenNever.never": "What happened shows nothing of this kind: dead-end, silent-turn, nondeterministic, …",
    "WrittenSilent.silent": "The bot says nothing, or nothing more.",
    "WrittenEnd.end": "The conversation has ended.",
    "WrittenFork.fork": "How the chat goes on, in several ways; each is a test that shares the steps before.",
    "WrittenUse.use": 'Play a fragment: name, or name(argument=value, other="a, b").',
    "WrittenAsked.json": "The JSON of the body.",
    "WrittenAsked.headers": "Headers by name.",
    "WrittenAsked.query": "Parameters of the URL by name.",
    "WrittenAnswerFields.when": "Which requests this is the answer for: json, headers, query.",
    "WrittenAnswerFields.status": "The status; 200 if not given.",
    "WrittenAnswerFields.json": "The body as JSON.",
    "WrittenAnswerFields.text": "The body as text.",
    "WrittenAnswerFields.body": "The body as bytes.",
    "WrittenAnswerFields.headers": "Headers by name.",
    "WrittenAnswerFields.delay": "After how long the answer comes, on the bot's clock.",
    "WrittenAnswerFields.timeout": "Whether no answer ever comes.",
    "WrittenAnswerFields.error": "How the call fails below HTTP.",
    "WrittenAnswerFields.returns": "What a mocked function returns.",
    "WrittenAnswerFields.raises": "What a mocked function raises: Type, or Type: message.",
    "WrittenAnswerFields.optional": "Whether it is right when this is never asked for.",
    "WrittenCallFields.json": "The JSON of the body.",
    "WrittenCallFields.text": "The body as text.",
    "WrittenCallFields.form": "The fields of a form.",
    "WrittenCallFields.headers": "Headers by name.",
    "WrittenCallFields.query": "Parameters of the URL by name.",
    "WrittenCallFields.args": "The positional arguments of a function.",
    "WrittenCallFields.kwargs": "The named arguments of a function.",
}
"""What each key is for, as an editor shows it."""
