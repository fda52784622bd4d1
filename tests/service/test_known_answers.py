"""Real histories with the answers that their publishers published: each must come out of the API as it was published.

The data lies beside the repository, where it is present. By day a part of each set is taken, every night all of it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from events.names import match_key
from events.roles import Role
from service import create_app
from tests.service.api.support import Json, get
from tests.service.api.test_imports import send
from tests.service.conftest import ENGINES, Clock, new_database, opened
from tests.support.examples import NIGHTLY

FOLDER = Path("../shared/data")
AFTERWARDS = datetime(2026, 11, 1, tzinfo=UTC)
"""When all of it had been announced."""
PARAMETERS = ("as_of", "known_at", "clock")
LATER = ("correct", "retract", "restore")

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the data is not beside the repository")


@dataclass(frozen=True)
class Part:
    """The part of a data set that is taken by day: the organizations that it is about, and one check of so many."""

    organizations: tuple[str, ...] = ()
    """None for all."""
    one_of: int = 1


ALL = Part()
BY_DAY = {
    "us-congress": Part(("United States Senate",), 2),
    "sp500": Part(one_of=6),
    "endoflife": Part(("python", "postgresql", "django", "php", "nginx", "debian", "ubuntu", "almalinux")),
}
REPOSTED = {"us-congress": ["us-congress-8303", "us-congress-9185", "us-congress-10171", "us-congress-10173"]}
"""Lines that post again an event that the data itself retracted two lines before, as a correction had dated it: refused."""


def read_lines(name: str, part: Part) -> list[Json]:
    """The lines about the part's organizations, and what is said later about those lines."""
    chosen: list[Json] = []
    refs = set()
    with gzip.open(FOLDER / f"{name}.ndjson.gz", "rt", encoding="utf-8") as file:
        for line in map(json.loads, file):
            about = next((line[verb] for verb in LATER if verb in line), None)
            if about in refs if about else is_about(line, part):
                chosen.append(line)
                refs.add(line.get("ref"))
    return chosen


def is_about(given: Json, part: Part) -> bool:
    """Whether a line or a check is about one of the part's organizations."""
    return not part.organizations or given["organization"] in part.organizations


def read_checks(name: str, part: Part) -> list[Json]:
    """The checks of the part."""
    expected = json.loads((FOLDER / f"{name}.expected.json").read_text(encoding="utf-8"))
    return [check for check in (*expected["checks"], *expected.get("products", ())) if is_about(check, part)][:: part.one_of]


def holders(client: FlaskClient, check: Json) -> Iterator[Any]:
    """Who holds which role by the API where it differs from what the check says, and what is said instead."""
    state = get(client, f"/organizations/{id_of(client, 'organizations', check['organization'])}/state", **asked(check))
    found = sorted((line["role_key"], match_key(line["person"]["name"])) for line in state["holders"])
    wanted = sorted((Role.of(role).key, match_key(person)) for role, person in check["holders"])
    yield from ({"found": one} for one in found if one not in wanted)
    yield from ({"missing": one} for one in wanted if one not in found)
    if len(found) != len(wanted):
        yield {"found": len(found), "wanted": len(wanted)}


def releases(client: FlaskClient, check: Json) -> Iterator[Any]:
    """How a product stands by the API where it differs from what the check says."""
    standing = get(client, f"/products/{id_of(client, 'products', check['product'])}", **asked(check))["standing"]
    if standing["phase"] != check["phase"]:
        yield standing["phase"]
    days = [(line["version"], line["released"]["value"]) for line in standing["versions"]]
    for cycle, version, day in check["latest"]:
        newest = max((released for other, released in days if in_cycle(other, cycle)), default=None)
        if newest != day or [released for other, released in days if other == version] != [day]:
            yield {"cycle": cycle, "newest": newest, "wanted": (version, day)}


def in_cycle(version: str, cycle: str) -> bool:
    """Whether a version is of a release cycle: `3.1.4` is of the cycle `3.1`, and `3.10` is not."""
    return version == cycle or version.startswith(f"{cycle}.")


def id_of(client: FlaskClient, kind: str, name: str) -> str:
    """The id of who has that very name."""
    (found,) = (item["id"] for item in get(client, f"/{kind}", q=name, limit=200)["items"] if item["name"] == name)
    return str(found)


def asked(check: Json) -> Json:
    """The parameters that a check asks with."""
    return {name: check[name] for name in PARAMETERS if check[name] is not None}


COMPARE: dict[bool, Callable[[FlaskClient, Json], Iterator[Any]]] = {False: holders, True: releases}


@pytest.mark.parametrize("engine", ENGINES if NIGHTLY else ENGINES[:1])
@pytest.mark.parametrize("name", BY_DAY)
def test_every_published_answer(request: pytest.FixtureRequest, tmp_path: Path, name: str, engine: str) -> None:
    """Rules that are right on examples made up for them may still be wrong on what really happened."""
    part = ALL if NIGHTLY else BY_DAY[name]
    lines, checks = read_lines(name, part), read_checks(name, part)
    with new_database(request, engine, tmp_path) as url, opened(url, tmp_path, Clock(AFTERWARDS)) as annals:
        client = create_app(annals).test_client()
        results = send(client, lines)
        refused = [line.get("ref") for line, result in zip(lines, results, strict=True) if result["outcome"] == "error"]
        wrong = [(asked(check), found) for check in checks if (found := list(COMPARE["product" in check](client, check)))]
    given = {line.get("ref") for line in lines}
    assert refused == [ref for ref in REPOSTED.get(name, ()) if ref in given]
    assert checks
    assert wrong == []
