"""The JSON Schema of scenario files, made from the models that read them, for editors.

A schema can say less than loading does: which keys stand where, and of what type their values are.  What loads is
right for it too, with one exception: people whom only the ``chatsim.yaml`` of a folder declares are unknown to it.
"""

from __future__ import annotations

import copy
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from chatsim.scenario.schema_words import DESCRIPTIONS, LEAVES
from chatsim.scenario.sharing import FOLDER_KEYS, UNDER_SCENARIOS
from chatsim.scenario.written import ScenarioDocument, WrittenFragment, WrittenGiven, WrittenScenario
from chatsim.scenario.written_base import Written
from chatsim.scenario.written_steps import BARE_WORDS, STEP_WORDS, UnknownStep, WrittenBot, WrittenCheck, WrittenStep
from chatsim.scenario.written_world import WrittenCall, WrittenMock

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NAMED = "WithPeople"
_PERSON = r"^[^\W\d][\w-]*$"


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of scenario files, of files to include, and of ``chatsim.yaml``.

    >>> schema = scenario_schema()
    >>> schema["$schema"], schema["properties"]["bot"]["type"]
    ('https://json-schema.org/draft/2020-12/schema', 'string')
    """
    generated = ScenarioDocument.model_json_schema(schema_generator=_Generator, ref_template="#/$defs/{model}")
    definitions: dict[str, Any] = generated.pop("$defs")
    definitions.pop(UnknownStep.__name__, None)
    steps = definitions[WrittenFragment.__name__]["anyOf"][0]["items"]
    definitions = _with_step(definitions, steps)
    scenario = _of_mapping(definitions[WrittenScenario.__name__])
    for key in UNDER_SCENARIOS:
        generated["properties"][key] = scenario["properties"][key]
    for key, name in _STEPPED.items():
        definitions[name] = _with_step(generated["properties"][key], steps)
        generated["properties"][key] = {"description": definitions[name]["description"]}
    defaults = copy.deepcopy(scenario)
    for key in ("steps", "cases"):
        del defaults["properties"][key]
    defaults.pop("required", None)
    given = copy.deepcopy(definitions[WrittenGiven.__name__])
    given.pop("required")
    defaults["properties"]["given"] = {**given, "description": defaults["properties"]["given"]["description"]}
    definitions["Defaults"] = defaults
    about = DESCRIPTIONS["ScenarioDocument.defaults"]
    generated["properties"]["defaults"] = {"$ref": "#/$defs/Defaults", "description": about}
    generated.pop("required", None)
    return {
        "$schema": DIALECT,
        "title": "chatsim scenario file",
        **generated,
        **_needed(),
        "$defs": definitions | _with_people(definitions),
    }


def _with_step(schema: Any, step: dict[str, Any]) -> Any:
    """Return *schema* with a reference wherever it says what a step may be, which among definitions is said once."""
    if schema == step:
        return {"$ref": "#/$defs/Step"}
    if isinstance(schema, dict):
        found = {key: _with_step(item, step) for key, item in schema.items()}
        return {**found, "Step": step} if WrittenScenario.__name__ in schema else found
    return [_with_step(item, step) for item in schema] if isinstance(schema, list) else schema


_STEPPED = {"scenarios": "Scenarios", "fragments": "Fragments"}
"""The keys at the top below which steps stand, and what their definitions are called."""


def _needed() -> dict[str, Any]:
    """Ask for scenarios, or for something that a file shares; let people speak where there may be some."""
    some_scenario = {
        "properties": {"scenarios": {"additionalProperties": {"not": {"type": "object", "required": ["users"]}}}}
    }
    strangers = {"type": "object", **some_scenario}
    people = [{"required": [key]} for key in ("users", "include", "defaults")]
    alone = {"properties": {key: {"$ref": f"#/$defs/{name}"} for key, name in _STEPPED.items()}}
    return {
        "anyOf": [{"required": [key]} for key in ("scenarios", *FOLDER_KEYS)],
        "if": {"anyOf": [*people, {"not": strangers}]},
        "then": _renamed_refs(alone),
        "else": alone,
    }


# ---------------------------------------------------------------- people


def _with_people(definitions: dict[str, Any]) -> dict[str, Any]:
    """Return every definition once more, such that steps may have the name of a person for their word."""
    named: dict[str, Any] = {}
    for name, definition in definitions.items():
        named[f"{name}{_NAMED}"] = _renamed_refs(copy.deepcopy(definition))
    named[f"Step{_NAMED}"]["anyOf"].append(
        {
            "description": "Somebody of `users` says something.",
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": _PERSON, "not": {"enum": list(STEP_WORDS)}},
        }
    )
    return named


def _renamed_refs(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: f"{item}{_NAMED}" if key == "$ref" else _renamed_refs(item) for key, item in schema.items()}
    return [_renamed_refs(item) for item in schema] if isinstance(schema, list) else schema


def _of_mapping(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the part of *schema* that is about the mapping, where something shorter may be written instead."""
    found: dict[str, Any] = next((part for part in schema.get("anyOf", ()) if "properties" in part), schema)
    return found


# ---------------------------------------------------------------- from the models


class _Generator(GenerateJsonSchema):
    """Says of each model what may be written for it."""

    def function_plain_schema(self, schema: core_schema.PlainValidatorFunctionSchema) -> JsonSchemaValue:
        """Return what the reader of a leaf takes."""
        reader = getattr(schema["function"]["function"], "reader", None)
        return copy.deepcopy(LEAVES[getattr(reader, "__name__", "")])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Return the schema without the default, which stands for a key that is not there."""
        return self.generate_inner(schema["schema"])

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Return the schema without null, which stands for a key that is not there."""
        return self.generate_inner(schema["schema"])

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """Return any of the steps."""
        # The bare words come first: yaml-language-server offers only what stands after the best match so far.
        tags = sorted(schema["choices"], key=lambda tag: tag not in BARE_WORDS)
        return {"anyOf": [self.generate_inner(schema["choices"][tag]) for tag in tags if tag != "unknown"]}

    def is_instance_schema(self, schema: core_schema.IsInstanceSchema) -> JsonSchemaValue:  # noqa: ARG002
        """Return nothing for what is only inside of chatsim; no key names it."""
        return {}

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Return the mapping, or what may be written instead."""
        model = schema["cls"]
        found = super().model_schema(schema)
        return _written(model, found) if issubclass(model, Written) else found


def _written(model: type[Written], schema: dict[str, Any]) -> dict[str, Any]:
    """Return *schema* with the keys that *model* knows, described, and what may be written instead of the mapping."""
    fields: dict[str, Any] = schema.get("properties", {})
    if model is WrittenCall:
        named = {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": fields["content"]}
        return {"anyOf": [{"type": "string"}, named]}
    properties = {key: _described(model, key, fields[key]) for key in fields if key in model.keys()}  # noqa: SIM118
    mapping: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
    required = [key for key in schema.get("required", ()) if key in properties]
    if required:
        mapping["required"] = required
    elif model is WrittenCheck or model.bare:
        mapping["minProperties"] = 1
    if issubclass(model, WrittenStep):
        mapping["patternProperties"] = {r"^vars(\.[^.]+)+$": {"description": DESCRIPTIONS["vars.…"]}}
    if model is WrittenBot:
        mapping = _to_somebody(mapping)
    if model.bare:
        word = next(key for key in properties if key in STEP_WORDS)
        return {
            "description": properties[word]["description"],
            "anyOf": [{"const": word}, {**mapping, "required": [word]}],
        }
    if model is WrittenMock:
        answers = fields["answers"]
        return {"anyOf": [answers["items"], {**answers, "minItems": 1}]}
    if model.instead:
        return {"anyOf": [{**fields[model.instead], **_BOUNDS.get(model.instead, {})}, mapping]}
    return mapping


def _to_somebody(mapping: dict[str, Any]) -> dict[str, Any]:
    """Let ``bot>name`` stand in the place of ``bot``."""
    del mapping["required"]
    mapping["patternProperties"][r"^bot>."] = mapping["properties"]["bot"]
    return {**mapping, "anyOf": [{"required": ["bot"]}, {"patternProperties": {r"^bot>.": True}, "minProperties": 1}]}


_BOUNDS: dict[str, dict[str, int]] = {
    "steps": {"minItems": 1},
    "any_order": {"minItems": 1},
    "fork": {"minProperties": 1},
    "scenarios": {"minProperties": 1},
}
"""Where something must stand in a list or mapping."""


def _described(model: type[Written], key: str, schema: dict[str, Any]) -> dict[str, Any]:
    bound = _BOUNDS.get(key, {}) if schema.get("type") in {"array", "object"} else {}
    owner = next(each for each in model.__mro__ if f"{each.__name__}.{key}" in DESCRIPTIONS)
    return {
        **{name: item for name, item in schema.items() if name != "title"},
        **bound,
        "description": DESCRIPTIONS[f"{owner.__name__}.{key}"],
    }
