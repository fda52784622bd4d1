"""A log with a key of each scope, one of them revoked, on both engines, and ways to ask under each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service import create_app
from service.annals import Annals
from service.ledger.keys import create, new_secret, revoke
from service.settings import Settings
from tests.service.conftest import ENGINES, Clock, new_database
from tests.service.web.recording.support import FormReader

SCOPES = ("read", "write", "admin")
UNLIMITED = {"rate_limit": "no", "tries_limit": "no"}


@dataclass(frozen=True)
class Site:
    """An Annals with keys: one for each scope, called as that, and one called `revoked` of scope admin."""

    annals: Annals
    app: Flask
    clock: Clock
    secrets: dict[str, str]

    def client(self, name: str | None = None) -> FlaskClient:
        """A client that brings the key of that name, or none."""
        client = self.app.test_client()
        if name is not None:
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.secrets[name]}"
        return client

    def browser(self, name: str | None = None) -> FlaskClient:
        """Somebody who asks for pages, and has signed in with the key of that name, if any."""
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT"] = "text/html"
        if name is not None:
            assert sign_in(client, self.secrets[name]).status_code == 303
        return client


@contextmanager
def site(home: Path, **settings: Any) -> Iterator[Site]:
    """A site with those settings."""
    clock = Clock()
    annals = Annals.open(Settings.from_env({}, home=home, **{**UNLIMITED, **settings}), now=clock)
    secrets = {name: new_secret() for name in (*SCOPES, "revoked")}
    for name, secret in secrets.items():
        annals.write(partial(create, name=name, scope=name if name in SCOPES else "admin", secret=secret))
    annals.write(lambda unit: revoke(unit, "revoked"))
    yield Site(annals, create_app(annals), clock, secrets)
    annals.close()


@pytest.fixture
def keyed(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """A site with keys, which everybody may read, once per engine."""
    with site(tmp_path, database_url=database_url) as found:
        yield found


@pytest.fixture(scope="module", params=ENGINES)
def standing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Such a site, once per engine, for all tests of a module whose requests leave nothing behind."""
    home = tmp_path_factory.mktemp("standing")
    with new_database(request, request.param, home) as url, site(home, database_url=url) as found:
        yield found


def sign_in(client: FlaskClient, secret: str, query: str = "", **changes: str) -> TestResponse:
    """What the form for signing in answers to a key."""
    form = FormReader(client.get(f"/sign-in{query}").text)
    return client.post(form.action, data={**form.texts, "key": secret, **changes})
