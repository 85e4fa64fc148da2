"""The verbs ``run``, ``resume`` and ``score``."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmdt.background import import_in_background
from mmdt.cli.beginning import announce, announce_again, confirm
from mmdt.cli.exits import ExitCode
from mmdt.cli.help import Verb
from mmdt.cli.options import (
    batch_options,
    data_options,
    endpoint_option,
    evaluation_options,
    executor_options,
    given_values,
    model_argument,
    output_options,
    plugins_setting,
    request_options,
    settings_from,
)
from mmdt.cli.streams import reporting_failure
from mmdt.safe_text.visible import visible

if TYPE_CHECKING:
    from mmdt.engine.pipeline.progress import Progress
    from mmdt.runs.result import Run
    from mmdt.stats.scorecard import Scorecard

NEEDED_AT_THE_END = ("scipy.special", "mmdt.stats.scorecard", "mmdt.report.terminal.scorecard", "rich.table")
"""Importing these takes a third of a second, which is free while the last answers are pending."""


@click.command(cls=Verb)
@model_argument
@click.option(
    "--config", type=click.Path(), help="TOML file with settings; options on the command line take precedence."
)
@click.option("--out", "-o", type=click.Path(), help="Folder of the run (default: runs/<time>-<model>).")
@click.option("--known-answers", type=int, help="Questions with known answers to ask each judge first (0 to 4).")
@click.option("--fresh", is_flag=True, help="If --out contains a run, delete it first.")
@click.option(
    "--reuse",
    multiple=True,
    metavar="RUN",
    help="Reuse the answers of the earlier run in this folder. May be repeated.",
)
@click.option("--yes", "-y", is_flag=True, help="Do not ask before a run that costs money and has no --max-cost.")
@data_options
@evaluation_options
@request_options
@batch_options
@executor_options
@plugins_setting
@output_options
def run_command(
    model: str | None,
    config: str | None,
    out: str | None,
    fresh: bool,
    yes: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Run MODEL on the selected cases, evaluate its outputs, and print the overview.

    \b
    mmdt run organism/demo --select 'safety/**'
    mmdt run openai/gpt-4o --select 'safety/i2t/**' --judge openai/gpt-4o --max-cost 20
    mmdt run openai/my-model --base-url http://localhost:8000/v1 --data ./my-cases.jsonl --judge openai/gpt-4o
    """
    from mmdt.runs import verbs as api

    settings = settings_from(config, {**options, "model": model})
    with _watching(as_json) as watcher:
        run = api.start(
            settings,
            out=out,
            fresh=fresh,
            progress=watcher,
            confirm=partial(confirm, yes=yes, as_json=as_json),
            begun=None if as_json else partial(announce, settings),
        )
    return _finish(run, as_json)


@click.command(cls=Verb)
@click.argument("folder", metavar="RUN", type=click.Path(exists=True, file_okay=False))
@click.option("--concurrency", "-c", type=int, help="New limit on requests in flight.")
@click.option("--rpm", type=float, help="New maximum number of requests per minute.")
@click.option("--tpm", type=float, help="New maximum number of tokens per minute.")
@click.option("--timeout", type=float, help="New timeout of an attempt in seconds.")
@click.option("--attempts", type=int, help="New maximum number of attempts per request.")
@click.option("--patience", type=float, help="Seconds to wait out a provider that rejects everything (429, 529).")
@click.option("--max-cost", type=float, metavar="USD", help="Budget of the whole run, including what is already spent.")
@click.option(
    "--max-requests", type=int, help="Maximum number of requests of the whole run, including those already made."
)
@endpoint_option
@batch_options
@executor_options
@plugins_setting
@output_options
def resume_command(folder: str, as_json: bool, **options: Any) -> int:
    """Resume RUN: keeps all answers and requests those that are missing.

    \b
    mmdt resume runs/a
    mmdt resume runs/a --max-cost 40
    """
    from mmdt.runs import verbs as api

    given = given_values(options)
    if not as_json:
        announce_again(folder, given)
    with _watching(as_json) as watcher:
        run = api.resume(folder, progress=watcher, **given)
    return _finish(run, as_json)


@click.command(cls=Verb)
@click.argument("folder", metavar="RUN", type=click.Path(exists=True, file_okay=False))
@evaluation_options
@endpoint_option
@batch_options
@executor_options
@plugins_setting
@output_options
def score_command(folder: str, as_json: bool, **options: Any) -> int:
    """Score RUN again, with new observations if --judge or --evaluator is given. Nothing is generated.

    \b
    mmdt score runs/a --judge anthropic/claude-sonnet-4-6
    mmdt score runs/a --evaluator detector=grounding-dino
    """
    from mmdt.runs import verbs as api

    with _watching(as_json) as watcher:
        run = api.score(folder, progress=watcher, **given_values(options))
    return _finish(run, as_json)


@contextmanager
def _watching(as_json: bool) -> Iterator[Callable[[Progress], None]]:
    """Show the progress, and import what the end of the run needs while the last answers are pending."""
    from mmdt.report.terminal.progress import watching

    with watching(as_json=as_json) as watcher:
        yield _ImportWhenAllSent(watcher)


class _ImportWhenAllSent:
    """Passes snapshots on, and starts importing ``NEEDED_AT_THE_END`` once all requests are sent."""

    def __init__(self, watcher: Callable[[Progress], None]) -> None:
        self._watcher = watcher
        self._started = False

    def __call__(self, progress: Progress) -> None:
        if not self._started and not progress.loading and progress.total - progress.done <= progress.in_flight:
            self._started = True
            import_in_background(NEEDED_AT_THE_END)
        self._watcher(progress)


def _finish(run: Run, as_json: bool) -> int:
    """Print the scorecard, how the run ended, and the next step. Returns the exit code."""
    import msgspec

    from mmdt.report.sent import sent_notes
    from mmdt.report.terminal.scorecard import print_overview, print_scorecard

    scorecard, manifest = run.scorecard(), run.manifest
    ended = manifest.ended
    unanswered = ended.how == "incomplete" and _no_answers(run)
    if as_json or not unanswered:
        with reporting_failure("the scorecard"):
            shown: dict[str, Any] = {"manifest": manifest, "perspectives": run.titled(), "use": manifest.use}
            if as_json:
                print_scorecard(scorecard, folder=run.folder, as_json=True, **shown)
            else:
                print_overview(scorecard, **shown)
    if unanswered:
        click.echo(visible(f"mmdt: the model did not answer: {_why(ended.reason, scorecard)}"), err=True)
    for note in sent_notes(msgspec.to_builtins(manifest)):
        click.echo(visible(f"warning: {note}"), err=True)
    click.echo(visible(_next_step(ended.how, run.folder)), err=True)
    if ended.how == "complete" and not scorecard.complete:  # all outputs arrived, but some could not be scored
        return ExitCode.INCOMPLETE
    return ExitCode.FAILED if unanswered else _EXIT_CODES[ended.how]


def _next_step(how: str, folder: Path) -> str:
    from mmdt.runs.batches import has_batches

    quoted = shlex.quote(str(folder))
    if how == "complete":
        return f"More: mmdt show {quoted} --full; the cases behind each number: mmdt report {quoted}"
    more = " with a larger --max-cost or --max-requests (limits of the whole run)" if how == "budget" else ""
    batches = f"; it collects open batches, `mmdt batches {quoted} --cancel` cancels them"
    return f"To continue: mmdt resume {quoted}{more}{batches if has_batches(folder) else ''}"


def _no_answers(run: Run) -> bool:
    """Whether the model neither answered nor refused anything, which points to its endpoint, not to the cases."""
    from mmdt.engine.store.store import Store

    with Store.open(run.folder) as store:
        return not any(count.answered or count.refused for count in store.counts().values())


def _why(reason: str, scorecard: Scorecard) -> str:
    """The reason why the run ended, with the most common failure if there is one."""
    from mmdt.report.view import totals
    from mmdt.stats.scoring import NOT_ASKED

    reasons = [why for why in totals(scorecard).why_missing if why != NOT_ASKED]
    return f"{reason}: {reasons[0]}; use `mmdt doctor` to check the endpoint" if reasons else reason


_EXIT_CODES = {
    "complete": ExitCode.COMPLETE,
    "incomplete": ExitCode.INCOMPLETE,
    "budget": ExitCode.BUDGET,
    "awaiting": ExitCode.AWAITING,
    "interrupted": ExitCode.INTERRUPTED,
    "failed": ExitCode.FAILED,
}
