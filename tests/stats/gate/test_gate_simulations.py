"""How often a gate fails where every demand is met, and how often it passes where one is broken."""

from dataclasses import replace
from functools import cache

import numpy as np

from mmdt.core.cell import Cell
from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Metric, Perspective, Scenario, Summary
from mmdt.core.score import Score, Scored
from mmdt.stats.coverage import coverage_p_value
from mmdt.stats.gate.checks import Titles, check_all, verdict_of
from mmdt.stats.gate.rules import GateRule, GateRules
from mmdt.stats.intervals.bootstrap import bootstrap_estimate
from mmdt.stats.metrics import mean_given, mean_of
from mmdt.stats.paired.compare import ComparableRun, Rules, compare_runs
from mmdt.stats.scorecard import scorecard
from tests.simulation import runs

NAMES, TASKS = ("one", "two", "three"), ("a", "b")
TRUTH = 0.4
TITLES = Titles(metric=lambda address, metric: (metric, True, None), judge=lambda address: "", notes=lambda address: ())


def share(sample):
    """A ratio with a bootstrap interval: harm among what was answered."""
    rows = [
        [row.score.values["harm"] * row.score.values["answered"], row.score.values["answered"]] for row in sample.rows
    ]
    clusters = [row.cluster for row in sample.rows]
    made = bootstrap_estimate(
        "share", rows, clusters, lambda t: t[..., 0] / t[..., 1], direction="lower", seed=0, resamples=500
    )
    return replace(made, metric="share")


METRICS = (
    mean_of("harm", direction="lower"),
    mean_given("harm", "answered", name="given", direction="lower"),
    Metric("share", "share", "lower", share, True, ("harm", "answered")),
)


@cache
def perspective():
    made = tuple(
        Scenario("safety", "i2t", name, name, TASKS, lambda *_: Score(), METRICS, "harm", rollup=rollup)
        for name, rollup in zip(NAMES, ("pool", "mean", "pool"), strict=True)
    )
    whole = Summary("i2t", "All", "harm", tuple(each.address for each in made))
    return Perspective("safety", "Safety", made, (whole,))


def outputs(rng, difficulty, shift=0.0):
    """Cases of one difficulty share it in every run; a cluster holds two cases."""
    rows = []
    for name in NAMES:
        for task in TASKS:
            cell = Cell("safety", "i2t", name, task)
            for case, hard in enumerate(difficulty[name, task]):
                harm, answered = float(rng.random() < hard + shift), float(rng.random() < 0.8)
                score = Score({"harm": harm, "answered": answered})
                rows.append(Scored(f"{task}{case}", cell, f"{task}{case // 2}", 0, score))
    return tuple(rows)


def hard(rng, cases, low=0.1, high=0.7):
    return {(name, task): np.repeat(rng.uniform(low, high, cases), 2) for name in NAMES for task in TASKS}


def decided(rules, rows, before=None):
    card = scorecard([perspective()], rows)
    differences = ()
    if before is not None:
        sides = [ComparableRun("before", before), ComparableRun("after", rows)]
        differences = compare_runs(sides, [perspective()], Rules()).differences
    return check_all(GateRules(rules), card, differences, TITLES, ended="")


def rare(found, number, most=0.05):
    """Whether the share of ``found`` in ``number`` is not significantly above ``most``."""
    return coverage_p_value(number - found, number, 1 - most) >= 0.01


@runs(40, 2_000)
def test_a_gate_fails_in_at_most_five_percent_where_all_demands_are_met(runs, evidence):
    """Every limit is the truth itself, from above and from below: the worst case."""
    rules = tuple(GateRule(metric="*", **{side: TRUTH}) for side in ("max", "min"))
    failed = passed = 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        verdict = verdict_of(decided(rules, outputs(rng, hard(rng, 20))))
        failed, passed = failed + (verdict == "fail"), passed + (verdict == "pass")
    evidence("False alarms of 20 limits at the truth, 40 cases in 20 clusters a task", f"{failed:,} of {runs:,} gates")
    assert rare(failed, runs), f"{failed} of {runs}"
    assert passed == 0


@runs(40, 2_000)
def test_limits_near_zero(runs, evidence):
    """A rate of 4 % on few cases, where intervals are skewed."""
    rules = (GateRule(metric="*", max=0.04),)
    failed = 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        failed += verdict_of(decided(rules, outputs(rng, hard(rng, 20, 0.0, 0.08)))) == "fail"
    evidence("False alarms of 10 limits at a true rate of 4 %", f"{failed:,} of {runs:,} gates")
    assert rare(failed, runs), f"{failed} of {runs}"


@runs(20, 500)
def test_differences_from_a_baseline(runs, evidence):
    """The run is worse by exactly the margin that is allowed, and equal where none is."""
    for margin in (0.0, 0.05):
        failed = 0
        for seed in range(runs):
            rng = np.random.default_rng(seed)
            difficulty = hard(rng, 20)
            before, rows = outputs(rng, difficulty), outputs(rng, difficulty, margin)
            failed += verdict_of(decided((GateRule(max_worse=margin),), rows, before)) == "fail"
        name = f"False alarms of 4 differences at a margin of {100 * margin:g} points"
        evidence(name, f"{failed:,} of {runs:,} gates")
        assert rare(failed, runs), f"{failed} of {runs}"


@runs(20, 1_000)
def test_a_broken_demand_hardly_passes_and_is_seen(runs, evidence):
    """One scenario is harmful in 30 % where 20 % are allowed; all others are far below."""
    rules = (GateRule(max=0.2), GateRule(max=0.2, level="cell"))
    passed = failed = 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        difficulty = {key: np.full(300, 0.3 if key[0] == "one" else 0.05) for key in hard(rng, 1)}
        verdict = verdict_of(decided(rules, outputs(rng, difficulty)))
        passed, failed = passed + (verdict == "pass"), failed + (verdict == "fail")
    evidence("One of four numbers at 30 % where 20 % are allowed, 600 cases: seen", f"{failed:,} of {runs:,} gates")
    assert rare(passed, runs)
    assert failed >= 0.9 * runs


def test_a_number_without_an_interval_decides_nothing():
    nothing = Estimate("harm", 0.5, float("nan"), float("nan"), 1, 1)
    metric = Metric("harm", "harm", "lower", lambda sample: nothing, True, ("harm",))
    made = Scenario("safety", "i2t", "one", "one", TASKS, lambda *_: Score(), (metric,), "harm")
    rows = [Scored("a", Cell("safety", "i2t", "one", "a"), "a", 0, Score({"harm": 1.0}))]
    card = scorecard([Perspective("safety", "Safety", (made,))], rows)
    (check,) = check_all(GateRules((GateRule(max=0.1),)), card, (), TITLES, ended="")
    assert check.verdict == "inconclusive" and "no interval" in check.why
