"""Labels in and out of a run, as CSV or JSON Lines."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mmdt.data.records import Record, read_records
from mmdt.disk.whole import whole
from mmdt.errors import DataError, UsageError
from mmdt.runs.people.choice import labelable
from mmdt.runs.people.labels import MAX_NAME, MAX_NOTE, Label, LabelFile, Verdict
from mmdt.runs.result import Run

COLUMNS = ("case_id", "repeat", "probe", "annotator", "verdict", "adjudicated", "probability", "note", "source", "at")
_YES = {"yes", "y", "true", "1", "1.0"}
_NO = {"no", "n", "false", "0", "0.0"}
_UNSURE = {"unsure", "unclear", "?", "skip"}


def import_labels(run: Run, path: str | Path, *, probe: str, annotator: str = "") -> int:
    """Read labels of the run's outputs from a CSV, JSONL or parquet file; all of them or none. Returns the number.

    Columns: ``case_id`` (as in the export of outputs) and ``verdict`` (yes, no or unsure); ``repeat``, ``annotator``,
    ``probe``, ``adjudicated``, ``probability`` and ``note`` may be left out. ``probe`` and ``annotator`` fill in what
    the file does not say. Labels without a probability count as a random sample of the outputs of each verdict.
    Raises DataError for a row that cannot be used.
    """
    file = Path(path)
    if file.suffix.lower() not in (".csv", ".jsonl", ".parquet"):
        raise DataError("labels are read from .csv, .jsonl or .parquet", where=str(file), hint="rename or convert it")
    if not file.is_file():
        raise DataError("there is no such file", where=str(file), hint="check the path")
    outputs = {(trial.case.id, trial.repeat): trial for trial in run.joined()}
    found: dict[tuple[object, ...], tuple[Label, str]] = {}
    for record in read_records(file, None, ("case_id",)):
        label = _label(record, probe, annotator or "people", file.name)
        trial = outputs.get(label.output)
        if trial is None:
            hint = "use the case_id (and repeat) of the run's export of outputs"
            raise record.error("case_id", f"the run has no output {label.case_id!r}, repeat {label.repeat}", hint)
        if not labelable(trial, label.probe):
            hint = "leave the row out, or name another probe"
            raise record.error("case_id", f"the probe {label.probe!r} asked nothing about this output", hint)
        key = (*label.output, label.probe, label.annotator, label.adjudicated)
        if key in found and found[key][0].verdict != label.verdict:
            raise record.error("verdict", f"{label.annotator} says otherwise at {found[key][1]}", "keep one of the two")
        found[key] = label, record.where
    if not found:
        raise DataError("the file has no labels", where=str(file), hint=f"columns: {', '.join(COLUMNS)}")
    return LabelFile(run.folder).add(label for label, _ in found.values())


def _label(record: Record, probe: str, annotator: str, source: str) -> Label:
    verdict = said(str(record.values.get("verdict", "")))
    if not verdict:
        given = record.values.get("verdict")
        what = "got nothing" if given in (None, "") else f"got {given!r}"[:80]
        raise record.error("verdict", f"expected yes, no or unsure, {what}", "write one of them")
    return Label(
        record.text("case_id"),
        _repeat(record),
        record.text("probe", probe),
        name_of(str(record.values.get("annotator", annotator))),
        verdict,
        str(record.values.get("adjudicated", "")).strip().lower() in _YES,
        _probability(record),
        str(record.values.get("note", ""))[:MAX_NOTE],
        source,
        str(record.values.get("at", ""))[:40],
    )


def said(text: str) -> Verdict | None:
    """The verdict that a text spells; None if it spells none."""
    word = text.strip().lower()
    return "yes" if word in _YES else "no" if word in _NO else "unsure" if word in _UNSURE else None


def name_of(text: str) -> str:
    """An annotator's name on one line. Raises UsageError for one that cannot be used."""
    name = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if not name or len(name) > MAX_NAME:
        raise UsageError(f"an annotator's name has 1 to {MAX_NAME} characters", hint="use a short name")
    return name


def _repeat(record: Record) -> int:
    value = record.values.get("repeat", 0)
    try:
        number = float(value)
        if number < 0 or number != int(number):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise record.error(
            "repeat", f"expected a whole number from 0, got {value!r}"[:120], "leave it out for 0"
        ) from None
    return int(number)


def _probability(record: Record) -> float | None:
    value = record.values.get("probability")
    if value is None:
        return None
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        found = 0.0
    if not 0 < found <= 1:
        raise record.error("probability", f"expected a number above 0, at most 1, got {value!r}"[:120], "leave it out")
    return found


def export_labels(run: Run, path: str | Path) -> int:
    """Write the labels that count as CSV or JSONL, by the path's ending; the number. Raises UsageError, StoreError."""
    file = Path(path)
    labels = LabelFile(run.folder).read()
    rows = [{name: getattr(each, name) for name in COLUMNS} for each in labels]
    writers = {".csv": _write_csv, ".jsonl": _write_jsonl}
    if file.suffix.lower() not in writers:
        raise UsageError("labels are written as .csv or .jsonl", where=str(file), hint="give the file such an ending")
    try:
        with whole(file) as part:
            writers[file.suffix.lower()](part, rows)
    except OSError as error:
        raise UsageError(
            f"the file cannot be written: {error.strerror}", where=str(file), hint="choose another"
        ) from error
    return len(rows)


def _write_csv(file: Path, rows: list[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)


def _cell(value: Any) -> Any:
    """A spreadsheet would run a text that begins like a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return "" if value is None else value


def _write_jsonl(file: Path, rows: list[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8") as out:
        out.writelines(_json_lines(rows))


def _json_lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield json.dumps({name: value for name, value in row.items() if value is not None}, ensure_ascii=False) + "\n"
