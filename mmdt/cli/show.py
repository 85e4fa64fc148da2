"""The verbs ``show``, ``report`` and ``export``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import to_builtins

from mmdt.cli.help import Alone
from mmdt.cli.once import refuse_in_vain
from mmdt.cli.options import output_options, plugin_option, select_option
from mmdt.cli.streams import json_line
from mmdt.errors import UsageError
from mmdt.safe_text.visible import visible

if TYPE_CHECKING:
    from mmdt.runs.result import Run

LEVELS = ("perspective", "scenario", "task")
SHRUNKEN = (
    "shrunken: pulled towards what the values of a scenario have in common (beta-binomial).\n"
    "Holds for them on average, not for each. How often these 95 % intervals hold, by simulation:"
)


@click.command(cls=Alone)
@click.argument("folder", metavar="RUN", type=click.Path(exists=True, file_okay=False))
@click.option("--full", is_flag=True, help="Every number with its counts, notes, trade-offs and reference numbers.")
@select_option
@click.option(
    "--by",
    metavar="|".join((*LEVELS, "KEY[,KEY]")),
    help="One line for each perspective, scenario or task, or for each value of entries of the cases' targets, such as"
    " attack,policy, with its headline number.",
)
@plugin_option
@output_options
def show_command(folder: str, full: bool, select: tuple[str, ...], by: str | None, as_json: bool) -> int:
    """Print the overview of RUN: its headline numbers with intervals, what is missing, and what it used.

    Numbers are computed again from the run's stored data.

    \b
    mmdt show runs/a
    mmdt show runs/a --by task --select 'hallucination/**'
    mmdt show runs/a --full --select 'safety/i2t/**'
    """
    from mmdt.runs.result import Run
    from mmdt.search.manifest import is_search

    if is_search(folder):
        from mmdt.cli.attack import show

        return show(folder, as_json)
    if full and by:
        raise UsageError("--full has all tables, --by one line an address", hint="leave one of them out")
    if as_json and by in (None, *LEVELS):
        refuse_in_vain(("full", "by"), "with --json", "leave it out: the JSON has every number")
    run = Run.open(folder)
    if by and by not in LEVELS:
        _print_slices(run, [key.strip() for key in by.split(",") if key.strip()], as_json)
        return 0
    print_run(run, full=full, select=select, by=by or "", as_json=as_json)
    return 0


def print_run(run: Run, *, full: bool, select: Sequence[str], by: str, as_json: bool) -> None:
    """The overview of a run, or the details of a part of it, on stdout."""
    from mmdt.report.narrowed import narrowed
    from mmdt.report.terminal.scorecard import print_lines, print_overview, print_scorecard

    manifest, use, perspectives = run.manifest, run.use, run.titled()
    scorecard = narrowed(run.scorecard(), select)
    if as_json:
        print_scorecard(
            scorecard, manifest=manifest, perspectives=perspectives, folder=run.folder, as_json=True, use=use
        )
    elif by:
        print_lines(scorecard, perspectives, by)
    elif select:
        print_scorecard(scorecard, manifest=manifest, perspectives=perspectives, part=True)
    else:
        print_overview(scorecard, manifest=manifest, perspectives=perspectives, use=use, brief=not full)
        if full:
            print_scorecard(scorecard, manifest=manifest, perspectives=perspectives)
        else:
            where = shlex.quote(str(run.folder))
            click.echo(visible(f"More: mmdt show {where} --full (or --by task); mmdt report {where}"))


def _print_slices(run: Run, keys: list[str], as_json: bool) -> None:
    """The numbers by entries of the targets; for people, the headline of each scenario."""
    notes: dict[str, str] = {}
    for each in run.slices(*keys):
        if as_json:
            click.echo(
                json_line(
                    {"kind": "slice", "address": each.address, "by": each.values,
                     "estimates": [to_builtins(estimate) for estimate in each.estimates],
                     "shrunken": to_builtins(each.shrunken),
                     "coverage": {"shrunken": each.coverage, "alone": each.alone} if each.shrunken else None}
                )
            )  # fmt: skip
            continue
        found = next(estimate for estimate in each.estimates if estimate.metric == each.headline)
        named = ", ".join(f"{key} {value}" for key, value in each.values.items())
        interval = f"[{found.low:.3f}, {found.high:.3f}]"
        missing = f", {found.missing} missing" if found.missing else ""
        pulled = ""
        if (one := each.shrunken) is not None:
            pulled = f"  shrunken {one.value:.3f} [{one.low:.3f}, {one.high:.3f}]"
            notes[each.address] = f"{each.address}: {each.coverage:.1%} shrunken, {each.alone:.1%} by themselves"
        click.echo(
            visible(
                f"{each.address}  {named}  {found.metric} {found.value:.3f} {interval}{pulled}  n {found.n}{missing}"
            )
        )
    if notes:
        click.echo(visible("\n  ".join((SHRUNKEN, *notes.values()))))


@click.command(cls=Alone)
@click.argument("folders", metavar="RUN...", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False))
@click.option(
    "--out", "-o", type=click.Path(dir_okay=False), help="File to write (default: report.html in the run's folder)."
)
@click.option("--max-cases", type=int, default=10_000, show_default=True, help="Maximum number of cases shown.")
@click.option("--thumbnails/--no-thumbnails", default=True, help="Embed small pictures, blurred until clicked.")
@click.option(
    "--figures", type=click.Path(file_okay=False), metavar="DIR", help="Folder for pictures: SVG, PNG and CSV of each."
)
@click.option(
    "--framework",
    multiple=True,
    metavar="NAME",
    help="Write instead what RUN covers of a framework, such as nist-ai-rmf, or one in a .toml file. May be repeated.",
)
@plugin_option
@output_options
def report_command(
    folders: tuple[str, ...],
    out: str | None,
    max_cases: int,
    thumbnails: bool,
    figures: str | None,
    framework: tuple[str, ...],
    as_json: bool,
) -> None:
    """Write the report of RUN as a single HTML file that works offline.

    Several runs give a comparison (default: comparison.html): each run's numbers side by side, and paired
    differences from the first run.
    """
    from mmdt.runs.result import Run
    from mmdt.search.manifest import is_search

    if any(map(is_search, folders)):
        if len(folders) > 1:
            raise UsageError("a search has its own report", where=folders[0], hint="name one folder at a time")
        refuse_in_vain(("max_cases", "thumbnails", "figures", "framework"), "on a search", "leave it out")
        from mmdt.search.result import open_search

        _print_path("report", open_search(folders[0]).report(out), as_json)
        return
    runs = [Run.open(folder) for folder in folders]
    if framework:
        refuse_in_vain(("max_cases", "thumbnails", "figures"), "with --framework", "leave it out")
        _write_frameworks(runs, framework, out, as_json)
        return
    if figures is not None:
        _write_figures(runs, Path(figures), as_json)
    if len(runs) > 1:
        from mmdt.report.html.compare import write_comparison

        path = Path(out or "comparison.html")
        _print_path("comparison", write_comparison(runs, path, max_cases=max_cases, thumbnails=thumbnails), as_json)
        return
    _print_path("report", runs[0].report(out, max_cases=max_cases, thumbnails=thumbnails), as_json)


@click.command(cls=Alone)
@click.argument("folder", metavar="RUN", type=click.Path(exists=True, file_okay=False))
@click.argument("path", type=click.Path(dir_okay=False))
@click.option("--what", type=click.Choice(["outputs", "estimates", "trade_offs"]), default="outputs", show_default=True)
@click.option("--format", "format_name", default="", help="Name of the format (default: the ending of PATH).")
@plugin_option
@output_options
def export_command(folder: str, path: str, what: str, format_name: str, as_json: bool) -> None:
    """Export RUN to PATH, a .parquet, .csv or .jsonl file, or one in a format of your own.

    `mmdt list exports` shows the formats.
    """
    from mmdt.runs.result import Run

    _print_path(what, Run.open(folder).export(Path(path), what, format=format_name), as_json)


def _write_figures(runs: Sequence[Run], folder: Path, as_json: bool) -> None:
    """Draw the runs into a folder, and say which files there are."""
    from mmdt.report.figures.write import write_figures

    for path in write_figures(runs, folder):
        _print_path("figure", path, as_json)


def _write_frameworks(runs: Sequence[Run], names: Sequence[str], out: str | None, as_json: bool) -> None:
    """Say what a run covers of the frameworks, and write it as a page."""
    from mmdt.report.frameworks.shown import coverage_json, coverage_text
    from mmdt.runs.meaning.frameworks import write_frameworks

    if len(runs) != 1:
        raise UsageError("--framework is about one run", hint="name one run folder")
    path, found = write_frameworks(runs[0], names, out)
    for each in found:
        shown = json_line(coverage_json(each)) if as_json else coverage_text(each)
        click.echo(visible(shown))
    _print_path("frameworks", path, as_json)


def _print_path(what: str, path: Path, as_json: bool) -> None:
    """Say where a file was written."""
    click.echo(json_line({"kind": what, "path": str(path)}) if as_json else f"{what}: {path}")
