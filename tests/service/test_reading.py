"""The parameters of reads: what each means, what it is where it is left out, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import Invalid
from events.moments import Moment, to_micros
from projections.reading import Reading
from service.reading import READ_PARAMETERS, read_parameters

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
TODAY = date(2026, 1, 1).toordinal()
DAY = date(2024, 9, 25).toordinal()


def test_a_plain_read_looks_at_today_with_todays_knowledge() -> None:
    """Whoever asks nothing in particular wants to know how things are."""
    assert read_parameters({}, NOW) == Reading(TODAY, to_micros(NOW), "public", False, "en")


@pytest.mark.parametrize(
    ("args", "as_of", "known_at"),
    [
        ({"as_of": "2024-09-25"}, DAY, to_micros(NOW)),
        ({"known_at": "2024-09-25"}, DAY, Moment.parse("2024-09-26").at - 1),
        ({"known_at": "2024-09-25T23:30:00-02:00"}, DAY + 1, Moment.parse("2024-09-26T01:30:00Z").at),
        ({"known_at": "2024-09-25", "as_of": "2026-01-01"}, TODAY, Moment.parse("2024-09-26").at - 1),
        ({"as_of": " ２０２４-09-25 "}, DAY, to_micros(NOW)),
    ],
)
def test_a_day_without_the_other(args: dict[str, str], as_of: int, known_at: int) -> None:
    """A plain `as_of` looks back with hindsight, a plain `known_at` stands on that day; a day means its end."""
    found = read_parameters(args, NOW)
    assert (found.as_of, found.known_at) == (as_of, known_at)


def test_the_other_parameters() -> None:
    """Each stands for itself, and what is no read parameter is somebody else's business."""
    found = read_parameters({"clock": "recorded", "include": "rumoured", "lang": "ja", "limit": "x"}, NOW, lang="en")
    assert (found.clock, found.rumoured, found.lang) == ("recorded", True, "ja")
    assert read_parameters({}, NOW, lang="ja").lang == "ja"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("as_of", "2024-09", ["'2024-09' is not a day", "2024-09-26"]),
        ("as_of", "2024-02-30", ["is not a day"]),
        ("as_of", "2024-W39-1", ["is not a day"]),
        ("as_of", "2024-09-25T00:00:00Z", ["is not a day"]),
        ("as_of", "", ["'' is not a day"]),
        ("known_at", "yesterday", ["'yesterday' is not a moment"]),
        ("known_at", "2024-09-25T10:00:00", ["needs its offset"]),
        ("known_at", "2024-09-25T10:00:00 09:00", ["%2B"]),
        ("clock", "recoded", ["'recoded' is not a clock", "did you mean 'recorded'", "public, recorded"]),
        ("include", "rumors", ["did you mean 'rumoured'"]),
        ("lang", "fr", ["'fr' is not a language", "en, ja"]),
    ],
)
def test_a_wrong_value_is_named_and_quoted(name: str, value: str, words: list[str]) -> None:
    """An error is only of use if it says where it is, what was read there and what would be right."""
    with pytest.raises(Invalid) as refused:
        read_parameters({name: value}, NOW)
    (problem,) = refused.value.problems
    assert (problem.field, problem.value) == (name, value)
    assert [word for word in words if word not in f"{problem.message} {problem.expected}"] == []


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Who has two mistakes to mend should not find the second only after the first."""
    with pytest.raises(Invalid) as refused:
        read_parameters({"as_of": "x", "clock": "y"}, NOW)
    assert [problem.field for problem in refused.value.problems] == ["as_of", "clock"]


@given(st.dates(), st.timedeltas(min_value=timedelta(0), max_value=timedelta(hours=23)))
def test_a_day_is_known_to_its_end(day: date, within: timedelta) -> None:
    """Whatever was said on a day was known on that day, and nothing of the next one was."""
    end = read_parameters({"known_at": day.isoformat()}, NOW)
    instant = datetime(day.year, day.month, day.day, tzinfo=UTC) + within
    assert end.as_of == day.toordinal()
    assert to_micros(instant) <= end.known_at < to_micros(instant - within) + 86_400_000_000


def test_every_parameter_is_described() -> None:
    """The documents of all three ways in are made from these descriptions."""
    assert list(READ_PARAMETERS) == ["as_of", "known_at", "clock", "include", "lang"]
