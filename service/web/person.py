"""The page of a person: names, the roles of the day, the career as a chart, who came before and after, events and statements."""

from __future__ import annotations

from events.types import event_types
from projections.histories import person_histories
from projections.standing import echo, person_standing
from projections.succession import person_succession
from service.api.answers import Json, Look, standing_id
from service.web.cards import card_of, events_about, marks_of, most, table
from service.web.careers import COLUMNS, careers
from service.web.pages import Shown, page

STATEMENT = "statement"
EVENTS, STATEMENTS = 20, 10


@page("/people/<entity>", "person.html", csv=True)
def person(seen: Look, entity: str) -> Shown:
    """A person at the reader's time."""
    found = standing_id(seen, "person", entity)
    card = card_of(seen, "person", found)
    told = careers(seen.connection, person_histories(seen.connection, found, seen.reading), seen.reading, "organization")
    data: Json = {
        **card,
        **echo(seen.reading),
        "standing": person_standing(seen.connection, found, seen.reading),
        "succession": person_succession(seen.connection, found, seen.reading),
        "tenures": told.tenures,
        "events": events_about(seen, "person", found, EVENTS, tuple(name for name in event_types() if name != STATEMENT)),
        "statements": events_about(seen, "person", found, STATEMENTS, (STATEMENT,)),
    }
    chart = told.chart(seen.reading.as_of, most("chart"))
    extra = {"chart": chart, "drawn": told.drawn(chart)}
    return Shown(card["name"], data, marks_of(seen, "person", found), extra, {"career": table(COLUMNS, told.tenures)})
