"""The tables of a run: its outputs, estimates or trade-offs as rows, with the columns they have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from mmdt.errors import UsageError
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
from mmdt.report.html.inputs import ReportableRun
from mmdt.stats.trade_offs import points

Table = tuple[Sequence[ExportColumn], Iterator[Values]]
TABLES = ("outputs", "estimates", "trade_offs")


def table(run: ReportableRun, what: str) -> Table:
    """The columns and the rows (streamed) of ``what``. Raises UsageError for anything but one of ``TABLES``."""
    manifest = msgspec.to_builtins(run.manifest)
    if what == "outputs":
        return OUTPUTS, output_rows(run.scored(), manifest, run.perspectives(), getattr(run, "folder", None))
    if what == "estimates":
        return ESTIMATES, estimate_rows(run.scorecard(), model_name(manifest))
    if what == "trade_offs":
        return TRADE_OFFS, trade_off_rows(points(run.perspectives(), run.scorecard(), model_name(manifest)))
    raise UsageError(f"cannot export {what!r}", hint=f"use {', '.join(TABLES[:-1])} or {TABLES[-1]}")
