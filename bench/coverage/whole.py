"""Whole perspectives, as ``mmdt doctor --ruler`` checks them: new cases, organism and pictures for every seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mmdt import plugins as registry
from mmdt.core.estimate import Estimate
from mmdt.stats.coverage import RulerReport, check_ruler
from mmdt.validate.ruler import cell_pairs, measure, planted, scenario_pairs

WORLDS = ("hallucination", "ood", "adversarial")
Pairs = dict[tuple[str, str], list[tuple[Estimate, float]]]


def run(names: Sequence[str], seeds: range, size: int) -> Pairs:
    """(perspective, level) -> (estimate, truth) of each seed; ``level`` is cells or scenarios."""
    chosen = tuple(each for each in registry.perspectives() if each.name in names)
    truth = {name: _of(name) for name in names}
    found: Pairs = {(name, level): [] for name in names for level in ("cells", "scenarios")}
    for seed in seeds:
        card = measure(chosen, seed, size)
        for name in names:
            found[name, "cells"] += cell_pairs(card, truth[name])
            found[name, "scenarios"] += scenario_pairs(card, truth[name])
    return found


def reports(pairs: Pairs) -> Iterator[tuple[str, str, str, RulerReport]]:
    """(perspective, level, metric, report), each metric separately and all together (``all``)."""
    for (name, level), each in pairs.items():
        for metric in sorted({estimate.metric for estimate, _ in each}):
            yield name, level, metric, check_ruler(pair for pair in each if pair[0].metric == metric)
        yield name, level, "all", check_ruler(each)


def _of(name: str) -> Mapping[str, Mapping[str, float]]:
    return {cell: rates for cell, rates in planted().items() if cell.startswith(f"{name}/")}
