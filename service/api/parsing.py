"""Requests, read strictly: what an address, its headers and a body may say, and errors for everything else."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, NoReturn, cast

import marshmallow
from flask import Request, g, request
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge

from events.dates import quote
from events.errors import AnnalsError, Invalid, Problem
from events.fields import problems
from service.errors import Malformed, TooLarge, WrongMediaType
from service.jsontext import read_json
from service.settings import MOST_BODY, MOST_IMPORT

JSON, NDJSON = "application/json", "application/x-ndjson"
CHUNK = 1 << 20
MOST_POSITION = 2**63 - 1
_POSITION = re.compile(r"[0-9]{1,19}")


class StrictParser(FlaskParser):
    """Reads queries and JSON bodies for a schema; raises `Invalid` for whatever the schema does not know."""

    def __init__(self) -> None:
        super().__init__(unknown=marshmallow.RAISE)

    def load_querystring(self, req: Request, schema: marshmallow.Schema) -> Any:
        """The parameters of the address by name."""
        return query_parameters(req, [field.data_key or name for name, field in schema.fields.items()])

    def load_json(self, req: Request, schema: marshmallow.Schema) -> Any:
        """The JSON of the body; of an empty one, nothing."""
        return json_body(optional=not any(field.required for field in schema.fields.values()))

    def handle_error(self, error: marshmallow.ValidationError, req: Request, schema: marshmallow.Schema, **_: Any) -> NoReturn:
        """Marshmallow's errors as ours."""
        messages = cast("dict[str, Any]", error.messages)
        (inner,) = messages.values()
        raise Invalid(problems(marshmallow.ValidationError(inner), error.data, tuple(schema.fields)))


def query_parameters(req: Request, known: Sequence[str]) -> dict[str, str]:
    """The parameters of the address, each once; raises `Invalid` for unknown and repeated ones."""
    wrong = [_unknown(name, req.args[name], known) for name in req.args if name not in known]
    wrong += [_repeated(name, values) for name, values in req.args.lists() if name in known and len(values) > 1]
    if wrong:
        raise Invalid(tuple(wrong))
    return req.args.to_dict()


def _unknown(name: str, value: str, known: Sequence[str]) -> Problem:
    near = difflib.get_close_matches(name, known, 1)
    hint = f"; did you mean `{near[0]}`?" if near else ""
    expected = "one of " + ", ".join(known) if known else "no parameters"
    return Problem(name, value, f"there is no parameter {quote(name)} here{hint}", expected)


def _repeated(name: str, values: Sequence[str]) -> Problem:
    return Problem(name, values[:10], f"the parameter `{name}` is given {len(values)} times: {quote(values)}", f"`{name}` once")


def json_body(*, optional: bool = False) -> Any:
    """The JSON of the request's body; an empty body is an empty object where that is `optional`.

    Raises `WrongMediaType`, `TooLarge` beyond 1 MiB, and `Malformed` for what is no JSON.
    """
    content = g.body = _content()
    if not content and optional and not request.content_type:
        return {}
    _check_type(JSON)
    return read_json(content)


def no_body() -> None:
    """Refuse a body where none is read, since what it says would be lost; raises `Invalid`."""
    if next(_chunks(MOST_BODY, "1 MiB"), b""):
        raise Invalid.of("", None, f"the body of a {request.method} is not read", "parameters in the address, such as ?reason=…")


def ndjson_body(into: BinaryIO) -> None:
    """Copy the body to `into`, whole, before anything of it is read.

    Raises `WrongMediaType`, and `TooLarge` beyond 256 MiB.
    """
    _check_type(NDJSON)
    into.writelines(_chunks(MOST_IMPORT, "256 MiB; import the lines in several parts"))
    into.seek(0)


def _content() -> bytes:
    return b"".join(_chunks(MOST_BODY, "1 MiB; many events go to POST /api/v1/events/import"))


def _chunks(most: int, expected: str) -> Iterator[bytes]:
    """The body in pieces. One byte more than `most` is let in, since what is cut at a limit looks like what ends there."""
    if (request.content_length or 0) > most:
        raise _too_large(most, expected)
    request.max_content_length, size = most + 1, 0
    try:
        while chunk := request.stream.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise _too_large(most, expected)
            yield chunk
    except RequestEntityTooLarge:
        raise _too_large(most, expected) from None
    if size < (request.content_length or 0):
        message = f"the body ended after {size} of {request.content_length} bytes, and nothing of it was taken"
        raise Malformed.of("", None, message, "the whole body, as long as `Content-Length` says, sent without long pauses")


def _too_large(most: int, expected: str) -> AnnalsError:
    size = request.content_length or None
    given = f"has {size} bytes" if size is not None else f"is larger than {most} bytes"
    return TooLarge.of("", size, f"the body {given}, at most {most} are read", f"at most {expected}")


def _check_type(wanted: str) -> None:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != wanted or charset not in ("utf-8", "utf8"):
        given = quote(request.content_type) if request.content_type else "of no stated type"
        raise WrongMediaType.of(
            "Content-Type", given, f"the body is {quote(given) if given else 'of no stated type'}", f"{wanted}, in UTF-8"
        )


def request_digest() -> str:
    """SHA-256 in hex of the request's method, address and JSON body."""
    parts = (request.method.encode(), request.path.encode(), request.query_string, g.get("body", b""))
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def min_position() -> int | None:
    """The position that the reader waits for (`Annals-Min-Position`); None where there is none."""
    text = request.headers.get("Annals-Min-Position")
    if text is None:
        return None
    if not _POSITION.fullmatch(text) or int(text) > MOST_POSITION:
        raise Invalid.of(
            "Annals-Min-Position", text, f"{quote(text)} is not a position", "a whole number that a write answered as `position`"
        )
    return int(text)
