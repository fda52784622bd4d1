"""What Annals does by itself: `annals worker` and `annals jobs`."""

from __future__ import annotations

import signal
from contextlib import closing
from typing import Any

import click

from events.moments import rfc3339, to_micros
from projections.instants import embargoes_ending
from service.annals import Annals
from service.backups import check_folder
from service.cli import render
from service.cli.options import json_option, opened, print_json, settings_of, store_options
from service.jobs.catalogue import jobs_of
from service.jobs.leader import is_led
from service.jobs.runs import Runs
from service.jobs.worker import DUE, Worker
from service.logs import show_log

DUE_WORDS = "tells of ended embargoes"


@click.command("worker")
@store_options
def worker_command(home: str | None, database_url: str | None) -> None:
    """Look after the projections and the jobs until stopped (Ctrl-C).

    Several may run on one log: one leads, and another takes over within seconds of its death.
    """
    settings = settings_of(home=home, database_url=database_url)
    with opened(settings) as annals:
        check_folder(settings)
        show_log(settings)
        worker = Worker.open(annals)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: worker.stop())
        click.echo("Annals looks after the jobs (stop with Ctrl-C)")
        worker.run()


@click.command("jobs")
@json_option
@store_options
def jobs_command(as_json: bool, home: str | None, database_url: str | None) -> None:
    """Show each job: when it was last done, what came of it, and when it will be done next; and whether a worker leads."""
    settings = settings_of(home=home, database_url=database_url)
    with opened(settings) as annals, closing(Runs.open(settings)) as runs:
        with annals.reading() as connection:
            led = is_led(settings, connection)
        found = [*listed(annals, runs), due(annals, runs)]
    if as_json:
        print_json({"led": led, "jobs": found})
        return
    rows = [[line["job"], *(_short(line[name]) for name in ("last", "outcome", "next", "result"))] for line in found]
    render.show([render.table("", ("job", "last", "outcome", "next", "result"), rows)])
    click.echo("\nA worker leads." if led else "\nNo worker leads: start `annals worker`, or `annals serve --all-in-one`.")


def listed(annals: Annals, runs: Runs) -> list[dict[str, Any]]:
    """Each job with its last run and its next slot."""
    now = annals.now()
    return [
        {"job": job.name, "does": job.words, **last(runs, job.name), "next": rfc3339(to_micros(job.following(now)))}
        for job in jobs_of(annals.settings)
    ]


def due(annals: Annals, runs: Runs) -> dict[str, Any]:
    """What is done when embargoes end, with the next such moment."""
    with annals.reading() as connection:
        moments = embargoes_ending(connection, to_micros(annals.now()), 1)
    return {"job": DUE, "does": DUE_WORDS, **last(runs, DUE), "next": rfc3339(moments[0]) if moments else None}


def last(runs: Runs, job: str) -> dict[str, Any]:
    """A job's last run: when it began, how it ended and what came of it, as far as it has."""
    run = runs.last(job)
    if run is None:
        return {"last": None, "outcome": None, "result": None}
    return {"last": rfc3339(run.started_at), "outcome": run.outcome or "running", "result": run.result}


def _short(text: str | None) -> str:
    """A cell; instants to the second."""
    return "" if text is None else f"{text[:19]}Z" if text[10:11] == "T" and text.endswith("Z") else text
