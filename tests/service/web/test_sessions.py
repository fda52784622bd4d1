"""Sessions and the token of forms: made when needed, the same for all processes, and nothing is done without it."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from events.errors import Invalid
from service import create_app
from service.annals import Annals
from service.settings import Settings
from service.web.sessions import KEY_FILE, secret_key
from tests.service.web.recording.conftest import asking_for_pages
from tests.service.web.recording.conftest import filled_home as filled_home
from tests.service.web.recording.conftest import own as own
from tests.service.web.recording.conftest import served_app as served_app
from tests.service.web.recording.conftest import writer as writer
from tests.service.web.recording.support import DEPARTURE, FormReader, form_at, recorded, send

FORM = "/record?type=departure"
ALTMAN = {**DEPARTURE, "person": "Sam Altman"}


def test_all_who_start_at_once_get_one_key(tmp_path: Path) -> None:
    """Two processes with two keys would refuse each other's forms."""
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(secret_key(tmp_path / "home"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1 and len(found[0]) == 64
    assert [file.name for file in (tmp_path / "home").iterdir()] == [KEY_FILE]
    assert stat.S_IMODE((tmp_path / "home" / KEY_FILE).stat().st_mode) == 0o600


def test_a_key_may_be_given_and_must_not_be_guessable() -> None:
    """Several hosts share a key by the setting, and a short one is none."""
    assert Settings.from_env({"ANNALS_SECRET_KEY": "0123456789abcdef"}).secret_key == "0123456789abcdef"
    assert "0123456789abcdef" not in repr(Settings.from_env({"ANNALS_SECRET_KEY": "0123456789abcdef"}))
    with pytest.raises(Invalid, match="can be guessed") as refused:
        Settings.from_env({"ANNALS_SECRET_KEY": "secret"})
    assert "secret'" not in str(refused.value)


def test_only_forms_set_a_cookie(own: Annals, tmp_path: Path) -> None:
    """Whoever only reads is given nothing to keep, and no key is made for that."""
    writer = asking_for_pages(create_app(own))
    assert "annals_session" not in writer.get("/").headers.get("Set-Cookie", "")
    assert not (tmp_path / KEY_FILE).exists()
    cookie = writer.get(FORM).headers["Set-Cookie"]
    assert "annals_session=" in cookie and "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Secure" not in cookie
    writer.delete_cookie("annals_session")
    assert "Secure" in writer.get(FORM, base_url="https://localhost").headers["Set-Cookie"]
    assert (tmp_path / KEY_FILE).exists()


@pytest.mark.parametrize("token", ["", "forged", "IjEyMyI.aaaa.bbbb"])
def test_a_form_without_its_token_is_offered_again(writer: FlaskClient, token: str) -> None:
    """Another site's page must record nothing here, and somebody who waited too long must lose nothing."""
    form = form_at(writer, f"{FORM}&lang=ja")
    before = writer.get("/api/v1/feed").json
    refused = send(writer, form, **ALTMAN, csrf_token=token)
    again = FormReader(refused.text)
    assert refused.status_code == 200 and "保存していない" in refused.text
    assert again.texts["person"] == "Sam Altman" and again.texts["csrf_token"] not in ("", token)
    assert writer.get("/api/v1/feed").json == before
    assert recorded(writer, send(writer, again))["fields"]["person"]["id"] == "sam-altman"


def test_the_api_needs_no_token(writer: FlaskClient) -> None:
    """Programs have no forms; the API checks where a request comes from instead."""
    assert writer.post("/api/v1/people", json={"name": "Jane Roe"}).status_code == 201
