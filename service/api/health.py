"""Whether the service lives, and whether it is ready: for probes, outside the API's addresses and without reading parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response

from events.errors import Unavailable
from service.access import may_write
from service.api.answers import json_response, positioned
from service.http import current_annals
from service.jobs.leader import is_led
from service.metrics import CONTENT_TYPE
from service.observing import metrics

blueprint = Blueprint("health", __name__)


@blueprint.get("/livez")
def livez() -> Response:
    """The process answers."""
    return json_response({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """The projections hold all of the log; else 503, where they lag or have stopped, and where a worker is expected and none leads.

    How far they have come, and where and why they have stopped, only who may write is told: it counts what is under embargo.
    """
    annals = current_annals()
    with annals.reading() as connection:
        status = annals.status()
        led = is_led(annals.settings, connection) if annals.settings.expect_worker else None
    wrong = _wrong(status, led)
    if not may_write():
        if wrong is not None:
            raise Unavailable.of("", None, wrong.short, wrong.right, ready=False, reason=wrong.reason)
        return json_response({"status": "ok", "ready": True})
    about = {**status, "lag": status["log_position"] - status["position"], **({} if led is None else {"led": led})}
    if wrong is not None:
        raise Unavailable.of(wrong.field, about[wrong.field], wrong.full, wrong.right, **{**about, "ready": False, "reason": wrong.reason})
    return positioned(json_response({"status": "ok", **about}), status["position"])


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Why it is not ready: the reason's name, in which figure it shows, in words for everybody and for who may write, and what helps."""

    reason: str
    field: str
    short: str
    full: str
    right: str


def _wrong(status: Mapping[str, Any], led: bool | None) -> _Wrong | None:
    """The first thing that is wrong, if any."""
    position, stopped = status["position"], status["halted"]
    if stopped:
        full = f"the projections have stopped before position {stopped['position']}: {stopped['error']}"
        return _Wrong("halted", "position", "the projections have stopped before an entry", full, "a program that can read that entry")
    if not status["ready"]:
        full = f"the projections have come to position {position} of {status['log_position']}"
        return _Wrong("behind", "position", "the projections are behind the log", full, "try again in a moment")
    if led is False:
        message = "no worker leads the jobs, and one is expected (ANNALS_EXPECT_WORKER)"
        return _Wrong("no_worker", "led", message, message, "a running `annals worker`")
    return None


@blueprint.get("/metrics")
def exposition() -> Response:
    """Counters and gauges in Prometheus' text format; also where the database is away, which they then say."""
    response = Response(metrics().exposition(current_annals()), content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response
