"""What all requests and answers have in common: who may ask from where, how errors look, what caches and browsers are told."""

from __future__ import annotations

import logging
import re
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.middleware.proxy_fix import ProxyFix

from events.dates import quote
from events.errors import AnnalsError, Invalid, Problem, Unavailable
from service.errors import CONTENT_TYPE, Forbidden, Json, Malformed, Misdirected, dumps, kind_of, plain_problem, problem
from service.observing import SAFE, request_id

if TYPE_CHECKING:
    from service.annals import Annals

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
DATA_ENDINGS = (".json", ".csv")
RETRY_SECONDS = 5
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The content security policy of what is no page: a browser that is made to show it loads and runs nothing."""
SECURITY_HEADERS = {
    "Content-Security-Policy": NOTHING,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
LOG = logging.getLogger("annals")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:@/\[\]]+)(?::[0-9]{1,5})?", re.IGNORECASE)


def install(app: Flask) -> None:
    """Put the guards before, and headers, caching and problem details behind, every view of the application.

    Of the headers in which proxies pass on whom they speak for, as many are believed as the settings say that there are.
    """
    proxies = app.extensions["annals"].settings.proxies
    if proxies:
        untyped: Any = app
        untyped.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)
    app.before_request(_check_text)
    app.before_request(_check_host)
    app.before_request(_check_origin)
    app.after_request(_finish)
    app.register_error_handler(AnnalsError, _refused)
    app.register_error_handler(HTTPException, _unrouted)
    app.register_error_handler(Exception, _failed)


def current_annals() -> Annals:
    """The log and projections that the running application serves."""
    return cast("Annals", current_app.extensions["annals"])


def check_bind(host: str, *, has_keys: bool = False) -> None:
    """Refuse to listen on `host` where others reach it, unless there are keys to tell who may write.

    Raises `Invalid` then for any address that is not loopback, and for names other than `localhost`.
    """
    if has_keys or is_own(host):
        return
    message = f"ANNALS_HOST is {quote(host)}, which others can reach, and there is no key yet to tell who may write"
    expected = "127.0.0.1, ::1 or localhost; or a first key, made by `annals keys create`"
    raise Invalid.of("ANNALS_HOST", host, message, expected)


def is_own(host: str) -> bool:
    """Whether only this machine reaches what listens on `host`."""
    return host == "localhost" or _is_loopback(host)


def problem_response(details: Json) -> Response:
    """Problem details as the answer, with their own status; as a page where a browser asks for one."""
    if wants_page():
        page: Response = current_app.extensions["annals-error-page"](details)
        return page
    return Response(dumps(details), status=details["status"], content_type=CONTENT_TYPE)


def wants_page() -> bool:
    """Whether the answer is for somebody who reads in a browser: it asks for HTML before JSON, outside the API and no page's data."""
    if request.path.startswith("/api/") or request.path.endswith(DATA_ENDINGS):
        return False
    return request.accept_mimetypes.best_match((CONTENT_TYPE, "text/html"), CONTENT_TYPE) == "text/html"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _check_text() -> None:
    """Refuse addresses that are no UTF-8, and NUL, which no text in the databases can hold."""
    for where, raw in (("path", request.environ.get("PATH_INFO", "").encode("latin-1")), ("query", unquote_to_bytes(request.query_string))):
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            bad = quote(raw[error.start : error.start + 1])
            raise Malformed.of(
                where, None, f"the {where} of the address is not UTF-8: it holds the byte {bad}", "UTF-8, percent-encoded"
            ) from None
        if "\0" in text:
            raise Invalid.of(where, text, f"the {where} of the address, {quote(text)}, holds a NUL character", "text without %00")


def _check_host() -> None:
    """Refuse other hosts' names: a page of another site could have its own name resolve to this machine."""
    given = request.environ.get("HTTP_HOST", "")
    match = _HOST.fullmatch(given)
    settings = current_annals().settings
    own = settings.host.lower()
    names = tuple(dict.fromkeys((*LOOPBACK, own, *settings.hosts)))
    if match is None or match[1].lower() not in (*names, f"[{own}]"):
        raise Misdirected.of("Host", given, f"the host {quote(given)} is not this one", "one of " + ", ".join(names))


def _check_origin() -> None:
    """Refuse writes that another site's page makes a browser send."""
    if request.method in SAFE:
        return
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if site == "cross-site":
        raise Forbidden.of("Sec-Fetch-Site", site, "a page of another site may not write here", "same-origin, or no browser at all")
    if origin is not None and urlsplit(origin).netloc.lower() != request.environ.get("HTTP_HOST", "").lower():
        raise Forbidden.of(
            "Origin", origin, f"a page from {quote(origin)} may not write here", f"the origin {request.host_url.rstrip('/')}, or none"
        )


def _finish(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.method not in ("GET", "HEAD"):
        response.headers.setdefault("Cache-Control", "no-store")
        return response
    response.headers.setdefault("Cache-Control", "no-cache")
    if response.status_code == HTTPStatus.OK and not response.is_streamed and not response.direct_passthrough:
        response.add_etag()
        response.make_conditional(request.environ)
    return response


def _refused(error: AnnalsError) -> Response:
    response = problem_response(problem(error))
    if isinstance(error, Unavailable):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    elif kind_of(error).status is HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
        response.headers["Accept"] = "application/json, application/x-ndjson"
    return response


def _unrouted(error: HTTPException) -> Response:
    """Errors of routing and of HTTP itself; redirects among them go through."""
    plain = cast("Response", error.get_response(request.environ))
    if plain.status_code < HTTPStatus.BAD_REQUEST:
        return plain
    response = problem_response(plain_problem(plain.status_code, _phrased(error)))
    for name in ("Allow", "Retry-After"):
        if name in plain.headers:
            response.headers[name] = plain.headers[name]
    return response


def _phrased(error: HTTPException) -> Problem:
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return Problem("method", request.method, f"{request.method} is not possible on {quote(request.path)}", f"one of {allowed}")
    if error.code == HTTPStatus.NOT_FOUND:
        return Problem("path", request.path, f"there is nothing at {quote(request.path)}", "an address from /api/v1/docs")
    return Problem("", None, error.description or error.name)


def _failed(error: Exception) -> Response:
    """Anything unforeseen: told in full to the log, and to the client only under which number."""
    number = request_id()
    LOG.error("request %s failed: %s %s", number, request.method, request.path, exc_info=error)
    unforeseen = Problem("", None, f"something went wrong here; the server's log tells more under {number}")
    return problem_response(plain_problem(HTTPStatus.INTERNAL_SERVER_ERROR, unforeseen, request_id=number))
