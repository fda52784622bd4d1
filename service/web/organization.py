"""The page of an organization: what changed, how it stands on the day, who reports to whom, and all its tenures as a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from projections.changes import days_known
from projections.compared import organization_diff
from projections.reading import Reading
from projections.standing import echo, organization_known, organization_state
from service.api.answers import Json, Look, standing_id
from service.web.cards import asked, card_of, events_about, marks_of, most, table, told_by
from service.web.careers import COLUMNS, Careers, careers, rank
from service.web.comparing import GROUPS, groups, sides
from service.web.marks import of_days, travelling
from service.web.pages import Shown, page
from service.web.reporting import tree
from service.web.tables import Table

EVENTS = 12
SECTIONS = ("holders", "on_leave", "reports", "vacant", "products")
HOLDERS = ("role", "role_key", "person", "person_id", "certainty", "interim", "since", "until", "events")
PRODUCTS = ("product", "product_id", "phase", "since", "expected", "events")
CHANGES = ("change", "person", "person_id", "product", "product_id", "role", "role_key", "events")


@page("/organizations/<entity>", "organization.html", csv=True)
def organization(seen: Look, entity: str) -> Shown:
    """An organization at the reader's time."""
    found = standing_id(seen, "organization", entity)
    card, explains = card_of(seen, "organization", found), asked("explain")
    known = organization_known(seen.connection, found, seen.reading, explain=explains)
    marks = of_days(days_known(known), seen) if travelling(seen) is seen else marks_of(seen, "organization", found)
    state = organization_state(seen.connection, found, seen.reading, explain=explains, known=known)
    state["holders"].sort(key=lambda line: (rank(line["role_key"]), line["person"]["name"]))
    told = careers(seen.connection, known.folded, seen.reading, "role")
    readings = sides(seen, marks)
    diff = organization_diff(seen.connection, found, *readings, None if explains else known) if readings else None
    data: Json = {
        **card,
        **echo(seen.reading),
        "name_then": state["organization"]["name"],
        **{section: state[section] for section in SECTIONS},
        "changes": diff,
        "tenures": told.tenures,
        "events": events_about(seen, "organization", found, EVENTS),
    }
    extra = {**_shown(seen, state, told, explains=explains), **_changes(seen, diff, readings)}
    return Shown(state["organization"]["name"], data, marks, extra, _tables(state, told, diff), compares=True)


def _shown(seen: Look, state: Json, told: Careers, *, explains: bool) -> Mapping[str, Any]:
    """What is shown of the long lists, the chart, and the events that explain the lines."""
    lists = {section: state[section][: most(section)] for section in SECTIONS if section != "reports"}
    chart = told.chart(seen.reading.as_of, most("chart"))
    lines: Sequence[Json] = [line for lines in lists.values() for line in lines]
    return {
        "lists": lists,
        "away": {line["person"]["id"] for line in state["on_leave"]},
        "tree": tree(state["reports"], most("reports")),
        "most": most("reports"),
        "chart": chart,
        "drawn": told.drawn(chart),
        "explains": explains,
        "told": told_by(seen, lines) if explains else {},
    }


def _changes(seen: Look, diff: Json | None, readings: tuple[Reading, Reading] | None) -> Mapping[str, Any]:
    """The diff in words; `later` says that the day looked at is the earlier one."""
    if diff is None or readings is None:
        return {"groups": [], "later": False}
    return {"groups": groups(seen, diff, most("changes")), "later": readings[0].as_of == seen.reading.as_of}


def _tables(state: Json, told: Careers, diff: Json | None) -> Mapping[str, Table]:
    changes = [{**line, "change": group} for group in GROUPS for line in (diff or {}).get(group, ())]
    return {
        "holders": table(HOLDERS, state["holders"]),
        "changes": table(CHANGES, changes),
        "products": table(PRODUCTS, state["products"]),
        "tenures": table(COLUMNS, told.tenures),
    }
