"""How far mmdt's published rules agree with vectors, by cell."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mmdt.perspectives.published_numbers import rule_of
from mmdt.perspectives.shared.published_rule import NoPublishedNumberError
from mmdt.validate.vectors.lines import Line, Vector, read_lines

TOLERANCE = 1e-6
"""Absolute, and relative to numbers above 1. Vectors hold ten decimals at most."""
SHOWN = 20


@dataclass(slots=True)
class CellAgreement:
    """Of the lines of one cell: how many are equal, compared, and skipped because they follow a defect."""

    cell: str
    equal: int = 0
    compared: int = 0
    skipped: int = 0


@dataclass(slots=True)
class Agreement:
    """By cell, in the order in which they come, and the first lines that differ."""

    cells: dict[str, CellAgreement] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)

    @property
    def equal(self) -> int:
        return sum(each.equal for each in self.cells.values())

    @property
    def compared(self) -> int:
        return sum(each.compared for each in self.cells.values())

    @property
    def skipped(self) -> int:
        return sum(each.skipped for each in self.cells.values())

    def add(self, line: Line) -> None:
        vector = line.vector
        cell = self.cells.setdefault(vector.cell, CellAgreement(vector.cell))
        if vector.defect:
            cell.skipped += 1
            return
        cell.compared += 1
        difference = difference_of(vector)
        cell.equal += not difference
        if difference:
            self.differences.append(f"{line.where} {vector.cell}: {difference}")

    def as_json(self) -> dict[str, Any]:
        cells = [
            {"cell": each.cell, "equal": each.equal, "compared": each.compared, "skipped": each.skipped}
            for each in self.cells.values()
        ]
        return {"cells": cells, "differences": self.differences[:SHOWN]}


def check_vectors(folder: str | Path) -> Agreement:
    """Scores every line of a folder of vectors. Raises UsageError and DataError as ``read_lines`` does."""
    return agreement(read_lines(Path(folder)))


def agreement(lines: Iterable[Line]) -> Agreement:
    found = Agreement()
    for line in lines:
        found.add(line)
    return found


def difference_of(vector: Vector) -> str:
    """What differs between mmdt's number and the published one; empty where they are equal."""
    rule = rule_of(vector.cell)
    if rule is None:
        return "mmdt has no published rule for this cell"
    try:
        found = rule(vector.row, vector.observed)
    except NoPublishedNumberError as error:
        return f"no number: {error}"
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError) as error:
        return f"the line cannot be scored: {type(error).__name__}: {str(error)[:80]}"
    return compared(vector.published, found)


def compared(published: Any, found: Mapping[str, Any]) -> str:
    """``published`` is a number, which the first of ``found`` must equal, or an object of which each entry must."""
    if not isinstance(published, Mapping):
        name, number = next(iter(found.items()))
        return "" if _same(published, number) else f"{name}: expected {published}, got {number}"
    missing = [name for name in published if name not in found]
    if missing:
        return f"mmdt has no number {missing[0]!r}"
    wrong = [name for name, value in published.items() if not _same(value, found[name])]
    return "; ".join(f"{name}: expected {published[name]}, got {found[name]}" for name in wrong)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return all(name in other and _same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_same(*pair) for pair in zip(one, other, strict=True))
    if one is None or other is None:
        return one is other
    if not isinstance(one, int | float) or not isinstance(other, int | float):
        return False
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def text(found: Agreement) -> str:
    """A line a cell, the worst first, then the first lines that differ."""
    cells = sorted(found.cells.values(), key=lambda each: (each.equal - each.compared, each.cell))
    width = max((len(each.cell) for each in cells), default=0)
    lines = [
        f"{each.cell:<{width}}  {each.equal}/{each.compared}" + (f"  {each.skipped} skipped" if each.skipped else "")
        for each in cells
    ]
    if found.differences:
        lines += ["", "lines that differ:", *(f"  {each}" for each in found.differences[:SHOWN])]
        more = len(found.differences) - SHOWN
        lines += [f"  and {more} more"] if more > 0 else []
    skipped = f", {found.skipped} skipped (decided by a defect of the authors' code)" if found.skipped else ""
    return "\n".join([*lines, "", f"{found.equal} of {found.compared} lines are equal{skipped}"])
