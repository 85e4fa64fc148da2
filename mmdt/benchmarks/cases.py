"""From a row to a case, as the declaration of the benchmark says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mmdt.benchmarks.declaration import Mapped, Rows
from mmdt.benchmarks.template import as_text, text_of, translated, value_of
from mmdt.core.case import Case
from mmdt.core.cell import slug
from mmdt.core.image import Image
from mmdt.core.scenario import Scenario
from mmdt.data.row import DataRow

ALL = "all"
"""The task of a scenario whose rows have none."""
BENIGN = "benign"


def case_of(scenario: Scenario, row: DataRow, rows: Rows, benchmark: str) -> Case:
    """The case. Raises DataError for what the row lacks."""
    prompt = text_of(row, rows.prompt)
    if not prompt.strip():
        raise row.error(_column(rows.prompt), "the prompt is empty")
    task = _task(row, rows)
    cell = scenario.cell(slug(task) if task else ALL)
    if scenario.tasks is not None and cell.task not in scenario.tasks:
        raise row.error("", f"{task[:60]!r} is none of the tasks {', '.join(scenario.tasks)}")
    target = {name: translated(row, value, name) for name, value in rows.target.items()}
    target = {name: value for name, value in target.items() if value is not None}
    if task:
        target.setdefault("category", task)
    if _benign(row, rows):
        target[BENIGN] = True
    group = text_of(row, rows.group) if rows.group else ""
    made = Case.make(
        cell,
        prompt,
        tuple(image for template in rows.pictures for image in _images(row, template)),
        target,
        f"{benchmark}:{group}" if group else "",
        text_of(row, rows.system) if rows.system else "",
    )
    return _named(made, text_of(row, rows.id) if rows.id else "")


def _named(case: Case, name: str) -> Case:
    return replace(case, name=name) if name else case


def _task(row: DataRow, rows: Rows) -> str:
    found = translated(row, rows.task, "task") if isinstance(rows.task, Mapped) else text_of(row, rows.task)
    return as_text(found).strip()


def _benign(row: DataRow, rows: Rows) -> bool:
    """True for true, 1, yes, safe and benign; the declaration maps other words."""
    found = as_text(translated(row, rows.benign, BENIGN)).strip().casefold()
    return found in ("true", "1", "yes", "safe", "benign")


def _images(row: DataRow, template: str) -> tuple[Image, ...]:
    value: Any = value_of(row, template)
    if value is None or value != value or (isinstance(value, str | list | tuple) and not len(value)):
        if template.endswith("?}"):
            return ()
        raise row.error(_column(template), "the picture is missing")
    if isinstance(value, Mapping) and not value.get("bytes") and not value.get("path") and template.endswith("?}"):
        return ()
    return row.with_values({"_picture": value}).images("_picture")


def _column(template: str) -> str:
    return template.strip("{}?") if template.startswith("{") else template
