"""The web server: gunicorn with processes of several threads each, on a socket that is bound before anything else is done."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any

import gunicorn.util
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from events.errors import Problem
from service.errors import CONTENT_TYPE, dumps, plain_problem
from service.observing import SHARED
from service.settings import MOST_BODY, MOST_IMPORT, Settings

LEAST_RATE = 32 << 10
"""Bytes a second that a client must send of a body, beyond the settings' `read_timeout`."""
IMPORT = "/events/import"
"""How the path ends under which a body may be as large as an import."""
THREADS = 8
BACKLOG = 256
MOST_REQUEST_LINE = 8190
"""Bytes of a request's first line: gunicorn's most, since the address of a next page with Japanese filters is long."""
Wsgi = Callable[..., Any]


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; raises OSError where the port is in use or the host is not this machine's."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return socket.create_server((str(address[0]), port), family=family, backlog=BACKLOG)


def address_of(host: str, port: int) -> str:
    """The address to open in a browser."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


@dataclass(frozen=True, slots=True)
class Application:
    """What is served. `make` makes it in each process that answers, since no connection may cross a fork.

    `ready` is called once, in one of them, when the first request can be answered; `ended` in each when its last one was.
    """

    make: Callable[[], Wsgi]
    ready: Callable[[], None]
    ended: Callable[[], None]


def serve(listener: socket.socket, application: Application, settings: Settings) -> None:
    """Serve on a socket, which is closed in the end, with the settings' processes until a signal stops it, and then exit."""
    gunicorn.util.write_error = write_problem
    if settings.processes > 1:
        os.environ[SHARED] = tempfile.mkdtemp(prefix="annals-metrics-")
    BaseApplication.run(Server(listener.detach(), application, settings))


def write_problem(client: socket.socket, status: int, reason: str, message: str) -> None:
    """Answer what is no request that the application could get, as problem details too; gunicorn's own answer is HTML."""
    expected = "a request as HTTP/1.1 (RFC 9112) has it, with what is not ASCII percent-encoded"
    body = dumps(plain_problem(status, Problem("request", None, message or reason, expected)))
    head = (f"HTTP/1.1 {status} {reason}", f"Content-Type: {CONTENT_TYPE}", f"Content-Length: {len(body)}", "Connection: close")
    client.sendall("\r\n".join((*head, "", "")).encode("latin-1") + body)


class Worker(ThreadWorker):
    """A worker that no client holds up, and that ends after the requests in hand, however it is told to.

    Gunicorn waits for what a client sends as long as it takes, with one of few threads. Here what has not come in time is not waited
    for: the socket is closed to reading, so that a head that is not whole is dropped, and a body that is not whole is refused.

    On SIGINT gunicorn's own stops its pool of threads within the handler, and waits for itself for ever where a request is just
    being handed to that pool.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        untyped: Any = super()
        untyped.__init__(*args, **options)
        self._patience: int = vars(self)["app"].settings.read_timeout
        self._until: dict[Any, float] = {}

    def handle(self, conn: Any) -> Any:
        """Answer one request; whether the connection is kept for another.

        One that is not is closed here, by the thread that answered last on it: the main loop would wait up to two seconds for
        a client that asked to close and does not, and accept nobody meanwhile.
        """
        untyped: Any = super()
        self._until[conn] = time.monotonic() + self._patience
        try:
            kept = untyped.handle(conn)
        finally:
            del self._until[conn]
        if not kept:
            conn.close(graceful=True)
            conn.close = _closed_already
        return kept

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request whose head is read: the larger its body says that it is, the longer that may take."""
        untyped: Any = super()
        most = MOST_IMPORT if req.path.endswith(IMPORT) else MOST_BODY
        told = dict(req.headers).get("CONTENT-LENGTH", str(most))
        self._until[conn] = time.monotonic() + self._patience + min(int(told), most) / LEAST_RATE
        return untyped.handle_request(req, conn)

    def murder_pending(self) -> None:
        """Cut off clients that are too slow; the main loop comes by about once a second."""
        untyped: Any = super()
        untyped.murder_pending()
        now = time.monotonic()
        for conn, until in list(self._until.items()):
            if until < now:
                with suppress(OSError):  # gone meanwhile
                    conn.sock.shutdown(socket.SHUT_RD)

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:
        """Take SIGINT and SIGQUIT as SIGTERM."""
        untyped: Any = self
        untyped.handle_exit(sig, frame)


def _closed_already(*_: Any, **__: Any) -> None:
    """What the main loop's own closing does then."""


class Log(Logger):
    """Gunicorn's own messages, in the form of all others."""

    def setup(self, cfg: Any) -> None:
        """Leave them to the root logger."""
        untyped: Any = super()
        untyped.setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


class Server(BaseApplication):
    """Gunicorn with our settings around one application."""

    def __init__(self, listener: int, application: Application, settings: Settings) -> None:
        self.listener = listener
        self.application = application
        self.settings = settings
        BaseApplication.__init__(self)

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults; nothing is read from files or the environment."""
        wanted = {
            "bind": f"fd://{self.listener}",
            "worker_class": Worker,
            "workers": self.settings.processes,
            "threads": THREADS,
            "backlog": BACKLOG,
            "graceful_timeout": self.settings.grace,
            "keepalive": self.settings.keep_alive,
            "timeout": self.settings.timeout,
            "limit_request_line": MOST_REQUEST_LINE,
            "loglevel": "warning",
            "logger_class": Log,
            "control_socket_disable": True,
            "post_worker_init": self._announce,
            "worker_exit": self._end,
            "on_exit": self._unshare,
        }
        config: Any = self.cfg
        for name, value in wanted.items():
            if name in config.settings:  # older versions have no control socket to disable
                config.set(name, value)

    def load(self) -> Wsgi:
        """The application; called in the worker."""
        return self.application.make()

    def _announce(self, worker: Any) -> None:
        if worker.age == 1:  # the one that follows a crash has nothing new to say
            self.application.ready()

    def _end(self, _arbiter: Any, _worker: Any) -> None:
        self.application.ended()

    def _unshare(self, _arbiter: Any) -> None:
        """Take away the folder in which several processes counted together."""
        if self.settings.processes > 1:
            shutil.rmtree(os.environ.pop(SHARED), ignore_errors=True)
