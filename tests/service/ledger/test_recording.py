"""Recording posts: who is meant, what is the same event, what a further report adds, and what stays under embargo."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from events.entities import EntityRegistered
from events.errors import Ambiguous, Conflict, Invalid
from events.posting import load_post
from service.ledger.lifecycle import change_status, correct, retract
from service.ledger.recording import Recorded, likely_id, record
from service.ledger.slots import current
from service.ledger.unit import Unit, run
from tests.service.ledger.support import LEAVES, Desk, Json, messages

PAPER = {"title": "Murati to leave", "publisher": "Gazette"}
MIRA = {"name": {"en": "Mira Murati", "ja": "ミラ・ムラティ"}, "identifiers": {"wikidata": "Q1"}}


def test_unknown_names_register_entities_and_are_listed(desk: Desk) -> None:
    """A typing error makes a person, so the poster has to see whom a post brought into being."""
    first = desk.post(person=MIRA)
    assert [(new.kind, new.id, new.name) for new in first.registered] == [
        ("person", "mira-murati", "Mira Murati"), ("organization", "openai", "OpenAI"),
    ]  # fmt: skip
    registered = next(entry for entry in desk.log() if isinstance(entry, EntityRegistered))
    assert (registered.event, registered.announced) == (first.event_id, "2024-09-25")
    for name in ("mira-murati", "MIRA MURATI", "ミラムラティ", {"name": "Mira Murati"}, {"id": "mira-murati"}, MIRA):
        again = desk.post(person=name)
        assert (again.event_id, again.outcome, again.registered) == (first.event_id, "unchanged", ())


@pytest.mark.parametrize("names", [("José", "Jose"), ("Jose", "José"), ("C++", "C plus plus")])
def test_names_that_only_look_alike_are_two(desk: Desk, names: tuple[str, str]) -> None:
    """An id has lost what tells names apart, so nobody is found by a name because an id was made of it or is like it."""
    fields: Json = {"type": "other", "headline": "They meet", "organization": None, "person": None, "role": None}
    first, second = (desk.post(person=name).version.fields["person"] for name in names)
    assert second == f"{first}-2"
    assert desk.post(**fields, people=list(names)).version.fields["people"] == [first, second]
    both = desk.post(**fields, organizations=list(names)).version.fields["organizations"]
    assert both == [first, second]


def test_an_object_brings_further_names(desk: Desk) -> None:
    """The Japanese name that a later article gives must be found from then on."""
    first = desk.post()
    assert desk.post(person=MIRA).event_id == desk.post(person="ミラ・ムラティ").event_id == first.event_id
    assert desk.topics().count("entity.called") == desk.topics().count("entity.identified") == 1


def test_a_name_of_several_is_ambiguous_unless_something_tells_them_apart(desk: Desk) -> None:
    """Nobody is ever taken for another on a name alone."""
    one = {"id": "ann-lee"}
    desk.post(person={"name": "Ann Lee", "identifiers": {"wikidata": "Q1"}})
    with pytest.raises(Ambiguous):
        desk.post(person={"name": "Ann Lee", "identifiers": {"wikidata": "Q2"}})
    desk.post(person={"name": "Ann Ray", "aliases": ["A. L."]})
    desk.imported('{"names": "person", "id": "ann-ray", "name": {"en": "Ann Lee"}, "distinct": true}')
    with pytest.raises(Ambiguous) as error:
        desk.post(person="Ann Lee", effective="2025")
    assert [candidate["id"] for candidate in error.value.extra["candidates"]] == ["ann-lee", "ann-ray"]
    assert next(messages(error.value)).startswith("person: 'Ann Lee' fits more than one")
    for given, meant in ((one, "ann-lee"), ({"name": "Ann Lee", "identifiers": {"wikidata": "Q1"}}, "ann-lee"), ("A. L.", "ann-ray")):
        assert desk.post(person=given, effective="2025").version.fields["person"] == meant
    with pytest.raises(Ambiguous):
        desk.post(person={"name": "Ann Lee", "identifiers": {"wikidata": "Q3"}}, effective="2025")


def test_strict_refuses_what_is_unknown_and_a_trial_records_nothing(desk: Desk) -> None:
    """Both are there to find typing errors before they become people."""
    with pytest.raises(Invalid, match="'Mira Murati' is not known among the people"):
        desk.post(strict=True)
    tried, position = run(desk.ledger, lambda unit: record(unit, load_post(LEAVES)), now=desk.now, dry_run=True)
    assert (tried.outcome, len(tried.registered), position, desk.topics()) == ("recorded", 2, 0, [])
    recorded = desk.post()
    assert recorded.event_id == tried.event_id
    assert desk.post(strict=True, effective="2025").outcome == "recorded"


def test_a_second_report_adds_what_is_new_and_disputes_what_differs(desk: Desk) -> None:
    """The same event told twice is one event that is better known, whatever the words for its role."""
    first = desk.post(reason="retired", summary={"en": "She leaves."}, tags=["ai"])
    again = desk.post(
        role="最高技術責任者",
        reason="performance",
        successor="Mark Chen",
        summary={"ja": "退社", "en": "Else"},
        tags=["people", "ai"],
        sources=[PAPER],
    )
    version = again.version
    assert (again.event_id, again.outcome) == (first.event_id, "corroborated")
    assert [source.get("publisher") for source in version.sources] == ["Wire", "Gazette"]
    assert (version.fields["reason"], version.fields["successor"], version.fields["role"]) == ("retired", "mark-chen", "CTO")
    assert (version.summary, version.tags) == ({"en": "She leaves.", "ja": "退社"}, ("ai", "people"))
    assert [(dispute.field, dispute.value, dispute.sources) for dispute in version.disputed] == [
        ("reason", "performance", ("Gazette: Murati to leave",))
    ]
    assert desk.post(sources=[PAPER]).outcome == "unchanged"


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"effective": "2024-09-26"}, False), ({"effective": "2024-09"}, False), ({"person": "Bob"}, False),
        ({"role": "Board member"}, False), ({"role": "Chief Technology Officer"}, True), ({"since": "2018"}, True),
        ({"reason": "retired", "status": "rumoured"}, True),
    ],
)  # fmt: skip
def test_the_identity_of_a_type_decides_what_is_the_same(desk: Desk, changed: Json, same: bool) -> None:
    """A departure is a person's from a role and an organization on a day; everything else about it is detail."""
    assert (desk.post().event_id == desk.post(**changed).event_id) is same


def test_a_higher_status_raises_and_a_lower_one_does_not(desk: Desk) -> None:
    """A rumour is confirmed by the report that confirms it, and not denied by one that knew less."""
    first = desk.post(status="rumoured")
    assert desk.post(status="confirmed", sources=[PAPER]).version.status == "confirmed"
    assert desk.post(status="rumoured", sources=[PAPER]).version.status == "confirmed"
    desk.say(change_status, first, "denied")
    assert desk.post(status="reported", announced="2024-10-01").version.status == "reported"


def test_the_earliest_announcement_counts_and_one_left_out_lifts_no_embargo(desk: Desk) -> None:
    """Somebody who forgets `announced` must not publish what another one keeps back."""
    desk.post(announced="2031-01-01")
    assert desk.post(announced=None, sources=[{**PAPER, "published_at": "2024-09-01"}]).version.announced == "2031-01-01"
    earlier = desk.post(announced="2030-01-01")
    assert (earlier.outcome, earlier.version.announced) == ("corroborated", "2030-01-01")
    assert desk.post(announced="2032-01-01").outcome == "unchanged"


def test_what_was_retracted_is_not_recorded_again_unawares(desk: Desk) -> None:
    """The feed that was wrong once brings the same thing again the next day."""
    first = desk.post()
    desk.say(retract, first, reason="a hoax")
    with pytest.raises(Conflict, match=f"recorded as {first.event_id} and retracted on 2025-01-01T00:00:02Z: a hoax") as error:
        desk.post()
    assert error.value.extra["event"] == str(first.event_id)
    other = desk.post(distinct=True)
    assert (other.outcome, other.event_id != first.event_id) == ("recorded", True)
    assert desk.post().event_id == other.event_id


def test_an_event_is_found_by_what_it_is_now(desk: Desk) -> None:
    """A report of the corrected day is the same event, and one of the former day is another."""
    first = desk.post()
    desk.say(correct, first, {"effective": "2024-09-26"}, reason="a day later")
    assert desk.post(effective="2024-09-26").event_id == first.event_id
    former = desk.post()
    assert (former.outcome, former.event_id != first.event_id) == ("recorded", True)
    assert desk.post().event_id == former.event_id


def test_events_of_those_merged_are_the_same_event(desk: Desk) -> None:
    """Entries keep the id that they were posted with, so a report under the other name must still find its event."""
    fields: Json = {"type": "other", "headline": "They meet", "organization": None, "person": None, "role": None}
    first = desk.post(**fields, people=["Bob", "Cat", "Ann"])
    lone = desk.post(person="Bob")
    desk.imported('{"merge": "person", "loser": "bob", "winner": "dan"}', '{"entity": "person", "name": "Dan", "id": "dan"}')
    desk.imported('{"merge": "person", "loser": "bob", "winner": "dan"}')
    desk.imported('{"entity": "person", "name": "Eve", "id": "eve"}', '{"merge": "person", "loser": "dan", "winner": "eve"}')
    assert desk.post(person="Dan").event_id == desk.post(person="Eve").event_id == lone.event_id
    assert desk.post(**fields, people=["Dan", "Cat", "Ann"]).event_id == first.event_id


def test_a_list_keeps_each_entity_once(desk: Desk) -> None:
    """Two names of one organization are one partner, and nobody is a partner of himself."""
    fields: Json = {"type": "partnership", "person": None, "organization": None, "role": None}
    done = desk.post(**fields, organizations=["OpenAI", "openai", "Apple", "APPLE"])
    assert done.version.fields["organizations"] == ["openai", "apple"]
    with pytest.raises(Invalid) as error:
        desk.post(**fields, organizations=["OpenAI", "openai"])
    assert list(messages(error.value)) == ["organizations: 'OpenAI', 'openai' are not 2 different ones, but the same"]


def test_a_ref_finds_its_event_and_stands_for_no_other(desk: Desk) -> None:
    """A poster corrects by the key of its own database; another poster may use the same key for something else."""
    first = desk.post(ref="row-1")
    assert desk.post(ref="row-1").outcome == "unchanged"
    assert desk.say(correct, "row-1", {"reason": "retired"}, reason="found out").event_id == first.event_id
    with pytest.raises(Conflict, match=f"'row-1' already stands for the event {first.event_id}"):
        desk.post(ref="row-1", effective="2024-09-26")
    desk.caller = "bob"
    assert desk.post(ref="row-1", effective="2024-09-26").outcome == "recorded"


def test_articles_are_registered_once(desk: Desk) -> None:
    """An article with ten events is one article."""
    desk.post(sources=[PAPER, {"url": "https://example.com/1"}])
    desk.post(effective="2025", sources=[PAPER, {"url": "https://example.com/1", "quote": "…"}])
    assert desk.topics().count("article.registered") == 2


def test_several_posts_of_one_unit_are_all_or_none(desk: Desk) -> None:
    """An article with all its events is one transaction: half an article would be a wrong one."""

    def both(second: str) -> Any:
        return desk.run(lambda unit: [record(unit, load_post({**LEAVES, "effective": day})) for day in ("2024-09-25", second)])

    with pytest.raises(Invalid):
        both("2024-1X")
    assert not desk.log()
    one, other = both("2024-09-26")
    assert len(one.registered) == 2 and not other.registered
    assert desk.run(lambda unit: current(unit, other.event_id)) == other.version


def test_what_was_added_before_a_failure_is_taken_back(desk: Desk) -> None:
    """A line that fails must leave nothing in the batch that goes on without it, not even a name."""

    def command(unit: Unit) -> Recorded:
        with suppress(Conflict), unit.savepoint():
            record(unit, load_post(LEAVES))
            raise Conflict.of("", None, "something else is wrong")
        return record(unit, load_post({**LEAVES, "effective": "2025"}))

    assert len(desk.run(command).registered) == 2
    assert desk.topics().count("event.recorded") == 1 and desk.topics().count("entity.registered") == 2


def test_a_guess_at_an_id_is_only_a_guess(desk: Desk) -> None:
    """The import reads ahead by it, and must not stumble over a line that will be refused."""
    first = desk.post()
    assert desk.run(lambda unit: likely_id(unit, load_post(LEAVES))) == first.event_id
    partners = {name: value for name, value in LEAVES.items() if name not in ("person", "organization", "role")}
    bad = load_post({**partners, "type": "partnership", "organizations": ["OpenAI", "openai"]})
    assert desk.run(lambda unit: likely_id(unit, bad)) is None


def test_an_organization_is_found_by_the_name_that_it_was_given(desk: Desk) -> None:
    """News after a renaming uses the new name, and must not found a second company."""
    renamed: Json = {"type": "renaming", "person": None, "role": None, "new_name": {"en": "Meta", "ja": "メタ"}}
    desk.post(**renamed, organization="Facebook")
    again = desk.post(organization="メタ")
    assert (again.version.fields["organization"], [new.kind for new in again.registered]) == ("facebook", ["person"])
    # a name that somebody else bears already stays theirs
    desk.post(organization="Orange")
    desk.post(**{**renamed, "new_name": {"en": "Orange"}}, organization="France Telecom")
    assert desk.post(organization="Orange", role="CEO").version.fields["organization"] == "orange"
