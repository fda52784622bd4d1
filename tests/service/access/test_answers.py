"""What callers are told and what is kept apart: refusals, names on entries, retries, caches, and keys themselves."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from service.formats.export import exported
from tests.service.access.conftest import Site
from tests.service.api.support import API, NDJSON, departure, get, ok, post, refused, say

NOT_GOOD = ("Bearer annals_short", "Basic YW5uOmFubg==", "Bearer", "Bearer annals_a annals_b", "annals_x", "Bearer annals_\xe9")


def test_whoever_brings_no_key_is_told_how_to(standing: Site) -> None:
    """A program's first refusal is where its author learns of keys (RFC 6750, section 3)."""
    response = standing.client().post(f"{API}/events", json=departure())

    refused(response, 401, "key of scope write", "Authorization")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="annals"'


def test_keys_that_are_not_good_get_one_answer(standing: Site) -> None:
    """An answer that tells a revoked key from one that never was tells a thief which of his keys were real."""
    given = (*NOT_GOOD, f"Bearer {standing.secrets['revoked']}")
    responses = [standing.client().get(f"{API}/feed", headers={"Authorization": header}) for header in given]

    assert {response.status_code for response in responses} == {401}
    assert len({response.text for response in responses}) == 1
    assert {response.headers["WWW-Authenticate"] for response in responses} == {'Bearer realm="annals", error="invalid_token"'}


def test_a_key_that_may_not_is_told_which_may(standing: Site) -> None:
    """Whoever holds a key has to know which other one to ask for."""
    response = standing.client("read").post(f"{API}/events", json=departure())

    refused(response, 403, "has the scope read", "Authorization")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="annals", error="insufficient_scope", scope="write"'


def test_every_entry_names_the_key_that_wrote_it(keyed: Site) -> None:
    """Nothing is edited here, so who said it is a part of what was said: by call, by import, by retry and by form alike."""
    write, admin = keyed.client("write"), keyed.client("admin")
    event = post(write, departure())
    say(admin, event, "retraction", {"reason": "wrong"})
    lines = b'{"restore": "%s", "reason": "right"}\n' % event["id"].encode()
    assert write.post(f"{API}/events/import", data=BytesIO(lines), content_type=NDJSON, buffered=True).status_code == 200

    versions = get(keyed.client(), f"/events/{event['id']}/versions")["items"]

    assert [version["actor"] for version in versions] == ["write", "admin", "write"]


def test_retries_and_refs_are_each_caller_s_own(keyed: Site) -> None:
    """Two programs that number their requests from one must not get each other's answers."""
    write, admin = keyed.client("write"), keyed.client("admin")
    headers = {"Idempotency-Key": "1"}
    first = write.post(f"{API}/events", json=departure(ref="a"), headers=headers)
    other = admin.post(f"{API}/events", json=departure("Sam Altman", ref="a"), headers=headers)
    again = write.post(f"{API}/events", json=departure(ref="a"), headers=headers)

    assert (first.status_code, other.status_code) == (201, 201)
    assert again.headers["Idempotent-Replayed"] == "true" and again.json == first.json
    by_ref = ok(admin.post(f"{API}/events/a/status", json={"to": "confirmed"}))
    assert other.json is not None and by_ref["id"] == other.json["id"]


def test_a_cache_keeps_callers_apart(standing: Site) -> None:
    """A proxy that handed one caller's answer to another would hand out what is under embargo."""
    anonymous, known = standing.client().get(f"{API}/feed").headers, standing.client("read").get(f"{API}/feed").headers

    assert "Authorization" in anonymous["Vary"] and "Cookie" in anonymous["Vary"]
    assert known["Cache-Control"] == "private, no-cache"


def test_keys_are_made_listed_and_revoked_by_call(keyed: Site) -> None:
    """An operator without a shell on the machine looks after keys as well; the secret is seen once, by whoever made it."""
    admin = keyed.client("admin")
    made = ok(admin.post(f"{API}/keys", json={"name": "robot", "scope": "write"}))
    secret = {"Authorization": f"Bearer {made['key']}"}
    assert keyed.client().post(f"{API}/events", json=departure(), headers=secret).status_code == 201

    listed = admin.get(f"{API}/keys")
    revoked = ok(admin.delete(f"{API}/keys/robot"))

    assert made["key"] not in listed.text and "digest" not in listed.text
    assert [key["name"] for key in ok(listed)["items"]] == ["read", "write", "admin", "revoked", "robot"]
    assert (revoked["created_by"], revoked["revoked_by"], revoked["scope"]) == ("admin", "admin", "write")
    assert keyed.client().post(f"{API}/events", json=departure(), headers=secret).status_code == 401
    assert listed.headers["Cache-Control"].startswith("no-store")


@pytest.mark.parametrize(
    ("body", "headers", "status", "field"),
    [
        ({"name": "write", "scope": "read"}, {}, 409, "name"),
        ({"name": "a b", "scope": "read"}, {}, 422, "name"),
        ({"name": "robot", "scope": "owner"}, {}, 422, "scope"),
        ({"name": "robot", "scope": "read"}, {"Idempotency-Key": "1"}, 422, "Idempotency-Key"),
    ],
)
def test_a_key_that_cannot_be_is_refused(standing: Site, body: Any, headers: dict[str, str], status: int, field: str) -> None:
    """The error names what to change; an answer with a secret is not kept for a retry."""
    refused(standing.client("admin").post(f"{API}/keys", json=body, headers=headers), status, "", field)


def test_keys_are_in_no_log_export_or_search(keyed: Site) -> None:
    """The log of events is public; who may write here is nobody's business."""
    post(keyed.client("write"), departure())

    log, lines = get(keyed.client(), "/log")["items"], list(exported(keyed.annals.ledger))

    assert {entry["type"].split(".")[1] for entry in log} == {"event", "entity", "article"}
    assert [line.get("type") for line in lines if "type" in line] == ["departure"] and "key" not in str(lines)
    assert get(keyed.client(), "/people", q="revoked")["items"] == []


def test_without_any_key_everybody_writes_and_nobody_looks_after_keys(shared: Any) -> None:
    """A first try needs no ceremony, and whoever gets to make the first key has the machine."""
    assert shared.post(f"{API}/events", json=departure()).status_code in (200, 201)
    assert shared.get(f"{API}/feed").headers.get("Vary", "").find("Authorization") == -1
    refused(shared.post(f"{API}/keys", json={"name": "me", "scope": "admin"}), 401, "key of scope admin", "Authorization")
    refused(shared.get(f"{API}/feed", headers={"Authorization": "Bearer annals_x"}), 401, "not good", "Authorization")
