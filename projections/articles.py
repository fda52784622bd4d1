"""Articles: what the known events cite, and each with all the events that cite it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, Row, and_, exists, insert, select

from events.articles import article_id, article_of
from events.dates import quote
from events.entries import Logged
from events.errors import NotFound
from projections.cursors import Page, Paged, place
from projections.known import current
from projections.reading import Reading
from projections.rendering import event_json
from projections.tables import articles, links, versions

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Articles(Paged):
    """A list of all articles."""


def write_articles(connection: Connection, registered: Iterable[Logged]) -> None:
    """Add a row for each `ArticleRegistered`."""
    rows = [
        {
            "id": logged.entry.originator_id.hex,
            "position": logged.position,
            "body": orjson.dumps(logged.entry.article, option=orjson.OPT_SORT_KEYS).decode(),
        }
        for logged in registered
    ]
    if rows:
        connection.execute(insert(articles), rows)


def article_list(connection: Connection, reading: Reading, limit: int = 50, cursor: str | None = None, ceiling: int | None = None) -> Page:
    """Articles that a known event cites, newest first: `{"id", "url", "title", …, "events": how many}` each.

    `ceiling` is the latest moment to which a cursor may look.
    """
    at = place(_Articles(limit, cursor), reading, lambda _: tuple[int], ceiling)
    cited = exists().where(links.c.kind == "article", links.c.target == articles.c.id, current(links, at.reading))
    query = select(articles.c.id, articles.c.position).where(cited)
    if at.key is not None:
        query = query.where(articles.c.position < at.key[0])
    rows = connection.execute(query.order_by(articles.c.position.desc()).limit(limit + 1)).all()
    kept, following = at.cut(rows, lambda row: (row.position,))
    citing = _citing(connection, [row.id for row in kept], at.reading)
    return Page([{**_article(row.id, citing[row.id]), "events": len(citing[row.id])} for row in kept], following)


def article(connection: Connection, wanted: UUID, reading: Reading) -> Json:
    """One article with its events, in the order of the log; raises `NotFound` where no known event cites it."""
    rows = _citing(connection, [wanted.hex], reading)[wanted.hex]
    if not rows:
        raise NotFound.of("id", str(wanted), f"no article {quote(str(wanted))} is known", "the id of a known article")
    return {**_article(wanted.hex, rows), "events": event_json(connection, rows, reading)}


def _citing(connection: Connection, ids: Sequence[str], reading: Reading) -> dict[str, list[Row[Any]]]:
    """The current versions that cite each article, in the order of the log."""
    same = and_(links.c.event_id == versions.c.event_id, links.c.clock == versions.c.clock, links.c.seq == versions.c.seq)
    query = select(versions, links.c.target).join(links, same).where(links.c.kind == "article", links.c.target.in_(ids))
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query.where(current(links, reading)).order_by(versions.c.position)):
        found[row.target].append(row)
    return found


def _article(hexed: str, rows: Sequence[Row[Any]]) -> Json:
    """What the first known event says of the article: the one that registered it may still be under embargo."""
    wanted = UUID(hexed)
    sources = (source for row in rows for source in orjson.loads(row.body)["sources"])
    return {"id": str(wanted), **next((article_of(source) for source in sources if article_id(source) == wanted), {})}
