"""Icons as shapes on a grid of 16 by 16, drawn in the page itself in the colour of the text around them."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

_PATHS: Mapping[str, str] = {
    "join": "M2 8h8M7 5l3 3-3 3M12 2.5h1.5v11H12",
    "leave": "M6 8h8M11 5l3 3-3 3M4 2.5H2.5v11H4",
    "step-down": "M2 4h4v4h4v4h4M11.5 9.5L14 12l-2.5 2.5",
    "swap": "M3 5.5h10M10.5 3L13 5.5 10.5 8M13 10.5H3M5.5 8L3 10.5 5.5 13",
    "seat": "M5 2.5v7h6v-4M5 9.5v4M11 9.5v4",
    "pause": "M5.5 3v10M10.5 3v10",
    "resume": "M5 3l8 5-8 5z",
    "tree": "M8 2.5v3.5M3.5 13v-3.5h9V13M8 6v3.5",
    "announce": "M3 6.5v3l2.5.5 6 3V3l-6 3zM5.5 10v3.5",
    "release": "M8 13V3M4.5 6.5L8 3l3.5 3.5",
    "delay": "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM8 5v3l2.5 1.5",
    "stop": "M3.5 3.5h9v9h-9z",
    "found": "M3 13.5h10M4.5 13.5V6L8 2.5 11.5 6v7.5M7 13.5v-4h2v4",
    "rename": "M2.5 13.5l1-3.5 7-7 2.5 2.5-7 7zM9 4.5L11.5 7",
    "money": "M2 4h12v8H2zM8 6.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6",
    "acquire": "M6 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10 3.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9",
    "handshake": "M2 6l3-1.5L8 6l3-1.5L14 6M4 9.5L6.5 12 8 10.5 9.5 12 12 9.5",
    "cut": "M3 3l10 10M13 3L3 13",
    "team": "M5 3.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4M11 3.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4M2 13c0-4.6 6-4.6 6 0c0-4.6 6-4.6 6 0",
    "law": "M8 2.5v11M4.5 13.5h7M3 5h10M3 5l-1.5 4h3zM13 5l-1.5 4h3z",
    "fall": "M2.5 4l4 4 2.5-2 4.5 5.5M10 11.5h3.5V8",
    "quote": "M3 9.5V7c0-2 1-3.5 3-4M3 9.5h3v3H3zM9 9.5V7c0-2 1-3.5 3-4M9 9.5h3v3H9z",
    "note": "M3.5 2.5h9v11h-9zM6 6h4M6 9h4",
    "search": "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.5 10.5L14 14",
    "previous": "M10 3L5 8l5 5",
    "next": "M6 3l5 5-5 5",
    "warning": "M8 2.5l6 11H2zM8 6.5v3.5M8 11.7v.3",
    "conflict": "M9 2L4 9h4l-1 5 5-7H8z",
}
_DOT = "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6"


def icon(name: str) -> Markup:
    """The icon of that name, hidden from screen readers, since words stand beside it; a dot for a name that has none yet."""
    return Markup('<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="{}"/></svg>').format(
        _PATHS.get(name, _DOT)
    )
