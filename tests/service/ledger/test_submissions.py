"""Retries made harmless: the same request under the same key is answered alike, whatever became of the first answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from unittest.mock import patch

import pytest
from eventsourcing.persistence import OperationalError, StoredEvent

from events.errors import Conflict, Invalid, Unavailable
from events.posting import load_post
from service.ledger.application import Ledger
from service.ledger.recording import record
from service.ledger.submissions import Answer, Submission, Submitted, submit
from service.ledger.unit import Unit
from tests.service.ledger.support import LEAVES, Desk, Json


def sent(desk: Desk, key: str | None = "k", digest: str = "one", caller: str | None = None, **changed: str) -> Submitted:
    """A post under a key."""
    data: Json = {**LEAVES, **changed}

    def act(unit: Unit) -> Answer:
        done = record(unit, load_post(data))
        return Answer(201 if done.outcome == "recorded" else 200, {"id": str(done.event_id), "registered": len(done.registered)})

    return submit(desk.ledger, Submission(caller, key, digest) if key is not None else None, act, now=desk.now)


def test_a_repeat_gets_the_same_answer_and_records_nothing(desk: Desk) -> None:
    """Status, ids and position of a repeat are those of the first answer, also after others have written."""
    first = sent(desk)
    desk.post(effective="2025")
    again = sent(desk)
    assert (first.answer.status, first.answer.body["registered"]) == (201, 2)
    assert (again.answer, again.position, again.repeated) == (first.answer, first.position, True)
    assert sent(desk, None).answer.status == 200
    assert desk.topics().count("event.recorded") == 2 and desk.topics().count("submission.answered") == 1


def test_the_answer_is_the_last_entry_of_its_transaction(desk: Desk) -> None:
    """Its position is that of the whole request, so that whoever waits for it sees everything."""
    first = sent(desk)
    assert first.position == desk.ledger.last_position() and desk.topics()[-1] == "submission.answered"


def test_a_key_stands_for_one_request_of_one_caller(desk: Desk) -> None:
    """A key that is used for something else is a mistake of the client's, which it has to hear of."""
    sent(desk)
    with pytest.raises(Invalid, match="the idempotency key 'k' was used before for a request with other content"):
        sent(desk, digest="two")
    desk.caller = None
    with pytest.raises(Invalid, match="'k'"):
        desk.imported("{}", key="k")
    assert not sent(desk, caller="bob", effective="2025").repeated


@pytest.mark.parametrize("key", ["", "with blank", "日本", "x" * 256, "a\n"])
def test_a_key_is_visible_ascii(desk: Desk, key: str) -> None:
    """A header's value is nothing else, and one that is cut off on the way would make two requests one."""
    with pytest.raises(Invalid, match="is no idempotency key"):
        sent(desk, key)
    assert not desk.log()


def test_an_error_is_not_kept(desk: Desk) -> None:
    """What was refused once may be right the next time, when the name is known."""

    def failing(_: Unit) -> Answer:
        raise Conflict.of("", None, "not now")

    with pytest.raises(Conflict):
        submit(desk.ledger, Submission(None, "k", "one"), failing, now=desk.now)
    assert not desk.log() and not sent(desk).repeated


def test_a_request_that_recorded_nothing_new_is_kept_too(desk: Desk) -> None:
    """Its repeat must not suddenly record something, after a retraction say."""
    desk.post()
    first = sent(desk)
    assert first.answer.status == 200 and sent(desk).repeated


@pytest.mark.parametrize("committed", [True, False])
def test_a_lost_acknowledgement_is_found_by_the_retry(desk: Desk, committed: bool) -> None:
    """The client cannot know whether its request was recorded: it sends it again and must be right either way."""
    insert = desk.ledger.recorder.insert_events
    tries: list[Sequence[StoredEvent]] = []

    def breaking(stored: Sequence[StoredEvent]) -> None:
        tries.append(stored)
        if committed and len(tries) == 1:
            insert(stored)
        raise OperationalError("server closed the connection unexpectedly")

    with (
        patch.object(desk.ledger.recorder, "insert_events", breaking),
        patch("service.ledger.application.WAIT_SECONDS", 0),
        pytest.raises(Unavailable, match="cannot be reached"),
    ):
        sent(desk)
    again = sent(desk)
    assert (again.repeated, again.answer.status, again.answer.body["registered"]) == (committed, 201, 2)
    assert desk.topics().count("event.recorded") == 1


def test_a_log_opened_anew_knows_what_it_answered(opening: Callable[[], Ledger]) -> None:
    """A server that was restarted, or another one, answers the retry."""
    first = sent(Desk(opening()))
    assert sent(Desk(opening())).answer == first.answer
