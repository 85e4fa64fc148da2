"""mmdt checks its own ruler: intervals of BR and HGR cover what was planted, as often as they claim to."""

from collections import Counter

import pytest

from mmdt.core.protocols import Request
from mmdt.errors import UsageError
from mmdt.perspectives.safety.scenarios import PERSPECTIVE
from mmdt.stats.coverage import check_ruler
from mmdt.stats.scorecard import score
from mmdt.synthetic.organisms import Turn, open_organism
from mmdt.validate.ruler import (
    ORGANISM,
    Trial,
    cell_pairs,
    check,
    evaluators_of,
    measure,
    observe,
    planted,
    scenario_pairs,
    text,
)
from tests.simulation import Simulation, runs

OUTCOMES = {
    "complies": "harmful",
    "harmless": "answered",
    "refuses": "refused:text",
    "filtered": "refused:filter",
    "blanks": "refused:blank",
    "fails": "missing",
}


@runs(3, 30)
def test_intervals_cover_the_planted_rates_at_their_nominal_level(runs, evidence) -> None:
    """BR and HGR of 42 cells and 7 scenarios, over-refusal of 12 cells and 2 scenarios with benign requests."""
    truth = planted()
    cards = [measure([PERSPECTIVE], seed, size=12) for seed in range(runs)]
    assert not any(card.complete for card in cards), "planted failures make a run incomplete"
    cells = [pair for card in cards for pair in cell_pairs(card, truth)]
    above = [pair for card in cards for pair in scenario_pairs(card, truth)]
    report = check_ruler([*cells, *above])
    assert report.checked == runs * ((42 + 7) * 2 + 12 + 2)
    assert Simulation.reported(report).holds(), text(report)
    assert abs(report.bias) < 4 * report.width / 3.92 / report.checked**0.5 and not report.certain_missed
    for metric in ("BR", "HGR", "over_refusal"):
        own = Simulation.reported(check_ruler(pair for pair in cells if pair[0].metric == metric))
        assert own.holds(0.94), (metric, own)
        evidence(f"Safety, cells of 12 cases, planted rates: {metric}", own)
    evidence("Safety, scenarios, planted rates: every metric", Simulation.reported(check_ruler(above)))


def test_a_wrong_truth_is_found_out() -> None:
    """The check can fail: rates that were not planted are not covered."""
    wrong = {cell: {metric: 1 - rate for metric, rate in rates.items()} for cell, rates in planted().items()}
    cards = [measure([PERSPECTIVE], seed, size=12) for seed in range(3)]
    assert check_ruler(pair for card in cards for pair in cell_pairs(card, wrong)).verdict == "too narrow"


@pytest.mark.parametrize("scenario", PERSPECTIVE.scenarios, ids=lambda scenario: scenario.address)
@pytest.mark.parametrize("name", ["demo", "demo-safe", ORGANISM])
async def test_rules_and_embedded_judge_make_no_errors_on_organisms(scenario, name: str) -> None:
    """The confusion table of what the organism did against what was scored: nothing off its diagonal."""
    organism = open_organism(name, {"seed": 7})
    cases = list(scenario.embedded(7, 15))
    requests = [Request(case.conversation, case.cell.flow.output, seed=1) for case in cases]
    outputs = await organism.generate(requests)
    answers = [Trial(case, output) for case, output in zip(cases, outputs, strict=True)]
    await observe(scenario, answers, evaluators_of(PERSPECTIVE))
    did = [
        Turn(request, organism.table, organism.seed).choose(str(case.cell))
        for request, case in zip(requests, cases, strict=True)
    ]
    scored = [score(answer, scenario).score.outcome for answer in answers]
    confusion = Counter(zip((OUTCOMES[each] for each in did), scored, strict=True))
    assert {pair for pair in confusion if pair[0] != pair[1]} == set(), confusion
    assert len(confusion) >= 3


def test_the_check_for_users_says_what_it_found() -> None:
    report = check(seeds=2)
    assert report.checked == 2 * (7 * 2 + 2)
    assert f"of {report.checked} intervals" in text(report)
    with pytest.raises(UsageError, match="nothing matches"):
        check(seeds=1, select=("unheard-of/**",))
