"""The figures of whole runs: heat map, radar, forest plot, and numbers over severity."""

from __future__ import annotations

from collections.abc import Sequence

from mmdt.report.figures.drawing import Drawing
from mmdt.report.figures.forest import forest
from mmdt.report.figures.heat_map import heat_map
from mmdt.report.figures.radar import radar
from mmdt.report.figures.severity import severity_curves
from mmdt.report.figures.subject import Subject


def overall(subjects: Sequence[Subject]) -> list[Drawing]:
    """Heat map, radar, forest plot and numbers over severity, as far as there is something to show."""
    whole = [each for each in (heat_map(subjects), radar(subjects), forest(subjects)) if each]
    return [*whole, *severity_curves(subjects)]
