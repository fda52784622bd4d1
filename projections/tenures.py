"""Folded histories as rows: what is written for each span of the public clock, and read on either clock.

`write_pairs` folds each person in each organization anew for every span of the public clock in which something
differs, so that a question on that clock is one indexed query and an embargo ends by comparing. Questions on the
recorded clock fold what was recorded then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any, TypeVar

import orjson
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, Table, and_, delete, exists, insert, not_, or_, select

from events.clocks import Clock
from events.fields import Kind
from events.types import event_type
from projections import tables
from projections.claims import Json, Report
from projections.clashes import Clash
from projections.folded import Absence, Held, Histories, Pair, Reporting, histories
from projections.known import counting, current, standing_merge
from projections.merging import MergeSpan, chunks, component, follow, losers, merge_spans, standing_spans, winners
from projections.reading import Reading
from projections.reports import Winner, merged, report

PAIR_EFFECTS = ("Holds", "Observed", "Ends", "Departs", "Away", "Back", "ReportsTo")
CHUNK = 400
_STATUSES = {"strict": ("confirmed", "reported"), "rumoured": ("confirmed", "reported", "rumoured")}
Flat = Held | Absence | Reporting | Clash
_TABLE_OF: dict[type[Flat], Table] = {
    Held: tables.tenures, Absence: tables.leaves, Reporting: tables.lines, Clash: tables.clashes,
}  # fmt: skip
Told = tuple[str, Json, int, int]
TFlat = TypeVar("TFlat", Held, Absence, Reporting, Clash)


@dataclass(frozen=True, slots=True)
class Counted:
    """A version of an event and the span of a clock, in microseconds, in which it counts."""

    start: int
    until: int
    status: str
    event_id: str
    body: Json
    announced: int
    publishers: int


def write_pairs(connection: Connection, pairs: Iterable[Pair]) -> None:
    """Fold each (person, organization) anew and replace its rows, with all pairs that merges ever connected it to."""
    pending = sorted(set(pairs))
    people = _components(connection, "person", {person for person, _ in pending})
    organizations = _components(connection, "organization", {organization for _, organization in pending})
    groups: dict[tuple[frozenset[str], frozenset[str]], None] = {}
    for person, organization in pending:
        groups[people[person], organizations[organization]] = None
    by_organizations: dict[frozenset[str], list[frozenset[str]]] = defaultdict(list)
    for persons, employers in groups:
        by_organizations[employers].append(persons)
    for employers, members in by_organizations.items():
        for start in range(0, len(members), CHUNK):
            _write_groups(connection, employers, members[start : start + CHUNK])


def _components(connection: Connection, kind: Kind, ids: set[str]) -> dict[str, frozenset[str]]:
    merged = {side for chunk in chunks(ids) for row in connection.execute(_merges_of(kind, chunk)) for side in row}
    return {entity: frozenset(component(connection, kind, (entity,)) if entity in merged else (entity,)) for entity in ids}


def _merges_of(kind: Kind, ids: Sequence[str]) -> Select[str, str]:
    loser, winner = tables.merges.c.loser, tables.merges.c.winner
    return select(loser, winner).where(tables.merges.c.kind == kind, or_(loser.in_(ids), winner.in_(ids)))


def _write_groups(connection: Connection, employers: frozenset[str], groups: Sequence[frozenset[str]]) -> None:
    persons = sorted(set().union(*groups))
    facts = tables.facts.c
    counted = _counted(connection, and_(facts.organization.in_(sorted(employers)), facts.subject.in_(persons)))
    merges = [*merge_spans(connection, "person", persons), *merge_spans(connection, "organization", sorted(employers))]
    fresh: dict[Table, list[Json]] = {table: [] for table in _TABLE_OF.values()}
    for group in groups:
        mine = [version for person in sorted(group) for version in counted[person]]
        for table, rows in _rows(mine, merges).items():
            fresh[table].extend(rows)
    for table, rows in fresh.items():
        connection.execute(delete(table).where(table.c.organization.in_(employers), table.c.person.in_(persons)))
        if rows:
            connection.execute(insert(table), rows)


def _counted(connection: Connection, about: ColumnElement[bool], clock: Clock = "public") -> dict[str, list[Counted]]:
    """By person, the versions on the clock that have effects on the person, those of the facts that are `about` it."""
    facts, versions = tables.facts.c, tables.versions.c
    query = (
        select(facts.subject, versions.known_from, versions.known_until, versions.status, versions.event_id, versions.body,
               versions.announced, versions.publishers)
        .distinct()
        .join_from(tables.facts, tables.versions, _same_version())
        .where(about, facts.clock == clock, facts.effect.in_(PAIR_EFFECTS))
    )  # fmt: skip
    found: dict[str, list[Counted]] = defaultdict(list)
    for subject, start, until, status, event_id, body, announced, publishers in connection.execute(query):
        found[subject].append(Counted(start, until, status, event_id, orjson.loads(body), announced, publishers))
    return found


def _same_version() -> Any:
    facts, versions = tables.facts.c, tables.versions.c
    return and_(facts.clock == versions.clock, facts.event_id == versions.event_id, facts.seq == versions.seq)


def _rows(counted: Sequence[Counted], merges: Sequence[MergeSpan]) -> dict[Table, list[Json]]:
    """The rows of one group of connected people and organizations, over the whole of a clock."""
    spans: dict[tuple[type[Flat], bytes], dict[str, list[list[int]]]] = {}
    reports = [(version, _report(version)) for version in counted]
    for start, until in _segments(counted, merges):
        known = [report for version, report in reports if version.start <= start < version.until]
        for flags, flats in _folded(known, _winner_at(merges, start)):
            for flat in flats:
                turns = spans.setdefault((type(flat), _text(flat)), {})
                for flag in flags:
                    _extend(turns.setdefault(flag, []), start, until)
    return _numbered(spans)


def _folded(known: Sequence[Report], winner: Winner | None) -> Iterator[tuple[Sequence[str], Sequence[Flat]]]:
    """What the fold makes of the reports, with the flags for which it does: once for both where no rumour is among them."""
    chosen = {flag: [report for report in known if report.status in statuses] for flag, statuses in _STATUSES.items()}
    alike = len(chosen["strict"]) == len(chosen["rumoured"])
    for flags in [tuple(chosen)] if alike else [(flag,) for flag in chosen]:
        reports = chosen[flags[0]]
        folded = histories(reports if winner is None else [replace(one, effects=merged(one.effects, winner)) for one in reports])
        yield flags, (*folded.tenures, *folded.leaves, *folded.lines, *folded.clashes)


def _text(flat: Flat) -> bytes:
    return orjson.dumps({field.name: getattr(flat, field.name) for field in fields(flat)}, option=orjson.OPT_SORT_KEYS)


def _report(version: Counted) -> Report:
    return report(version.event_id, version.body, version.announced, version.publishers)


def _segments(counted: Sequence[Counted], merges: Sequence[MergeSpan]) -> Iterator[tuple[int, int]]:
    """The spans of the clock between any two moments at which something about the group changes."""
    if not counted:
        return
    bounds = {bound for version in counted for bound in (version.start, version.until)}
    first = min(bounds)
    bounds |= {bound for merge in merges for bound in (merge.start, merge.until) if bound > first}
    ordered = sorted(bounds)
    yield from pairwise(ordered)


def _winner_at(merges: Sequence[MergeSpan], moment: int) -> Winner | None:
    standing: dict[Kind, dict[str, str]] = defaultdict(dict)
    for merge in merges:
        if merge.start <= moment < merge.until:
            standing[merge.kind][merge.loser] = merge.winner
    return (lambda kind, entity: follow(standing[kind], entity)) if standing else None


def _extend(spans: list[list[int]], start: int, until: int) -> None:
    if spans and spans[-1][1] >= start:
        spans[-1][1] = until
    else:
        spans.append([start, until])


def _numbered(spans: dict[tuple[type[Flat], bytes], dict[str, list[list[int]]]]) -> dict[Table, list[Json]]:
    found: dict[tuple[Table, str, str], list[Json]] = defaultdict(list)
    for (flat, text), flags in sorted(spans.items(), key=lambda item: (item[0][0].__name__, item[0][1])):
        every = sorted({tuple(span) for flag in flags.values() for span in flag})
        for start, until in every:
            row = orjson.loads(text)
            row |= {flag: [start, until] in flags.get(flag, []) for flag in _STATUSES}
            row |= {"known_from": start, "known_until": until, "body": orjson.dumps(row["body"], option=orjson.OPT_SORT_KEYS).decode()}
            found[_TABLE_OF[flat], row["organization"], row["person"]].append(row)
    rows: dict[Table, list[Json]] = defaultdict(list)
    for (table, _, _), items in found.items():
        rows[table].extend({**item, "seq": seq} for seq, item in enumerate(items))
    return rows


def organization_histories(connection: Connection, organization: str, reading: Reading, *, explain: bool = False) -> Histories:
    """Everybody's history in the organization as of the reading; `organization` is its id at that reading.

    To `explain` them, what the rows tell is folded anew.
    """
    if not explain and _as_written(connection, reading, "organization", organization):
        return _stored(connection, reading, organization=organization)
    ids = losers(connection, "organization", organization, reading)
    folded = histories(reports_about(connection, reading, organizations=ids), explain=explain)
    return _only(folded, lambda flat: flat.organization == organization)


def history_spans(connection: Connection, kind: Kind, entity: str, reading: Reading) -> list[tuple[int, int, Flat]]:
    """Every row that the entity's histories ever had on the reading's clock, with the span of that clock in which it counted.

    `entity` is an id of an organization or a person, under which the rows stand in the spans in which it is a winner's.
    """
    flag = "rumoured" if reading.rumoured else "strict"
    if reading.clock == "public" and not _ever_merged(connection, kind, entity):
        rows: Mapping[Table, Sequence[Any]] = {table: _all(connection, table, table.c[kind] == entity) for table in _TABLE_OF.values()}
    else:
        rows = _folded_rows(connection, kind, entity, reading.clock)
    classes: dict[Table, Any] = {table: cls for cls, table in _TABLE_OF.items()}
    return [
        (row["known_from"], row["known_until"], _flat(classes[table], row))
        for table, found in rows.items()
        for row in found
        if row[flag] and row[kind] == entity
    ]


def _all(connection: Connection, table: Table, where: ColumnElement[bool]) -> Sequence[RowMapping]:
    return connection.execute(select(table).where(where).order_by(table.c.organization, table.c.person, table.c.seq)).mappings().all()


def _ever_merged(connection: Connection, kind: Kind, entity: str) -> bool:
    """Whether a merge was ever made that the entity's rows may apply."""
    columns = {"organization": tables.facts.c.organization, "person": tables.facts.c.subject}
    own = select(columns["person"], columns["organization"]).where(columns[kind] == entity, tables.facts.c.effect.in_(PAIR_EFFECTS))
    pairs = connection.execute(own.distinct()).all()
    people, organizations = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    about: dict[Kind, set[str]] = {"person": people, "organization": organizations}
    about[kind].add(entity)
    return any(merge_spans(connection, each, ids) for each, ids in about.items())


def _folded_rows(connection: Connection, kind: Kind, entity: str, clock: Clock) -> dict[Table, list[Any]]:
    column = {"organization": tables.facts.c.organization, "person": tables.facts.c.subject}[kind]
    counted = _counted(connection, column.in_(component(connection, kind, (entity,))), clock)
    organizations = {told for mine in counted.values() for version in mine for told in _organizations_in(version)}
    merges = standing_spans(connection, "organization", organizations, clock)
    rows: dict[Table, list[Any]] = {table: [] for table in _TABLE_OF.values()}
    people = _components(connection, "person", set(counted))
    for group in dict.fromkeys(people.values()):
        mine = [version for person in sorted(group) for version in counted.get(person, ())]
        for table, found in _rows(mine, [*merges, *standing_spans(connection, "person", group, clock)]).items():
            rows[table] += found
    return rows


def _organizations_in(version: Counted) -> Iterator[str]:
    return (entity for _, kind, entity in event_type(version.body["type"]).entities(version.body["fields"]) if kind == "organization")


def report_spans(connection: Connection, kind: Kind, entity: str, reading: Reading, effects: Sequence[str]) -> list[Counted]:
    """The versions with such effects on the entity, by any id that merges ever gave it, with their spans of the reading's clock."""
    facts, versions = tables.facts.c, tables.versions.c
    column = facts.organization if kind == "organization" else facts.subject
    query = (
        select(versions.known_from, versions.known_until, versions.status, versions.event_id, versions.body, versions.announced,
               versions.publishers)
        .distinct()
        .join_from(tables.facts, tables.versions, _same_version())
        .where(column.in_(component(connection, kind, (entity,))), facts.clock == reading.clock, facts.effect.in_(effects),
               facts.status.in_(reading.statuses))
    )  # fmt: skip
    return [Counted(*row[:4], orjson.loads(row[4]), *row[5:]) for row in connection.execute(query)]


def role_tenures(connection: Connection, organization: str, role_key: str, reading: Reading) -> list[Held]:
    """Everybody's tenures of one role in the organization as of the reading; `organization` is its id at that reading."""
    if _as_written(connection, reading, "organization", organization):
        where = {"organization": organization, "role_key": role_key}
        return [_flat(Held, row) for row in _select(connection, tables.tenures, reading, where)]
    return [held for held in organization_histories(connection, organization, reading).tenures if held.role_key == role_key]


def organizations_with(connection: Connection, role_key: str, reading: Reading) -> list[str]:
    """The ids at the reading, sorted, of the organizations in which an event known by then speaks of the role."""
    facts = tables.facts.c
    query = select(facts.organization).distinct().where(facts.role_key == role_key, current(tables.facts, reading))
    found = connection.scalars(query.where(facts.status.in_(reading.statuses)))
    return sorted(set(winners(connection, "organization", found, reading).values()))


def person_histories(connection: Connection, person: str, reading: Reading) -> Histories:
    """The person's history in every organization as of the reading; `person` is the id at that reading."""
    if _as_written(connection, reading, "person", person):
        return _stored(connection, reading, person=person)
    ids = losers(connection, "person", person, reading)
    return _only(histories(reports_about(connection, reading, subjects=ids)), lambda flat: flat.person == person)


def _as_written(connection: Connection, reading: Reading, kind: Kind, entity: str) -> bool:
    """Whether rows answer the reading: it is on the public clock, and every merge that they apply stands at it.

    A merge does not stand while one of its sides is under embargo, and rows do not tell until when that is.
    """
    if reading.clock != "public":
        return False
    hidden = hidden_sides(connection, reading)
    own = component(connection, kind, (entity,)) if hidden else ()
    facts = tables.facts.c
    columns: dict[Kind, ColumnElement[str]] = {"person": facts.subject, "organization": facts.organization}
    for other, sides in hidden.items():
        for chunk in chunks(component(connection, other, sides)):
            about = (columns[kind].in_(own), columns[other].in_(chunk), facts.effect.in_(PAIR_EFFECTS))
            if connection.scalar(select(exists().where(*about))):
                return False
    return True


def hidden_sides(connection: Connection, reading: Reading) -> dict[Kind, set[str]]:
    """Both sides of the merges that would count at the reading if both were known."""
    merges = tables.merges
    found: dict[Kind, set[str]] = defaultdict(set)
    query = select(merges.c.kind, merges.c.loser, merges.c.winner).where(merges.c.kind.in_(("person", "organization")))
    for kind, loser, winner in connection.execute(query.where(counting(merges, reading), not_(standing_merge(reading)))):
        found[kind] |= {loser, winner}
    return found


def _only(found: Histories, wanted: Callable[[Flat], bool]) -> Histories:
    parts: tuple[Iterable[Any], ...] = (found.tenures, found.leaves, found.lines, found.clashes)
    return Histories(*(tuple(filter(wanted, part)) for part in parts))


def _stored(connection: Connection, reading: Reading, **where: str) -> Histories:
    return Histories(
        tuple(_flat(Held, row) for row in _select(connection, tables.tenures, reading, where)),
        tuple(_flat(Absence, row) for row in _select(connection, tables.leaves, reading, where)),
        tuple(_flat(Reporting, row) for row in _select(connection, tables.lines, reading, where)),
        tuple(_flat(Clash, row) for row in _select(connection, tables.clashes, reading, where)),
    )


def _select(connection: Connection, table: Table, reading: Reading, where: dict[str, str]) -> Iterable[RowMapping]:
    query = select(table).where(*(table.c[name] == value for name, value in where.items()), *counted(table, reading))
    return connection.execute(query.order_by(table.c.organization, table.c.person, table.c.seq)).mappings()


def counted(table: Table, reading: Reading) -> tuple[ColumnElement[bool], ...]:
    """Whether a row of `tenures`, `leaves`, `lines` or `clashes` counts at the reading's `known_at` on the public clock."""
    flag = table.c.rumoured if reading.rumoured else table.c.strict
    return table.c.known_from <= reading.known_at, table.c.known_until > reading.known_at, flag


def _flat(cls: type[TFlat], row: RowMapping) -> TFlat:
    return cls(**{name: orjson.loads(row[name]) if name == "body" else row[name] for name in cls.__dataclass_fields__})


def reports_about(
    connection: Connection,
    reading: Reading,
    *,
    organizations: Iterable[str] = (),
    subjects: Iterable[str] = (),
    effects: Sequence[str] = (),
) -> list[Report]:
    """The events known at the reading with effects on any of the organizations or subjects (persons, products)."""
    rows = bodies_about(connection, reading, organizations=organizations, subjects=subjects, effects=effects)
    winner = winner_then(connection, rows, reading)
    return [report(event_id, body, announced, count, winner) for event_id, body, announced, count in rows]


def bodies_about(
    connection: Connection,
    reading: Reading,
    *,
    organizations: Iterable[str] = (),
    subjects: Iterable[str] = (),
    effects: Sequence[str] = (),
) -> list[Told]:
    """The same events as they are stored: id, body, `announced` (microseconds since 1970) and number of publishers of each."""
    facts, versions = tables.facts.c, tables.versions.c
    employers, about = list(organizations), list(subjects)
    query = (
        select(versions.event_id, versions.body, versions.announced, versions.publishers)
        .distinct()
        .join_from(tables.facts, tables.versions, _same_version())
        .where(
            facts.clock == reading.clock,
            facts.known_from <= reading.known_at,
            facts.known_until > reading.known_at,
            facts.status.in_(reading.statuses),
        )
        .order_by(versions.event_id)
    )
    if employers:
        query = query.where(facts.organization.in_(employers))
    if about:
        query = query.where(facts.subject.in_(about))
    if effects:
        query = query.where(facts.effect.in_(effects))
    return [(event_id, orjson.loads(body), announced, count) for event_id, body, announced, count in connection.execute(query)]


def winner_then(connection: Connection, rows: Sequence[Told], reading: Reading) -> Winner:
    """Under which ids the entities that the rows mention are read."""
    mentioned: dict[Kind, set[str]] = defaultdict(set)
    for _, body, _, _ in rows:
        for _, kind, entity in event_type(body["type"]).entities(body["fields"]):
            mentioned[kind].add(entity)
    found = {kind: winners(connection, kind, ids, reading) for kind, ids in mentioned.items()}
    return lambda kind, entity: found.get(kind, {}).get(entity, entity)
