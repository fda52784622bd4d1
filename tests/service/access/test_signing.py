"""Signing in with a key: what a session is worth, where it leads, and what it does not let happen."""

from __future__ import annotations

import pytest

from service.ledger.keys import revoke
from tests.service.access.conftest import Site, sign_in
from tests.service.api.support import API, departure
from tests.service.web.recording.support import DEPARTURE, FormReader, form_at, send


def test_whoever_wants_to_record_is_led_to_sign_in_and_back(standing: Site) -> None:
    """Nobody should have to find the form again after signing in."""
    visitor = standing.browser()
    led = visitor.get("/record?type=departure")
    assert (led.status_code, led.headers["Location"]) == (303, "/sign-in?next=/record?type%3Ddeparture")

    back = sign_in(visitor, standing.secrets["write"], "?next=/record?type%3Ddeparture")

    assert (back.status_code, back.headers["Location"]) == (303, "/record?type=departure")
    assert all(part in back.headers["Set-Cookie"] for part in ("HttpOnly", "SameSite=Strict", "annals_session="))
    assert standing.secrets["write"] not in back.headers["Set-Cookie"]
    assert visitor.get("/record?type=departure").status_code == 200


def test_what_a_form_records_names_the_key(keyed: Site) -> None:
    """Entries from pages are as answerable as those of programs."""
    desk = keyed.browser("write")
    saved = send(desk, form_at(desk, "/record?type=departure"), **DEPARTURE)
    asked = FormReader(saved.text)
    saved = send(desk, asked, confirm=dict(asked.buttons)["confirm"])
    address = saved.headers["Location"].partition("?")[0]

    versions = keyed.client().get(f"{API}{address}/versions").json

    assert versions is not None and versions["items"][0]["actor"] == "write"


def test_a_key_that_is_not_good_signs_nobody_in(standing: Site) -> None:
    """The form says what to look at, in words that are the same for every such key."""
    visitor = standing.browser()
    answers = [sign_in(visitor, secret) for secret in ("", "annals_x", standing.secrets["revoked"])]

    assert {answer.status_code for answer in answers} == {401}
    assert all("This key is not good here" in answer.text and secret not in answer.text for answer, secret in zip(
        answers[1:], ("annals_x", standing.secrets["revoked"]), strict=True))  # fmt: skip
    assert visitor.get("/record").status_code == 303


@pytest.mark.parametrize("query", ["", "?lang=ja"])
def test_a_form_from_elsewhere_signs_nobody_in_or_out(standing: Site, query: str) -> None:
    """Another site's page must not sign its visitors in as somebody, under whose name they would then write."""
    visitor = standing.browser()
    forged = sign_in(visitor, standing.secrets["write"], query, csrf_token="forged")
    assert forged.status_code == 200 and 'role="alert"' in forged.text
    assert visitor.get("/record").status_code == 303

    sign_in(visitor, standing.secrets["write"])
    assert 'role="alert"' in visitor.post("/sign-out", data={"csrf_token": "forged"}).text
    assert visitor.get("/record").status_code == 200


@pytest.mark.parametrize("address", ["https://example.com/", "//example.com", "/\\example.com", "record", "/a\tb", "javascript:x"])
def test_signing_in_leads_nowhere_else(standing: Site, address: str) -> None:
    """A link to the real form must not end on a page that looks like it and asks for the key once more."""
    assert standing.browser().get("/sign-in", query_string={"next": address}).status_code == 422


def test_signing_out_ends_it(standing: Site) -> None:
    """On a machine that others use too."""
    desk = standing.browser("write")
    assert "Sign out write" in desk.get("/").text
    form = form_at(desk, "/sign-out")

    left = desk.post(form.action, data=form.texts)

    assert (left.status_code, left.headers["Location"]) == (303, "/")
    assert desk.get("/record").status_code == 303 and "Sign in" in desk.get("/").text
    assert "You are not signed in" in desk.get("/sign-out").text


def test_a_session_is_worth_no_more_than_its_key(keyed: Site) -> None:
    """Revoking is the one thing to do when a key is lost, wherever somebody signed in with it."""
    desk = keyed.browser("write")
    keyed.annals.write(lambda unit: revoke(unit, "write"))

    assert desk.get("/record").status_code == 303
    assert desk.post("/record?type=departure", data={}).status_code == 401
    assert keyed.browser("read").get("/record").status_code == 403


def test_a_session_does_not_write_to_the_api(standing: Site) -> None:
    """The API has no token that a form brings, so what a browser sends along by itself counts for nothing there."""
    assert standing.browser("write").post(f"{API}/events", json=departure()).status_code == 401
