"""How much a first visit sends: a page with all its files, as a browser that takes gzip gets it."""

from __future__ import annotations

import gzip
import re

import pytest
from flask.testing import FlaskClient

from service.annals import Annals
from service.web.cards import LISTS
from tests.service.web.sitemap import addresses

MOST = 100_000
"""Bytes."""
COMPANY = (
    "/", "/?organization=hoshi-works&type=departure", "/people", "/organizations", "/products", "/people/person-9", "/products/product-1",
    "/search?q=tanaka", "/conflicts", "/duplicates", "/articles", "/organizations/hoshi-works",
    "/organizations/hoshi-works?as_of=2018-03-01&from=2012-01-01&explain=1&lang=ja",
    *(f"/organizations/hoshi-works?as_of=2018-03-01&from=2012-01-01&explain=1&all={name}" for name in LISTS),
)  # fmt: skip


def sent(client: FlaskClient, address: str) -> int:
    """The bytes of a page and of every file that it names."""
    taken = {"Accept-Encoding": "gzip", "Accept": "text/html"}
    answer = client.get(address, headers=taken)
    assert answer.status_code == 200
    files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', gzip.decompress(answer.data).decode()))
    assert len(files) >= 4
    return len(answer.data) + sum(len(client.get(file, headers=taken).data) for file in files)


def test_pages_of_the_example_are_light(example: Annals, pages: FlaskClient) -> None:
    """Readers come with phones on trains: a first visit of any page sends at most 100 kB in all."""
    days = "/organizations/openai?as_of=2024-09-26&from=2024-09-24&explain=1"
    sizes = {address: sent(pages, address) for address in (*addresses(example), days)}
    assert {address: size for address, size in sizes.items() if size > MOST} == {}


@pytest.mark.parametrize("address", COMPANY)
def test_pages_of_a_large_organization_are_light(company: FlaskClient, address: str) -> None:
    """So it does of an organization of 500 people and 3,000 events."""
    assert sent(company, address) <= MOST
