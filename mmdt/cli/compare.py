"""The verb ``compare``: the models in a folder of runs as one table, or named runs against a baseline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mmdt.cli.help import Alone
from mmdt.cli.once import refuse_in_vain
from mmdt.cli.options import plugin_option
from mmdt.cli.streams import reporting_failure
from mmdt.disk.whole import write_whole
from mmdt.errors import StoreError, UsageError
from mmdt.safe_text.visible import visible

if TYPE_CHECKING:
    from mmdt.runs.result import Run

OF_RUNS = ("baseline", "margin", "family", "adjust", "cells", "different_judges")
OF_FOLDERS = ("every_run", "incomplete")
"""Options that have an effect on named runs only, and on folders of runs only."""


@click.command(cls=Alone)
@click.argument("folders", metavar="RUN...", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False))
@click.option(
    "--baseline", type=click.Path(exists=True, file_okay=False), help="The run to compare with (default: the first)."
)
@click.option("--select", "-s", multiple=True, metavar="GLOB", help="Scenarios or summaries. May be repeated.")
@click.option("--benchmark", multiple=True, metavar="NAME", help="The scenarios of a benchmark. May be repeated.")
@click.option(
    "--family",
    type=click.Choice(["headlines", "all"]),
    default="headlines",
    show_default=True,
    help="The numbers about which claims are made; p is adjusted over all of them and all runs.",
)
@click.option(
    "--adjust",
    type=click.Choice(["holm", "bh"]),
    default="holm",
    show_default=True,
    help="holm: a false claim in at most 5 % of comparisons; bh: at most 5 % of the claims are false.",
)
@click.option("--margin", type=float, help="Smaller differences are equivalent: 0.05 is five percentage points.")
@click.option("--cells", is_flag=True, help="Compare cells as well.")
@click.option("--different-judges", is_flag=True, help="Allow numbers that different evaluators made; each says so.")
@click.option("--every-run", is_flag=True, help="For a folder of runs, show every run of a model, not only its newest.")
@click.option("--incomplete", is_flag=True, help="For a folder of runs, show those that did not complete, marked.")
@click.option("--latex", "form", flag_value="latex", help="Print LaTeX (package booktabs).")
@click.option("--csv", "form", flag_value="csv", help="Print CSV: a line for each number and run.")
@click.option("--markdown", "form", flag_value="markdown", help="Print a Markdown table (of a folder of runs).")
@click.option("--json", "form", flag_value="json", help="Print one line of JSON.")
@click.option("--out", "-o", type=click.Path(dir_okay=False), help="Write to a file instead of printing.")
@plugin_option
def compare_command(
    folders: tuple[str, ...],
    baseline: str | None,
    select: tuple[str, ...],
    benchmark: tuple[str, ...],
    family: str,
    adjust: str,
    margin: float | None,
    cells: bool,
    different_judges: bool,
    every_run: bool,
    incomplete: bool,
    form: str | None,
    out: str | None,
) -> None:
    """Compare runs: named ones with the first, number by number, or the models in a folder of runs as one table.

    Named runs are compared on the cases that count in both: the difference with its 95 % interval, p of a sign-flip
    test, and what may be claimed. For a folder of runs, the newest complete run of each model is shown.

    \b
    mmdt compare runs/a runs/b
    mmdt compare runs/a runs/b runs/c --baseline runs/b --margin 0.05 --csv
    mmdt compare runs/ --benchmark figstep --latex --out table.tex
    """
    from mmdt.runs.manifest import FILE

    globs = (*select, *(f"{name.strip()}/**" for each in benchmark for name in each.split(",") if name.strip()))
    if all((Path(each) / FILE).is_file() for each in folders):
        if len(folders) < 2:
            raise UsageError(
                "one run is nothing to compare", where=folders[0], hint="name another, or a folder of runs"
            )
        if form == "markdown":
            raise UsageError("named runs have no Markdown table", where="--markdown", hint="use --csv or --latex")
        refuse_in_vain(OF_FOLDERS, "on named runs", "leave it out: every run that is named is compared")
        text = _paired(folders, baseline, globs, family, adjust, margin, cells, different_judges, form)
    else:
        refuse_in_vain(OF_RUNS, "on a folder of runs", "name two or more runs: mmdt compare RUN RUN")
        text = _table(folders, globs, every_run, incomplete, form)
    if out:
        try:
            write_whole(Path(out), (text if text.endswith("\n") else f"{text}\n").encode(), private=False)
        except OSError as error:
            where = f"{out}: {error.strerror}"
            raise StoreError("the comparison cannot be written", where=where, hint="choose another --out") from error
        click.echo(visible(f"comparison: {out}"))
        return
    with reporting_failure("the comparison"):
        click.echo(text.removesuffix("\n"))


def _paired(
    folders: tuple[str, ...],
    baseline: str | None,
    globs: tuple[str, ...],
    family: str,
    adjust: str,
    margin: float | None,
    cells: bool,
    different_judges: bool,
    form: str | None,
) -> str:
    import msgspec

    from mmdt.report.terminal.comparison import comparison_csv, comparison_latex, comparison_text
    from mmdt.runs.comparison import compare

    found = compare(
        *folders,
        baseline=baseline,
        select=globs,
        family=family,  # type: ignore[arg-type]
        adjust=adjust,  # type: ignore[arg-type]
        margin=margin,
        cells=cells,
        different_judges=different_judges,
    )
    if form == "json":
        return msgspec.json.encode(found.as_json()).decode()  # NaN is null
    if form == "csv":
        return comparison_csv(found.rows)
    if form == "latex":
        return comparison_latex(found.runs, found.cautions, found.rows, found.rule)
    return comparison_text(found.runs, found.cautions, found.rows, found.ranks, found.rule)


def _table(
    folders: tuple[str, ...], globs: tuple[str, ...], every_run: bool, incomplete: bool, form: str | None
) -> str:
    from mmdt.report.export.model_table import FORMATS
    from mmdt.runs.collection import build_table

    table = build_table(_runs(folders), globs, every_run=every_run, incomplete=incomplete)
    return FORMATS[form or "text"](table)


def _runs(folders: tuple[str, ...]) -> list[Run]:
    from mmdt.runs.collection import Collection
    from mmdt.runs.manifest import FILE
    from mmdt.runs.result import Run

    found: dict[Path, Run] = {}
    for folder in folders:
        runs = (Run.open(folder),) if (Path(folder) / FILE).is_file() else Collection.open(folder).runs
        found |= {run.folder.resolve(): run for run in runs}
    return list(found.values())
