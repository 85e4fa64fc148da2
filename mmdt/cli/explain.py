"""The verb ``explain``: failure signatures, worst slices, resilience and trade-offs of runs."""

from __future__ import annotations

import click

from mmdt.cli.help import Alone
from mmdt.cli.once import refuse_in_vain
from mmdt.cli.options import output_options, plugin_option
from mmdt.cli.streams import json_line, reporting_failure
from mmdt.safe_text.visible import visible


@click.command(cls=Alone)
@click.argument("folders", metavar="RUN...", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False))
@click.option("--by", metavar="KEY[,KEY]", default="", help="Entries of the targets to slice by (default: all).")
@click.option("--full", is_flag=True, help="Signatures that are not shown, every slice and every spatial number too.")
@click.option(
    "--figures",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Folder for the resilience planes: SVG, PNG, CSV.",
)
@plugin_option
@output_options
def explain_command(folders: tuple[str, ...], by: str, full: bool, figures: str | None, as_json: bool) -> None:
    """Explain why the numbers of RUN are as they are.

    Failure signatures with their evidence and the command that would confirm each; slices that are worse than the
    rest; spatial skill against chance; whether bypass and harm go together; and, of several runs, which model is on
    the front of each trade-off.

    \b
    mmdt explain runs/a
    mmdt explain runs/a --by methods,category
    mmdt explain runs/a runs/b runs/c --json
    mmdt explain runs/a --figures pictures
    """
    if as_json:
        refuse_in_vain(("full",), "with --json", "leave it out: the JSON has everything")
    from mmdt.report.terminal.explanation import explanation_text
    from mmdt.runs.meaning.explain import explain

    found = explain(*folders, by=[key.strip() for key in by.split(",") if key.strip()])
    with reporting_failure("the explanation"):
        text = json_line(found.as_json()) if as_json else explanation_text(found.found, full)
        click.echo(visible(text))
    if figures is not None:
        paths = found.figures(figures)
        for path in paths:
            click.echo(json_line({"kind": "figure", "path": str(path)}) if as_json else visible(f"figure: {path}"))
        if not paths:
            click.echo("No figure: no run has both bypass and harm of one scenario.", err=True)
