"""Scored outputs in a compact form: columns of each cell, so that a million of them are read in seconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from mmdt.core.cell import Cell
from mmdt.core.score import Score, Scored


class Row(msgspec.Struct, array_like=True, gc=False):
    """A scored output without its cell. ``same``: the values and texts that many outputs share, by their number."""

    case_id: str
    group: str
    repeat: int
    shared: str
    weight: float
    pair: str
    twin_of: str
    same: int


class Same(msgspec.Struct, array_like=True, frozen=True):
    """What many outputs have in common."""

    values: dict[str, float]
    outcome: str
    missing: str
    cut_off: bool
    benign: bool
    model: str
    system: str


class Rows(msgspec.Struct, array_like=True):
    """``cells``: address -> its rows; ``order``: (address, how many of its rows follow) as they were scored."""

    same: list[Same]
    cells: dict[str, list[Row]]
    order: list[tuple[str, int]]


def packed(rows: Iterable[Scored]) -> Rows:
    """The rows, to be kept."""
    same: dict[object, int] = {}
    common: list[Same] = []
    cells: dict[str, list[Row]] = {}
    order: list[tuple[str, int]] = []
    names: dict[Cell, str] = {}
    for each in rows:
        name = names.get(each.cell) or names.setdefault(each.cell, str(each.cell))
        score = each.score
        alike = (
            *(tuple(score.values.items()), score.outcome, score.missing),
            *(each.cut_off, each.benign, each.model, each.system),
        )
        number = same.get(alike)
        if number is None:
            number = same[alike] = len(common)
            common.append(Same(dict(score.values), *alike[1:]))
        row = Row(each.case_id, each.group, each.repeat, each.shared, each.weight, each.pair, each.twin_of, number)
        cells.setdefault(name, []).append(row)
        if order and order[-1][0] == name:
            order[-1] = (name, order[-1][1] + 1)
        else:
            order.append((name, 1))
    return Rows(common, cells, order)


def unpacked(found: Rows) -> Iterator[Scored]:
    """The rows, in their order. Outputs with equal scores share them."""
    scores = [Score(each.values, each.outcome, each.missing) for each in found.same]
    cells: Mapping[str, Cell] = {name: Cell.parse(name) for name in found.cells}
    rows = {name: iter(each) for name, each in found.cells.items()}
    for name, number in found.order:
        cell, source = cells[name], rows[name]
        for _ in range(number):
            row = next(source)
            same = found.same[row.same]
            yield Scored(
                row.case_id,
                cell,
                row.group,
                row.repeat,
                scores[row.same],
                same.cut_off,
                row.shared,
                row.weight,
                same.benign,
                row.pair,
                row.twin_of,
                same.model,
                same.system,
            )
