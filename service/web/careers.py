"""Tenures for charts and their tables: laid out in lanes by organization or by role, with their names put in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import Connection

from events.roles import known_roles
from projections.folded import Held, Histories
from projections.reading import Reading
from projections.standing import named
from projections.state import is_interim
from service.api.answers import Json
from service.web.charts.drawing import Chart, draw
from service.web.charts.spells import Spell, spell
from service.web.filters import day, lang, role

_RANKS: Mapping[str, int] = {role.key: number for number, role in enumerate(known_roles())}
COLUMNS = ("person", "person_id", "organization", "organization_id", "role", "role_key", "since", "until", "interim", "events")
"""The columns of tenures as CSV."""


@dataclass(frozen=True, slots=True)
class Careers:
    """Tenures, oldest first, as lines of an answer; the same as spells; and the lanes of a chart by key with their names."""

    tenures: Sequence[Json]
    spells: Sequence[Spell]
    lanes: Mapping[str, str]

    def chart(self, day: int, most: int | None) -> Chart | None:
        """The chart of the tenures; see `draw`."""
        return draw(self.spells, self.lanes, day, lang(), most)

    def drawn(self, chart: Chart | None) -> list[Json]:
        """The tenures that have a bar in the chart, in its order: its table twin."""
        lines = dict(zip(self.spells, self.tenures, strict=True))
        return [lines[found] for found in chart.drawn] if chart else []


def careers(connection: Connection, folded: Histories, reading: Reading, by: Literal["organization", "role"]) -> Careers:
    """All tenures known at the reading, in lanes by organization, oldest first, or by role, the highest first."""
    tenures = sorted(folded.tenures, key=_oldest_first)
    lines = named(connection, {"tenures": [_line(held, reading) for held in tenures]}, reading)["tenures"]
    roles = [role(line["role"]) for line in lines]
    lanes: dict[str, str] = {}
    spells = []
    for held, line, title in zip(tenures, lines, roles, strict=True):
        who, where = line["person"]["name"], line["organization"]["name"]
        lane, name, label = (held.organization, where, title) if by == "organization" else (held.role_key or "", title, who)
        lanes[lane] = name
        spells.append(spell(held, lane, label, _title(line, label, name), folded.leaves, reading.as_of))
    order = sorted(lanes, key=lambda key: rank(key or None)) if by == "role" else lanes
    return Careers(lines, spells, {key: lanes[key] for key in order})


def rank(role_key: str | None) -> tuple[int, str]:
    """Sorts roles from the highest to the lowest, as far as they are known, and others by their key; those without a name come last."""
    return _RANKS.get(role_key or "", len(_RANKS) + (role_key is None)), role_key or ""


def _oldest_first(held: Held) -> tuple[int, int, str, str]:
    return (held.start_first if held.start_known else held.start_last, held.end_last, held.person, held.role_key or "")


def _line(held: Held, reading: Reading) -> Json:
    return {
        "person": held.person,
        "organization": held.organization,
        "role_key": held.role_key,
        "interim": is_interim(held, reading.as_of),
        **{name: held.body[name] for name in ("role", "since", "until")},
        "events": [str(UUID(event)) for event in held.body["events"]],
    }


def _title(line: Json, label: str, lane: str) -> str:
    """A tenure in full, as a bar's tooltip and a screen reader say it."""
    since = day(line["since"]) or str(gettext("unknown start"))
    until = day(line["until"]) or str(gettext("no end known"))
    return f"{label} · {lane} · {since} – {until}"
