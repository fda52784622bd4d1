"""Who asks, and what they may: the key that a request brings, the scope that its route needs, and how far its reader may look.

As long as there is no key, everybody may read and write. From the first one on, writing needs a key of scope `write`, looking
after keys one of scope `admin`, and reading one of scope `read` unless the settings let everybody read. A key comes with the
request (`Authorization: Bearer`, RFC 6750), or with the session of somebody who signed in with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from werkzeug.routing import Rule
from werkzeug.wrappers import Response as BaseResponse

from events.dates import quote
from events.errors import AnnalsError
from events.keys import Key, Scope, covers
from events.moments import FOREVER
from service import limits
from service.errors import Forbidden, TooMany, Unauthorized, problem
from service.http import current_annals, problem_response, wants_page
from service.observing import SAFE

OPEN = frozenset({"health.livez", "health.readyz", "assets.asset", "web.sign_in", "web.sign_out"})
"""The routes that need no key, whatever the settings say: probes, and the way to sign in and out."""
COUNTING = frozenset({"health.exposition"})
"""The routes that read, but count what is under embargo too."""
SESSION_KEY = "signed_in_as"
"""Where a session keeps the name of the key that somebody signed in with."""
REALM = 'Bearer realm="annals"'
_BEARER = re.compile(r"Bearer +(\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request: the name of the key, or None for whoever brings none, and what they may do, None for nothing."""

    name: str | None
    scope: Scope | None

    def may(self, needed: Scope) -> bool:
        """Whether the caller may do what needs that scope."""
        return covers(self.scope, needed)


EVERYBODY = Caller(None, "write")
"""Whoever asks while there is no key."""


def install(app: Flask) -> None:
    """Find out who asks before anything is answered, and refuse what they may not."""
    app.before_request(_identify)
    limits.install(app, lambda: caller().name, lambda: request.endpoint in OPEN)
    app.before_request(_authorize)
    app.after_request(_mark)
    app.register_error_handler(Unauthorized, _challenged)
    app.register_error_handler(LacksScope, _challenged)


def caller() -> Caller:
    """Who sends this request; raises `Unauthorized` for a key that is not good."""
    if "caller" not in g:
        g.caller = _found()
    found: Caller = g.caller
    return found


def known_caller() -> Caller | None:
    """Who sends this request, where that was found out; an error and the way to sign in come before."""
    found: Caller | None = g.get("caller")
    return found


def ceiling(now: int) -> int:
    """The latest moment, in microseconds since 1970, to which the caller may look: who may write, beyond the end of any embargo."""
    return FOREVER if caller().may("write") else now


def may_write() -> bool:
    """Whether the caller may write, also at an address that is open to all: there a key that is not good counts as none."""
    try:
        return caller().may("write")
    except (Unauthorized, TooMany):
        g.caller = Caller(None, None)
        return False


def needed(rule: Rule, method: str) -> Scope | None:
    """The scope that a method needs on a route; None where it needs no key at all."""
    if rule.endpoint in OPEN:
        return None
    if rule.endpoint.startswith("keys."):
        return "admin"
    is_form = rule.endpoint.startswith("web.") and "POST" in (rule.methods or ())
    return "write" if is_form or rule.endpoint in COUNTING or method not in SAFE else "read"


def key_of(secret: str) -> Key:
    """The good key with that secret; raises `Unauthorized` for any other, and `TooMany` after too many such from its address.

    A good one is never refused for the others: 256 bits cannot be guessed, and many callers may share the address.
    """
    found = current_annals().keyring.holding(secret)
    if found is None:
        limits.count_try()
        raise Unauthorized.of("Authorization", None, "the key is not good here", "a key that was made here and is not revoked")
    return found


def _found() -> Caller:
    given, keyring = request.headers.get("Authorization"), current_annals().keyring
    if given is not None:
        match = _BEARER.fullmatch(given.strip())
        key = key_of(match[1] if match else "")  # what is malformed is answered, and counted, as any key that is not good
        return Caller(key.name, key.scope)
    name = _signed_in_as()
    scope = keyring.scope_of(name) if name is not None else None
    if scope is not None:
        return Caller(name, scope)
    if not keyring.keys():
        return EVERYBODY
    return Caller(None, "read" if current_annals().settings.public_read else None)


def _signed_in_as() -> str | None:
    """The name in the session. It counts for reads and for pages, whose forms bring a token; the API is written to by key alone."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return None
    counts = request.method in SAFE or request.blueprint == "web"
    name = session.get(SESSION_KEY) if counts else None
    return name if isinstance(name, str) else None


def _identify() -> None:
    if request.endpoint not in OPEN:
        caller()


def _authorize() -> BaseResponse | None:
    wanted = needed(request.url_rule, request.method) if request.url_rule is not None else None
    if wanted is None or caller().may(wanted):
        return None
    name, right = caller().name, f"a key of scope {wanted}, as `Authorization: Bearer annals_…`"
    if name is not None:
        message = f"the key {quote(name)} has the scope {caller().scope}, and {request.method} needs {wanted} here"
        raise LacksScope.of("Authorization", None, message, right, scope=wanted)
    if wants_page() and request.method in SAFE:
        return redirect(url_for("web.sign_in", next=request.full_path.rstrip("?")), HTTPStatus.SEE_OTHER)
    raise Unauthorized.of("Authorization", None, f"{request.method} needs a key here", right)


class LacksScope(Forbidden):
    """The key is good, and allows less than the request needs (HTTP 403)."""


def _challenged(error: AnnalsError) -> Response:
    """The problem with how to do better (RFC 6750, section 3), which tells nothing of which keys there are."""
    response, challenge = problem_response(problem(error)), REALM
    if isinstance(error, LacksScope):
        challenge += f', error="insufficient_scope", scope="{error.extra["scope"]}"'
    elif "Authorization" in request.headers:
        challenge += ', error="invalid_token"'
    response.headers["WWW-Authenticate"] = challenge
    return response


def _mark(response: Response) -> Response:
    """Have caches know one caller's answers from another's, as soon as callers can differ."""
    found = known_caller()
    if found is None or found == EVERYBODY:
        return response
    response.vary.update(("Authorization", "Cookie"))
    if found.name is not None:
        response.cache_control.private = True
        response.cache_control.no_cache = True
    return response
