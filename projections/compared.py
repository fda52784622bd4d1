"""Two readings of one organization, person or product compared: the diffs that the API answers, with names put in.

Each function takes an open connection to a store, an id, and the readings `before` and `after`, which share their clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from events.effects import Named
from events.fields import Kind
from projections.claims import Json, Report
from projections.diff import Side, diff
from projections.entities import names_for
from projections.histories import person_histories, reports_about
from projections.merging import losers, winners
from projections.reading import Reading
from projections.renamed import Renamings, renamings
from projections.standing import Known, echo, organization_known, organization_state, person_lines

Line = dict[str, list[Json]]


def organization_diff(connection: Connection, organization: str, before: Reading, after: Reading, known: Known | None = None) -> Json:
    """What differs in an organization: people, leaves, reporting lines, vacant roles, products and its name.

    Between two days, `known` is what was known at the moment of both, if it was read already.
    """
    if known is None and replace(before, as_of=after.as_of) == after:
        known = organization_known(connection, _id_at(connection, "organization", organization, after), after)
    then, now = (_organization(connection, organization, reading, known) for reading in (before, after))
    found, names = diff(then, now), (then.lines["organization"], now.lines["organization"])
    changed = {"before": names[0], "after": names[1]}
    renamed = {**changed, "events": _renamings(connection, organization, after)} if names[0] != names[1] else None
    return {"organization": names[1], **_echo(before, after), **dashed(found), "renamed": renamed}


def person_diff(connection: Connection, person: str, before: Reading, after: Reading) -> Json:
    """What differs for a person: the organizations and roles, leaves and to whom the person reports."""
    found = diff(_person(connection, person, before), _person(connection, person, after), "organization")
    about = names_for(connection, [("person", person)], after)["person", person]
    kept = {name: lines for name, lines in found.items() if name not in ("vacant", "products")}
    return {"person": {"id": about["id"], "name": about["name"]}, **_echo(before, after), **dashed(kept)}


def _organization(connection: Connection, organization: str, reading: Reading, known: Known | None) -> Side:
    own = _id_at(connection, "organization", organization, reading)
    known = known or organization_known(connection, own, reading)
    lines = organization_state(connection, own, reading, known=known)
    return Side(lines, known.folded, reading.as_of, last_renamings({own: known.reports}, reading.as_of))


def _person(connection: Connection, person: str, reading: Reading) -> Side:
    own = _id_at(connection, "person", person, reading)
    folded = person_histories(connection, own, reading)
    employers = {flat.organization for part in (folded.tenures, folded.leaves, folded.lines) for flat in part}
    renamed = last_renamings(renamings(connection, employers, reading), reading.as_of)
    return Side(person_lines(connection, own, reading), folded, reading.as_of, renamed)


def _id_at(connection: Connection, kind: Kind, entity: str, reading: Reading) -> str:
    return winners(connection, kind, [entity], reading)[entity]


def _renamings(connection: Connection, organization: str, reading: Reading) -> list[str]:
    ids = losers(connection, "organization", _id_at(connection, "organization", organization, reading), reading)
    return last_renaming(reports_about(connection, reading, organizations=ids, effects=("Named",)), reading.as_of)


def last_renaming(reports: Iterable[Report], day: int) -> list[str]:
    """The event that last renamed the organization by the ordinal day; empty where it got its name without one."""
    dated = [(effect.when.first, told) for told in reports for effect in told.effects if isinstance(effect, Named)]
    return [str(UUID(told.event_id)) for first, told in sorted(dated, key=lambda pair: pair[0], reverse=True) if first <= day][:1]


def last_renamings(reports: Renamings, day: int) -> dict[str, str]:
    """By organization, the event that last renamed it by the ordinal day, where one did."""
    return {organization: event for organization, told in reports.items() for event in last_renaming(told, day)}


def _echo(before: Reading, after: Reading) -> Json:
    sides = [{name: value for name, value in echo(reading).items() if name != "clock"} for reading in (before, after)]
    return {"from": sides[0], "to": sides[1], "clock": after.clock}


def dashed(found: Line) -> Line:
    """The lines with their event ids as UUIDs are written."""
    for lines in found.values():
        for line in lines:
            line["events"] = list(dict.fromkeys(str(UUID(event)) for event in line["events"]))
    return found


Diff = Callable[[Connection, str, Reading, Reading], Json]
DIFFS: dict[Kind, Diff] = {"organization": organization_diff, "person": person_diff}
"""The diffs there are, by the kind of the entity."""
