"""When the answers about an organization or a person change, by day and by moment of knowledge, as the API tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import Connection

from events.fields import Kind
from events.moments import rfc3339
from projections.claims import Json
from projections.folded import Histories
from projections.founding import founding_days
from projections.histories import person_histories, reports_about
from projections.learned import organization_moments, person_moments
from projections.merging import losers
from projections.moments import Part, change_days, person_change_days
from projections.reading import Reading
from projections.renamed import renamings
from projections.standing import Known, echo, organization_known
from projections.succession import succession_by_day


def _organization(connection: Connection, organization: str, reading: Reading) -> Json:
    days = _days_of_organization(connection, organization, reading)
    return _answer(days, organization_moments(connection, organization, reading), reading)


def _person(connection: Connection, person: str, reading: Reading) -> Json:
    return _answer(_days_of_person(connection, person, reading), person_moments(connection, person, reading), reading)


def _days_of_organization(connection: Connection, organization: str, reading: Reading) -> Mapping[int, int]:
    known = organization_known(connection, organization, reading)
    return change_days(known.folded, known.reports)


def _days_of_person(connection: Connection, person: str, reading: Reading) -> Mapping[int, int]:
    folded = person_histories(connection, person, reading)
    employers = {flat.organization for part in (folded.tenures, folded.leaves, folded.lines) for flat in part}
    lines = [Part(turns.line, turns.bounds, turns.organization) for turns in succession_by_day(connection, person, folded.tenures, reading)]
    return person_change_days(folded, founding_days(connection, employers, reading), renamings(connection, employers, reading), lines)


def _days_of_product(connection: Connection, product: str, reading: Reading) -> Mapping[int, int]:
    ids = losers(connection, "product", product, reading)
    return change_days(Histories(), reports_about(connection, reading, subjects=ids, effects=("Phase",)))


def _answer(days: Mapping[int, int], known: Mapping[int, int], reading: Reading) -> Json:
    return {
        **echo(reading),
        "days": _told(days),
        "known": [{"at": rfc3339(at), "changes": changes} for at, changes in known.items()],
    }


def _told(days: Mapping[int, int]) -> list[Json]:
    return [{"day": date.fromordinal(day).isoformat(), "changes": changes} for day, changes in days.items()]


_DAYS: Mapping[Kind, Callable[[Connection, str, Reading], Mapping[int, int]]] = {
    "organization": _days_of_organization, "person": _days_of_person, "product": _days_of_product,
}  # fmt: skip


def days_of(connection: Connection, kind: Kind, entity: str, reading: Reading) -> list[Json]:
    """The days alone on which the answer about an entity changes: `{"day", "changes"}` each, as in `MOMENTS`."""
    return _told(_DAYS[kind](connection, entity, reading))


def days_known(known: Known) -> list[Json]:
    """The same for an organization of which all that is known was read already."""
    return _told(change_days(known.folded, known.reports))


MOMENTS: Mapping[Kind, Callable[[Connection, str, Reading], Json]] = {"organization": _organization, "person": _person}
"""`{"days": [{"day", "changes"}], "known": [{"at", "changes"}]}` for an entity of the kind by its id at the reading.

`changes` is the number of parts of the answer that change: a person in a role, a leave, a line, a vacancy, a product,
or who came before and after a person in a role.
"""
