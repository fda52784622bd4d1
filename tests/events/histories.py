"""Histories of one event for the tests of the clocks and the reducer: made by hand, or drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from events.entries import Logged
from events.event import (
    STATUSES,
    EventCorrected,
    EventCorroborated,
    EventRecorded,
    EventRestored,
    EventRetracted,
    SourceAdded,
    SourceRemoved,
    StatusChanged,
)
from events.moments import to_micros
from events.sources import source_key

ID = UUID(int=1)
HOUR = 3_600_000_000
BEGIN = to_micros(datetime(2024, 1, 1, tzinfo=UTC))
FIELDS = {"person": "mira-murati", "organization": "openai", "role": "CTO"}
WIRE: dict[str, Any] = {"title": "Wire", "publisher": "Wire"}
NOTE: dict[str, Any] = {"title": "Note", "publisher": "Note"}

days = st.integers(1, 6).map(lambda day: f"2024-01-{day:02}")
maybe_days = st.none() | days
sources = st.builds(
    lambda title, published: {"title": title, **({"published_at": published} if published else {})}, st.sampled_from("abc"), maybe_days
)


def post(number: int = 1, announced: str | None = "2024-01-02", **said: Any) -> EventRecorded | EventCorroborated:
    """A report of the event: the first, or a further one."""
    cls = EventRecorded if number == 1 else EventCorroborated
    given = {
        "fields": {},
        "effective": "2024-01-01",
        "status": "reported",
        "sources": [WIRE],
        "summary": {},
        "tags": [],
        "ref": None,
        **said,
    }
    given["fields"] = {**FIELDS, **given["fields"]}
    return cls(ID, number, datetime(2024, 1, 1, tzinfo=UTC), None, "departure", announced=announced, **given)


def later(cls: Any, number: int, *said: Any, announced: str | None = None, reason: str | None = None) -> Any:
    """Something said later about it."""
    return cls(ID, number, datetime(2024, 1, 1, tzinfo=UTC), None, reason, announced, *said)


def logged(*entries: Any, hours: Sequence[int] = ()) -> list[Logged]:
    """The entries as the log holds them, recorded an hour apart from 2024 on, or after those hours."""
    after = [*hours, *range(len(hours), len(entries))]
    return [Logged(entry, at, BEGIN + HOUR * hour) for at, (entry, hour) in enumerate(zip(entries, after, strict=False), 1)]


@st.composite
def said_later(draw: st.DrawFn, number: int) -> Any:
    """Any entry about the event but its first."""
    announced = draw(maybe_days)
    match draw(st.integers(0, 7)):
        case 0:
            status = draw(st.sampled_from(STATUSES))
            return post(number, announced, status=status, sources=[draw(sources)], fields=draw(st.sampled_from([{}, {"reason": "other"}])))
        case 1:
            return later(EventCorrected, number, {"announced": draw(days)})
        case 2:
            return later(EventCorrected, number, {"reason": draw(st.sampled_from(["illness", None]))}, announced=announced)
        case 3:
            return later(EventRetracted, number, announced=announced, reason="wrong")
        case 4:
            return later(EventRestored, number, announced=announced)
        case 5:
            return later(StatusChanged, number, draw(st.sampled_from(STATUSES)), announced=announced)
        case 6:
            return later(SourceAdded, number, draw(sources), announced=announced)
    return later(SourceRemoved, number, source_key(draw(sources)), announced=announced)


@st.composite
def histories(draw: st.DrawFn) -> list[Logged]:
    """Up to seven entries of one event, recorded in the first days of 2024, some of them at the same instant."""
    entries: list[Any] = [post(1, draw(maybe_days), sources=[draw(sources)])]
    entries += [draw(said_later(number)) for number in range(2, 2 + draw(st.integers(0, 6)))]
    at, found = BEGIN, []
    for position, entry in enumerate(entries, 1):
        at += draw(st.sampled_from([0, HOUR, 30 * HOUR]))
        found.append(Logged(entry, position, at))
    return found
