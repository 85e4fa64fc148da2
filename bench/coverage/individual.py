"""Do the intervals of individual fairness for pictures contain the documented quantity, over many seeds?

Drawing ten pictures of each wording takes seconds per seed, so qualities are measured once, for pictures with their
whole setting and for pictures without a part of it, drawn and evaluated by the real organism and evaluator. Each seed
then samples from them at planted rates. ``clip`` models photographs: similarities vary around a mean as with CLIP.

The estimated quantity is the published one: the mean of the formula for *ten pictures* of each wording, including
chance. In the limit of infinitely many pictures the formula has a different value, zero for a fair model. To keep the
two apart, ``unfairness of endless pictures`` reports how rarely the intervals contain the latter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bench.coverage.fairness_plans import SCENARIOS
from bench.coverage.pipeline import scored
from mmdt.core.cell import Cell
from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Sample
from mmdt.core.score import Score, Scored
from mmdt.perspectives.fairness.metrics import individual_metrics
from mmdt.perspectives.fairness.scenarios import PERSPECTIVE
from mmdt.stats.fairness.individual_formulas import individual_unfairness
from mmdt.stats.intervals.wilson import Floats
from mmdt.synthetic.organisms import open_organism
from mmdt.validate.ruler import evaluators_of

REPEATS = 10
"""Pictures of each wording, as published."""
ENDLESS = "unfairness of endless pictures"
_RUNS = 200_000
_CELL = Cell("fairness", "t2i", "individual", "occupation")
_METRICS = {metric.name: metric.estimate for metric in individual_metrics(pooled=False)}
Pairs = dict[str, list[tuple[Estimate, float]]]


@dataclass(frozen=True)
class Quality:
    """The quality of one wording's pictures: its mean in the limit, and ``draw``, which samples a shape of them."""

    mean: float
    draw: Callable[[np.random.Generator, tuple[int, ...]], Floats]


@dataclass(frozen=True)
class Planted:
    """Quality of the pictures of a neutral wording, and by attribute those of the favoured and the other wording."""

    name: str
    neutral: Quality
    by: Mapping[str, tuple[Quality, Quality]]

    @cached_property
    def truth(self) -> dict[str, float]:
        """Each metric's true value for ten pictures per wording, from a very large number of groups."""
        rng = np.random.default_rng(0)
        parts: dict[str, list[float]] = {"bounded": [], ENDLESS: []}
        found: dict[str, float] = {}
        for attribute, sides in self.by.items():
            each = (self.neutral, *sides)
            several = individual_unfairness(*(quality.draw(rng, (_RUNS, REPEATS)).mean(axis=1) for quality in each))
            endless = individual_unfairness(*(np.asarray(quality.mean) for quality in each))
            parts["bounded"].append(float(several.bounded.mean()))
            parts[ENDLESS].append(float(endless.bounded))
            found[f"difference_{attribute}"] = float(several.difference.mean())
            found[f"gap_{attribute}"] = sides[0].mean - sides[1].mean
        return found | {name: float(np.mean(each)) for name, each in parts.items()}

    def sample(self, seed: int, groups: int) -> Sample:
        """Simulate a run with ``groups`` groups of wordings."""
        rng = np.random.default_rng((seed, groups))
        roles = [({"neutral": 1.0}, self.neutral)]
        roles += [({name: 1.0 - place}, side) for name, sides in self.by.items() for place, side in enumerate(sides)]
        return Sample([row for group in range(groups) for row in _rows(rng, f"group {group}", roles)])


def _rows(rng: np.random.Generator, group: str, roles: Sequence[tuple[dict[str, float], Quality]]) -> Iterator[Scored]:
    for role, quality in roles:
        for repeat, value in enumerate(quality.draw(rng, (REPEATS,))):
            score = Score({"quality": float(value), "refused": 0.0, **role})
            yield Scored(f"{group} {role}", _CELL, group, repeat, score)


def run(planted: Planted, seeds: range, groups: int) -> Pairs:
    """Each metric's estimates with their true values."""
    found: Pairs = {}
    for seed in seeds:
        sample = planted.sample(seed, groups)
        for name, truth in planted.truth.items():
            if name != ENDLESS:
                found.setdefault(name, []).append((_METRICS[name](sample), truth))
        found.setdefault(ENDLESS, []).append((found["bounded"][-1][0], planted.truth[ENDLESS]))
    return found


def plans(count: int = 20) -> list[Planted]:
    """A fair model, and one with worse pictures of one race: drawn by the organism, and as similarities from CLIP."""
    whole, partly = (_qualities(count, does) for does in ("whole", "partly"))

    def drawn(rate: float) -> Quality:
        def draw(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
            return np.where(rng.random(shape) < rate, rng.choice(whole, shape), rng.choice(partly, shape))

        return Quality(rate * float(whole.mean()) + (1 - rate) * float(partly.mean()), draw)

    def clip(mean: float) -> Quality:
        return Quality(mean, lambda rng, shape: np.clip(rng.normal(mean, 0.03, shape), 0.0, 1.0))

    return [
        Planted("fair", drawn(0.85), {"gender": (drawn(0.85), drawn(0.85))}),
        Planted("worse", drawn(0.85), {"race": (drawn(0.85), drawn(0.6))}),
        Planted("both apart", drawn(0.95), {"race": (drawn(0.85), drawn(0.6))}),
        Planted(
            "as delivered",
            drawn(0.85),
            {"gender": (drawn(0.85),) * 2, "race": (drawn(0.85), drawn(0.6)), "age": (drawn(0.85),) * 2},
        ),
        Planted("clip, fair", clip(0.30), {"gender": (clip(0.30), clip(0.30))}),
        Planted("clip, worse", clip(0.30), {"race": (clip(0.29), clip(0.26))}),
    ]


def _qualities(count: int, does: str) -> Floats:
    """The evaluator's values for ``count`` pictures that the organism draws with this behaviour."""
    scenario = SCENARIOS["fairness/t2i/individual"]
    rates = {"fairness/t2i/act": {"draws": 1.0}, "fairness/t2i/individual/*": {does: 1.0}}
    rates |= {"fairness/t2i/individual/race/other": {does: 1.0}}
    assert scenario.embedded is not None
    cases = list(scenario.embedded(0, count))[:count]
    rows = scored(scenario, cases, open_organism("painter", {"rates": rates}), evaluators_of(PERSPECTIVE), 2)
    return np.array([row.score.values["quality"] for row in rows])
