"""What holds of every request and answer: who may ask, what browsers and caches are told, and how failures look."""

from __future__ import annotations

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient

from events.errors import Invalid
from service.http import check_bind
from tests.service.api.support import API, departure, get, post, refused

JSON_POLICY = "default-src 'none'"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "[::1]", "localhost"])
def test_annals_listens_on_this_machine(host: str) -> None:
    """Nobody else reaches a loopback address."""
    check_bind(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.com", "localhost.example.com", "", "127.0.0.1.nip.io"])
def test_annals_refuses_to_listen_where_others_can_write(host: str) -> None:
    """As long as there is no key, whoever reaches the server may write: an open address would hand out the log."""
    with pytest.raises(Invalid, match="ANNALS_HOST"):
        check_bind(host)


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:99", "[::1]", "[::1]:8000", "LOCALHOST:8000"])
def test_this_machine_s_names_are_answered(shared: FlaskClient, host: str) -> None:
    """A port may be forwarded, and names know no case."""
    assert shared.get("/livez", headers={"Host": host}).json == {"status": "ok"}


@pytest.mark.parametrize("host", ["example.com", "localhost.example.com", "127.0.0.1.nip.io", "127.0.0.1@example.com", "[::2]", "", "a b"])
def test_another_host_s_name_is_refused(shared: FlaskClient, host: str) -> None:
    """A site whose name is made to resolve to this machine must not read the log through a visitor's browser."""
    refused(shared.get(f"{API}/feed", headers={"Host": host}), 421, "Host", "127.0.0.1")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.com"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_another_site_s_page_cannot_write(shared: FlaskClient, headers: dict[str, str]) -> None:
    """A browser sends what any page tells it to, so the page's origin decides; reading changes nothing."""
    refused(shared.post(f"{API}/events", json=departure(), headers=headers), 403, "may not write here")
    assert shared.get(f"{API}/people", headers=headers).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://localhost"}, {"Origin": "http://LOCALHOST", "Sec-Fetch-Site": "same-origin"}])
def test_programs_and_own_pages_can_write(shared: FlaskClient, headers: dict[str, str]) -> None:
    """Only other sites are kept out."""
    assert shared.post(f"{API}/events", json=departure(), headers=headers).status_code in (200, 201)


def test_every_answer_tells_browsers_to_take_nothing_from_it(shared: FlaskClient) -> None:
    """An answer opened as a page must run nothing, whatever an article's title holds."""
    for path in ("/livez", f"{API}/feed", f"{API}/openapi.json", "/nothing", f"{API}/docs", f"{API}/docs/static/docs.css"):
        with shared.get(path) as response:
            headers = response.headers
        assert headers["Content-Security-Policy"].startswith(JSON_POLICY), path
        assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "no-referrer")
        assert (headers["X-Frame-Options"], headers["Cache-Control"]) == ("DENY", "no-cache")
    assert shared.post(f"{API}/events", json={}).headers["Cache-Control"] == "no-store"


def test_head_and_options(shared: FlaskClient) -> None:
    """Monitors ask for heads, and clients for what is possible."""
    full, head = shared.get(f"{API}/feed"), shared.head(f"{API}/feed")
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", full.headers["ETag"])
    options = shared.options(f"{API}/events")
    assert (options.status_code, set(options.headers["Allow"].split(", "))) == (200, {"POST", "OPTIONS"})


def test_a_read_waits_for_a_position(shared: FlaskClient) -> None:
    """Who wrote through one server and reads through another must find what they wrote."""
    position = post(shared, departure("Barret Zoph"))["position"]
    assert get(shared, "/people")["position"] >= position
    response = shared.get(f"{API}/people/barret-zoph", headers={"Annals-Min-Position": str(position)})
    assert response.status_code == 200


def test_a_position_that_does_not_come_is_503(shared: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Better no answer than one that lacks what the reader knows to be there."""
    monkeypatch.setattr("service.annals.WAIT_SECONDS", 0.01)
    response = shared.get(f"{API}/people", headers={"Annals-Min-Position": "999999"})
    refused(response, 503, "999999", "Annals-Min-Position")
    assert response.headers["Retry-After"] == "5"


def test_what_goes_wrong_here_is_told_without_internals(shared: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """The operator needs the whole story, and an attacker must not get any of it."""

    def fail() -> None:
        raise ZeroDivisionError("division by zero")

    app: Flask = shared.application
    app.before_request_funcs[None].insert(0, fail)
    try:
        with caplog.at_level(logging.ERROR, "annals"):
            problem = refused(shared.get(f"{API}/feed"), 500, "the server's log")
    finally:
        app.before_request_funcs[None].pop(0)
    assert "division" not in str(problem)
    assert problem["request_id"] in caplog.text
    assert "ZeroDivisionError" in caplog.text
