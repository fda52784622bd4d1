"""How hard tests try: hypothesis where each example is dear, and what only a nightly run has the time for."""

from __future__ import annotations

import os

from hypothesis import settings

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"


def a_part(parts: int) -> int:
    """One of so many equal parts of the profile's number of examples, so that the nightly profile tries harder here too."""
    return max(1, settings().max_examples // parts)
