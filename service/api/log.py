"""The log as CloudEvents: what was recorded, in order, for those who follow along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, url_for

from events.refs import PLURAL
from projections.log import log_page
from service.api.answers import Json, answer, linked, look
from service.api.calls import Feature, Limit, ReadQuery, WholeNumber
from service.api.parsing import JSON, MOST_POSITION

feature = Feature("log", "The log itself, entry by entry, as CloudEvents.")
ORIGIN = "/api/v1"
PLURALS: Mapping[str, str] = {"event": "events", "article": "articles", **{str(kind): plural for kind, plural in PLURAL.items()}}


class LogQuery(ReadQuery):
    """From where on."""

    after = WholeNumber(0, MOST_POSITION, "a position", load_default=0, metadata={"description": "Only entries beyond this position."})
    limit = Limit()


@feature.read("/log", "EntryPage", LogQuery)
def read_log(query: dict[str, Any]) -> Response:
    """Read the log in its order, as CloudEvents 1.0.

    Everything recorded about events, articles, people, organizations and products; no retries and no claims of names. An entry
    under embargo is left out until it counts, and then stands at its place: read again from there on to find it. `clock` makes
    no difference: the log is read on the recorded one.
    """
    with look(query) as seen:
        found = log_page(seen.connection, seen.reading, query["after"], query["limit"])
        following = None
        if found.after is not None:
            following = f"{url_for('log.read_log')}?{urlencode({**request.args, 'after': found.after})}"
        return linked(answer({"items": [cloud_event(entry) for entry in found.items], "next": following}, seen), following)


def cloud_event(entry: Json) -> Json:
    """An entry as a CloudEvent (CloudEvents 1.0, JSON event format, with the extension `sequence`)."""
    kind, subject = entry["subject"]
    return {
        "specversion": "1.0",
        "id": f"{entry['originator']}/{entry['number']}",
        "source": ORIGIN,
        "type": f"annals.{entry['topic']}",
        "subject": f"{PLURALS[kind]}/{subject}",
        "time": entry["recorded_at"],
        "sequence": str(entry["position"]),
        "datacontenttype": JSON,
        "data": {"actor": entry["actor"], **entry["data"]},
    }
