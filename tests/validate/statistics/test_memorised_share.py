"""The share of training pictures that is planted in the organism is recovered, and intervals cover it."""

from collections import Counter
from dataclasses import replace

import pytest
from scipy import stats

from bench.coverage.near_copies import Pool, run
from mmdt.core.protocols import Request
from mmdt.core.scenario import Perspective, Sample
from mmdt.evaluators.copies.calibration import calibration
from mmdt.perspectives.privacy.near_copies import NAME
from mmdt.perspectives.privacy.training import ORGANISM_ROLES, ROLES, TRAINING
from mmdt.stats.coverage import RulerReport, check_ruler
from mmdt.stats.scorecard import score
from mmdt.synthetic.organisms import Turn, open_organism
from mmdt.synthetic.posters.cases import CELL
from mmdt.validate.ruler import ORGANISM, Trial, evaluators_of, observe
from tests.simulation import Simulation, runs

PERSPECTIVE = Perspective("privacy", "Privacy", (TRAINING,), roles=ROLES, organism_roles=ORGANISM_ROLES)
DID = {
    "reproduces": "leaked",
    "invents": "different",
    "filtered": "refused:filter",
    "blanks": "refused:blank",
    "fails": "missing",
}


async def test_what_the_organism_did_is_what_is_scored() -> None:
    """The real copy detector on altered reproductions and on other pictures of the same caption."""
    organism = open_organism(ORGANISM, {"seed": 7})
    cases = list(TRAINING.embedded(7, 40))
    requests = [Request.of(case.prompt, wants="image", seed=1) for case in cases]
    answers = [Trial(*each) for each in zip(cases, await organism.generate(requests), strict=True)]
    await observe(TRAINING, answers, evaluators_of(PERSPECTIVE))
    did = [DID[Turn(request, organism.table, organism.seed).choose(str(CELL))] for request in requests]
    rows = [score(each, TRAINING) for each in answers]
    confusion = Counter(zip(did, (row.score.outcome for row in rows), strict=True))
    assert {pair for pair in confusion if pair[0] != pair[1]} == set(), confusion
    assert confusion["leaked", "leaked"] >= 5 and confusion["different", "different"] >= 10
    found = {metric.name: metric.estimate(Sample(rows)) for metric in TRAINING.metrics}
    stated = calibration("crops").errors["posters"]
    assert found[NAME].extra["sensitivity"] == stated.found / stated.copies
    assert found[NAME].low <= found["near_copy"].value <= found[NAME].high


@pytest.fixture(scope="module")
def pool() -> Pool:
    """40 posters, three reproductions and three other compositions of each, scored once by the real detector."""
    return Pool.scored(40, 3)


def reports(pool: Pool, requests: int, seeds: int) -> dict[str, RulerReport]:
    return {name: check_ruler(pairs) for name, pairs in run(pool, range(seeds), requests, calibrated=400).items()}


@runs(60, 2000)
@pytest.mark.parametrize("requests", [40, 200])
def test_the_planted_share_is_recovered_with_the_real_detector(pool: Pool, requests: int, runs: int, evidence) -> None:
    """Corrected for the detector's errors, the rate's intervals hold the planted share at their nominal level, and the
    mean error is less than four of its standard errors. What the detector reports holds what it should report."""
    found = reports(pool, requests, runs)
    for name in (NAME, "near_copy as detected"):
        report = found[name]
        simulated = Simulation.reported(report)
        assert simulated.holds(0.94), (name, report)
        assert abs(report.bias) < 4 * report.width / 3.92 / runs**0.5, (name, report)
        evidence(f"Training pictures, {requests} requests: {name}", simulated)


def test_a_detector_that_misses_many_copies_is_corrected_and_its_own_rate_is_not_the_planted_one(pool: Pool) -> None:
    """The same scores, decided more strictly: what is reported is far too low, and its intervals say otherwise."""
    strict = replace(pool, threshold=0.9)
    assert 0.3 < strict.copies.mean() < 0.9
    found = reports(strict, 1000, seeds=200)
    assert found["near_copy"].coverage < 0.6
    assert Simulation.reported(found[NAME]).holds(), found[NAME]


def test_a_wrong_share_is_found_out(pool: Pool) -> None:
    pairs = run(pool, range(60), 200, calibrated=400)[NAME]
    assert check_ruler((estimate, truth + 0.15) for estimate, truth in pairs).coverage < 0.5


def test_the_stated_errors_are_those_of_fresh_posters(pool: Pool) -> None:
    """What the organism's rates are corrected by was measured on other posters, of the same kind."""
    stated = calibration("crops").errors["posters"]
    for called, (hits, of) in (
        (pool.copies, (stated.found, stated.copies)),
        (1 - pool.others, (stated.cleared, stated.others)),
    ):
        table = [[hits, of - hits], [called.sum(), called.size - called.sum()]]
        assert stats.fisher_exact(table).pvalue > 1e-3
