"""What tests of forms do: read a form as a browser would, fill it in and send it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

BUTTONS = ("submit", "button")


class FormReader(HTMLParser):
    """The texts of the form with the id `form`, its buttons, and all words of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.buttons: list[tuple[str, str]] = []
        self.controls: dict[str, dict[str, str | None]] = {}
        self.action = ""
        self.words = ""
        self._inside = False
        self._area: str | None = None
        self._select: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what the form would send."""
        found = dict(attrs)
        name, value = found.get("name") or "", found.get("value") or ""
        if tag == "form":
            self._inside = found.get("id") == "form"
            self.action = (found.get("action") or "") if self._inside else self.action
        if not self._inside:
            return
        if name:
            self.controls[name] = found
        if tag == "button" and name:
            self.buttons.append((name, value))
        elif tag == "textarea":
            self._area = name
            self.texts[name] = ""
        elif tag == "select":
            self._select = name
            self.texts[name] = ""
        elif tag == "option" and self._select and "selected" in found:
            self.texts[self._select] = value
        elif tag == "input" and name and (found.get("type") not in ("checkbox", "radio") or "checked" in found):
            self.texts[name] = value

    def handle_endtag(self, tag: str) -> None:
        """Leave what was entered."""
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area is not None:
            self.texts[self._area] = self.texts[self._area].removeprefix("\n")
            self._area = None

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self.words += data
        if self._area is not None:
            self.texts[self._area] += data


def form_at(client: FlaskClient, address: str) -> FormReader:
    """The form at an address, which must be there."""
    response = client.get(address)
    assert response.status_code == 200, response.text
    return FormReader(response.text)


def send(client: FlaskClient, form: FormReader, **texts: str) -> TestResponse:
    """Send a form with these texts in it; two underscores in a name stand for a dot."""
    return client.post(form.action, data={**form.texts, **{name.replace("__", "."): text for name, text in texts.items()}})


def recorded(client: FlaskClient, response: TestResponse) -> dict[str, Any]:
    """The event to which a saved form leads, as the API has it."""
    assert response.status_code == 303, response.text
    event = client.get("/api/v1/events/" + response.headers["Location"].partition("?")[0].rsplit("/", 1)[1])
    assert event.status_code == 200 and event.json is not None, event.text
    return dict(event.json)


DEPARTURE = {
    "person": "Jane Roe", "organization": "OpenAI", "role": "CFO", "effective": "2024-10", "announced": "2024-10-20",
    "sources__0__title": "The news of the day", "sources__0__publisher": "Wire",
}  # fmt: skip
"""What somebody types who records that Jane Roe leaves."""
