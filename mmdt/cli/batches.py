"""The verb ``batches``: a run's batches at a provider."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from mmdt.cli.help import Alone
from mmdt.cli.options import output_options
from mmdt.cli.streams import json_line
from mmdt.safe_text.visible import visible

if TYPE_CHECKING:
    from mmdt.runs.batches import OpenBatch


@click.command(cls=Alone)
@click.argument("folder", metavar="RUN", type=click.Path(exists=True, file_okay=False))
@click.option(
    "--cancel", is_flag=True, help="Cancel open batches. Finished requests are billed; `mmdt resume` collects them."
)
@output_options
def batches_command(folder: str, cancel: bool, as_json: bool) -> None:
    """List the batches that RUN has open at a provider, with their status."""
    from mmdt.runs import verbs as api

    found = api.batches(folder, cancel=cancel)
    line = {"kind": "batches", "run": folder, "batches": [asdict(each) for each in found]}
    click.echo(json_line(line) if as_json else visible(_text(found)))


def _text(found: list[OpenBatch]) -> str:
    if not found:
        return "no open batches"
    lines = [
        f"{each.batch}  {each.who}  since {each.began}  {each.done:,}/{each.requests:,}  {each.state}" for each in found
    ]
    return "\n".join(lines)
