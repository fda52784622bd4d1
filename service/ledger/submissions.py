"""What makes a retry harmless: the answer to a request is kept with what the request recorded, under the caller's key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from events.dates import quote
from events.errors import Invalid
from events.submission import SubmissionAnswered, submission_id
from service.ledger.application import Ledger
from service.ledger.unit import Unit, run

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Submission:
    """A request that its caller may repeat: the `Idempotency-Key`, and the SHA-256 of method, path and body in hex."""

    caller: str | None
    key: str
    digest: str

    @property
    def id(self) -> UUID:
        """The id of its aggregate."""
        return submission_id(self.caller, self.key)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request: HTTP status and JSON body, without the position, which the log adds."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Submitted:
    """An answer with the position of its last entry; `repeated` if the request had been answered before."""

    answer: Answer
    position: int
    repeated: bool


def check_key(key: str) -> str:
    """The key as given; raises `Invalid` unless it is 1 to 255 visible ASCII characters."""
    if not _KEY.fullmatch(key):
        raise Invalid.of("Idempotency-Key", key, f"{quote(key)} is no idempotency key", "1 to 255 visible ASCII characters, such as a UUID")
    return key


def answered(unit: Unit, submission: Submission) -> Answer | None:
    """The answer that the request got before; None for a new one. Raises `Invalid` where the key stood for another request."""
    held = unit.entries(submission.id)
    if not held:
        return None
    if not isinstance(held[0], SubmissionAnswered) or held[0].digest != submission.digest:
        raise reused(submission.key)
    return Answer(held[0].status, held[0].answer)


def save(unit: Unit, submission: Submission, answer: Answer) -> None:
    """Keep the answer, as the last entry of the unit, so that its position is that of the whole request."""
    unit.add(SubmissionAnswered, submission.id, digest=submission.digest, status=answer.status, answer=dict(answer.body))


def submit(
    ledger: Ledger, submission: Submission | None, act: Callable[[Unit], Answer], *, now: Callable[[], datetime], actor: str | None = None
) -> Submitted:
    """Answer a request once, however often and from wherever it is sent: `act` runs if it has not been answered yet.

    Without a submission it runs each time. An answer is kept even where nothing else was recorded; an error is not.
    """

    def command(unit: Unit) -> tuple[Answer, bool]:
        if submission is None:
            return act(unit), False
        check_key(submission.key)
        known = answered(unit, submission)
        if known is not None:
            return known, True
        answer = act(unit)
        save(unit, submission, answer)
        return answer, False

    (answer, repeated), position = run(ledger, command, now=now, actor=actor)
    if submission is not None and repeated:
        position = ledger.position_of(submission.id, 1)
    return Submitted(answer, position, repeated)


def reused(key: str) -> Exception:
    """The error of a key that stands for another request."""
    message = f"the idempotency key {quote(key)} was used before for a request with other content"
    return Invalid.of("Idempotency-Key", key, message, "a new key for a new request, or the very same request")
