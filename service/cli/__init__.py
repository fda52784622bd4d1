"""The command line: one module for each group of commands, loaded only when one of them is asked for."""

from __future__ import annotations

import difflib
import importlib
import os
from importlib.metadata import version

import click

COMMANDS = {
    "serve": ("server", "Serve the API and the pages."),
    "worker": ("work", "Look after the projections and the jobs."),
    "demo": ("demo", "Load the example and walk through it."),
    "import": ("exchange", "Record events from a file of JSON lines or CSV."),
    "export": ("exchange", "Write the whole log as JSON lines that `import` reads."),
    "state": ("reads", "Show how an organization stood on a day."),
    "history": ("reads", "Show the roles and leaves of a person."),
    "feed": ("reads", "List events, newest first."),
    "replay": ("replay", "Show day by day what changed in an organization, and why."),
    "diff": ("replay", "Show what differs between two days, or two moments of knowledge."),
    "explain": ("explain", "Show why an organization stands as it does."),
    "conflicts": ("explain", "List what the known events contradict."),
    "duplicates": ("explain", "List events that may be the same."),
    "holders": ("explain", "List who holds a role, anywhere."),
    "agenda": ("agenda", "List what is overdue and what is coming up."),
    "types": ("catalogue", "List the types of events, or explain one."),
    "status": ("upkeep", "Show how far the log and the projections are."),
    "jobs": ("work", "Show the jobs, their last runs and the next."),
    "verify": ("upkeep", "Compare the projections with the log, row for row."),
    "rebuild": ("upkeep", "Build the projections anew from the log."),
    "keys": ("keys", "Make, list and revoke the keys of those who write."),
    "backup": ("moving", "Copy a log on SQLite to a file while it is used."),
    "restore": ("moving", "Make an empty log from a backup."),
    "copy": ("moving", "Copy the log to another database, SQLite or PostgreSQL."),
}
"""Every command: the module that holds it as `NAME_command`, and what it does."""

OTHERS = 0o077
"""All that others than its owner may do with a file. New files let them do nothing: the log holds what is under embargo."""


class Commands(click.Group):
    """The group of all commands, which imports a command's module only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands in the order in which they are likely to be needed."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"service.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a name that is none is refused with the nearest that is."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            hint = f"Did you mean {near[0]}?" if near else "They are: " + ", ".join(COMMANDS) + "."
            raise click.UsageError(f"There is no command {args[0]!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("annals"), "--version", message="annals %(version)s")
def main() -> None:
    """Keep a company's story straight: dated, sourced events in, and how things stood on any day out.

    Settings are environment variables (ANNALS_HOME, ANNALS_DATABASE_URL, ANNALS_HOST, ANNALS_PORT, ANNALS_LANG, ...) and
    flags of the same names. Exit codes: 0 done, 1 some lines or answers failed, 2 wrong usage, 3 no store or no port.
    """
    former = os.umask(OTHERS)
    os.umask(OTHERS | former)
    click.get_current_context().call_on_close(lambda: os.umask(former))
