"""A real browser on a real server: Debian's Chromium, driven by playwright, in front of a log with the example."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from service import create_app
from service.annals import Annals
from service.cli.demo import EXAMPLE
from service.cli.exchange import load
from tests.service.conftest import Clock, opened
from tests.service.web.conftest import TODAY

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip
PATIENCE_MS = 10_000


@contextmanager
def served(annals: Annals) -> Iterator[str]:
    """The address of a server on this machine for a log, which is stopped at the end."""
    server = make_server("127.0.0.1", 0, create_app(annals), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, once for a run; without it these tests fail in CI and are passed over elsewhere."""
    path = shutil.which("chromium")
    if path is None and "CI" not in os.environ:
        pytest.skip("there is no chromium on this machine")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture(scope="session")
def example_site(example: Annals) -> Iterator[str]:
    """The address of the example, which tests only read."""
    with served(example) as address:
        yield address


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The address of an example of one's own, to write to."""
    with opened(f"sqlite:///{tmp_path / 'annals.db'}", tmp_path, Clock(TODAY)) as annals:
        load(annals, Path(EXAMPLE))
        with served(annals) as address:
            yield address


@contextmanager
def watched(context: BrowserContext, address: str) -> Iterator[Page]:
    """A page on the address, which at the end must not have failed, broken its policy or asked another host for anything."""
    page, wrong = context.new_page(), list[str]()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    page.on("console", lambda said: wrong.append(f"console: {said.text}") if _is_wrong(said.type, said.text) else None)
    page.on("request", lambda asked: wrong.append(f"request: {asked.url}") if not asked.url.startswith(address) else None)
    yield page
    assert wrong == []


def _is_wrong(kind: str, text: str) -> bool:
    """Whether the console says that something broke; that an answer was an error, which tests ask for, is told there too."""
    return kind in ("error", "warning") and "the server responded with a status of" not in text


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A reader with no history, on a wide screen."""
    found = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    yield found
    found.close()


@pytest.fixture
def reader(context: BrowserContext, example_site: str) -> Iterator[Page]:
    """A page in front of the example, which is only read."""
    with watched(context, example_site) as page:
        page.goto(example_site)
        yield page


@pytest.fixture
def editor(context: BrowserContext, site: str) -> Iterator[Page]:
    """A page in front of an example of one's own."""
    with watched(context, site) as page:
        page.goto(site)
        yield page


@pytest.fixture
def browser_without_script(browser: Browser) -> Iterator[BrowserContext]:
    """A reader whose browser runs no scripts."""
    found = browser.new_context(java_script_enabled=False, locale="en-GB")
    yield found
    found.close()
