"""The plane of a plot: converts a model's two numbers and their intervals to pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from mmdt.core.estimate import Estimate
from mmdt.report.plot.labels import Rectangle
from mmdt.report.plot.scale import Scale

LEFT, RIGHT, TOP, BOTTOM = 78.0, 22.0, 24.0, 66.0
"""Margins in pixels around the frame, for ticks, titles and the marker of the better corner."""
Arm = tuple[float, float]
"""From the lower to the upper end of an interval."""


@dataclass(frozen=True, slots=True)
class Plane:
    """A frame within a picture, and the scales of its two axes; y increases downwards."""

    width: float
    height: float
    across: Scale
    up: Scale

    @classmethod
    def of(cls, width: float, height: float, across: Iterable[Estimate], up: Iterable[Estimate]) -> Plane:
        return cls(width, height, _scale(across), _scale(up))

    @property
    def frame(self) -> Rectangle:
        return Rectangle(LEFT, TOP, self.width - RIGHT, self.height - BOTTOM)

    def x(self, value: float) -> float:
        return self.frame.left + (self.frame.right - self.frame.left) * self.across.share(value)

    def y(self, value: float) -> float:
        return self.frame.bottom - (self.frame.bottom - self.frame.top) * self.up.share(value)

    def x_arm(self, estimate: Estimate) -> Arm | None:
        """The interval's ends in pixels; None if there is no interval."""
        return (self.x(estimate.low), self.x(estimate.high)) if _has_interval(estimate) else None

    def y_arm(self, estimate: Estimate) -> Arm | None:
        return (self.y(estimate.low), self.y(estimate.high)) if _has_interval(estimate) else None


def _scale(estimates: Iterable[Estimate]) -> Scale:
    return Scale.of(end for each in estimates for end in (each.value, each.low, each.high))


def _has_interval(estimate: Estimate) -> bool:
    return math.isfinite(estimate.low) and math.isfinite(estimate.high)
