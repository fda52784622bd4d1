"""The matrix: every route and method against every kind of caller, made from the map of routes, with reads public and not."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service import create_app
from service.ledger.keys import create, new_secret, revoke
from tests.service.access.conftest import SCOPES, Site, sign_in, site

OPEN = {"/livez", "/readyz", "/static/<digest>/<path:name>", "/sign-in", "/sign-out"}
"""What needs no key: probes, styles and scripts, and the way in and out."""
ADMIN = {"/api/v1/keys", "/api/v1/keys/<key_name>"}
FORMS = {
    "/record", "/record/article", "/events/<event_id>/correct", "/events/<event_id>/retract", "/events/<event_id>/restore",
    "/events/<event_id>/status", "/events/<event_id>/source", "/events/<event_id>/join", "/events/<event_id>/part",
}  # fmt: skip
"""The pages whose purpose is to write: who may not is not even shown them."""
COUNTING = {"/metrics"}
"""What counts that which is under embargo too."""
READING = ("GET", "HEAD", "OPTIONS")
ONE_EACH = (
    ("/livez", "GET"), ("/sign-in", "POST"), ("/", "GET"), ("/api/v1/feed", "GET"), ("/api/v1/events", "POST"), ("/record", "GET"),
    ("/metrics", "GET"), ("/api/v1/keys", "GET"),
)  # fmt: skip
"""A route or two for each scope that one can need."""


@dataclass(frozen=True)
class Asker:
    """One kind of caller: what is asked under, and the scope that it has; `good` is false for a key that is not."""

    client: FlaskClient
    scope: str | None
    good: bool = True
    session: bool = False
    headers: dict[str, str] = field(default_factory=dict)


def needs(rule: str, method: str) -> str | None:
    """The scope that a route needs, by this test's own lists."""
    if rule in OPEN:
        return None
    if rule in ADMIN:
        return "admin"
    return "read" if method in READING and rule not in FORMS | COUNTING else "write"


def expected(asker: Asker, rule: str, method: str, *, public: bool) -> int:
    """The status that the caller should get: 204 stands for the view itself."""
    needed = needs(rule, method)
    if needed is None:
        return 204
    if not asker.good:
        return 401
    # A session writes on pages alone, whose forms bring a token.
    counts = not asker.session or method in READING or not rule.startswith("/api/")
    scope = asker.scope if counts else None
    if scope is None:
        is_page = asker.session and not rule.startswith("/api/") and not rule.endswith((".json", ".csv"))
        refused = 303 if is_page and method in READING else 401
        return 204 if needed == "read" and public else refused
    return 204 if SCOPES.index(scope) >= SCOPES.index(needed) else 403


def askers(served: Site, app: Flask) -> Iterator[tuple[str, Asker]]:
    """Every kind of caller by name: API clients with keys, and browsers with sessions. Views answer, so it comes before `only_guards`."""
    yield "no key", Asker(app.test_client(), None)
    yield "key malformed", Asker(app.test_client(), None, good=False, headers={"Authorization": "Bearer annals_short"})
    yield "key revoked", Asker(app.test_client(), None, good=False, headers={"Authorization": f"Bearer {served.secrets['revoked']}"})
    for scope in SCOPES:
        yield f"key of {scope}", Asker(app.test_client(), scope, headers={"Authorization": f"Bearer {served.secrets[scope]}"})
        yield f"session of {scope}", Asker(browser(app, served.secrets[scope]), scope, session=True)
    secret = new_secret()
    served.annals.write(lambda unit: create(unit, "leaver", "admin", secret))
    yield "session revoked", Asker(browser(app, secret), None, session=True)
    served.annals.write(lambda unit: revoke(unit, "leaver"))


def browser(app: Flask, secret: str) -> FlaskClient:
    """Somebody who asks for pages and has signed in."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    assert sign_in(client, secret).status_code == 303
    return client


def only_guards(app: Flask) -> None:
    """Have every view answer at once, so that what comes back otherwise is from the guards before it."""
    for endpoint in app.view_functions:
        app.view_functions[endpoint] = lambda **_: ("", 204)


@pytest.mark.parametrize("public", [True, False], ids=["reads public", "reads closed"])
def test_every_route_and_method_asks_for_its_scope(public: bool, database_url: str, tmp_path: Path) -> None:
    """One route that was forgotten is a way around all the others; a new one is in the map, and so in here."""
    with site(tmp_path, database_url=database_url, public_read="yes" if public else "no") as served:
        app = served.app
        callers = dict(askers(served, app))
        only_guards(app)
        wrong, cells = [], 0
        for rule in app.url_map.iter_rules():
            for method in sorted(rule.methods or ()):
                address = rule.rule.replace("<path:name>", "x").replace("<path:filename>", "x")
                for part in rule.arguments:
                    address = address.replace(f"<{part}>", "x")
                for name, asker in callers.items():
                    response = asker.client.open(address, method=method, headers=asker.headers)
                    right = expected(asker, rule.rule, method, public=public)
                    cells += 1
                    if (200 if method == "OPTIONS" and right == 204 and response.status_code == 200 else right) != response.status_code:
                        wrong.append(f"{method} {rule.rule} by {name}: {response.status_code}, not {right}")

    assert "\n".join(wrong) == ""
    assert cells > 2000


def almost(secret: str) -> dict[str, str]:
    """Headers that are no good key's, though most are close to one, by what is wrong with them."""
    basic = b64encode(f"admin:{secret}".encode()).decode()
    return {
        "another prefix": f"Bearer annales_{secret.removeprefix('annals_')}", "no prefix": f"Bearer {secret.removeprefix('annals_')}",
        "cut short": f"Bearer {secret[:-1]}", "one letter more": f"Bearer {secret}A", "too long": f"Bearer {secret * 100}",
        "in capitals": f"Bearer {secret.upper()}", "not base64": f"Bearer annals_{'%' * 43}", "padded": f"Bearer {secret}=",
        "not ASCII": f"Bearer {secret}\xe9", "another script": "Bearer annals_\xe9\xa0\x80", "a zero byte": f"Bearer {secret}\0",
        "empty": "", "no key": "Bearer", "spaces alone": "Bearer   ", "two keys": f"Bearer {secret} {secret}",
        "a list": f"Bearer {secret}, Bearer {secret}", "no scheme": secret, "Basic": f"Basic {basic}", "Token": f"Token {secret}",
    }  # fmt: skip


def test_a_malformed_key_opens_nothing(standing: Site) -> None:
    """Whatever is read into a header that is not quite a key, it must come to no more than a wrong one, even where all may read."""
    app = create_app(standing.annals)
    only_guards(app)
    client = app.test_client()
    wrong = [
        f"{method} {rule} with {name}: {status}" for rule, method in ONE_EACH for name, header in almost(standing.secrets["admin"]).items()
        if (status := client.open(rule, method=method, headers={"Authorization": header}).status_code)
        != (204 if needs(rule, method) is None else 401)
    ]  # fmt: skip

    assert "\n".join(wrong) == ""
    assert {needs(rule, method) for rule, method in ONE_EACH} == {None, *SCOPES}


def test_the_lists_of_the_matrix_are_of_routes_that_there_are(standing: Site) -> None:
    """An exception that no route needs any more would excuse the next one that is put there."""
    routes = {(rule.rule, method) for rule in standing.app.url_map.iter_rules() for method in rule.methods or ()}

    assert {rule for rule, _ in routes} >= OPEN | ADMIN | FORMS | COUNTING
    assert routes >= {*ONE_EACH, *((rule, "POST") for rule in FORMS)}
