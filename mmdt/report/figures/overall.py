"""The figures of whole runs: heat map, radar and forest plot."""

from __future__ import annotations

from collections.abc import Sequence

from mmdt.report.figures.drawing import Drawing
from mmdt.report.figures.forest import forest
from mmdt.report.figures.heat_map import heat_map
from mmdt.report.figures.radar import radar
from mmdt.report.figures.subject import Subject


def overall(subjects: Sequence[Subject]) -> list[Drawing]:
    """Heat map, radar and forest plot, as far as there is something to show."""
    return [each for each in (heat_map(subjects), radar(subjects), forest(subjects)) if each]
