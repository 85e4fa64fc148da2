"""The verbs ``run``, ``resume`` and ``score``."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmdt.background import import_all, in_background
from mmdt.cli.beginning import announce, announce_again, announce_several, confirm, confirm_all
from mmdt.cli.exits import ExitCode
from mmdt.cli.help import Verb
from mmdt.cli.options import (
    batch_options,
    calibration_option,
    data_options,
    endpoint_option,
    evaluation_options,
    executor_options,
    given_values,
    models_argument,
    named,
    output_options,
    plugins_setting,
    request_options,
    settings_by_model,
    until_option,
    values_from,
)
from mmdt.cli.streams import reporting_failure
from mmdt.errors import UsageError
from mmdt.safe_text.visible import visible

if TYPE_CHECKING:
    from mmdt.engine.pipeline.progress import Progress
    from mmdt.runs.collection import Collection
    from mmdt.runs.result import Run
    from mmdt.stats.scorecard import Scorecard

NEEDED_AT_THE_END = ("scipy.special", "mmdt.stats.scorecard", "mmdt.report.terminal.scorecard", "rich.table")
"""Importing these takes a third of a second, which is free while the first answers are pending."""


@click.command(cls=Verb)
@models_argument
@click.option(
    "--config", type=click.Path(), help="TOML file with settings; options on the command line take precedence."
)
@click.option("--out", "-o", type=click.Path(), help="Folder of the run or runs (default: below runs/).")
@click.option(
    "--known-answers", type=int, help="Questions with known answers to ask each judge first, 0 to 4 (default: 2)."
)
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
@calibration_option
@output_options
def run_command(
    models: tuple[str, ...],
    config: str | None,
    out: str | None,
    fresh: bool,
    yes: bool,
    as_json: bool,
    calibration: str,
    **options: Any,
) -> int:
    """Run MODEL on the selected cases, evaluate its outputs, and print the overview.

    Several models are run one after another, within one budget, each in its own folder, and shown in one table.

    \b
    mmdt run organism/demo --select 'safety/**'
    mmdt run openai/gpt-4o --select 'safety/i2t/**' --judge openai/gpt-4o --max-cost 20
    mmdt run openai/gpt-4o google/gemini-2.5-pro --select 'safety/i2t/**' --judge openai/gpt-4o --max-cost 40
    mmdt run openai/gpt-4o --select 'safety/i2t/**' --judge openai/gpt-4o --until 'safety/**/HGR<0.1'
    mmdt run openai/my-model --base-url http://localhost:8000/v1 --data ./my-cases.jsonl --judge openai/gpt-4o
    """
    from mmdt.runs import verbs as api

    every = settings_by_model(config, models, options)
    if len(every) > 1:
        if calibration:
            hint = "attach it to each run afterwards: mmdt label RUN --calibration FILE"
            raise UsageError("--calibration is for a run of one model", hint=hint)
        values = values_from(config, options)
        return _several(named(models, values), values, out=out, fresh=fresh, yes=yes, as_json=as_json)
    (settings,) = every
    with watching(as_json) as watcher:
        run = api.start(
            settings,
            out=out,
            fresh=fresh,
            progress=watcher,
            calibration=calibration,
            confirm=partial(confirm, yes=yes, as_json=as_json),
            begun=None if as_json else partial(announce, settings),
        )
    return finish(run, as_json)


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
@until_option
@endpoint_option
@batch_options
@executor_options
@plugins_setting
@output_options
def resume_command(folder: str, as_json: bool, **options: Any) -> int:
    """Resume RUN: keeps all answers and requests those that are missing.

    RUN may be the folder of several models: each that is not complete is resumed, with limits for all of them together.

    \b
    mmdt resume runs/a
    mmdt resume runs/a --max-cost 40
    """
    from mmdt.runs import verbs as api
    from mmdt.runs.folder import is_several
    from mmdt.runs.result import Run
    from mmdt.search.manifest import is_search

    given = given_values(options)
    if is_search(folder):
        from mmdt.cli.attack import resume

        return resume(folder, given, as_json)
    if is_several(folder):
        from mmdt.runs.several import resume_several

        found = resume_several(folder, given, watching=lambda _: watching(as_json))
        return _finish_several(found, as_json)
    if not as_json:
        announce_again(folder, given)
    with watching(as_json) as watcher:
        api.resume(folder, progress=watcher, **given)
    return finish(Run(Path(folder)), as_json)


@click.command(cls=Verb)
@click.argument("folder", metavar="RUN", type=click.Path(exists=True, file_okay=False))
@evaluation_options
@endpoint_option
@batch_options
@executor_options
@plugins_setting
@calibration_option
@output_options
def score_command(folder: str, as_json: bool, calibration: str, **options: Any) -> int:
    """Score RUN again, with new observations if --judge or --evaluator is given. Nothing is generated.

    \b
    mmdt score runs/a --judge anthropic/claude-sonnet-4-6
    mmdt score runs/a --evaluator detector=grounding-dino
    """
    from mmdt.runs import verbs as api

    with watching(as_json) as watcher:
        run = api.score(folder, progress=watcher, calibration=calibration, **given_values(options))
    return finish(run, as_json)


def _several(
    models: Sequence[str], values: Mapping[str, Any], *, out: str | None, fresh: bool, yes: bool, as_json: bool
) -> int:
    from mmdt.runs.several import run_several

    shared = {name: value for name, value in values.items() if name != "model"}
    found = run_several(
        models,
        shared,
        out=out,
        fresh=fresh,
        watching=lambda _: watching(as_json),
        confirm=partial(confirm_all, yes=yes, as_json=as_json),
        begun=None if as_json else partial(announce_several, len(models)),
    )
    return _finish_several(found, as_json)


def _finish_several(found: Collection, as_json: bool) -> int:
    """Print how each model's run ended, and the table of all. Returns the exit code of the run that needs most care."""
    codes = [ExitCode.COMPLETE]
    for run in found.runs:
        ended = run.manifest.ended
        codes.append(_exit_code(run))
        if as_json:
            with reporting_failure("the scorecard"):
                _print_json(run)
        click.echo(visible(f"{run.manifest.settings.model}: {ended.how}. {ended.reason}".rstrip()), err=True)
    for model, why in found.errors:
        codes.append(ExitCode.BUDGET if why.startswith("not begun") else ExitCode.FAILED)
        click.echo(visible(f"mmdt: {model}: {why}"), err=True)
    if found.runs:
        from mmdt.runs.collection import build_table

        with reporting_failure("the table"):
            table = build_table(found.runs, incomplete=True, every_run=True)
            click.echo(table.json() if as_json else table.text())
    quoted = shlex.quote(str(found.folder))
    done = all(code == ExitCode.COMPLETE for code in codes)
    more = f"To compare them again: mmdt compare {quoted}" if done else f"To continue: mmdt resume {quoted}"
    click.echo(visible(f"The runs are in {found.folder}. {more}"), err=True)
    return next((code for code in _WORST_FIRST if code in codes), ExitCode.COMPLETE)


@contextmanager
def watching(as_json: bool) -> Iterator[Callable[[Progress], None]]:
    """Show the progress, and prepare for the end of the run while the first answers are pending."""
    from mmdt.report.terminal.progress import watching

    with watching(as_json=as_json) as watcher:
        yield _PreparingTheEnd(watcher)


class _PreparingTheEnd:
    """Passes snapshots on; once requests are in flight, it prepares for the end of the run in the background."""

    def __init__(self, watcher: Callable[[Progress], None]) -> None:
        self._watcher = watcher
        self._started = False

    def __call__(self, progress: Progress) -> None:
        if not self._started and progress.in_flight:
            self._started = True
            in_background(_prepare_the_end)
        self._watcher(progress)


def _prepare_the_end() -> None:
    from mmdt.runs.kept.key import code

    import_all(NEEDED_AT_THE_END)
    code()  # reads mmdt's source: kept scores are those of this version


def finish(run: Run, as_json: bool) -> int:
    """Print the scorecard, how the run ended, and the next step. Returns the exit code."""
    import msgspec

    from mmdt.report.sent import sent_notes
    from mmdt.report.terminal.scorecard import print_overview, print_scorecard

    scorecard, manifest = run.scorecard(), run.manifest
    ended = manifest.ended
    unanswered = _unanswered(run)
    if as_json or not unanswered:
        with reporting_failure("the scorecard"):
            shown: dict[str, Any] = {"manifest": manifest, "perspectives": run.titled(), "use": manifest.use}
            if as_json:
                print_scorecard(scorecard, folder=run.folder, as_json=True, **shown)
            else:
                print_overview(scorecard, **shown)
    if unanswered:
        what = "the model did not answer" if _was_asked(run) else "no case was asked"
        click.echo(visible(f"mmdt: {what}: {_why(ended.reason, scorecard)}"), err=True)
    for note in sent_notes(msgspec.to_builtins(manifest)):
        click.echo(visible(f"warning: {note}"), err=True)
    click.echo(visible(_next_step(ended.how, run.folder)), err=True)
    return _exit_code(run)


def _exit_code(run: Run) -> ExitCode:
    how = run.manifest.ended.how
    if how == "complete" and not run.scorecard().complete:  # all outputs arrived, but some could not be scored
        return ExitCode.INCOMPLETE
    return ExitCode.FAILED if _unanswered(run) else _EXIT_CODES[how]


def _unanswered(run: Run) -> bool:
    return run.manifest.ended.how == "incomplete" and _no_answers(run)


def _print_json(run: Run) -> None:
    """Print a run's scorecard as one line of JSON."""
    from mmdt.report.terminal.scorecard import print_scorecard

    manifest = run.manifest
    shown: dict[str, Any] = {"manifest": manifest, "perspectives": run.titled(), "use": manifest.use}
    print_scorecard(run.scorecard(), folder=run.folder, as_json=True, **shown)


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


def _was_asked(run: Run) -> bool:
    """Whether any case was: bad data, or a judge out of reach, may end a run before."""
    from mmdt.engine.store.store import Store

    with Store.open(run.folder) as store:
        return any(count.asked for count in store.counts().values())


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
    "damaged": ExitCode.FAILED,
}
_WORST_FIRST = (
    ExitCode.INTERRUPTED,
    ExitCode.FAILED,
    ExitCode.BUDGET,
    ExitCode.AWAITING,
    ExitCode.INCOMPLETE,
)
