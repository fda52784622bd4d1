"""The moments over HTTP: where a slider stops."""

from __future__ import annotations

from itertools import pairwise

from flask.testing import FlaskClient

from tests.service.api.support import Json, appointment, departure, get, matches, post, say
from tests.service.conftest import Clock


def moments(client: FlaskClient, path: str, **query: str) -> tuple[list[str], list[str]]:
    """The days and the moments of knowledge."""
    found = get(client, f"{path}/moments", **query)
    matches(client, "Moments", found)
    for line in (*found["days"], *found["known"]):
        assert line["changes"] > 0
    return [line["day"] for line in found["days"]], [line["at"] for line in found["known"]]


def test_where_a_slider_stops(client: FlaskClient, clock: Clock) -> None:
    """A slider without marks is a search in the dark; each mark is a change, and the state stands still in between."""
    hired = post(client, appointment("Mira Murati"))
    post(client, departure("Mira Murati"))
    clock.pass_by(days=1)
    say(client, hired, "corrections", {"changes": {"effective": "2022-06-01"}, "reason": "misread", "announced": "2026-01-01T12:00:00Z"})
    changed = ["2022-06-01", "2024-09-25"]
    for path in ("/organizations/openai", "/people/mira-murati"):
        days, known = moments(client, path)
        assert days == changed
        # What was learned of today is nothing but names: by now she has left, by any report.
        past, known_of_past = moments(client, path, as_of="2023-01-01")
        assert past == changed
        assert known_of_past == ["2022-05-01T00:00:00Z", "2024-09-25T00:00:00Z", "2026-01-01T12:00:00Z"], path
        assert set(known) <= set(known_of_past)
        before, _ = moments(client, path, known_at="2024-09-24")
        assert before == ["2022-05-01"]
        _, recorded = moments(client, path, clock="recorded", as_of="2023-01-01")
        assert recorded == ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]


def test_each_mark_is_a_change(client: FlaskClient) -> None:
    """Stepping from mark to mark shows every state that there ever was, each once."""
    post(client, appointment("Mira Murati"))
    away = departure("Mira Murati", type="leave_of_absence", effective="2023-03-01", expected_return="2023-05")
    back = departure("Mira Murati", type="return_from_leave", effective="2023-07-01")
    for event in (away, back):
        post(client, {name: value for name, value in event.items() if name != "role"})
    post(client, departure("Mira Murati"))
    days, _ = moments(client, "/organizations/openai")
    assert days == ["2022-05-01", "2023-03-01", "2023-06-01", "2023-07-01", "2024-09-25"]
    seen: list[Json] = []
    for day in days:
        state = get(client, "/organizations/openai/state", as_of=day)
        seen.append({name: state[name] for name in ("holders", "on_leave", "reports", "vacant", "products")})
    assert all(one != other for one, other in pairwise(seen))


def test_of_somebody_of_whom_nothing_is_known(client: FlaskClient) -> None:
    """No mark is an answer, too."""
    post(client, appointment("Mira Murati"))
    assert moments(client, "/people/mira-murati", known_at="2020-01-01") == ([], [])
