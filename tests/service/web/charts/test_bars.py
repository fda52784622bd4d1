"""Bars and lanes: nothing in a row may touch, nothing may leave the chart, and what is uncertain must look so."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.dates import OPEN_END
from projections.folded import Absence, Held
from service.web.charts.bars import CAP, LEAST, Bar, bar
from service.web.charts.drawing import EDGE_LEFT, EDGE_RIGHT, WIDTH, draw
from service.web.charts.lanes import density, packed
from service.web.charts.scale import Scale, scale_of
from service.web.charts.spells import Spell
from service.web.charts.spells import spell as spell_of
from tests.service.web.charts.worlds import BEGIN, END, spell, spells

SCALE = Scale(BEGIN, BEGIN + 9240, 26.0, 950.0)
"""Ten days for each unit of length."""


def drawn(found: Spell) -> Bar:
    """The bar on that scale."""
    return bar(found, SCALE, WIDTH)


def kinds(found: Bar) -> list[tuple[str, float, float]]:
    """The parts of a bar: how they are drawn, from where to where."""
    return [(part.kind, round(part.x, 6), round(part.x + part.width, 6)) for part in found.parts]


@given(st.lists(spells(), min_size=1, max_size=25))
def test_no_two_bars_of_a_row_touch_and_all_are_inside(found: list[Spell]) -> None:
    """Overlapping bars or labels cannot be read or clicked, and what lies outside is not seen at all."""
    scale = scale_of([day for one in found for day in one.days], 26.0, 950.0)
    rows = packed(bar(one, scale, WIDTH) for one in found)
    assert sum(map(len, rows)) == len(found)
    for row in rows:
        for before, after in pairwise(row):
            assert max(before.x + before.width, before.label_right if before.label else 0, before.right) < min(after.x, after.left)
            assert not (before.label and after.label) or before.label_right < after.label_x
        for one in row:
            assert -1e-6 <= one.left <= one.x + 1e-6 and one.x + one.width <= one.right + 1e-6 and one.right <= WIDTH + 1e-6
            assert not one.label or (one.left <= one.label_x + 1e-6 and one.label_right <= one.right + 1e-6)
            assert one.right - one.left >= LEAST - 1e-6
            assert all(one.x - 1e-6 <= part.x and part.x + part.width <= one.x + one.width + 1e-6 for part in one.parts)


@given(spells())
def test_the_parts_of_a_bar_follow_each_other(found: Spell) -> None:
    """A hole or an overlap within a bar would tell of a leave or of a doubt that there is not."""
    parts = found.parts(BEGIN, END)
    assert all(before[2] == after[1] for before, after in pairwise(parts))
    assert all(first < last for _, first, last in parts)


def test_a_date_known_to_the_month_is_drawn_as_a_span() -> None:
    """Somebody who came in some month did not come on its first day: the chart must not say so."""
    found = drawn(spell(BEGIN + 1000, BEGIN + 4000, start_last=BEGIN + 1300, end_last=BEGIN + 4300))
    assert kinds(found) == [("about", 126, 156), ("sure", 156, 426), ("about", 426, 456)]


def test_dates_that_overlap_leave_nothing_sure() -> None:
    """If the end may lie before the start is certain, there is no day on which the role was held for certain."""
    found = drawn(spell(BEGIN + 1000, BEGIN + 1100, start_last=BEGIN + 2000, end_last=BEGIN + 2500))
    assert kinds(found) == [("about", 126, 276)]


def test_an_approximate_date_has_a_hatched_cap() -> None:
    """`2018~` has the bounds of 2018, and a day that is called approximate none wider: the mark has to be seen all the same."""
    found = drawn(spell(BEGIN + 1000, BEGIN + 4000, about_start=True, about_end=True))
    assert kinds(found) == [("about", 126, 126 + CAP), ("sure", 126 + CAP, 426 - CAP), ("about", 426 - CAP, 426)]


@pytest.mark.parametrize("said", [{"start_known": False}, {"start_first": 0}])
def test_an_unknown_start_reaches_back_from_the_first_evidence(said: dict[str, Any]) -> None:
    """Nobody said since when: the bar begins where the person was first seen, and what is before is drawn as unknown."""
    found = drawn(spell(BEGIN + 1000, BEGIN + 4000, **said))
    assert found.unknown == 126 and found.x == 104
    assert kinds(found)[0] == ("sure", 126, 426)


def test_a_leave_is_a_gap() -> None:
    """Somebody on leave holds the role and is not there, which is neither a bar nor its absence."""
    found = drawn(spell(BEGIN + 1000, BEGIN + 4000, away=((BEGIN + 2000, BEGIN + 2500), (BEGIN + 3900, BEGIN + 9000))))
    assert kinds(found) == [("sure", 126, 226), ("away", 226, 276), ("sure", 276, 416), ("away", 416, 426)]


@pytest.mark.parametrize(
    ("days", "label", "where"),
    [
        ((1000, 4000), "Mira Murati", "inside"),
        ((1000, 1100), "Mira Murati", "behind"),
        ((9000, 9100), "Mira Murati", "before"),
        ((0, 9240), "W" * 200, "inside"),
        ((1000, 1100), "W" * 200, "behind"),
        ((8000, 8100), "W" * 200, "before"),
    ],
)
def test_a_label_stands_where_there_is_room(days: tuple[int, int], label: str, where: str) -> None:
    """A short tenure is no reason to lose the name: it stands beside the bar, and is cut only where the chart ends."""
    found = drawn(spell(BEGIN + days[0], BEGIN + days[1], label=label))
    places = {"inside": found.x < found.label_x < found.x + found.width, "behind": found.label_x > found.x + found.width}
    assert where == next((name for name, holds in places.items() if holds), "before")
    assert found.label == label or (found.label.endswith("…") and label.startswith("W"))


def test_a_tenure_becomes_a_spell() -> None:
    """The bar must have the leaves of that person in that organization alone, and know what was called approximate."""
    body = {"since": {"value": "2018~"}, "until": None, "events": ["e1"], "interims": [[BEGIN, True]]}
    held = Held("ann", "acme", "cto", True, BEGIN, BEGIN + 364, OPEN_END, OPEN_END, body)
    leaves = [Absence(person, firm, BEGIN + 500, BEGIN + 600, {}) for person, firm in (("ann", "acme"), ("bob", "acme"), ("ann", "bolt"))]
    found = spell_of(held, "cto", "Ann", "Ann, CTO", leaves, BEGIN + 400)
    assert found.away == ((BEGIN + 500, BEGIN + 600),)
    assert (found.about_start, found.about_end, found.interim, found.current, found.is_open) == (True, False, True, True, True)


def test_what_is_too_much_becomes_a_band() -> None:
    """Hundreds of bars cannot be read: lanes that do not fit are counted instead, and the page says how many they are."""
    many = [spell(BEGIN + 10 * number, BEGIN + 10 * number + 3000, lane="b", label=f"Person {number}") for number in range(50)]
    found = draw([*many, spell(BEGIN, lane="c")], {"b": "Engineers", "c": "Chief"}, BEGIN + 5, "en", most=20)
    assert found is not None and found.band is not None and found.day_x is not None
    assert [lane.name for lane in found.lanes] == ["Chief"]
    assert (found.band.spells, found.band.lanes, found.band.most) == (50, 1, 50)
    assert found.height >= found.band.y
    whole = draw(many, {"b": "Engineers"}, BEGIN - 9000, "en")
    assert whole is not None and whole.band is None and len(whole.drawn) == 50 and whole.day_x is None


@pytest.mark.parametrize("day", [0, 40, 4000])
def test_a_chart_fits_its_days_and_the_day_looked_at(day: int) -> None:
    """A log that ended years ago must not be a sliver at the left of a chart that runs to today: the axis ends where the reader looks."""
    chart = draw([spell(BEGIN), spell(BEGIN, BEGIN + 40, lane="b")], {"a": "A", "b": "B"}, BEGIN + day, "en")
    assert chart is not None and chart.day_x is not None
    open_bar, closed = (lane.bars[0][1] for lane in chart.lanes)
    assert open_bar.spell.is_open and open_bar.x + open_bar.width == pytest.approx(WIDTH - EDGE_RIGHT)
    assert (closed.x + closed.width <= chart.day_x + 1e-6) == (day >= 40)
    assert EDGE_LEFT < closed.x < chart.day_x < WIDTH - EDGE_RIGHT or day == 0


@given(st.lists(spells(), min_size=1, max_size=15), st.integers(BEGIN - 9000, END + 9000))
def test_every_known_day_is_on_the_chart(found: list[Spell], day: int) -> None:
    """What is known must not fall off an axis that is cut to fit, and a day before all of it must not stretch the axis."""
    chart = draw(found, {"a": "A", "b": "B", "c": "C"}, day, "en")
    first = min(when for one in found for when in one.days)
    assert chart is not None and (chart.day_x is not None or day < first)
    assert all(one.parts for lane in chart.lanes for _, one in lane.bars)


def test_nothing_is_no_chart() -> None:
    """An empty frame would promise what is not known."""
    assert draw([], {}, BEGIN, "en") is None


@given(st.lists(spells(), min_size=1, max_size=15), st.integers(0, 20))
def test_rows_and_lanes_do_not_overlap(found: list[Spell], most: int) -> None:
    """Lanes one over the other would mix the roles; no more bars are drawn than were asked for."""
    chart = draw(found, {"a": "A", "b": "B" * 300, "c": ""}, END, "ja", most)
    assert chart is not None
    assert len(chart.drawn) <= most and len(chart.drawn) + (chart.band.spells if chart.band else 0) == len(found)
    bottoms = [lane.y + lane.height for lane in chart.lanes]
    assert all(bottom < lane.y for bottom, lane in zip(bottoms, chart.lanes[1:], strict=False))
    assert all(lane.y < y < lane.y + lane.height <= chart.height for lane in chart.lanes for y, _ in lane.bars)


@given(st.lists(spells(), min_size=1, max_size=15))
def test_the_band_counts_everybody(found: list[Spell]) -> None:
    """The band stands for bars that are not drawn: it must not lose one."""
    counted = density(found, SCALE, 30)
    assert 1 <= counted.most == max(counted.counts) <= len(found) and min(counted.counts) >= 0
