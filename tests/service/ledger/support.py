"""A ledger with a clock that tests move, and short ways to post to it and to look at what it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from events.entries import Entry
from events.errors import AnnalsError
from events.posting import load_post
from events.refs import KINDS, EntityRef, Kind, entity_ref
from service.ledger.application import Ledger
from service.ledger.importing import Batch, import_lines
from service.ledger.lifecycle import Target
from service.ledger.recording import Recorded, record
from service.ledger.unit import Unit, run

T = TypeVar("T")
Json = dict[str, Any]
TITLE = "Mira Murati leaves OpenAI"
LEAVES: Json = {
    "type": "departure",
    "person": "Mira Murati",
    "organization": "OpenAI",
    "role": "CTO",
    "effective": "2024-09-25",
    "announced": "2024-09-25",
    "sources": [{"title": TITLE, "publisher": "Wire"}],
}


@dataclass
class Desk:
    """Somebody who writes to a ledger; the clock goes on by a second with every command, as `now` is asked."""

    ledger: Ledger
    caller: str | None = "ann"
    instant: datetime = field(default_factory=lambda: datetime(2025, 1, 1, tzinfo=UTC))

    def now(self) -> datetime:
        """The next instant."""
        self.instant += timedelta(seconds=1)
        return self.instant

    def run(self, command: Callable[[Unit], T]) -> T:
        """The result of a command, recorded."""
        return run(self.ledger, command, now=self.now, actor=self.caller)[0]

    def post(self, given: Json | None = None, *, distinct: bool = False, strict: bool = False, **changed: Any) -> Recorded:
        """Record Mira Murati's departure, or another event, with some fields changed; None takes one away."""
        data = {name: value for name, value in {**(given or LEAVES), **changed}.items() if value is not None}
        return self.run(lambda unit: record(unit, load_post(data), caller=self.caller, strict=strict, distinct=distinct))

    def say(self, said: Callable[..., Recorded], event: UUID | str | Recorded, *args: Any, **more: Any) -> Recorded:
        """Something later about an event."""
        target = Target(event.event_id if isinstance(event, Recorded) else event, self.caller, more.pop("if_match", None))
        return self.run(lambda unit: said(unit, target, *args, **more))

    def imported(self, *lines: str | bytes, **how: Any) -> list[Batch]:
        """The batches of an import of those lines."""
        numbered = [(number, line.encode() if isinstance(line, str) else line) for number, line in enumerate(lines, 1)]
        return list(import_lines(self.ledger, numbered, now=self.now, caller=self.caller, **how))

    def log(self) -> list[Entry]:
        """All entries in order."""
        return [self.ledger.mapper.to_domain_event(found) for found in self.ledger.notifications(0, 10_000)]  # type: ignore[misc]

    def topics(self) -> list[str]:
        """The topics of all entries in order."""
        return [found.topic for found in self.ledger.notifications(0, 10_000)]


def ref(given: Any, *kinds: Kind) -> EntityRef:
    """A reference as a post would make it."""
    return EntityRef(kinds or KINDS, text=given) if isinstance(given, str) else entity_ref(given, kinds or KINDS)


def outcomes(batches: Sequence[Batch]) -> list[str]:
    """The outcomes of all lines, in order."""
    return [outcome["outcome"] for batch in batches for outcome in batch.outcomes]


def messages(error: AnnalsError) -> Iterator[str]:
    """Every field and message of an error."""
    for problem in error.problems:
        yield f"{problem.field}: {problem.message}"
