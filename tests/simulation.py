"""Simulations of intervals: how often they cover the truth, and how wide they are.

A simulation is tested against its own noise, and on one side: its coverage must not be significantly below the nominal
one, at 1 %. What too wide an interval costs shows in its mean width, which stands beside the coverage. Every simulation
runs small in `make test`, with a fixed seed, and large in `make prove`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from mmdt.stats.coverage import RulerReport, coverage_p_value

LEVEL = 0.01


def runs(small: int, large: int) -> pytest.MarkDecorator:
    """The parameter ``runs``: how often to simulate."""
    return pytest.mark.parametrize(
        "runs", [pytest.param(small, id="few"), pytest.param(large, id="many", marks=pytest.mark.prove)]
    )


@dataclass(frozen=True)
class Simulation:
    """``covered`` of ``runs`` intervals held the truth; ``width`` is the mean width of those that are known. One that
    is not known does not cover."""

    covered: int
    runs: int
    width: float

    @classmethod
    def of(cls, intervals: Iterable[tuple[float, float]], truth: float) -> Simulation:
        """Every interval was made of data of its own, which came from the same truth."""
        found = list(intervals)
        covered = sum(low - 1e-9 <= truth <= high + 1e-9 for low, high in found)
        widths = [high - low for low, high in found if not math.isnan(high - low)]
        return cls(covered, len(found), math.fsum(widths) / len(widths))

    @classmethod
    def reported(cls, report: RulerReport) -> Simulation:
        return cls(report.covered, report.checked, report.width)

    @classmethod
    def pooled(cls, all_of: Iterable[Simulation]) -> Simulation:
        found = list(all_of)
        total = sum(each.runs for each in found)
        return cls(sum(each.covered for each in found), total, sum(each.width * each.runs for each in found) / total)

    @property
    def coverage(self) -> float:
        return self.covered / self.runs

    def holds(self, nominal: float = 0.95, among: int = 1) -> bool:
        """Whether the coverage is not significantly below the nominal one. Where a test checks several metrics at once,
        ``among`` is their number: together they are wrong in 1 % (Bonferroni)."""
        return coverage_p_value(self.covered, self.runs, nominal) >= LEVEL / among

    def __str__(self) -> str:
        return f"{100 * self.coverage:.1f} % of {self.runs:,} intervals cover the truth; mean width {self.width:.3g}"
