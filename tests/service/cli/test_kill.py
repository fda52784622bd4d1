"""An import that is killed, again and again: what was acknowledged is there, once, and it goes on where it stopped."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from events.event import EventRecorded
from projections.audit import verify
from service.annals import Annals
from service.formats.export import entries
from service.settings import Settings
from tests.service.cli.support import ROOT, lines

KILLS, LINES = 50, 250
SETTLED = 0


@dataclass
class Importer:
    """Starts imports in processes of their own and kills them."""

    process: subprocess.Popen[str]
    home: Path

    def run(self, file: str, seconds: float | None) -> tuple[int, list[str]]:
        """Import a file, for so many seconds at most: how it ended, and the ids that it printed as recorded."""
        assert self.process.stdin and self.process.stdout
        out = self.home / "out"
        args = ["import", "--home", str(self.home), "--batch-size", "2", "--json", file]
        self.process.stdin.write(json.dumps({"args": args, "out": str(out)}) + "\n")
        self.process.stdin.flush()
        child = int(self.process.stdout.readline())
        if seconds is not None:
            time.sleep(seconds)
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        code = int(self.process.stdout.readline())
        printed = [json.loads(line) for line in out.read_text().splitlines(keepends=True) if line.endswith("\n")]
        return code, [outcome["id"] for outcome in printed if outcome["outcome"] == "recorded"]


@contextmanager
def importer(home: Path) -> Iterator[Importer]:
    """An importer, stopped at the end."""
    command = [sys.executable, "-m", "tests.service.cli.forks"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Importer(process, home)
        assert process.stdin
        process.stdin.close()


def posts(folder: Path) -> str:
    """A file of so many different events about few people."""
    common = {"effective": "2024-01-01", "announced": "2024-01-01", "sources": [{"title": "Memo"}]}
    told = [
        {"type": "appointment", "person": f"Person {index % 60}", "organization": f"Firm {index % 7}", "role": f"Role {index}"}
        if index % 4 == 0
        else {"type": "statement", "speaker": f"Person {index % 60}", "gist": f"word {index}"}
        for index in range(LINES)
    ]
    return lines(folder, *({**one, **common, "ref": f"{index}"} for index, one in enumerate(told)), name="posts.ndjson")


def recorded(home: Path) -> list[str]:
    """The ids of the events in the log, after a restart that finds its projections equal to the log."""
    annals = Annals.open(Settings.from_env({}, home=home))
    try:
        assert verify(annals.stores, annals.ledger).equal
        assert annals.status()["ready"]
        return [str(entry.originator_id) for entry in entries(annals.ledger) if isinstance(entry, EventRecorded)]
    finally:
        annals.close()


def test_no_kill_loses_or_doubles_an_acknowledged_line(tmp_path: Path) -> None:
    """Power fails and processes are killed: a line that was answered must be in the log, and the same import may go on."""
    moments = random.Random(20240925)
    acknowledged, kills, settled = set[str](), 0, 0
    with importer(tmp_path / "0") as imports:
        while kills < KILLS or settled == 0:
            imports.home.mkdir(exist_ok=True)
            code, printed = imports.run(posts(imports.home), moments.uniform(0.02, 0.22))
            acknowledged.update(printed)
            kills += code == -signal.SIGKILL
            held = recorded(imports.home)
            assert len(held) == len(set(held))
            assert acknowledged <= set(held)
            if code == SETTLED:  # the next one begins with an empty log, which is verified faster than a long one
                assert len(printed) == len(held) == LINES
                settled += 1
                acknowledged, imports.home = set(), tmp_path / str(settled)
