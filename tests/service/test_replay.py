"""The product and the referee told the same random world: both must answer every question about it alike."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections import ChainMap, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from events.codec import MAPPER
from events.entries import Entry
from events.event import EventEntry
from service import create_app
from service.annals import Annals
from tests.reference.clocks import winners
from tests.reference.days import moment_end
from tests.reference.state import Question, standing_id, state, tenures_of
from tests.reference.worlds import BEGIN, MANAGER, ORGANIZATIONS, PEOPLE, PRODUCT, Asked, Step, explicit, questions, worlds
from tests.service.api.support import API, Json, ok
from tests.service.conftest import ENGINES, Clock, new_database, opened
from tests.support.examples import NIGHTLY, a_part
from tests.support.postgres import execute

EARLIER = datetime(2018, 1, 1, tzinfo=UTC)
END = datetime(2025, 2, 1, tzinfo=UTC)
AT_LAST = date(2030, 1, 1)
_IN_ANY_ORDER = ("events", "versions", "disputed")
CALLS = {"correct": "corrections", "retract": "retraction", "restore": "restoration", "status": "status", "source": "sources"}


class Teller:
    """Tells a world to the product, and notes for the referee what the product took into its log."""

    def __init__(self, client: FlaskClient, clock: Clock) -> None:
        self.client = client
        self.clock = clock
        self.events: list[tuple[str, Step]] = []
        self.sources: dict[str, list[Json]] = {}
        self.log: list[Json] = []

    def read(self, path: str, query: Mapping[str, str]) -> Json:
        """What a read answers, under whatever id it is to be read."""
        response = self.client.get(f"{API}/{path}", query_string=query, follow_redirects=True)
        return ok(response)

    def tell(self, step: Step) -> None:
        """Do one step at its time."""
        self.clock.pass_by(hours=step["wait"])
        if step["do"] == "post":
            self._post(step["event"])
        elif step["do"] in ("merge", "unmerge", "merge_organizations"):
            self._merge(step)
        elif self.events:
            event, post = self.events[step["of"] % len(self.events)]
            if step["do"] == "again":
                since = {"since": step["since"]} if step["since"] and "since" in _optional(post) else {}
                self._post({**{name: value for name, value in post.items() if name != "announced"}, **since, **step["report"]})
            else:
                self._say(event, post, step)

    def _standing(self, fields: Step) -> Step:
        """The fields as the log keeps them: who is named by the id of one merged into another is that other."""
        merged = winners(self.log, self.clock.now, "recorded")
        return {name: standing_id(merged, value) if name in ("person", "organization") else value for name, value in fields.items()}

    def _read(self, event: str) -> Step:
        """The fields of an event as all that was said of it leaves them."""
        told = [line for line in self.log if line["id"] == event]
        corrected = [line["changes"] for line in reversed(told) if "changes" in line]
        return dict(ChainMap(*corrected, *(line["post"] for line in told if "post" in line)))

    def _post(self, event: Step) -> None:
        body = self._sent(self.client.post(f"{API}/events", json=event))
        if body is not None:
            fields = self._standing(event)
            if body["outcome"] == "recorded":
                self.events.append((body["id"], event))
            else:  # a report of an event means whom that is about
                own = self._read(body["id"])
                fields |= {name: own[name] for name in ("person", "organization") if name in fields}
            self._note(body, id=body["id"], announced=event.get("announced"), post=fields)

    def _say(self, event: str, post: Step, step: Step) -> None:
        body: Json = {"reason": "why"} | ({"announced": step["announced"]} if step["announced"] else {})
        path = f"{API}/events/{event}"
        if step["do"] == "unsource":
            said = self._sent(self.client.delete(f"{path}/sources/{step['n']}", query_string=body))
            if said is not None:
                taken = self.sources[event][step["n"] - 1]
                self._note(said, id=event, announced=step["announced"], source=(taken["title"], taken["publisher"]))
            return
        more: Json = {name: step[name] for name in ("to", "add") if name in step}
        if step["do"] == "correct":
            changes = self._standing(_changes(post, step["changes"]))
            more = {"changes": changes}
            if "announced" in changes:
                body.pop("announced", None)
        said = self._sent(self.client.post(f"{path}/{CALLS[step['do']]}", json={**body, **more}))
        if said is not None:
            self._note(said, id=event, announced=body.get("announced"), **more)

    def _merge(self, step: Step) -> None:
        kind, who, into = ("organizations", *ORGANIZATIONS[::-1]) if "who" not in step else ("people", step["who"], step.get("into"))
        body = {"into": into} if step["do"] != "unmerge" else {}
        announced = {"announced": step["announced"]} if step["announced"] else {}
        said = self._sent(self.client.post(f"{API}/{kind}/{who}/{step['do'].split('_')[0]}", json={**body, **announced}))
        if said is not None:
            self._note(said, id=who, announced=step["announced"], into=into)

    def _sent(self, response: Any) -> Json | None:
        """The answer; None where the product had reasons to refuse, or nothing to write."""
        assert response.status_code in (200, 201, 404, 409, 422), response.get_data(as_text=True)
        return response.json if response.status_code < 300 and response.json["outcome"] != "unchanged" else None

    def _note(self, body: Json, **line: Any) -> None:
        if "sources" in body:
            self.sources[body["id"]] = body["sources"]
        kind = {"status_changed": "status"}.get(body["outcome"], body["outcome"])
        self.log.append({"kind": kind, "recorded_at": self.clock.now, **line})


def _optional(post: Mapping[str, Any]) -> tuple[str, ...]:
    return ("since",) if post["type"] in ("departure", "step_down", "incumbency") else ()


def _changes(post: Step, wanted: Step) -> Step:
    """The changes under the names that the type has for them; those that it has not become another day."""
    renamed = {"to_role" if name == "role" and post["type"] == "role_change" else name: value for name, value in wanted.items()}
    known = {*post, *_optional(post), "effective", "announced"}
    return {name: value for name, value in renamed.items() if name in known} or {"effective": "2024-02-01"}


@dataclass(frozen=True)
class Site:
    """An application, and a home and database with everybody registered and nothing told of them, of which each world gets a copy."""

    app: Flask
    home: Path
    url: str

    @contextmanager
    def copied(self) -> Iterator[tuple[str, Path]]:
        """The URL of a copy of the database, and its home."""
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / "home"
            shutil.copytree(self.home, home)
            if self.url.startswith("sqlite"):
                yield f"sqlite:///{home / 'annals.db'}", home
                return
            parts, name = urlsplit(self.url), f"annals_{uuid.uuid4().hex}"
            base = parts._replace(path="/postgres").geturl()
            execute(base, "CREATE DATABASE {} TEMPLATE {}", name, parts.path[1:])
            yield parts._replace(path=f"/{name}").geturl(), home
            execute(base, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="module", params=ENGINES[:1])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Made once, since that takes longer than to tell a world; on the quicker engine, unless a test asks for the other."""
    home = tmp_path_factory.mktemp("template")
    with new_database(request, request.param, home) as url:
        yield new_site(home, url)


def new_site(home: Path, url: str) -> Site:
    """A site at an empty home and database."""
    with opened(url, home, Clock(EARLIER)) as annals:
        app = create_app(annals)
        for kind, ids in (("people", (*PEOPLE, MANAGER)), ("organizations", ORGANIZATIONS), ("products", (PRODUCT,))):
            for entity in ids:
                assert app.test_client().post(f"{API}/{kind}", json={"id": entity, "name": entity}).status_code == 201
    return Site(app, home, url)


@contextmanager
def told(site: Site, steps: Sequence[Step]) -> Iterator[Teller]:
    """A world that was told, and its client."""
    clock = Clock(BEGIN)
    with site.copied() as (url, home), opened(url, home, clock) as annals:
        site.app.extensions["annals"] = annals
        teller = Teller(site.app.test_client(), clock)
        for step in steps:
            teller.tell(step)
        clock.now = END
        yield teller


def answers(teller: Teller, asked: Asked) -> tuple[Json, Json]:
    """The state of an organization and the tenures of a person as the product and as the referee answer them."""
    known_at = _moment(asked["known_at"])
    query = {"clock": asked["clock"], **({"include": "rumoured"} if asked["rumoured"] else {})}
    if asked["known_at"] is not None:
        query["known_at"] = known_at.isoformat()
    question = Question(asked["as_of"], known_at, asked["clock"], asked["rumoured"])
    at_last = replace(question, as_of=AT_LAST)
    organization = teller.read(f"organizations/{asked['organization']}/state", query | {"as_of": asked["as_of"].isoformat()})
    person = teller.read(f"people/{asked['person']}/history", query | {"as_of": AT_LAST.isoformat()})
    merged = winners(teller.log, known_at, asked["clock"])
    wanted = state(teller.log, standing_id(merged, asked["organization"]), question)
    tenures = tenures_of(teller.log, standing_id(merged, asked["person"]), at_last)
    return _plain({**organization, "tenures": person["tenures"]}), _plain({**wanted, "tenures": tenures})


def _moment(known_at: str | int | None) -> datetime:
    if known_at is None:
        return END
    return BEGIN + timedelta(hours=known_at) if isinstance(known_at, int) else moment_end(known_at)


def _plain(body: Json) -> Json:
    """The parts that both answer, people and products by id, and lists in one order."""
    parts = ("holders", "on_leave", "reports", "products", "tenures")
    plain = {part: sorted((_plain_line(line) for line in body[part]), key=repr) for part in parts}
    # Which of several ends that are over on one day is shown is not said.
    vacant = [[line["role"], line["since"]["latest"]] for line in body["vacant"]]
    return {"organization": body["organization"], **plain, "vacant": sorted(vacant)}


def _plain_line(line: Json) -> Json:
    kept = {name: value for name, value in line.items() if name not in ("role_key", "current", *_IN_ANY_ORDER)}
    ids = {name: value["id"] for name, value in kept.items() if isinstance(value, dict) and "id" in value}
    lists = {name: sorted((_sorted(item) for item in line[name]), key=repr) for name in _IN_ANY_ORDER if name in line}
    return {name: _sorted(value) for name, value in sorted({**kept, **ids, **lists}.items())}


def _sorted(item: Any) -> Any:
    return {name: _sorted(item[name]) for name in sorted(item)} if isinstance(item, dict) else item


@settings(max_examples=max(60, settings().max_examples))
@given(steps=worlds, asked=st.lists(questions, min_size=2, max_size=5))
def test_the_product_answers_as_the_referee(site: Site, steps: list[Step], asked: list[Asked]) -> None:
    """Replay is right only if two readings of the design, written apart, agree on worlds that nobody thought of."""
    with told(site, steps) as teller:
        agree(teller, asked)


@pytest.mark.skipif(not NIGHTLY, reason="a copy of a PostgreSQL database for each world takes too long by day")
@pytest.mark.parametrize("site", ENGINES[1:], indirect=True)
@settings(max_examples=a_part(10))
@given(steps=worlds, asked=st.lists(questions, min_size=2, max_size=5))
def test_so_it_does_on_postgresql(site: Site, steps: list[Step], asked: list[Asked]) -> None:
    """Past states are found by comparing columns in the database, and two databases may compare in two ways."""
    with told(site, steps) as teller:
        agree(teller, asked)


@settings(max_examples=max(200, settings().max_examples))
@given(steps=worlds.map(explicit), asked=st.lists(questions, min_size=1, max_size=2), order=st.randoms(use_true_random=False))
def test_so_it_does_in_any_order_of_recording(site: Site, steps: list[Step], asked: list[Asked], order: Random) -> None:
    """An archive is typed in from either end, and by several people: what it says may not hang on who was first."""
    with told(site, steps) as teller:
        agree(teller, asked)
        known = public_answers(teller, asked)
        entries = entries_of(site.app.extensions["annals"])
    with told(site, ()) as teller:
        annals = site.app.extensions["annals"]
        annals.ledger.append(reordered(entries[len(entries_of(annals)) :], order))
        annals.project()
        assert public_answers(teller, asked) == known


def agree(teller: Teller, asked: Iterable[Asked]) -> None:
    """Have the product and the referee answer the questions alike."""
    for question in asked:
        product, referee = answers(teller, question)
        assert product == referee, question


def public_answers(teller: Teller, asked: Iterable[Asked]) -> list[Json]:
    """All that the product answers to the questions as they are put to the public clock, but for when what was recorded."""
    found = []
    for question in asked:
        query = {"known_at": _moment(question["known_at"]).isoformat(), **({"include": "rumoured"} if question["rumoured"] else {})}
        state = teller.read(f"organizations/{question['organization']}/state", query | {"as_of": question["as_of"].isoformat()})
        history = teller.read(f"people/{question['person']}/history", query)
        for body in (state, history, *history["events"]["items"]):
            for name in ("position", "recorded_at"):
                body.pop(name, None)
        found += [state, history]
    return found


def entries_of(annals: Annals) -> list[Entry]:
    """The whole log."""
    return [cast("Entry", MAPPER.to_domain_event(stored)) for stored in annals.ledger.notifications(0, 10_000)]


def reordered(entries: Sequence[Entry], order: Random) -> list[Entry]:
    """The entries in another order, in which those of each event follow one another as they did, and so do all that are of no event."""
    queues: dict[UUID | None, list[Entry]] = defaultdict(list)
    turns = [entry.originator_id if isinstance(entry, EventEntry) else None for entry in entries]
    for turn, entry in zip(turns, entries, strict=True):
        queues[turn].append(entry)
    order.shuffle(turns)
    return [queues[turn].pop(0) for turn in turns]


def _told_of(kind: str, effective: str, **fields: Any) -> Step:
    common = {"person": "ann", "organization": "acme", "sources": [{"title": "t", "publisher": "Wire A"}], "announced": "2024-01-01"}
    return {"do": "post", "wait": 0, "event": {"type": kind, "effective": effective, **common, **fields}}


def test_a_merged_manager_is_read_as_the_winner(site: Site) -> None:
    """A merge applies on reading, so nobody may be shown under the id of one who is somebody else."""
    line = _told_of("reporting_line", "2024-01-15", manager="eve")
    with told(site, [line, {"do": "merge", "wait": 0, "who": "eve", "into": "bob", "announced": None}]) as teller:
        state = teller.read("organizations/acme/state", {"as_of": "2024-02-01"})
    assert [line["manager"]["id"] for line in state["reports"]] == ["bob"]


def test_no_tenure_begins_after_its_end(site: Site) -> None:
    """A start that cannot be the start would hide that somebody held the role at all."""
    ended = _told_of("step_down", "2024-01-31", role="CEO")
    with told(site, [ended, _told_of("departure", "2024-09-01", role="CEO", since="2024-05")]) as teller:
        state = teller.read("organizations/acme/state", {"as_of": "2023-12-31"})
    assert [(line["role"], line["certainty"]) for line in state["holders"]] == [("CEO", "presumed")]


def test_who_left_twice_held_until_then_what_was_named_then(site: Site) -> None:
    """A role named by the second leaving is not what was left at the first: its day would be lost without a word."""
    left, seen = _told_of("departure", "2024-01-01"), _told_of("incumbency", "2024-03-20", role="Adviser")
    with told(site, [left, seen, _told_of("departure", "2024-03-25", role="CEO")]) as teller:
        state = teller.read("organizations/acme/state", {"as_of": "2024-03-24"})
    assert {line["role"]: line["until"]["value"] for line in state["holders"]} == {"CEO": "2024-03-25", "Adviser": "2024-03-25"}


def test_two_reports_of_a_leaving_come_before_what_was_taken_up_that_day(site: Site) -> None:
    """Whoever left one role for another is not gone because a second source told of the leaving and named no role."""
    day = "2024-01-01"
    left, again = _told_of("departure", day, role="CEO"), _told_of("departure", day)
    with told(site, [_told_of("appointment", day, role="CEO"), left, again, _told_of("appointment", day, role="CTO")]) as teller:
        state = teller.read("organizations/acme/state", {"as_of": "2024-02-01"})
    assert [line["role"] for line in state["holders"]] == ["CTO"]


def test_a_report_made_before_announced_was_put_right_counts_from_then_too(site: Site) -> None:
    """A typing error in `announced` that was put right may not hide for ten years what a second report added meanwhile."""
    typed = _told_of("departure", "2024-01-15", role="CEO", announced="2034-01-01")
    more = {"do": "again", "of": 0, "wait": 1, "since": "2022", "report": {"sources": [{"title": "t", "publisher": "Wire B"}]}}
    right = {"do": "correct", "of": 0, "wait": 1, "announced": None, "changes": {"announced": "2024-01-01"}}
    with told(site, [typed, more, right]) as teller:
        state = teller.read("organizations/acme/state", {"as_of": "2024-01-14"})
    assert [line["since"]["value"] for line in state["holders"] if line["since"]] == ["2022"]
