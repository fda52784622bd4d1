"""Conflicts as readers get them: what the events known at a reading contradict, organization by organization, with names put in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, func, select

from events.effects import Departs, Ends, Holds, Observed, Succeeds
from events.roles import known_roles
from projections import tables
from projections.clashes_between import Succession, circle_clashes, seat_clash, seat_rivals, succession_clashes
from projections.cursors import Page, Paged, place
from projections.entities import called_alike, resolve
from projections.folded import Held
from projections.followed import followed_unnamed, successions
from projections.histories import counted, organization_histories, reports_about
from projections.known import current
from projections.merging import losers
from projections.reading import Reading
from projections.settling import Known, namesakes, settlement
from projections.standing import named
from projections.suspects import suspects

Json = dict[str, Any]
TEXTS = {
    "start": ("two reports date the start differently", "就任日の報道が食い違う"),
    "end": ("two reports date the end differently", "退任日の報道が食い違う"),
    "missing_return": ("left again without having come back", "復帰の報道がないまま再び退任"),
    "seen_after_end": ("seen in the role after leaving it", "退任の後に在任の報道"),
    "seat": ("a role of one holder has several", "一人の役職に複数の在任者"),
    "circle": ("people report to each other in a circle", "指揮系統が循環している"),
    "succession": ("reports name different people before or after", "前任者または後任者の報道が食い違う"),
}
"""What each kind of conflict is, in English and Japanese."""


@dataclass(frozen=True, slots=True)
class ConflictQuery(Paged):
    """Which conflicts: of an organization, about a person (each an id or a name), of a kind."""

    organization: str | None = None
    person: str | None = None
    kind: str | None = None


def conflicts(connection: Connection, query: ConflictQuery, reading: Reading, ceiling: int | None = None) -> Page:
    """A page of conflicts as they stand at the end of the day, by organization.

    `{"kind", "text", "organization", "role", "role_key", "people", "claims": [{"field", "value", "event", "status"}],
    "suggestion"}` each; the suggestion is a line of an import that would settle it. `ceiling` is the latest moment to which
    a cursor may look. Raises `Invalid` for a broken cursor, `NotFound` and `Ambiguous` for a filter by an unknown entity.
    """
    at = place(query, reading, lambda _: tuple[str, int], ceiling)
    found: list[tuple[str, int, Json]] = []
    for organization in _organizations(connection, at.query, at.reading):
        if at.key is not None and organization < at.key[0]:
            continue
        numbered = enumerate(_matching(connection, organization, at.query, at.reading))
        found += [(organization, number, line) for number, line in numbered if at.key is None or (organization, number) > at.key]
        if len(found) > query.limit:
            break
    kept, following = at.cut(found, lambda row: row[:2])
    return Page([line for _, _, line in kept], following)


def organization_conflicts(connection: Connection, organization: str, reading: Reading) -> list[Json]:
    """The conflicts in one organization as of the reading; `organization` is its id at that reading."""
    day, folded = reading.as_of, organization_histories(connection, organization, reading)
    found = [clash.body for clash in folded.clashes if clash.first <= day < clash.until]
    told = list(successions(connection, organization, reading))
    found += [*_seats(connection, organization, folded.tenures, told, reading), *circle_clashes(folded.lines, day)]
    found += succession_clashes(told, day)
    which = 1 if reading.lang == "ja" else 0
    lines = [{"kind": line["kind"], "text": TEXTS[line["kind"]][which], "organization": organization, **line} for line in found]
    return [_named(connection, line, reading) for line in lines]


def _seats(
    connection: Connection, organization: str, tenures: Sequence[Held], told: Sequence[Succession], reading: Reading
) -> Iterator[Json]:
    """Seats with several holders: who bear one name may be one person, else somebody left or a report is wrong."""
    rivals = seat_rivals(tenures, reading.as_of)
    if not rivals:
        return
    ids = losers(connection, "organization", organization, reading)
    reports = reports_about(
        connection, reading, organizations=ids, effects=[effect.__name__ for effect in (Holds, Observed, Ends, Departs)]
    )
    known = Known(reports, tenures, told, reading.as_of, reading.known_at)
    for mine in rivals:
        merge = namesakes(mine, lambda one, other: called_alike(connection, "person", (one, other), reading))
        yield seat_clash(mine, merge or settlement(mine, known))


def _named(connection: Connection, line: Json, reading: Reading) -> Json:
    people = [{"person": person} for person in line["people"]]
    shown = {**line, "people": people, "claims": [dict(claim) for claim in line["claims"]]}
    suggestion = {key: str(UUID(said)) if key in ("correct", "retract") else said for key, said in shown.pop("suggestion").items()}
    if "type" in suggestion:
        following = line["claims"][1]
        suggestion["sources"] = _sources(connection, following["event"], reading)
    answer = named(connection, shown, reading)
    return {**answer, "people": [person["person"] for person in answer["people"]], "suggestion": suggestion}


def _sources(connection: Connection, event_id: str, reading: Reading) -> list[Json]:
    """The sources of an event, which tell of what follows from it, too."""
    versions = tables.versions
    found = connection.execute(select(versions.c.body).where(versions.c.event_id == event_id, current(versions, reading)))
    sources: list[Json] = orjson.loads(found.scalar_one())["sources"]
    return sources


def _matching(connection: Connection, organization: str, query: ConflictQuery, reading: Reading) -> Iterator[Json]:
    person = resolve(connection, "person", query.person, reading) if query.person is not None else None
    for line in organization_conflicts(connection, organization, reading):
        about = person is None or any(found["id"] == person for found in line["people"])
        if about and query.kind in (None, line["kind"]):
            yield line


def _organizations(connection: Connection, query: ConflictQuery, reading: Reading) -> list[str]:
    """The ids, at the reading and sorted, of the organizations that may have conflicts."""
    clashes, lines, tenures = tables.clashes.c, tables.lines.c, tables.tenures.c
    single = [role.key for role in known_roles() if role.seats == 1]
    rivals = select(tenures.organization).where(tenures.role_key.in_(single), *counted(tables.tenures, reading))
    rows = (
        select(tables.facts.c.organization).where(current(tables.facts, reading), followed_unnamed()),
        select(clashes.organization).where(*counted(tables.clashes, reading)),
        select(lines.organization).where(*counted(tables.lines, reading)),
        rivals.group_by(tenures.organization, tenures.role_key).having(func.count(tenures.person.distinct()) > 1),
    )
    return suspects(connection, query.organization, reading, Succeeds.__name__, rows)
