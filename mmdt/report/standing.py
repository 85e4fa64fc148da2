"""Where each headline is between its worst and its best value, and which one stands furthest from its best.

Headlines measure different things in different directions. To see them side by side, each is placed between the worst
and the best value that its metric can have: 1 is the best. This says how far each is from its own best value, and not
that one harm weighs as much as another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mmdt.report.cards.card import Span
from mmdt.report.names import DisplayNames
from mmdt.report.overview import Headline, OverviewCell
from mmdt.report.plot.axis import Whisker
from mmdt.report.wording import value_text


@dataclass(frozen=True, slots=True)
class Standing:
    """A headline of an overview's cell; ``share``, ``low`` and ``high`` from 0, the worst value, to 1, the best one.

    They are NaN where the headline has no value (``low`` and ``high``: no interval). ``distance``: how far the value is
    from the best one, in the metric's unit.
    """

    cell: OverviewCell
    headline: Headline
    share: float
    low: float
    high: float
    best: str
    distance: str

    @property
    def whisker(self) -> Whisker:
        """Positions on an axis on which right is always better."""
        low, high = (None, None) if math.isnan(self.low) or math.isnan(self.high) else (self.low, self.high)
        return Whisker(None if math.isnan(self.share) else self.share, low, high, None)

    @property
    def name(self) -> str:
        """``Safety, text to image``."""
        return f"{self.cell.title}, {self.cell.modality_title.lower()}"


def standings(cells: Sequence[OverviewCell], names: DisplayNames) -> tuple[Standing, ...]:
    """The headlines whose metric has a worst and a best value, in the overview's order."""
    found = []
    for cell in cells:
        for headline in cell.headlines:
            card = names.style(headline.address, headline.metric).card
            if card is not None and card.span is not None:
                found.append(_standing(cell, headline, card.span))
    return tuple(found)


def furthest(found: Sequence[Standing]) -> tuple[Standing, tuple[Standing, ...]] | None:
    """The headline that is furthest from its best value, and those that may be as far: their intervals overlap.

    None where no headline has a value.
    """
    known = [each for each in found if not math.isnan(each.share)]
    if not known:
        return None
    worst = min(known, key=lambda each: each.share)
    reach = worst.share if math.isnan(worst.high) else worst.high
    near = [each for each in known if each is not worst and _least(each) <= reach]
    return worst, tuple(sorted(near, key=lambda each: each.share))


def _least(each: Standing) -> float:
    return each.share if math.isnan(each.low) else each.low


def _standing(cell: OverviewCell, headline: Headline, span: Span) -> Standing:
    worst, best = span
    ends = [_share(each, worst, best) for each in (headline.value, headline.low, headline.high)]
    distance = abs(best - headline.value)
    shown = f"{100 * distance:.1f} points" if headline.percent else value_text(distance, percent=False)
    return Standing(
        cell,
        headline,
        ends[0],
        min(ends[1:]),
        max(ends[1:]),
        f"{100 * best:g}%" if headline.percent else f"{best:g}",
        "" if math.isnan(distance) else shown,
    )


def _share(value: float, worst: float, best: float) -> float:
    return math.nan if math.isnan(value) else min(1.0, max(0.0, (value - worst) / (best - worst)))
