"""Posting about those who are merged: an entry keeps the id that it was posted with, and still tells of the one event."""

from __future__ import annotations

import pytest

from events.errors import Invalid
from events.event import EventIdHeld
from service.ledger.entities import merge, unmerge
from service.ledger.lifecycle import correct
from service.ledger.recording import Recorded
from tests.service.ledger.support import Desk, Json, messages
from tests.service.ledger.test_races import fixture_desks as fixture_desks
from tests.service.ledger.test_races import race

GAZETTE = [{"title": "Another report", "publisher": "Gazette"}]
PARTNERS: Json = {"type": "partnership", "person": None, "organization": None, "role": None}


def merged(desk: Desk, loser: str = "bob", winner: str = "ann") -> None:
    """Register Ann, Bob and Cat, and merge one into another."""
    desk.imported(*(f'{{"entity": "person", "id": "{name.lower()}", "name": "{name}"}}' for name in ("Ann", "Bob", "Cat")))
    desk.run(lambda unit: merge(unit, "person", loser, winner))


def parted(desk: Desk, loser: str = "bob") -> None:
    """Undo the merge."""
    desk.run(lambda unit: unmerge(unit, "person", loser))


def person(done: Recorded) -> str:
    """Whose event it is."""
    return str(done.version.fields["person"])


@pytest.mark.parametrize("given", ["bob", {"id": "bob"}])
def test_a_loser_s_id_is_kept_and_a_name_is_the_winner_s(desk: Desk, given: str | Json) -> None:
    """Who names an id means that one, also if the merge turns out to be wrong; who names a name means who bears it now."""
    merged(desk)
    assert person(desk.post(person=given)) == "bob"
    assert person(desk.post(person="Bob", effective="2024-10")) == "ann"
    said = desk.post(type="statement", person=None, organization=None, role=None, speaker=given, gist="No")
    assert said.version.fields["speaker"] == {"kind": "person", "id": "bob"}


@pytest.mark.parametrize("ids", [("bob", "ann"), ("ann", "bob")])
def test_a_report_under_either_id_is_of_the_same_event_while_merged(desk: Desk, ids: tuple[str, str]) -> None:
    """Otherwise each report of one and the same person's leaving would be an event of its own."""
    merged(desk)
    first = desk.post(person=ids[0])
    again = desk.post(person=ids[1], sources=GAZETTE)
    assert (again.outcome, again.event_id) == ("corroborated", first.event_id)
    assert person(again) == ids[0]
    assert [(dispute.field, dispute.value) for dispute in again.version.disputed] == [("person", ids[1])]
    assert desk.post(person=ids[1], sources=GAZETTE).outcome == "unchanged"


@pytest.mark.parametrize("ids", [("bob", "ann"), ("ann", "bob")])
def test_after_the_undoing_each_id_has_its_own_event(desk: Desk, ids: tuple[str, str]) -> None:
    """What was posted of one is found under that one again, and a report of the other is of another event."""
    merged(desk)
    first = desk.post(person=ids[0])
    parted(desk)
    assert desk.post(person=ids[0]).event_id == first.event_id
    other = desk.post(person=ids[1])
    assert (other.outcome, other.event_id != first.event_id, person(other)) == ("recorded", True, ids[1])
    assert desk.post(person=ids[1]).event_id == other.event_id


def test_merges_in_a_row_are_one(desk: Desk) -> None:
    """Who was merged twice is read under the last id, and each of the ids stays what was posted."""
    merged(desk, "cat", "bob")
    desk.run(lambda unit: merge(unit, "person", "bob", "ann"))
    first = desk.post(person="cat")
    assert [desk.post(person=name).event_id for name in ("bob", "ann")] == [first.event_id] * 2
    parted(desk)
    assert [desk.post(person=name).event_id == first.event_id for name in ("cat", "bob", "ann")] == [True, True, False]


def test_an_event_of_its_own_goes_before_that_of_the_winner(desk: Desk) -> None:
    """Where both had such an event before they were merged, a report says by its id which of the two it is of."""
    first, other = desk.post(person="Ann"), desk.post(person="Bob")
    merged(desk)
    assert [desk.post(person=name).event_id for name in ("ann", "bob")] == [first.event_id, other.event_id]


def test_a_correction_keeps_the_id_that_it_names(desk: Desk) -> None:
    """An event corrected to the merged one's id is that one's after the undoing, and found there."""
    merged(desk)
    first = desk.post(person="Cat")
    desk.say(correct, first, {"person": "bob"}, reason="it was Bob")
    assert desk.post(person="ann").event_id == first.event_id
    parted(desk)
    assert [desk.post(person=name).event_id == first.event_id for name in ("bob", "ann")] == [True, False]


def test_a_correction_to_the_other_id_says_whose_the_event_is(desk: Desk) -> None:
    """While they are merged nothing else tells for which of the two the event is to count after an undoing."""
    merged(desk)
    first = desk.post(person="bob")
    assert desk.say(correct, first, {"person": "ann"}, reason="it was Ann").outcome == "corrected"
    parted(desk)
    assert [desk.post(person=name).event_id == first.event_id for name in ("ann", "bob")] == [True, False]


def test_a_list_keeps_each_of_those_merged_once(desk: Desk) -> None:
    """Nobody is a partner of himself, under whichever id."""
    desk.post(PARTNERS, effective="2024", sources=GAZETTE, organizations=["Acme", "Bolt", "Core"])
    desk.run(lambda unit: merge(unit, "organization", "bolt", "acme"))
    done = desk.post(PARTNERS, effective="2025", sources=GAZETTE, organizations=["bolt", "acme", "core"])
    assert done.version.fields["organizations"] == ["bolt", "core"]
    with pytest.raises(Invalid) as error:
        desk.post(PARTNERS, effective="2025", sources=GAZETTE, organizations=["bolt", "acme"])
    assert list(messages(error.value)) == ["organizations: 'bolt', 'acme' are not 2 different ones, but the same"]


def test_an_import_keeps_the_ids(desk: Desk) -> None:
    """A log that was exported names the ids that were posted, and reading it again must not change a word."""
    merged(desk)
    lines = [f'{{"type": "departure", "person": "{name}", "organization": "Acme", "effective": "2024", "sources": [{{"title": "{name}"}}]}}'
             for name in ("bob", "ann", "cat")]  # fmt: skip
    told = [outcome["outcome"] for batch in desk.imported(*lines, *lines) for outcome in batch.outcomes]
    assert told == ["recorded", "corroborated", "recorded", "unchanged", "unchanged", "unchanged"]
    assert len([entry for entry in desk.log() if isinstance(entry, EventIdHeld)]) == 1


def test_two_reports_at_once_under_either_id_are_one_event(desks: list[Desk]) -> None:
    """The log itself settles the race: both writers claim what the event is under the winner's id."""
    merged(desks[0])
    answers = race(lambda: desks[0].post(person="bob"), lambda: desks[1].post(person="ann", sources=GAZETTE))
    assert sorted(done.outcome for done in answers) == ["corroborated", "recorded"]
    assert len({done.event_id for done in answers}) == 1


def test_a_name_means_whom_the_event_is_about(desk: Desk) -> None:
    """A name says nothing of ids, so an undoing may not leave a report of Bob that speaks of Ann."""
    first = desk.post(person="Bob")
    merged(desk)
    assert desk.post(person="Bob").outcome == "unchanged"
    again = desk.post(person="Ann", sources=GAZETTE)
    assert (again.event_id, again.outcome, again.version.disputed) == (first.event_id, "corroborated", ())
