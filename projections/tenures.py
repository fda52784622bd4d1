"""Folded histories as rows: what is written for each span of the public clock.

`write_pairs` folds each person in each organization anew for every span of the public clock in which something
differs, so that a question on that clock is one indexed query and an embargo ends by comparing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Table, and_, delete, insert, select

from events.clocks import Clock
from events.fields import Kind
from projections import tables
from projections.claims import Json, Report
from projections.clashes import Clash
from projections.folded import Absence, Held, Pair, Reporting, histories
from projections.merging import MergeSpan, component, follow, merge_spans, sides
from projections.reports import Winner, merged, report

PAIR_EFFECTS = ("Holds", "Observed", "Ends", "Departs", "Away", "Back", "ReportsTo")
CHUNK = 400
MANAGER = ("manager",)
"""Whom a line leads to may be merged long after the line was written: that merge is applied on reading."""
_STATUSES = {"strict": ("confirmed", "reported"), "rumoured": ("confirmed", "reported", "rumoured")}
Flat = Held | Absence | Reporting | Clash
TABLE_OF: dict[type[Flat], Table] = {
    Held: tables.tenures, Absence: tables.leaves, Reporting: tables.lines, Clash: tables.clashes,
}  # fmt: skip


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
    people = components(connection, "person", {person for person, _ in pending})
    organizations = components(connection, "organization", {organization for _, organization in pending})
    groups: dict[tuple[frozenset[str], frozenset[str]], None] = {}
    for person, organization in pending:
        groups[people[person], organizations[organization]] = None
    by_organizations: dict[frozenset[str], list[frozenset[str]]] = defaultdict(list)
    for persons, employers in groups:
        by_organizations[employers].append(persons)
    for employers, members in by_organizations.items():
        for start in range(0, len(members), CHUNK):
            _write_groups(connection, employers, members[start : start + CHUNK])


def components(connection: Connection, kind: Kind, ids: set[str]) -> dict[str, frozenset[str]]:
    """By id, all the ids that merges ever connected it to, its own included."""
    merged = sides(connection, kind, ids)
    return {entity: frozenset(component(connection, kind, (entity,)) if entity in merged else (entity,)) for entity in ids}


def _write_groups(connection: Connection, employers: frozenset[str], groups: Sequence[frozenset[str]]) -> None:
    persons = sorted(set().union(*groups))
    facts = tables.facts.c
    counted = versions_about(connection, and_(facts.organization.in_(sorted(employers)), facts.subject.in_(persons)))
    merges = [*merge_spans(connection, "person", persons), *merge_spans(connection, "organization", sorted(employers))]
    fresh: dict[Table, list[Json]] = {table: [] for table in TABLE_OF.values()}
    for group in groups:
        mine = [version for person in sorted(group) for version in counted[person]]
        for table, rows in rows_of(mine, merges).items():
            fresh[table].extend(rows)
    for table, rows in fresh.items():
        connection.execute(delete(table).where(table.c.organization.in_(employers), table.c.person.in_(persons)))
        if rows:
            connection.execute(insert(table), rows)


def versions_about(connection: Connection, about: ColumnElement[bool], clock: Clock = "public") -> dict[str, list[Counted]]:
    """By person, the versions on the clock that have effects on the person, those of the facts that are `about` it."""
    facts, versions = tables.facts.c, tables.versions.c
    query = (
        select(facts.subject, versions.known_from, versions.known_until, versions.status, versions.event_id, versions.body,
               versions.announced, versions.publishers)
        .distinct()
        .join_from(tables.facts, tables.versions, same_version())
        .where(about, facts.clock == clock, facts.effect.in_(PAIR_EFFECTS))
    )  # fmt: skip
    found: dict[str, list[Counted]] = defaultdict(list)
    for subject, start, until, status, event_id, body, announced, publishers in connection.execute(query):
        found[subject].append(Counted(start, until, status, event_id, orjson.loads(body), announced, publishers))
    return found


def same_version() -> Any:
    """Joins a fact to the version of its event that told it."""
    facts, versions = tables.facts.c, tables.versions.c
    return and_(facts.clock == versions.clock, facts.event_id == versions.event_id, facts.seq == versions.seq)


def rows_of(counted: Sequence[Counted], merges: Sequence[MergeSpan]) -> dict[Table, list[Json]]:
    """The rows of one group of connected people and organizations, over the whole of a clock."""
    spans: dict[tuple[type[Flat], bytes], dict[str, list[list[int]]]] = {}
    reports = [(version, _report(version)) for version in counted]
    for start, until in _segments(counted, merges):
        known = [report for version, report in reports if version.start <= start < version.until]
        for flags, flats in _folded(known, winner_at(merges, start)):
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
        if winner is not None:
            reports = [replace(one, effects=merged(one.effects, winner, but=MANAGER)) for one in reports]
        folded = histories(reports)
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


def winner_at(merges: Sequence[MergeSpan], moment: int) -> Winner | None:
    """Under which ids entities are read at a moment, in microseconds since 1970; None where no merge stands then."""
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
            found[TABLE_OF[flat], row["organization"], row["person"]].append(row)
    rows: dict[Table, list[Json]] = defaultdict(list)
    for (table, _, _), items in found.items():
        rows[table].extend({**item, "seq": seq} for seq, item in enumerate(items))
    return rows
