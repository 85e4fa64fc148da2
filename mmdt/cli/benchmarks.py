"""The verb ``benchmarks``: look at a benchmark before it is run, or write one of your own."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from mmdt.cli.exits import ExitCode
from mmdt.cli.once import OnceGroup
from mmdt.cli.options import output_options
from mmdt.cli.streams import json_line
from mmdt.safe_text.visible import visible


@click.group(cls=OnceGroup)
def benchmarks_command() -> None:
    """Look at named benchmarks, and at one of your own that a TOML file declares."""


@benchmarks_command.command("check")
@click.argument("benchmark", metavar="NAME|FILE")
@click.option(
    "--data", multiple=True, metavar="PLACE", help="hub, or the path of a copy (default: next to FILE, or hub)."
)
@click.option("--images", multiple=True, metavar="FOLDER", help="Folder of pictures that rows name.")
@click.option("--cases", "first", type=click.IntRange(1, 100), default=5, show_default=True, help="Cases per scenario.")
@click.option("--out", "-o", type=click.Path(dir_okay=False), help="Page to write (default: NAME-check.html).")
@output_options
def check_command(
    benchmark: str, data: tuple[str, ...], images: tuple[str, ...], first: int, out: str | None, as_json: bool
) -> int:
    """Show the first cases of a benchmark as the model will see them; the page has their pictures.

    \b
    mmdt benchmarks check mine.toml
    mmdt benchmarks check figstep --data ./FigStep
    """
    from mmdt.validate.benchmark import as_text, check_benchmark, write_page

    found = check_benchmark(benchmark, data=data or ("hub",), images=images, first=first)
    path = write_page(found, Path(out or f"{found.name}-check.html"))
    if as_json:
        scenarios = [
            {
                "scenario": each.address,
                "problem": each.problem,
                "cases": [
                    {"cell": str(case.cell), "id": case.name, "prompt": case.prompt, "pictures": len(case.images),
                     "target": dict(case.target)}
                    for case in each.cases
                ],
            }
            for each in found.scenarios
        ]  # fmt: skip
        click.echo(json_line({"kind": "benchmark", "name": found.name, "page": str(path), "scenarios": scenarios}))
    else:
        click.echo(visible(as_text(found)))
        click.echo(f"\nwith pictures: {path}")
    return ExitCode.COMPLETE if found.good else ExitCode.INCOMPLETE


@benchmarks_command.command("show")
@click.argument("benchmark", metavar="NAME")
def show_declaration(benchmark: str) -> None:
    """Print the declaration of a benchmark, to copy and change."""
    from mmdt.benchmarks.catalog import text_of

    click.echo(text_of(benchmark).rstrip())


@benchmarks_command.command("list")
@output_options
def list_declarations(as_json: bool) -> None:
    """List the named benchmarks with licence, size, what is needed and what was verified."""
    print_benchmarks((), as_json)


def print_benchmarks(names: tuple[str, ...], as_json: bool) -> None:
    """Each benchmark with its facts; a fact that no stored page shows is unverified."""
    from mmdt.runs.catalog import list_benchmarks

    found = list_benchmarks(*names)
    if as_json:
        click.echo(json_line({"kind": "list", "of": "benchmarks", "entries": [asdict(each) for each in found]}))
        return
    for each in found:
        gated = ", gated" if each.gated else ""
        proven = "" if each.proven else ", not proven on a stand-in"
        click.echo(visible(f"{each.name}  {each.title} ({each.paper or 'no paper'})"))
        click.echo(visible(f"    {each.about}"))
        click.echo(visible(f"    {', '.join(each.scenarios)}"))
        click.echo(
            visible(
                f"    size: {each.size}; license: {each.license}; revision: {each.revision}; "
                f"columns: {each.columns}{gated}{proven}"
            )
        )
        click.echo(visible(f"    needs: {each.needs or each.home}"))
