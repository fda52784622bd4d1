"""The days on which events took effect, which the time bar marks."""

from __future__ import annotations

from dataclasses import replace

from projections.calendar import Calendar, calendar
from tests.projections.written import Log, at, day
from tests.projections.written import fixture_log as fixture_log


def test_a_year_has_its_days_and_ways_out(log: Log) -> None:
    """A reader who pulls the slider must meet every day on which something happened, and find the changes before and after the year."""
    for effective, announced in (
        ("2019-05", "2019-06-01"),
        ("2024-09-25", "2024-09-25"),
        ("2024-09", "2024-09-25"),
        ("../2024-10-01", "2024-10-01"),
    ):
        log.post("departure", effective, announced, person="mira", organization=effective)
    log.post("departure", "2024-09-01", "2031-01-01", person="mark", organization="openai")
    hidden = log.post("departure", "2024-11-01", "2024-11-01", person="mark", organization="sora")
    log.retract(hidden, "wrong")
    seen = replace(at(), as_of=day("2024-09-25"))
    september, october = day("2024-09-01"), day("2024-11-01")
    assert calendar(log.connection, seen) == Calendar(
        {september: 1, seen.as_of: 1, october: 1}, day("2019-05-01"), october, september, october
    )
    assert calendar(log.connection, replace(seen, as_of=day("2022-06-01"))) == Calendar(
        {}, day("2019-05-01"), october, day("2019-05-01"), september
    )


def test_a_log_without_events_has_no_days(log: Log) -> None:
    """The first page of an empty log must show, not fail."""
    assert calendar(log.connection, at()) == Calendar({}, None, None, None, None)
