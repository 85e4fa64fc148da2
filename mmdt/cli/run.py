"""The verbs that ask: run, resume, score."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmdt.background import import_in_background
from mmdt.cli.exits import Exit
from mmdt.cli.options import (
    asking_options,
    batch_options,
    data_options,
    evaluation_options,
    executor_options,
    given_values,
    output_options,
    settings_from,
)
from mmdt.cli.streams import shown

if TYPE_CHECKING:
    from mmdt.engine.pipeline.progress import Progress
    from mmdt.runs.result import Run
    from mmdt.stats.scorecard import Scorecard

NEEDED_AT_THE_END = ("scipy.special", "mmdt.stats.scorecard", "mmdt.report.terminal.scorecard", "rich.table")
"""Takes a third of a second to import, which costs nothing while the last answers are on their way."""


@click.command(context_settings={"ignore_unknown_options": False})
@click.argument("model", required=False)
@click.argument("globs", nargs=-1, metavar="[GLOB]...")
@click.option("--config", type=click.Path(), help="Settings in a TOML file; options given here come on top.")
@click.option("--out", "-o", type=click.Path(), help="Folder of the run (runs/<time>-<model> unless given).")
@click.option("--fresh", is_flag=True, help="Delete the run that is in --out, if there is one, and start anew.")
@click.option("--reuse", multiple=True, metavar="RUN", help="Folder of an earlier run whose answers are taken over.")
@data_options
@evaluation_options
@asking_options
@batch_options
@executor_options
@output_options
def run_command(
    model: str | None,
    globs: tuple[str, ...],
    config: str | None,
    out: str | None,
    fresh: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Ask MODEL the selected cases, look at what comes out, and print the scorecard.

    \b
    mmdt run organism/demo --select 'safety/**'
    mmdt run openai/gpt-4o --select 'safety/i2t/**' --judge openai/gpt-4o --max-cost 20
    mmdt run openai/my-model --base-url http://localhost:8000/v1 --data ./my-cases.jsonl --judge openai/gpt-4o
    """
    from mmdt.runs import verbs as api

    settings = settings_from(config, {**options, "model": model}, globs)
    with _watching(as_json) as watcher:
        run = api.start(settings, out=out, fresh=fresh, progress=watcher)
    return _finish(run, as_json)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option("--concurrency", "-c", type=int, help="Requests in flight from here on.")
@click.option("--rpm", type=float, help="Requests a minute from here on.")
@click.option("--tpm", type=float, help="Tokens a minute from here on.")
@click.option("--timeout", type=float, help="Seconds an attempt may take from here on.")
@click.option("--attempts", type=int, help="Attempts at each request from here on.")
@click.option("--max-cost", type=float, metavar="USD", help="Budget of the whole run, what is spent included.")
@click.option("--max-requests", type=int, help="Requests in the whole run, those already made included.")
@batch_options
@executor_options
@output_options
def resume_command(folder: str, as_json: bool, **options: Any) -> int:
    """Go on with the run in FOLDER: what was answered is kept, what is missing is asked again."""
    from mmdt.runs import verbs as api

    with _watching(as_json) as watcher:
        run = api.resume(folder, progress=watcher, **given_values(options))
    return _finish(run, as_json)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@evaluation_options
@batch_options
@executor_options
@output_options
def score_command(folder: str, as_json: bool, **options: Any) -> int:
    """Score the run in FOLDER again; with --judge or --evaluator, observe first. Nothing is generated."""
    from mmdt.runs import verbs as api

    with _watching(as_json) as watcher:
        run = api.score(folder, progress=watcher, **given_values(options))
    return _finish(run, as_json)


@contextmanager
def _watching(as_json: bool) -> Iterator[Callable[[Progress], None]]:
    """Show the progress; meanwhile, while answers are awaited, import what the end of the run will need."""
    from mmdt.report.terminal.progress import watching

    with watching(as_json=as_json) as watcher:
        yield _Importing(watcher)


class _Importing:
    """Passes snapshots on, and begins to import what the end of a run needs when nothing is left to be sent."""

    def __init__(self, watcher: Callable[[Progress], None]) -> None:
        self._watcher = watcher
        self._begun = False

    def __call__(self, progress: Progress) -> None:
        if not self._begun and not progress.loading and progress.total - progress.done <= progress.in_flight:
            self._begun = True
            import_in_background(NEEDED_AT_THE_END)
        self._watcher(progress)


def _finish(run: Run, as_json: bool) -> int:
    """Print the scorecard, how the run ended and where it lies; the exit code says the same."""
    from mmdt.report.terminal.scorecard import print_scorecard

    scorecard, manifest = run.scorecard(), run.manifest
    ended = manifest.ended
    barren = ended.how == "incomplete" and _nothing_came_back(run)
    if as_json or not barren:
        with shown("the scorecard"):
            print_scorecard(scorecard, manifest=manifest, folder=run.folder, as_json=as_json)
    if barren:
        click.echo(f"mmdt: nothing was answered: {_why(ended.reason, scorecard)}", err=True)
    elif ended.reason:
        click.echo(ended.reason, err=True)
    click.echo(_next_step(ended.how, run.folder), err=True)
    if ended.how == "complete" and not scorecard.complete:  # all came back, but not all of it could be scored
        return Exit.INCOMPLETE
    return Exit.FAILED if barren else _EXITS[ended.how]


def _next_step(how: str, folder: Path) -> str:
    from mmdt.runs.batches import has_batches

    quoted = shlex.quote(str(folder))
    if how == "complete":
        return f"The run is in {folder}; the cases behind each number: mmdt report {quoted}"
    more = ", with a larger --max-cost or --max-requests (of the whole run)" if how == "budget" else ""
    batches = f"; what the provider has in batches is collected then, or given up with: mmdt batches {quoted} --cancel"
    return f"To go on: mmdt resume {quoted}{more}{batches if has_batches(folder) else ''}"


def _nothing_came_back(run: Run) -> bool:
    """Whether the model never answered nor refused: its endpoint, not a case, is what is wrong."""
    from mmdt.engine.store.store import Store

    with Store.open(run.folder) as store:
        return not any(count.answered or count.refused for count in store.counts().values())


def _why(reason: str, scorecard: Scorecard) -> str:
    """The reason the run ended, with the commonest failure where the reason only counts them."""
    from mmdt.report.view import totals

    reasons = [why for why in totals(scorecard).why_missing if why != "not asked yet"]
    return f"{reason}: {reasons[0]}; `mmdt doctor` looks at the endpoint" if reasons else reason


_EXITS = {
    "complete": Exit.COMPLETE,
    "incomplete": Exit.INCOMPLETE,
    "budget": Exit.BUDGET,
    "awaiting": Exit.AWAITING,
    "interrupted": Exit.INTERRUPTED,
    "failed": Exit.FAILED,
}
