"""What a question costs: every statement of a read on the public clock goes by an index."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, event

from projections import filters
from projections.articles import article_list
from projections.changes import MOMENTS
from projections.compared import organization_diff, person_diff
from projections.conflicts import organization_conflicts
from projections.duplicates import DuplicateQuery, duplicates, near
from projections.entities import card, find, resolve
from projections.feed import FeedQuery, feed
from projections.log import log_page
from projections.projector import catch_up
from projections.standing import organization_history, organization_state, person_history, person_standing, product_standing
from projections.stores import Stores
from projections.succession import person_succession
from tests.projections.support import at, small_log

Read = Callable[[Connection], Any]
ANOTHER = {"type": "departure", "fields": {"person": "ann", "organization": "acme"}, "effective": "2024-02"}
READS: dict[str, Read] = {
    "state": lambda connection: organization_state(connection, "acme", at()),
    "organization": lambda connection: organization_history(connection, "acme", at()),
    "person": lambda connection: person_history(connection, "ann", at()),
    "card": lambda connection: (card(connection, "person", "ann", at()), person_standing(connection, "ann", at())),
    "explained": lambda connection: organization_state(connection, "acme", at(), explain=True),
    "organization diff": lambda connection: organization_diff(connection, "acme", at("2024-01-05"), at()),
    "person diff": lambda connection: person_diff(connection, "bob", at("2024-01-05"), at()),
    "organization moments": lambda connection: MOMENTS["organization"](connection, "acme", at()),
    "person moments": lambda connection: MOMENTS["person"](connection, "bob", at()),
    "conflicts": lambda connection: organization_conflicts(connection, "acme", at()),
    "succession": lambda connection: person_succession(connection, "bob", at()),
    "product": lambda connection: product_standing(connection, "core", at()),
    "name": lambda connection: resolve(connection, "person", "Bob", at()),
    "people": lambda connection: find(connection, "person", at(), None, 5),
    "found": lambda connection: find(connection, "person", at(), "bo", 5),
    "articles": lambda connection: article_list(connection, at(), 5),
    "log": lambda connection: log_page(connection, at(), 3, 5),
    "duplicates": lambda connection: duplicates(connection, DuplicateQuery(5), at()),
    "duplicates of": lambda connection: duplicates(connection, DuplicateQuery(5, None, "acme", "ann", ("departure",)), at()),
    "near": lambda connection: near(connection, UUID(int=1), ANOTHER, at()),
    "feed": lambda connection: feed(connection, FeedQuery(5), at()),
    "feed announced": lambda connection: feed(connection, FeedQuery(5, order="announced", from_=738_000, to=740_000), at()),
    "feed recorded": lambda connection: feed(connection, FeedQuery(5, order="recorded", descending=False), at()),
    "feed organization": lambda connection: feed(connection, FeedQuery(5, organization="acme"), at()),
    "feed person": lambda connection: feed(connection, FeedQuery(5, person="ann"), at()),
    "feed type": lambda connection: feed(connection, FeedQuery(5, types=("departure", "statement")), at()),
    "feed status": lambda connection: feed(connection, FeedQuery(5, statuses=("denied",)), at()),
    "feed tag": lambda connection: feed(connection, FeedQuery(5, tag="Board"), at()),
    "feed words": lambda connection: feed(connection, FeedQuery(5, q="ann takes over"), at()),
    "feed days": lambda connection: feed(connection, FeedQuery(5, from_=738_000, to=740_000, as_of=739_500), at()),
}
_WALK = re.compile(r"SCAN (?!CONSTANT)\w+$|SEARCH merges .*\(kind=\?\)$")
"""A table read from end to end, or all the merges of a kind, as SQLite's plans put it."""


@pytest.fixture(name="connection", scope="module")
def fixture_connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A store with a bit of everything."""
    stores = Stores.open("sqlite:///ignored.db", tmp_path_factory.mktemp("home"))
    store = stores.create()
    log = small_log()
    log.register("product", "core")
    log.post("e5", "product_release", organization="acme", product="core", announced="2024-02-02")
    log.post("e6", "reporting_line", person="ann", organization="acme", manager="bob", announced="2024-02-03")
    catch_up(store, log)
    with store.reading() as connection:
        yield connection
    stores.close()


@contextmanager
def recorded(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """The statements sent meanwhile, with their parameters."""
    sent: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        sent.append((statement, parameters))

    event.listen(connection.engine, "before_cursor_execute", note)
    yield sent
    event.remove(connection.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("few", [0, 1000], ids=["many", "few"])
@pytest.mark.parametrize("name", READS)
def test_every_statement_goes_by_an_index(connection: Connection, monkeypatch: pytest.MonkeyPatch, name: str, few: int) -> None:
    """A table that is read from end to end is quick with ten rows and hopeless with a million."""
    monkeypatch.setattr(filters, "FEW", few)
    with recorded(connection) as sent:
        READS[name](connection)
    assert sent
    for statement, parameters in sent:
        plan = [str(step.detail) for step in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)]
        assert not [detail for detail in plan if _WALK.match(detail)], (statement, plan)
