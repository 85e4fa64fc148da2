"""The verb ``compare``: runs against a baseline, number by number."""

from __future__ import annotations

import click

from mmdt.cli.help import Alone
from mmdt.cli.options import plugin_option
from mmdt.cli.streams import reporting_failure


@click.command(cls=Alone)
@click.argument("folders", metavar="RUN...", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False))
@click.option(
    "--baseline", type=click.Path(exists=True, file_okay=False), help="The run to compare with (default: the first)."
)
@click.option("--select", "-s", multiple=True, metavar="GLOB", help="Scenarios or summaries. May be repeated.")
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
@click.option("--csv", "form", flag_value="csv", help="Print CSV: a line for each number and run.")
@click.option("--latex", "form", flag_value="latex", help="Print LaTeX (package booktabs).")
@click.option("--json", "form", flag_value="json", help="Print one line of JSON.")
@plugin_option
def compare_command(
    folders: tuple[str, ...],
    baseline: str | None,
    select: tuple[str, ...],
    family: str,
    adjust: str,
    margin: float | None,
    cells: bool,
    different_judges: bool,
    form: str | None,
) -> None:
    """Compare the runs with the first one, on the cases that count in both.

    For every number: the difference with its 95 % interval, p of a sign-flip test, and what may be claimed.

    \b
    mmdt compare runs/a runs/b
    mmdt compare runs/a runs/b runs/c --baseline runs/b --margin 0.05 --csv
    """
    import msgspec

    from mmdt.report.terminal.comparison import comparison_csv, comparison_latex, comparison_text
    from mmdt.runs.comparison import compare

    found = compare(
        *folders,
        baseline=baseline,
        select=select,
        family=family,  # type: ignore[arg-type]
        adjust=adjust,  # type: ignore[arg-type]
        margin=margin,
        cells=cells,
        different_judges=different_judges,
    )
    if form == "json":
        text = msgspec.json.encode(found.as_json()).decode()  # NaN is null
    elif form == "csv":
        text = comparison_csv(found.rows)
    elif form == "latex":
        text = comparison_latex(found.rows)
    else:
        text = comparison_text(found.runs, found.cautions, found.rows, found.ranks, found.rule)
    with reporting_failure("the comparison"):
        click.echo(text.removesuffix("\n"))
