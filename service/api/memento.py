"""Time travel by HTTP headers: the datetime negotiation of Memento (RFC 7089), on the recorded clock.

A resource without `known_at` in its address is its own TimeGate (section 4.1.1, pattern 1.1): `Accept-Datetime` is answered
with a redirect (302) to a memento, the same address with `known_at` and `clock=recorded`. There is one for each moment at which
what is known changed: an entry was recorded, or an embargo ended. Every address on that clock with a past `known_at` is a
memento, found by negotiation or not (section 4.4, pattern 4). Headers and relations are those of sections 2.1 and 2.2; the
moments before the first memento, after the last, and dates that are none, those of section 4.5.3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Literal, TypeVar, cast
from uuid import UUID

from flask import Response, after_this_request, request, url_for
from sqlalchemy import Connection
from werkzeug.http import http_date, parse_date

from events.dates import quote
from events.moments import BEGINNING, from_micros, rfc3339, to_micros
from projections.instants import Owner, first_known, last_moment, next_moment
from service.api.parsing import min_position
from service.errors import Malformed
from service.http import current_annals
from service.reading import read_parameters

View = TypeVar("View", bound=Callable[..., Any])
Resource = Owner | Literal["feed"]
"""What a view shows, which decides since when there are mementos of it."""
SECOND = 1_000_000
_CHANGED = (200, 308)
_PINNED = ("known_at", "clock")


@dataclass(frozen=True, slots=True)
class _Mementos:
    """The moments of a resource's mementos, in microseconds since 1970: the first, the last, and those around the one at `at`."""

    at: int
    first: int
    last: int
    prev: int | None = None
    next: int | None = None

    def relations(self) -> Iterator[tuple[int, str]]:
        """Each moment with its relation types, in order, the moment of several relations once."""
        found: dict[int, list[str]] = defaultdict(list)
        for name in ("first", "prev", "next", "last"):
            if (at := getattr(self, name)) is not None:
                found[at].append(name)
        return ((at, " ".join((*found[at], "memento"))) for at in sorted({*found, self.at}))


def negotiable(resource: Resource, view: View) -> View:
    """The view of a call that takes the parameters of a read, with datetime negotiation; a page after a cursor takes none."""

    @wraps(view)
    def answered(query: Mapping[str, Any], **arguments: Any) -> Any:
        if "cursor" in query:
            return view(query, **arguments)
        if "known_at" in query:
            after_this_request(_memento(resource, query, arguments))
            return view(query, **arguments)
        after_this_request(_original)
        return _redirect(resource, arguments) or view(query, **arguments)

    return cast("View", answered)


def _original(response: Response) -> Response:
    response.vary.add("accept-datetime")
    if response.status_code == 200:
        _link(response, _timegate())
    return response


def _redirect(resource: Resource, arguments: Mapping[str, str]) -> Response | None:
    """The way to the memento that `Accept-Datetime` asks for; None without one, and where nothing is known of the resource."""
    given = request.headers.get("Accept-Datetime")
    if given is None:
        return None
    # A date names a whole second, and moments are finer: what was recorded within it had been when it was over.
    wanted = _parsed(given) + SECOND - 1
    with current_annals().reading(min_position()) as connection:
        now = to_micros(current_annals().now())
        found = _mementos(connection, resource, arguments, min(wanted, now), now)
    if found is None:
        return None
    response = Response(status=302, headers={"Location": _address(found.at)}, mimetype="text/plain")
    _link(response, _timegate(), *_links(resource, found))
    return response


def _memento(resource: Resource, query: Mapping[str, Any], arguments: Mapping[str, str]) -> Callable[[Response], Response]:
    """What makes the answer at a named moment a memento, if that is one of the recorded clock and not still to come."""
    annals = current_annals()
    now = annals.now()
    reading = read_parameters(query, now)
    known_at = reading.known_at

    def told(response: Response) -> Response:
        if reading.clock == "recorded" and known_at <= to_micros(now) and response.status_code in _CHANGED:
            with annals.reading() as connection:
                found = _mementos(connection, resource, arguments, known_at, to_micros(now))
            response.headers["Memento-Datetime"] = http_date(from_micros(known_at))
            _link(response, _timegate(), *(_links(resource, found) if found else ()))
        return response

    return told


def _mementos(connection: Connection, resource: Resource, arguments: Mapping[str, str], wanted: int, now: int) -> _Mementos | None:
    """The memento of the last moment up to `wanted`, or else the first; None where there is none by `now`."""
    first = _first(connection, resource, arguments)
    last = last_moment(connection, now)
    if first is None or last is None or first > now:
        return None
    at = max(first, last_moment(connection, wanted) or first)
    beside = last_moment(connection, at - 1), next_moment(connection, at)
    prev, following = (moment if moment is not None and first <= moment <= now else None for moment in beside)
    return _Mementos(at, first, last, prev, following)


def _first(connection: Connection, resource: Resource, arguments: Mapping[str, str]) -> int | None:
    match resource:
        case "feed":
            return next_moment(connection, BEGINNING)
        case "event":
            return first_known(connection, resource, _hex(arguments["event_id"]))
    return first_known(connection, resource, arguments["entity"])


def _hex(text: str) -> str:
    try:
        return UUID(text).hex
    except ValueError:
        return ""  # which no event is called, as its view will say


def _parsed(text: str) -> int:
    """The start of the second that the date names, in microseconds since 1970; raises `Malformed` for any other form of date."""
    found = parse_date(text)
    if found is None or http_date(found) != text.strip():
        message = f"Accept-Datetime is {quote(text)}, which is no date of the form that RFC 7089 asks for"
        raise Malformed.of("Accept-Datetime", text, message, "a date such as Wed, 25 Sep 2024 19:30:00 GMT")
    return to_micros(found)


def _timegate() -> str:
    return f'<{_address(None)}>; rel="original timegate"'


def _links(resource: Resource, found: _Mementos) -> Iterator[str]:
    if resource == "feed":  # whose `next` is its next page
        found = replace(found, prev=None, next=None)
    for at, relations in found.relations():
        yield f'<{_address(at)}>; rel="{relations}"; datetime="{http_date(from_micros(at))}"'


def _address(at: int | None) -> str:
    """The address of the request as of a moment on the recorded clock, or without any."""
    named: dict[str, Any] = {name: value for name, value in request.args.items() if name not in _PINNED}
    if at is not None:
        named |= {"known_at": rfc3339(at), "clock": "recorded"}
    return url_for(request.endpoint or "", **(request.view_args or {}), **named)


def _link(response: Response, *links: str) -> None:
    """Put the links before those that the answer has."""
    response.headers["Link"] = ", ".join((*links, *response.headers.getlist("Link")))
