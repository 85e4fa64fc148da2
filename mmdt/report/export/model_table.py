"""A table of models and their numbers, with intervals: as text, Markdown, LaTeX (booktabs), CSV or JSON.

Names of models, cells and titles come from data and providers: each writer escapes what its format would read as
markup.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from mmdt.core.estimate import Direction, Estimate
from mmdt.report.export.writers import guarded
from mmdt.report.wording import ARROWS, interval_text, value_text
from mmdt.safe_text.latex import comment, latex, one_line
from mmdt.safe_text.visible import visible

WIDE = 4
"""With more numbers than this, they are the rows and the models the columns."""
NOTHING = "\N{EN DASH}"
INTERVALS = "Intervals: 95 %."
VALUES = (
    *("model", "run", "complete", "address", "metric", "title", "direction"),
    *("value", "low", "high", "n", "clusters", "missing", "method"),
)
"""The columns of CSV, and the fields of JSON."""
WIDTH = 100
"""Most characters of a line of text, where the table can be turned."""


@dataclass(frozen=True, slots=True)
class Number:
    """A column of the table: a metric at an address."""

    address: str
    metric: str
    title: str
    percent: bool
    direction: Direction

    @property
    def heading(self) -> str:
        return f"{self.title} {ARROWS[self.direction]}".rstrip()


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model, the folder of its run, and its estimate of each number (None where the run has none)."""

    model: str
    run: str
    estimates: tuple[Estimate | None, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class ModelTable:
    """``notes``: what a reader must know before comparing the rows."""

    numbers: tuple[Number, ...]
    rows: tuple[ModelRow, ...]
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        """For a terminal."""
        head, rows = _laid_out(self, one_line)
        widths = _widths(head, rows)
        if sum(widths, 2 * len(widths)) > WIDTH:
            head, rows = _laid_out(self, one_line, wide=0)
            widths = _widths(head, rows)
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in (head, *rows)
        ]
        lines = [line.rstrip() for line in lines]
        return visible("\n".join([lines[0], "-" * sum(widths, 2 * len(widths) - 2), *lines[1:], "", *self._said()]))

    def markdown(self) -> str:
        """A table of GitHub's Markdown."""
        head, rows = _laid_out(self, _markdown)
        rule = ["---", *["---:"] * (len(head) - 1)]
        lines = [f"| {' | '.join(line)} |" for line in (head, rule, *rows)]
        return "\n".join([*lines, "", *(_markdown(note) + "\n" for note in self._said())]).rstrip() + "\n"

    def latex(self) -> str:
        """A ``tabular`` with the rules of the package booktabs; the notes are comments above it."""
        head, rows = _laid_out(self, latex)
        notes = [comment(note) for note in ("needs \\usepackage{booktabs}", *self._said())]
        body = [f"{' & '.join(line)} \\\\" for line in rows]
        start = [
            f"\\begin{{tabular}}{{l{'r' * (len(head) - 1)}}}",
            "\\toprule",
            f"{' & '.join(head)} \\\\",
            "\\midrule",
        ]
        return "\n".join([*notes, *start, *body, "\\bottomrule", "\\end{tabular}", ""])

    def csv(self) -> str:
        """One line for each model and number: values as fractions, not rounded."""
        kept = io.StringIO()
        writer = csv.writer(kept, lineterminator="\n")
        writer.writerow(VALUES)
        for values in self.values():
            writer.writerow([_csv_cell(values[name]) for name in VALUES])
        return kept.getvalue()

    def json(self) -> str:
        """One line of JSON; NaN is null."""
        return msgspec.json.encode({"kind": "comparison", "rows": self.values(), "notes": list(self.notes)}).decode()

    def values(self) -> list[dict[str, object]]:
        """One mapping for each model and number that it has."""
        return [
            {
                "model": row.model,
                "run": row.run,
                "complete": row.complete,
                "address": number.address,
                "metric": number.metric,
                "title": number.title,
                "direction": estimate.direction,
                "value": estimate.value,
                "low": estimate.low,
                "high": estimate.high,
                "n": estimate.n,
                "clusters": estimate.clusters,
                "missing": estimate.missing,
                "method": estimate.method,
            }
            for row in self.rows
            for number, estimate in zip(self.numbers, row.estimates, strict=True)
            if estimate is not None
        ]

    def _said(self) -> tuple[str, ...]:
        return (INTERVALS, *self.notes)


FORMATS: Mapping[str, Callable[[ModelTable], str]] = {
    "text": ModelTable.text,
    "markdown": ModelTable.markdown,
    "latex": ModelTable.latex,
    "csv": ModelTable.csv,
    "json": ModelTable.json,
}


def _widths(head: list[str], rows: list[list[str]]) -> list[int]:
    return [max(len(line[at]) for line in (head, *rows)) for at in range(len(head))]


def _laid_out(
    table: ModelTable, escape: Callable[[str], str], *, wide: int = WIDE
) -> tuple[list[str], list[list[str]]]:
    """The heading and the lines of the table, escaped; models are its rows unless there are many numbers."""
    cells = [[escape(_cell(number, each)) for number, each in zip(table.numbers, row.estimates, strict=True)]
             for row in table.rows]  # fmt: skip
    models = [escape(f"{row.model}{'' if row.complete else ' (incomplete)'}") for row in table.rows]
    headings = [escape(number.heading) for number in table.numbers]
    if len(headings) <= wide:
        return [escape("Model"), *headings], [[model, *line] for model, line in zip(models, cells, strict=True)]
    turned = [[heading, *(line[at] for line in cells)] for at, heading in enumerate(headings)]
    return [escape("Number"), *models], turned


def _cell(number: Number, estimate: Estimate | None) -> str:
    if estimate is None or math.isnan(estimate.value):
        return NOTHING
    value = value_text(estimate.value, percent=number.percent)
    interval = interval_text(estimate.low, estimate.high, percent=number.percent)
    gaps = f" ({estimate.missing:,} missing)" if estimate.missing else ""
    return f"{value} {interval}".rstrip() + gaps


def _csv_cell(value: object) -> object:
    if isinstance(value, str):
        return guarded(value)
    return "" if isinstance(value, float) and math.isnan(value) else value


def _markdown(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>|#~&])", r"\\\1", one_line(text))
