"""Conflicts and possible duplicates as pages: claims side by side, and what would settle them in words."""

from __future__ import annotations

import html
import json
import re

import pytest

from tests.service.web.desk import Desk, words
from tests.service.web.desk import fixture_desk as fixture_desk
from tests.service.web.recording.support import FormReader

ANN = {"person": {"name": {"en": "Ann Lee", "ja": "アン・リー"}}, "organization": "Acme", "role": "CEO"}


def tell_of_two(desk: Desk) -> None:
    """Two reports of one start, and a second chief executive while the first is in office."""
    desk.post("appointment", "2020-03-02", status="confirmed", **ANN)
    desk.post("appointment", "2020-03-09", **ANN)
    desk.post("appointment", "2021-01-01", **{**ANN, "person": "Bob"})


def test_claims_stand_side_by_side(desk: Desk) -> None:
    """A contradiction is judged by its sources, so each claim has its value, its event and who said it."""
    tell_of_two(desk)
    page = desk.page("/conflicts")
    text = words(page)
    assert "two reports date the start differently" in text
    assert "Since 2 March 2020 Ann Lee becomes CEO of Acme confirmed Example News, Memo" in text
    assert "Holder Bob 1 January 2021" in text
    assert "Correct “Ann Lee becomes CEO of Acme”: Effective → 2 March 2020" in text
    assert "Record on 1 January 2021: Ann Lee steps down as CEO of Acme" in text
    japanese = desk.text("/conflicts?lang=ja")
    assert "就任日の報道が食い違う" in japanese
    assert "「アン・リーがAcmeの最高経営責任者に就任」を訂正する: 発効 → 2020年3月2日" in japanese
    assert len(desk.client.get("/conflicts.csv").text.splitlines()) == 3


def test_what_is_suggested_is_a_line_of_an_import(desk: Desk) -> None:
    """The line can be taken as it is, by those who settle many conflicts at once."""
    tell_of_two(desk)
    lines = [json.loads(html.unescape(line)) for line in re.findall(r"<code>([^<]*)</code></pre>", desk.page("/conflicts").text)]
    assert lines == [item["suggestion"] for item in desk.client.get("/api/v1/conflicts").get_json()["items"]]


def test_a_successor_is_taken_out(desk: Desk) -> None:
    """Who of two was succeeded is settled in the words of the report that is wrong, which may name nobody then."""
    for person in ("Ann", "Bob"):
        desk.post("step_down", "2020-03-02", **{**ANN, "person": person, "successor": "Cat"})
    assert re.search(r"Correct “(Ann|Bob) steps down as CEO of Acme, succeeded by Cat”: Successor → nobody", words(desk.page("/conflicts")))


@pytest.mark.parametrize(
    ("query", "count"), [("kind=seat", 1), ("person=Ann+Lee", 2), ("person=Bob&kind=start", 0), ("organization=Acme", 2)]
)
def test_filters(desk: Desk, query: str, count: int) -> None:
    """Whoever keeps one company in order does not want to read of all others."""
    tell_of_two(desk)
    page = desk.page(f"/conflicts?{query}")
    assert page.text.count('<article class="conflict">') == count
    assert ("No conflict fits this filter" in words(page)) == (count == 0)


def test_a_wrong_filter_is_told_beside_its_field(desk: Desk) -> None:
    """The same manners as on the timeline."""
    page = desk.page("/conflicts?kind=quarrel")
    assert page.status_code == 422
    assert '<option value="quarrel" selected>' in page.text
    assert "is not one of start" in words(page)
    assert "agree with each other" in desk.text("/conflicts")


def test_many_conflicts_come_page_by_page(desk: Desk) -> None:
    """A large archive contradicts itself in more than fifty ways."""
    told = {"type": "appointment", "organization": "Acme", "role": "CTO", "sources": [{"title": "Memo"}]}
    lines = [{**told, "person": f"P{number}", "effective": day} for number in range(51) for day in ("2020-03-02", "2020-03-09")]
    desk.client.post(
        "/api/v1/events/import", data="\n".join(json.dumps(line) for line in lines), content_type="application/x-ndjson"
    ).get_data()
    link = re.search(r'href="(/conflicts\?[^"]*cursor=[^"]*)">Further conflicts', desk.page("/conflicts?kind=start").text)
    assert link is not None
    assert desk.page(html.unescape(link[1])).text.count('<article class="conflict">') == 1
    pairs = re.search(r'href="(/duplicates\?[^"]*cursor=[^"]*)">Further pairs', desk.page("/duplicates?type=appointment").text)
    assert pairs is not None
    assert desk.page(html.unescape(pairs[1])).text.count('class="pair"') == 1


def test_a_retraction_is_suggested_in_words(desk: Desk) -> None:
    """Some conflicts are settled by taking a report back."""
    desk.post("step_down", "2020-03-02", **ANN)
    desk.post("incumbency", "2021-03-02", **ANN)
    assert re.search("Retract “Ann Lee (steps down as CEO of Acme|is CEO of Acme)”, if the other report is right", desk.text("/conflicts"))


def test_a_merge_is_suggested_in_words(desk: Desk) -> None:
    """Two records of one person quarrel about a seat until somebody looks at both."""
    for _ in range(2):
        desk.client.post("/api/v1/people?distinct=true", json={"name": {"en": "Jane Roe"}})
    for person, day in (("jane-roe", "2020-03-02"), ("jane-roe-2", "2021-03-02")):
        desk.post("appointment", day, **{**ANN, "person": person})
    wanted = 'href="/people/jane-roe-2">Merge Jane Roe (jane-roe-2) into Jane Roe, if they are one person'
    assert wanted in desk.page("/conflicts").text
    assert "同一人物であれば、Jane Roe(jane-roe-2)をJane Roeに統合する" in desk.text("/conflicts?lang=ja")


def test_pairs_that_may_be_the_same_stand_side_by_side(desk: Desk) -> None:
    """Two reports of one event count twice until somebody sees them beside each other."""
    assert "No two events look like the same one" in desk.text("/duplicates")
    first = desk.post("layoff", "2020-05-01", organization="Acme", headcount=10)
    second = desk.post("layoff", "2020-05-02", organization="Acme", headcount=12)
    page = desk.page("/duplicates?organization=Acme")
    assert f'{{"join": "{second}", "into": "{first}", "reason": "the same event"}}' in html.unescape(page.text)
    assert desk.client.get("/duplicates.json").get_json()["items"][0]["events"][0]["id"] == first
    assert desk.page("/duplicates?type=layof").status_code == 422


def test_a_pair_is_joined_from_the_page_or_taken_along_as_a_table(desk: Desk) -> None:
    """Whoever sees in a browser that two reports are one must be able to say so there, or to go through the list with others."""
    first = desk.post("layoff", "2020-05-01", organization="Acme", headcount=10)
    second = desk.post("layoff", "2020-05-02", organization="Acme", headcount=12)
    table = desk.client.get("/duplicates.csv").text.removeprefix("\ufeff").splitlines()
    assert table[0].split(",")[:2] == ["type", "join"] and len(table) == 2
    assert table[1].startswith(f"layoff,{second},") and f",{first}," in table[1] and ",2020-05-01," in table[1]
    form = re.search(r'href="(/events/[^"]*/join[^"]*)"', desk.page("/duplicates").text)
    assert form is not None
    joined = FormReader(desk.page(html.unescape(form[1])).text)
    assert joined.texts["into"] == first
    assert desk.client.post(joined.action, data=joined.texts).status_code == 303
    assert desk.client.get(f"/api/v1/events/{second}").get_json()["duplicate_of"] == first
    assert "No two events look like the same one" in desk.text("/duplicates")
