"""Smaller answers for browsers: pages and their files as gzip (RFC 1952), the same bytes each time."""

from __future__ import annotations

import gzip
from functools import lru_cache
from http import HTTPStatus

from flask import Response, request

LEVEL = 6
LEAST = 500
"""The fewest bytes that are worth it."""
BLUEPRINTS = ("web", "assets")


def compress(response: Response) -> Response:
    """The answer as gzip where the browser takes that; an answer of the API stays as it is."""
    if request.blueprint not in BLUEPRINTS or response.is_streamed or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    worth = response.status_code != HTTPStatus.NOT_MODIFIED and len(response.data) >= LEAST
    if worth and request.accept_encodings["gzip"] > 0 and "Content-Encoding" not in response.headers:
        shrink = _shrunk_file if request.blueprint == "assets" else _shrunk
        response.data = shrink(response.data)
        response.headers["Content-Encoding"] = "gzip"
    return response


def _shrunk(content: bytes) -> bytes:
    return gzip.compress(content, LEVEL, mtime=0)


@lru_cache(maxsize=16)
def _shrunk_file(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)
