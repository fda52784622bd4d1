"""What calls answer: JSON with its position and its tag, pages with the address of the next, writes with what they did."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import orjson
from flask import Response, request, url_for
from sqlalchemy import Connection
from werkzeug.routing import RequestRedirect

from events.dates import quote
from events.errors import Invalid, NotFound
from events.moments import FOREVER, to_micros
from events.refs import Kind
from projections.cursors import Page, decode
from projections.entities import resolve
from projections.projector import progress
from projections.reading import Reading
from service.api.parsing import JSON, min_position
from service.http import current_annals
from service.reading import read_parameters, two_readings

Json = dict[str, Any]
CEILING = FOREVER
"""The latest moment to which a cursor may look: as long as there are no keys, whoever reads may also write."""


@dataclass(frozen=True, slots=True)
class Look:
    """A snapshot to read from: what the reader asked to see, and the position up to which the log is in it.

    `pinned` says that the reader named the `known_at`, so that it is a part of the answer's identity; `now` is the
    present in microseconds since 1970.
    """

    connection: Connection
    reading: Reading
    position: int
    pinned: bool
    now: int


@contextmanager
def look_twice(query: Mapping[str, Any]) -> Iterator[tuple[Look, Look]]:
    """The snapshot that a diff asks for, as two readings look at it."""
    annals = current_annals()
    now = annals.now()
    sides = two_readings(query, now, lang=annals.settings.lang)
    with annals.reading(min_position()) as connection:
        position = progress(connection).position
        before, after = (Look(connection, reading, position, _is_pinned(query), to_micros(now)) for reading in sides)
        yield before, after


def _is_pinned(query: Mapping[str, Any]) -> bool:
    return "known_at" in query or all(name in query for name in ("from_known_at", "to_known_at"))


@contextmanager
def look(query: Mapping[str, Any]) -> Iterator[Look]:
    """The snapshot that the parameters of a read ask for; waits for `Annals-Min-Position`."""
    annals, wanted = current_annals(), min_position()
    now = annals.now()
    reading = read_parameters(query, now, lang=annals.settings.lang)
    if "cursor" in query:
        _check_pinned(query, reading)
    with annals.reading(wanted) as connection:
        yield Look(connection, reading, progress(connection).position, "known_at" in query, to_micros(now))


def answer(body: Json, seen: Look) -> Response:
    """A read's answer, with its position and a tag over all that it hangs on."""
    found = {**body, "position": seen.position}
    response = json_response(found)
    response.set_etag(_tag(found, seen))
    return positioned(response, seen.position)


def page(found: Page, seen: Look, query: Mapping[str, Any]) -> Response:
    """A page of a list: `items`, the address of the `next` page or null, and `position`."""
    following = next_page(found, query, request.endpoint or "", **(request.view_args or {}))
    return linked(answer({"items": found.items, "next": following}, seen), following)


def next_page(found: Page, query: Mapping[str, Any], endpoint: str, **arguments: Any) -> str | None:
    """The address of the page that follows at a call that takes the cursor, with what stands in its path; None for the last."""
    return None if found.next is None else url_for(endpoint, **arguments, limit=query["limit"], cursor=found.next)


def linked(response: Response, following: str | None) -> Response:
    """The answer with the address of the next page in its `Link`."""
    if following is not None:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def standing_id(seen: Look, kind: Kind, entity: str) -> str:
    """The id under which an entity is read. Redirects (308) to it from the id of one merged into it, and from its names.

    One that is known by now, though it was not at the reading, has its id too, so that what was known then can be seen:
    nothing. Raises `NotFound` for any other, `Ambiguous` for a name of several.
    """
    try:
        found = resolve(seen.connection, kind, entity, seen.reading, "id")
    except NotFound:
        found = resolve(seen.connection, kind, entity, replace(seen.reading, known_at=seen.now, clock="public"), "id")
    if found != entity:
        arguments = {**(request.view_args or {}), "entity": found, **request.args}
        raise RequestRedirect(url_for(request.endpoint or "", **arguments))
    return found


def json_response(body: Any, status: int = 200) -> Response:
    """`body` as JSON."""
    return Response(orjson.dumps(body), status=status, content_type=JSON)


def positioned(response: Response, position: int) -> Response:
    """The answer with its position in `Annals-Position`."""
    response.headers["Annals-Position"] = str(position)
    return response


def _check_pinned(query: Mapping[str, Any], reading: Reading) -> None:
    """Refuse parameters of the reading that contradict those which the cursor pins, rather than pass over them."""
    pinned = decode(query["cursor"]).get("reading")
    for name, field in (*((field, field) for field in ("as_of", "known_at", "clock", "lang")), ("include", "rumoured")):
        if name in query and isinstance(pinned, dict) and pinned.get(field) != getattr(reading, field):
            message = f"the cursor goes on with another `{name}` than {quote(query[name])}"
            raise Invalid.of(name, query[name], message, "the address that the page before gave as `next`, or a list from its beginning")


def _tag(body: Json, seen: Look) -> str:
    """A digest of the answer, but for the present moment where nobody asked for one: it says nothing that the rest does not."""
    basis = body if seen.pinned else {**_without_present(_timeless(body)), "events": _timeless(body.get("events"))}
    return hashlib.sha256(orjson.dumps(basis)).hexdigest()[:32]


def _without_present(body: Json) -> Json:
    sides = {name: _without_present(body[name]) for name in ("from", "to") if isinstance(body.get(name), dict)}
    return {**body, **sides, "known_at": None}


def _timeless(found: Any) -> Any:
    """A page without the moment that its cursor pins."""
    return {**found, "next": found["next"] is not None} if isinstance(found, dict) and "next" in found else found
