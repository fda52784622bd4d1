"""The agenda: what is coming up and what is overdue, by what the events known at a reading say of days to come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from events.dates import OPEN_END, PartialDate
from events.effects import Phase
from projections import tables
from projections.claims import Json
from projections.cursors import Page, Paged, place
from projections.folded import Absence, Held
from projections.histories import counted, organization_histories, reports_about
from projections.merging import losers
from projections.reading import Reading
from projections.standing import named
from projections.state import on_leave, products
from projections.suspects import suspects

TEXTS = {
    "start": ("takes up a role", "就任の予定"),
    "end": ("leaves a role", "退任の予定"),
    "leave": ("goes on leave", "休職の予定"),
    "return": ("is expected back from leave", "復帰の見込み"),
    "release": ("is expected to be released", "公開の見込み"),
}
"""What each kind of line is, in English and Japanese."""
DAYS = 31
"""How many days the agenda looks ahead where nobody says."""


@dataclass(frozen=True, slots=True)
class AgendaQuery(Paged):
    """Which agenda: how many `days` ahead, and of which organization (an id or a name), if not of all."""

    days: int = DAYS
    organization: str | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    """What is to happen: its day, by which lines sort, and the line itself."""

    day: int
    body: Json


def agenda(connection: Connection, query: AgendaQuery, reading: Reading, ceiling: int | None = None) -> Page:
    """A page of what is still to come at the end of the day, by day: what is overdue, then what lies within the days ahead.

    `{"kind", "text", "overdue", "date", "organization", "person", "product", "role", "role_key", "events"}` each, with null for
    what it has not. Overdue is what was expected by an earlier day and was not reported. `ceiling` is the latest moment to which a
    cursor may look. Raises `Invalid` for a broken cursor, `NotFound` and `Ambiguous` for an unknown organization.
    """
    at = place(query, reading, lambda _: tuple[int, str, int], ceiling)
    found = [
        ((line.day, organization, number), line)
        for organization in _organizations(connection, at.query, at.reading)
        for number, line in enumerate(_lines(connection, organization, at.query, at.reading))
    ]
    beyond = [row for row in sorted(found, key=lambda row: row[0]) if at.key is None or row[0] > at.key]
    kept, following = at.cut(beyond, lambda row: row[0])
    return Page([named(connection, _shown(line.body, at.reading), at.reading) for _, line in kept], following)


def _shown(body: Json, reading: Reading) -> Json:
    text = TEXTS[body["kind"]][1 if reading.lang == "ja" else 0]
    return {"kind": body["kind"], "text": text, "overdue": body["overdue"], "date": body["date"], **body}


def _lines(connection: Connection, organization: str, query: AgendaQuery, reading: Reading) -> Iterator[_Line]:
    """The lines of one organization, under its id at the reading."""
    day, last = reading.as_of, reading.as_of + query.days
    folded = organization_histories(connection, organization, reading)
    ids = losers(connection, "organization", organization, reading)
    reports = reports_about(connection, reading, organizations=ids, effects=("Phase",))
    nothing = {"organization": organization, "person": None, "product": None, "role": None, "role_key": None}
    for line in (*_tenures(folded.tenures, day), *_leaves(folded.leaves, day), *_releases(products(reports, day), day)):
        if line.day <= last:
            yield _Line(line.day, {**nothing, **line.body})


def _tenures(tenures: Iterable[Held], day: int) -> Iterator[_Line]:
    for held in tenures:
        role = {"person": held.person, "role": held.body["role"], "role_key": held.role_key, "overdue": False}
        if held.start_known and held.start_first > day:
            yield _Line(held.start_first, {"kind": "start", "date": held.body["since"], **role, "events": held.body["started_by"]})
        if held.end_first > day and held.end_last < OPEN_END:
            yield _Line(held.end_first, {"kind": "end", "date": held.body["until"], **role, "events": held.body["ended_by"]})


def _leaves(leaves: Sequence[Absence], day: int) -> Iterator[_Line]:
    for leave in leaves:
        if leave.first > day:
            about = {"person": leave.person, "events": leave.body["started_by"]}
            yield _Line(leave.first, {"kind": "leave", "overdue": False, "date": leave.body["since"], **about})
    for line in on_leave(leaves, day):
        if line["expected_return"] is not None:
            yield _expected("return", line["expected_return"], {"person": line["person"], "events": line["events"]}, day)


def _releases(lines: Iterable[Json], day: int) -> Iterator[_Line]:
    for line in lines:
        if line["expected"] is not None:
            yield _expected("release", line["expected"], {"product": line["product"], "events": line["events"]}, day)


def _expected(kind: str, expected: Json, who: Json, day: int) -> _Line:
    when = PartialDate.parse(expected["value"])
    return _Line(when.first, {"kind": kind, "overdue": when.last < day, "date": expected, **who})


def _organizations(connection: Connection, query: AgendaQuery, reading: Reading) -> list[str]:
    """The ids, at the reading and sorted, of the organizations of which something may be to come."""
    day, leaves, tenures = reading.as_of, tables.leaves.c, tables.tenures.c
    ahead = or_(tenures.start_first > day, (tenures.end_first > day) & (tenures.end_last < OPEN_END))
    rows = (
        select(leaves.organization).where(*counted(tables.leaves, reading), leaves.until > day),
        select(tenures.organization).where(*counted(tables.tenures, reading), ahead),
    )
    return suspects(connection, query.organization, reading, Phase.__name__, rows)
