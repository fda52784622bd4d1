"""The log as readers get it: every entry once, in order, and none before its moment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from events.entities import EntityAbsorbed, EntityEntry, EntityMerged, EntityNamed, EntityRegistered, EntityUnmerged, entity_aggregate
from events.fields import Kind
from projections.log import log_page
from projections.projector import catch_up
from projections.stores import Store
from tests.projections.support import WIRE, MemoryLog, at, event_id

SECRET = "2024-06-01"
"""When the event that brings `cat` and `bolt` becomes public."""


def story() -> tuple[MemoryLog, dict[str, tuple[int, ...]]]:
    """A log, and its positions by the moment from which they count: `always`, and three days."""
    log, found = MemoryLog(), dict[str, tuple[int, ...]]()
    log.register("organization", "acme")
    log.register("person", "ann")
    log.appoint("e1", "ann", announced="2024-01-01", sources=[WIRE])
    log.correct("e1", {"role": "CTO"})
    found["always"] = (1, 3, 5, 6, 7)  # names are claimed at 2 and 4
    log.correct("e1", {"role": "CFO"}, "2024-04-01")
    log.correct("e1", {"tags": ["x"]})
    add(log, EntityNamed, "person", "ann", "2024-04-01", {"en": "Ann B."}, [])
    found["2024-04-01"] = (8, 9, 10)
    add(log, EntityRegistered, "person", "cat", None, {"en": "Cat"}, ["The Cat"], {"wikidata": "Q1"}, event_id("e2"))
    add(log, EntityRegistered, "organization", "bolt", None, {"en": "Bolt"}, [], {}, event_id("e2"))
    log.appoint("e2", "cat", "bolt", announced=SECRET, sources=[{"title": "The scoop"}])
    log.name("person", "cat", "Catherine")
    log.identify("person", "cat", {"isni": "1"})
    add(log, EntityMerged, "person", "cat", None, "ann", None)
    add(log, EntityAbsorbed, "person", "ann", None, "cat")
    found[SECRET] = (11, 12, 13, 14, 15, 16, 17, 18)
    log.register("person", "dan")
    add(log, EntityMerged, "person", "dan", "2024-09-01", "ann", "news")
    add(log, EntityUnmerged, "person", "dan", None, "ann", "a slip")
    found["always"] += (19,)
    found["2024-09-01"] = (21, 22)
    return log, found


def add(log: MemoryLog, cls: type[EntityEntry], kind: Kind, entity: str, *said: object) -> None:
    """Append an entry about an entity."""
    log.add(cls, entity_aggregate(kind, entity), kind, entity, *said)


@pytest.fixture(name="connection")
def fixture_connection(store: Store) -> Iterator[Connection]:
    """A store that holds the story."""
    catch_up(store, story()[0])
    with store.reading() as connection:
        yield connection


def positions(connection: Connection, known_at: str, limit: int = 200) -> list[int]:
    """The positions of all entries, read page by page."""
    found: list[int] = []
    after: int | None = 0
    while after is not None:
        page = log_page(connection, at(known_at), after, limit)
        assert len(page.items) <= limit
        assert page.after is None or page.items
        found += [item["position"] for item in page.items]
        after = page.after
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
def test_an_entry_shows_from_its_moment(connection: Connection, limit: int) -> None:
    """Neither an event under embargo, nor the people, articles, names and merges that it brings, may be told by the log."""
    counting = story()[1]
    known = list(counting["always"])
    assert positions(connection, "2024-03-31T23:59:59Z", limit) == known
    for moment in ("2024-04-01", SECRET, "2024-09-01"):
        assert positions(connection, f"{moment}T00:00:00Z", limit) == sorted([*known, *counting[moment]])
        known += counting[moment]


def test_nothing_shows_before_it_was_recorded(connection: Connection) -> None:
    """The log is read on the recorded clock, whatever was announced earlier."""
    assert positions(connection, "2023-12-31T23:59:59Z") == []
    assert positions(connection, "2024-01-01T00:00:05Z") == [1, 3]
    assert positions(connection, "2024-01-01T00:00:06Z") == [1, 3, 5, 6]


def test_an_entry_is_shown_whole(connection: Connection) -> None:
    """A follower can rebuild everything from what it gets."""
    article, event = log_page(connection, at(), 4, 2).items
    assert article["subject"][0] == "article"
    assert article["data"] == {"article": WIRE}
    assert event == {
        "position": 6,
        "topic": "event.recorded",
        "originator": event_id("e1").hex,
        "number": 1,
        "recorded_at": "2024-01-01T00:00:06Z",
        "subject": ("event", str(event_id("e1"))),
        "actor": "ann",
        "data": {
            "type": "appointment", "fields": {"person": "ann", "organization": "acme", "role": "CEO"}, "effective": "2024-01-15",
            "announced": "2024-01-01", "status": "reported", "sources": [WIRE], "summary": {}, "tags": [], "ref": None,
        },
    }  # fmt: skip
    assert [item["subject"] for item in log_page(connection, at(), 0, 2).items] == [("organization", "acme"), ("person", "ann")]


def test_a_page_ends_where_nothing_follows(connection: Connection) -> None:
    """A follower that has seen everything is told so, and may ask again from there."""
    assert log_page(connection, at(), 22, 5).items == []
    assert log_page(connection, at(), 20, 2).after is None
    assert log_page(connection, at(), 19, 1).after == 21
