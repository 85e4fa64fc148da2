"""The group of all verbs, and the conversion of errors to one line and an exit code."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from mmdt.cli.exits import ExitCode
from mmdt.cli.help import Group, grouped
from mmdt.cli.streams import accept_any_text
from mmdt.engine.pipeline.collector import calm_collector, skip_collection_at_exit
from mmdt.errors import DataError, MissingExtraError, MmdtError, UsageError
from mmdt.safe_text.logs import guard_logs, guard_tracebacks
from mmdt.safe_text.redaction import redact
from mmdt.safe_text.visible import visible
from mmdt.spelling import on_command_line

VERBS = {
    "run": ("run", "Run one model or several on the selected cases and score its outputs."),
    "resume": ("run", "Resume an interrupted run."),
    "batches": ("batches", "List a run's open batches at a provider; --cancel cancels them."),
    "score": ("run", "Score a run again, with other evaluators if given; nothing is generated."),
    "import": ("imports", "Bring in answers that were made elsewhere, as a run that is scored like any other."),
    "label": ("label", "Let people label a run's outputs, to correct its judged numbers."),
    "judges": ("judges", "Compare judges on the outputs of a run, or check how steady its judge is."),
    "attack": ("attack", "Search for ways past the rules of a model, within a number of queries."),
    "plan": ("plan", "Estimate requests, tokens, cost and time before a run."),
    "report": ("show", "Write the HTML report of a run, or a comparison of several runs."),
    "show": ("show", "Print the overview of a run, or its details."),
    "compare": ("compare", "Compare runs: a table of the models in a folder, or paired differences."),
    "view": ("view", "Show runs in the browser, while they run and afterwards."),
    "explain": ("explain", "Explain a run's numbers: failure signatures, worst slices, resilience."),
    "gate": ("gate", "Check a run against written rules: pass, fail or inconclusive, beyond noise."),
    "verify": ("verify", "Check that everything in a run is as it was stored."),
    "export": ("show", "Export outputs or estimates to Parquet, CSV or JSON Lines."),
    "list": ("catalog", "List cells, benchmarks, models, evaluators, attacks, prompts, data and more."),
    "doctor": ("doctor", "Check API keys, extras, endpoints and disk space."),
    "data": ("data", "Generate embedded data."),
    "attacks": ("attacks", "Make harder cases by attacks; seal, reveal, encrypt and compare private ones."),
    "benchmarks": ("benchmarks", "Check a benchmark's data, or one of your own."),
    "evaluators": ("evaluators", "Check evaluators on test sets with known truth."),
}
"""Each verb's module and help line, so that `mmdt --help` imports no module."""


class LazyGroup(Group):
    """Loads a verb's module only when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"mmdt.cli.{VERBS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, VERBS))
        for group, names in grouped(VERBS).items():
            with formatter.section(group):
                formatter.write_dl([(f"{name:<{width}}", VERBS[name][1]) for name in names])


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="mmdt")
def group() -> None:
    """Evaluate how far multimodal models can be trusted: six perspectives, two modalities, confidence intervals.

    \b
    mmdt run organism/demo --select 'safety/**'                             a first run, offline
    mmdt plan openai/gpt-4o --select 'safety/i2t/**' --judge openai/gpt-4o  what it will cost
    mmdt run openai/gpt-4o --select 'safety/i2t/**' --judge openai/gpt-4o --max-cost 20
    mmdt show runs/...                                                      its numbers

    Exit codes: 0 success, 1 failure, 2 wrong usage, 3 incomplete, 4 budget reached, 5 batches out, 6 gate failed.
    """
    click.get_current_context().with_resource(on_command_line())


def _on_one_line(error: click.ClickException, arguments: Sequence[str]) -> str:
    """The error that click found, and the help to read."""
    context = getattr(error, "ctx", None)
    named = next((each for each in arguments if each in VERBS), "")  # click does not always say where it was
    verb = context.command_path if context else f"mmdt {named}".strip()
    return f"{' '.join(error.format_message().split()).rstrip('.')}: see `{verb} --help`"


def main(arguments: list[str] | None = None) -> Any:
    """The console script. Errors are one line on stderr; MMDT_DEBUG=1 shows the traceback."""
    skip_collection_at_exit()
    accept_any_text()
    guard_logs()
    guard_tracebacks()
    try:
        with calm_collector():
            code = group.main(arguments, prog_name="mmdt", standalone_mode=False)
    except click.exceptions.Abort:
        code = ExitCode.INTERRUPTED
    except click.ClickException as error:
        click.echo(
            visible(redact(f"mmdt: {_on_one_line(error, sys.argv[1:] if arguments is None else arguments)}")), err=True
        )
        code = ExitCode.USAGE
    except (MmdtError, OSError) as error:
        if os.environ.get("MMDT_DEBUG"):
            raise
        click.echo(visible(redact(f"mmdt: {error}")), err=True)
        code = ExitCode.USAGE if isinstance(error, (UsageError, DataError, MissingExtraError)) else ExitCode.FAILED
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    sys.exit(int(code or 0))
