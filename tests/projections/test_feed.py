"""The feed: which events, in which order and words, page by page, and nothing before its time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.clocks import CLOCKS
from events.errors import Ambiguous, Invalid, NotFound
from projections import filters
from projections.cursors import decode, encode
from projections.feed import FeedQuery, Order, event, feed
from projections.reading import Reading
from projections.rendering import events_by_id
from tests.projections.written import LATER, PAPER, Log, at, day, moment
from tests.projections.written import fixture_log as fixture_log

ANY = FeedQuery()
ANSWERS = {
    FeedQuery(): "rdSV",
    FeedQuery(descending=False): "VSdr",
    FeedQuery(order="announced"): "rdSV",
    FeedQuery(order="recorded"): "VSdr",
    FeedQuery(order="recorded", descending=False): "rdSV",
    FeedQuery(limit=2): "rd",
    FeedQuery(person="mira"): "dV",
    FeedQuery(person="ミラ・ムラティ"): "dV",
    FeedQuery(organization="OpenAI", person="mark"): "S",
    FeedQuery(product="sora"): "r",
    FeedQuery(types=("appointment",)): "SV",
    FeedQuery(types=("appointment", "departure"), statuses=("reported",)): "dS",
    FeedQuery(statuses=("denied",)): "",
    FeedQuery(tag="video-ai"): "r",
    FeedQuery(tag="video"): "",
    FeedQuery(q="murati"): "dV",
    FeedQuery(q="ムラティ vp"): "V",
    FeedQuery(q="mur"): "",
    FeedQuery(q="退任"): "d",
    FeedQuery(q="退"): "d",
    FeedQuery(q="openai mira 退任"): "d",
    FeedQuery(q="openai zzz"): "",
    FeedQuery(q=" "): "rdSV",
    FeedQuery(q="!!!"): "",
    FeedQuery(from_=day("2024-09-01"), to=day("2024-09-25")): "dS",
    FeedQuery(from_=day("2024-09-02")): "rd",
    FeedQuery(order="announced", from_=day("2024-09-25"), to=day("2024-09-25")): "S",
    FeedQuery(order="recorded", from_=day("2024-03-02"), to=day("2024-03-03")): "Sd",
    FeedQuery(order="announced", from_=-5, to=10**9): "rdSV",
    FeedQuery(as_of=day("2024-09-01")): "SV",
    FeedQuery(as_of=day("2017-12-31")): "",
}
"""What each query finds in the story, as `heads` writes it."""


@pytest.fixture(name="story")
def fixture_story(log: Log) -> Log:
    """Four events whose three clocks disagree, of two people, one company and one product."""
    log.register("person", "mira", names={"en": "Mira Murati", "ja": "ミラ・ムラティ"})
    log.register("person", "mark", names={"en": "Mark Chen"})
    log.register("organization", "openai", names={"en": "OpenAI"})
    log.register("product", "sora", names={"en": "Sora"})
    made = "2024-01-01"
    for recorded, type_name, effective, announced, said in (
        ("2024-03-01", "product_release", "2024-12-09", "2024-12-09", {"product": "sora", "organization": "openai", "tags": ["Video AI"]}),
        ("2024-03-02", "departure", "2024-09-25", "2024-09-26", {"person": "mira", "organization": "openai", "summary": {"ja": "退任"}}),
        ("2024-03-03", "appointment", "2024-09", "2024-09-25", {"person": "mark", "organization": "openai", "role": "SVP"}),
        ("2024-03-04", "appointment", "2018", made, {"person": "mira", "organization": "openai", "role": "VP", "status": "rumoured"}),
    ):
        log.recorded = recorded
        log.post(type_name, effective, announced, **said)
    return log


def heads(log: Log, query: FeedQuery = ANY, reading: Reading | None = None) -> str:
    """The first letters of the roles, or types, on one page: r(elease), d(eparture), S(VP), V(P)."""
    items = feed(log.connection, query, reading or at()).items
    return "".join(item["fields"].get("role", item["type"].removeprefix("product_"))[0] for item in items)


@pytest.mark.parametrize("few", [0, 1000])
def test_filters_and_orders(story: Log, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """Each filter keeps what it says, in the order asked for, whether few events meet it or many."""
    monkeypatch.setattr(filters, "FEW", few)
    assert {query: heads(story, query) for query in ANSWERS} == ANSWERS


def test_an_entity_that_is_not_known_or_not_one_is_an_error(story: Log) -> None:
    """An empty answer would say that nothing happened, where the name was only mistyped."""
    story.register("person", "mark-2", names={"en": "Mark Chen"})
    with pytest.raises(NotFound, match="'Merkel'"):
        heads(story, FeedQuery(person="Merkel"))
    with pytest.raises(Ambiguous, match="'Mark Chen'"):
        heads(story, FeedQuery(person="Mark Chen"))


@pytest.mark.parametrize("clock", CLOCKS)
def test_nothing_shows_before_its_time(story: Log, clock: Any) -> None:
    """Embargo: not in the list, not by a filter, a word or a page, and not under its own address."""
    hidden = story.post("departure", "2025-01-01", "2025-06-01", person="mark", organization="openai", summary={"en": "Secret"}, tags=["x"])
    before, after = at("2025-05-31T23:59:59.999999Z", clock), at("2025-06-01", clock)
    for query, shown in {
        FeedQuery(): "drdSV", FeedQuery(q="secret"): "d", FeedQuery(tag="x"): "d", FeedQuery(person="mark"): "dS",
        FeedQuery(q="chen"): "dS", FeedQuery(order="recorded"): "dVSdr", FeedQuery(types=("departure",)): "dd",
    }.items():  # fmt: skip
        assert heads(story, query, before) == shown[1:]
        assert heads(story, query, after) == shown
    with pytest.raises(NotFound, match=str(hidden)):
        event(story.connection, hidden, before)
    assert event(story.connection, hidden, after)["id"] == str(hidden)
    assert heads(story, ANY, at("2024-02-29", "recorded")) == ""
    assert heads(story, ANY, at("2024-02-29")) == "V"


def test_an_event_is_rendered_with_names_and_words(story: Log) -> None:
    """Everything that a reader needs is in the one answer, in the language asked for."""
    source = {"url": "https://example.com/1", "title": "T"}
    left = story.post(
        "departure", "2024-10", "2024-10-02", person="mira", organization="openai", successor=None, status="confirmed",
        sources=[source], summary={"en": "Left."}, tags=["a"], ref="r-1",
    )  # fmt: skip
    item = event(story.connection, left, at())
    assert item == {
        "id": str(left),
        "type": "departure",
        "headline": item["headline"],
        "fields": {"person": {"id": "mira", "name": "Mira Murati"}, "organization": {"id": "openai", "name": "OpenAI"}, "successor": None},
        "effective": {"value": "2024-10", "earliest": "2024-10-01", "latest": "2024-10-31"},
        "announced": "2024-10-02",
        "recorded_at": "2024-03-04T00:00:00Z",
        "status": "confirmed",
        "sources": [source],
        "summary": {"en": "Left."},
        "tags": ["a"],
        "ref": "r-1",
        "version": 1,
        "retracted": None,
        "corrected": False,
        "disputed": [],
        "duplicate_of": None,
        "duplicates": [],
    }
    assert "Mira Murati" in item["headline"] and "OpenAI" in item["headline"]
    japanese = event(story.connection, left, at(lang="ja"))
    assert "ミラ・ムラティがOpenAI" in japanese["headline"]
    assert event(story.connection, left, at(lang="fr"))["headline"] == item["headline"]


def test_events_are_to_be_had_by_their_ids(story: Log) -> None:
    """A page that names many events must show each as it is shown alone, and none that is not known at the reading."""
    all_of_them = feed(story.connection, ANY, at()).items
    ids = [item["id"] for item in all_of_them]
    assert events_by_id(story.connection, [*ids, str(uuid4())], at()) == {item["id"]: item for item in all_of_them}
    assert events_by_id(story.connection, ids, at("2000-01-01")) == {}


def test_entities_in_lists_and_of_several_kinds_are_named(story: Log) -> None:
    """A field may hold many entities, or one of any kind, and each must lead somewhere."""
    made = story.post("partnership", "2024-10-01", "2024-10-01", organizations=["openai", "apple"])
    about = story.post("bankruptcy", "2024-10-01", "2024-10-01", organization={"kind": "person", "id": "mira"})
    fields = [event(story.connection, found, at())["fields"] for found in (made, about)]
    assert fields[0] == {"organizations": [{"id": "openai", "name": "OpenAI"}, {"id": "apple", "name": "apple"}]}
    assert fields[1] == {"organization": {"kind": "person", "id": "mira", "name": "Mira Murati"}}


def test_what_later_entries_changed_is_marked(story: Log) -> None:
    """A retracted event stays in sight with its reason, and a disputed detail names who said what."""
    left = story.post("departure", "2024-10-01", "2024-10-01", person="mira", organization="openai", successor="mark", reason="illness")
    story.corroborate(left, "2024-10-02", successor="mira", reason="other", sources=[{"title": "B", "publisher": "P"}])
    story.correct(left, {"reason": "conduct"}, "2024-10-03")
    story.retract(left, "never happened", "2024-10-04")
    dispute = {"field": "successor", "value": {"id": "mira", "name": "Mira Murati"}, "sources": ["P: B"]}
    for known_at, disputed, corrected, retracted in (
        ("2024-10-01", [], False, None),
        ("2024-10-02", [dispute, {"field": "reason", "value": "other", "sources": ["P: B"]}], False, None),
        ("2024-10-03", [dispute], True, None),
        ("2024-10-04", [dispute], True, {"reason": "never happened"}),
    ):
        item = event(story.connection, left, at(known_at))
        assert (item["disputed"], item["corrected"], item["retracted"]) == (disputed, corrected, retracted)
    assert heads(story) == "rddSV"


@pytest.mark.parametrize("order", ["effective", "announced", "recorded"])
@pytest.mark.parametrize("descending", [True, False])
def test_pages_are_one_list(log: Log, order: Order, descending: bool) -> None:
    """Every event comes exactly once, whatever is posted between two pages."""
    log.register("organization", "openai")
    for number in range(7):
        log.post("departure", "2024", f"2024-0{number % 2 + 1}-01", person=f"p-{number}", organization="openai")
    query = FeedQuery(organization="openai", order=order, descending=descending)
    whole = [item["id"] for item in feed(log.connection, query, at()).items]
    page, pages = feed(log.connection, replace(query, limit=3), at("2024-06-01")), []
    while True:
        pages.append([item["id"] for item in page.items])
        log.post("departure", "2024", "2024-07-01", person="late", organization="openai", sources=[PAPER])
        if page.next is None:
            break
        page = feed(log.connection, FeedQuery(limit=3, cursor=page.next), at())
    assert [len(ids) for ids in pages] == [3, 3, 1]
    assert [found for ids in pages for found in ids] == whole


def second_page(log: Log, query: FeedQuery = ANY, reading: Reading | None = None) -> str:
    """The cursor of the second page."""
    cursor = feed(log.connection, replace(query, limit=1), reading or at()).next
    assert cursor is not None
    return cursor


def test_a_cursor_brings_its_reading_and_filters_back(story: Log) -> None:
    """A client follows `next` and nothing else; what it repeats beside it must be the same."""
    cursor = second_page(story, FeedQuery(types=("appointment",), statuses=("reported", "rumoured")), at("2024-10-01", "public", "ja"))
    page = feed(story.connection, FeedQuery(cursor=cursor), at("2029-01-01", "recorded"))
    assert [item["headline"] for item in page.items] == [event(story.connection, UUID(page.items[0]["id"]), at(lang="ja"))["headline"]]
    assert heads(story, FeedQuery(cursor=cursor, types=("appointment",))) == "V"
    with pytest.raises(Invalid, match="cursor"):
        heads(story, FeedQuery(cursor=cursor, types=("departure",)))


def test_a_cursor_cannot_look_into_the_future(story: Log) -> None:
    """A cursor is no secret: one made up by hand may not lift an embargo, unless its holder may look ahead."""
    cursor = second_page(story, FeedQuery(order="recorded"), at(LATER))
    assert heads(story, FeedQuery(cursor=cursor), at("2024-09-25")) == "S"
    assert feed(story.connection, FeedQuery(cursor=cursor), at("2024-09-25"), ceiling=moment(LATER)).items[2]["type"] == "product_release"


@pytest.mark.parametrize(
    "changes",
    [
        {"list": "_Finding"},
        {"query": {}},
        {"query": None},
        {"reading": {"known_at": 1}},
        {"key": None},
        {"key": [1, 2]},
        {"key": [1, 2, 3]},
        {"key": [1, 2, "x", 4]},
        {"key": [True, 2, "x"]},
        {"key": [2**63, 2, "x"]},
    ],
)
def test_a_made_up_cursor_is_refused(story: Log, changes: dict[str, Any]) -> None:
    """What a client made up must end in an error that names the cursor, and never reach the database."""
    content = decode(second_page(story))
    for made_up in ({**content, **changes}, {name: value for name, value in content.items() if name not in changes}):
        with pytest.raises(Invalid) as caught:
            heads(story, FeedQuery(cursor=encode(made_up)))
        assert caught.value.problems[0].field == "cursor"


@pytest.mark.parametrize("bad", [{"order": "random"}, {"types": "departure"}, {"types": [1]}, {"limit": "1"}, {"from_": 2.5}, {"extra": 1}])
def test_a_made_up_filter_is_refused(story: Log, bad: dict[str, Any]) -> None:
    """The filters in a cursor are checked as strictly as those in an address."""
    content = decode(second_page(story))
    with pytest.raises(Invalid, match="cursor"):
        heads(story, FeedQuery(cursor=encode({**content, "query": {**content["query"], **bad}})))


@given(st.text(max_size=20) | st.binary(max_size=20).map(lambda data: data.hex()))
def test_any_other_text_is_no_cursor(cursor: str) -> None:
    """A cut or mistyped cursor must not silently begin at the start again."""
    with pytest.raises(Invalid) as caught:
        decode(cursor)
    assert caught.value.problems[0].value == cursor
    assert decode(encode({"text": cursor})) == {"text": cursor}


def test_an_unknown_event_is_quoted(log: Log) -> None:
    """A reader must see which address led nowhere."""
    wanted = uuid4()
    with pytest.raises(NotFound, match=str(wanted)):
        event(log.connection, wanted, at())
    assert heads(log) == ""
