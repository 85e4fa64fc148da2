"""The verb ``compare``: several runs side by side, number by number."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mmdt.report.html.compare import ComparedRow, cautions, compare_inputs
from mmdt.report.html.inputs import ReportInput
from mmdt.runs.result import Run


@dataclass(frozen=True, slots=True)
class Comparison:
    """``runs``: a label for each. ``cautions``: why the numbers may not be comparable. ``rows``: one for each metric at
    each address, with a value for each run and, from the second on, the paired difference from the first."""

    runs: tuple[str, ...]
    cautions: tuple[str, ...]
    rows: tuple[ComparedRow, ...]


def compare(*runs: Run | str | Path) -> Comparison:
    """Compare runs (or their folders) as ``mmdt report A B`` does. Raises UsageError for fewer than two."""
    opened = [each if isinstance(each, Run) else Run.open(each) for each in runs]
    found, tables = compare_inputs([ReportInput.of(each) for each in opened])
    rows = tuple(row for table in tables for row in table.rows)
    return Comparison(tuple(each.label for each in found), tuple(cautions(found)), rows)
