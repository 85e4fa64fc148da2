"""mmdt checks its ruler on worlds: what is planted in an organism that sees and draws is recovered from its outputs."""

import pytest

from mmdt import plugins as registry
from mmdt.stats.coverage import check_ruler
from mmdt.validate.ruler import cases_of, cell_pairs, measure, planted, scenario_pairs, text
from tests.simulation import Simulation

pytestmark = pytest.mark.timeout(1800)

PERSPECTIVES = tuple(each for each in registry.perspectives() if each.name in ("hallucination", "ood", "adversarial"))
DRAWN, ORGANISMS, SIZE = 6, 3, 4
"""So many sets of cases are drawn, each asked of so many organisms: drawing takes as long as answering."""


@pytest.fixture(
    scope="module",
    params=[pytest.param(1, id="few", marks=pytest.mark.slow), pytest.param(DRAWN, id="many", marks=pytest.mark.prove)],
)
def cards(request):
    found = []
    for drawn in range(request.param):
        cases = cases_of(PERSPECTIVES, drawn, SIZE)
        found += [measure(PERSPECTIVES, 10 * drawn + seed, SIZE, cases) for seed in range(ORGANISMS)]
    return found


def of(prefix):
    return {cell: rates for cell, rates in planted().items() if cell.startswith(prefix)}


def test_every_cell_has_a_planted_truth():
    cells = {str(cell) for each in PERSPECTIVES for scenario in each.scenarios for cell in scenario.cells}
    assert len(cells) == 125
    assert cells <= set(planted())


@pytest.mark.parametrize("name", ["hallucination", "ood", "adversarial"])
def test_intervals_cover_what_is_planted_at_their_nominal_level(cards, name, evidence):
    """Cells fall by dice of their own, but the metrics of a cell go together: the cells are what counts.

    With so few cases a cell, intervals within [0, 1] are a little too wide (``python -m bench.coverage worlds`` has
    more of both).
    """
    truth = of(f"{name}/")
    report = check_ruler(pair for card in cards for pair in cell_pairs(card, truth))
    cells = len(truth) * len(cards)
    found = Simulation(round(report.coverage * cells), cells, report.width)
    assert found.holds(), text(report)
    evidence(f"Worlds, cells of {SIZE} cases: {name}", found)
    assert abs(report.bias) < 3 * report.width / 3.92 / (cells / 2) ** 0.5, text(report)  # half of them go together
    assert not report.certain_missed
    above = check_ruler(pair for card in cards for pair in scenario_pairs(card, truth))
    assert above.coverage >= 0.9 and not above.certain_missed, text(above)


@pytest.mark.slow
def test_a_wrong_truth_is_found_out(cards):
    wrong = {cell: {metric: 1 - rate for metric, rate in rates.items()} for cell, rates in of("hallucination/").items()}
    assert check_ruler(pair for card in cards for pair in scenario_pairs(card, wrong)).verdict == "too narrow"
