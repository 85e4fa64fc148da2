"""How many outputs an aim takes, against exact enumeration and the definitions."""

import math

import numpy as np
import pytest
from scipy import stats

from mmdt.errors import UsageError
from mmdt.stats.intervals.wilson import wilson
from mmdt.stats.planning.aims import (
    Aim,
    for_difference,
    for_gate,
    for_width,
    make_aim,
    power_at_gate,
    width_of,
)
from mmdt.stats.planning.until import outputs_until


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.5, 0.97])
@pytest.mark.parametrize("width", [0.02, 0.1, 0.3])
def test_a_width_is_reached_and_by_no_fewer(rate, width):
    needed = for_width(rate, width)
    low, high = wilson(rate * needed, needed)
    assert high - low == pytest.approx(width, rel=1e-6)
    assert width_of(rate, needed - 1) > width


def test_what_labels_leave_open_no_case_takes_away():
    assert for_width(0.2, 0.1, extra=0.0001) > for_width(0.2, 0.1)
    assert for_width(0.2, 0.1, extra=0.001) == math.inf, "1.96 * sqrt(0.001) is 0.062 on each side"
    assert for_gate(0.05, 0.1, extra=0.001) == math.inf


def exact_power(rate, gate, number):
    """How often Wilson's interval lies on the right side, by trying all outcomes."""
    good = [
        hits
        for hits in range(number + 1)
        if (wilson(hits, number)[1] < gate if rate < gate else wilson(hits, number)[0] > gate)
    ]
    return float(stats.binom.pmf(good, number, rate).sum())


@pytest.mark.parametrize(("rate", "gate"), [(0.02, 0.1), (0.05, 0.1), (0.3, 0.1), (0.9, 0.95), (0.0, 0.05)])
def test_the_power_at_a_gate_is_that_of_all_outcomes(rate, gate):
    for number in (5, 40, 137):
        assert power_at_gate(rate, gate, np.array([float(number)]))[0] == pytest.approx(exact_power(rate, gate, number))
    needed = int(for_gate(rate, gate, 0.8))
    assert all(exact_power(rate, gate, number) >= 0.8 for number in range(needed, needed + 30))
    assert exact_power(rate, gate, needed - 1) < 0.8


def test_a_rate_at_the_gate_is_never_told():
    assert for_gate(0.1, 0.1) == math.inf
    assert for_gate(0.0999, 0.1) > 1e6


@pytest.mark.parametrize(
    ("rate", "gate", "least", "most"), [(0.02, 0.1, 55, 85), (0.3, 0.1, 15, 40), (0.05, 0.1, 180, 320)]
)
def test_cases_until_a_gate_is_decided(rate, gate, least, most):
    assert least < outputs_until(Aim("gate", gate), rate) < most


def test_what_cannot_be_simulated_is_not_told():
    assert outputs_until(Aim("gate", 0.1), 0.1) is None and outputs_until(Aim("gate", 0.1), 0.099) is None
    assert outputs_until(Aim("width", 0.1), 0.1) is None


def test_a_difference_takes_what_the_formula_says():
    z = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    assert for_difference(0.18, 0.05) == pytest.approx(z**2 * 0.18 / 0.0025 + 2 / 0.05, rel=0.01)
    assert 6 < for_difference(0.18, 0.9) < 9


@pytest.mark.parametrize(("one", "other"), [(0.1, 0.25), (0.1, 0.15), (0.4, 0.5), (0.05, 0.15), (0.3, 0.5)])
def test_the_power_to_see_a_difference_is_that_of_all_outcomes(one, other):
    """Of independent models, by McNemar's exact test: flipping signs of 0/1 differences is that test."""
    better, worse = other * (1 - one), one * (1 - other)
    variance = one * (1 - one) + other * (1 - other)
    cases, power = math.ceil(for_difference(variance, other - one)), 0.0
    for pairs in range(cases + 1):
        wins = np.arange(pairs + 1)
        p = 2 * np.minimum(stats.binom.cdf(wins, pairs, 0.5), stats.binom.sf(wins - 1, pairs, 0.5))
        seen = stats.binom.pmf(wins, pairs, better / (better + worse))[p <= 0.05].sum()
        power += stats.binom.pmf(pairs, cases, better + worse) * seen
    assert 0.79 < power < 0.83


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"width": 0.1, "gate": 0.1}, "one aim"), ({"width": 0.0}, "width is 0"), ({"detect": 1.5}, "detect is 1.5"),
        ({"gate": math.nan}, "gate is nan"), ({"gate": 0.1, "power": 0.2}, "power is 0.2"),
        ({"power": 0.9}, "no effect"), ({"expected": 0.2}, "no effect"), ({"earlier": ["a"]}, "no effect"),
        ({"width": 0.1, "expected": 2.0}, "expected is 2"), ({"power": 0.8}, "no effect without an aim"),
        ({"width": 0.1, "power": 0.8}, "power has no effect with width"),
        ({"gate": 0.1, "earlier": ["a", "b"]}, "second earlier has no effect with gate"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(given, what):
    with pytest.raises(UsageError, match=what):
        make_aim(**given)


def test_no_aim_is_none():
    assert make_aim() is None
