"""A whole chart: its axis, its lanes with their rows, the day looked at, and what is left out, as places that a template draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from events.headlines import Lang
from service.web.charts.bars import Bar, bar
from service.web.charts.lanes import Density, by_lane, density, packed, within
from service.web.charts.lettering import cut
from service.web.charts.scale import Scale, Tick, scale_of, ticks
from service.web.charts.spells import Spell

WIDTH = 960.0
EDGE_LEFT, EDGE_RIGHT = 26.0, 10.0
AXIS, ROW, HEADING, LANE_GAP, BAND = 24.0, 26.0, 20.0, 8.0, 40.0
"""Heights: of the axis, of a row, of a lane's name, of the room behind a lane, of the band of what is left out."""
NAME_SIZE = 12.5
_STRETCHES = 120


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane with its name at `y` and its bars, each with the upper border of its row; `key` is what the lane stands for."""

    key: str
    name: str
    y: float
    height: float
    bars: tuple[tuple[float, Bar], ...]


@dataclass(frozen=True, slots=True)
class Band:
    """What is left out, as an area (SVG path data) of how many held at a time; `spells` and `lanes` are their numbers."""

    y: float
    path: str
    most: int
    spells: int
    lanes: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart `width` by `height`; `day_x` is the place of the day looked at, None where it lies beyond the scale."""

    width: float
    height: float
    ticks: tuple[Tick, ...]
    lanes: tuple[Lane, ...]
    band: Band | None
    day_x: float | None

    @property
    def drawn(self) -> tuple[Spell, ...]:
        """The spells that have a bar, lane by lane."""
        return tuple(bar.spell for lane in self.lanes for _, bar in lane.bars)


def draw(spells: Sequence[Spell], names: Mapping[str, str], day: int, lang: Lang, most: int | None = None) -> Chart | None:
    """The chart of the spells, with lanes in the order of `names` (key to name); None where there is nothing to draw.

    It reaches from the first day that any spell tells to the last one or, if that is later, to the ordinal `day` looked at; open bars run
    to its end. At most `most` bars are drawn.
    """
    if not spells:
        return None
    told = [when for spell in spells for when in spell.days]
    scale = scale_of([*told, max(day, min(told))], EDGE_LEFT, WIDTH - EDGE_RIGHT)
    lanes = by_lane(spells, names)
    shown = list(within(lanes, most))
    drawn, y = _stacked([(key, names[key], lanes[key]) for key in shown], scale)
    left_out = [spell for key in lanes.keys() - set(shown) for spell in lanes[key]]
    band = _band(left_out, len(lanes) - len(shown), scale, y) if left_out else None
    height = y + (HEADING + BAND + LANE_GAP if band else 0.0)
    return Chart(WIDTH, height, tuple(ticks(scale, lang)), drawn, band, scale.x(day) if scale.shows(day) else None)


def _stacked(lanes: Iterable[tuple[str, str, Sequence[Spell]]], scale: Scale) -> tuple[tuple[Lane, ...], float]:
    """The lanes, given by key, name and spells, one below the other, and where the last one ends."""
    drawn, y = list[Lane](), AXIS + LANE_GAP
    for lane in lanes:
        drawn.append(_lane(*lane, scale, y))
        y += drawn[-1].height + LANE_GAP
    return tuple(drawn), y


def _lane(key: str, name: str, spells: Sequence[Spell], scale: Scale, y: float) -> Lane:
    rows = packed(bar(spell, scale, WIDTH) for spell in spells)
    bars = [(y + HEADING + number * ROW, found) for number, row in enumerate(rows) for found in row]
    return Lane(key, cut(name, NAME_SIZE, WIDTH), y, HEADING + len(rows) * ROW, tuple(bars))


def _band(spells: Sequence[Spell], lanes: int, scale: Scale, y: float) -> Band:
    found = density(spells, scale, _STRETCHES)
    return Band(y, _area(found, scale, y + HEADING + BAND), found.most, len(spells), lanes)


def _area(found: Density, scale: Scale, base: float) -> str:
    """The counts as steps above a base line."""
    step = (scale.right - scale.left) / len(found.counts)
    heights = [base - count * BAND / found.most for count in found.counts]
    return f"M{scale.left:.1f} {base:.1f}" + "".join(f"V{height:.1f}h{step:.1f}" for height in heights) + f"V{base:.1f}Z"
