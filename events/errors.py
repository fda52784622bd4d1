"""The one family of errors that Annals raises about what it was told.

Each error carries `problems`: what is wrong, where, and what would be right. They know nothing of HTTP;
`service/errors.py` turns them into RFC 9457 problem details and the command line into messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    `field` is a dotted path into what was sent (`sources.0.url`; empty for the whole), `value` the offending
    value as it was sent, `message` a sentence that quotes it, `expected` what would be right.
    """

    field: str
    value: Any
    message: str
    expected: str = ""

    def within(self, prefix: str) -> Problem:
        """The same problem seen from one level further out (`url` within `sources.0` is `sources.0.url`)."""
        path = f"{prefix}.{self.field}" if self.field else prefix
        return Problem(path, self.value, self.message, self.expected)


@dataclass(eq=False)
class AnnalsError(Exception):
    """Base of every error that a caller can put right. `extra` holds further members for the answer."""

    problems: tuple[Problem, ...]
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return "; ".join(problem.message for problem in self.problems)

    @classmethod
    def of(cls, path: str, value: Any, message: str, expected: str = "", **extra: Any) -> AnnalsError:
        """An error of this class with a single problem."""
        return cls((Problem(path, value, message, expected),), extra)


class Invalid(AnnalsError):
    """The value cannot be understood or is not allowed (HTTP 422)."""


class Ambiguous(Invalid):
    """A name fits several entities; `extra["candidates"]` lists them (HTTP 422)."""


class NotFound(AnnalsError):
    """Nothing of that id or name is known (HTTP 404)."""


class Conflict(AnnalsError):
    """The request contradicts what the log holds, such as a retracted event posted again (HTTP 409)."""


class Stale(AnnalsError):
    """The caller's copy is older than the current version (HTTP 412)."""


class Unavailable(AnnalsError):
    """The answer cannot be given now, such as while a projection has stopped (HTTP 503)."""
