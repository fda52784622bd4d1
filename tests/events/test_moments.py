"""Moments: which texts they take, and that not a microsecond is lost on the way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.moments import BEGINNING, FOREVER, InvalidMoment, Moment, day_ordinal, from_micros, rfc3339, to_micros

DAY = 86_400_000_000
OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# Two days off both ends of the calendar, where an offset could leave it.
INSTANTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=OFFSETS)


@pytest.mark.parametrize(
    ("text", "canonical", "at"),
    [
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z", 0),
        ("1970-01-01t00:00:00.000001z", "1970-01-01T00:00:00.000001Z", 1),
        ("1969-12-31 23:59:59.999999Z", "1969-12-31T23:59:59.999999Z", -1),
        ("1970-01-02", "1970-01-02", DAY),
        ("1969-12-31", "1969-12-31", -DAY),
        ("1970-01-01T09:00:00+09:00", "1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00-00:00", "1970-01-01T00:00:00Z", 0),
        ("1969-12-31T16:30:00.5-07:30", "1970-01-01T00:00:00.500000Z", 500_000),
        ("1970-01-01T00:00:00.1234569Z", "1970-01-01T00:00:00.123456Z", 123_456),
        ("1970-01-01T00:00:00.0000009Z", "1970-01-01T00:00:00Z", 0),
        (" 1970-01-01 ".translate({ord("0"): "\uff10"}), "1970-01-01", 0),
        ("0001-01-01T00:00:00-01:00", "0001-01-01T01:00:00Z", -62_135_593_200_000_000),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ],
)
def test_a_text_is_made_canonical(text: str, canonical: str, at: int) -> None:
    """Two spellings of one instant must count from the same microsecond and be shown alike."""
    assert Moment.parse(text) == Moment(canonical, at, is_day=len(canonical) == 10)


BAD = [
    *["", "now", "2024", "2024-09", "2024-09-25~", "2024-W39-3", "20240925", "20240925T193000Z", "2024-269"],
    *["2024-09-25T19:30:00", "2024-09-25T19:30Z", "2024-09-25T19Z", "2024-09-25T193000Z", "2024-09-25T19:30:00,5Z"],
    *["2024-09-25T19:30:00.Z", "2024-09-25T19:30:00+0900", "2024-09-25T19:30:00+9", "2024-09-25T19:30:00 Z"],
    *["2024-09-25T19:30:00+09:60", "2024-09-25T19:30:00+24:00", "2024-09-25X19:30:00Z", "24-09-25", "٢٠٢٤-09-25"],
    *["2024-09-25T24:00:00Z", "2024-09-25T19:60:00Z", "2024-09-25T19:30:61Z", "2024-12-31T23:59:60Z"],
    *["2024-02-30", "2023-02-29T00:00:00Z", "2024-13-01", "2024-00-01", "0000-01-01", "0000-01-01T00:00:00Z"],
    *["0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"],
]


@pytest.mark.parametrize("value", [*BAD, None, 0, 1727292600, b"2024-09-25", datetime(2024, 9, 25, tzinfo=UTC)])
def test_what_is_no_moment_is_refused_and_quoted(value: object) -> None:
    """A moment read wrongly shows an embargoed event too soon, so nothing is guessed and the remedy is shown."""
    with pytest.raises(InvalidMoment) as caught:
        Moment.parse(value)
    (problem,) = caught.value.problems
    assert (problem.field, problem.value) == ("", value)
    assert repr(value) in problem.message
    for example in ("2024-09-25", "2024-09-25T19:30:00Z"):
        assert f"'{example}'" in problem.message and f"'{example}'" in problem.expected
        Moment.parse(example)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2024-09-25T19:30:00", "needs its offset"),
        ("2024-12-31T23:59:60Z", "leap second"),
        ("0000-01-01T00:00:00Z", "year 0"),
        ("9999-12-31T23:59:59-00:01", "years 0001 to 9999"),
    ],
)
def test_a_likely_mistake_is_named(text: str, hint: str) -> None:
    """These texts look right to whoever wrote them, so the message has to say what is wrong."""
    with pytest.raises(InvalidMoment, match=hint):
        Moment.parse(text)


@given(st.text(alphabet="0129-:.TtZz+ ", max_size=26))
def test_no_text_is_answered_with_anything_but_a_moment_or_its_error(text: str) -> None:
    """Texts from the outside reach the parser unchecked, so nothing may crash it."""
    try:
        moment = Moment.parse(text)
    except InvalidMoment:
        return
    assert Moment.parse(moment.text) == moment


@given(INSTANTS)
def test_an_instant_survives_text_and_number(instant: datetime) -> None:
    """What counts from an instant must count from it again after storing, to the microsecond."""
    parsed = Moment.parse(instant.isoformat())
    assert from_micros(parsed.at) == instant and parsed.at == to_micros(instant)
    assert rfc3339(parsed.at) == parsed.text and Moment.parse(parsed.text) == parsed
    assert parsed.end == parsed.at and not parsed.is_day
    assert parsed.day == instant.astimezone(UTC).date()


@given(INSTANTS, INSTANTS)
def test_moments_are_ordered_as_their_instants(a: datetime, b: datetime) -> None:
    """Entries apply in this order, whatever the offset in which each was written."""
    one, other = Moment.parse(a.isoformat(sep=" ")), Moment.parse(b.isoformat(sep=" "))
    assert (one.at < other.at) == (a < b) and (one.at == other.at) == (a == b)
    assert BEGINNING < one.at < FOREVER


@given(st.dates())
def test_a_day_runs_from_its_first_to_its_last_microsecond(day: date) -> None:
    """An event announced on a day counts from its start, a look back to a day sees all of it."""
    moment = Moment.parse(day.isoformat())
    assert moment.is_day and moment.day == day and moment.text == day.isoformat()
    assert moment.at == Moment.parse(f"{day}T00:00:00Z").at
    assert moment.end == Moment.parse(f"{day}T23:59:59.999999Z").at
    assert day_ordinal(moment.at) == day_ordinal(moment.end) == day.toordinal() == day_ordinal(moment.at - 1) + 1


def test_a_naive_datetime_is_refused() -> None:
    """Without an offset a datetime is some instant within a day, and guessing one would shift an embargo."""
    with pytest.raises(ValueError, match="no offset"):
        to_micros(datetime(2024, 9, 25))


@pytest.mark.parametrize("sentinel", [BEGINNING, FOREVER])
def test_the_sentinels_lie_outside_the_calendar(sentinel: int) -> None:
    """No instant can be mistaken for the beginning or for never, and neither can be shown as a date."""
    with pytest.raises(OverflowError):
        rfc3339(sentinel)
