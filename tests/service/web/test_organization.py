"""The page of an organization: who was who on a day, what changed, and why each line is as it is."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from service.web.filters import since as since_words
from tests.service.web.reading import Element, data, page, rows

OPENAI = "/organizations/openai"
WEEK = f"{OPENAI}?as_of=2024-09-26&from=2024-09-24"


def group(found: Element, name: str) -> list[str]:
    """The lines of a group of changes."""
    return [line.text for line in found.one("section", class_="changes").one("section", class_=name).all("li")]


def test_who_left_is_seen_at_once(pages: FlaskClient) -> None:
    """That is what the page is for: two days in September 2024 and who was gone, each line with the report behind it."""
    found = page(pages, WEEK)
    assert [line.split("OpenAI")[0] for line in group(found, "left")] == [
        "Bob McGrew Chief Research Officer Bob McGrew leaves ",
        "Mira Murati Chief Technology Officer Mira Murati leaves ",
        "Barret Zoph VP of Research Barret Zoph leaves ",
    ]
    assert found.one("h2", id="changes").text == "What changed from 24 September 2024 to 26 September 2024"
    for line in found.one("section", class_="changes").all("li"):
        assert any(link.startswith("/events/") and "as_of=2024-09-26" in link for link in line.links())


def test_each_group_says_what_became_of_a_line(pages: FlaskClient) -> None:
    """Joined, changed, reporting lines and vacancies are different news."""
    found = page(pages, WEEK)
    assert group(found, "joined")[0].startswith("Matt Knight Chief Information Security Officer")
    assert group(found, "changed")[0].startswith("Jakub Pachocki Chief Scientist: certainty presumed → certain")
    assert group(found, "reports")[0].startswith("Barret Zoph no longer reports to Bob McGrew")
    assert group(found, "reports")[1].startswith("Jakub Pachocki reports to Sam Altman")
    assert group(found, "vacant")[1].startswith("Chief Technology Officer: vacant")


def test_without_a_second_day_the_last_change_is_shown(pages: FlaskClient) -> None:
    """A reader who chose one day asks what has just changed; a day without changes is compared with those before the last one."""
    assert data(pages, f"{OPENAI}.json?as_of=2024-09-26")["changes"]["from"]["as_of"] == "2024-09-24"
    assert data(pages, f"{OPENAI}.json?as_of=2024-09-26&from=2024-09-26")["changes"]["from"]["as_of"] == "2024-09-24"
    assert data(pages, f"{OPENAI}.json?as_of=2010-01-01")["changes"] is None
    assert "Nothing had changed here by this day." in page(pages, f"{OPENAI}?as_of=2010-01-01").text


def test_two_quiet_days_say_so(pages: FlaskClient) -> None:
    """That nothing changed is an answer too."""
    assert "Nothing changed between these days." in page(pages, f"{OPENAI}?as_of=2024-02-03&from=2024-02-01").text


def test_looking_back_from_a_later_day_tells_what_is_to_come(pages: FlaskClient) -> None:
    """Pulled back, the slider compares with a later day; what happened in between did not happen backwards."""
    found = page(pages, f"{OPENAI}?as_of=2024-09-24&from=2024-09-26")
    assert found.one("h2", id="changes").text == "What changes from 24 September 2024 to 26 September 2024"
    assert len(group(found, "left")) == 3


def test_a_wrong_second_day_is_told(pages: FlaskClient) -> None:
    """An error names the parameter of the address and not one that the reader never wrote."""
    assert "from" in data_problem(pages, f"{OPENAI}.json?from=soon")


def data_problem(client: FlaskClient, address: str) -> str:
    """The field that a refused address is wrong in."""
    answer = client.get(address)
    assert answer.status_code == 422
    return str(answer.get_json(force=True)["errors"][0]["field"])


def test_the_steps_of_the_bar_compare_anew(pages: FlaskClient) -> None:
    """The next change must be shown as what changed on that day, and not since a day chosen long before."""
    found = page(pages, WEEK)
    assert found.one("a", id="bar-next").attributes["href"] == f"{OPENAI}?as_of=2024-09-27"
    assert found.one("input", id="bar-from").attributes["value"] == "2024-09-24"


def test_the_state_of_the_day(pages: FlaskClient) -> None:
    """Roles with who holds them and how sure that is, who is away, what is vacant, what is sold and who reports to whom."""
    found = page(pages, f"{OPENAI}?as_of=2024-09-26")
    lines = [[cell.text for cell in (row.one("th"), *row.all("td"))] for row in found.one("table", class_="holders").one("tbody").all("tr")]
    assert ["President", "Greg Brockman on leave", "not known", "presumed", "event"] in lines
    assert lines[0][0] == "Chief Information Security Officer"
    text = found.one("main").text
    assert "Greg Brockman since about August 2024, expected back about December 2024" in text
    assert "Chief Technology Officer since 25 September 2024" in text
    assert "ChatGPT released since about 2022" in text
    top, below = found.all("ul", class_="tree")
    assert top.text.startswith("Sam Altman") and len(below.all("li")) == 6


def test_a_leave_that_goes_on_is_no_new_leave(pages: FlaskClient) -> None:
    """Nobody went on leave on the day by which a return had been expected: what is news is that none was reported."""
    found = page(pages, f"{OPENAI}?as_of=2025-01-01&from=2024-12-31")
    assert group(found, "leave_changed")[0].startswith("Greg Brockman no return reported")
    assert found.one("section", class_="leave_changed").one("h3").text == "Leave changed"
    assert not found.one("section", class_="changes").all("section", class_="on_leave")


def test_links_to_events_differ(pages: FlaskClient) -> None:
    """Whoever has the links read out in a list hears what each of them tells of, and not "event" thirty times."""
    main = page(pages, f"{OPENAI}?as_of=2024-09-26").one("table", class_="holders")
    names = [str(link.attributes["aria-label"]) for link in main.all("a", class_="because")]
    assert "event: President, Greg Brockman" in names and len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("since", "words"),
    [
        ("../2024-09-26", "2024年9月26日以前から"),
        ("2024-09~", "2024年9月頃から"),
        ("2024-09-25", "2024年9月25日から"),
        ("2024-09/..", "2024年9月以降"),
        ("2024-03/2024-05", "2024年3月から2024年5月の間のいずれかの日から"),
    ],
)
def test_since_is_said_as_japanese_says_it(pages: FlaskClient, since: str, words: str) -> None:
    """The words for a date that is known in part are no noun in Japanese, so nothing can just be put behind them."""
    with pages.application.test_request_context("/?lang=ja"):
        assert since_words({"value": since}) == words


def test_the_reasons_stand_beside_the_lines(pages: FlaskClient) -> None:
    """Who doubts a line sees which report made it so and by which rule, without knowing the API."""
    found = page(pages, f"{OPENAI}?as_of=2024-09-26&explain=1")
    whys = [why.text for why in found.one("table", class_="holders").all("ul", class_="why")]
    assert any("Greg Brockman" in why and "the start is unknown" in why and "rule 6" in why for why in whys)
    assert [line.split("OpenAI")[0] for line in group(found, "changed")] == [
        line.split("OpenAI")[0] for line in group(page(pages, f"{OPENAI}?as_of=2024-09-26"), "changed")
    ]
    assert "why" in data(pages, f"{OPENAI}.json?as_of=2024-09-26&explain=1")["holders"][0]
    assert data_problem(pages, f"{OPENAI}.json?explain=please") == "explain"


def test_tables_are_to_be_had_as_csv(pages: FlaskClient) -> None:
    """What is on the page is to be had in a spreadsheet: the holders, the changes, the products and all tenures."""
    address = f"{OPENAI}.csv?as_of=2024-09-26&from=2024-09-24&table="
    assert ("Chief Scientist", "jakub-pachocki") in [(row["role"], row["person_id"]) for row in rows(pages, f"{address}holders")]
    assert [row["person"] for row in rows(pages, f"{address}changes") if row["change"] == "left"] == [
        "Bob McGrew",
        "Mira Murati",
        "Barret Zoph",
    ]
    assert "chatgpt" in [row["product_id"] for row in rows(pages, f"{address}products")]
    assert {"mira-murati", "mark-chen"} <= {row["person_id"] for row in rows(pages, f"{address}tenures")}


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_chart_has_a_bar_for_every_tenure(pages: FlaskClient, lang: str) -> None:
    """The chart and its table tell the same, in the reader's language."""
    found = page(pages, f"{OPENAI}?as_of=2024-09-26&lang={lang}")
    told = data(pages, f"{OPENAI}.json?as_of=2024-09-26&lang={lang}")["tenures"]
    assert (
        len(found.one("div", class_="chart").all("a", class_="bar"))
        == len(found.one("details", class_="twin").one("tbody").all("tr"))
        == len(told)
    )
    lanes = [lane.text for lane in found.one("div", class_="chart").all("text", class_="lane-name")]
    assert ("Chief Technology Officer" if lang == "en" else "最高技術責任者") in lanes


def test_a_large_organization_is_cut_to_what_can_be_read(company: FlaskClient) -> None:
    """Of hundreds of lines the page shows the first, says how many more there are, and has them all behind a plain link."""
    address = "/organizations/hoshi-works?as_of=2018-03-01"
    found, drawn = page(company, address), company.get(f"{address}&all=chart").text
    listed = page(company, f"{address}&all=holders")
    told = data(company, address.replace("?", ".json?"))
    assert len(found.one("table", class_="holders").one("tbody").all("tr")) == 60 < len(told["holders"])
    bars = len(found.one("div", class_="chart").all("a", class_="bar"))
    assert bars <= 60 < len(told["tenures"]) and bars < drawn.count('class="bar') <= 240
    assert f"{len(told['tenures']) - bars} more tenures" in found.one("div", class_="chart").text
    assert 'class="band"' in drawn and "All tenures as a table (CSV)" in drawn
    assert len(listed.one("table", class_="holders").one("tbody").all("tr")) == len(told["holders"])
    assert {f"{address}&all=holders", f"{address}&all=chart"} <= set(found.links())
    assert f"{address}&all=holders" not in listed.links()
    assert company.get(f"{address}&all=everything").status_code == 422


def test_hundreds_of_changes_are_cut_too(company: FlaskClient) -> None:
    """Six years at once would bury the page."""
    found = page(company, "/organizations/hoshi-works?as_of=2018-03-01&from=2012-01-01")
    assert len(group(found, "joined")) == 15 and "more: show all" in found.one("section", class_="changes").text
