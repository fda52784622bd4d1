"""The API: a module for each feature, and what they share: how calls are declared, read and answered."""

from __future__ import annotations

from functools import partial

from flask import Flask

from service.api import (
    agenda,
    articles,
    conflicts,
    diff,
    docs,
    duplicates,
    entities,
    events,
    feed,
    health,
    imports,
    keys,
    lifecycle,
    log,
    moments,
    roles,
    state,
    types,
)
from service.api.openapi import document

FEATURES = (
    events.feature, imports.feature, lifecycle.feature, duplicates.feature, feed.feature, *entities.FEATURES, state.feature,
    diff.feature, moments.feature, agenda.feature, conflicts.feature, roles.feature, articles.feature, types.feature, log.feature,
    keys.feature,
)  # fmt: skip


def register(app: Flask) -> None:
    """Put the API, its description and the probes into the application."""
    for feature in FEATURES:
        app.register_blueprint(feature)
    app.extensions["annals-openapi"] = partial(document, FEATURES)
    app.register_blueprint(docs.blueprint)
    app.register_blueprint(health.blueprint)
