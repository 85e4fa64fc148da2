"""A part of a scorecard: the numbers at the addresses that globs select."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mmdt.core.cell import Cell, Selection
from mmdt.errors import UsageError
from mmdt.stats.scorecard import Scorecard


def narrowed(scorecard: Scorecard, globs: Sequence[str]) -> Scorecard:
    """The cells that the globs select, their scenarios, and the summaries that rest on nothing else.

    A number is what it is in the whole scorecard: that of a scenario rests on all of its cells, selected or not. Raises
    UsageError where nothing is selected.
    """
    if not globs:
        return scorecard
    selection = Selection.of(globs)
    cells = {each.address for each in scorecard.results if each.level == "cell" and _selects(selection, each.address)}
    if not cells:
        known = dict.fromkeys("/".join(each.address.split("/")[:2]) + "/**" for each in scorecard.results)
        raise UsageError(f"the run has nothing at {' '.join(globs)}", hint=f"it has: {', '.join(known)}")
    scenarios = {address.rpartition("/")[0] for address in cells}
    left_out = {each.address for each in scorecard.results if each.level == "scenario"} - scenarios
    kept = tuple(
        each
        for each in scorecard.results
        if each.address in cells
        or each.address in scenarios
        or (each.level == "summary" and not any(_within(address, each.address) for address in left_out)
            and any(_within(address, each.address) for address in scenarios))
    )  # fmt: skip
    return replace(scorecard, results=kept)


def _selects(selection: Selection, address: str) -> bool:
    return selection.matches(Cell.parse(address))


def _within(scenario: str, summary: str) -> bool:
    """Whether a summary is about the scenario's perspective and modality, as far as its address says."""
    return summary.split("/")[:2] == scenario.split("/")[:2] or summary == scenario.split("/")[0]
