"""The correlation of true bypass and harm: holds its level whatever the noise, and sees what is there."""

import math

import numpy as np
import pytest

from mmdt.core.cell import Cell
from mmdt.core.score import Score, Scored
from mmdt.stats.explain.plane import correlation, correlations, plane
from tests.simulation import Simulation, runs

NOISE = (0.1**2, 0.09**2, 0.6 * 0.1 * 0.09)


def points(dice, rho, n, spread=0.15):
    """True pairs of rates with that correlation, measured with errors that are correlated as well."""
    cov = spread**2 * np.array([[1, rho], [rho, 1]])
    true = dice.multivariate_normal([0.5, 0.3], cov, n)
    noise = np.array([[NOISE[0], NOISE[2]], [NOISE[2], NOISE[1]]])
    return true + dice.multivariate_normal([0, 0], noise, n), np.tile(NOISE, (n, 1))


@runs(25, 1_000)
@pytest.mark.parametrize(("rho", "n"), [(0.0, 18), (0.0, 8), (0.7, 24), (-0.5, 18)])
def test_the_interval_holds_the_true_correlation(rho, n, runs, evidence):
    dice = np.random.default_rng(7)
    found = Simulation.of((correlation(*points(dice, rho, n))[1:] for _ in range(runs)), rho)
    evidence(f"Correlation of true bypass and harm, {rho:g} over {n} categories", found)
    assert found.holds(among=4)


def test_noise_that_is_shared_is_no_correlation():
    """The measured rates go together, because their errors do; the true ones do not."""
    dice = np.random.default_rng(1)
    values, covariances = points(dice, 0.0, 400, spread=0.1)
    assert np.corrcoef(values.T)[0, 1] > 0.15
    value, low, high = correlation(values, covariances)
    assert low <= 0 <= high and abs(value) < 0.25


def test_few_points_and_no_spread_say_nothing():
    assert correlation(np.array([[0.1, 0.2]] * 3), np.array([NOISE] * 3))[1:] == (-1.0, 1.0)
    same = correlation(np.array([[0.5, 0.3]] * 10), np.array([NOISE] * 10))
    assert math.isnan(same[0]) and same[1:] == (-1.0, 1.0)


def test_points_are_by_scenario_and_category_without_benign_cases():
    cells = [Cell("safety", "i2t", name, task) for name in ("typography", "jailbreak") for task in ("a", "b")]
    rows = [
        Scored(f"{cell}{n}", cell, "", 0, Score({"bypassed": float(n < 6), "harmful": float(n < 3)}))
        for cell in cells
        for n in range(10)
    ]
    rows.append(
        Scored("benign", Cell("safety", "i2t", "benign", "a"), "", 0, Score({"over_refused": 0.0}), benign=True)
    )
    found = plane("model", rows)
    assert [(each.scenario, each.category) for each in found] == [(cell.parent, cell.task) for cell in cells]
    assert all(each.bypass.value == 0.6 and each.harm.value == 0.3 for each in found)
    [over] = correlations(found)
    assert over.points == 4 and over.low == -1 and over.high == 1  # equal points: nothing is known


def test_what_is_missing_could_be_anything():
    cell = Cell("safety", "i2t", "typography", "a")
    known = [Scored(f"{n}", cell, "", 0, Score({"bypassed": 1.0, "harmful": 0.0})) for n in range(20)]
    lost = [Scored(f"lost{n}", cell, "", 0, Score.unknown("HTTP 503")) for n in range(8)]
    unjudged = [Scored("judge", cell, "", 0, Score({"bypassed": 1.0}, "missing", "harm: unreadable"))]
    [whole] = plane("model", known)
    [point] = plane("model", [*known, *lost, *unjudged])
    assert (whole.harm.n, whole.harm.missing, point.harm.n, point.harm.missing) == (20, 0, 20, 9)
    assert point.bypass.missing == 8 and point.harm.value == 0.0
    assert point.harm.high > 9 / 29 > whole.harm.high and point.bypass.low < whole.bypass.low
    assert plane("model", lost) == ()
