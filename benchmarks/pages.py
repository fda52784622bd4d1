"""How long each page of a large organization takes, and how much a first visit to it sends.

    .venv/bin/python -m benchmarks.pages [--rounds 15] [--folder FOLDER]

Fills a store with an organization of 500 people and 3,000 events and asks for every page in turn, so that other work on the machine falls
on all alike. Prints medians in milliseconds, by the clock and of the processor, the ratio of the latter to that of `/livez`, a request that
reads nothing, and the bytes of a first visit: the page and all its files, as gzip.
"""

from __future__ import annotations

import argparse
import gzip
import re
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from flask.testing import FlaskClient

from benchmarks.company import COMPANY, company
from benchmarks.state_at import Took, annals_at, fill, timed
from service import create_app

PLAIN = "/livez"
DAY = "as_of=2018-03-01"
ORGANIZATION = f"/organizations/{COMPANY}"
PAGES: Mapping[str, str] = {
    "timeline": "/",
    "timeline, filtered": f"/?organization={COMPANY}&type=departure&from=2015-01-01",
    "people": "/people",
    "people, found": "/people?q=tanaka",
    "person": "/people/person-9",
    "organization": ORGANIZATION,
    "organization, a day": f"{ORGANIZATION}?{DAY}",
    "organization, as known then": f"{ORGANIZATION}?{DAY}&known=then",
    "organization, two days": f"{ORGANIZATION}?{DAY}&from=2012-01-01",
    "organization, explained": f"{ORGANIZATION}?{DAY}&explain=1",
    "organization, all holders": f"{ORGANIZATION}?{DAY}&all=holders",
    "organization, more tenures drawn": f"{ORGANIZATION}?{DAY}&all=chart",
    "product": "/products/product-1",
    "search": "/search?q=tanaka",
    "conflicts": "/conflicts",
    "event types": "/types",
    "organizations": "/organizations",
    "articles": "/articles",
    "an event": "/events/{event_id}",
    "duplicates": "/duplicates",
    "an event type": "/types/departure",
    "welcome": "/welcome",
    "record an event": "/record?type=departure",
    "record an article": "/record/article",
    "correct an event": "/events/{event_id}/correct",
    "retract an event": "/events/{event_id}/retract",
}
"""The pages by name."""
_FILES = re.compile(rb'(?:src|href)="(/static/[^"]+)"')
_BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip"}


def answered(client: FlaskClient, address: str) -> bytes:
    """What a browser gets from an address, as it is sent."""
    answer = client.get(address, headers=_BROWSER)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status}: {answer.text}")
    sent: bytes = answer.data
    return sent


def first_visit(client: FlaskClient, address: str) -> int:
    """The bytes of a page and of every file that it names."""
    page = answered(client, address)
    return len(page) + sum(len(answered(client, file.decode())) for file in set(_FILES.findall(gzip.decompress(page))))


def measured(client: FlaskClient, addresses: Sequence[str], rounds: int) -> Mapping[str, Took]:
    """The medians of each address; each round begins with another one."""
    took: dict[str, list[Took]] = defaultdict(list)
    for round_ in range(rounds):
        start = round_ % len(addresses)
        for address in (*addresses[start:], *addresses[:start]):
            took[address].append(timed(partial(answered, client, address)))
    return {address: Took(median(one.clock for one in found), median(one.busy for one in found)) for address, found in took.items()}


def addresses(client: FlaskClient) -> Mapping[str, str]:
    """The address of each page by name, with an event of the store."""
    found: Any = client.get("/api/v1/feed?limit=1").json
    return {name: address.format(event_id=found["items"][0]["id"]) for name, address in PAGES.items()}


def show(pages: Mapping[str, str], medians: Mapping[str, Took], sizes: Mapping[str, int]) -> None:
    """Print a line for each page."""
    plain = medians[PLAIN]
    print(f"{'page':<32} {'ms by the clock':>15} {'ms of the processor':>19} {'ratio':>6} {'bytes sent':>10}")
    print(f"{PLAIN:<32} {plain.clock * 1000:>15.1f} {plain.busy * 1000:>19.1f} {1:>6}")
    for name, address in pages.items():
        took = medians[address]
        print(f"{name:<32} {took.clock * 1000:>15.1f} {took.busy * 1000:>19.1f} {took.busy / plain.busy:>6.0f} {sizes[address]:>10}")


def main() -> None:
    """Fill, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--folder", type=Path, help="where the store is made, and then taken away again")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name, closing(annals_at(Path(name))) as annals:
        fill(annals, company())
        client = create_app(annals).test_client(use_cookies=False)
        pages = addresses(client)
        sizes = {address: first_visit(client, address) for address in pages.values()}
        show(pages, measured(client, (PLAIN, *pages.values()), chosen.rounds), sizes)


if __name__ == "__main__":
    main()
