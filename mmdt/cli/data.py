"""The verb ``data``: generate and inspect embedded data."""

from __future__ import annotations

from pathlib import Path

import click

from mmdt.cli.help import Group
from mmdt.cli.options import output_options
from mmdt.cli.streams import json_line


@click.group(cls=Group)
def data_command() -> None:
    """Generate embedded data: new cases that no model has been trained on."""


@data_command.group("make", cls=Group)
def make_command() -> None:
    """Write embedded cases to files, with an HTML gallery."""


@make_command.command("worlds")
@click.option("--out", "-o", type=click.Path(file_okay=False), required=True, help="New folder to write to.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the generated cases.")
@click.option("--n", "count", type=click.IntRange(1), default=20, show_default=True, help="Cases per task.")
@click.option(
    "--difficulty",
    type=click.IntRange(1, 5),
    default=2,
    show_default=True,
    help="Difficulty from 1 (easy) to 5 (hard).",
)
@click.option(
    "--side",
    type=click.IntRange(128, 2048),
    default=512,
    show_default=True,
    help="Width and height of pictures in pixels.",
)
@output_options
def worlds_command(out: str, seed: int, count: int, difficulty: int, side: int, as_json: bool) -> None:
    """Generate scenes with exactly known ground truth, with questions about them and prompts to draw them.

    Covers the nine tasks of hallucination/*/natural with balanced answers, in the format for your own cases:

    \b
    mmdt data make worlds --out worlds --seed 7 --n 100
    mmdt run openai/gpt-4o --select 'hallucination/i2t/**' --data worlds --judge openai/gpt-4o
    """
    from mmdt.synthetic.worlds.export import CASES, GALLERY, make_worlds

    folder = Path(out)
    total = make_worlds(folder, seed=seed, count=count, level=difficulty, side=side)
    files = {"cases": str(folder / CASES), "gallery": str(folder / GALLERY)}
    if as_json:
        click.echo(json_line({"kind": "data", "total": total, **files}))
        return
    click.echo(f"{total:,} cases: {files['cases']}; gallery: {files['gallery']}")
