"""Traces: what a collector is sent of a server's requests, and a server that cannot make any."""

from __future__ import annotations

import signal
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from events.errors import Invalid
from service.settings import Settings
from service.tracing import check_installed
from tests.service.cli.test_serve import free_port, greeting, serving

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@contextmanager
def collector() -> Iterator[tuple[str, list[Span]]]:
    """The address of a collector of traces, and the spans that it was sent."""
    spans: list[Span] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
            spans.extend(span for resource in sent.resource_spans for scope in resource.scope_spans for span in scope.spans)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Tell nobody: what the collector was sent is what counts."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/traces", spans
        server.shutdown()
        thread.join()


def test_each_request_is_a_span_of_the_callers_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks for what was slow follows one request through all services, and finds its line in the log by the id."""
    port = free_port()
    with collector() as (address, spans):
        monkeypatch.setenv("ANNALS_TRACES", address)
        with serving(tmp_path, "--port", str(port)) as process:
            greeting(process)
            for path in ("/livez", "/api/v1/roles/ceo/holders"):
                headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01", "X-Request-Id": "from-the-proxy"}
                request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
                urllib.request.urlopen(request, timeout=20).close()
            process.send_signal(signal.SIGTERM)
            assert (process.wait(30), process.stderr and process.stderr.read()) == (0, "")

    (span,) = spans
    told = {attribute.key: attribute.value.string_value or attribute.value.int_value for attribute in span.attributes}
    assert (span.name, span.trace_id.hex()) == ("GET /api/v1/roles/<key>/holders", TRACE)
    assert (told["annals.request_id"], told["http.status_code"]) == ("from-the-proxy", 200)


def test_traces_without_their_packages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that starts and traces nothing is found out on the day on which the traces are needed."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    check_installed(Settings.from_env({}))
    with pytest.raises(Invalid, match="not installed"):
        check_installed(Settings.from_env({"ANNALS_TRACES": "http://127.0.0.1:4318/v1/traces"}))
