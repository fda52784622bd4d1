"""Every page of the example by its address, made from the routes, so that a new page cannot be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from flask import url_for

from service import create_app
from service.annals import Annals

QUERIES = {"web.search": ({}, {"q": "Murati"}, {"q": "無いもの"}), "web.record": ({}, {"type": "departure"})}
"""Parameters worth looking at, for pages that are others with them."""
FRAGMENTS = ("web.pick", "web.reading")
"""What scripts put into a page; no pages."""


def addresses(annals: Annals) -> Iterator[str]:
    """The address of each page, with a value for each part of its path."""
    app = create_app(annals)
    client = app.test_client()
    events = client.get("/api/v1/feed?type=departure&limit=1").json
    articles = client.get("/api/v1/articles").json
    assert events is not None
    assert articles is not None
    parts = {"event_id": events["items"][0]["id"], "article_id": articles["items"][0]["id"], "name": "departure"}
    entities = {"web.person": "mira-murati", "web.organization": "openai", "web.product": "chatgpt"}
    with app.test_request_context("/"):
        for rule in app.url_map.iter_rules():
            if not rule.endpoint.startswith("web.") or rule.endpoint in FRAGMENTS or rule.rule.endswith((".json", ".csv")):
                continue
            known = {**parts, "entity": entities.get(rule.endpoint, "")}
            path = url_for(rule.endpoint, **{name: known[name] for name in rule.arguments})
            for query in QUERIES.get(rule.endpoint, ({},)):
                yield path + (f"?{urlencode(query)}" if query else "")
