"""Entities as their entries make them, and the ids under which their aggregates are kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from events.entities import (
    Entity,
    EntityAbsorbed,
    EntityEntry,
    EntityIdentified,
    EntityMerged,
    EntityNamed,
    EntityRegistered,
    EntityReleased,
    EntityUnmerged,
    NameClaimed,
    bearers,
    display_name,
    entity_aggregate,
    name_aggregate,
    reduce_entity,
)
from events.entries import aggregate_id
from events.names import match_key

WHEN = datetime(2024, 1, 1, tzinfo=UTC)
AGGREGATE = entity_aggregate("person", "mira-murati")


def said(cls: type[EntityEntry], number: int, *content: Any) -> EntityEntry:
    """An entry about Mira Murati."""
    return cls(AGGREGATE, number, WHEN, None, "person", "mira-murati", None, *content)


REGISTERED = said(EntityRegistered, 1, {"en": "Mira Murati"}, ["Mira"], {"wikidata": "Q1"}, None)
FIRST = Entity("person", "mira-murati", {"en": "Mira Murati"}, ("Mira",), {"wikidata": "Q1"}, version=1)


@pytest.mark.parametrize(
    ("entries", "changed"),
    [
        ([], {}),
        ([said(EntityNamed, 2, {"ja": "ミラ"}, ["MM"])], {"names": {"en": "Mira Murati", "ja": "ミラ"}, "aliases": ("Mira", "MM")}),
        ([said(EntityNamed, 2, {"en": "Ermira Murati"}, [])], {"names": {"en": "Ermira Murati"}, "aliases": ("Mira", "Mira Murati")}),
        ([said(EntityNamed, 2, {"en": "Mira Murati"}, ["Mira"])], {}),
        ([said(EntityIdentified, 2, {"wikidata": "Q2", "x": "m"})], {"identifiers": {"wikidata": "Q2", "x": "m"}}),
        ([said(EntityMerged, 2, "m-m", None)], {"merged_into": "m-m"}),
        ([said(EntityMerged, 2, "m-m", None), said(EntityUnmerged, 3, "m-m", None)], {"version": 3}),
        ([said(EntityAbsorbed, 2, "a"), said(EntityAbsorbed, 3, "b"), said(EntityReleased, 4, "a")], {"absorbed": ("b",), "version": 4}),
    ],
)
def test_an_entity_is_what_its_entries_say(entries: list[EntityEntry], changed: dict[str, Any]) -> None:
    """A former name stays an alias, for somebody will still look for it; a merge can be undone without a trace."""
    wanted = {"version": 2 if entries else 1, **changed}
    found = reduce_entity(None, [REGISTERED, *entries])
    assert found is not None and {name: getattr(found, name) for name in wanted} == wanted
    assert {name: getattr(found, name) for name in ("kind", "id")} == {"kind": "person", "id": "mira-murati"}


def test_entries_come_one_by_one_or_all_at_once() -> None:
    """The projections keep the entity between batches, so the order of reading may not matter."""
    entries = [REGISTERED, said(EntityNamed, 2, {"ja": "ミラ"}, []), said(EntityIdentified, 3, {"x": "m"})]
    step = None
    for entry in entries:
        step = reduce_entity(step, [entry])
    assert step == reduce_entity(None, entries) != FIRST


@pytest.mark.parametrize("entry", [said(EntityNamed, 2, {}, []), NameClaimed(AGGREGATE, 1, WHEN, None, "person", "m", "m")])
def test_nothing_exists_before_it_is_registered(entry: Any) -> None:
    """A lone name or claim makes nobody."""
    assert reduce_entity(None, [entry]) is None and reduce_entity(None, []) is None
    registered = reduce_entity(FIRST, [NameClaimed(AGGREGATE, 2, WHEN, None, "person", "m", "m")])
    assert registered is not None and registered.names == FIRST.names


def test_bearers_are_named_once_and_in_order() -> None:
    """Whoever claimed a name first is the first of the candidates."""
    claims = [NameClaimed(AGGREGATE, number, WHEN, None, "person", "m", bearer) for number, bearer in enumerate(["b", "a", "b"], 1)]
    assert bearers([*claims, REGISTERED]) == ("b", "a")


@pytest.mark.parametrize(
    ("names", "language", "shown"),
    [
        ({"en": "Mira", "ja": "ミラ"}, "ja", "ミラ"),
        ({"en": "Mira", "und": "M"}, "ja", "Mira"),
        ({"und": "M", "ja": "ミラ"}, "en", "M"),
        ({"sq": "Mirë"}, "en", "Mirë"),
        ({}, "en", "mira-murati"),
    ],
)
def test_a_reader_always_gets_some_name(names: dict[str, str], language: str, shown: str) -> None:
    """A name in another language is better than an id."""
    assert display_name(names, language, "mira-murati") == shown


def test_aggregates_never_share_an_id() -> None:
    """Two aggregates under one id would refuse each other's entries; and an id is the same for ever."""
    found = [
        entity_aggregate("person", "a"),
        entity_aggregate("organization", "a"),
        name_aggregate("person", "a"),
        aggregate_id("person", "a"),
    ]
    assert len(set(found)) == len(found)
    assert entity_aggregate("person", "mira-murati") == UUID("3d00ee69-7428-5f19-9033-b9735429ea1e")
    assert name_aggregate("person", match_key("Mira Murati")) == UUID("c7b30f64-213d-59e6-a89d-16b4f143e4f5")
