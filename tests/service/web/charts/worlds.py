"""Random spells for tests of charts."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from events.dates import OPEN_END
from service.web.charts.spells import Spell

BEGIN, END = 700_000, 740_000
NAMES = st.text("aiMW村三・ ", max_size=60)


@st.composite
def spells(draw: st.DrawFn) -> Spell:
    """A tenure with bounds in any order that a fold may make, some of them open or unknown."""
    first, width = draw(st.integers(BEGIN, END)), draw(st.integers(0, 800))
    known, is_open = draw(st.booleans()), draw(st.booleans())
    end = first + draw(st.integers(0, 9000))
    bounds = (OPEN_END, OPEN_END) if is_open else (end, end + draw(st.integers(0, 800)))
    away = tuple(
        (first + begin, first + begin + draw(st.integers(1, 900))) for begin in draw(st.lists(st.integers(-500, 9000), max_size=3))
    )
    return Spell(
        draw(st.sampled_from("abc")), draw(NAMES), "title", "00" * 16, known, first if known else 0, first + width * known, *bounds,
        about_start=draw(st.booleans()), about_end=draw(st.booleans()), away=away,
    )  # fmt: skip


def spell(start: int, end: int = OPEN_END, **said: Any) -> Spell:
    """A tenure from one day to another, in the lane `a`."""
    plain: dict[str, Any] = {
        "lane": "a", "label": "Ann", "title": "Ann", "event": "00" * 16, "start_known": True, "start_first": start, "start_last": start,
        "end_first": end, "end_last": end, **said,
    }  # fmt: skip
    return Spell(**plain)
