"""The description of the API: the OpenAPI document, and a page made from it that needs nothing from anywhere else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, current_app, render_template
from markupsafe import Markup, escape

from service.api.answers import Json, json_response
from service.http import NOTHING

blueprint = Blueprint(
    "docs", __name__, url_prefix="/api/v1", static_folder="static", static_url_path="/docs/static", template_folder="templates"
)
PAGE_POLICY = f"{NOTHING}; style-src 'self'"
METHODS = ("get", "post", "delete")
_CODE, _STRONG = re.compile(r"`([^`]+)`"), re.compile(r"\*\*([^*]+)\*\*")


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The OpenAPI document (3.1)."""
    return json_response(current_app.extensions["annals-openapi"]())


@blueprint.get("/docs")
def page() -> Response:
    """The same for people."""
    spec = current_app.extensions["annals-openapi"]()
    features = [{**tag, "calls": [call for call in _calls(spec) if tag["name"] in call["tags"]]} for tag in spec["tags"]]
    response = Response(render_template("docs.html", spec=spec, features=features), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


@blueprint.app_template_filter("code")
def marked(text: str) -> Markup:
    """The text with what stands between backquotes as code, and between two asterisks emphasized."""
    return Markup(_STRONG.sub(r"<strong>\1</strong>", _CODE.sub(r"<code>\1</code>", str(escape(text)))))


@blueprint.app_template_filter("breakable")
def breakable(path: str) -> Markup:
    """The path with a place to break the line after each slash."""
    return Markup(str(escape(path)).replace("/", "/<wbr>"))


@blueprint.app_template_filter("pretty")
def pretty(example: Any) -> str:
    """An example as indented JSON."""
    return json.dumps(example, ensure_ascii=False, indent=2)


def _calls(spec: Json) -> Iterator[Json]:
    """Every call with its references put in, as the page shows it."""
    for path, operations in spec["paths"].items():
        for method in METHODS:
            if method in operations:
                call = operations[method]
                listed = [*operations.get("parameters", []), *call.get("parameters", [])]
                responses = {status: _resolved(spec, response) for status, response in sorted(call["responses"].items())}
                parameters = [_resolved(spec, parameter) for parameter in listed]
                yield {**call, "method": method.upper(), "path": path, "parameters": parameters, "responses": responses}


def _resolved(spec: Json, part: Json) -> Json:
    found: Any = part
    while "$ref" in found:
        _, _, group, name = found["$ref"].split("/")
        found = spec["components"][group][name]
    return dict(found)
