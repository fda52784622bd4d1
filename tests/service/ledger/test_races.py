"""Two writers at once, each with a log of its own open on one database: one of each thing in the end, and two right answers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, local
from typing import Any
from unittest.mock import patch

import pytest

from events.entries import Entry
from events.errors import Conflict, Invalid, Stale, Unavailable
from events.posting import load_post
from service.ledger.application import Ledger, Raced
from service.ledger.entities import create, given_ref, merge
from service.ledger.joining import join
from service.ledger.lifecycle import correct, retract
from service.ledger.naming import bearers_of
from service.ledger.recording import record
from service.ledger.slots import current
from service.ledger.submissions import Answer, Submission, submit
from service.ledger.unit import Unit
from tests.service.ledger.support import LEAVES, Desk, outcomes

Opening = Callable[[], Ledger]


@pytest.fixture(name="desks")
def fixture_desks(opening: Opening) -> list[Desk]:
    """Two writers whose clocks differ, as those of two machines do."""
    first = datetime(2025, 1, 1, tzinfo=UTC)
    return [Desk(opening(), instant=first + timedelta(minutes=number)) for number in range(2)]


def race(*acts: Callable[[], Any]) -> list[Any]:
    """What each act returned or raised, run at once and held before its first append until all have come that far."""
    gate, held, append = Barrier(len(acts)), local(), Ledger.append

    def together(ledger: Ledger, entries: Sequence[Entry]) -> int:
        if not hasattr(held, "passed"):
            held.passed = True
            gate.wait(timeout=30)
        return append(ledger, entries)

    with patch.object(Ledger, "append", together), ThreadPoolExecutor(len(acts)) as pool:
        futures = [pool.submit(act) for act in acts]
        return [future.exception() or future.result() for future in futures]


def content(desk: Desk) -> Counter[str]:
    """How many entries of each topic the log holds."""
    return Counter(desk.topics())


def test_two_that_bring_the_same_name_end_with_one_entity(desks: list[Desk]) -> None:
    """Otherwise everybody who is new in two articles would exist twice, and no name would be clear any more."""
    departed, left = race(lambda: desks[0].post(), lambda: desks[1].post(type="step_down", role="Board member"))
    assert {departed.outcome, left.outcome} == {"recorded"} and departed.event_id != left.event_id
    assert sorted(len(done.registered) for done in (departed, left)) == [0, 2]
    assert departed.version.fields["person"] == left.version.fields["person"] == "mira-murati"
    assert content(desks[0])["entity.registered"] == 2
    assert desks[0].run(lambda unit: bearers_of(unit, "person", "miramurati")) == ("mira-murati",)


def test_two_names_that_make_the_same_id_end_with_two(desks: list[Desk]) -> None:
    """Names that only look alike are two people's, and an id is given once."""
    answers = race(lambda: desks[0].post(person="Ann Lée"), lambda: desks[1].post(person="Ann Lèe"))
    assert {done.version.fields["person"] for done in answers} == {"ann-lee", "ann-lee-2"}


def test_two_reports_of_one_event_are_one_event(desks: list[Desk]) -> None:
    """One is recorded and the other corroborates it; neither source may be lost."""
    other = [{"title": "Murati to leave", "publisher": "Gazette"}]
    answers = race(lambda: desks[0].post(), lambda: desks[1].post(sources=other))
    assert sorted(done.outcome for done in answers) == ["corroborated", "recorded"]
    assert len({done.event_id for done in answers}) == 1
    version = desks[0].run(lambda unit: current(unit, answers[0].event_id))
    assert version is not None and {source["publisher"] for source in version.sources} == {"Wire", "Gazette"}
    assert content(desks[0])["event.recorded"] == 1


def test_two_joins_at_once_make_no_circle(desks: list[Desk]) -> None:
    """Two events that were each other's report would both be gone; both sides are written, so the second writer looks again."""
    one, other = (desks[0].post(effective=day) for day in ("2024-09-25", "2024-09"))
    answers = race(lambda: desks[0].say(join, one, other.event_id), lambda: desks[1].say(join, other, one.event_id))
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Recorded"]
    assert content(desks[0])["event.joined"] == content(desks[0])["event.absorbed"] == 1


def test_the_very_same_report_twice_is_recorded_once(desks: list[Desk]) -> None:
    """Two workers that read one feed post the same thing."""
    answers = race(*(desk.post for desk in desks))
    assert sorted(done.outcome for done in answers) == ["recorded", "unchanged"]
    assert content(desks[0])["event.corroborated"] == 0


def submitting(desk: Desk, digest: str = "one", ref: str | None = None) -> Callable[[], Any]:
    """Post under the key `k`."""

    def act(unit: Unit) -> Answer:
        done = record(unit, load_post({**LEAVES, **({"ref": ref} if ref else {})}))
        return Answer(201 if done.outcome == "recorded" else 200, {"id": str(done.event_id), "outcome": done.outcome})

    return lambda: submit(desk.ledger, Submission("ann", "k", digest), act, now=desk.now)


def test_one_key_sent_twice_at_once_is_answered_alike(desks: list[Desk]) -> None:
    """A client that lost patience sends again while the first request still runs."""
    first, second = race(*(submitting(desk) for desk in desks))
    assert first.answer == second.answer and first.position == second.position
    assert {first.repeated, second.repeated} == {True, False}
    assert content(desks[0])["submission.answered"] == content(desks[0])["event.recorded"] == 1


def test_one_key_for_two_requests_is_refused_to_one(desks: list[Desk]) -> None:
    """Whichever comes second is told so, and nothing of it is recorded."""
    answers = race(submitting(desks[0], "one"), submitting(desks[1], "two"))
    refused = [answer for answer in answers if isinstance(answer, Invalid)]
    assert len(refused) == 1 and "idempotency key 'k'" in str(refused[0])
    assert content(desks[0])["submission.answered"] == 1


def test_one_ref_for_two_events_is_refused_to_one(desks: list[Desk]) -> None:
    """A ref that stood for two events would send a correction to the wrong one."""
    answers = race(lambda: desks[0].post(ref="r"), lambda: desks[1].post(ref="r", effective="2024-09-26"))
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Recorded"]
    assert content(desks[0])["ref.claimed"] == content(desks[0])["event.recorded"] == 1


def test_of_two_corrections_of_one_version_the_second_is_stale(desks: list[Desk]) -> None:
    """If-Match is a promise: neither may overwrite what the other has not seen."""
    event = desks[0].post().event_id

    def correcting(desk: Desk, reason: str) -> Callable[[], Any]:
        return lambda: desk.say(correct, event, {"reason": reason}, reason="as said", if_match=1)

    answers = race(correcting(desks[0], "retired"), correcting(desks[1], "illness"))
    assert sorted(type(answer).__name__ for answer in answers) == ["Recorded", "Stale"]
    stale = next(answer for answer in answers if isinstance(answer, Stale))
    assert stale.extra["version"] == 2 and content(desks[0])["event.corrected"] == 1


def test_two_corrections_that_have_seen_nothing_both_count(desks: list[Desk]) -> None:
    """Without If-Match the later one is made on the earlier one, and both stay in the list of versions."""
    event = desks[0].post().event_id
    answers = race(
        lambda: desks[0].say(correct, event, {"reason": "retired"}, reason="one"),
        lambda: desks[1].say(correct, event, {"successor": "Greg Brockman"}, reason="two"),
    )
    assert [answer.outcome for answer in answers] == ["corrected", "corrected"]
    version = desks[0].run(lambda unit: current(unit, event))
    assert version is not None and version.number == 3
    assert (version.fields["reason"], version.fields["successor"]) == ("retired", "greg-brockman")


def test_two_events_corrected_into_one_identity_are_told_apart(desks: list[Desk]) -> None:
    """Each gets an id of the identity to hold, so that neither is lost to those who post it again."""
    one, other = (desks[0].post(effective=day).event_id for day in ("2024-09-23", "2024-09-24"))
    answers = race(*(
        lambda desk=desk, event=event: desk.say(correct, event, {"effective": "2024-09-25"}, reason="day")
        for desk, event in zip(desks, (one, other), strict=True)
    ))  # fmt: skip
    assert [answer.outcome for answer in answers] == ["corrected", "corrected"]
    assert content(desks[0])["event.id_held"] == 2
    assert desks[0].post().event_id in (one, other)


def test_a_retraction_and_a_further_report_at_once_leave_it_retracted(desks: list[Desk]) -> None:
    """Whichever comes first, the report must not bring back by accident what somebody took back."""
    event = desks[0].post().event_id
    retracted, reported = race(lambda: desks[0].say(retract, event, reason="false"), lambda: desks[1].post(sources=[{"title": "Another"}]))
    assert retracted.outcome == "retracted"
    assert isinstance(reported, Conflict) or reported.outcome == "corroborated"
    version = desks[0].run(lambda unit: current(unit, event))
    assert version is not None and version.retracted


def test_an_import_and_a_post_of_the_same_event_make_one(desks: list[Desk]) -> None:
    """An analyst posts by hand what the night's import brings as well."""
    lines = [json.dumps({**LEAVES, "effective": f"2024-09-{day}"}) for day in (25, 26, 27)]
    batches, posted = race(lambda: desks[0].imported(*lines), lambda: desks[1].post())
    assert sorted((posted.outcome, outcomes(batches)[0])) == ["recorded", "unchanged"]
    assert outcomes(batches)[1:] == ["recorded", "recorded"] and content(desks[0])["event.recorded"] == 3


def test_one_import_started_twice_records_every_line_once(desks: list[Desk]) -> None:
    """A scheduler that starts a job twice must not double what it brings, and both get the same result lines."""
    lines = [json.dumps({**LEAVES, "effective": f"2024-09-{day}"}) for day in range(10, 20)]
    one, other = race(*(lambda desk=desk: desk.imported(*lines, key="k", batch_size=4) for desk in desks))
    assert [batch.outcomes for batch in one] == [batch.outcomes for batch in other]
    assert outcomes(one) == ["recorded"] * 10
    assert content(desks[0])["event.recorded"] == 10 and content(desks[0])["submission.batch_imported"] == 3


def test_one_person_registered_twice_at_once_is_one(desks: list[Desk]) -> None:
    """The second hears of the first, though nobody was there when it looked."""
    given = given_ref("person", "Ann Lee")
    answers = race(*(lambda desk=desk: desk.run(lambda unit: create(unit, "person", given)) for desk in desks))
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Kept"]
    assert content(desks[0])["entity.registered"] == 1


def test_two_merges_against_each_other_leave_one(desks: list[Desk]) -> None:
    """A into B and B into A at once would leave nobody to read either under."""
    for name in ("Ann", "Bob"):
        desks[0].post(person=name)
    answers = race(
        lambda: desks[0].run(lambda unit: merge(unit, "person", "ann", "bob")),
        lambda: desks[1].run(lambda unit: merge(unit, "person", "bob", "ann")),
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Kept"]
    assert content(desks[0])["entity.merged"] == 1


def test_many_writers_lose_nothing(desks: list[Desk]) -> None:
    """Every acknowledged line is in the log once, however often its writer was raced."""
    days = [f"2024-{month:02}-{day:02}" for month in (7, 8) for day in range(1, 11)]
    jobs = [Desk(desks[number % 2].ledger, instant=datetime(2025, 1, 1, microsecond=number, tzinfo=UTC)) for number in range(2 * len(days))]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda desk, day: desk.post(effective=day).outcome, jobs, days * 2))
    assert Counter(made) == {"recorded": 20, "unchanged": 20}
    assert content(desks[0])["event.recorded"] == 20 and content(desks[0])["entity.registered"] == 2


def test_several_processes_may_make_the_log_at_once(opening: Opening) -> None:
    """Two servers that start on an empty database both want its tables, and IF NOT EXISTS alone fails one of them."""
    with ThreadPoolExecutor(4) as pool:
        ledgers = list(pool.map(lambda _: opening(), range(4)))
    assert [Desk(ledger).post(effective=f"2024-09-{day}").outcome for day, ledger in enumerate(ledgers, 10)] == ["recorded"] * 4


def test_a_writer_who_is_always_second_is_told(desk: Desk) -> None:
    """An endless loop would hold a request for ever, and a 500 would say nothing about trying again."""
    always = patch.object(Ledger, "append", side_effect=Raced), patch("service.ledger.unit.time.sleep")
    with always[0], always[1], pytest.raises(Unavailable, match="20 times another writer came first"):
        desk.post()
    assert not desk.log()
