"""Folded histories as they are read: from rows where these tell, on either clock, else by folding what was known.

`organization` and `person` are ids at the reading.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, TypeVar

import orjson
from sqlalchemy import ColumnElement, Connection, RowMapping, Table, or_, select

from events.clocks import Clock
from events.effects import Phase
from events.fields import Kind
from events.types import event_type
from projections import tables
from projections.claims import Json, Report
from projections.clashes import Clash
from projections.folded import Absence, Held, Histories, Reporting, histories
from projections.known import current
from projections.merging import MergeSpan, any_hidden, component, losers, merge_spans, standing_spans, winners
from projections.reading import Reading
from projections.rendering import mentions
from projections.reports import Winner, merged, report
from projections.tenures import PAIR_EFFECTS, TABLE_OF, Counted, Flat, components, rows_of, same_version, versions_about, winner_at

Told = tuple[str, Json, int, int]
TFlat = TypeVar("TFlat", Held, Absence, Reporting, Clash)


def organization_histories(connection: Connection, organization: str, reading: Reading, *, explain: bool = False) -> Histories:
    """Everybody's history in the organization as of the reading; `organization` is its id at that reading.

    To `explain` them, what the rows tell is folded anew.
    """
    if not explain and _as_written(connection, reading, "organization", organization):
        return _managed(connection, _stored(connection, reading, organization=organization), reading)
    ids = losers(connection, "organization", organization, reading)
    folded = histories(reports_about(connection, reading, organizations=ids), explain=explain)
    return only(folded, lambda flat: flat.organization == organization)


def history_spans(connection: Connection, kind: Kind, entity: str, reading: Reading) -> list[tuple[int, int, Flat]]:
    """Every row that the entity's histories ever had on the reading's clock, with the span of that clock in which it counted.

    `entity` is an id of an organization or a person, under which the rows stand in the spans in which it is a winner's.
    """
    if reading.clock == "public" and not _ever_merged(connection, kind, entity):
        rows: Mapping[Table, Sequence[Any]] = {table: _all(connection, table, table.c[kind] == entity) for table in TABLE_OF.values()}
    else:
        rows = _folded_rows(connection, kind, entity, reading.clock)
    classes: dict[Table, Any] = {table: cls for cls, table in TABLE_OF.items()}
    spans = [span for table, found in rows.items() for span in _spanned(classes[table], found, reading) if getattr(span[2], kind) == entity]
    return list(_managed_spans(connection, spans, reading.clock))


def role_spans(connection: Connection, organization: str, role_key: str, reading: Reading) -> list[tuple[int, int, Held]]:
    """Everybody's tenures of one role among those of `history_spans` of an organization."""
    if reading.clock != "public" or _ever_merged(connection, "organization", organization):
        spans = history_spans(connection, "organization", organization, reading)
        return [(start, until, flat) for start, until, flat in spans if isinstance(flat, Held) and flat.role_key == role_key]
    tenures = tables.tenures.c
    own = (tenures.organization == organization) & (tenures.role_key == role_key)
    return list(_spanned(Held, _all(connection, tables.tenures, own), reading))


def _spanned(cls: type[TFlat], rows: Iterable[Any], reading: Reading) -> Iterator[tuple[int, int, TFlat]]:
    flag = "rumoured" if reading.rumoured else "strict"
    return ((row["known_from"], row["known_until"], _flat(cls, row)) for row in rows if row[flag])


def _managed_spans(connection: Connection, spans: Sequence[tuple[int, int, Flat]], clock: Clock) -> Iterator[tuple[int, int, Flat]]:
    """The same rows with each manager as whom they were read at the time."""
    managers = {flat.manager for _, _, flat in spans if isinstance(flat, Reporting) and flat.manager is not None}
    merges = standing_spans(connection, "person", component(connection, "person", managers), clock)
    for start, until, flat in spans:
        if not isinstance(flat, Reporting) or flat.manager is None:
            yield start, until, flat
            continue
        for first, last, winner in between_turns(merges, start, until):
            yield first, last, replace(flat, manager=winner("person", flat.manager)) if winner else flat


def between_turns(merges: Sequence[MergeSpan], start: int, until: int) -> Iterator[tuple[int, int, Winner | None]]:
    """The parts of a span in which the same merges stand, each with the ids under which entities are read in it."""
    turns = {bound for merge in merges for bound in (merge.start, merge.until) if start < bound < until}
    for first, last in pairwise(sorted({start, until, *turns})):
        yield first, last, winner_at(merges, first)


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
    counted = versions_about(connection, column.in_(component(connection, kind, (entity,))), clock)
    organizations = {told for mine in counted.values() for version in mine for told in _organizations_in(version)}
    merges = standing_spans(connection, "organization", organizations, clock)
    rows: dict[Table, list[Any]] = {table: [] for table in TABLE_OF.values()}
    people = components(connection, "person", set(counted))
    for group in dict.fromkeys(people.values()):
        mine = [version for person in sorted(group) for version in counted.get(person, ())]
        for table, found in rows_of(mine, [*merges, *standing_spans(connection, "person", group, clock)]).items():
            rows[table] += found
    return rows


def _organizations_in(version: Counted) -> Iterator[str]:
    return (entity for _, kind, entity in event_type(version.body["type"]).entities(version.body["fields"]) if kind == "organization")


def report_spans(connection: Connection, organization: str, reading: Reading, effects: Sequence[str]) -> list[tuple[int, int, Report]]:
    """The reports with such effects on the organization, each with a span of the reading's clock in which it counted for it.

    What is told of another counts only while that one stands merged into it; its effects have the ids of the time.
    """
    own = component(connection, "organization", (organization,))
    told = [(start, until, report(*one)) for start, until, one in body_spans(connection, own, reading, effects)]
    about = {effect.product for _, _, one in told for effect in one.effects if isinstance(effect, Phase)}
    merges = standing_spans(connection, "organization", own, reading.clock)
    merges += standing_spans(connection, "product", component(connection, "product", about), reading.clock)
    read = (
        (first, last, replace(one, effects=merged(one.effects, winner)) if winner else one)
        for start, until, one in told
        for first, last, winner in between_turns(merges, start, until)
    )
    return [span for span in read if any(effect.organization == organization for effect in span[2].effects)]


def body_spans(
    connection: Connection, organizations: Iterable[str], reading: Reading, effects: Sequence[str], also: ColumnElement[bool] | None = None
) -> Iterator[tuple[int, int, Told]]:
    """The events with such effects on the organizations as they are stored, by the ids posted, each with a span in which it counts.

    `also` is a condition on rows of `facts` that takes in further effects.
    """
    facts, versions = tables.facts.c, tables.versions.c
    query = (
        select(versions.known_from, versions.known_until, versions.event_id, versions.body, versions.announced, versions.publishers)
        .distinct()
        .join_from(tables.facts, tables.versions, same_version())
        .where(
            facts.organization.in_(organizations),
            facts.clock == reading.clock,
            facts.effect.in_(effects) if also is None else or_(facts.effect.in_(effects), also),
            facts.status.in_(reading.statuses),
        )
        .order_by(versions.event_id)
    )
    for start, until, event_id, body, announced, count in connection.execute(query):
        yield start, until, (event_id, orjson.loads(body), announced, count)


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


def person_histories(connection: Connection, person: str, reading: Reading, *, explain: bool = False) -> Histories:
    """The person's history in every organization as of the reading; `person` is the id at that reading.

    To `explain` it, what the rows tell is folded anew.
    """
    if not explain and _as_written(connection, reading, "person", person):
        return _managed(connection, _stored(connection, reading, person=person), reading)
    ids = losers(connection, "person", person, reading)
    folded = histories(reports_about(connection, reading, subjects=ids), explain=explain)
    return only(folded, lambda flat: flat.person == person)


def _as_written(connection: Connection, reading: Reading, kind: Kind, entity: str) -> bool:
    """Whether rows answer the reading: it is on the public clock, and every merge that they apply stands at it.

    A merge does not stand while one of its sides is under embargo, and rows do not tell until when that is.
    """
    if reading.clock != "public":
        return False
    own = component(connection, kind, (entity,))
    if any_hidden(connection, kind, own, reading):
        return False
    other, others = _counterparts(connection, kind, own)
    return not any_hidden(connection, other, component(connection, other, others), reading)


def _counterparts(connection: Connection, kind: Kind, ids: Iterable[str]) -> tuple[Kind, set[str]]:
    """Who was ever said to be in the organizations, or the organizations in which the people were ever said to be."""
    facts = tables.facts.c
    column, other = (facts.organization, facts.subject) if kind == "organization" else (facts.subject, facts.organization)
    query = select(other).distinct().where(column.in_(ids), facts.clock == "public", facts.effect.in_(PAIR_EFFECTS))
    return "person" if kind == "organization" else "organization", set(connection.scalars(query))


def _managed(connection: Connection, found: Histories, reading: Reading) -> Histories:
    """The stored histories with each manager as whom they are read."""
    standing = winners(connection, "person", {line.manager for line in found.lines if line.manager is not None}, reading)
    return replace(found, lines=tuple(replace(line, manager=standing.get(line.manager or "")) for line in found.lines))


def only(found: Histories, wanted: Callable[[Flat], bool]) -> Histories:
    """The wanted ones of what the fold made."""
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
    also: ColumnElement[bool] | None = None,
) -> list[Told]:
    """The same events as they are stored: id, body, `announced` (microseconds since 1970) and number of publishers of each.

    `also` is a condition on rows of `facts` that takes in further effects than those asked for.
    """
    facts, versions = tables.facts.c, tables.versions.c
    employers, about = list(organizations), list(subjects)
    query = (
        select(versions.event_id, versions.body, versions.announced, versions.publishers)
        .distinct()
        .join_from(tables.facts, tables.versions, same_version())
        .where(
            current(tables.facts, reading),
            facts.status.in_(reading.statuses),
        )
        .order_by(versions.event_id)
    )
    if employers:
        query = query.where(facts.organization.in_(employers))
    if about:
        query = query.where(facts.subject.in_(about))
    if effects:
        query = query.where(facts.effect.in_(effects) if also is None else or_(facts.effect.in_(effects), also))
    return [(event_id, orjson.loads(body), announced, count) for event_id, body, announced, count in connection.execute(query)]


def winner_then(connection: Connection, rows: Sequence[Told], reading: Reading) -> Winner:
    """Under which ids the entities that the rows mention are read, also those that only some reports mention."""
    mentioned: dict[Kind, set[str]] = defaultdict(set)
    for _, body, _, _ in rows:
        for kind, entity in mentions(body):
            mentioned[kind].add(entity)
    found = {kind: winners(connection, kind, ids, reading) for kind, ids in mentioned.items()}
    return lambda kind, entity: found.get(kind, {}).get(entity, entity)
