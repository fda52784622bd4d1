"""The timeline: strict order, days, filters that say what is wrong, pages by cursor, and what is new."""

from __future__ import annotations

import csv
import re
from io import StringIO

import pytest
from flask.testing import FlaskClient

from tests.service.web.desk import Desk, words
from tests.service.web.desk import fixture_desk as fixture_desk
from tests.service.web.desk import fixture_shared_desk as fixture_shared_desk


def headings(text: str) -> list[str]:
    """The days of a timeline."""
    return re.findall(r'<section class="on">\s*<h2>([^<]*)</h2>', text)


def test_events_stand_under_their_days_in_strict_order(desk: Desk) -> None:
    """A reader trusts that nothing on a timeline is out of order, also where a source gives but a month."""
    acme = {"person": "Ann Lee", "organization": "Acme"}
    desk.post("appointment", "2020-03-02", role="CTO", announced="2020-03-02", **acme)
    desk.post("step_down", "2021-05", role="CTO", announced="2021-06-01", **acme)
    desk.post("departure", "2021-06-30", announced="2021-06-01", **acme)
    assert headings(desk.page("/").text) == ["30 June 2021", "May 2021", "2 March 2020"]
    assert headings(desk.page("/?direction=asc&lang=ja").text) == ["2020年3月2日", "2021年5月", "2021年6月30日"]
    assert headings(desk.page("/?order=announced&lang=en").text) == ["1 June 2021", "2 March 2020"]
    assert headings(desk.page("/?order=recorded").text) == ["1 January 2026"]


def test_a_line_tells_where_the_three_dates_differ(desk: Desk) -> None:
    """That something became public a month after it happened is the very point of having three dates."""
    desk.post("departure", "2021-06-30", person="Ann", organization="Acme", announced="2021-08-01")
    assert "1 source · Announced 1 August 2021 · Recorded 1 January 2026" in desk.text("/")
    desk.post("departure", "2026-01-01", person="Bob", organization="Acme", announced="2026-01-01")
    assert "Bob, Acme 1 source Ann" not in desk.text("/")
    assert desk.text("/").count("Recorded 1 January 2026") == 1


def test_several_publishers_are_counted(desk: Desk) -> None:
    """Two sources of one house weigh less than two of different ones, so a line tells both numbers."""
    sources = [{"title": "A", "publisher": "One"}, {"title": "B", "publisher": "One"}, {"title": "C", "publisher": "Two"}]
    desk.post("founding", "2020-01-01", organization="Acme", sources=sources)
    assert "3 sources, 2 publishers" in desk.text("/")


def test_a_retracted_event_is_struck_through_with_its_reason(desk: Desk) -> None:
    """What turned out wrong must neither vanish nor be taken for true."""
    event = desk.post("founding", "2020-01-01", organization="Acme")
    desk.say(event, "retraction", reason="A hoax")
    page = desk.page("/")
    assert "<del>Acme is founded</del>" in page.text
    assert "Retracted: A hoax" in words(page)


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("person=Ann", ["Ann leaves Acme"]),
        ("organization=Bolt", ["Bolt is founded"]),
        ("type=founding", ["Acme is founded", "Bolt is founded"]),
        ("type=founding,departure&status=rumoured", ["Bolt is founded"]),
        ("tag=deal", ["Bolt is founded"]),
        ("q=leaves+Ann", []),
        ("q=acme", ["Acme is founded", "Ann leaves Acme"]),
        ("from=2021&to=2021-12", ["Ann leaves Acme"]),
        ("as_of=2020-12-31", ["Acme is founded"]),
    ],
)
def test_filters_keep_what_fits(shared_desk: Desk, query: str, kept: list[str]) -> None:
    """A reader follows one company or one person, with the same parameters as the API's feed."""
    shared_desk.post("founding", "2020-01-01", organization="Acme")
    shared_desk.post("departure", "2021-06-30", person="Ann", organization="Acme")
    shared_desk.post("founding", "2022-01-01", organization="Bolt", status="rumoured", tags=["deal"])
    page = shared_desk.page(f"/?{query}")
    assert page.status_code == 200
    assert sorted(re.findall(r"<h3><a [^>]*>([^<]*)</a></h3>", page.text)) == kept
    assert '<details class="filters" open>' in page.text or "as_of" in query
    assert kept or "No event fits this filter" in words(page)


def test_wrong_filters_are_told_beside_their_fields(desk: Desk) -> None:
    """Whoever mistypes a date must see which field is wrong, keep what was typed, and be told of everything at once."""
    desk.post("founding", "2020-01-01", organization="Acme")
    page = desk.page("/?from=yesterday&person=Nobody+Such&type=foundin&order=size&organization=Acme")
    assert page.status_code == 422
    for name, value in (("from", "yesterday"), ("person", "Nobody Such")):
        assert re.search(f'name="{name}" value="{value}"[^>]* aria-invalid="true" aria-describedby="problem-{name}"', page.text)
    assert '<option value="foundin" selected>' in page.text
    assert '<option value="size" selected>' in page.text
    assert 'id="problem-organization"' not in page.text
    assert "is not a partial date" in words(page)
    assert "see the marked fields" in words(page)
    data = desk.client.get("/timeline.json?from=yesterday&person=Nobody")
    assert data.status_code == 422
    assert {error["field"] for error in data.get_json()["errors"]} == {"from", "person"}


def test_a_name_of_two_offers_both(desk: Desk) -> None:
    """A filter by a name that two people bear must lead on to either of them."""
    for name in ("ann-lee", "ann-lee-2"):
        answer = desk.client.post("/api/v1/people?distinct=true", json={"name": "Ann Lee", "id": name})
        assert answer.status_code == 201
    page = desk.page("/?person=Ann+Lee")
    assert page.status_code == 422
    assert 'href="/?person=ann-lee"' in page.text
    assert 'href="/?person=ann-lee-2"' in page.text


def test_older_events_are_a_link_away(pages: FlaskClient) -> None:
    """Without script a reader turns pages, and sees every event once."""
    seen, address = [], "/?limit=30"
    while address:
        page = pages.get(address)
        seen += re.findall(r'<h3><a href="/events/([^"?]*)', page.text)
        link = re.search(r'id="older"><a class="button" href="([^"]*)"', page.text)
        address = link[1].replace("&amp;", "&") if link else ""
    assert len(seen) == len(set(seen)) == 74
    assert "From the beginning of the list" in words(page)
    assert 'id="news"' not in page.text


def test_its_data_go_on_at_an_address(pages: FlaskClient) -> None:
    """A program that takes a page's data must be able to go on to all of it."""
    first = pages.get("/timeline.json?limit=50&type=other").get_json()
    assert first["next"] is None
    first = pages.get("/timeline.json?limit=50").get_json()
    second = pages.get(first["next"]).get_json()
    assert len(first["items"]) + len(second["items"]) == 74


def test_the_listed_events_are_a_table(pages: FlaskClient) -> None:
    """An analyst goes on in a spreadsheet with just the events that the filter shows."""
    answer = pages.get("/timeline.csv?person=mira-murati&type=departure")
    rows = list(csv.DictReader(StringIO(answer.text.removeprefix("\ufeff"))))
    assert [(row["type"], row["people"], row["organizations"], row["sources"]) for row in rows] == [
        ("departure", "Mira Murati", "OpenAI", "3")
    ]


def test_only_today_is_asked_for_news(pages: FlaskClient) -> None:
    """A bar of new events on a page about the past would tell of what is not on it."""
    assert 'id="news"' in pages.get("/").text
    for past in ("/?as_of=2024-09-25", "/?known_at=2024-09-25", "/?from=2024"):
        assert 'id="news"' not in pages.get(past).text


def test_empty_timelines_say_why(desk: Desk) -> None:
    """A page with nothing on it must tell a new user how to begin, and a time traveller that it was too early."""
    assert "Nothing is recorded yet" in desk.text("/")
    desk.post("founding", "2020-01-01", organization="Acme", announced="2020-01-01")
    assert "By then nothing was known" in desk.text("/?known_at=2019-01-01")
