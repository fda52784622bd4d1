"""What one event does to the state: the tenures, leaves, reporting lines and products that it opened, closed or supports.

Each takes part in the fold with all other events, so what it did is read from the explained histories of those whom it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, select

from events.dates import OPEN_END
from events.fields import Kind
from projections.claims import Json
from projections.explaining import with_texts
from projections.folded import Absence, Held, Histories, Reporting
from projections.histories import person_histories, reports_about
from projections.known import current
from projections.merging import losers, winners
from projections.reading import Reading
from projections.standing import named
from projections.state import products
from projections.tables import facts
from projections.tenures import PAIR_EFFECTS

_PLAIN = {"Founded": "founding", "Named": "name", "Succeeds": "succession"}
"""Effects that open and close nothing, by what a line about them is called."""


def consequences(connection: Connection, event_id: str, reading: Reading) -> list[Json]:
    """What the event (id as hex) does, as known at the reading; empty where it does not count, be it denied or a rumour left out.

    `{"kind": "tenure" | "leave" | "line", "person", "organization", "role", "manager", "since", "until", "steps", "claims"}` each,
    with the role of a tenure and the manager of a line; `{"kind": "product", "product", "organization", "steps"}`; and for what opens
    and closes nothing `{"kind": "founding" | "name" | "succession", "organization"}`. `steps` and `claims` are those of `why` (see
    `projections.explaining`) that are this event's.
    """
    counts = (current(facts, reading), facts.c.status.in_(reading.statuses))
    told = connection.execute(
        select(facts.c.effect, facts.c.subject, facts.c.organization).where(facts.c.event_id == event_id, *counts).order_by(facts.c.item)
    ).all()
    people = [row.subject for row in told if row.effect in PAIR_EFFECTS]
    found = [line for person in _standing(connection, "person", people, reading) for line in _person(connection, person, reading)]
    found += _products(connection, [row.subject for row in told if row.effect == "Phase"], reading)
    found += [{"kind": _PLAIN[row.effect], "organization": row.organization} for row in told if row.effect in _PLAIN]
    mine = [line for line in (_own(line, event_id) for line in found) if line is not None]
    with_texts((line for line in mine if "steps" in line), reading.lang)
    return [named(connection, line, reading) for line in mine]


def _standing(connection: Connection, kind: Kind, ids: Iterable[str], reading: Reading) -> Sequence[str]:
    """The ids at the reading of some entities, once each."""
    given = list(dict.fromkeys(ids))
    found = winners(connection, kind, given, reading)
    return list(dict.fromkeys(found[one] for one in given))


def _person(connection: Connection, person: str, reading: Reading) -> Iterator[Json]:
    """A line for each tenure, leave and reporting line of the person, with its `why`."""
    folded: Histories = person_histories(connection, person, reading, explain=True)
    for held in folded.tenures:
        yield _line("tenure", held, {**held.body, "role_key": held.role_key})
    for leave in folded.leaves:
        yield _line("leave", leave, leave.body)
    for line in folded.lines:
        yield _line("line", line, {**line.body, "manager": line.manager})


def _line(kind: str, flat: Held | Absence | Reporting, body: Json) -> Json:
    shown = {name: body.get(name) for name in ("role", "role_key", "manager", "since", "until", "why")}
    return {"kind": kind, "person": flat.person, "organization": flat.organization, **shown}


def _products(connection: Connection, ids: Iterable[str], reading: Reading) -> Iterator[Json]:
    for product in _standing(connection, "product", ids, reading):
        about = reports_about(connection, reading, subjects=losers(connection, "product", product, reading), effects=("Phase",))
        own = (line for line in products(about, OPEN_END, explain=True) if line["product"] == product)
        yield from ({"kind": "product", **{name: line[name] for name in ("product", "organization", "why")}} for line in own)


def _own(line: Json, event_id: str) -> Json | None:
    """The line with only what the event did to it; None where it did nothing."""
    if "why" not in line:
        return line
    why = line.pop("why")
    found = {name: [one for one in why.get(name, ()) if one["event"] == event_id] for name in ("steps", "claims")}
    return {**line, **found} if found["steps"] else None
