"""Lanes: bars packed into as few rows as they need, so that nothing in a row touches, and what is too much to be read as one band."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeVar

from service.web.charts.bars import Bar
from service.web.charts.scale import Scale
from service.web.charts.spells import Spell

GAP = 7.0
"""The least room between two bars of a row, labels included."""
T = TypeVar("T")


def packed(bars: Iterable[Bar]) -> list[list[Bar]]:
    """The bars in rows, each in the first row in which it fits, in the order of their begin."""
    rows: list[list[Bar]] = []
    for bar in sorted(bars, key=lambda bar: (bar.left, bar.right)):
        row = next((row for row in rows if row[-1].right + GAP <= bar.left), None)
        if row is None:
            rows.append(row := [])
        row.append(bar)
    return rows


def by_lane(spells: Iterable[Spell], order: Iterable[str]) -> dict[str, list[Spell]]:
    """The spells of each lane that has any, with the lanes in that order."""
    found: dict[str, list[Spell]] = {}
    for spell in spells:
        found.setdefault(spell.lane, []).append(spell)
    return {key: found[key] for key in order if key in found}


def within(lanes: Mapping[str, Sequence[T]], most: int | None) -> Iterator[str]:
    """The lanes that are drawn, in order, so that not more than `most` bars are; None draws them all."""
    left = most
    for lane, spells in lanes.items():
        if left is None:
            yield lane
        elif len(spells) <= left:
            left -= len(spells)
            yield lane


@dataclass(frozen=True, slots=True)
class Density:
    """How many of the spells hold at a time: a count for each of equally wide stretches of the scale, and the greatest of them."""

    counts: tuple[int, ...]
    most: int


def density(spells: Iterable[Spell], scale: Scale, stretches: int) -> Density:
    """How many of the spells hold in each stretch of the scale, from their first known day until their last."""
    turns = [0] * (stretches + 1)
    for spell in spells:
        first, last = spell.days[0], spell.end_last
        begin = _stretch(first, scale, stretches)
        end = max(begin, _stretch(last, scale, stretches))
        turns[begin] += 1
        turns[min(end + 1, stretches)] -= 1
    counts = tuple(accumulate(turns[:stretches]))
    return Density(counts, max(counts))


def _stretch(day: int, scale: Scale, stretches: int) -> int:
    whole = scale.right - scale.left
    return min(int((scale.x(day) - scale.left) / whole * stretches), stretches - 1)
