"""Seeing inside: each request gets an id, is counted, and is told in one line of the log."""

from __future__ import annotations

import logging
import re
import time
import uuid
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from flask import Flask, Response, current_app, g, request

if TYPE_CHECKING:
    from flask.ctx import _AppCtxGlobals

    from service.metrics import Metrics

HEADER = "X-Request-Id"
LOG = logging.getLogger("annals.requests")
SAFE = ("GET", "HEAD", "OPTIONS")
PROBES = ("/livez", "/readyz", "/metrics")
"""Asked every few seconds by programs: their lines are shown from the level `debug` on."""
SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder in which the processes of a server count together."""
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def install(app: Flask) -> None:
    """Observe every request; before everything else that is installed, so that it sees the request first and the answer last."""
    from service.metrics import Metrics  # only here: on import its library looks whether processes share their counts

    app.extensions["annals-metrics"] = Metrics()
    app.before_request(_begin)
    app.after_request(_end)


def metrics() -> Metrics:
    """The counters of the running application."""
    return cast("Metrics", current_app.extensions["annals-metrics"])


def request_id() -> str:
    """The id of this request: the caller's (`X-Request-Id`), if it is 1 to 64 letters, digits, `.`, `_` or `-`, else a new one."""
    if "request_id" not in g:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _SANE.fullmatch(given) else uuid.uuid4().hex
    return str(g.request_id)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    response.headers[HEADER] = request_id()
    if request.url_rule and request.method not in SAFE and response.status_code >= HTTPStatus.BAD_REQUEST:
        metrics().wrote("failed" if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else "refused")
    route = request.url_rule.rule if request.url_rule else "none"
    began = g.get("began", time.perf_counter())
    tell = partial(_tell, metrics(), request.method, request.path, route, g._get_current_object(), response, began)
    if response.is_streamed:
        response.call_on_close(tell)  # an import is answered while it is recorded
    else:
        tell()
    return response


def _tell(counters: Metrics, method: str, path: str, route: str, own: _AppCtxGlobals, response: Response, began: float) -> None:
    """Count and log a request; without its query, which may hold what is not for logs.

    `own` is the request's `g`: an import has the position of its last batch there, which no header could say.
    """
    seconds = time.perf_counter() - began
    counters.answered(method, route, response.status_code, seconds)
    said = {
        "method": method,
        "path": path,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "request_id": own.request_id,
        "position": response.headers.get("Annals-Position", type=int) or own.get("position"),
    }
    LOG.log(logging.DEBUG if path in PROBES else logging.INFO, "request", extra={"members": said})
