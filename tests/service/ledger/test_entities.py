"""Keeping entities: ids that are unique for ever, names that stay borne, merges that can be undone and form no circle."""

from __future__ import annotations

from typing import Any

import pytest

from events.errors import Conflict, Invalid, NotFound
from events.moments import Moment
from service.ledger.entities import Kept, add_identifiers, add_names, create, found, given_ref, merge, unmerge
from service.ledger.naming import winner_of
from tests.service.ledger.support import Desk, messages


def created(desk: Desk, name: Any, entity_id: str | None = None, *, aliases: Any = None, identifiers: Any = None, **how: Any) -> Kept:
    """Register a person."""
    given = given_ref("person", name, aliases, identifiers)
    return desk.run(lambda unit: create(unit, "person", given, entity_id=entity_id, **how))


def merged(desk: Desk, loser: str, winner: str, announced: str | None = None) -> Kept:
    """Merge one person into another."""
    moment = Moment.parse(announced) if announced else None
    return desk.run(lambda unit: merge(unit, "person", loser, winner, reason="one person", announced=moment))


def unmerged(desk: Desk, loser: str, announced: str | None = None) -> Kept:
    """Undo it."""
    return desk.run(lambda unit: unmerge(unit, "person", loser, announced=Moment.parse(announced) if announced else None))


def people(desk: Desk, *names: str) -> None:
    """Register several people."""
    for name in names:
        created(desk, name)


def test_ids_are_readable_and_unique_for_ever(desk: Desk) -> None:
    """An id that could come to mean another person would rewrite every history that names it."""
    ids = [created(desk, name, distinct=True).id for name in ("Ann Lee", "Ann Lee", {"en": "Łukasz", "ja": "ウカシュ"}, "石破")]
    assert ids[:3] == ["ann-lee", "ann-lee-2", "lukasz"] and ids[3].startswith("p-") and len(ids[3]) == 10
    merged(desk, "ann-lee-2", "ann-lee")
    assert created(desk, "Ann Lee", distinct=True).id == "ann-lee-3"
    assert created(desk, "Ann Lee", "chosen", distinct=True).id == "chosen"


def test_a_name_or_id_that_is_taken_is_refused_with_its_bearer(desk: Desk) -> None:
    """Whoever registers somebody twice by mistake has to hear of it, and of whom."""
    created(desk, "Mira Murati")
    with pytest.raises(Conflict) as error:
        created(desk, "MIRA  MURATI")
    assert error.value.extra["candidates"] == [{"kind": "person", "id": "mira-murati", "name": "Mira Murati"}]
    with pytest.raises(Conflict, match="belongs to 'Mira Murati'"):
        created(desk, "Somebody else", "mira-murati")
    with pytest.raises(Invalid, match="'Mira!' is not an entity id"):
        created(desk, "Somebody else", "Mira!")


def test_one_that_is_there_gets_what_it_lacks(desk: Desk) -> None:
    """A list of entities may be loaded again, with more in it, without making anybody twice."""
    first = created(desk, "Mira Murati", "mira")
    again = created(desk, "Mira Murati", "mira")
    more = created(desk, {"en": "Mira Murati", "ja": "ミラ"}, "mira", aliases=["MM"], identifiers={"wikidata": "Q1"})
    assert [kept.outcome for kept in (first, again, more)] == ["registered", "unchanged", "named"]
    assert more.entity.names["ja"] == "ミラ" and "MM" in more.entity.aliases and more.entity.identifiers == {"wikidata": "Q1"}


def test_names_and_identifiers_are_kept_and_replaced(desk: Desk) -> None:
    """Who changes a name is still found by the former one."""
    people(desk, "Ann Lee", "Bob")

    def name(given: Any, **how: Any) -> Kept:
        return desk.run(lambda unit: add_names(unit, "person", "ann-lee", given_ref("person", given, how.pop("aliases", None)), **how))

    assert name({"en": "Ann Ray"}).entity.names == {"und": "Ann Lee", "en": "Ann Ray"}
    kept = name({"en": "Ann May"}, aliases=["A. M."])
    assert kept.outcome == "named" and set(kept.entity.aliases) == {"Ann Ray", "A. M."}
    assert name({"en": "Ann May"}).outcome == "unchanged"
    with pytest.raises(Conflict, match=r"'BOB' is already the name of Bob \(bob\)"):
        name({"en": "BOB"})
    assert name({"en": "Bob"}, distinct=True).outcome == "named"
    ids = given_ref("person", None, None, {"wikidata": "Q1"})
    outcomes = [desk.run(lambda unit: add_identifiers(unit, "person", "ann-lee", ids)).outcome for _ in range(2)]
    assert outcomes == ["identified", "unchanged"]
    with pytest.raises(NotFound, match="no person with the id 'nobody'"):
        desk.run(lambda unit: add_identifiers(unit, "person", "nobody", ids))


def test_a_merge_is_an_entry_on_both_sides_and_can_be_undone(desk: Desk) -> None:
    """A merge made by mistake must not cost anybody their history."""
    people(desk, "Ann", "Bob")
    assert merged(desk, "bob", "ann").entity.merged_into == "ann"
    assert desk.run(lambda unit: found(unit, "person", "ann")).absorbed == ("bob",)
    assert desk.post(person="Bob").version.fields["person"] == "ann"
    assert merged(desk, "bob", "ann").outcome == "unchanged"
    back = unmerged(desk, "bob")
    assert (back.outcome, back.entity.merged_into) == ("unmerged", None)
    assert desk.run(lambda unit: found(unit, "person", "ann")).absorbed == ()
    assert unmerged(desk, "bob").outcome == "unchanged"
    assert desk.post(person="Bob", effective="2024-09-26").version.fields["person"] == "bob"
    both = [topic for topic in desk.topics() if topic in ("entity.merged", "entity.absorbed", "entity.unmerged", "entity.released")]
    assert both == ["entity.merged", "entity.absorbed", "entity.unmerged", "entity.released"]


@pytest.mark.parametrize("announced", [(None, None, None), ("2024-01-01", None, "2024-02-01"), (None, "2024-03-01", "2024-01-01")])
def test_a_circle_of_merges_is_refused(desk: Desk, announced: tuple[str | None, ...]) -> None:
    """In a circle nobody is left under whose id the others could be read."""
    people(desk, "Ann", "Bob", "Cat")
    merged(desk, "ann", "bob", announced[0])
    merged(desk, "bob", "cat", announced[1])
    with pytest.raises(Conflict, match="'ann' is itself merged into 'bob'"):
        merged(desk, "cat", "ann", announced[2])
    with pytest.raises(Conflict, match="'ann' is already merged into 'bob'"):
        merged(desk, "ann", "cat", announced[2])
    with pytest.raises(Conflict, match="'cat' is the loser too"):
        merged(desk, "cat", "cat")


def test_a_circle_that_only_a_look_back_would_show_is_refused(desk: Desk) -> None:
    """A merge undone by news still stood before it, so its opposite may not count from an earlier day."""
    people(desk, "Ann", "Bob")
    merged(desk, "ann", "bob", "2024-01-01")
    unmerged(desk, "ann", "2024-06-01")
    with pytest.raises(Conflict, match="'ann' was itself read as 'bob'") as error:
        merged(desk, "bob", "ann", "2024-03-01")
    assert "a later `announced`" in error.value.problems[0].expected
    assert merged(desk, "bob", "ann", "2025-06-01").outcome == "merged"


def test_a_merge_the_wrong_way_round_can_be_put_right(desk: Desk) -> None:
    """Undone without `announced` it never was, so the opposite one forms no circle with it."""
    people(desk, "Ann", "Bob")
    merged(desk, "ann", "bob")
    unmerged(desk, "ann")
    assert merged(desk, "bob", "ann").outcome == "merged"


def test_nobody_is_merged_into_one_under_embargo(desk: Desk) -> None:
    """Whatever is posted about the loser is kept under the winner's id, which would give it away before its day."""
    desk.post(person="Ann")
    desk.post(person="Sue", announced="2031-01-01", effective="2030-12-01")
    with pytest.raises(Conflict, match="'sue' is under embargo") as error:
        merged(desk, "ann", "sue")
    assert "'sue' into 'ann'" in error.value.problems[0].expected
    assert merged(desk, "sue", "ann").outcome == "merged"


def test_a_merge_to_be_announced_is_not_followed_before(desk: Desk) -> None:
    """A post about the loser would otherwise show under the winner's id what is still to become public."""
    people(desk, "Ann", "Bob")
    merged(desk, "bob", "ann", "2031-01-01")
    assert desk.post(person="Bob").version.fields["person"] == "bob"
    desk.instant = desk.instant.replace(year=2031)
    assert desk.run(lambda unit: winner_of(unit, "person", "bob")) == "ann"
    again = desk.post(person="Bob")
    assert (again.outcome, again.version.fields["person"]) == ("unchanged", "bob")


def test_messages_about_merges_name_the_value(desk: Desk) -> None:
    """Whoever merges mistypes an id now and then."""
    people(desk, "Ann")
    with pytest.raises(NotFound) as error:
        merged(desk, "ann", "an")
    assert list(messages(error.value)) == ["winner: there is no person with the id 'an'"]


def test_no_merge_is_undone_before_it_was_made(desk: Desk) -> None:
    """An undoing that counts before its merge would leave two readings of what was known in between."""
    people(desk, "Ann", "Bob")
    merged(desk, "bob", "ann", "2024-05-02")
    with pytest.raises(Invalid, match="'2024-03-01' is before the merge that it would undo, which was announced on 2024-05-02"):
        unmerged(desk, "bob", "2024-03-01")
    assert unmerged(desk, "bob", "2024-05-02").outcome == "unmerged"
