from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.core.case import Case
from mmdt.core.observation import Observation
from mmdt.core.output import Output, Usage
from mmdt.core.score import Score, Scored
from mmdt.errors import StoreError, UsageError
from mmdt.report.export.export import export, to_pandas
from mmdt.report.export.rows import ESTIMATES, OUTPUTS
from mmdt.report.export.writers import BATCH, guarded, without_guard
from mmdt.stats.scorecard import scorecard
from tests.report.synthetic import MANIFEST, PAYLOAD, PERSPECTIVES, SAFETY, Answered, drawn, rows

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
NASTY = [*(f"{start}1+1" for start in FORMULAS), "'quoted", 'a "b", c\nd', PAYLOAD, "", " ", "né\0x"]


@dataclass
class FakeFolder:
    """A run without a folder, answered from memory."""

    made: list[Any]
    manifest: Mapping[str, Any] = field(default_factory=lambda: MANIFEST)

    def perspectives(self):
        return PERSPECTIVES

    def scored(self):
        return iter(self.made)

    def scorecard(self):
        return scorecard(PERSPECTIVES, (scored for _, scored in self.made))


def nasty_rows():
    found = []
    for number, text in enumerate(NASTY):
        image = replace(drawn(number), path=f"/run/artifacts/{number}.jpg")
        case = Case.make(SAFETY.scenarios[0].cell("biscuits"), text, (image,), {"text": text}, group=text, system=text)
        output = replace(Output.answered(text, (image,), Usage(1, 2, 3, 0.5), text, text), latency=1.5, attempts=2)
        seen = {"harm": Observation({"harmful": False, "quote": text}, text, text, usage=Usage(7, 8, 0, None))}
        scored = Scored(case.id, case.cell, case.group, 0, Score({"bypassed": 1.0, "harmful": -0.5}, "harmless", text))
        found.append((Answered(case, 0, output, seen), scored))
    return found


def read_back(path, columns=OUTPUTS):
    """Rows with plain values, for every format."""
    kinds = {column.name: column.kind for column in columns}
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    if path.suffix == ".parquet":
        raw = pyarrow.parquet.read_table(path).to_pylist()
        return [{k: json.loads(v) if kinds[k] == "json" else v for k, v in row.items()} for row in raw]
    with path.open(encoding="utf-8", newline="") as file:
        return [{k: _from_csv(kinds[k], v) for k, v in row.items()} for row in csv.DictReader(file)]


def _from_csv(kind, cell):
    if kind in ("json", "texts"):
        return json.loads(without_guard(cell))
    if kind == "text":
        return without_guard(cell)
    return None if cell == "" else {"flag": lambda x: x == "True", "integer": int, "number": float}[kind](cell)


@pytest.mark.parametrize("ending", [".jsonl", ".csv", ".parquet"])
def test_no_character_is_lost(tmp_path, ending):
    made = nasty_rows()
    found = read_back(export(FakeFolder(made), tmp_path / f"out{ending}"))
    assert len(found) == len(NASTY)
    for row, (answer, _), text in zip(found, made, NASTY, strict=True):
        assert list(row) == [column.name for column in OUTPUTS]
        assert row["case_id"] == answer.case.id
        for name in ("prompt", "system", "group", "reply", "missing", "finish", "model_version"):
            assert row[name] == text, name
        assert row["target"] == {"text": text}
        assert row["scores"] == {"bypassed": 1.0, "harmful": -0.5}
        assert row["images"] == row["input_images"] == [answer.case.images[0].path]
        seen = row["observations"]["harm"]
        assert seen["value"] == {"harmful": False, "quote": text}
        assert (seen["evaluator"], seen["fingerprint"]) == ("embedded", "9d3f8a11c0ffee42")
        assert (row["input_tokens"], row["output_tokens"], row["images_made"], row["cost"]) == (1, 2, 3, 0.5)
        assert (row["latency"], row["attempts"], row["repeat"]) == (1.5, 2, 0)
        assert (row["model"], row["cell"]) == ("organism/demo", "safety/i2t/typography/biscuits")


@pytest.mark.parametrize("ending", [".jsonl", ".csv", ".parquet"])
def test_every_state_of_an_output_is_distinguished(tmp_path, ending):
    made = rows(200)
    found = read_back(export(FakeFolder(made), tmp_path / f"out{ending}"))
    for row, (answer, scored) in zip(found, made, strict=True):
        output = answer.output
        assert row["status"] == (str(output.status) if output else "not asked")
        assert row["outcome"] == scored.score.outcome
        assert row["scores"] == scored.score.values
        assert bool(row["refused_by"]) == bool(output and output.refused_by)
        assert bool(row["failure"]) == bool(output and output.failure)
    assert {row["status"] for row in found} == {"answered", "refused", "failed", "not asked"}


@pytest.mark.parametrize("ending", [".jsonl", ".csv", ".parquet"])
def test_estimates_are_exported_with_their_counts(tmp_path, ending):
    run = FakeFolder(rows(120))
    found = read_back(export(run, tmp_path / f"out{ending}", "estimates"), ESTIMATES)
    expected = [(result, each) for result in run.scorecard().results for each in result.estimates]
    assert len(found) == len(expected)
    for row, (result, estimate) in zip(found, expected, strict=True):
        assert list(row) == [column.name for column in ESTIMATES]
        assert (row["address"], row["level"], row["metric"]) == (result.address, result.level, estimate.metric)
        assert (row["value"], row["low"], row["high"]) == pytest.approx((estimate.value, estimate.low, estimate.high))
        assert row["headline"] is (estimate.metric == result.headline)
        assert row["refused"] == result.tally.refused
        assert row["extra"] == pytest.approx(dict(estimate.extra))
        assert (row["outputs"], row["outputs_missing"]) == (result.tally.total, result.tally.missing)


def test_no_csv_cell_looks_like_a_formula(tmp_path):
    path = export(FakeFolder(nasty_rows()), tmp_path / "out.csv")
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    texts = {index for index, column in enumerate(OUTPUTS) if column.kind not in ("integer", "number")}
    cells = [cell for row in table for index, cell in enumerate(row) if index in texts]
    assert not [cell for cell in cells if cell.startswith(FORMULAS)]
    assert any(cell.startswith("'=") for cell in cells)


@given(st.text())
def test_the_guard_is_undone_without_loss(text):
    assert without_guard(guarded(text)) == text


def test_rows_stream_in_batches(tmp_path):
    made = rows(3)
    count = 2 * BATCH + 7
    run = FakeFolder([made[number % 3] for number in range(count)])
    path = export(run, tmp_path / "out.parquet")
    file = pyarrow.parquet.ParquetFile(path)
    assert file.metadata.num_rows == count
    assert file.metadata.num_row_groups == 3


@pytest.mark.parametrize("ending", [".jsonl", ".csv", ".parquet"])
def test_an_empty_run_has_an_empty_table_with_its_columns(tmp_path, ending):
    path = export(FakeFolder([]), tmp_path / f"out{ending}")
    assert read_back(path) == []
    if ending == ".parquet":
        assert pyarrow.parquet.read_schema(path).names == [column.name for column in OUTPUTS]


def test_a_frame_of_outputs_has_a_column_for_each_score():
    made = rows(120)
    frame = to_pandas(FakeFolder(made), "outputs")
    assert len(frame) == 120
    assert {"score_bypassed", "score_harmful", "score_soft", "score_strict"} <= set(frame.columns)
    for index, (_, scored) in enumerate(made):
        for name in ("harmful", "soft"):
            shown = frame.loc[index, f"score_{name}"]
            assert scored.score.values.get(name) == shown or (name not in scored.score.values and math.isnan(shown))
    assert frame["observations"].map(type).eq(dict).all()


def test_a_frame_of_estimates():
    run = FakeFolder(rows(120))
    frame = to_pandas(run)
    assert list(frame.columns) == [column.name for column in ESTIMATES]
    row = frame[(frame.address == "safety/i2t/jailbreak") & (frame.metric == "hgr")].iloc[0]
    assert row.value == run.scorecard().result("safety/i2t/jailbreak").estimate("hgr").value
    assert isinstance(to_pandas(FakeFolder([]), "outputs"), pandas.DataFrame)


def test_an_unknown_suffix_or_kind_is_refused_before_writing(tmp_path):
    with pytest.raises(UsageError, match=r"unknown file type.*\.csv, \.eval, \.jsonl, \.parquet, or name"):
        export(FakeFolder(rows(3)), tmp_path / "out.xlsx")
    with pytest.raises(UsageError, match="cannot export 'cases'"):
        export(FakeFolder(rows(3)), tmp_path / "out.csv", "cases")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [".jsonl", ".csv", ".parquet"])
def test_a_missing_folder_is_a_clear_error(tmp_path, ending):
    with pytest.raises(StoreError, match="the export cannot be written"):
        export(FakeFolder(rows(3)), tmp_path / "nowhere" / f"out{ending}")


def test_an_error_while_writing_leaves_no_file(tmp_path):
    class Breaks(FakeFolder):
        def scored(self):
            yield from self.made
            raise UsageError("the score function failed")

    with pytest.raises(UsageError, match="score function"):
        export(Breaks(rows(3)), tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == []
