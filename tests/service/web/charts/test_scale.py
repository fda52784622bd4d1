"""The time scale: every day in its place, and ticks that can be read."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.headlines import LANGUAGES, Lang
from service.web.charts.lettering import cut, width_of
from service.web.charts.scale import LEAST_DAYS, TICK_SIZE, Scale, scale_of, ticks

DAYS = st.integers(date.min.toordinal(), date.max.toordinal())


def over(first: str, last: str) -> Scale:
    """A scale of 960 between two days."""
    return Scale(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal(), 0.0, 960.0)


@given(st.lists(st.one_of(DAYS, st.sampled_from([0, 4_000_000])), max_size=4), st.sampled_from(LANGUAGES))
def test_days_are_on_the_scale_and_words_apart(days: list[int], lang: Lang) -> None:
    """A chart of any time, from a week to all of history, shows its days in order and words on the axis that do not touch."""
    scale = scale_of(days, 26.0, 950.0)
    assert scale.last - scale.first >= LEAST_DAYS
    places = [scale.x(day) for day in sorted(days)]
    assert places == sorted(places) and all(26.0 <= place <= 950.0 for place in places)
    found = ticks(scale, lang)
    worded = [tick for tick in found if tick.label]
    assert worded
    ends = [tick.x + width_of(tick.label, TICK_SIZE) for tick in worded]
    assert all(end < tick.x for end, tick in zip(ends, worded[1:], strict=False))
    assert all(end <= 950.0 for end in ends)


@pytest.mark.parametrize(
    ("first", "last", "labels"),
    [
        ("2024-01-15", "2024-05-20", ["Feb 2024", "Mar 2024", "Apr 2024", "May 2024"]),
        ("2023-01-15", "2025-01-20", ["Apr 2023", "Jul 2023", "Oct 2023", "Jan 2024", "Apr 2024", "Jul 2024", "Oct 2024"]),
        ("2016-02-01", "2025-06-01", ["2017", "2018", "2019", "2020", "2021", "2022", "2023", "2024", "2025"]),
    ],
)
def test_ticks_are_months_quarters_or_years(first: str, last: str, labels: list[str]) -> None:
    """Readers count in months, quarters and years, so ticks stand at their begins and nowhere else; words are cut at the border."""
    assert [tick.label for tick in ticks(over(first, last), "en") if tick.label] == labels


def test_a_japanese_axis_is_japanese() -> None:
    """An axis in English under a Japanese heading would be half a translation."""
    assert ticks(over("2016-02-01", "2025-06-01"), "ja")[0].label == "2017年"


def test_a_day_beyond_lies_on_the_border() -> None:
    """An open bar ends at the border, so a day beyond must not be drawn outside of the chart."""
    scale = over("2024-01-01", "2024-12-31")
    assert (scale.x(1), scale.x(4_000_000)) == (0.0, 960.0)
    assert scale.shows(scale.first) and not scale.shows(scale.last + 1)


@given(st.text(max_size=30), st.floats(0, 200))
def test_a_cut_text_fits(text: str, most: float) -> None:
    """A label that is wider than its room would run into its neighbour."""
    found = cut(text, 12.0, most)
    assert width_of(found, 12.0) <= most + 1e-6
    assert found in ("", text) or found.endswith("…")


def test_japanese_takes_more_room_than_latin() -> None:
    """A kanji is as wide as the type is high, and a mark that joins a letter takes no room."""
    assert width_of("三村", 10.0) == 20.0
    assert width_of("é", 10.0) == width_of("e", 10.0) == width_of("e\u0301", 10.0)
