"""How an organization, a person or a product stands: the answers that reads give, with names put in.

Each takes an open connection to a store, the id at that reading, and the reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from events.fields import Kind
from events.moments import rfc3339
from projections.claims import Json, Report
from projections.entities import called
from projections.explaining import with_texts
from projections.folded import Absence, Held, Histories, Reporting
from projections.founding import existing
from projections.histories import organization_histories, person_histories, reports_about
from projections.merging import losers, winners
from projections.reading import Reading
from projections.state import certainty, holders, holds, is_interim, on_leave, products, state

_PERSONS = ("person", "manager", "predecessor", "successor")


def echo(reading: Reading) -> Json:
    """The read parameters as an answer repeats them."""
    as_of = date.fromordinal(reading.as_of).isoformat()
    return {"as_of": as_of, "known_at": rfc3339(reading.known_at), "clock": reading.clock}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an organization at one moment, read once for questions about any day."""

    folded: Histories
    reports: Sequence[Report]


def organization_known(connection: Connection, organization: str, reading: Reading, *, explain: bool = False) -> Known:
    """What is known of the organization at the reading, whatever its day; with the reasons to `explain` it."""
    ids = losers(connection, "organization", organization, reading)
    reports = reports_about(connection, reading, organizations=ids, effects=("Phase", "Founded", "Named"))
    return Known(organization_histories(connection, organization, reading, explain=explain), reports)


def organization_state(
    connection: Connection, organization: str, reading: Reading, *, explain: bool = False, known: Known | None = None
) -> Json:
    """Holders, leaves, reporting lines, vacant roles, products and name at the end of the day; each line with its `why` to `explain` it.

    `known` is what `organization_known` read, with the reasons if they are to be explained; without it, it is read here.
    """
    known = known or organization_known(connection, organization, reading, explain=explain)
    found = state(known.folded, known.reports, reading.as_of, explain=explain)
    with_texts((line["why"] for lines in found.values() if isinstance(lines, list) for line in lines if "why" in line), reading.lang)
    return named(connection, {"organization": organization, **echo(reading), **found}, reading)


def organization_history(connection: Connection, organization: str, reading: Reading) -> Json:
    """Every tenure, leave and reporting line begun by the day, and the products."""
    folded = organization_histories(connection, organization, reading)
    ids = losers(connection, "organization", organization, reading)
    reports = reports_about(connection, reading, organizations=ids, effects=("Phase",))
    found = {**_histories(folded.tenures, folded.leaves, folded.lines, reading), "products": products(reports, reading.as_of)}
    return named(connection, found, reading)


def person_history(connection: Connection, person: str, reading: Reading) -> Json:
    """Every tenure, leave and reporting line of the person begun by the day, in any organization."""
    folded = person_histories(connection, person, reading)
    return named(connection, _histories(folded.tenures, folded.leaves, folded.lines, reading), reading)


def person_standing(connection: Connection, person: str, reading: Reading) -> Json:
    """What a person's card shows: the roles held and the leaves at the end of the day."""
    folded = existing(connection, person_histories(connection, person, reading), reading)
    roles = [_tenure(held, reading.as_of) for held in folded.tenures if holds(held, reading.as_of)]
    away = on_leave(folded.leaves, reading.as_of)
    return named(connection, {"roles": roles, "on_leave": away}, reading)


def person_lines(connection: Connection, person: str, reading: Reading) -> Json:
    """The roles, leaves and reporting lines of a person at the end of the day, with the names of the state's sections."""
    folded = existing(connection, person_histories(connection, person, reading), reading)
    held = [{**line, "organization": organization} for organization, line in _by_organization(folded.tenures, reading.as_of)]
    away = [{**line, "organization": leave.organization} for leave in folded.leaves for line in on_leave([leave], reading.as_of)]
    told = [{**_line(line, reading.as_of), "manager_left": False} for line in folded.lines if line.manager is not None]
    return named(connection, {"holders": held, "on_leave": away, "reports": [line for line in told if line.pop("current")]}, reading)


def _by_organization(tenures: Iterable[Held], day: int) -> Iterator[tuple[str, Json]]:
    found: dict[str, list[Held]] = {}
    for held in tenures:
        found.setdefault(held.organization, []).append(held)
    for organization, mine in sorted(found.items()):
        yield from ((organization, line) for line in holders(mine, day))


def product_standing(connection: Connection, product: str, reading: Reading) -> Json:
    """The product's phase, what is expected and its versions at the end of the day; empty where nothing is known."""
    ids = losers(connection, "product", product, reading)
    found = products(reports_about(connection, reading, subjects=ids, effects=("Phase",)), reading.as_of)
    own = [line for line in found if line["product"] == product]
    return named(connection, {"standing": own[0] if own else None}, reading)


def _histories(tenures: Iterable[Held], leaves: Iterable[Absence], lines: Iterable[Reporting], reading: Reading) -> Json:
    day = reading.as_of
    begun = sorted((held for held in tenures if held.start_first <= day), key=_oldest_first)
    return {
        "tenures": [_tenure(held, day) for held in begun],
        "leaves": [_leave(leave, day) for leave in leaves if leave.first <= day],
        "reports": [_line(line, day) for line in lines if line.first <= day],
    }


def _oldest_first(held: Held) -> tuple[int, int, str, str]:
    return (held.start_first if held.start_known else held.start_last, held.end_last, held.person, held.role_key or "")


def _tenure(held: Held, day: int) -> Json:
    current = holds(held, day)
    return {
        "person": held.person,
        "organization": held.organization,
        "role_key": held.role_key,
        "current": current,
        "certainty": certainty(held, day) if current else None,
        "interim": is_interim(held, day),
        **{name: held.body[name] for name in ("role", "since", "until", "events", "disputed")},
    }


def _leave(leave: Absence, day: int) -> Json:
    expected = [turn[1] for turn in leave.body["expectations"] if turn[0] <= day and turn[1] is not None]
    return {
        "person": leave.person,
        "organization": leave.organization,
        "current": leave.first <= day < leave.until,
        "since": leave.body["since"],
        "until": leave.body["until"],
        "expected_return": expected[-1] if expected else None,
        "events": leave.body["events"],
    }


def _line(line: Reporting, day: int) -> Json:
    return {
        "person": line.person,
        "organization": line.organization,
        "manager": line.manager,
        "current": line.first <= day < line.until,
        "since": line.body["since"],
        "events": line.body["events"],
    }


def named(connection: Connection, answer: Json, reading: Reading) -> Json:
    """The answer with `{"id", "name"}` in place of every entity's id, and event ids as UUIDs are written; in place."""
    name_each(connection, [(answer, reading.as_of)], reading)
    return answer


def name_each(connection: Connection, answers: Sequence[tuple[Json, int]], reading: Reading) -> None:
    """The same for several answers, each with the names of an ordinal day of its own."""
    names = called(connection, {(kind, line[field]) for answer, _ in answers for line, field, kind in _mentions(answer)}, reading)
    for answer, day in answers:
        then = names.on(day)
        for line, field, kind in list(_mentions(answer)):
            line[field] = {"id": line[field], "name": then[kind, line[field]]["name"]}
        for line in _lines(answer):
            _with_event_ids(line)


def _lines(answer: Any) -> Iterator[Json]:
    if isinstance(answer, dict):
        yield answer
        for value in answer.values():
            yield from _lines(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from _lines(value)


def _mentions(answer: Json) -> Iterator[tuple[Json, str, Kind]]:
    for line in _lines(answer):
        for field in (*_PERSONS, "organization", "product"):
            if isinstance(line.get(field), str):
                yield line, field, "person" if field in _PERSONS else "product" if field == "product" else "organization"


def _with_event_ids(line: Json) -> None:
    if "events" in line:
        line["events"] = [str(UUID(event)) for event in line["events"]]
    if isinstance(line.get("event"), str):
        line["event"] = str(UUID(line["event"]))


def winner_of(connection: Connection, kind: Kind, entity: str, reading: Reading) -> str:
    """The id under which the entity is read at that reading."""
    return winners(connection, kind, [entity], reading).get(entity, entity)
