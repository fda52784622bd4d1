"""Near duplicates through the API: found when posted and on a list, joined, read as one event, and parted."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.service.api.support import API, Json, appointment, departure, get, ids, matches, ok, people, post, refused, say, source


def pairs(client: FlaskClient, **query: Any) -> list[tuple[str, str]]:
    """The ids of the pairs on the list, the older event first."""
    found = get(client, "/duplicates", **query)
    return [(item["events"][0]["id"], item["events"][1]["id"]) for item in found["items"]]


def two(client: FlaskClient, **second: Any) -> tuple[Json, Json]:
    """A departure and a further report of it with another date."""
    one = post(client, departure(reason="illness"))
    return one, post(client, departure(**{"effective": "2024-09", "sources": [source(2)], "tags": ["t"], "reason": "retired", **second}))


def test_two_that_may_be_one_are_found_joined_and_parted(client: FlaskClient) -> None:
    """The whole way, as whoever keeps the record goes it: what is told at the post, on the list, and after each entry."""
    one, other = two(client)
    assert one["possible_duplicates"] == []
    (near,) = other["possible_duplicates"]
    assert (near["id"], near["line"]) == (one["id"], {"join": other["id"], "into": one["id"], "reason": "the same event"})
    matches(client, "Recorded", other)
    found = get(client, "/duplicates")
    matches(client, "DuplicatePage", found)
    assert (pairs(client), found["items"][0]["line"]) == ([(one["id"], other["id"])], near["line"])

    joined = say(client, other, "join", {"into": one["id"], "reason": "one departure"})
    matches(client, "Recorded", joined)
    assert (joined["outcome"], joined["duplicate_of"]) == ("joined", one["id"])
    answer = client.get(f"{API}/events/{other['id']}")
    assert f'</api/v1/events/{one["id"]}>; rel="canonical"' in answer.headers["Link"]
    assert (answer.json or {})["duplicate_of"] == one["id"]
    winner = get(client, f"/events/{one['id']}")
    matches(client, "EventAnswer", winner)
    assert ([found["title"] for found in winner["sources"]], winner["tags"], winner["duplicates"]) == (
        ["News 1", "News 2"],
        ["t"],
        [other["id"]],
    )
    assert {dispute["field"]: dispute["value"] for dispute in winner["disputed"]} == {"reason": "retired", "effective": "2024-09"}
    assert pairs(client) == []

    parted = say(client, other, "part", {"reason": "two after all"})
    assert (parted["outcome"], parted["duplicate_of"], pairs(client)) == ("parted", None, [(one["id"], other["id"])])
    assert get(client, f"/events/{one['id']}")["sources"] == one["sources"]


def test_a_joined_event_counts_nowhere_of_its_own(client: FlaskClient) -> None:
    """Whoever counts events, articles or departures must count one."""
    one, other = two(client)
    say(client, other, "join", {"into": one["id"]})
    assert ids(get(client, "/feed")) == ids(get(client, "/feed", person="mira-murati")) == ids(get(client, "/feed", tag="t")) == [one["id"]]
    assert [found["id"] for found in get(client, "/search", q="News")["events"]] == [one["id"]]
    assert [article["events"] for article in get(client, "/articles")["items"]] == [1, 1]
    tenures = get(client, "/people/mira-murati/history")["tenures"]
    assert [tenure["events"] for tenure in tenures] == [[one["id"]]]


def test_each_has_its_versions(client: FlaskClient) -> None:
    """What was joined, by whom and why, stands with either event like everything else that was said of it."""
    one, other = two(client)
    say(client, other, "join", {"into": one["id"], "reason": "one departure"})
    say(client, other, "part", {"announced": "2024-10-02"})
    own, others = (get(client, f"/events/{event['id']}/versions") for event in (one, other))
    matches(client, "Versions", own)
    assert [(turn["kind"], turn["changes"], len(turn["version"]["sources"])) for turn in own["items"]] == [
        ("recorded", {}, 1), ("absorbed", {"loser": other["id"]}, 2), ("released", {"loser": other["id"]}, 1),
    ]  # fmt: skip
    assert [(turn["kind"], turn["reason"], turn["version"]["duplicate_of"]) for turn in others["items"]] == [
        ("recorded", None, None), ("joined", "one departure", one["id"]), ("parted", None, None),
    ]  # fmt: skip
    assert others["items"][1]["changes"] == {"winner": one["id"]}


def test_a_joined_report_is_a_further_publisher(client: FlaskClient) -> None:
    """Of two dates the one with more publishers wins, and so it must, however the second report of it came in."""
    post(client, appointment("Mira Murati"))
    one = post(client, departure())
    other = post(client, departure(effective="2024-09-27", announced="2024-09-27", sources=[source(2)]))
    rough = post(client, departure(effective="2024-09", sources=[source(3)]))
    assert get(client, "/people/mira-murati/history")["tenures"][0]["until"]["value"] == "2024-09-27"
    say(client, rough, "join", {"into": one["id"]})
    after = get(client, "/people/mira-murati/history")["tenures"][0]
    assert after["until"]["value"] == "2024-09-25"
    assert {one["id"], other["id"]} < set(after["events"]) and rough["id"] not in after["events"]


@pytest.mark.parametrize(
    ("change", "near"),
    [
        ({"effective": "2024-12-26"}, True),
        ({"effective": "2024-12-27"}, False),
        ({"effective": "2024-06-25"}, True),
        ({"effective": "2024-06-24"}, False),
        ({"effective": "2024"}, True),
        ({"effective": "2023-01-01/.."}, True),
        ({"role": "Head of Research"}, True),
        ({"role": None}, True),
        ({"person": "Somebody Else"}, False),
        ({"organization": "Elsewhere"}, False),
        ({"type": "step_down"}, False),
        ({"effective": "2024-09-26", "status": "denied"}, True),
        ({"effective": "2024-09-26", "announced": "2031-01-01"}, False),
    ],
    ids=str,
)
def test_what_may_be_one_event(shared: FlaskClient, change: Json, near: bool) -> None:
    """Too narrow a rule leaves doubles in the record, too wide a one buries them among what is none."""
    person = f"Person of {sorted(change.items())}"
    one = post(shared, departure(person))
    given = {**departure(person, sources=[source(2)]), **change}
    other = post(shared, {name: value for name, value in given.items() if value is not None})
    expected = [(one["id"], other["id"])] if near else []
    assert pairs(shared, person=one["fields"]["person"]["id"]) == expected
    hidden = change.get("announced") is not None  # the list keeps an embargo, but who posts is told
    assert [found["id"] for found in other["possible_duplicates"]] == ([one["id"]] if near or hidden else [])


def test_events_that_do_not_count_are_no_duplicates(client: FlaskClient) -> None:
    """What was retracted or joined is settled."""
    one, other = two(client)
    say(client, other, "retraction", {"reason": "false"})
    assert pairs(client) == []
    say(client, other, "restoration", {})
    third = post(client, departure(effective="2024-09-26"))
    assert pairs(client) == [(other["id"], third["id"]), (one["id"], third["id"]), (one["id"], other["id"])]
    say(client, other, "join", {"into": one["id"]})
    assert pairs(client) == [(one["id"], third["id"])]
    assert [found["id"] for found in post(client, departure(effective="2024-10-03"))["possible_duplicates"]] == [one["id"], third["id"]]


def test_events_about_nobody_are_no_duplicates(client: FlaskClient) -> None:
    """All that is about no entity at all would be near to all else of the day."""
    other = {"type": "other", "effective": "2024-09-25", "sources": [source()]}
    assert [post(client, {**other, "headline": headline})["possible_duplicates"] for headline in ("Rain", "Snow")] == [[], []]
    assert pairs(client) == []


@pytest.mark.parametrize(
    ("words", "near"),
    [
        ("Mira's decision is her own and has my full support", True),
        ("The decision is Mira's own, and I support it", True),
        ("We will announce a new model in the spring", False),
    ],
)
@pytest.mark.parametrize(("type_name", "field"), [("statement", "gist"), ("other", "headline")])
def test_what_is_told_in_words_has_to_be_in_like_words(shared: FlaskClient, type_name: str, field: str, words: str, near: bool) -> None:
    """One person says many things in three months: were all of them near duplicates, nobody would look through the list."""
    who = f"Speaker of {words} in {type_name}"
    about = {"speaker": who} if type_name == "statement" else {"people": [who]}
    common = {"type": type_name, **about, "effective": "2024-09-25", "announced": "2024-09-25", "sources": [source()]}
    one = post(shared, {**common, field: "Mira's decision is her own and has my support"})

    other = post(shared, {**common, field: words, "effective": "2024-09-26"})

    assert [found["id"] for found in other["possible_duplicates"]] == [one["id"]] * near
    assert pairs(shared, person=who) == [(one["id"], other["id"])] * near


def test_a_trial_says_what_the_event_may_be_the_same_as(client: FlaskClient) -> None:
    """Who asks first can look before anything is in the log."""
    one = post(client, departure())
    tried = post(client, departure(effective="2024-09"), "?dry_run=true")
    assert [found["id"] for found in tried["possible_duplicates"]] == [one["id"]]
    assert (post(client, departure())["outcome"], post(client, departure())["possible_duplicates"]) == ("unchanged", [])


def test_pages_and_filters(client: FlaskClient) -> None:
    """A long list has to be worked through a page, a person or a type at a time."""
    for person in ("Ann", "Bob"):
        for day in ("2024-09-25", "2024-09-26"):
            post(client, departure(person, effective=day))
    for day in ("2022-05-01", "2022-05-02"):
        post(client, appointment("Bob", organization="Other", effective=day))
    whole = pairs(client)
    first = get(client, "/duplicates", limit=1)
    second: Any = client.get(first["next"]).json
    third: Any = client.get(second["next"]).json
    paged = [tuple(event["id"] for event in page["items"][0]["events"]) for page in (first, second, third)]
    assert (len(whole), paged, third["next"]) == (3, whole, None)
    counts = [len(pairs(client, **query)) for query in ({"person": "bob"}, {"organization": "Other"}, {"type": "departure,layoff"})]
    assert counts == [2, 1, 2]
    refused(client.get(f"{API}/duplicates?type=departures"), 422, "departures", "did you mean 'departure'")
    refused(client.get(f"{API}/duplicates?person=nobody"), 404, "nobody")
    refused(client.get(f"{API}/duplicates?cursor=x"), 422, "cursor")


def test_pairs_are_those_of_the_reading(client: FlaskClient) -> None:
    """On a day when only the first report was known there was nothing to join."""
    one, other = two(client, announced="2024-10-01")
    assert [pairs(client, known_at=day) for day in ("2024-09-30", "2024-10-01")] == [[], [(one["id"], other["id"])]]
    assert pairs(client, clock="recorded", known_at="2025-12-31") == []
    say(client, other, "join", {"into": one["id"], "announced": "2024-10-05"})
    assert [len(pairs(client, known_at=day)) for day in ("2024-09-30", "2024-10-04", "2024-10-05")] == [0, 1, 0]
    assert [len(ids(get(client, "/feed", known_at=day))) for day in ("2024-09-30", "2024-10-04", "2024-10-05")] == [1, 2, 1]


def test_people_who_are_merged_have_duplicates(client: FlaskClient) -> None:
    """One person under two names is how most of them come about, and before the merge nobody could know."""
    one = post(client, departure("Mira Murati"))
    other = post(client, departure("Mira Muratti", sources=[source(2)]))
    assert pairs(client) == []
    ok(client.post(f"{API}/people/mira-muratti/merge", json={"into": "mira-murati", "announced": "2024-11-01"}))
    assert pairs(client) == pairs(client, person="mira-murati") == [(one["id"], other["id"])]
    assert pairs(client, known_at="2024-10-31") == []
    third = post(client, departure("Mira Muratti", effective="2024-09-30"))
    assert [found["id"] for found in third["possible_duplicates"]] == [one["id"], other["id"]]
    say(client, other, "join", {"into": one["id"]})
    assert get(client, f"/events/{one['id']}")["disputed"] == []
    ok(client.post(f"{API}/people/mira-muratti/unmerge", json={}))
    assert pairs(client) == [(one["id"], third["id"])]  # what was posted under the merged name went to the winner
    dispute = get(client, f"/events/{one['id']}")["disputed"][0]
    assert dispute["value"] == {"id": "mira-muratti", "name": "Mira Muratti"}


def test_a_joined_event_is_out_of_the_state_at_once(client: FlaskClient) -> None:
    """A wrong office goes when the report of it turns out to be one of another, and comes back with the parting."""
    one = post(client, appointment("Mira Murati"))
    other = post(client, appointment("Mira Murati", role="Chief Scientist", effective="2022-05"))
    roles = {"as_of": "2024-01-01"}
    assert len(people(get(client, "/organizations/openai/state", **roles))) == 2
    say(client, other, "join", {"into": one["id"]})
    assert [holder["role"] for holder in get(client, "/organizations/openai/state", **roles)["holders"]] == ["CTO"]
    say(client, other, "part", {})
    assert len(people(get(client, "/organizations/openai/state", **roles))) == 2


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("join", {}, 422, ["into"]),
        ("join", {"into": "nonesuch"}, 404, ["nonesuch"]),
        ("join", {"into": 7}, 422, ["into"]),
        ("join", {"into": "{id}"}, 409, ["that very event"]),
        ("join", {"into": "{other}", "announced": "2020-01-01"}, 422, ["2020-01-01", "2024-09-25"]),
        ("join", {"into": "{other}", "to": "x"}, 422, ["to"]),
        ("part", {"into": "{other}"}, 422, ["into"]),
    ],
)
def test_what_is_refused(shared: FlaskClient, path: str, body: Json, status: int, words: list[str]) -> None:
    """A join that cannot be has to say why."""
    one, other = (post(shared, departure("Refused", effective=day)) for day in ("2024-09-25", "2024-09-26"))
    given = {name: value.format(id=one["id"], other=other["id"]) if isinstance(value, str) else value for name, value in body.items()}
    refused(shared.post(f"{API}/events/{one['id']}/{path}", json=given), status, *words)


def test_a_stale_copy_and_a_retry(client: FlaskClient) -> None:
    """A join is a write like any other: it honours `If-Match`, and a repeated request answers what the first did."""
    one, other = two(client)
    path, body = f"{API}/events/{other['id']}/join", {"into": one["id"]}
    refused(client.post(path, json=body, headers={"If-Match": '"2"'}), 412, "version 1")
    first, second = (client.post(path, json=body, headers={"If-Match": '"1"', "Idempotency-Key": "k"}) for _ in range(2))
    assert first.json == second.json and second.headers["Idempotent-Replayed"] == "true"
    assert client.get(f"{API}/events/{one['id']}", headers={"If-None-Match": '"1"'}).status_code == 200
    refused(client.post(f"{API}/events/{other['id']}/corrections", json={"changes": {"role": "CEO"}, "reason": "x"}), 409, one["id"])
