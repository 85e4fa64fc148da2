"""Exports a run's outputs, estimates or trade-offs to a file or a DataFrame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mmdt.errors import MissingExtraError, StoreError, UsageError
from mmdt.report.export.rows import (
    ESTIMATES,
    OUTPUTS,
    TRADE_OFFS,
    ExportColumn,
    Values,
    estimate_rows,
    model_name,
    output_rows,
    trade_off_rows,
)
from mmdt.report.export.writers import WRITERS
from mmdt.report.html.inputs import ReportableRun
from mmdt.report.unfinished import unfinished
from mmdt.stats.trade_offs import points

if TYPE_CHECKING:
    import pandas

Rows = tuple[Sequence[ExportColumn], Iterator[Values]]


def export(run: ReportableRun, path: Path, what: str = "outputs") -> Path:
    """Write ``outputs``, ``estimates`` or ``trade_offs`` (one row each) to ``path``; its suffix selects the format.

    The file is written completely or not at all, with at most a thousand rows in memory. Raises UsageError for an
    unknown suffix or an unknown ``what``, StoreError if the file cannot be written.
    """
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise UsageError(f"{path.name!r} has an unknown file type", hint=f"use one of: {', '.join(WRITERS)}")
    columns, rows = _rows(run, what)
    part = unfinished(path)
    try:
        write(part, columns, rows)
        part.replace(path)
    except OSError as error:
        where = f"{path}: {error.strerror or error}"
        raise StoreError("the export cannot be written", where=where, hint="choose another path") from error
    finally:
        with suppress(OSError):
            part.unlink()
    return path


def to_pandas(run: ReportableRun, what: str = "estimates") -> pandas.DataFrame:
    """``estimates``, ``outputs`` or ``trade_offs`` as a DataFrame; JSON values remain mappings.

    Outputs also have a column ``score_<component>`` for each component of the score, NaN if missing.
    """
    try:
        import pandas
    except ImportError as error:
        raise MissingExtraError("to_pandas", "pandas", error) from error
    columns, rows = _rows(run, what)
    frame = pandas.DataFrame(list(rows), columns=[column.name for column in columns])
    if what == "outputs" and len(frame):
        scores = pandas.DataFrame(frame["scores"].tolist(), index=frame.index).add_prefix("score_")
        frame = pandas.concat([frame, scores], axis=1)
    return frame


def _rows(run: ReportableRun, what: str) -> Rows:
    manifest = msgspec.to_builtins(run.manifest)
    if what == "outputs":
        return OUTPUTS, output_rows(run.scored(), manifest, run.perspectives())
    if what == "estimates":
        return ESTIMATES, estimate_rows(run.scorecard(), model_name(manifest))
    if what == "trade_offs":
        return TRADE_OFFS, trade_off_rows(points(run.perspectives(), run.scorecard(), model_name(manifest)))
    raise UsageError(f"cannot export {what!r}", hint="use outputs, estimates or trade_offs")
