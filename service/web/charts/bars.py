"""Bars with their labels on a scale: each as wide as its time, and as its words where these do not fit inside."""

from __future__ import annotations

from dataclasses import dataclass, replace

from service.web.charts.lettering import cut, width_of
from service.web.charts.scale import Scale
from service.web.charts.spells import Part, Spell

LABEL_SIZE = 12.0
UNKNOWN = 22.0
"""How far a bar reaches back before the first evidence, where its begin is unknown."""
CAP = 9.0
"""How much of an end is drawn as approximate where the source called it so."""
LEAST = 24.0
"""The least width of what can be clicked (WCAG 2.2, success criterion 2.5.8)."""
_PAD, _THINNEST = 5.0, 3.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a bar: how it is drawn, where it begins, and its width."""

    kind: Part
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A spell as it is drawn: all places from the left border of the chart.

    `x` and `width` are those of what is drawn, `left` and `right` those of all that belongs to it, label included. `unknown` is the
    place at which a bar of unknown begin is first seen, None for others.
    """

    spell: Spell
    x: float
    width: float
    parts: tuple[Stretch, ...]
    label: str
    label_x: float
    left: float
    right: float
    unknown: float | None = None

    @property
    def label_right(self) -> float:
        """Where the label ends."""
        return self.label_x + width_of(self.label, LABEL_SIZE)


def bar(spell: Spell, scale: Scale, most: float) -> Bar:
    """The bar of a spell in a chart that is `most` wide, with its label inside, behind or before it."""
    parts = [_on(scale, *part) for part in spell.parts(scale.first, scale.last)]
    begin = parts[0].x if parts else scale.x(spell.days[0])
    end = max(parts[-1].x + parts[-1].width if parts else begin, begin + _THINNEST)
    unknown = begin if spell.is_unknown else None
    x = begin if unknown is None else max(begin - UNKNOWN, 0.0)
    drawn = Bar(spell, x, end - x, _capped(spell, parts) if parts else (Stretch("sure", begin, end - begin),), "", x, x, end, unknown)
    return _wide_enough(_labelled(drawn, most), most)


def _on(scale: Scale, kind: Part, first: int, last: int) -> Stretch:
    x = scale.x(first)
    return Stretch(kind, x, scale.x(last) - x)


def _capped(spell: Spell, parts: list[Stretch]) -> tuple[Stretch, ...]:
    """The parts with a bit of each end as approximate, where the source called it so and it is not drawn so anyway."""
    if spell.about_start and parts[0].kind == "sure":
        parts = [*_split(parts[0], min(CAP, parts[0].width / 2), "about", "sure"), *parts[1:]]
    if spell.about_end and parts[-1].kind == "sure":
        last = parts[-1]
        parts = [*parts[:-1], *_split(last, last.width - min(CAP, last.width / 2), "sure", "about")]
    return tuple(parts)


def _split(part: Stretch, at: float, first: Part, second: Part) -> list[Stretch]:
    return [Stretch(first, part.x, at), Stretch(second, part.x + at, part.width - at)]


def _labelled(found: Bar, most: float) -> Bar:
    """The bar with its label: inside if it fits, else behind, else before, else cut to where there is most room."""
    begin, end = found.x if found.unknown is None else found.unknown, found.x + found.width
    rooms = (end - begin - 2 * _PAD, most - end - _PAD, found.x - _PAD)
    needed = width_of(found.spell.label, LABEL_SIZE)
    place = next((number for number, room in enumerate(rooms) if needed <= room), rooms.index(max(rooms)))
    words = cut(found.spell.label, LABEL_SIZE, rooms[place])
    if place == 0:
        return replace(found, label=words, label_x=begin + _PAD)
    if place == 1:
        return replace(found, label=words, label_x=end + _PAD, right=end + _PAD + width_of(words, LABEL_SIZE))
    start = found.x - _PAD - width_of(words, LABEL_SIZE)
    return replace(found, label=words, label_x=start, left=start)


def _wide_enough(found: Bar, most: float) -> Bar:
    """The bar with room enough to be clicked."""
    missing = LEAST - (found.right - found.left)
    if missing <= 0:
        return found
    right = min(found.right + missing, most)
    return replace(found, left=right - LEAST, right=right)
