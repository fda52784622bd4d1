"""Merges: when each stands on either clock, whom it stands for, and that it gives nobody away."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.clocks import Clock
from events.errors import NotFound
from events.moments import BEGINNING, FOREVER
from projections.entities import card, find, names_for, resolve
from projections.feed import FeedQuery, feed
from projections.merging import component, follow, losers, merge_spans, together, winners
from tests.projections.written import Log, at, moment
from tests.projections.written import fixture_log as fixture_log

IDS = ("a", "b", "c", "d")


def people(log: Log, *ids: str) -> None:
    """Register people who are known of themselves."""
    for entity in ids:
        log.register("person", entity)


def winner(log: Log, entity: str, known_at: str, clock: Clock = "public") -> str:
    """Under which id a person is read."""
    return winners(log.connection, "person", [entity], at(known_at, clock))[entity]


# Each line of a history: what, announced, recorded. Then on both clocks: from which days on who stands for `a`.
HISTORIES: dict[str, tuple[list[tuple[str, str | None, str]], dict[str, str], dict[str, str]]] = {
    "a clerical merge always stood": (
        [("merge b", None, "2024-02-01")],
        {"1900-01-01": "b"},
        {"1900-01-01": "a", "2024-02-01": "b"},
    ),
    "an announced one counts from its moment": (
        [("merge b", "2024-03-01", "2024-02-01")],
        {"2024-02-29": "a", "2024-03-01": "b"},
        {"2024-02-29": "a", "2024-03-01": "b"},
    ),
    "one announced before it was recorded": (
        [("merge b", "2023-03-01", "2024-02-01")],
        {"2023-02-28": "a", "2023-03-01": "b"},
        {"2024-01-31": "a", "2024-02-01": "b"},
    ),
    "a clerical undoing takes it away as if never made": (
        [("merge b", "2024-03-01", "2024-02-01"), ("unmerge b", None, "2024-05-01")],
        {"1900-01-01": "a", "2024-04-01": "a", "2024-06-01": "a"},
        {"2024-02-29": "a", "2024-03-01": "b", "2024-05-01": "a"},
    ),
    "an announced undoing ends it": (
        [("merge b", None, "2024-02-01"), ("unmerge b", "2024-06-01", "2024-05-01")],
        {"1900-01-01": "b", "2024-05-31": "b", "2024-06-01": "a"},
        {"2024-01-31": "a", "2024-05-31": "b", "2024-06-01": "a"},
    ),
    "undone before it was announced": (
        [("merge b", "2024-09-01", "2024-02-01"), ("unmerge b", None, "2024-03-01")],
        {"2024-08-31": "a", "2024-09-01": "a"},
        {"2024-08-31": "a", "2024-09-01": "a"},
    ),
    "merged again into another": (
        [("merge b", None, "2024-02-01"), ("unmerge b", "2024-06-01", "2024-05-01"), ("merge c", None, "2024-07-01")],
        {"2024-05-31": "b", "2024-06-01": "c"},
        {"2024-05-31": "b", "2024-06-30": "a", "2024-07-01": "c"},
    ),
    "a wrong one replaced": (
        [("merge b", None, "2024-02-01"), ("unmerge b", None, "2024-05-01"), ("merge c", None, "2024-05-02")],
        {"1900-01-01": "c"},
        {"2024-04-30": "b", "2024-05-01": "a", "2024-05-02": "c"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HISTORIES)
def test_a_merge_stands_when_it_was_known(log: Log, name: str) -> None:
    """Whether two people were held to be one is itself something that was or was not known on a day."""
    lines, public, recorded = HISTORIES[name]
    log.recorded = "1800-01-01"
    people(log, "a", "b", "c")
    for line, announced, log.recorded in lines:
        verb, other = line.split()
        (log.merge if verb == "merge" else log.unmerge)("person", "a", other, announced)
    answers: dict[Clock, Mapping[str, str]] = {"public": public, "recorded": recorded}
    for clock, expected in answers.items():
        assert {known_at: winner(log, "a", known_at, clock) for known_at in expected} == expected


def test_merges_are_followed_to_the_end(log: Log) -> None:
    """Whoever was merged twice must be found under the last id, and everything about either there."""
    people(log, *IDS)
    log.merge("person", "a", "b")
    log.merge("person", "b", "c", "2024-06-01")
    everybody = [*IDS, "x"]
    assert winners(log.connection, "person", everybody, at("2024-05-31")) == dict(zip(everybody, "bbcdx", strict=True))
    assert winners(log.connection, "person", everybody, at()) == dict(zip(everybody, "cccdx", strict=True))
    assert losers(log.connection, "person", "c", at()) == together(log.connection, "person", ["a"], at()) == {"a", "b", "c"}
    assert losers(log.connection, "person", "c", at("2024-05-31")) == {"c"}
    assert winners(log.connection, "organization", ["a"], at()) == {"a": "a"}


def test_a_component_holds_all_that_was_ever_merged(log: Log) -> None:
    """What a merge changed must be made anew when it is undone, though no clock shows it any more."""
    people(log, *IDS)
    log.merge("person", "a", "b")
    log.unmerge("person", "a", "b")
    log.merge("person", "c", "b", "2024-06-01")
    assert component(log.connection, "person", ["a"]) == {"a", "b", "c"}
    assert component(log.connection, "person", ["d"]) == {"d"}
    (span,) = merge_spans(log.connection, "person", ["a", "b", "c"])
    assert (span.loser, span.winner, span.start, span.until) == ("c", "b", moment("2024-06-01"), FOREVER)
    log.merge("person", "d", "a")
    assert [(span.loser, span.start) for span in merge_spans(log.connection, "person", ["a"])] == [("d", BEGINNING)]


@given(st.dictionaries(st.sampled_from(IDS), st.sampled_from(IDS)))
def test_a_circle_of_merges_still_has_one_winner(standing: dict[str, str]) -> None:
    """Two merges made apart may form a circle: reading must end, and everybody in it must agree."""
    answers = {entity: follow(standing, entity) for entity in IDS}
    for entity in IDS:
        assert follow(standing, answers[entity]) == answers[entity]
        assert answers[standing.get(entity, entity)] == answers[entity]


def test_a_circle_in_the_store_is_read(log: Log) -> None:
    """A request must not hang on a circle."""
    people(log, "a", "b")
    log.merge("person", "a", "b")
    log.merge("person", "b", "a")
    assert winner(log, "b", "2024-06-01") == "a"
    assert losers(log.connection, "person", "a", at()) == {"a", "b"}
    assert component(log.connection, "person", ["a"]) == {"a", "b"}


def test_readers_see_one_entity_under_every_name(log: Log) -> None:
    """The loser's names, its id and its events all lead to the winner, and it is listed once."""
    log.register("person", "mira", names={"en": "Mira Murati"})
    log.register("person", "p-1", names={"ja": "ミラ・ムラティ"})
    log.register("person", "p-2", names={"ja": "ムラティ"})
    one = log.post("departure", "2024-09-25", "2024-09-25", person="p-1", organization="openai")
    other = log.post("appointment", "2018", "2018-06-01", person="mira", organization="openai", role="VP")
    log.merge("person", "p-1", "mira")
    log.merge("person", "p-2", "p-1")
    for q in (None, "Mira", "ミラ・ムラティ", "ムラ", "p-1", "p-2"):
        assert [item["id"] for item in find(log.connection, "person", at(), q).items] == ["mira"]
    for text in ("mira", "p-1", "p-2", "ミラ・ムラティ", "ムラティ"):
        assert resolve(log.connection, "person", text, at()) == "mira"
        items = feed(log.connection, FeedQuery(person=text), at()).items
        assert [item["id"] for item in items] == [str(one), str(other)]
        assert {item["fields"]["person"]["id"] for item in items} == {"mira"}
    for q in ("murati", "ムラティ", "ミラ"):
        assert len(feed(log.connection, FeedQuery(q=q), at()).items) == 2
    assert names_for(log.connection, [("person", "p-2")], at())["person", "p-2"]["name"] == "Mira Murati"
    assert card(log.connection, "person", "mira", at())["merged"] == ["p-1", "p-2"]
    log.unmerge("person", "p-1", "mira", "2025-01-01")
    assert [item["id"] for item in find(log.connection, "person", at()).items] == ["mira", "p-1"]


@pytest.mark.parametrize(("loser", "winner_id"), [("secret", "open"), ("open", "secret")])
def test_a_merge_does_not_give_away_a_side_under_embargo(log: Log, loser: str, winner_id: str) -> None:
    """Neither the card of the one that is known nor a redirect may show the one that is not."""
    people(log, "open")
    event = log.post("appointment", "2024-10-01", "2024-09-01", person="secret", organization="openai", role="CEO")
    log.register("person", "secret", names={"en": "Hidden"}, event=event)
    log.merge("person", loser, winner_id)
    before = at("2024-08-31")
    assert [item["id"] for item in find(log.connection, "person", before).items] == ["open"]
    assert find(log.connection, "person", before, "Hidden").items == []
    seen = card(log.connection, "person", "open", before)
    assert (seen["name"], seen["aliases"], seen["merged"]) == ("Open", [], [])
    with pytest.raises(NotFound):
        resolve(log.connection, "person", "Hidden", before)
    assert resolve(log.connection, "person", "Hidden", at("2024-09-01")) == winner_id
