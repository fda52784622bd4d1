"""The OpenAPI document (3.1), made from the calls and from the declarations of the event types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask

from events.posting import post_schema
from events.types import EventType, event_types
from service.api.calls import Api, Feature
from service.api.schemas import SCHEMAS
from service.api.shapes import Schema, ref

OPENAPI = "3.1.0"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
COMPONENTS, LOCAL = "#/components/schemas/", "#/$defs/"
SOURCE = {"url": "https://example.com/news/1", "title": "The news of the day", "publisher": "Example News"}
LICENSE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
DESCRIPTION = """\
Annals keeps a company's story straight: dated, sourced events go in, and how things stood on any day comes out, with what was
known then.

**Reading.** Every read takes `as_of` (a day), `known_at` (an instant or a day) and `clock` (`public` or `recorded`), and also
`include` and `lang`. Lists are pages of up to 200 items; follow `next` until it is null.

**Positions.** Every answer has the `position` in the log up to which it is complete. Send a write's position as
`Annals-Min-Position` with a read that has to include it.

**Retries.** A write sent again under the same `Idempotency-Key` gets the first answer and does nothing twice.

**Keys.** As long as no key exists, everybody may read and write. From the first one on, a write needs `Authorization: Bearer` with a
key of scope `write`, and what is about keys one of scope `admin`; reads are open unless this server has them closed. A `known_at` yet to
come is read as now for whoever may not write.

**Limits.** A JSON body has at most 1 MiB, an import at most 256 MiB and each of its lines 1,000,000 bytes.

**Errors** are problem details (RFC 9457) of one shape: each of `errors` names the field, its value, and what would be right."""

MOVED = "It is read under another id, which `Location` has: it was merged, or given by a name"
PLACES = {
    "key": "The key of a role, or one of its titles.",
    "event_id": "The id of an event.",
    "entity": "An id, or a name that only one bears, percent-encoded.",
    "article_id": "The id of an article.",
    "name": "The name of a type.",
    "key_name": "The name of a key.",
    "n": "The number of a source, from 1.",
}


@cache
def document(features: tuple[Feature, ...]) -> dict[str, Any]:
    """The whole document, as JSON; made once, when it is first asked for, since making it takes longer than an application's start."""
    found: dict[str, Any] = _described(Flask(__name__), features).spec.to_dict()
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            if isinstance(operation, dict):
                operation["operationId"] = _operation_id(method, path)
                if method == "get" and "{entity}" in path:
                    operation["responses"]["308"] = {"description": MOVED}
        for parameter in operations.get("parameters", ()):
            parameter["description"] = PLACES[parameter["name"]]
    return found


def _described(app: Flask, features: Iterable[Feature]) -> Any:
    app.config.update(API_TITLE="Annals", API_VERSION="1", OPENAPI_VERSION=OPENAPI)
    untyped: Any = Api
    api: Any = untyped(app, spec_kwargs={"info": {"description": DESCRIPTION, "license": LICENSE}, "security": [{}, {"key": []}]})
    api.spec.components.security_scheme("key", {"type": "http", "scheme": "bearer", "description": "A key: `annals_…`."})
    for name, schema in SCHEMAS.items():
        api.spec.components.schema(name, schema)
    for name, schema in _posts(api.ma_plugin).items():
        api.spec.components.schema(name, schema)
    for feature in features:
        api.register_blueprint(feature)
    return api


@cache
def type_schema(name: str) -> Schema:
    """The JSON Schema (2020-12) of a post of the type called `name`, complete in itself."""
    plugin = MarshmallowPlugin()
    spec = APISpec("", "", OPENAPI, plugins=[plugin])
    own = _post(plugin, event_types()[name])
    return {"$schema": DIALECT, "title": name, **_localized({**own, "$defs": spec.to_dict()["components"]["schemas"]})}


def example(kind: EventType) -> dict[str, Any]:
    """A post of that type that would be accepted."""
    return {"type": kind.name, **kind.example, "sources": [SOURCE]}


def _posts(plugin: MarshmallowPlugin) -> Mapping[str, Schema]:
    own = {_component(kind): {**_post(plugin, kind), "examples": [example(kind)]} for kind in event_types().values()}
    mapping = {kind.name: COMPONENTS + _component(kind) for kind in event_types().values()}
    discriminator = {"propertyName": "type", "mapping": mapping}
    return {**own, "Post": {"oneOf": [ref(name) for name in own], "discriminator": discriminator}}


def _component(kind: EventType) -> str:
    return "".join(part.capitalize() for part in kind.name.split("_")) + "Post"


def _post(plugin: MarshmallowPlugin, kind: EventType) -> Schema:
    converter: Any = plugin.converter
    found = converter.schema2jsonschema(post_schema(kind.name))
    properties = {"type": {"const": kind.name}, **{name: field for name, field in found["properties"].items() if name != "type"}}
    return {**found, "description": kind.label[0], "properties": properties, "required": ["type", *found["required"]]}


def _localized(schema: Any) -> Any:
    """The schema with references to its own definitions instead of the document's."""
    if isinstance(schema, dict):
        return {key: value.replace(COMPONENTS, LOCAL) if key == "$ref" else _localized(value) for key, value in schema.items()}
    return [_localized(item) for item in schema] if isinstance(schema, list) else schema


def _operation_id(method: str, path: str) -> str:
    words = re.findall(r"[a-z]+", path.removeprefix("/api/v1"))
    return "_".join((method, *words))
