"""Sessions of those who sign in or fill in forms, and the token by which a form shows that it comes from here (CSRF)."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from itsdangerous import URLSafeTimedSerializer

from service.http import current_annals
from service.observing import SAFE
from service.web.pages import blueprint

KEY_FILE = "secret.key"
COOKIE = "annals_session"
TOKEN_SECONDS = 86400
"""How long a form may stay open before its token is refused."""
SESSION_DAYS = 7
"""How long a session is good at most; the key that somebody signed in with may be revoked before."""
_protect = CSRFProtect()


class Sessions(SecureCookieSessionInterface):
    """Sessions in a signed cookie; who brings none and fills in no form needs no key and gets none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the request's cookie, or a new one."""
        return super().open_session(app, request) if COOKIE in request.cookies else self.session_class()

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs cookies, with the key that is made here at first need."""
        _ensure_key(app)
        return super().get_signing_serializer(app)

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether the cookie is for https alone: where the page came that way."""
        return request.is_secure


def install(app: Flask) -> None:
    """Have the forms of pages carry a token, and check it before anything that they send is looked at."""
    app.session_interface = Sessions()
    # Strict: a page of another site can have no answer made in a reader's session, so what is compressed beside the token
    # cannot be guessed at from there. A browser may be set to send no referrer, so no form asks for one; `Origin` is
    # checked before.
    app.config.update(
        SESSION_COOKIE_NAME=COOKIE, SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Strict",
        PERMANENT_SESSION_LIFETIME=timedelta(days=SESSION_DAYS), WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=TOKEN_SECONDS, WTF_CSRF_SSL_STRICT=False,
    )  # fmt: skip
    _protect.init_app(app)


def token() -> str:
    """The token of this session, for a form."""
    _ensure_key(current_app)
    return str(generate_csrf())


def trusted() -> bool:
    """Whether the form that was sent comes from here; what it asks for must not be done otherwise."""
    return bool(g.get("trusted", False))


@blueprint.before_request
def _check() -> None:
    if request.method in SAFE:
        return
    _ensure_key(current_app)
    try:
        _protect.protect()
        g.trusted = True
    except CSRFError:
        g.trusted = False


@blueprint.after_request
def _keep_out_of_caches(response: Response) -> Response:
    """A page with a token is one reader's alone."""
    if "csrf_token" in g:
        response.headers["Cache-Control"] = "no-store"
    return response


def secret_key(home: Path) -> str:
    """The key in the home, made there if there is none yet; of several processes that start at once, all get the same."""
    file = home / KEY_FILE
    draft = home / f"{KEY_FILE}.{secrets.token_hex(8)}"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as drafted:
            drafted.write(secrets.token_hex(32))
        with suppress(FileExistsError):  # another was first
            os.link(draft, file)  # whole at once: nobody reads half a key
        draft.unlink()
    return file.read_text(encoding="ascii").strip()


def _ensure_key(app: Flask) -> None:
    if not app.secret_key:
        settings = current_annals().settings
        app.secret_key = settings.secret_key or secret_key(settings.home)
