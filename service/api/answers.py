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
from events.moments import to_micros
from events.refs import Kind
from projections import tables
from projections.cursors import Page, pinned_reading
from projections.entities import is_visible, resolve
from projections.instants import is_final, last_embargo, position_at
from projections.projector import progress
from projections.reading import Reading
from service.access import ceiling
from service.api.parsing import JSON, min_position
from service.http import current_annals
from service.reading import read_parameters, two_readings

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    """A snapshot to read from: what the reader asked to see, and the position up to which the log is in it.

    `pinned` says that the reader named the `known_at`, or a cursor did, so that it is a part of the answer's identity; `now` is the
    present in microseconds since 1970, and `ceiling` the latest moment to which the reader may look: beyond the present only who may
    write. `final` says that what was known at that moment will never be another.
    """

    connection: Connection
    reading: Reading
    position: int
    pinned: bool
    now: int
    ceiling: int
    final: bool = False


@contextmanager
def look_twice(query: Mapping[str, Any]) -> Iterator[tuple[Look, Look]]:
    """The snapshot that a diff asks for, as two readings look at it."""
    annals, wanted = current_annals(), min_position()
    with annals.reading(wanted) as connection:
        progress(connection)  # as in `look`
        now = annals.now()
        top = ceiling(to_micros(now))
        sides = two_readings(query, now, lang=annals.settings.lang, latest=top)
        position = max(position_at(connection, side) for side in sides)
        final = all(is_final(connection, side) for side in sides)
        pinned = _is_pinned(query) and all(side.known_at < top for side in sides)
        before, after = (Look(connection, side, position, pinned, to_micros(now), top, final) for side in sides)
        yield before, after


def _is_pinned(query: Mapping[str, Any]) -> bool:
    return "known_at" in query or all(name in query for name in ("from_known_at", "to_known_at"))


@contextmanager
def look(query: Mapping[str, Any]) -> Iterator[Look]:
    """The snapshot that the parameters of a read ask for; waits for `Annals-Min-Position`."""
    annals, wanted = current_annals(), min_position()
    with annals.reading(wanted) as connection:
        progress(connection)  # fixes the snapshot: the present is taken after it, so that nothing in it is yet to come
        now = annals.now()
        top = ceiling(to_micros(now))
        reading = read_parameters(query, now, lang=annals.settings.lang, latest=top)
        if "cursor" in query:
            reading = _pinned(query["cursor"], query, reading, top)
        # What lies beyond the ceiling is answered as of now, and so is as good as not named.
        pinned = ("known_at" in query or "cursor" in query) and reading.known_at < top
        yield Look(connection, reading, position_at(connection, reading), pinned, to_micros(now), top, is_final(connection, reading))


def answer(body: Json, seen: Look) -> Response:
    """A read's answer, with its position and a tag over all that it hangs on."""
    found = {**body, "position": seen.position}
    response = json_response(found)
    response.set_etag(_tag(found, seen))
    if seen.final:
        response.headers["Annals-Final"] = "true"
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

    One that is known by now, though it was not at the reading, has its own id too, so that what was known then can be seen:
    nothing. Raises `NotFound` for any other, `Ambiguous` for a name of several.
    """
    try:
        found = resolve(seen.connection, kind, entity, seen.reading, "id")
    except NotFound:
        present = replace(seen.reading, known_at=seen.now)
        if is_visible(seen.connection, kind, entity, present):
            found = entity
        elif seen.reading.clock == "recorded":  # where a name that is borne later may lead nowhere
            raise
        else:
            found = resolve(seen.connection, kind, entity, present, "id")
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


def _pinned(cursor: str, query: Mapping[str, Any], reading: Reading, top: int) -> Reading:
    """The reading that the cursor pins; parameters that contradict it are refused, rather than passed over."""
    pinned = pinned_reading(cursor)
    pinned = replace(pinned, known_at=min(pinned.known_at, top))
    for name, field in (*((field, field) for field in ("as_of", "known_at", "clock", "lang")), ("include", "rumoured")):
        named = name in query and not (name == "known_at" and reading.known_at == top)  # which stood for the present of the first page
        if named and getattr(pinned, field) != getattr(reading, field):
            message = f"the cursor goes on with another `{name}` than {quote(query[name])}"
            raise Invalid.of(name, query[name], message, "the address that the page before gave as `next`, or a list from its beginning")
    return pinned


def _tag(body: Json, seen: Look) -> str:
    """A digest of the answer, and of all that the pages after it hang on.

    The present moment, where nobody asked for another, stands for the last embargo that ended: nothing else comes to be
    known without a write.
    """
    moment = seen.reading.known_at if seen.pinned else last_embargo(seen.connection, seen.now) or 0
    basis = body if seen.pinned else {**_without_present(_timeless(body)), "events": _timeless(body.get("events"))}
    return hashlib.sha256(orjson.dumps([tables.VERSION, replace(seen.reading, known_at=moment), basis])).hexdigest()[:32]


def _without_present(body: Json) -> Json:
    sides = {name: _without_present(body[name]) for name in ("from", "to") if isinstance(body.get(name), dict)}
    return {**body, **sides, "known_at": None}


def _timeless(found: Any) -> Any:
    """A page without the moment that its cursor pins."""
    return {**found, "next": found["next"] is not None} if isinstance(found, dict) and "next" in found else found
