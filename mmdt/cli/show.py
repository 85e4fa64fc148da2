"""The verbs that show what a run found: show, report, export."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mmdt.cli.options import output_options, plugin_option


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@plugin_option
@output_options
def show_command(folder: str, as_json: bool) -> None:
    """Print the scorecard of the run in FOLDER, scored anew from what is stored."""
    from mmdt.report.terminal.scorecard import print_scorecard
    from mmdt.runs.result import Run

    run = Run.open(folder)
    print_scorecard(run.scorecard(), manifest=run.manifest, folder=run.folder, as_json=as_json)


@click.command()
@click.argument("folders", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False))
@click.option("--out", "-o", type=click.Path(dir_okay=False), help="The file (report.html in the run unless given).")
@click.option("--max-cases", type=int, default=10_000, show_default=True, help="Cases shown at most.")
@click.option("--thumbnails/--no-thumbnails", default=True, help="Embed small pictures, blurred until clicked.")
@plugin_option
@output_options
def report_command(folders: tuple[str, ...], out: str | None, max_cases: int, thumbnails: bool, as_json: bool) -> None:
    """Write the report of the run in FOLDER: one HTML file that needs no network.

    Several folders are written side by side (comparison.html unless --out is given): every number of each, and
    paired differences from the first.
    """
    from mmdt.runs.result import Run

    runs = [Run.open(folder) for folder in folders]
    if len(runs) > 1:
        from mmdt.report.html.compare import write_comparison

        _say("comparison", write_comparison(runs, Path(out or "comparison.html")), as_json)
        return
    _say("report", runs[0].report(out, max_cases=max_cases, thumbnails=thumbnails), as_json)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.argument("path", type=click.Path(dir_okay=False))
@click.option("--what", type=click.Choice(["outputs", "estimates", "trade_offs"]), default="outputs", show_default=True)
@plugin_option
@output_options
def export_command(folder: str, path: str, what: str, as_json: bool) -> None:
    """Write the run in FOLDER to PATH: .parquet, .csv or .jsonl, by its ending."""
    from mmdt.runs.result import Run

    _say(what, Run.open(folder).export(Path(path), what), as_json)


def _say(what: str, path: Path, as_json: bool) -> None:
    """Where something was written."""
    click.echo(json.dumps({"kind": what, "path": str(path)}) if as_json else f"{what}: {path}")
