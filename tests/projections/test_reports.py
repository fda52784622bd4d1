"""From stored versions to reports: effects by type, and merges applied to every entity in them."""

from __future__ import annotations

from typing import Any

import pytest

from events.dates import PartialDate
from events.effects import Away, Departs, Effect, Founded, Holds, Named, Phase, ReportsTo, Succeeds
from events.fields import Kind
from events.roles import Role
from projections.reports import effects_of, merged, report

CTO = Role.of("CTO")
DAY = PartialDate.parse("2024-09-25")
BODY: dict[str, Any] = {
    "type": "departure",
    "fields": {"person": "ann", "organization": "acme", "role": "CTO", "successor": "bob"},
    "effective": "2024-09-25",
    "status": "confirmed",
}


def winner(kind: Kind, entity: str) -> str:
    """Every person, organization and product stands merged into one of its kind."""
    return f"{kind}-of-{entity}"


def test_effects_of_a_type() -> None:
    """The fold knows effects alone, so a stored version has to yield all that its type declares."""
    effects = effects_of("departure", BODY["fields"], "2024-09-25")
    assert effects == (Departs("ann", "acme", DAY, CTO), Succeeds("acme", CTO, "ann", "bob"))


@pytest.mark.parametrize(
    ("effect", "after"),
    [
        (Holds("a", "x", CTO, DAY), Holds("person-of-a", "organization-of-x", CTO, DAY)),
        (Away("a", "x", DAY), Away("person-of-a", "organization-of-x", DAY)),
        (ReportsTo("a", "x", "b", DAY), ReportsTo("person-of-a", "organization-of-x", "person-of-b", DAY)),
        (ReportsTo("a", "x", None, DAY), ReportsTo("person-of-a", "organization-of-x", None, DAY)),
        (Succeeds("x", CTO, "a", None), Succeeds("organization-of-x", CTO, "person-of-a", None)),
        (Succeeds("x", CTO, None, "b"), Succeeds("organization-of-x", CTO, None, "person-of-b")),
        (Phase("p", "x", "released", DAY), Phase("product-of-p", "organization-of-x", "released", DAY)),
        (Founded("x", DAY), Founded("organization-of-x", DAY)),
        (Named("x", (("en", "x"),), DAY), Named("organization-of-x", (("en", "x"),), DAY)),
    ],
)
def test_merges_reach_every_entity(effect: Effect, after: Effect) -> None:
    """An id that a merge took away may not survive in any corner of an answer, and a text may not be taken for an id."""
    assert merged([effect], winner) == (after,)


def test_what_is_not_merged_stays_itself() -> None:
    """Nearly every effect is of entities that were never merged, so none is copied for it."""
    effect = Holds("a", "x", CTO, DAY)
    assert merged([effect], lambda _, entity: entity)[0] is effect


def test_report() -> None:
    """A report carries what decides between claims, and its effects with or without merges."""
    plain, moved = report("e1", BODY, 7, 2), report("e1", BODY, 7, 2, winner)
    assert (plain.event_id, plain.announced, plain.status, plain.publishers) == ("e1", 7, "confirmed", 2)
    assert plain.effects[0] == Departs("ann", "acme", DAY, CTO)
    assert moved.effects[0] == Departs("person-of-ann", "organization-of-acme", DAY, CTO)
