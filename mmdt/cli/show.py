"""The verbs ``show``, ``report`` and ``export``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mmdt.cli.once import OnceCommand
from mmdt.cli.options import output_options, plugin_option


@click.command(cls=OnceCommand)
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@plugin_option
@output_options
def show_command(folder: str, as_json: bool) -> None:
    """Print the scorecard of the run in FOLDER, computed again from its stored data."""
    from mmdt.report.terminal.scorecard import print_scorecard
    from mmdt.runs.result import Run

    run = Run.open(folder)
    print_scorecard(
        run.scorecard(), manifest=run.manifest, perspectives=run.titled(), folder=run.folder, as_json=as_json
    )


@click.command(cls=OnceCommand)
@click.argument("folders", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False))
@click.option(
    "--out", "-o", type=click.Path(dir_okay=False), help="File to write (default: report.html in the run's folder)."
)
@click.option("--max-cases", type=int, default=10_000, show_default=True, help="Maximum number of cases shown.")
@click.option("--thumbnails/--no-thumbnails", default=True, help="Embed small pictures, blurred until clicked.")
@plugin_option
@output_options
def report_command(folders: tuple[str, ...], out: str | None, max_cases: int, thumbnails: bool, as_json: bool) -> None:
    """Write the report of the run in FOLDER as a single HTML file that works offline.

    Several folders give a comparison (default: comparison.html): each run's numbers side by side, and paired
    differences from the first run.
    """
    from mmdt.runs.result import Run

    runs = [Run.open(folder) for folder in folders]
    if len(runs) > 1:
        from mmdt.report.html.compare import write_comparison

        _print_path("comparison", write_comparison(runs, Path(out or "comparison.html")), as_json)
        return
    _print_path("report", runs[0].report(out, max_cases=max_cases, thumbnails=thumbnails), as_json)


@click.command(cls=OnceCommand)
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.argument("path", type=click.Path(dir_okay=False))
@click.option("--what", type=click.Choice(["outputs", "estimates", "trade_offs"]), default="outputs", show_default=True)
@click.option("--format", "format_name", default="", help="Name of the format (default: the ending of PATH).")
@plugin_option
@output_options
def export_command(folder: str, path: str, what: str, format_name: str, as_json: bool) -> None:
    """Export the run in FOLDER to PATH, a .parquet, .csv or .jsonl file, or one in a format of your own.

    `mmdt list exports` shows the formats.
    """
    from mmdt.runs.result import Run

    _print_path(what, Run.open(folder).export(Path(path), what, format=format_name), as_json)


def _print_path(what: str, path: Path, as_json: bool) -> None:
    """Say where a file was written."""
    click.echo(json.dumps({"kind": what, "path": str(path)}) if as_json else f"{what}: {path}")
