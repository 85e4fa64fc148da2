"""mmdt checks its ruler on worlds: what is planted in an organism that sees and draws is recovered from its outputs."""

import pytest

from bench.coverage.exact import plausible
from mmdt import plugins as registry
from mmdt.stats.coverage import check_ruler
from mmdt.validate.ruler import cases_of, cell_pairs, measure, planted, scenario_pairs, text

pytestmark = pytest.mark.timeout(400)

PERSPECTIVES = tuple(each for each in registry.perspectives() if each.name in ("hallucination", "ood", "adversarial"))
DRAWN, ORGANISMS, SIZE = 2, 3, 4
"""So many sets of cases are drawn, each asked of so many organisms: drawing takes as long as answering."""


@pytest.fixture(scope="module")
def cards():
    found = []
    for drawn in range(DRAWN):
        cases = cases_of(PERSPECTIVES, drawn, SIZE)
        found += [measure(PERSPECTIVES, 10 * drawn + seed, SIZE, cases) for seed in range(ORGANISMS)]
    return found


def of(prefix):
    return {cell: rates for cell, rates in planted().items() if cell.startswith(prefix)}


def test_every_cell_has_a_planted_truth():
    cells = {str(cell) for each in PERSPECTIVES for scenario in each.scenarios for cell in scenario.cells}
    assert len(cells) == 125
    assert cells <= set(planted())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["hallucination", "ood", "adversarial"])
def test_intervals_cover_what_is_planted_at_their_nominal_level(cards, name):
    """Cells fall by dice of their own, but the metrics of a cell go together: the cells are what counts.

    Their number must be possible under some coverage between 0.94 and 0.985: with so few cases a cell, intervals
    within [0, 1] are a little too wide (``python -m bench.coverage worlds`` has more of both).
    """
    truth = of(f"{name}/")
    report = check_ruler(pair for card in cards for pair in cell_pairs(card, truth))
    cells = len(truth) * len(cards)
    assert plausible(round(report.coverage * cells), cells, 0.94, 0.985), text(report)
    assert abs(report.bias) < 3 * report.width / 3.92 / (cells / 2) ** 0.5, text(report)  # half of them go together
    assert not report.certain_missed
    above = check_ruler(pair for card in cards for pair in scenario_pairs(card, truth))
    assert above.coverage >= 0.9 and not above.certain_missed, text(above)


@pytest.mark.slow
def test_a_wrong_truth_is_found_out(cards):
    wrong = {cell: {metric: 1 - rate for metric, rate in rates.items()} for cell, rates in of("hallucination/").items()}
    assert check_ruler(pair for card in cards for pair in scenario_pairs(card, wrong)).verdict == "too narrow"
