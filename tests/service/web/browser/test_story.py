"""What an analyst does with the example, from the first search to the correction that changes history and its record."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def test_an_analyst_replays_corrects_and_finds_both_answers(editor: Page, site: str) -> None:
    """This is what Annals is for: see who left and when, see what was known, put a date right, and still have the old answer."""
    for name in ("ミラ・ムラティ", "Murati"):
        editor.locator("#find").fill(name)
        editor.keyboard.press("Enter")
        expect(editor.locator("#results")).to_contain_text("Mira Murati")
    editor.locator("#results").get_by_role("link", name="Mira Murati", exact=True).first.click()
    expect(editor.get_by_role("heading", level=1)).to_contain_text("Mira Murati")

    editor.goto(f"{site}/organizations/openai?as_of=2024-09-24")
    editor.locator("#slider").focus()
    editor.keyboard.press("ArrowRight")
    editor.keyboard.press("ArrowRight")
    expect(editor).to_have_url(re.compile("as_of=2024-09-26"))
    left = editor.locator(".changes .left")
    for person in ("Mira Murati", "Bob McGrew", "Barret Zoph"):
        expect(left).to_contain_text(person)

    editor.get_by_label("As known then").check()
    expect(editor).to_have_url(re.compile("known=then"))
    expect(editor.locator(".banner")).to_contain_text("with what was public by 26 September 2024")

    editor.locator(".changes .left li", has_text="Mira Murati").locator("a.because").first.click()
    expect(editor.get_by_role("heading", level=1)).to_contain_text("Mira Murati leaves OpenAI")
    event = editor.url.split("?")[0]

    editor.get_by_role("link", name="Correct it").click()
    editor.get_by_label("Effective").fill("2024-09-26")
    editor.get_by_role("textbox", name="Reason").fill("The last day was the day after")
    editor.get_by_role("radio", name="It became known on").check()
    editor.get_by_label("The day on which it became known").fill("2024-09-28")
    editor.get_by_role("button", name="Record the correction").click()
    expect(editor).to_have_url(re.compile(re.escape(event)))

    editor.goto(event)
    expect(editor.locator(".history")).to_contain_text("The last day was the day after")
    expect(editor.locator(".dates")).to_contain_text("26 September 2024")
    editor.goto(f"{event}?known_at=2024-09-27")
    expect(editor.locator(".dates")).to_contain_text("25 September 2024")
    expect(editor.locator(".dates")).not_to_contain_text("26 September 2024")
