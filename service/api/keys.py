"""Keys: made, listed and revoked by whoever holds one of scope `admin`; the first comes from the command line."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import Schema

from events.errors import Invalid
from events.fields import Choice, Text
from events.keys import SCOPES
from service.access import caller
from service.api.answers import Json, json_response, positioned
from service.api.calls import Feature
from service.http import current_annals
from service.ledger.keys import create, key_body, new_secret, revoke

feature = Feature("keys", "Who may read, write and look after keys.")
MOST_NAME = 64


class NewKey(Schema):
    """A key to be made."""

    name = Text(
        most=MOST_NAME,
        required=True,
        metadata={"description": "What it is called for ever: letters, digits and . _ @ -; entries name it as their `actor`."},
    )
    scope = Choice({scope: (scope, scope) for scope in SCOPES}, required=True, metadata={"description": "What it allows."})


@feature.read("/keys", "KeyList", Schema, problems=(403, 422, 503), headers=())
def read_keys(_: dict[str, Any]) -> Response:
    """List what is known of all keys, in the order in which they were made.

    Needs a key of scope `admin`, as all calls about keys.
    """
    annals = current_annals()
    items = [key_body(key) for key in annals.keyring.keys().values()]
    return _answered({"items": items, "next": None}, 200, annals.ledger.last_position())


@feature.write("/keys", {201: "KeyMade"}, body=NewKey, problems=(409,), retried=False)
def post_key(body: dict[str, Any]) -> Response:
    """Make a key.

    What to send is in the answer as `key`, this once: only a digest of it is stored, and so no answer is kept for an
    `Idempotency-Key`. A name is given only once; where an answer was lost, revoke the key and make another.
    """
    given = request.headers.get("Idempotency-Key")
    if given is not None:
        message = "the answer holds a secret, which is stored nowhere, so it cannot be given again"
        raise Invalid.of("Idempotency-Key", given, message, "no Idempotency-Key")
    secret = new_secret()
    made = current_annals().write(lambda unit: create(unit, body["name"], body["scope"], secret), actor=caller().name)
    return _answered({**key_body(made.result), "key": secret}, 201, made.position)


@feature.write("/keys/<key_name>", {200: "KeyAnswer"}, method="DELETE", retried=False)
def delete_key(key_name: str) -> Response:
    """Revoke a key: it is good for nothing from here on. Its name stays on what it recorded, and is not given again."""
    revoked = current_annals().write(lambda unit: revoke(unit, key_name), actor=caller().name)
    return _answered(key_body(revoked.result), 200, revoked.position)


def _answered(body: Json, status: int, position: int) -> Response:
    response = positioned(json_response({**body, "position": position}, status), position)
    response.headers["Cache-Control"] = "no-store"
    return response
