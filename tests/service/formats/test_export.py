"""Exports: whatever was recorded, its export into an empty log gives the same answers on every day of the public clock."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import orjson
from hypothesis import given, settings

from events.moments import Moment
from events.refs import KINDS
from projections.audit import verify
from projections.duplicates import DuplicateQuery, duplicates
from projections.entities import find
from projections.feed import FeedQuery, feed
from projections.reading import Reading
from projections.standing import organization_state, person_history
from service.annals import Annals
from service.formats.export import exported
from service.ledger.importing import import_lines
from tests.service.conftest import Clock, opened
from tests.service.formats.world import histories
from tests.support.examples import a_part

Json = dict[str, Any]
LATER = datetime(2027, 6, 1, tzinfo=UTC)
DAYS = ("2020-01-10", "2020-01-15", "2020-05-01", "2020-10-03", "2021-04-01", "2021-10-01", "2022-02-01", "2026-01-03", "2031-01-01")

SOURCE = {"title": "Memo", "publisher": "Acme"}
ANN = {"type": "appointment", "person": "Ann", "organization": "Acme", "role": "CTO", "effective": "2020-04-01"}
RICH: list[Json] = [
    {**ANN, "ref": "a", "sources": [SOURCE, {"title": "Note", "published_at": "2020-04-02"}], "tags": ["x"], "interim": False},
    {**ANN, "sources": [{"title": "Blog"}], "announced": "2020-05-01", "predecessor": {"name": {"en": "Bob", "ja": "ボブ"}}},
    {**ANN, "sources": [{"title": "Late", "published_at": "2021-02-01"}], "tags": ["y"]},
    {"source": "a", "remove": 2, "reason": "of another firm"},
    {"source": "a", "add": {"url": "https://example.com/1", "published_at": "2020-06-01"}},
    {"correct": "a", "changes": {"effective": "2020-04-15", "predecessor": None}, "reason": "typing error"},
    {"retract": "a", "reason": "false", "announced": "2021-01-01"},
    {"restore": "a", "announced": "2021-03-01"},
    {"retract": "a", "reason": "false after all"},
    {**ANN, "effective": "2020-04-15", "sources": [SOURCE], "distinct": True, "ref": "again"},
    {"type": "reporting_line", "person": "Ann", "organization": "Acme", "manager": None, "effective": "2020-07", "sources": [SOURCE]},
    {"type": "departure", "person": "Anne", "organization": "Acme", "effective": "2022-01", "announced": "2031-01-01",
     "sources": [SOURCE], "ref": "b"},
    {"status": "b", "to": "confirmed", "announced": "2031-02-01", "reason": "said so"},
    {"entity": "person", "id": "ann-2", "name": {"en": "Ann"}, "identifiers": {"wikidata": "Q1"}, "announced": "2021-01-01"},
    {"names": "person", "id": "anne", "name": {"en": "Ann"}, "aliases": ["Annie"], "identifiers": {"wikidata": "Q2"}, "distinct": True},
    {"merge": "person", "loser": "anne", "winner": "ann", "reason": "the same"},
    {"type": "layoff", "organization": "Acme", "headcount": 0, "effective": "2020-10", "sources": [SOURCE]},
    {"type": "acquisition", "acquirer": "Acme", "target": "Bolt", "amount": "1.50", "currency": "USD", "effective": "2020",
     "sources": [SOURCE]},
    {"type": "statement", "speaker": {"kind": "organization", "name": "Acme"}, "gist": "No.", "about": ["Bob"], "effective": "2020-04",
     "sources": [SOURCE]},
    {"unmerge": "person", "loser": "anne", "announced": "2021-10-01"},
    {"type": "layoff", "organization": "Acme", "headcount": 1, "effective": "2020-10-05", "sources": [{"title": "A"}], "ref": "l1"},
    {"type": "layoff", "organization": "Acme", "headcount": 2, "effective": "2020-10-06", "ref": "l2",
     "sources": [{"title": "B"}, {"title": "C"}]},
    {"join": "l2", "into": "l1", "reason": "one", "announced": "2031-01-01"},
    {"source": "l1", "remove": 2, "reason": "of another firm"},
    {"type": "layoff", "organization": "Acme", "effective": "2020-10-06", "sources": [{"title": "D"}]},
    {"part": "l2", "reason": "two"},
    {"correct": "l2", "changes": {"headcount": 3}, "reason": "a slip"},
    {"join": "l2", "into": "l1"},
]  # fmt: skip


@contextmanager
def empty() -> Iterator[tuple[Annals, Clock]]:
    """An empty Annals on SQLite, for as long as it is used."""
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        with opened(f"sqlite:///{folder}/annals.db", Path(folder), clock) as annals:
            yield annals, clock


def record(annals: Annals, clock: Clock, lines: list[Json]) -> list[Json]:
    """Import the lines a day apart, and project them; what became of each."""
    outcomes: list[Json] = []
    for number, line in zip(count(1), lines, strict=False):
        for batch in import_lines(annals.ledger, [(number, orjson.dumps(line))], now=annals.now):
            outcomes += batch.outcomes
        clock.pass_by(days=1)
    annals.project()
    return outcomes


def readings() -> Iterator[Reading]:
    """Every day as it was known then, and as it is known at the end of all."""
    for text in DAYS:
        moment = Moment.parse(text)
        yield Reading(moment.day.toordinal(), moment.end)
        yield Reading(moment.day.toordinal(), Moment.parse("2040-01-01").at, rumoured=True)


def answers(annals: Annals) -> Iterator[Any]:
    """States, histories, names, events and near duplicates, at every reading, without when they were recorded."""
    with annals.reading() as connection:
        for reading in readings():
            listed = {kind: find(connection, kind, reading, limit=200).items for kind in KINDS}
            states = [organization_state(connection, found["id"], reading) for found in listed["organization"]]
            histories = [person_history(connection, found["id"], reading) for found in listed["person"]]
            events = [{**event, "recorded_at": None} for event in feed(connection, FeedQuery(200), reading).items]
            pairs = [item["line"] for item in duplicates(connection, DuplicateQuery(200), reading).items]
            yield reading, listed, states, histories, events, pairs


def check(lines: list[Json], annals: Annals, clock: Clock, other: Annals, later: Clock) -> list[Json]:
    """Record the lines in the one, its export in the other, and compare all answers; what became of the lines."""
    outcomes = record(annals, clock, lines)
    later.now = LATER
    written = list(exported(annals.ledger))

    imported = record(other, later, written)

    assert [outcome for outcome in imported if outcome["outcome"] in ("error", "unchanged")] == []
    assert list(answers(other)) == list(answers(annals))
    assert list(exported(other.ledger)) == written
    return outcomes


@settings(max_examples=a_part(6))
@given(histories())
def test_an_export_gives_the_same_answers_on_every_day(lines: list[Json]) -> None:
    """An export is how data move to another server or engine: nothing may shift by a day, least of all an embargo."""
    with empty() as (annals, clock), empty() as (other, later):
        check(lines, annals, clock, other, later)


def test_every_kind_of_entry_is_exported(database_url: str, tmp_path: Path) -> None:
    """What random histories reach only now and then: null managers, zero counts, removed sources, the same event again."""
    clock = Clock()
    with opened(database_url, tmp_path, clock) as annals, empty() as (other, later):
        outcomes = check(RICH, annals, clock, other, later)

        assert [outcome["outcome"] for outcome in outcomes].count("error") == 0, outcomes
        assert verify(other.stores, other.ledger).equal


def test_an_export_goes_into_the_other_engine(database_url: str, tmp_path: Path) -> None:
    """Moving from a laptop's file to a server's PostgreSQL, and back, must not need more than export and import."""
    later = Clock()
    with empty() as (annals, clock), opened(database_url, tmp_path, later) as other:
        check(RICH, annals, clock, other, later)


def test_the_export_of_an_empty_log_is_empty() -> None:
    """There is nothing to say, and that is no error."""
    with empty() as (annals, _):
        assert list(exported(annals.ledger)) == []
