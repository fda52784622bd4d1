"""Traces by OpenTelemetry, where an operator names a collector: a span for each request, within the caller's own trace."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flask import Flask

from events.errors import Invalid
from service.observing import HEADER, PROBES

if TYPE_CHECKING:
    from opentelemetry.trace import Span

    from service.settings import Settings

NAME = "annals"
INSTALL = "pip install --no-deps --require-hashes -r requirements-otel.lock"


def check_installed(settings: Settings) -> None:
    """Raise `Invalid` where traces are wanted and the packages of the extra `otel` are not there."""
    if settings.traces is not None and importlib.util.find_spec("opentelemetry") is None:
        message = "ANNALS_TRACES is given, and the packages that make traces are not installed"
        raise Invalid.of("ANNALS_TRACES", settings.traces, message, f"those of the extra `otel`: {INSTALL}")


def install(app: Flask, address: str) -> None:
    """Send a span of each request, but for probes, to a collector that takes OTLP over HTTP at the address.

    They go in batches from a thread, which crosses no fork: call it in each process that answers. The last ones go when that ends.
    Further settings of the sending are OpenTelemetry's own (`OTEL_EXPORTER_OTLP_…`).
    """
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # only here: an extra
    from opentelemetry.instrumentation.flask import FlaskInstrumentor
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: NAME}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=address)))
    excluded = ",".join(f"{probe}$" for probe in PROBES)
    untyped: Any = FlaskInstrumentor()
    untyped.instrument_app(app, tracer_provider=provider, excluded_urls=excluded, response_hook=_numbered)


def _numbered(span: Span, _status: str, headers: Sequence[tuple[str, str]]) -> None:
    """Give a span the id under which the log has the request."""
    for name, value in headers:
        if name == HEADER:
            span.set_attribute("annals.request_id", value)
