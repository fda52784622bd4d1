"""Submissions, which make a retry harmless, and the claims of a poster's own keys (`ref`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from events.entries import Entry, aggregate_id, topic


@topic("submission.answered")
@dataclass(frozen=True)
class SubmissionAnswered(Entry):
    """A request with an `Idempotency-Key` and its answer, saved in the transaction of what it caused.

    `digest` is the SHA-256 of method, path and body in hex; `status` the HTTP status; `answer` the JSON of the body.
    """

    digest: str
    status: int
    answer: dict[str, Any]


@topic("submission.batch_imported")
@dataclass(frozen=True)
class BatchImported(Entry):
    """One batch of an import, saved in that batch's transaction.

    Lines `first` to `last` (from 1, inclusive); `digest` is the SHA-256 in hex of their bytes; `outcomes` is one
    result object a line.
    """

    first: int
    last: int
    digest: str
    outcomes: list[dict[str, Any]]


@topic("ref.claimed")
@dataclass(frozen=True)
class RefClaimed(Entry):
    """The poster's own key `ref` stands for `event`."""

    ref: str
    event: UUID


def submission_id(caller: str | None, key: str) -> UUID:
    """The id of the submission that a caller made under an `Idempotency-Key`."""
    return aggregate_id("submission", caller or "", key)


def ref_id(caller: str | None, ref: str) -> UUID:
    """The id of the aggregate that claims a caller's `ref`."""
    return aggregate_id("ref", caller or "", ref)
