"""How hard tests try that are dear: where each example builds a store, where processes are killed and servers crash."""

from __future__ import annotations

import os

from hypothesis import settings

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
"""Whether this run has the time for what takes minutes."""


def a_part(parts: int) -> int:
    """One of so many equal parts of the profile's number of examples, so that the nightly profile tries harder here too."""
    return max(1, settings().max_examples // parts)
