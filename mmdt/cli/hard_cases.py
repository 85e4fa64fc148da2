"""Commands of ``attacks`` about cases that are hard without an attack, and about the gap between two splits."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from mmdt.cli.once import OnceCommand
from mmdt.cli.options import output_options, plugin_option
from mmdt.cli.streams import json_line

out_option = click.option(
    "--out", "-o", type=click.Path(file_okay=False), required=True, metavar="FOLDER", help="New folder to write to."
)


@click.command("gap", cls=OnceCommand)
@click.argument("public", type=click.Path(exists=True, file_okay=False))
@click.argument("private", type=click.Path(exists=True, file_okay=False))
@click.option("--component", default="", metavar="NAME", help="One part of the score, such as harmful (default: all).")
@output_options
def gap_command(public: str, private: str, component: str, as_json: bool) -> None:
    """Show how much two runs differ: one on PUBLIC and one on PRIVATE cases, made by the same recipes."""
    from mmdt.report.terminal.table import printable
    from mmdt.runs.gap import gap

    found = gap(public, private, component)
    if as_json:
        click.echo(json_line({"kind": "gap", "rows": [{**asdict(each), "seen": each.seen} for each in found]}))
        return
    for each in found:
        said = "seen" if each.seen else f"not seen; one of {each.smallest:.1%} would have been, 4 times of 5"
        line = f"{each.component}, {each.recipe}: public {each.public:.1%}, private {each.private:.1%}; "
        line += f"private - public {each.difference:+.1%} [{each.low:+.1%}, {each.high:+.1%}]: {said}"
        click.echo(printable(line))


@click.command("select", cls=OnceCommand)
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", type=click.Path(exists=True, file_okay=False))
@click.option("--component", required=True, metavar="NAME", help="Part of the score that counts, such as right.")
@click.option(
    "--fails", type=click.Choice(["low", "high"]), default="low", show_default=True, help="Which values are failures."
)
@click.option("--share", type=float, default=0.5, show_default=True, help="Share of the runs that must fail.")
@click.option("--reader", metavar="RUN", help="Keep only cases that this careful model's run gets right.")
@out_option
@plugin_option
@output_options
def select_command(
    runs: tuple[str, ...], component: str, fails: str, share: float, reader: str | None, out: str, as_json: bool
) -> None:
    """Keep the cases that surrogates fail at, by their RUNs on the same cases.

    The surrogates' own numbers on them are worse by design: ask other models.
    """
    from mmdt.attacks.save import save_cases
    from mmdt.errors import UsageError
    from mmdt.runs.hard_cases import hard_cases

    side = "low" if fails == "low" else "high"
    found = hard_cases(runs, component, reader=reader, fails=side, share=share)  # type: ignore[arg-type]
    if not found:
        raise UsageError(
            "no case is failed by that many runs", where=", ".join(runs), hint="lower --share, or leave --reader out"
        )
    note = {"note_selected": f"failed by at least {share:.0%} of {len(runs)} surrogates"}
    path = save_cases((each.case for each in found), out, note)
    if as_json:
        click.echo(json_line({"kind": "data", "total": len(found), "cases": str(path)}))
        return
    click.echo(f"{len(found):,} cases: {path}; numbers of the models that chose them are not comparable")


@click.command("cooccur", cls=OnceCommand)
@click.argument("annotations", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--least",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="Minimum pictures with each object.",
)
@click.option("--top", type=click.IntRange(1), default=30, show_default=True, help="Pairs to print at either end.")
@output_options
def cooccur_command(annotations: str, least: int, top: int, as_json: bool) -> None:
    """List objects that occur together more or less often than by chance in ANNOTATIONS of COCO.

    Each pair has its lift (how many times as often as by chance) and p, adjusted by Holm.
    """
    from mmdt.data.hardness.cooccurrence import cooccurrence, read_coco
    from mmdt.report.terminal.table import printable

    found = [pair for pair in cooccurrence(read_coco(Path(annotations)), least) if pair.adjusted < 0.05]
    shown = found if len(found) <= 2 * top else [*found[:top], *found[-top:]]
    if as_json:
        click.echo(json_line({"kind": "cooccurrence", "pairs": [asdict(pair) for pair in shown]}))
        return
    for pair in shown:
        said = f"{pair.first} + {pair.second}: lift {pair.lift:.2f}, {pair.together:,} pictures, p {pair.adjusted:.2g}"
        click.echo(printable(said))


@click.command("grid", cls=OnceCommand)
@click.option("--template", required=True, metavar="TEXT", help="The request, with the name of each list in braces.")
@click.option("--lists", required=True, type=click.Path(exists=True, dir_okay=False), help="TOML file: name = [words].")
@click.option("--cell", required=True, metavar="CELL", help="Where the cases belong.")
@click.option("--vary", required=True, metavar="NAME", help="The list whose words are the counterfactuals.")
@out_option
@plugin_option
@output_options
def grid_command(template: str, lists: str, cell: str, vary: str, out: str, as_json: bool) -> None:
    """Write every combination of your lists as cases; those that differ only in the varied word are one group."""
    from mmdt.attacks.save import save_cases
    from mmdt.data.hardness.grid import counterfactual_grid, read_lists

    cases = list(counterfactual_grid(template, read_lists(Path(lists)), cell, varied=vary))
    path = save_cases(cases, out)
    found = {"kind": "data", "total": len(cases), "cases": str(path)}
    click.echo(json_line(found) if as_json else f"{len(cases):,} cases: {path}")


COMMANDS = (gap_command, select_command, cooccur_command, grid_command)
