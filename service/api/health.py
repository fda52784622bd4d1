"""Whether the service lives, and whether it is ready: for probes, outside the API's addresses and without reading parameters."""

from __future__ import annotations

from flask import Blueprint, Response

from events.errors import Unavailable
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
    """The projections hold all of the log: how far they have come, how far they lag, and where and why they have stopped.

    503 where they lag or have stopped, where the database is away, and where a worker is expected and none leads.
    """
    annals = current_annals()
    with annals.reading() as connection:
        status = annals.status()
        about = {**status, "lag": status["log_position"] - status["position"]}
        if annals.settings.expect_worker:
            about["led"] = is_led(annals.settings, connection)
    if status["halted"]:
        stopped = status["halted"]
        message = f"the projections have stopped before position {stopped['position']}: {stopped['error']}"
        raise Unavailable.of("position", stopped["position"], message, "a program that can read that entry", **about)
    if not status["ready"]:
        message = f"the projections have come to position {status['position']} of {status['log_position']}"
        raise Unavailable.of("position", status["position"], message, "try again in a moment", **about)
    if about.get("led") is False:
        message = "no worker leads the jobs, and one is expected (ANNALS_EXPECT_WORKER)"
        raise Unavailable.of("led", False, message, "a running `annals worker`", **about)
    return positioned(json_response({"status": "ok", **about}), status["position"])


@blueprint.get("/metrics")
def exposition() -> Response:
    """Counters and gauges in Prometheus' text format; also where the database is away, which they then say."""
    response = Response(metrics().exposition(current_annals()), content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response
