"""How hard hypothesis tries where each example is dear, such as one that builds a store."""

from __future__ import annotations

from hypothesis import settings


def a_part(parts: int) -> int:
    """One of so many equal parts of the profile's number of examples, so that the nightly profile tries harder here too."""
    return max(1, settings().max_examples // parts)
