"""How often a caller may ask, and how many keys that are not good an address may send: counted in memory, in each process."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import cast

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse

from events.dates import quote
from events.errors import AnnalsError
from service.errors import TooMany, problem
from service.http import current_annals, problem_response

TRIES = "tries"
NOWHERE = "nowhere"
"""What stands for the endpoint where there is none: a request without one would not be counted."""
_LIMITER = "annals-limiter"


def install(app: Flask, name_of_caller: Callable[[], str | None], is_exempt: Callable[[], bool]) -> None:
    """Count requests by the caller's name, or by the address of whoever has none, unless they are exempt."""
    limit = app.extensions["annals"].settings.rate_limit

    def counted_as() -> str:
        name = name_of_caller()
        return f"from {get_remote_address()}" if name is None else f"key {name}"

    limiter = Limiter(
        counted_as, storage_uri="memory://", application_limits=[limit] if limit else [],
        request_identifier=lambda: request.endpoint or NOWHERE,
    )  # fmt: skip
    limiter.request_filter(is_exempt)
    limiter.init_app(app)
    app.extensions[_LIMITER] = limiter
    app.register_error_handler(RateLimitExceeded, _exceeded)
    app.register_error_handler(TooMany, _refused)


def count_try() -> None:
    """Count a key that is not good; raises `TooMany` where too many came from its address before."""
    limit = _tries()
    if limit is not None and not _limiter().limiter.hit(limit, TRIES, get_remote_address()):
        raise _too_many("too many keys that are not good came from here", limit, TRIES, get_remote_address())


def _tries() -> RateLimitItem | None:
    text = current_annals().settings.tries_limit
    return parse(text) if text is not None else None


def _limiter() -> Limiter:
    return cast("Limiter", current_app.extensions[_LIMITER])


def _too_many(message: str, limit: RateLimitItem, *keys: str) -> AnnalsError:
    seconds = _limiter().limiter.get_window_stats(limit, *keys).reset_time - time.time()
    words = f"{limit.amount} per {limit.GRANULARITY.name}"
    return TooMany.of("", None, message, f"at most {words}", retry_after=max(1, math.ceil(seconds)))


def _exceeded(error: RateLimitExceeded) -> Response:
    current = _limiter().current_limit
    seconds = current.reset_at - time.time() if current is not None else 1
    message = f"there were too many requests; {request.method} {quote(request.path)} was not looked at"
    return _refused(TooMany.of("", None, message, f"at most {error.limit.limit}", retry_after=max(1, math.ceil(seconds))))


def _refused(error: AnnalsError) -> Response:
    response = problem_response(problem(error))
    response.headers["Retry-After"] = str(error.extra["retry_after"])
    return response
