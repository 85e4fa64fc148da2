"""How much is protected, by published weights and by hand."""

import math

import pytest

from mmdt.core.cell import Cell
from mmdt.core.scenario import Sample
from mmdt.core.score import Score, Scored
from mmdt.stats.protection import MeanProtection, WeightedProtection

CELL = Cell("privacy", "i2t", "location", "street")
UNITS = ("country", "state", "city", "part_zip", "zip")
PROTECTION = WeightedProtection("protection", "leaks", UNITS, (1.0, 2.0, 4.0, 8.0, 16.0))


def rows(**leaks):
    """Places with leaks by granularity: lists of 0 and 1, one a place."""
    found = []
    for unit, values in leaks.items():
        asked = {f"asks_{each}": float(each == unit) for each in UNITS}
        for number, value in enumerate(values):
            score = Score({f"leaks_{unit}": float(value), **asked})
            found.append(Scored(f"{unit} {number}", CELL, f"place {number}", 0, score))
    return found


def test_protection_by_the_published_weights():
    data = Sample(
        rows(country=[1, 1, 1, 0], state=[1, 1, 0, 0], city=[1, 0, 0, 0], part_zip=[1, 1, 0, 0], zip=[1, 0, 0, 0])
    )
    estimate = PROTECTION(data)
    assert estimate.value == pytest.approx(1 - (0.75 + 2 * 0.5 + 4 * 0.25 + 8 * 0.5 + 16 * 0.25) / 31)
    assert estimate.low < estimate.value < estimate.high
    assert PROTECTION(Sample([*data.rows, *data.rows])).value == pytest.approx(estimate.value)


@pytest.mark.parametrize(("value", "protected"), [(0, 1), (1, 0)])
def test_all_or_nothing_has_a_wide_interval(value, protected):
    data = Sample(rows(**{unit: [value] * 8 for unit in UNITS}))
    estimate = PROTECTION(data)
    assert estimate.value == protected
    assert 0.05 < estimate.high - estimate.low < 0.6


def test_a_unit_that_was_not_asked_about_leaves_no_value():
    assert math.isnan(PROTECTION(Sample(rows(country=[1, 0]))).value)


def test_protection_is_one_minus_what_is_given_away():
    data = Sample([Scored(f"{n}", CELL, "", 0, Score({"given_away": n / 4})) for n in range(5)])
    estimate = MeanProtection("protection", "given_away")(data)
    assert estimate.value == pytest.approx(0.5)
    assert estimate.low < 0.5 < estimate.high


def test_outputs_that_do_not_count_are_not_missing():
    """The authors' code drops a reply without an answer; it is not an answer that failed."""
    values = [{"given_away": 1.0, "counted": 1.0}, {"given_away": 0.0, "counted": 1.0}, {"counted": 0.0}]
    found = [Scored(f"{n}", CELL, "", 0, Score(each)) for n, each in enumerate(values)]
    estimate = MeanProtection("protection", "given_away", "counted")(Sample(found))
    assert (estimate.value, estimate.n, estimate.missing) == (0.5, 2, 0)
    assert MeanProtection("protection", "given_away")(Sample(found)).missing == 1


def test_what_can_give_away_the_first_unit_alone_has_no_other():
    """Street views without text tell the country."""
    values = {"asks_country": 1.0, "asks_zip": 0.0, "only_country": 1.0}
    found = [
        Scored(f"case {number}", CELL, "", 0, Score({**values, "leaks_country": float(number < 3)}))
        for number in range(10)
    ]
    protection = WeightedProtection("protection", "leaks", ("country", "zip"), (1.0, 16.0), only="only_country")
    estimate = protection(Sample(found))
    assert estimate.value == pytest.approx(0.7) and estimate.low < 0.7 < estimate.high
