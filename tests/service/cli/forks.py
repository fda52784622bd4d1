"""Commands started many times over: each is a fork of one process that has everything imported, and can be killed."""

from __future__ import annotations

import importlib
import json
import os
import sys

from service.cli import main


def serve() -> None:
    """For each line of JSON on stdin, `{"args": [...], "out": path}`: start the command, print its id, then how it ended."""
    importlib.import_module("service.cli.exchange")
    for line in sys.stdin:
        given = json.loads(line)
        child = os.fork()
        if child == 0:
            os.dup2(os.open(given["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), sys.stdout.fileno())
            code = 70
            try:
                main(given["args"])
            except SystemExit as end:
                code = int(end.code or 0)
            finally:
                os._exit(code)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
