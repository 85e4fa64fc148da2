"""Writes figures to a folder: each as NAME.svg, NAME.png and NAME.csv, the table of what is drawn."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from mmdt import plugins
from mmdt.disk.private import open_result
from mmdt.disk.whole import whole
from mmdt.errors import StoreError, UsageError
from mmdt.report.export.writers import guarded
from mmdt.report.figures.drawing import Drawing
from mmdt.report.figures.png import png
from mmdt.report.figures.svg import svg
from mmdt.report.html.inputs import ReportableRun, ReportInput
from mmdt.safe_text.redaction import redact


def write_figures(runs: Sequence[ReportableRun], folder: Path) -> list[Path]:
    """Draw what one or several runs found: forest plot, heat map, radar, trade-offs, planes, and differences.

    Returns the files. Raises UsageError without runs, StoreError if a file cannot be written.
    """
    from mmdt.report.figures.all import all_figures

    if not runs:
        raise UsageError("no runs to draw", hint="name one or more run folders")
    found = all_figures([ReportInput.of(run) for run in runs], plugins.perspectives())
    if not found:
        raise UsageError("there is nothing to draw: no headline has a value", hint="finish the run first")
    return [path for drawing in found for path in write_drawing(drawing, folder)]


def write_drawing(drawing: Drawing, folder: Path) -> list[Path]:
    """Write one figure as SVG, PNG and CSV. Raises StoreError if a file cannot be written."""
    texts = {".svg": redact(svg(drawing)).encode(), ".png": png(drawing), ".csv": redact(_csv(drawing)).encode()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_write(folder / f"{drawing.name}{ending}", data) for ending, data in texts.items()]
    except OSError as error:
        hint = "choose another folder for the figures, or free disk space"
        raise StoreError("the figures cannot be written", where=f"{folder}: {error.strerror}", hint=hint) from error


def _write(path: Path, data: bytes) -> Path:
    """As a complete file or not at all."""
    with whole(path) as part, open_result(part, "wb") as file:
        file.write(data)
    return path


def _csv(drawing: Drawing) -> str:
    """The table of what is drawn; an empty cell where there is no number, and no text that acts as a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(drawing.columns)
    for row in drawing.rows:
        writer.writerow([_cell(each) for each in row])
    return text.getvalue()


def _cell(value: str | float | None) -> str | float:
    if value is None or value != value:
        return ""
    return guarded(value) if isinstance(value, str) else value
