"""The building blocks of the JSON Schemas (2020-12) in the OpenAPI document."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
TRUTH: Schema = {"type": "boolean"}
POSITION: Schema = {"type": "integer", "description": "The place in the log up to which the answer is complete."}
INSTANT: Schema = {"type": "string", "format": "date-time"}
EVENT_ID: Schema = {"type": "string", "format": "uuid"}


def ref(name: str) -> Schema:
    """A reference to the schema called `name`."""
    return {"$ref": f"#/components/schemas/{name}"}


def either_null(schema: Schema) -> Schema:
    """The schema, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def several(schema: Schema, description: str = "") -> Schema:
    """A list of what the schema says."""
    return {"type": "array", "items": schema, **({"description": description} if description else {})}


def record(words: str, /, **properties: Schema) -> Schema:
    """An object with these properties, all of them there, which `words` describe."""
    return {"type": "object", "description": words, "properties": properties, "required": list(properties)}


def without(schema: Schema, *names: str) -> Schema:
    """The schema of an object in which those properties may be missing."""
    return {**schema, "required": [name for name in schema["required"] if name not in names]}


def page(name: str) -> Schema:
    """A page of a list of what the schema called `name` says."""
    following = either_null({"type": "string", "description": "The address of the next page, also in `Link`; null on the last."})
    return record("A page of a list.", items=several(ref(name)), next=following, position=POSITION)


def with_position(schema: Schema) -> Schema:
    """The schema of an object with the position that every answer has."""
    return {**schema, "properties": {**schema["properties"], "position": POSITION}, "required": [*schema["required"], "position"]}


NAMES: Schema = {"type": "object", "additionalProperties": TEXT, "description": "A name per language (`und`: undetermined)."}
EVENTS = several(EVENT_ID, "The events behind it.")
