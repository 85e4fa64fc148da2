"""Export formats: functions ``(run, path, what)`` by name, the built-in ones and anyone's own.

A package adds one with an entry point of the group ``mmdt.exports``, a plugin file or a notebook with
``@mmdt.export_format``. The name is the ending of the files that it writes, or the ending is given beside it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from mmdt import plugins
from mmdt.errors import UsageError
from mmdt.plugins.declared import check_arguments, check_name
from mmdt.report.export.table import table
from mmdt.report.export.writers import write_csv as csv_rows
from mmdt.report.export.writers import write_jsonl as jsonl_rows
from mmdt.report.export.writers import write_parquet as parquet_rows
from mmdt.report.html.inputs import ReportableRun

Format = Callable[[ReportableRun, Path, str], None]
"""Writes ``outputs``, ``estimates`` or ``trade_offs`` of a run to a path."""
BY_NAME = frozenset({"eval-results", "json-schema", "mlflow", "model-card", "run-card", "wandb"})
"""Built-in formats that are named with ``--format``: the endings of their files say nothing of them."""
Thing = TypeVar("Thing", bound=Callable[..., Any])


def export_format(name: str) -> Callable[[Thing], Thing]:
    """Register an export format: ``@mmdt.export_format("md")`` writes the files ``*.md`` of ``mmdt export``.

    Decorates a function ``(run, path)`` or ``(run, path, what)`` that writes one file. ``run.rows(what)`` has the rows
    of ``what``, ``run.scorecard()`` the numbers. Where several formats share an ending, ``--format NAME`` chooses one.
    """

    ending = check_name(name.lower().lstrip("."), "an export format")

    def decorate(function: Thing) -> Thing:
        check_arguments(function, (2, 3), ending, "a function (run, path) or (run, path, what)")
        plugins.register(plugins.EXPORTS, ending, function)
        return function

    return decorate


def format_of(path: Path, name: str = "") -> Format:
    """The format of that name, or else of the path's ending. Raises UsageError that lists the formats there are."""
    known = plugins.names(plugins.EXPORTS)
    chosen = name or path.suffix.lower().removeprefix(".")
    if chosen not in known:
        listed = ", ".join(known)
        if name:
            raise UsageError(f"unknown export format {name!r}", hint=f"use one of: {listed}")
        endings = ", ".join(f".{each}" for each in known if each not in BY_NAME)
        raise UsageError(
            f"{path.name!r} has an unknown file type",
            hint=f"use one of: {endings}, or name a format: {', '.join(known)}",
        )
    found = plugins.find(plugins.EXPORTS, chosen, "export format")
    if not callable(found):
        what = f"the export format {chosen!r} is a {type(found).__name__}, not a function"
        raise UsageError(what, hint="register a function of (run, path) or (run, path, what)")
    return _with_what(found)


def _with_what(function: Callable[..., Any]) -> Format:
    """A function of (run, path) is called without ``what``."""
    if len(inspect.signature(function).parameters) > 2:
        return function
    return lambda run, path, what: function(run, path)


def write_csv(run: ReportableRun, path: Path, what: str) -> None:
    """Comma-separated values for spreadsheets; text that looks like a formula is guarded."""
    csv_rows(path, *table(run, what))


def write_jsonl(run: ReportableRun, path: Path, what: str) -> None:
    """JSON Lines, an object a row."""
    jsonl_rows(path, *table(run, what))


def write_parquet(run: ReportableRun, path: Path, what: str) -> None:
    """Parquet, compressed and typed."""
    parquet_rows(path, *table(run, what))
