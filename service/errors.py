"""Errors as problem details (RFC 9457): the one place where what went wrong becomes HTTP, an import's line or a message."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson

from events.dates import quote
from events.errors import Ambiguous, AnnalsError, Conflict, Invalid, NotFound, Problem, Stale, Unavailable

Json = dict[str, Any]
CONTENT_TYPE = "application/problem+json"
MOST_TEXT, MOST_VALUE, MOST_ERRORS = 600, 300, 100


class Malformed(AnnalsError):
    """The request cannot be read at all, such as broken JSON (HTTP 400)."""


class Unauthorized(AnnalsError):
    """The request needs a key, or the one that it brings is not good (HTTP 401)."""


class Forbidden(AnnalsError):
    """The request is understood and refused (HTTP 403)."""


class TooLarge(AnnalsError):
    """The request is larger than its limit (HTTP 413)."""


class WrongMediaType(AnnalsError):
    """The body is of a type that is not read here (HTTP 415)."""


class Misdirected(AnnalsError):
    """The request was meant for another host (HTTP 421)."""


class TooMany(AnnalsError):
    """The caller asked more often than it may (HTTP 429)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a class of errors is in HTTP: its status, the end of its type's URN, and its title."""

    status: HTTPStatus
    name: str
    title: str


KINDS: Mapping[type[AnnalsError], Kind] = {
    Malformed: Kind(HTTPStatus.BAD_REQUEST, "malformed", "The request cannot be read"),
    Unauthorized: Kind(HTTPStatus.UNAUTHORIZED, "unauthorized", "The request needs a key"),
    Forbidden: Kind(HTTPStatus.FORBIDDEN, "forbidden", "The request is refused"),
    NotFound: Kind(HTTPStatus.NOT_FOUND, "not-found", "Nothing of that id or name is known"),
    Conflict: Kind(HTTPStatus.CONFLICT, "conflict", "The request contradicts what is recorded"),
    Stale: Kind(HTTPStatus.PRECONDITION_FAILED, "stale", "There is a newer version"),
    TooLarge: Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", "The request is too large"),
    WrongMediaType: Kind(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "media-type", "The body is of another type"),
    Misdirected: Kind(HTTPStatus.MISDIRECTED_REQUEST, "misdirected", "The request was meant for another host"),
    Ambiguous: Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "ambiguous", "The name fits several"),
    Invalid: Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "A value is not allowed"),
    TooMany: Kind(HTTPStatus.TOO_MANY_REQUESTS, "too-many", "There are too many requests"),
    Unavailable: Kind(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "The answer cannot be given now"),
}


def kind_of(error: AnnalsError) -> Kind:
    """What the error is in HTTP, by the nearest of its classes that is listed."""
    return next(KINDS[cls] for cls in type(error).__mro__ if cls in KINDS)


def problem(error: AnnalsError) -> Json:
    """The error as problem details: `type`, `title`, `status`, `detail`, `errors`, and its extra members.

    Each of `errors` has `field` (a dotted path, empty for the whole), `value`, `message` and `expected`.
    """
    kind = kind_of(error)
    listed = [_listed(single) for single in error.problems[:MOST_ERRORS]]
    own = {"type": f"urn:annals:problem:{kind.name}", "title": kind.title, "status": int(kind.status), "detail": _detail(error)}
    return {**error.extra, **own, "errors": listed}


def plain_problem(status: int, single: Problem, **extra: Any) -> Json:
    """Problem details of an error that is HTTP's own, with the title that the status has there."""
    own = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status), "detail": _cut(single.message)}
    return {**extra, **own, "errors": [_listed(single)]}


def sentences(error: AnnalsError) -> list[str]:
    """The error for somebody at a terminal: a line for each problem, with where it is and what would be right."""
    return [_sentence(single) for single in error.problems]


def dumps(details: Mapping[str, Any]) -> bytes:
    """Problem details as JSON, whatever values they quote."""
    try:
        return orjson.dumps(details)
    except TypeError:  # a number beyond 64 bits, or half of a surrogate pair
        return json.dumps(details, default=str).encode()


def _detail(error: AnnalsError) -> str:
    return _cut("; ".join(_placed(single) for single in error.problems))


def _listed(single: Problem) -> Json:
    return {"field": _cut(single.field), "value": _shown(single.value), "message": _cut(single.message), "expected": single.expected}


def _sentence(single: Problem) -> str:
    right = f" (expected: {single.expected})" if single.expected and single.expected not in single.message else ""
    return _cut(_placed(single)) + right


def _placed(single: Problem) -> str:
    """The message, with the field before it unless it names that itself."""
    return single.message if not single.field or f"`{single.field}`" in single.message else f"{single.field}: {single.message}"


def _shown(value: Any) -> Any:
    """The value itself where it is short JSON, else its beginning and end as text."""
    try:
        return value if len(orjson.dumps(value)) <= MOST_VALUE else quote(value)
    except TypeError:
        return quote(value)


def _cut(text: str) -> str:
    half = MOST_TEXT // 2
    return text if len(text) <= MOST_TEXT else f"{text[:half]}…{text[-half:]}"
