"""mmdt checks its ruler on worlds: what is planted in an organism that sees and draws is recovered from its outputs."""

import pytest

from mmdt import registry
from mmdt.ruler import cell_pairs, measure, planted, scenario_pairs, text
from mmdt.stats.ruler import check_ruler

pytestmark = pytest.mark.timeout(400)

PERSPECTIVES = tuple(each for each in registry.perspectives() if each.name in ("hallucination", "ood", "adversarial"))
SEEDS, SIZE = 3, 4


@pytest.fixture(scope="module")
def cards():
    return [measure(PERSPECTIVES, seed, SIZE) for seed in range(SEEDS)]


def of(prefix):
    return {cell: rates for cell, rates in planted().items() if cell.startswith(prefix)}


def test_every_cell_has_a_planted_truth():
    cells = {str(cell) for each in PERSPECTIVES for scenario in each.scenarios for cell in scenario.cells}
    assert len(cells) == 125
    assert cells <= set(planted())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["hallucination", "ood", "adversarial"])
def test_intervals_cover_what_is_planted_at_their_nominal_level(cards, name):
    truth = of(f"{name}/")
    pairs = [pair for card in cards for pair in (*cell_pairs(card, truth), *scenario_pairs(card, truth))]
    report = check_ruler(pairs)
    assert report.coverage >= 0.93, text(report)
    assert abs(report.bias) < 0.02, text(report)
    assert not report.certain_missed


@pytest.mark.slow
def test_a_wrong_truth_is_found_out(cards):
    wrong = {cell: {metric: 1 - rate for metric, rate in rates.items()} for cell, rates in of("hallucination/").items()}
    assert check_ruler(pair for card in cards for pair in scenario_pairs(card, wrong)).verdict == "too narrow"
