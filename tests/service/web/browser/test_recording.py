"""Recording in a browser: by mouse, by keyboard alone, and with no script at all."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.service.web.browser.conftest import watched


def fine(page: Page) -> None:
    """Check that axe finds nothing wrong with the page."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_departure_of_somebody_new_in_a_month(editor: Page, site: str) -> None:
    """The whole way of an analyst: choose a type, find and register people, see how the date is read, confirm, and see it recorded."""
    # given the form of a departure, reached from the masthead
    editor.get_by_role("link", name="Record an event").click()
    expect(editor.get_by_role("heading", name="Record an event")).to_be_visible()
    fine(editor)
    editor.get_by_role("link", name="Departure", exact=False).first.click()

    # when somebody new is typed and registered, and the organization is found by its first letters
    editor.get_by_role("combobox", name="Person").press_sequentially("ジェーン")
    editor.get_by_role("option", name="register as new").click()
    editor.get_by_label("Name in English").first.fill("Jane Roe")
    editor.get_by_role("combobox", name="Organization").press_sequentially("op")
    editor.get_by_role("option", name="OpenAI").click()
    editor.get_by_label("Effective").press_sequentially("2024-09")
    expect(editor.locator("#f-effective-reading")).to_have_text("2024-09: some day from 1 to 30 September 2024")
    fine(editor)
    editor.locator('[name="sources.0.title"]').fill("The news")
    editor.locator("p.actions").get_by_role("button", name="Record").click()

    # then it is recorded at once, since both of her names were given
    expect(editor.get_by_role("status").first).to_contain_text("Recorded: Jane Roe leaves OpenAI")
    card = editor.request.get(f"{site}/api/v1/people/jane-roe").json()
    assert card["names"] == {"en": "Jane Roe", "ja": "ジェーン"}


def test_a_near_duplicate_by_keyboard_alone(editor: Page, site: str) -> None:
    """No mouse is needed: find by typing, choose with the arrows, send with Enter, answer the question, and be told of a wrong date."""
    press = editor.keyboard.press
    editor.goto(f"{site}/record?type=departure")
    editor.get_by_role("combobox", name="Person").focus()

    # given that she is found by the beginning of her name
    editor.keyboard.type("ムラ")
    expect(editor.get_by_role("option", name="Mira Murati")).to_be_visible()
    press("ArrowDown")
    expect(editor.get_by_role("combobox", name="Person")).to_have_attribute("aria-activedescendant", "f-person-list-0")
    press("Enter")
    expect(editor.get_by_role("combobox", name="Person")).to_have_value("Mira Murati")
    expect(editor.get_by_role("listbox")).to_have_count(0)
    editor.get_by_role("combobox", name="Organization").focus()
    editor.keyboard.type("openai")
    expect(editor.get_by_role("option", name="OpenAI")).to_be_visible()
    press("Escape")
    expect(editor.get_by_role("listbox")).to_have_count(0)
    editor.get_by_label("Role").focus()
    editor.keyboard.type("CTO")
    editor.locator('[name="sources.0.title"]').focus()
    editor.keyboard.type("Another paper")

    # when a date is wrong, and Enter sends the form
    editor.get_by_label("Effective").focus()
    editor.keyboard.type("20.9.2024")
    expect(editor.locator("#f-effective-reading")).to_contain_text("is not a partial date")
    press("Enter")

    # then the summary has the focus and leads to the field
    expect(editor.locator("#problems")).to_be_focused()
    fine(editor)
    press("Tab")
    press("Enter")
    expect(editor.get_by_label("Effective")).to_be_focused()
    expect(editor.get_by_label("Effective")).to_have_attribute("aria-invalid", "true")
    press("Control+a")
    editor.keyboard.type("2024-09-20")
    press("Enter")

    # and what may be the same is shown before anything is saved
    expect(editor.locator("#question")).to_be_focused()
    expect(editor.locator("#question")).to_contain_text("may be the same event")
    fine(editor)
    editor.get_by_label("It is the same").first.focus()
    press("Space")
    editor.get_by_role("button", name="Yes, save it so").focus()
    press("Enter")
    expect(editor.get_by_role("status").first).to_contain_text("Your report was added")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_rows_come_and_go_without_leaving_the_page(editor: Page, site: str, scheme: str) -> None:
    """Another source or event must not throw somebody back to the top of the page."""
    editor.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    editor.goto(f"{site}/record/article?type=founding&lang=ja")
    editor.locator('[name="events.0.founders.0"]').fill("Ada")
    editor.get_by_role("button", name="行を増やす").click()
    expect(editor.locator('[name="events.0.founders.1"]')).to_be_visible()
    editor.locator("#new-type").select_option("renaming")
    editor.get_by_role("button", name="出来事をもう一つ").click()
    expect(editor.locator('[name="events.1.new_name.en"]')).to_be_visible()
    expect(editor.get_by_role("heading", name="2.")).to_be_focused()
    expect(editor.locator('[name="events.0.founders.0"]')).to_have_value("Ada")
    fine(editor)
    editor.get_by_role("combobox").first.press_sequentially("op")
    expect(editor.get_by_role("option", name="OpenAI")).to_be_visible()
    fine(editor)


def test_an_event_is_corrected(editor: Page, site: str) -> None:
    """Putting a date right is the commonest change, and must be seen at once."""
    event = editor.request.get(f"{site}/api/v1/feed?type=departure&person=mira-murati").json()["items"][0]
    editor.goto(f"{site}/events/{event['id']}/correct")
    fine(editor)
    editor.get_by_label("Effective").fill("2024-09-26")
    editor.locator('[name="said.reason"]').fill("The paper said so")
    editor.get_by_role("button", name="Record the correction").last.click()
    expect(editor.get_by_role("status").first).to_contain_text("Corrected: Mira Murati leaves OpenAI")
    now = editor.request.get(f"{site}/api/v1/events/{event['id']}").json()
    assert (now["effective"]["value"], now["version"]) == ("2024-09-26", event["version"] + 1)
    for what in ("retract", "status", "source", "join"):
        editor.goto(f"{site}/events/{event['id']}/{what}?lang=ja")
        fine(editor)


def test_the_whole_form_without_script(browser_without_script: BrowserContext, site: str) -> None:
    """Where no script runs the same form records the same, only with more pages between."""
    with watched(browser_without_script, site) as page:
        page.goto(f"{site}/record")
        page.get_by_role("link", name="Departure", exact=False).first.click()
        page.get_by_role("combobox", name="Person").fill("Jane Roe")
        page.get_by_role("combobox", name="Organization").fill("openai")
        page.get_by_label("Effective").fill("2024-9")
        page.locator('[name="sources.0.title"]').fill("The news")
        page.get_by_role("button", name="Add another source").click()
        page.locator('[name="sources.1.url"]').fill("https://example.com/news")
        page.locator("p.actions").get_by_role("button", name="Record").click()
        expect(page.locator("#f-effective-said")).to_contain_text("is not a partial date")
        page.get_by_label("Effective").fill("2024-09")
        page.locator("p.actions").get_by_role("button", name="Record").click()
        expect(page.locator("#question")).to_contain_text("Jane Roe")
        expect(page.locator("#f-effective-reading")).to_contain_text("some day from 1 to 30 September 2024")
        page.get_by_role("button", name="Yes, save it so").click()
        expect(page.get_by_role("status").first).to_contain_text("Newly registered: Jane Roe")


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element with that text, value or label has the focus."""
    told = "element => [element.innerText, element.labels && element.labels[0] && element.labels[0].innerText].filter(Boolean).join(' ')"
    for _ in range(120):
        page.keyboard.press("Tab")
        if name in str(page.locator(":focus").evaluate(told) if page.locator(":focus").count() else ""):
            return
    raise AssertionError(f"Tab never reaches {name!r}")


@pytest.mark.parametrize(
    ("action", "send", "shown"),
    [
        ("Retract it", "Retract an event", "retracted"),
        ("Change its status", "Change the status", "denied"),
        ("Add a source", "Add a source", "Another wire"),
        ("Correct it", "Record the correction", "corrected"),
    ],
)
def test_what_is_said_later_needs_no_mouse(editor: Page, site: str, action: str, send: str, shown: str) -> None:
    """Somebody who cannot use a mouse keeps the record as well as anybody: every element is reached by Tab, in the page's own order."""
    # given the page of an event, and its form reached by Tab and Enter
    departure = editor.request.get(f"{site}/api/v1/feed?type=departure&person=mira-murati").json()["items"][0]["id"]
    editor.goto(f"{site}/events/{departure}")
    tab_to(editor, action)
    editor.keyboard.press("Enter")
    expect(editor.get_by_role("heading", level=1)).not_to_contain_text("Mira Murati leaves")

    # when it is filled in and sent in the same way
    match action:
        case "Add a source":
            tab_to(editor, "Title")
            editor.keyboard.type("Another wire")
        case "Change its status":
            tab_to(editor, "New status")
            editor.keyboard.type("denied")
    if action == "Correct it":
        tab_to(editor, "Role")
        editor.keyboard.press("Control+A")
        editor.keyboard.type("Adviser")
    tab_to(editor, "Reason")
    if action == "Correct it":  # a departure has a reason of its own before that of the correction
        tab_to(editor, "Reason")
    editor.keyboard.type("read again")
    tab_to(editor, send)
    editor.keyboard.press("Enter")

    # then it is in the record
    expect(editor.locator(".history")).to_contain_text("read again")
    expect(editor.locator("article.event")).to_contain_text(shown)
