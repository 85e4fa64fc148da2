"""Gap: does a model do better on cases that are public than on private ones that were made the same way?

The two runs are compared recipe by recipe (the attacks that made a case), so that another mix of attacks is no gap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmdt.core.score import Scored
from mmdt.errors import UsageError
from mmdt.runs.result import Run
from mmdt.stats.intervals.difference import difference_interval
from mmdt.stats.intervals.special import ndtri

PLAIN = "plain"
Sums = dict[tuple[str, str], tuple[float, float]]
"""(recipe, cluster) -> the sum of the values and their number."""


@dataclass(frozen=True, slots=True)
class Gap:
    """``difference``: the mean on private cases minus that on public ones, with its 95 % interval ``low`` to ``high``;
    ``recipe``: the attacks, or ``all`` for the mean over recipes that both have, each counting the same.
    ``smallest``: the gap that would have been seen with a probability of 80 % (two-sided, 5 %)."""

    component: str
    recipe: str
    public: float
    private: float
    difference: float
    low: float
    high: float
    smallest: float
    public_outputs: int
    private_outputs: int

    @property
    def seen(self) -> bool:
        """Whether the interval excludes 0."""
        return self.low > 0 or self.high < 0


def gap(public: Run | str | Path, private: Run | str | Path, component: str = "") -> tuple[Gap, ...]:
    """The gap of each component (or of one), over all recipes first and then recipe by recipe.

    Components are parts of a score with values from 0 to 1: ``harmful``, ``bypassed``, ``right``. Raises UsageError
    where the runs share no recipe with values of a component.
    """
    sides = [_components(each if isinstance(each, Run) else Run.open(each)) for each in (public, private)]
    shared = sorted(sides[0].keys() & sides[1].keys())
    if component:
        shared = [each for each in shared if each == component]
    found = tuple(each for name in shared for each in _gaps(name, sides[0][name], sides[1][name]))
    if not found:
        known = ", ".join(sorted(sides[0].keys() & sides[1].keys())) or "none"
        what = f"the runs share no recipe with values of {component}" if component else "the runs share no recipe"
        raise UsageError(what, hint=f"both must have cases made by the same attacks; components of both: {known}")
    return found


def _components(run: Run) -> dict[str, Sums]:
    rows = ((recipe_of(trial.case.recipe), scored) for trial, scored in run.scored())
    return sums_by_component(rows)


def recipe_of(recipe: Iterable[object]) -> str:
    """The attacks of a recipe, by name."""
    return "+".join(str(getattr(step, "attack", "")) for step in recipe) or PLAIN


def sums_by_component(rows: Iterable[tuple[str, Scored]]) -> dict[str, Sums]:
    """The values between 0 and 1, summed by recipe and cluster; other values belong to no gap."""
    found: dict[str, dict[tuple[str, str], list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
    for recipe, scored in rows:
        for name, value in scored.score.values.items():
            if 0 <= value <= 1:
                cell = found[name][recipe, scored.cluster]
                cell[0] += value
                cell[1] += 1
    return {name: {key: (total, size) for key, (total, size) in cells.items()} for name, cells in found.items()}


def _gaps(component: str, public: Sums, private: Sums) -> list[Gap]:
    shared = sorted({recipe for recipe, _ in public} & {recipe for recipe, _ in private})
    if not shared:
        return []
    rows = [one_gap(component, recipe, _of(public, (recipe,)), _of(private, (recipe,))) for recipe in shared]
    pooled = one_gap(component, "all", _of(public, shared), _of(private, shared))
    return [pooled, *rows] if len(rows) > 1 else rows


def _of(sums: Sums, recipes: Iterable[str]) -> Sums:
    wanted = set(recipes)
    return {key: value for key, value in sums.items() if key[0] in wanted}


def one_gap(component: str, recipe: str, public: Sums, private: Sums) -> Gap:
    """The gap over the recipes of these sums, each recipe with the same weight on both sides."""
    first, second = _arrays(public), _arrays(private)
    both = _side_by_side(first, second)
    means = [float(sums.sum() / sizes.sum()) for sums, sizes in (first, second)]
    binary = all(float(total).is_integer() for side in (public, private) for total, _ in side.values())
    low, high = difference_interval(*both, binary=binary)
    counts = [int(sum(size for _, size in side.values())) for side in (public, private)]
    half = (high - low) / 2
    power = float(ndtri(0.975) + ndtri(0.8)) / float(ndtri(0.975))
    return Gap(component, recipe, means[0], means[1], means[1] - means[0], low, high, half * power, *counts)


def _arrays(sums: Mapping[tuple[str, str], tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Sums and sizes by cluster, weighted so that every recipe counts the same and the sizes keep their total."""
    totals: dict[str, float] = defaultdict(float)
    for (recipe, _), (_, size) in sums.items():
        totals[recipe] += size
    even = sum(totals.values()) / len(totals)
    weights = np.array([even / totals[recipe] for recipe, _ in sums])
    values = np.array(list(sums.values()), float)
    return values[:, 0] * weights, values[:, 1] * weights


def _side_by_side(
    public: tuple[np.ndarray, np.ndarray], private: tuple[np.ndarray, np.ndarray]
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Private and public with their clusters one after the other: none is on both sides, so they are independent."""
    before, after = np.zeros(len(private[0])), np.zeros(len(public[0]))
    one = (np.concatenate([private[0], after]), np.concatenate([private[1], after]))
    other = (np.concatenate([before, public[0]]), np.concatenate([before, public[1]]))
    return one, other
