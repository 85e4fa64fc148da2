"""The verb ``import``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mmdt.cli.help import Alone
from mmdt.cli.options import (
    endpoint_option,
    evaluation_options,
    given_values,
    output_options,
    plugins_setting,
)
from mmdt.cli.run import finish, watching


@click.command(cls=Alone)
@click.argument("file", type=click.Path(exists=True))
@click.option("--model", required=True, metavar="NAME", help="Whose answers they are, such as openai/gpt-4o.")
@click.option("--select", "-s", multiple=True, metavar="GLOB", help="Cells to import. May be repeated.")
@click.option("--probe", default="", metavar="NAME", help="What the column verdict answers, such as harmful.")
@click.option("--out", "-o", type=click.Path(), help="Folder of the run (default: runs/<time>-<model>).")
@click.option("--fresh", is_flag=True, help="If --out contains a run, delete it first.")
@evaluation_options
@endpoint_option
@plugins_setting
@output_options
def import_command(
    file: str, model: str, probe: str, out: str | None, fresh: bool, as_json: bool, **options: Any
) -> int:
    """Bring in the answers in FILE (JSONL, CSV or parquet) as a run, observe and score them. Nothing is generated.

    FILE has the columns of cases (docs/data.md) and reply, or reply_image with the path of a picture beside it; refused
    where a filter refused; verdict and annotator where people have labelled the answer.

    \b
    mmdt import outputs.jsonl --model openai/gpt-4o --judge openai/gpt-4o
    """
    from mmdt.runs.stored.verb import import_run

    with watching(as_json) as watcher:
        run = import_run(
            Path(file), model=model, probe=probe, out=out, fresh=fresh, progress=watcher, **given_values(options)
        )
    return finish(run, as_json)
