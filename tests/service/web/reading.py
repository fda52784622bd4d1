"""Reading pages in tests as a reader does: the text of parts of a page, its links, and tables as CSV."""

from __future__ import annotations

import csv
from html.parser import HTMLParser
from io import StringIO
from typing import Any

from flask.testing import FlaskClient

VOID = ("br", "hr", "img", "input", "link", "meta")


class Element:
    """An element of a page with its attributes and what is in it: elements and texts."""

    def __init__(self, name: str, attributes: dict[str, str | None]) -> None:
        self.name, self.attributes = name, attributes
        self.content: list[Element | str] = []

    @property
    def text(self) -> str:
        """All its text with single blanks."""
        parts = (part if isinstance(part, str) else part.text for part in self.content)
        return " ".join(" ".join(parts).split())

    def all(self, name: str, **wanted: str) -> list[Element]:
        """All elements of that name in it, with those attributes (`class_` is one of the classes)."""
        found = []
        for part in self.content:
            if isinstance(part, Element):
                found += [part] if part.name == name and part.has(wanted) else []
                found += part.all(name, **wanted)
        return found

    def one(self, name: str, **wanted: str) -> Element:
        """The only such element."""
        (found,) = self.all(name, **wanted)
        return found

    def has(self, wanted: dict[str, str]) -> bool:
        """Whether it has those attributes."""
        given = dict(wanted)
        classes = (self.attributes.get("class") or "").split()
        return given.pop("class_", None) in (None, *classes) and given.items() <= self.attributes.items()

    def links(self) -> list[str]:
        """Where the links in it lead to."""
        return [str(link.attributes["href"]) for link in self.all("a")]


class _Reader(HTMLParser):
    """Builds the elements; a page of which one is not closed in turn is refused."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("page", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].content.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].content.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().name == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.open[-1].content.append(data)


def page(client: FlaskClient, address: str, status: int = 200) -> Element:
    """The page at an address."""
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    reader = _Reader()
    reader.feed(answer.text)
    assert len(reader.open) == 1, "an element is not closed"
    return reader.open[0]


def data(client: FlaskClient, address: str) -> Any:
    """The data of a page, by its address with `.json`."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json


def rows(client: FlaskClient, address: str) -> list[dict[str, str]]:
    """A table of a page, by its address with `.csv`."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(StringIO(answer.text.removeprefix("\ufeff"))))
