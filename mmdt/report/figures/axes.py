"""The headlines that radar and heat map show: one axis a perspective, modality and quantity, over all runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mmdt.report.figures.subject import Subject
from mmdt.report.standing import Standing


@dataclass(frozen=True, slots=True)
class HeadlineAxis:
    """A headline; ``standings``: of each run, None where it was not run or has no value."""

    perspective: str
    modality: str
    quantity: str
    direction: str
    standings: tuple[Standing | None, ...]

    @property
    def title(self) -> str:
        """``Safety, text to image: Bypass rate (BR)``."""
        return f"{self.perspective}, {self.modality.lower()}: {self.quantity}"


COLUMNS = (
    "perspective", "modality", "quantity", "direction", "model", "value", "low", "high", "from_worst_to_best",
)  # fmt: skip


def headline_axes(subjects: Sequence[Subject]) -> list[HeadlineAxis]:
    """Every headline that any of the runs has."""
    keys = dict.fromkeys(_key(each) for subject in subjects for each in subject.standings)
    found = [{_key(each): each for each in subject.standings} for subject in subjects]
    axes = []
    for key in keys:
        mine = tuple(_known(each.get(key)) for each in found)
        first = next(each[key] for each in found if key in each)
        axes.append(
            HeadlineAxis(
                first.cell.title,
                first.cell.modality_title,
                first.headline.view.title,
                first.headline.direction,
                mine,
            )
        )
    return axes


def rows(axes: Sequence[HeadlineAxis], subjects: Sequence[Subject]) -> tuple[tuple[str | float | None, ...], ...]:
    """The table of what is drawn: a row for each headline and run."""
    found = []
    for axis in axes:
        for subject, standing in zip(subjects, axis.standings, strict=True):
            numbers: tuple[float | None, ...] = (None,) * 4
            if standing:
                headline = standing.headline
                numbers = (headline.value, headline.low, headline.high, standing.share)
            found.append((axis.perspective, axis.modality, axis.quantity, axis.direction, subject.label, *numbers))
    return tuple(found)


def _key(each: Standing) -> tuple[str, str, str]:
    return each.cell.perspective, each.cell.modality, each.headline.address


def _known(each: Standing | None) -> Standing | None:
    return None if each is None or math.isnan(each.share) else each
