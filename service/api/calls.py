"""How a call is declared: its route, what it reads and answers, and with that its part of the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from flask_smorest import Api as SmorestApi
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import INCLUDE, Schema, fields

from events.fields import must_be
from service.api.memento import Resource, negotiable
from service.api.parsing import JSON, StrictParser
from service.errors import CONTENT_TYPE
from service.reading import READ_PARAMETERS

View = TypeVar("View", bound=Callable[..., Any])
MOST_ITEMS, ITEMS = 200, 50
PROBLEMS = (400, 401, 403, 404, 409, 412, 413, 415, 421, 422, 429, 500, 503)
ANY_CALL = 401, 429
"""What any call may answer: that it needs a key, and that there were too many."""
READ_HEADERS = ("IF_NONE_MATCH", "MIN_POSITION")
HEADERS = {
    "IF_NONE_MATCH": ("If-None-Match", "The `ETag` of an answer that you have: 304 if it is still good."),
    "ACCEPT_DATETIME": (
        "Accept-Datetime",
        "A date (Wed, 25 Sep 2024 19:30:00 GMT): the answer leads to what was known then on the recorded clock (RFC 7089).",
    ),
    "MIN_POSITION": ("Annals-Min-Position", "Wait until the answer includes this `position` of an earlier write."),
    "IDEMPOTENCY_KEY": (
        "Idempotency-Key",
        "A key of your own for this write. Sent again with the same body it gets the first answer; with another body it is 422.",
    ),
    "IF_MATCH": ("If-Match", 'The `ETag` of the event as you know it, such as `"3"`: 412 if there is a newer version.'),
}

RESPONSE_HEADERS = {
    "ETAG": "Tells this answer from any other.",
    "FINAL": "`true` where no later write can change this answer: the recorded clock at a `known_at` that the log has gone beyond.",
    "LOCATION": "The address of what is new.",
    "MEMENTO_DATETIME": "The moment as of which this is a memento (RFC 7089).",
}


class WholeNumber(fields.Integer):
    """A whole number between two others, inclusive, given in decimal digits."""

    def __init__(self, least: int, most: int, what: str, **options: Any) -> None:
        metadata = {"minimum": least, "maximum": most, **options.pop("metadata", {})}
        super().__init__(metadata=metadata, **options)
        self._least, self._most, self._what = least, most, what

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        number = int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20 else None
        if number is None or not self._least <= number <= self._most:
            must_be(value, self._what, f"a whole number from {self._least} to {self._most}")
        return number


class Limit(WholeNumber):
    """How many items a page has at most."""

    def __init__(self, default: int = ITEMS) -> None:
        words = f"How many items a page has at most, up to {MOST_ITEMS}."
        super().__init__(1, MOST_ITEMS, "a size of a page", load_default=default, metadata={"description": words})


class ReadQuery(Schema):
    """The parameters of every read."""

    as_of = fields.String(metadata={"description": READ_PARAMETERS["as_of"], "format": "date"})
    known_at = fields.String(metadata={"description": READ_PARAMETERS["known_at"]})
    clock = fields.String(metadata={"description": READ_PARAMETERS["clock"], "enum": ["public", "recorded"]})
    include = fields.String(metadata={"description": READ_PARAMETERS["include"], "enum": ["rumoured"]})
    lang = fields.String(metadata={"description": READ_PARAMETERS["lang"], "enum": ["en", "ja"]})


class PageQuery(ReadQuery):
    """The parameters of every list."""

    limit = Limit()
    cursor = fields.String(metadata={"description": "Where the page begins, from `next` of the page before; it pins all other parameters."})


class ProblemDetail(Schema):
    """One thing that is wrong."""

    field = fields.String(required=True, metadata={"description": "A path into what was sent, such as sources.0.url; empty for the whole."})
    value = fields.Raw(required=True, metadata={"description": "What was sent there."})
    message = fields.String(required=True, metadata={"description": "What is wrong with it."})
    expected = fields.String(required=True, metadata={"description": "What would be right."})


class Problems(Schema):
    """What went wrong, as RFC 9457 has it; some kinds have further members, such as `candidates` for a name of several."""

    class Meta:
        """Every member that is not listed is one of a kind of problem."""

        unknown = INCLUDE

    type = fields.String(required=True, metadata={"description": "What kind of problem it is: a URN, or about:blank for HTTP's own."})
    title = fields.String(required=True, metadata={"description": "The kind in words."})
    status = fields.Integer(required=True, metadata={"description": "The HTTP status."})
    detail = fields.String(required=True, metadata={"description": "What is wrong with this request."})
    errors = fields.List(fields.Nested(ProblemDetail), required=True, metadata={"description": "Each thing that is wrong."})


class Api(SmorestApi):
    """The OpenAPI document of all calls, whose errors are problem details."""

    ERROR_SCHEMA: Any = Problems

    def _register_error_handlers(self) -> None:
        """The handlers are the application's, for every address alike."""

    def _register_responses(self) -> None:
        content = {CONTENT_TYPE: {"schema": Problems}}
        for status in map(HTTPStatus, PROBLEMS):
            self.spec.components.response(status.name, {"description": status.phrase, "content": content}, lazy=True)
        self.spec.components.response("DEFAULT_ERROR", {"description": "A problem", "content": content}, lazy=True)
        self.spec.components.response("NOT_MODIFIED", {"description": "The answer that you have is still good"}, lazy=True)
        self.spec.components.response("MEMENTO", {"description": "What was known at the `Accept-Datetime`, by its address"}, lazy=True)
        for name, (header, words) in HEADERS.items():
            parameter = {"name": header, "description": words, "schema": {"type": "string"}}
            self.spec.components.parameter(name, "header", parameter, lazy=True)

    def _register_etag_headers(self) -> None:
        for name, words in RESPONSE_HEADERS.items():
            self.spec.components.header(name, {"description": words, "schema": {"type": "string"}}, lazy=True)

    def _register_pagination_header(self) -> None:
        """No pages by number: where a list goes on is `next`."""


def _without_query(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view of a call without parameters, which are read only to refuse them."""

    @wraps(view)
    def called(_: Mapping[str, Any], *given: Any, **arguments: Any) -> Any:
        return view(*given, **arguments)

    return called


class Feature(SmorestBlueprint):
    """The calls of one feature."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, description: str) -> None:
        untyped: Any = super()
        untyped.__init__(name, __name__, url_prefix="/api/v1", description=description)
        self._prepare_doc_cbks.append(self._prepare_headers_doc)
        self._smorest: Any = self  # its methods have no types

    def read(
        self, rule: str, answer: str, query: type[Schema] = ReadQuery, *, mementos: Resource | None = None, content_type: str = JSON,
        problems: Sequence[int] = (422, 503), headers: Sequence[str] = READ_HEADERS,
    ) -> Callable[[View], View]:  # fmt: skip
        """Declare a GET that answers the schema named `answer`; the view gets its parameters as a mapping first.

        `mementos` says what it shows, if `Accept-Datetime` is to lead to what was known of that then.
        """
        usual = (*ANY_CALL, *problems, *((404,) if "<" in rule else ()), *((400,) if mementos else ()))
        all_headers = (*headers, *(("ACCEPT_DATETIME",) if mementos else ()))

        def declare(view: View) -> View:
            travelling = negotiable(mementos, view) if mementos else view
            documented = self._documented(travelling, {200: answer}, content_type, usual, all_headers)
            self._smorest.route(rule, methods=["GET"])(self._smorest.arguments(query, location="query")(documented))
            return view

        return declare

    def write(
        self, rule: str, answers: dict[int, str], *, body: type[Schema] | str | None = None, query: type[Schema] | None = None,
        method: str = "POST", content_type: str = JSON, if_match: bool = False, problems: Sequence[int] = (),
        retried: bool = True,
    ) -> Callable[[View], View]:  # fmt: skip
        """Declare a call that writes and answers the schemas by status.

        The view gets `query` and `body` first, those that are schemas; a body that is only named it reads itself. `retried` says
        that its answer is kept under an `Idempotency-Key`.
        """

        def declare(view: View) -> View:
            headers = (*(("IDEMPOTENCY_KEY",) if retried else ()), *(("IF_MATCH",) if if_match else ()))
            usual = (*ANY_CALL, 400, 403, 413, 415, 422, 503, *((404,) if "<" in rule else ()), *((412,) if if_match else ()))
            wrapped: Any = self._documented(view, answers, content_type, (*usual, *problems), headers)
            if isinstance(body, str):
                wrapped._apidoc["body"] = {"required": True, "content": {content_type: {"schema": body}}}
            elif body is not None:
                wrapped = self._smorest.arguments(body, location="json")(wrapped)
            wrapped = self._smorest.arguments(query or Schema, location="query")(wrapped if query else _without_query(wrapped))
            self._smorest.route(rule, methods=[method])(wrapped)
            return view

        return declare

    def _documented(self, view: View, answers: dict[int, str], content_type: str, problems: Sequence[int], headers: Sequence[str]) -> View:
        wrapped: Any = view
        for status, answer in answers.items():
            wrapped = self._smorest.response(status, answer, content_type=content_type)(wrapped)
        for status in sorted(set(problems)):
            wrapped = self._smorest.alt_response(status, HTTPStatus(status).name)(wrapped)
        wrapped._apidoc["headers"] = headers
        documented: View = wrapped
        return documented

    @staticmethod
    def _prepare_headers_doc(doc: dict[str, Any], doc_info: dict[str, Any], **_: Any) -> dict[str, Any]:
        if "body" in doc_info:
            doc["requestBody"] = doc_info["body"]
        headers = doc_info.get("headers", ())
        doc.setdefault("parameters", []).extend(headers)
        if "IF_NONE_MATCH" in headers:
            doc["responses"][304] = "NOT_MODIFIED"
            doc["responses"][200]["headers"] = {"ETag": "ETAG", "Annals-Final": "FINAL"}
        if "ACCEPT_DATETIME" in headers:
            doc["responses"][302] = "MEMENTO"
            doc["responses"][200]["headers"]["Memento-Datetime"] = "MEMENTO_DATETIME"
        if 201 in doc["responses"]:
            doc["responses"][201]["headers"] = {"Location": "LOCATION"}
        return doc
