"""The verb ``compare``: the models in a folder of runs as one table, or several runs with paired differences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mmdt.cli.help import Verb
from mmdt.cli.options import plugin_option
from mmdt.cli.streams import reporting_failure
from mmdt.safe_text.visible import visible

if TYPE_CHECKING:
    from mmdt.runs.result import Run


@click.command(cls=Verb)
@click.argument("folders", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False))
@click.option("--select", "-s", multiple=True, metavar="GLOB", help="Scenarios or cells to show (default: headlines).")
@click.option("--benchmark", multiple=True, metavar="NAME", help="Show the scenarios of a benchmark. May be repeated.")
@click.option("--every-run", is_flag=True, help="Show every run of a model, not only its newest.")
@click.option("--incomplete", is_flag=True, help="Show runs that did not complete as well, marked.")
@click.option("--latex", "form", flag_value="latex", help="Print LaTeX (package booktabs).")
@click.option("--csv", "form", flag_value="csv", help="Print CSV: a line for each model and number.")
@click.option("--markdown", "form", flag_value="markdown", help="Print a Markdown table.")
@click.option("--json", "form", flag_value="json", help="Print one line of JSON.")
@click.option("--out", "-o", type=click.Path(dir_okay=False), help="Write to a file instead of printing.")
@plugin_option
def compare_command(
    folders: tuple[str, ...],
    select: tuple[str, ...],
    benchmark: tuple[str, ...],
    every_run: bool,
    incomplete: bool,
    form: str | None,
    out: str | None,
) -> None:
    """Compare the runs in FOLDER: the newest complete run of each model, side by side, with 95 % intervals.

    Several folders may be given; each is a run, or holds runs. Named runs are all shown, and without a format their
    paired differences from the first one follow.

    \b
    mmdt compare runs/
    mmdt compare runs/ --benchmark figstep --latex --out table.tex
    """
    from mmdt.report.export.model_table import FORMATS
    from mmdt.runs.collection import build_table
    from mmdt.runs.manifest import FILE

    globs = (*select, *(f"{name.strip()}/**" for each in benchmark for name in each.split(",") if name.strip()))
    named = all((Path(each) / FILE).is_file() for each in folders)
    runs = _runs(folders)
    table = build_table(runs, globs, every_run=every_run or named, incomplete=incomplete or named)
    text = FORMATS[form or "text"](table)
    if named and len(runs) > 1 and form is None:
        text += "\n\n" + _differences(runs, globs)
    if out:
        Path(out).write_text(text if text.endswith("\n") else f"{text}\n", "utf-8")
        click.echo(visible(f"comparison: {out}"))
        return
    with reporting_failure("the table"):
        click.echo(text.removesuffix("\n"))


def _runs(folders: tuple[str, ...]) -> list[Run]:
    from mmdt.runs.collection import Collection
    from mmdt.runs.manifest import FILE
    from mmdt.runs.result import Run

    found: dict[Path, Run] = {}
    for folder in folders:
        runs = (Run.open(folder),) if (Path(folder) / FILE).is_file() else Collection.open(folder).runs
        found |= {run.folder.resolve(): run for run in runs}
    return list(found.values())


def _differences(runs: list[Run], globs: tuple[str, ...]) -> str:
    """Each later run's paired difference from the first one, number by number."""
    from mmdt.core.cell import Selection
    from mmdt.runs.comparison import compare

    found = compare(*runs)
    wanted = Selection.of(globs) if globs else None
    lines = [f"Paired differences from {found.runs[0]}, on the cases that both answered:"]
    for row in found.rows:
        if row.level != "scenario" or (wanted and not wanted.may_match(row.address, None)):
            continue
        for label, value in zip(found.runs[1:], row.values[1:], strict=True):
            if value.difference is not None:
                p = f", {value.difference.p}" if value.difference.p else ""
                lines.append(f"  {row.address} {row.metric}  {label}: {value.difference.text}{p}")
    return visible("\n".join([*lines, *(f"Note: {each}" for each in found.cautions)]))
