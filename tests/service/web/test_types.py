"""The catalogue of event types."""

from __future__ import annotations

import html
import json
import re

import pytest
from flask.testing import FlaskClient
from marshmallow import fields

from events.types import event_types
from service.web.types import holds
from tests.service.web.desk import words


@pytest.mark.parametrize("name", sorted(event_types()))
def test_every_type_has_a_page(pages: FlaskClient, name: str) -> None:
    """Whoever records an event looks up what its type says: fields, what makes two the same, and an example that can be posted."""
    kind = event_types()[name]
    page = pages.get(f"/types/{name}?lang=en")
    text = words(page)
    assert kind.label[0] in text
    assert f'href="/record?lang=en&amp;type={name}"' in page.text
    assert all(f"<td><code>{field}</code></td>" in page.text for field in kind.fields)
    assert "…" not in text
    example = re.search(r"<pre tabindex=\"0\"><code>(.*?)</code>", page.text, re.DOTALL)
    assert example is not None
    assert json.loads(html.unescape(example[1]))["type"] == name


def test_fields_are_told_in_words(pages: FlaskClient) -> None:
    """A reader need not know what the fields are called in data."""
    text = words(pages.get("/types/departure?lang=en"))
    assert "Person person required Person" in text
    assert "Reason reason death, illness, performance" in text
    assert "agree on: person, organization, role, the day." in text
    assert "several: Organization, Person" in words(pages.get("/types/funding_round?lang=en"))
    assert "人物、組織、役職、日付" in words(pages.get("/types/departure?lang=ja"))


def test_a_field_of_a_new_class_is_shown_all_the_same() -> None:
    """A type of tomorrow may have a field of which the page knows nothing."""
    assert holds(fields.Raw()) == ""


def test_the_catalogue_lists_all_by_group(pages: FlaskClient) -> None:
    """The whole language of events on one page, and as a table."""
    page = pages.get("/types?lang=en")
    assert re.findall(r"<h2>([^<]*)</h2>", page.text) == ["People", "Products", "The company", "Words and other events"]
    assert page.text.count('<li class="group-') == len(event_types())
    assert len(pages.get("/types.csv").text.splitlines()) == len(event_types()) + 1
    assert pages.get("/types/nonsense").status_code == 404
