"""The verb ``label``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mmdt.cli.help import Alone
from mmdt.cli.options import calibration_option
from mmdt.spelling import verb

if TYPE_CHECKING:
    from mmdt.server.app import PageServer


@click.command(cls=Alone)
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option("--probe", default="", metavar="NAME", help="What to label, such as harmful (default: the only judge's).")
@click.option("-n", "--n", "number", type=int, default=100, show_default=True, help="Outputs to label.")
@click.option("--select", "-s", multiple=True, metavar="GLOB", help="Cells to label. May be repeated.")
@click.option("--seed", type=int, default=0, help="Seed of the choice of outputs.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the page (default: a free one).")
@click.option("--browser/--no-browser", default=True, help="Open the page in the browser.")
@click.option("--import", "import_file", default="", metavar="FILE", help="Read labels from .csv, .jsonl or .parquet.")
@click.option("--export", "export_file", default="", metavar="FILE", help="Write the labels to a .csv or .jsonl file.")
@click.option("--annotator", default="", metavar="NAME", help="Who made the imported labels.")
@calibration_option
@click.option("--agreement", is_flag=True, help="Show how judges and detectors agree with the labels, and end.")
def label_command(
    folder: str,
    probe: str,
    number: int,
    select: tuple[str, ...],
    seed: int,
    port: int,
    browser: bool,
    import_file: str,
    export_file: str,
    annotator: str,
    calibration: str,
    agreement: bool,
) -> None:
    """Label outputs of the run in FOLDER on a page on this machine, or through files.

    The page shows neither the model nor the judge's verdict. Labels are kept in the run; its scorecard then shows each
    judged number corrected by them.
    """
    from mmdt.server.label import label

    if agreement:
        click.echo(_agreement(folder))
        return

    def opened(server: PageServer) -> None:
        click.echo(f"label at {server.url}\nCtrl-C ends it; labels are kept as they are made", err=True)
        if browser:
            click.launch(server.url)

    found = label(
        folder,
        probe=probe,
        n=number,
        select=select,
        seed=seed,
        port=port,
        import_file=import_file,
        export_file=export_file,
        annotator=annotator,
        calibration=calibration,
        opened=opened,
    )
    done = [f"{found.imported:,} labels read"] if import_file else []
    done += [f"{found.exported:,} labels written"] if export_file else []
    done += [f"{each.role} calibrated with {each.positives + each.negatives:,} labels" for each in found.calibrated]
    click.echo("; ".join([*done, f"the run has {found.labels:,}: {verb('show', folder)} shows the corrected numbers"]))


def _agreement(folder: str) -> str:
    from mmdt.report.wording import estimate_text
    from mmdt.runs.result import Run
    from mmdt.safe_text.visible import visible

    found = Run.open(folder).agreement()
    rows = [
        (each.probe, each.who, each.estimate.metric, estimate_text(each.estimate, percent=False), each.note)
        for each in found
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(5)] if rows else []
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return visible("\n".join(lines)) or f"no labels yet: {verb('label', folder)}"
