"""Versions of events as rows: when each counts on either clock, what it links, does and says, and who made it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Table, select

from events.articles import article_id
from events.clocks import CLOCKS
from events.event import EventRestored, EventRetracted, SourceAdded, SourceRemoved, StatusChanged
from events.moments import FOREVER, Moment
from events.sources import source_key
from events.text import query_tokens
from projections import tables
from projections.projector import catch_up
from projections.stores import Store
from projections.texts import targets
from projections.versions import history_of, pairs_about, version_at, write_events
from tests.projections.support import LOGS, WIRE, MemoryLog, at, emptied, event_id
from tests.support.examples import a_part

EMBARGO = "2040-01-01"


def micros(text: str) -> int:
    """A moment in microseconds since 1970."""
    return Moment.parse(text).at


def rows(store: Store, table: Table, *columns: str, event: str = "e1", clock: str = "public") -> list[tuple[Any, ...]]:
    """Some columns of an event's rows on a clock, in order."""
    wanted = [table.c[name] for name in columns]
    where = table.c.clock == clock, (table.c.target if table is tables.texts else table.c.event_id) == event_id(event).hex
    with store.reading() as connection:
        return sorted(tuple(row) for row in connection.execute(select(*wanted).where(*where)))


def told(store: Store, event: str = "e1", known_at: str = "2030-01-01", clock: str = "public") -> list[dict[str, Any]]:
    """The history of an event."""
    with store.reading() as connection:
        return history_of(connection, event_id(event).hex, at(known_at, clock))


@settings(max_examples=a_part(3), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(log=LOGS)
def test_at_any_moment_at_most_one_version_is_current(store: Store, log: MemoryLog) -> None:
    """Two versions at one moment would show an event twice, and a gap would hide one that is known."""
    assert catch_up(emptied(store), log).halted_at is None
    with store.reading() as connection:
        found = connection.execute(select(tables.versions)).all()
    events = {row.event_id for row in found}
    for clock, event in ((clock, event) for clock in CLOCKS for event in events):
        spans = sorted((row.known_from, row.known_until, row.seq) for row in found if (row.clock, row.event_id) == (clock, event))
        assert all(start < until for start, until, _ in spans)
        assert all(before[1] == after[0] for before, after in pairwise(spans)) or clock == "recorded"
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
        assert [seq for _, _, seq in spans] == list(range(len(spans)))
        assert spans[-1][1] == FOREVER


def test_a_version_as_a_row(store: Store) -> None:
    """The feed sorts and filters by the columns and serves the body as it is."""
    log = MemoryLog()
    sources = [WIRE, {"title": "More", "publisher": "Daily"}]
    event = log.appoint("e1", announced="2024-02-01", effective="2024-03", sources=sources, summary={"en": "Ann leads"}, tags=["Board"])
    catch_up(store, log)
    columns = ("seq", "known_from", "known_until", "type", "status", "publishers", "announced", "effective_first", "effective_last")
    first, last = 738946, 738976  # March 2024, as `date.toordinal` counts
    shown = ("appointment", "reported", 2, micros("2024-02-01"), first, last)
    assert rows(store, tables.versions, *columns) == [(0, micros("2024-02-01"), FOREVER, *shown)]
    with store.reading() as connection:
        body = version_at(connection, event.hex, at())
    assert body == {
        "id": str(event), "number": 1, "type": "appointment", "fields": {"person": "ann", "organization": "acme", "role": "CEO"},
        "effective": "2024-03", "announced": "2024-02-01", "status": "reported", "sources": sources, "summary": {"en": "Ann leads"},
        "tags": ["Board"], "ref": None, "retracted": False, "retraction": None, "corrected": False, "disputed": [],
        "duplicate_of": None, "duplicates": [], "recorded_at": "2024-01-01T00:00:03Z",
    }  # fmt: skip


def test_a_version_links_whom_and_what_it_mentions(store: Store) -> None:
    """Cards, articles and tags find their events by links, and the value that another report gives has a card too."""
    log = MemoryLog()
    log.post("e1", "departure", person="ann", organization="acme", successor="bob", tags=["C++ Board"], announced="2024-01-01")
    log.post("e1", "departure", person="ann", organization="acme", successor="cat", announced="2024-01-02")
    catch_up(store, log)
    article = article_id(WIRE).hex
    common = {("article", article, "sources"), ("organization", "acme", "organization"), ("tag", "c++board", "tags")}
    before = common | {("person", "ann", "person"), ("person", "bob", "successor")}
    after = before | {("person", "cat", "successor")}
    found = rows(store, tables.links, "seq", "kind", "target", "field")
    assert {row[1:] for row in found if row[0] == 0} == before
    assert {row[1:] for row in found if row[0] == 1} == after
    spans = set(rows(store, tables.links, "seq", "known_from", "known_until"))
    assert spans == set(rows(store, tables.versions, "seq", "known_from", "known_until"))


@pytest.mark.parametrize(
    ("type_name", "said", "wanted"),
    [
        ("departure", {"person": "ann", "organization": "acme", "role": "CEO", "successor": "bob"},
         [(0, "Departs", "acme", "ann"), (1, "Succeeds", "acme", "")]),
        ("product_release", {"product": "gpt-4", "organization": "acme"}, [(0, "Phase", "acme", "gpt-4")]),
        ("founding", {"organization": "acme"}, [(0, "Founded", "acme", "")]),
        ("partnership", {"organizations": ["acme", "bolt"]}, []),
    ],
)  # fmt: skip
def test_effects_as_facts(store: Store, type_name: str, said: dict[str, Any], wanted: list[Any]) -> None:
    """The fold finds by facts which events concern a person in an organization, or a product."""
    log = MemoryLog()
    log.post("e1", type_name, **said)
    catch_up(store, log)
    for clock in CLOCKS:
        assert rows(store, tables.facts, "item", "effect", "organization", "subject", clock=clock) == wanted


def test_a_retracted_version_has_no_effects_and_keeps_its_links(store: Store) -> None:
    """It is still shown, marked, wherever it was mentioned, but nobody holds a role by it."""
    log = MemoryLog()
    log.appoint("e1", announced="2024-01-01", status="rumoured")
    log.later(EventRetracted, "e1", announced="2024-02-01", reason="made up")
    log.later(EventRestored, "e1", announced="2024-03-01")
    log.later(StatusChanged, "e1", "confirmed", announced="2024-04-01")
    catch_up(store, log)
    assert rows(store, tables.facts, "seq", "status") == [(0, "rumoured"), (2, "rumoured"), (3, "confirmed")]
    assert rows(store, tables.versions, "seq", "retracted") == [(0, False), (1, True), (2, False), (3, False)]
    assert {row[0] for row in rows(store, tables.links, "seq")} == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("leads", True), ("Board", True), ("Wire", True), ("chief technology", True), ("最高技術責任者", True), ("said so", True),
        ("reporter", True), ("example", False), ("ann", False), ("acme", False),
    ],
)  # fmt: skip
def test_the_words_of_a_version(store: Store, query: str, finds: bool) -> None:
    """Events are found by what they say, and a role by its title in either language; names are found through links."""
    log = MemoryLog()
    source = {**WIRE, "author": "A. Reporter", "quote": "He said so himself"}
    log.appoint("e1", role="CTO", summary={"en": "Leads all"}, tags=["Board"], sources=[source])
    catch_up(store, log)
    with store.reading() as connection:
        found = connection.scalars(targets(connection, "event", query_tokens(query), at()))
        assert list(found) == ([event_id("e1").hex] if finds else [])


@pytest.mark.parametrize(
    ("type_name", "said", "words"),
    [
        ("statement", {"speaker": {"kind": "person", "id": "ann"}, "gist": "All is well", "medium": "X"}, "all is well x report wire"),
        ("renaming", {"organization": "acme", "new_name": {"en": "Meta", "ja": "メタ"}}, "meta メタ report wire"),
        ("other", {"headline": "社長会議"}, "社長 長会 会議 report wire"),
    ],
)
def test_every_kind_of_words(store: Store, type_name: str, said: dict[str, Any], words: str) -> None:
    """Free texts in whatever kind of field are searched, split as a query is split."""
    log = MemoryLog()
    log.post("e1", type_name, **said)
    catch_up(store, log)
    ((stored,),) = rows(store, tables.texts, "tokens")
    assert [token[1:] for token in stored.split()] == words.split()


def test_rewriting_answers_whom_it_touched_before_and_after(store: Store) -> None:
    """A tenure folded from the first version would stand for ever if only the new pair were folded anew."""
    log = MemoryLog()
    log.appoint("e1", "ann", announced="2024-01-01")
    log.appoint("e2", "cat", "bolt")
    log.correct("e1", {"person": "bob"})
    catch_up(store, log, until=3)
    with store.writing() as connection:
        assert pairs_about(connection, people=["ann"], organizations=["bolt"]) == {("ann", "acme"), ("cat", "bolt")}
        every = select(tables.versions).order_by(*tables.versions.primary_key.columns)
        before = connection.execute(every).all()
        assert write_events(connection, [event_id("e1").hex]) == {("ann", "acme")}
        assert connection.execute(every).all() == before
    catch_up(store, log)
    assert [(row[1], row[0]) for row in rows(store, tables.facts, "subject", "seq")] == [(0, "bob")]
    with store.writing() as connection:
        assert write_events(connection, [event_id("e1").hex, event_id("never").hex]) == {("ann", "acme"), ("bob", "acme")}


def test_an_event_under_embargo_is_on_no_clock(store: Store) -> None:
    """Before its moment neither the event nor anything said of it since may be read."""
    log = MemoryLog()
    log.appoint("e1", announced=EMBARGO)
    log.correct("e1", {"role": "CFO"})
    catch_up(store, log)
    for clock in CLOCKS:
        with store.reading() as connection:
            assert version_at(connection, event_id("e1").hex, at("2039-12-31", clock)) is None
            lifted = version_at(connection, event_id("e1").hex, at(EMBARGO, clock))
        assert lifted is not None
        assert lifted["fields"]["role"] == "CFO"
        assert told(store, known_at="2039-12-31", clock=clock) == []
        assert [turn["number"] for turn in told(store, known_at=EMBARGO, clock=clock)] == [1, 2]


def test_the_history_says_who_when_and_why(store: Store) -> None:
    """Nothing is edited: every change shows with its author, its reason and the event as it then was."""
    log, added = MemoryLog(), {"title": "Second report"}
    log.appoint("e1", announced="2024-01-05")
    log.correct("e1", {"role": "CFO"}, "2024-02-01", "asked again")
    log.later(StatusChanged, "e1", "confirmed", announced="2024-02-02")
    log.later(SourceAdded, "e1", added)
    log.later(SourceRemoved, "e1", source_key(added))
    log.later(EventRetracted, "e1", announced="2024-03-01", reason="never happened")
    catch_up(store, log)
    found = told(store)
    assert [(turn["number"], turn["kind"], turn["changes"]) for turn in found] == [
        (1, "recorded", {}),
        (2, "corrected", {"role": "CFO"}),
        (3, "status_changed", {"status": "confirmed"}),
        (4, "source_added", {"source_added": added}),
        (5, "source_removed", {"source_removed": added}),
        (6, "retracted", {}),
    ]
    assert {turn["actor"] for turn in found} == {"ann"}
    assert [turn["reason"] for turn in found] == [None, "asked again", None, None, None, "never happened"]
    assert [turn["announced"] for turn in found] == ["2024-01-05", "2024-02-01", "2024-02-02", None, None, "2024-03-01"]
    assert found[3]["counts_from"] == "2024-02-02T00:00:00Z"
    assert found[1]["recorded_at"] == "2024-01-01T00:00:03Z"
    versions = [turn["version"] for turn in found]
    assert [version["fields"]["role"] for version in versions] == ["CEO", *["CFO"] * 5]
    assert [len(version["sources"]) for version in versions] == [1, 1, 1, 2, 1, 1]
    assert [version["number"] for version in versions] == [1, 2, 3, 4, 5, 6]
    with store.reading() as connection:
        last = version_at(connection, event_id("e1").hex, at())
    assert last is not None
    last.pop("recorded_at")
    assert versions[-1] == last
    assert orjson.loads(orjson.dumps(found)) == found


def test_the_history_holds_only_what_was_known(store: Store) -> None:
    """A look at what was known on a day must not tell of a correction that came later, on either clock."""
    log = MemoryLog()
    log.appoint("e1", announced="2023-06-01")
    log.correct("e1", {"role": "CFO"}, "2023-09-01")
    catch_up(store, log)
    assert [turn["number"] for turn in told(store, known_at="2023-07-01")] == [1]
    assert [turn["number"] for turn in told(store, known_at="2023-09-01")] == [1, 2]
    assert told(store, known_at="2023-09-01", clock="recorded") == []
    recorded = told(store, known_at="2024-01-01T00:00:02Z", clock="recorded")
    assert [(turn["number"], turn["counts_from"]) for turn in recorded] == [(1, "2024-01-01T00:00:02Z")]


def test_the_history_follows_the_clock(store: Store) -> None:
    """An earlier report recorded later comes first in public; what counts before any report shows with the first one."""
    log = MemoryLog()
    log.appoint("e1", announced="2024-05-01", summary={"en": "late"})
    log.later(StatusChanged, "e1", "confirmed", announced="2024-01-02")
    log.appoint("e1", announced="2024-04-01", summary={"ja": "先"})
    catch_up(store, log)
    assert [turn["number"] for turn in told(store)] == [2, 3, 1]
    assert [turn["number"] for turn in told(store, clock="recorded")] == [1, 2, 3]
    early = told(store, known_at="2024-04-15")
    assert [turn["number"] for turn in early] == [2, 3]
    assert {(turn["version"]["announced"], *turn["version"]["summary"]) for turn in early} == {("2024-04-01", "ja")}
