"""Tables of scored outputs: columns of parts are those of their rows, whatever they were taken from."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from mmdt.core.cell import Cell
from mmdt.core.score import Score, Scored
from mmdt.stats.intervals.clusters import codes, in_order
from mmdt.stats.table import Table

CELLS = [Cell.parse(f"safety/t2i/vanilla/{task}") for task in ("a", "b")]


def _rows(number: int = 60) -> list[Scored]:
    rng = np.random.default_rng(4)
    rows = []
    for each in range(number):
        values = {"harmful": float(rng.integers(2))} if rng.random() < 0.8 else {}
        outcome, why = [("answered", ""), ("missing", "timeout"), ("unclear", "no verdict"), ("unclear", "")][each % 4]
        group, cell = f"group {rng.integers(9)}", CELLS[each * 2 // number]
        found = Scored(str(each), cell, group, 0, Score(values, outcome, why), benign=bool(rng.integers(2)))
        rows.append(found)
    return rows


def _check(table: Table, rows: Sequence[Scored]) -> None:
    assert list(table) == list(rows)
    assert len(table) == len(rows)
    names = [row.cluster for row in rows]
    assert table.cluster_names == list(dict.fromkeys(names))
    assert [table.cluster_names[each] for each in table.clusters] == names
    column = [row.score.values.get("harmful", math.nan) for row in rows]
    np.testing.assert_array_equal(table.column("harmful"), column)
    assert table.has("harmful").tolist() == ["harmful" in row.score.values for row in rows]
    assert table.benign.tolist() == [row.benign for row in rows]
    assert table.weights.tolist() == [row.weight for row in rows]
    assert codes(table.tasks).tolist() == codes([row.cell.task for row in rows]).tolist()
    missing = [row.score.outcome == "missing" or row.score.unread for row in rows]
    assert table.missing.tolist() == missing


@pytest.mark.parametrize("read_first", [False, True])
def test_parts_of_parts(read_first: bool) -> None:
    rows = _rows()
    whole = Table(rows)
    if read_first:
        _check(whole, rows)
    part = whole.part(20, 50)
    _check(part, rows[20:50])
    flags = np.array([row.benign for row in rows[20:50]])
    _check(part.where(flags), [row for row in rows[20:50] if row.benign])
    _check(part.where(np.zeros(30, np.bool_)), [])
    assert part.where(np.ones(30, np.bool_)) is part
    assert Table.of(part) is part


def test_kept_once() -> None:
    made = []
    table = Table(_rows())
    for _ in range(3):
        assert table.kept("a", lambda own: made.append(own) or len(made)) == 1  # type: ignore[func-returns-value]
    assert made == [table]


def test_unequal_weights() -> None:
    assert Table(_rows()).unequal_weights is None
    assert Table([]).unequal_weights is None


def test_order_of_first_appearance() -> None:
    numbers = np.array([7, 2, 7, 9, 2, 0])
    ordered, places = in_order(numbers)
    assert ordered.tolist() == [7, 2, 9, 0]
    assert places.tolist() == codes(numbers.tolist()).tolist() == codes(numbers).tolist()
    assert codes(np.array(["b", "a", "b"])).tolist() == [0, 1, 0]  # type: ignore[arg-type]
