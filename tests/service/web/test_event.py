"""An event's page: what it says, what it does, everything that was said of it later, and when it was not known yet."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from tests.service.web.desk import SOURCE, Desk, words
from tests.service.web.desk import fixture_desk as fixture_desk
from tests.service.web.desk import fixture_shared_desk as fixture_shared_desk

ANN = {"person": {"name": {"en": "Ann Lee", "ja": "アン・リー"}}, "organization": "Acme"}


def test_all_that_it_says(desk: Desk) -> None:
    """Whoever doubts a line looks here for the whole of its source, in either language."""
    source = {
        "url": "https://example.com/1", "title": "退任", "publisher": "Example News", "author": "K. Sato", "language": "ja",
        "published_at": "2021-06-02", "quote": "六月に去る。", "locator": "p. 2", "archived_url": "https://example.org/1",
        "retrieved_at": "2021-06-03",
    }  # fmt: skip
    event = desk.post(
        "departure", "2021-06", role="CTO", reason="retired", sources=[source], tags=["exit"], ref="note-1",
        summary={"en": "She goes.", "ja": "去る。"}, announced="2021-06-02", **ANN,
    )  # fmt: skip
    page = desk.page(f"/events/{event}")
    text = words(page)
    for part in (
        "Ann Lee leaves Acme", "Role CTO", "Reason retired", "June 2021 some day from 1 to 30 June 2021", "2 June 2021",
        "1 January 2026, 00:00 UTC", "She goes.", "Example News, K. Sato, Japanese, 2 June 2021", "p. 2", "Read on 3 June 2021",
        "exit", "ref note-1", event,
    ):  # fmt: skip
        assert part in text
    assert '<blockquote lang="ja"><p>六月に去る。</p></blockquote>' in page.text
    assert '<a href="https://example.com/1" rel="noopener noreferrer nofollow external" hreflang="ja" lang="ja">退任</a>' in page.text
    japanese = desk.text(f"/events/{event}?lang=ja")
    for part in (
        "アン・リーがAcmeを離れる",
        "役職 最高技術責任者",
        "理由 引退",
        "2021年6月1日から2021年6月30日までのいずれかの日",
        "日本語",
    ):
        assert part in japanese


@pytest.mark.parametrize(
    ("effective", "lang", "told"),
    [
        ("../2020-05-01", "ja", "発効 2020年5月1日まで 実際にそうなった時"),
        ("2020-05-01", "ja", "発効 2020年5月1日 実際にそうなった時"),
        ("2020-05-01", "en", "Effective 1 May 2020 when it holds in the world"),
        ("2020~", "en", "Effective about 2020 some day from about 1 January to 31 December 2020"),
    ],
)
def test_what_a_rough_date_may_mean(shared_desk: Desk, effective: str, lang: str, told: str) -> None:
    """A month or `about` is a span of days, which a reader sees without knowing the notation; a day needs no more words."""
    event = shared_desk.post("layoff", effective, organization="Company " + uuid4().hex[:6])
    assert told in shared_desk.text(f"/events/{event}?lang={lang}")


def test_addresses_of_sources_are_web_addresses(desk: Desk) -> None:
    """A page must not make a script of what somebody posted as an address."""
    event = desk.post("founding", "2020-01-01", organization="Acme", sources=[{"title": "<script>alert(1)</script>"}])
    page = desk.page(f"/events/{event}")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


def test_what_it_does_to_the_state(desk: Desk) -> None:
    """A reader must see what follows from an event, by which rule, with the day on which to see it."""
    begun = desk.post("appointment", "2020-03-02", role="CTO", **ANN)
    ended = desk.post("departure", "2021-06-30", **ANN)
    page = desk.page(f"/events/{begun}")
    assert "begins the tenure rule 2, opening" in words(page)
    assert 'href="/people/ann-lee?as_of=2020-03-02"' in page.text
    assert "Ann Lee, CTO, Acme 2 March 2020 – 30 June 2021" in words(page)
    text = desk.text(f"/events/{ended}")
    assert "ends the tenure rule 3, closing" in text
    assert "Until: 30 June 2021, which stands" in text


def test_a_date_that_does_not_stand_says_why(desk: Desk) -> None:
    """When reports differ, the page of the one that lost must say so, and show the conflict."""
    desk.post("appointment", "2020-03-02", role="CTO", status="confirmed", announced="2020-03-02", **ANN)
    other = desk.post("appointment", "2020-03-09", role="CTO", announced="2020-03-09", **ANN)
    text = desk.text(f"/events/{other}")
    assert "Since: 9 March 2020, which does not stand: a source of higher standing says otherwise" in text
    assert "two reports date the start differently" in text
    assert "Correct “Ann Lee becomes CTO of Acme”: Effective → 2 March 2020" in text
    assert "These may be the same event" in text


@pytest.mark.parametrize(
    ("kind", "more", "told"),
    [
        ("leave_of_absence", {"person": "Ann"}, "Ann, on leave from {} 1 May 2020 – no end known begins the leave"),
        ("reporting_line", {"person": "Ann", "manager": "Bob"}, "Ann → Bob, {} says to whom the person reports"),
        ("reporting_line", {"person": "Ann", "manager": None}, "Ann → nobody, {}"),
        ("product_release", {"product": "Tool"}, "Tool, {} releases the product"),
        ("founding", {}, "{}: exists from this day on"),
        ("renaming", {"new_name": "Zenith"}, "bears the new name from this day on"),
        ("appointment", {"person": "Ann", "role": "CTO", "predecessor": "Bob"}, "{}: who came before or after in the role is noted"),
        ("layoff", {"headcount": 1200}, "changes no role, leave or product"),
        ("founding", {"status": "denied"}, "Nothing: it is denied."),
        ("founding", {"status": "rumoured"}, "as long as rumours are not counted in"),
    ],
)
def test_every_kind_of_effect_is_told(shared_desk: Desk, kind: str, more: dict[str, object], told: str) -> None:
    """Each kind of effect has its own words, and so has its absence."""
    company = "Company " + uuid4().hex[:6]
    event = shared_desk.post(kind, "2020-05-01", organization=company, **more)
    assert told.format(company) in shared_desk.text(f"/events/{event}?lang=en")


def test_its_history_says_who_when_why_and_what(desk: Desk) -> None:
    """Nothing is edited: every version stays, and the page shows what became different in each."""
    event = desk.post("departure", "2021-06-30", announced="2021-06-01", role="CTO", **ANN)
    desk.say(event, "corrections", changes={"effective": "2021-07-31", "successor": "Bob"}, reason="A misprint", announced="2021-06-05")
    desk.say(event, "status", to="confirmed")
    desk.say(event, "sources", add={"title": "Memo 2"})
    desk.say(event, "retraction", reason="All wrong")
    desk.say(event, "restoration", reason="Right after all")
    page = desk.page(f"/events/{event}")
    text = words(page)
    assert "Version 2: corrected 1 January 2026, 00:00 UTC, no name given Reason: A misprint" in text
    assert "<dt>Effective</dt><dd><del>30 June 2021</del> → <ins>31 July 2021</ins></dd>" in page.text
    assert "<dt>Successor</dt><dd><ins>Bob</ins></dd>" in page.text
    assert "Announced on its own: 5 June 2021. Counts from 5 June 2021, 00:00 UTC." in text
    assert "<dt>Status</dt><dd><del>reported</del> → <ins>confirmed</ins></dd>" in page.text
    assert "<dt>Sources</dt><dd><ins>Memo 2</ins></dd>" in page.text
    assert "<dt>Retraction</dt><dd><ins>All wrong</ins></dd>" in page.text
    assert "<dt>Retraction</dt><dd><del>All wrong</del></dd>" in page.text
    assert "Effective 31 July 2021" in text
    before = desk.text(f"/events/{event}?known_at=2021-06-02")
    assert "Effective 30 June 2021" in before
    assert "Version 2" not in before


def test_a_retracted_event_can_be_restored(desk: Desk) -> None:
    """The page offers what can be said of the event as it stands, and says what it does no longer."""
    event = desk.post("founding", "2020-01-01", organization="Acme")
    assert f'href="/events/{event}/retract"' in desk.page(f"/events/{event}").text
    desk.say(event, "retraction", reason="A hoax")
    page = desk.page(f"/events/{event}")
    assert f'href="/events/{event}/restore"' in page.text
    assert "Nothing: it was retracted." in words(page)
    assert "<h1><del>" in page.text


def test_events_that_are_one_lead_to_each_other(desk: Desk) -> None:
    """A further report of an event counts only as that, and a reader of either must find the other."""
    first = desk.post("layoff", "2020-05-01", organization="Acme", headcount=10)
    second = desk.post("layoff", "2020-05-02", organization="Acme", headcount=12, sources=[{"title": "Elsewhere"}])
    desk.say(second, "join", into=first, reason="the same")
    text = desk.text(f"/events/{second}")
    assert "This is a further report of another event and counts only as that: Acme lays off 10 of its staff" in text
    assert "say it of that one" in text
    text = desk.text(f"/events/{first}")
    assert "Joined into this one: Acme lays off 12 of its staff" in text
    assert "another event joined in" in text
    assert "On this its sources differ Headcount: 12" in text


def test_before_it_was_known(desk: Desk) -> None:
    """A link followed while looking at the past must say that the event was not known, and since when it is."""
    event = desk.post("founding", "2020-01-01", organization="Acme", announced="2020-02-03T10:00:00Z")
    page = desk.page(f"/events/{event}?known_at=2020-01-15")
    assert page.status_code == 404
    assert "It is known since 3 February 2020, 10:00 UTC." in words(page)
    assert f'href="/events/{event}?known_at=2020-02-03T10:00:00Z"' in page.text
    assert desk.client.get(f"/events/{event}.json?known_at=2020-01-15").status_code == 404


def test_nothing_is_said_of_an_event_under_embargo(desk: Desk) -> None:
    """When an embargo ends is part of the secret."""
    event = desk.post("founding", "2026-01-01", organization="Acme", announced="2026-03-01")
    page = desk.page(f"/events/{event}")
    assert page.status_code == 404
    assert "2026" not in words(page)
    assert desk.page("/events/nonsense").status_code == 404


def test_its_data_have_all_parts(pages: FlaskClient) -> None:
    """What the page shows can be taken along as data, and its sources as a table."""
    event = pages.get("/timeline.json?type=departure&person=mira-murati").get_json()["items"][0]["id"]
    data = pages.get(f"/events/{event}.json").get_json()
    assert [turn["kind"] for turn in data["versions"]] == ["recorded"]
    assert [line["kind"] for line in data["consequences"]] == ["tenure"]
    assert data["conflicts"] == data["possible_duplicates"] == []
    assert pages.get(f"/events/{event}.csv").text.count("\n") == 4


def test_a_source_of_unknown_language_is_shown_by_its_tag(desk: Desk) -> None:
    """A language that has no name here is no reason not to show the source."""
    event = desk.post("founding", "2020-01-01", organization="Acme", sources=[{**SOURCE, "language": "qaa"}])
    assert "qaa" in desk.text(f"/events/{event}")
