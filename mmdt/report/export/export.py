"""Exports a run's outputs, estimates or trade-offs to a file or a DataFrame."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mmdt.disk.whole import whole
from mmdt.errors import MissingExtraError, MmdtError, StoreError, UsageError
from mmdt.report.export.formats import format_of
from mmdt.report.export.table import TABLES, table
from mmdt.report.html.inputs import ReportableRun

if TYPE_CHECKING:
    import pandas


def export(run: ReportableRun, path: Path, what: str = "outputs", format_name: str = "") -> Path:
    """Write ``outputs``, ``estimates`` or ``trade_offs`` to ``path``, in the format named or that of its ending.

    The file is written completely or not at all. Raises UsageError for an unknown format or an unknown ``what``, and
    where a format of one's own fails; StoreError if the file cannot be written.
    """
    write = format_of(path, format_name)
    if what not in TABLES:
        raise UsageError(f"cannot export {what!r}", hint=f"use {', '.join(TABLES[:-1])} or {TABLES[-1]}")
    if getattr(write, "in_place", False):  # a store of a tracker, which takes several runs
        write(run, path, what)
        return path
    try:
        with whole(path, same_ending=True) as part:
            write(run, part, what)
            if not part.exists():
                hint = "write to the path it is given"
                raise UsageError("the export format wrote no file", where=str(path), hint=hint)
    except OSError as error:
        where = f"{path}: {error.strerror or error}"
        raise StoreError("the export cannot be written", where=where, hint="choose another path") from error
    except MmdtError:
        raise
    except Exception as error:
        what = f"the export format failed: {type(error).__name__}: {error}"
        raise UsageError(what, where=str(path), hint="fix the function that writes it") from error
    return path


def to_pandas(run: ReportableRun, what: str = "estimates") -> pandas.DataFrame:
    """``estimates``, ``outputs`` or ``trade_offs`` as a DataFrame; JSON values remain mappings.

    Outputs also have a column ``score_<component>`` for each component of the score, NaN if missing.
    """
    try:
        import pandas
    except ImportError as error:
        raise MissingExtraError("to_pandas", "pandas", error) from error
    columns, rows = table(run, what)
    frame = pandas.DataFrame(list(rows), columns=[column.name for column in columns])
    if what == "outputs" and len(frame):
        scores = pandas.DataFrame(frame["scores"].tolist(), index=frame.index).add_prefix("score_")
        frame = pandas.concat([frame, scores], axis=1)
    return frame
