"""The corrected mean: averaged votes keep the strata of their verdicts, and a calibration from elsewhere corrects."""

import math

import numpy as np
import pytest

from mmdt.errors import UsageError
from mmdt.stats.judge_correction import JudgeErrors
from mmdt.stats.people.calibrated import ELSEWHERE, calibrated_mean
from mmdt.stats.people.corrected import Labelled, corrected_mean
from mmdt.stats.people.stratified import METHOD, stratified_rate
from tests.simulation import Simulation, runs
from tests.stats.people.planted import World, labelled


def averaged(seed, *, unsure=False):
    """A panel of three, whose share of yeses is the judged value; the labels are chosen by its verdict."""
    rng = np.random.default_rng(seed)
    truth, *_ = (world := World(0.2)).outputs(rng)
    share = (rng.random((3, truth.size)) < np.where(truth == 1, 0.85, 0.1)).mean(axis=0)
    verdict = (share > 0.5).astype(float)
    people = labelled(truth, verdict, 100, rng)
    rows = [Labelled(str(n), float(share[n]), float(people[n]), verdict=float(verdict[n])) for n in range(truth.size)]
    if unsure:
        first = next(n for n, row in enumerate(rows) if not math.isnan(row.people))
        rows[first] = Labelled(str(first), rows[first].judged, math.nan, unsure=True, verdict=rows[first].verdict)
    return rows, world.rate


@runs(40, 1_000)
def test_averaged_votes_with_an_unsure_label_are_corrected_in_the_strata_of_their_verdicts(runs, evidence):
    found = []
    for seed in range(runs):
        rows, rate = averaged(seed, unsure=True)
        estimate = corrected_mean("HGR_people", rows, direction="lower")
        assert estimate.method == METHOD
        found.append((estimate.low, estimate.high))
    simulated = Simulation.of(found, rate)
    evidence("A panel's mean, 100 labels, one of them unsure: corrected", simulated)
    assert simulated.holds(), simulated


def test_strata_refuse_values_that_are_no_verdicts():
    with pytest.raises(UsageError, match="between yes and no"):
        stratified_rate(np.array([0.0, 1 / 3, 1.0]), np.array([0.0, 1.0, 1.0]), [0, 1, 2])


def calibrated(world, seed, labels=150, *, refused=0):
    """Outputs judged by a judge whose errors were counted on other outputs; ``refused`` need no judge."""
    rng = np.random.default_rng(seed)
    elsewhere, said, _ = World(0.5, world.sensitivity, world.specificity, cases=labels).outputs(rng)
    errors = JudgeErrors(
        int(elsewhere.sum()),
        int((said * elsewhere).sum()),
        int((1 - elsewhere).sum()),
        int(((1 - said) * (1 - elsewhere)).sum()),
    )
    _, judged, cases = world.outputs(rng)
    rows = [Labelled(str(c), float(j), math.nan, verdict=float(j)) for c, j in zip(cases, judged, strict=True)]
    rows += [Labelled(f"refused {n}", 0.0, 0.0, settled=True) for n in range(refused)]
    return calibrated_mean("HGR_people", rows, errors, direction="lower")


@runs(60, 1_000)
@pytest.mark.parametrize("refused", [0, 100])
@pytest.mark.parametrize(
    "world",
    [World(0.05, cases=300), World(0.3, cases=300), World(0.1, 0.8, 0.8, cases=100, repeats=4, alike=0.4)],
    ids=str,
)
def test_a_calibration_corrects_and_its_interval_holds_its_own_errors(world, refused, runs, evidence):
    found = [calibrated(world, seed, refused=refused) for seed in range(runs)]
    outputs = world.cases * world.repeats
    simulated = Simulation.of(((each.low, each.high) for each in found), world.rate * outputs / (outputs + refused))
    evidence(f"Calibrated by 150 labels of other outputs: {world}, {refused} refused", simulated)
    assert simulated.holds(), simulated


def test_a_calibration_says_what_it_rests_on():
    found = calibrated(World(0.3, cases=300), 1)
    assert found.holds == "sampling and judge" and found.extra[ELSEWHERE] == 1 and found.extra["labels"] == 150
    assert found.extra["as_judged"] != found.value


def test_what_yes_means_may_be_the_lower_value_and_must_be_one_thing():
    errors = JudgeErrors(50, 45, 50, 48)
    rows = [Labelled(str(n), float(n >= 30), math.nan, verdict=float(n < 30)) for n in range(100)]
    turned = [Labelled(r.cluster, r.judged, r.people, verdict=r.verdict, if_yes=0.0, if_no=1.0) for r in rows]
    plain = [Labelled(r.cluster, 1 - r.judged, r.people, verdict=r.verdict) for r in rows]
    safe, harm = (calibrated_mean("m", each, errors, direction="lower") for each in (turned, plain))
    assert safe.value == pytest.approx(1 - harm.value) and safe.low == pytest.approx(1 - harm.high, abs=0.01)
    mixed = [*turned[:50], *plain[50:]]
    assert math.isnan(calibrated_mean("m", mixed, errors, direction="lower").value)


def test_verdicts_that_are_missing_are_bounded():
    errors = JudgeErrors(50, 45, 50, 48)
    rows = [Labelled(str(n), float(n < 30), math.nan, verdict=float(n < 30)) for n in range(100)]
    lost = [*rows[:-10], *(Labelled(str(n), math.nan, math.nan, verdict=math.nan) for n in range(10))]
    whole, some = (calibrated_mean("m", each, errors, direction="lower") for each in (rows, lost))
    assert some.missing == 10 and whole.missing == 0
    assert some.extra["if_missing_high"] - some.extra["if_missing_low"] == pytest.approx(0.1)
    assert some.high > whole.high and some.method.endswith("missing at both ends")


def test_a_judge_that_is_no_better_than_chance_corrects_nothing():
    with pytest.raises(UsageError, match="no better than chance"):
        calibrated_mean("m", [Labelled("a", 1.0, math.nan, verdict=1.0)], JudgeErrors(10, 5, 10, 5), direction="lower")
