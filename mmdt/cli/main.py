"""The group of verbs, and how an error becomes one line and an exit code."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

from mmdt.cli.exits import Exit
from mmdt.cli.streams import any_text
from mmdt.engine.pipeline.collector import calm_collector, skip_collection_at_exit
from mmdt.errors import DataError, MissingExtraError, MmdtError, UsageError

VERBS = {
    "run": ("run", "Ask a model and score what it does."),
    "resume": ("run", "Go on with a run that stopped."),
    "batches": ("batches", "The batches a run has with a provider; --cancel gives them up."),
    "score": ("run", "Observe again with other evaluators, or only score again; nothing is generated."),
    "plan": ("plan", "How many calls, tokens, dollars and minutes, before anything is spent."),
    "report": ("show", "Write the HTML report of a run, or of several side by side."),
    "show": ("show", "Print the scorecard of a run."),
    "export": ("show", "Write outputs or estimates as parquet, CSV or JSONL."),
    "list": ("catalog", "Cells, models, evaluators and data there are."),
    "doctor": ("doctor", "Check keys, extras, endpoints and disk; each problem with its hint."),
    "data": ("data", "Make and look at embedded data."),
    "evaluators": ("evaluators", "Check evaluators on sets with known truth."),
}
"""Each verb's module and its line in the help: nothing is imported for `mmdt --help`."""


class Verbs(click.Group):
    """Loads a verb's module only when the verb is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"mmdt.cli.{VERBS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl([(name, line) for name, (_, line) in VERBS.items()])


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="mmdt")
def group() -> None:
    """How far can a multimodal model be trusted? Six perspectives, two modalities, honest intervals.

    \b
    mmdt run organism/demo --select 'safety/**'                     a first run, offline
    mmdt run openai/gpt-4o --select 'safety/i2t/**' --judge openai/gpt-4o
    """


def _on_one_line(error: click.ClickException) -> str:
    """What click found wrong, and where the right way is written."""
    context = getattr(error, "ctx", None)
    verb = context.command_path if context else "mmdt"
    return f"{' '.join(error.format_message().split()).rstrip('.')}: see `{verb} --help`"


def main(arguments: list[str] | None = None) -> Any:
    """The console script. Errors a user can mend are one line on stderr; MMDT_DEBUG=1 shows where they arose."""
    skip_collection_at_exit()
    any_text()
    try:
        with calm_collector():
            code = group.main(arguments, prog_name="mmdt", standalone_mode=False)
    except click.exceptions.Abort:
        code = Exit.INTERRUPTED
    except click.ClickException as error:
        click.echo(f"mmdt: {_on_one_line(error)}", err=True)
        code = Exit.USAGE
    except (MmdtError, OSError) as error:
        if os.environ.get("MMDT_DEBUG"):
            raise
        click.echo(f"mmdt: {error}", err=True)
        code = Exit.USAGE if isinstance(error, (UsageError, DataError, MissingExtraError)) else Exit.FAILED
    except KeyboardInterrupt:
        code = Exit.INTERRUPTED
    sys.exit(int(code or 0))
