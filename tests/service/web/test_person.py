"""The page of a person: who they are, what they held, who came before and after, and what they said."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from tests.service.web.reading import data, page, rows

MURATI = "/people/mira-murati"


def test_the_names_have_their_languages(pages: FlaskClient) -> None:
    """A screen reader speaks a Japanese name only if it is told that it is one."""
    found = page(pages, MURATI)
    assert found.one("h1").text == "Mira Murati"
    names = {name.attributes["lang"]: name.text for name in found.one("dl", class_="card").all("span")}
    assert names == {"en": "Mira Murati", "ja": "ミラ・ムラティ"}


def test_the_page_follows_the_day(pages: FlaskClient) -> None:
    """On the evening before she left she was in office, the evening after she was not."""
    before, after = (page(pages, f"{MURATI}?as_of={day}").one("main").text for day in ("2024-09-24", "2024-09-25"))
    assert "Chief Technology Officer , OpenAI since when is not known, until 25 September 2024 · presumed" in before
    assert "No role is known on this day." in after


def test_a_name_leads_to_the_person(pages: FlaskClient) -> None:
    """Whoever types an address with a name, in Japanese even, arrives, at the same moment in time."""
    found = pages.get(f"/people/{quote('ミラ・ムラティ')}?as_of=2024-09-24")
    assert (found.status_code, found.headers["Location"]) == (308, "/people/mira-murati?as_of=2024-09-24")


def test_the_career_is_a_chart_with_a_table_beside_it(pages: FlaskClient) -> None:
    """Who cannot read the chart has the same in a table, and every bar leads to the report behind it."""
    found = page(pages, f"{MURATI}?as_of=2024-09-24")
    chart = found.one("div", class_="chart")
    (bar,) = chart.all("a", class_="bar")
    assert bar.one("title").text == "Chief Technology Officer · OpenAI · unknown start – 25 September 2024"
    assert str(bar.attributes["href"]).startswith("/events/") and "as_of=2024-09-24" in str(bar.attributes["href"])
    assert chart.all("rect", class_="unknown") and chart.all("path", class_="day-line")
    twin = found.one("details", class_="twin")
    assert [cell.text for cell in twin.one("tbody").all("td")][:3] == ["Chief Technology Officer", "not known", "25 September 2024"]
    (row,) = rows(pages, f"{MURATI}.csv")
    assert (row["role"], row["until"], row["organization_id"]) == ("Chief Technology Officer", "2024-09-25", "openai")


@pytest.mark.parametrize("entity", ["bob-mcgrew", "mark-chen"])
def test_predecessor_and_successor_say_how_they_are_known(pages: FlaskClient, entity: str) -> None:
    """A succession that nobody reported but that the dates suggest must not look like one that was announced."""
    line = page(pages, f"/people/{entity}").one("ul", class_="succession")
    told = data(pages, f"/people/{entity}.json")["succession"]
    assert [one["role"] for one in told] == [strong.text for strong in line.all("strong")]
    for one in told:
        for neighbour in (*one["predecessors"], *one["successors"]):
            assert neighbour["person"]["name"] in line.text
            assert ("as events say" if neighbour["by"] == "events" else "as tenures show") in line.text


def test_a_leave_is_told(pages: FlaskClient) -> None:
    """Somebody on leave holds the role and is not there: the page must say both."""
    text = page(pages, "/people/greg-brockman?as_of=2024-09-26").one("main").text
    assert "President , OpenAI" in text and "On leave since about August 2024, expected back about December 2024" in text
    late = page(pages, "/people/greg-brockman?as_of=2025-06-01&known_at=2024-10-30").one("main").text
    assert "a return was not reported" in late


def test_statements_stand_apart(pages: FlaskClient) -> None:
    """What somebody said changes nothing, so it must not hide what happened."""
    found = data(pages, f"{MURATI}.json")
    assert {event["type"] for event in found["statements"]} == {"statement"}
    assert "statement" not in {event["type"] for event in found["events"]}
    headlines = [event.text for event in page(pages, MURATI).all("ol", class_="events")[1].all("a")]
    assert headlines == [event["headline"] for event in found["statements"]]
    assert "/?person=mira-murati&type=statement" in page(pages, MURATI).links()


@pytest.mark.parametrize("path", ["people/mira-murati", "organizations/openai", "products/chatgpt"])
def test_before_anything_was_known_there_is_a_page(pages: FlaskClient, path: str) -> None:
    """Whoever pulls the slider too far must be able to pull it back, and learns no name that was not known."""
    found = page(pages, f"/{path}?as_of=2010-01-01&known=then")
    assert "Nothing was known of it by then." in found.text
    assert found.one("h1").text == path.split("/")[1]
    assert found.all("section", class_="timebar")


def test_nobody_is_not_found(pages: FlaskClient) -> None:
    """A wrong address must say so, with what would be right."""
    assert "no person" in page(pages, "/people/nobody-at-all", 404).one("p", class_="problem").text
