"""How wide a text is in a chart, as near as can be told without its font, and texts cut to a width."""

from __future__ import annotations

from unicodedata import combining, east_asian_width

ELLIPSIS = "…"
_WIDE, _CAPITAL, _NARROW, _OTHER = 1.0, 0.74, 0.36, 0.58
_THIN = frozenset("iljtfr.,:;'|!()[] ")


def width_of(text: str, size: float) -> float:
    """The width of a text at a font size, in the unit of the size: rather too wide than too narrow."""
    return size * sum(map(_ems, text))


def cut(text: str, size: float, most: float) -> str:
    """The text, shortened with an ellipsis where it is wider than `most`; empty where not even that fits."""
    if width_of(text, size) <= most:
        return text
    room, kept = most - width_of(ELLIPSIS, size), 0
    for letter in text:
        room -= width_of(letter, size)
        if room < 0:
            break
        kept += 1
    return text[:kept].rstrip() + ELLIPSIS if kept else ""


def _ems(letter: str) -> float:
    if combining(letter):
        return 0.0
    kind = east_asian_width(letter)
    if kind in "WF" or (kind == "A" and not letter.isalpha()):  # such as a middle dot, which is wide in a Japanese font
        return _WIDE
    if letter in _THIN:
        return _NARROW
    return _CAPITAL if letter.isupper() or letter in "mwMW@%" else _OTHER
