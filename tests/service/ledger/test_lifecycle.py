"""What is said later: nothing is edited, everything is an entry of its own, and the event stays valid as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from events.errors import Conflict, Invalid, NotFound, Stale
from events.moments import Moment
from service.ledger.lifecycle import add_source, change_status, correct, remove_source, restore, retract
from service.ledger.recording import Recorded
from service.ledger.slots import current
from tests.service.ledger.support import Desk, Json, messages

PAPER = {"title": "Murati to leave", "publisher": "Gazette"}
ROUND: Json = {"type": "funding_round", "organization": "OpenAI", "person": None, "role": None}
PARTNERS: Json = {"type": "partnership", "organizations": ["OpenAI", "Apple"], "person": None, "organization": None, "role": None}
BROKE: Json = {"type": "bankruptcy", "organization": "FTX", "person": None, "role": None}


def version_of(desk: Desk, done: Recorded) -> Any:
    """The event as it is now."""
    return desk.run(lambda unit: current(unit, done.event_id))


def test_a_correction_changes_and_takes_away(desk: Desk) -> None:
    """What was put right shows at once, with the reason, and the report itself stays as it was."""
    event = desk.post(reason="retired", summary={"en": "She leaves."}, tags=["ai"])
    changes: Json = {"effective": "2024-09-26", "reason": None, "successor": "Mark Chen", "summary": {"ja": "退社"}, "tags": []}
    done = desk.say(correct, event, changes, reason="the paper corrected itself")
    version = done.version
    assert (done.outcome, [new.id for new in done.registered]) == ("corrected", ["mark-chen"])
    assert (version.effective, version.fields.get("reason"), version.fields["successor"]) == ("2024-09-26", None, "mark-chen")
    assert (version.summary, version.tags, version.number) == ({"en": "She leaves.", "ja": "退社"}, (), 2)
    assert desk.say(correct, event, {"effective": "2024-09-26"}, reason="again").outcome == "unchanged"
    assert desk.topics().count("event.corrected") == 1


@pytest.mark.parametrize(
    ("given", "changes", "message"),
    [
        (ROUND, {"amount": "5"}, "changes.currency: the `amount` '5' needs its `currency`"),
        ({**ROUND, "amount": "5", "currency": "USD"}, {"currency": None}, "changes.currency: the `amount` '5' needs its `currency`"),
        ({**ROUND, "amount": "5", "currency": "USD"}, {"amount": None}, "changes.amount: the `currency` 'USD' needs an `amount`"),
        (PARTNERS, {"organizations": ["Apple", "APPLE"]}, "changes.organizations: 'Apple', 'APPLE' are not 2 different ones, but the same"),
        (PARTNERS, {"organizations": ["Apple"]}, "changes.organizations: ['Apple'] is not a list of 2 to 100 different values"),
        (BROKE, {"person": "Bob"}, "changes.person: a bankruptcy is of the `organization` 'ftx' or of the `person` 'bob', not of both"),
        (BROKE, {"organization": None}, "changes.organization: an `organization` or a `person` is required"),
        ({}, {"person": None}, "changes.person: `person` may not be null: leave it out instead"),
        ({}, {"status": "confirmed"}, "changes.status: `status` of a departure cannot be corrected"),
        ({}, {"effective": "2024-1X"}, "changes.effective: '2024-1X'"),
        ({}, {}, "changes: `changes` maps fields to new values, not {}"),
        ({}, {"announced": None}, "changes.announced: "),
    ],
)
def test_a_correction_must_leave_a_valid_event(desk: Desk, given: Json, changes: Json, message: str) -> None:
    """An event that could not have been posted must not come about in two steps either."""
    event = desk.post(**given)
    before = desk.topics()
    with pytest.raises(Invalid) as error:
        desk.say(correct, event, changes, reason="as said")
    assert next(messages(error.value)).startswith(message)
    assert desk.topics() == before


def test_corrections_that_change_both_sides_at_once_are_taken(desk: Desk) -> None:
    """What goes together is put right together."""
    event = desk.post(**ROUND)
    assert desk.say(correct, event, {"amount": "5", "currency": "USD"}, reason="found out").outcome == "corrected"
    assert desk.say(correct, event, {"amount": None, "currency": None}, reason="not so").outcome == "corrected"
    broke = desk.post(**BROKE)
    assert desk.say(correct, broke, {"organization": None, "person": "Sam"}, reason="his own").version.fields == {"person": "sam"}
    partners = desk.post(**PARTNERS)
    changed = desk.say(correct, partners, {"organizations": ["Apple", "apple", "Microsoft"]}, reason="another")
    assert changed.version.fields["organizations"] == ["apple", "microsoft"]


def test_a_correction_names_unknown_people_under_its_field(desk: Desk) -> None:
    """A typing error in a correction makes a person as one in a post does."""
    event = desk.post()
    with pytest.raises(Invalid) as error:
        desk.say(correct, event, {"successor": "Mark Chan"}, reason="as said", strict=True)
    assert next(messages(error.value)).startswith("changes.successor: 'Mark Chan' is not known among the people")


def test_a_correction_into_a_held_identity_gets_a_place_of_its_own(desk: Desk) -> None:
    """Two events may turn out to be of one day; both stay, and a further report finds the first."""
    one, other = desk.post(), desk.post(effective="2024-09-26")
    moved = desk.say(correct, other, {"effective": "2024-09-25"}, reason="the same day")
    assert (moved.outcome, moved.event_id) == ("corrected", other.event_id)
    assert desk.topics()[-1] == "event.id_held"
    assert desk.post(sources=[PAPER]).event_id == one.event_id
    desk.say(retract, one, reason="told twice")
    assert desk.post(sources=[PAPER]).event_id == other.event_id
    again = desk.post(effective="2024-09-26")
    assert (again.outcome, again.event_id not in (one.event_id, other.event_id)) == ("recorded", True)


def test_when_it_was_announced_is_corrected_clerically(desk: Desk) -> None:
    """A correction of the moment moves it; one that is itself news would make two moments of one."""
    event = desk.post()
    assert desk.say(correct, event, {"announced": "2024-09-24T18:00:00Z"}, reason="checked").version.announced == "2024-09-24T18:00:00Z"
    with pytest.raises(Invalid, match="in a correction that was itself announced on '2024-10-01'"):
        desk.say(correct, event, {"announced": "2024-09-23"}, reason="checked", announced=Moment.parse("2024-10-01"))


LATER: dict[str, Callable[[Desk, Recorded, Moment | None], Recorded]] = {
    "correction": lambda desk, event, when: desk.say(correct, event, {"reason": "retired"}, reason="why", announced=when),
    "retraction": lambda desk, event, when: desk.say(retract, event, reason="why", announced=when),
    "status": lambda desk, event, when: desk.say(change_status, event, "confirmed", announced=when),
    "source": lambda desk, event, when: desk.say(add_source, event, PAPER, announced=when),
    "removal": lambda desk, event, when: desk.say(remove_source, event, 1, announced=when),
}


@pytest.mark.parametrize("name", LATER)
def test_nothing_about_an_event_is_announced_before_it(desk: Desk, name: str) -> None:
    """A correction from before the report would make the event known before it was known."""
    event = desk.post(sources=[{"title": "One"}, {"title": "Two"}], announced="2024-09-25T19:30:00Z")
    with pytest.raises(Invalid, match="'2024-09-24' is before '2024-09-25T19:30:00Z', when the event itself was announced"):
        LATER[name](desk, event, Moment.parse("2024-09-24"))
    assert LATER[name](desk, event, Moment.parse("2024-09-25")).outcome != "unchanged"


def test_what_was_retracted_can_be_restored_and_each_is_said_once(desk: Desk) -> None:
    """Taking back the taking back must not need a second report."""
    event = desk.post()
    said = [
        desk.say(retract, event, reason="a hoax"), desk.say(retract, event, reason="still"),
        desk.say(restore, event, reason="it was true"), desk.say(restore, event),
    ]  # fmt: skip
    assert [done.outcome for done in said] == ["retracted", "unchanged", "restored", "unchanged"]
    assert not version_of(desk, event).retracted and version_of(desk, event).number == 3
    for reason in (None, "", "  "):
        with pytest.raises(Invalid, match="a retraction needs its `reason`"):
            desk.say(retract, event, reason=reason)


def test_status_changes_are_entries(desk: Desk) -> None:
    """A denial belongs into the history of the event, beside the report that it denies."""
    event = desk.post(status="rumoured")
    assert desk.say(change_status, event, "denied", reason="spokesman").version.status == "denied"
    assert desk.say(change_status, event, "denied").outcome == "unchanged"
    with pytest.raises(Invalid, match="'true' is not a status"):
        desk.say(change_status, event, "true")


def test_sources_are_added_once_and_removed_but_not_the_last(desk: Desk) -> None:
    """An event without a source would be a claim of nobody's."""
    event = desk.post()
    assert desk.say(add_source, event, PAPER).outcome == "source_added"
    assert desk.say(add_source, event, {**PAPER, "quote": "She is to go."}).outcome == "unchanged"
    assert desk.topics()[-1] == "article.registered"
    for number in (0, 3):
        with pytest.raises(NotFound, match=f"the event has no source {number}"):
            desk.say(remove_source, event, number)
    assert desk.say(remove_source, event, 1).outcome == "source_removed"
    assert [source["publisher"] for source in version_of(desk, event).sources] == ["Gazette"]
    with pytest.raises(Conflict, match="source 1 is the only one"):
        desk.say(remove_source, event, 1)
    with pytest.raises(Invalid, match="needs at least a `url` or a `title`"):
        desk.say(add_source, event, {"publisher": "Nobody"})


def test_a_stale_change_is_refused(desk: Desk) -> None:
    """Whoever changes an event must have seen what they change, if they say that they have."""
    event = desk.post()
    desk.say(change_status, event, "confirmed", if_match=1)
    with pytest.raises(Stale, match="the event is at version 2, and the change was made on version 1") as error:
        desk.say(retract, event, reason="false", if_match=1)
    assert error.value.extra["version"] == 2


def test_what_is_under_embargo_makes_nobody_stale(desk: Desk) -> None:
    """Whoever reads an event cannot see what is still to be announced of it, and an error may not tell of it either."""
    event = desk.post()
    desk.say(correct, event, {"role": "CEO"}, reason="to come", announced=Moment.parse("2099-01-01"))
    assert desk.say(change_status, event, "confirmed", if_match=1).outcome == "status_changed"
    with pytest.raises(Stale, match="the event is at version 1, and the change was made on version 7"):
        desk.say(retract, event, reason="false", if_match=7)


@pytest.mark.parametrize("given", [UUID(int=7), "no-such-ref", str(UUID(int=8))])
def test_an_unknown_event_is_said_to_be_unknown(desk: Desk, given: Any) -> None:
    """An id that only holds an identity is no event either."""
    with pytest.raises(NotFound, match=f"'{given}' is neither the id of an event nor a ref of yours"):
        desk.say(retract, given, reason="false")


def test_the_place_of_an_identity_is_no_event(desk: Desk) -> None:
    """A correction into a new identity holds its id, under which nothing was recorded."""
    event = desk.post()
    desk.say(correct, event, {"effective": "2024-09-26"}, reason="a day later")
    held = next(entry for entry in desk.log() if entry.TOPIC == "event.id_held")
    with pytest.raises(NotFound):
        desk.say(retract, held.originator_id, reason="false")
