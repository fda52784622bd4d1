"""Signing in with a key and out again: a session that knows the key's name, and is worth no more than the key is."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import redirect, render_template, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from events.dates import quote
from events.errors import Invalid
from service.access import SESSION_KEY, key_of
from service.errors import Unauthorized
from service.web.addresses import carried
from service.web.pages import Shown, blueprint, html
from service.web.sessions import token, trusted


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response:
    """The form that asks for a key; with one that is good, the way to where somebody was going (`next`)."""
    onward = _own_address(request.values.get("next") or url_for("web.timeline", **_language()))
    if request.method == "GET":
        return _page("sign_in.html", gettext("Sign in"), onward=onward)
    if not trusted():
        return _page("sign_in.html", gettext("Sign in"), onward=onward, stale=True)
    try:
        key = key_of(request.form.get("key", "").strip())
    except Unauthorized:
        response = _page("sign_in.html", gettext("Sign in"), onward=onward, refused=True)
        response.status_code = HTTPStatus.UNAUTHORIZED
        return response
    session.clear()  # nothing of an earlier session, which somebody else may know, goes on
    session[SESSION_KEY] = key.name
    return redirect(onward, HTTPStatus.SEE_OTHER)


@blueprint.route("/sign-out", methods=["GET", "POST"])
def sign_out() -> Response:
    """The button that signs out."""
    if request.method == "GET" or not trusted():
        return _page("sign_out.html", gettext("Sign out"), stale=request.method == "POST", name=session.get(SESSION_KEY))
    session.clear()
    return redirect(url_for("web.timeline", **_language()), HTTPStatus.SEE_OTHER)


def _language() -> dict[str, Any]:
    return {name: value for name, value in carried().items() if name == "lang"}


def _own_address(text: str) -> str:
    """The address where it is one of this server's; raises `Invalid` for another, to which nobody may be led from here."""
    parts = urlsplit(text)
    if parts.scheme or parts.netloc or not text.startswith("/") or text.startswith("//") or "\\" in text or not text.isprintable():
        raise Invalid.of("next", text, f"{quote(text)} is no address of this server", "a path, such as /record")
    return text


def _page(template: str, title: str, **shown: object) -> Response:
    return html(render_template(template, page=Shown(title, {}), token=token(), **shown))
