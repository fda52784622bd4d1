"""When the answers about an organization or a person change, by day and by moment of knowledge, as the API tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import Connection

from events.fields import Kind
from events.moments import rfc3339
from projections.claims import Json
from projections.histories import organization_histories, person_histories, reports_about
from projections.learned import organization_moments, person_moments
from projections.merging import losers
from projections.moments import change_days, person_change_days
from projections.reading import Reading
from projections.standing import echo


def _organization(connection: Connection, organization: str, reading: Reading) -> Json:
    ids = losers(connection, "organization", organization, reading)
    reports = reports_about(connection, reading, organizations=ids, effects=("Phase", "Founded", "Named"))
    days = change_days(organization_histories(connection, organization, reading), reports)
    return _answer(days, organization_moments(connection, organization, reading), reading)


def _person(connection: Connection, person: str, reading: Reading) -> Json:
    days = person_change_days(person_histories(connection, person, reading))
    return _answer(days, person_moments(connection, person, reading), reading)


def _answer(days: Mapping[int, int], known: Mapping[int, int], reading: Reading) -> Json:
    return {
        **echo(reading),
        "days": [{"day": date.fromordinal(day).isoformat(), "changes": changes} for day, changes in days.items()],
        "known": [{"at": rfc3339(at), "changes": changes} for at, changes in known.items()],
    }


MOMENTS: Mapping[Kind, Callable[[Connection, str, Reading], Json]] = {"organization": _organization, "person": _person}
"""`{"days": [{"day", "changes"}], "known": [{"at", "changes"}]}` for an entity of the kind by its id at the reading.

`changes` is the number of parts of the answer that change: a person in a role, a leave, a line, a vacancy, a product.
"""
