"""Worst slices: a weak spot is found with its cases, and a model without any is accused in at most 5 % of runs."""

import numpy as np
import pytest

from mmdt.core.cell import Cell
from mmdt.core.scenario import Scenario
from mmdt.core.score import Score, Scored
from mmdt.stats.coverage import coverage_p_value
from mmdt.stats.explain.evidence import Gap, Rate, Value
from mmdt.stats.explain.worst import p_worse, worst_slices
from mmdt.stats.metrics import mean_of
from tests.simulation import LEVEL, runs

CELL = Cell("hallucination", "i2t", "made", "one")
SCENARIOS = {
    "hallucination/i2t/made": Scenario(
        "hallucination", "i2t", "made", "made", ("one",), lambda *_: Score(), (mean_of("right"),), "right"
    )
}


def outputs(seed, weak=0.8, repeats=1, spread=0.0):
    """300 cases with three entries each; those with attack "patch" and colour "red" are right at the rate ``weak``."""
    dice = np.random.default_rng(seed)
    for number in range(300):
        target = {
            "attack": ("patch", "text", "noise")[number % 3],
            "color": ("red", "blue")[number // 3 % 2],
            "answer": f"word{number}",
            "level": int(number % 5),
        }
        rate = weak if target["attack"] == "patch" else 0.8
        rate = min(max(rate + spread * dice.standard_normal(), 0), 1)
        for repeat in range(repeats):
            yield Scored(f"c{number}", CELL, "", repeat, Score({"right": float(dice.random() < rate)})), target


def test_the_weak_spot_is_first_and_names_its_cases():
    found = worst_slices(SCENARIOS, outputs(1, weak=0.3))
    first = found.slices[0]
    assert (first.key, first.value, first.worse) == ("attack", "patch", True)
    assert first.measured.value < 0.5 < first.rest.value and first.measured.n == 100
    wrong = {scored.case_id for scored, target in outputs(1, weak=0.3) if not scored.score.values["right"]}
    assert len(first.cases) == 20 and set(first.cases) <= wrong
    assert "answer" not in {each.key for each in found.slices}  # a value a case divides nothing


def test_keys_narrow_the_slices():
    assert {each.key for each in worst_slices(SCENARIOS, outputs(1, weak=0.3), ("color",)).slices} <= {"color"}


@runs(20, 1_000)
@pytest.mark.parametrize(("repeats", "spread"), [(1, 0.0), (5, 0.2)], ids=["independent", "repeats"])
def test_a_model_without_a_weak_spot_is_rarely_accused(repeats, spread, runs, evidence):
    accused = 0
    for seed in range(runs):
        found = worst_slices(SCENARIOS, outputs(seed, repeats=repeats, spread=spread))
        accused += any(each.worse for each in found.slices)
    name = f"Worst slices of a model without a weak spot, cases asked {repeats}x: any accused"
    evidence(name, f"{accused:,} of {runs:,} runs")
    assert coverage_p_value(runs - accused, runs, 0.95) >= LEVEL


def test_the_exact_test_is_fishers():
    from scipy.stats import fisher_exact

    rows = [(str(n), float(n in (0, 1, 2, 3, 9)), n < 5) for n in range(20)]
    assert p_worse(rows) == pytest.approx(fisher_exact([[4, 1], [1, 14]], "greater").pvalue)


def test_slices_of_clusters_are_compared_as_a_gap_is():
    dice = np.random.default_rng(3)
    compared = 0
    for number in range(60):
        n, clusters = int(dice.integers(8, 120)), int(dice.integers(1, 40))
        names = [f"c{name}" for name in dice.integers(0, clusters, n)]
        bad = dice.integers(0, 2, n).astype(float) if number % 2 else dice.random(n)
        inside = dice.random(n) < 0.3
        if inside.all() or not inside.any() or len(set(names)) == n:
            continue
        sides = [
            Rate(tuple(Value(bad[at], names[at]) for at in np.flatnonzero(inside == side))) for side in (True, False)
        ]
        here, there = (bad[inside == side].mean() for side in (True, False))
        expected = Gap(*sides).p_above(0.0) if here > there else 1.0
        assert p_worse(list(zip(names, bad.tolist(), inside.tolist(), strict=True))) == expected
        compared += expected < 1
    assert compared > 10
