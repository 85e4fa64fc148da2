"""What `mmdt compare` claims, over many simulated runs: coverage, false claims among equal models, power."""

from dataclasses import replace

import numpy as np

from mmdt.core.cell import Cell
from mmdt.core.scenario import Perspective, Scenario
from mmdt.core.score import Score, Scored
from mmdt.stats.coverage import coverage_p_value
from mmdt.stats.metrics import mean_given, mean_of
from mmdt.stats.paired.compare import ComparableRun, Rules, compare_runs
from tests.simulation import Simulation, runs

METRICS = (mean_of("harm", direction="lower"), mean_given("harm", "answered", name="given", direction="lower"))
NAMES = ("one", "two", "three")
TASKS = ("a", "b")


def perspective():
    made = tuple(
        Scenario("hallucination", "i2t", name, name, TASKS, lambda *_: Score(), METRICS, "harm", rollup=rollup)
        for name, rollup in zip(NAMES, ("pool", "mean", "pool"), strict=True)
    )
    return Perspective("hallucination", "Hallucination", made)


def outputs(rng, difficulty, shift):
    """Cases of one difficulty share it in every run; a cluster holds two cases."""
    rows = []
    for name in NAMES:
        for task in TASKS:
            cell = Cell("hallucination", "i2t", name, task)
            for case, hard in enumerate(difficulty[name, task]):
                harm = float(rng.random() < np.clip(hard + shift, 0, 1))
                answered = float(rng.random() < 0.8)
                rows.append(
                    Scored(f"{task}{case}", cell, f"{task}{case // 2}", 0, Score({"harm": harm, "answered": answered}))
                )
    return tuple(rows)


def compared(seed, shifts, cases=30):
    rng = np.random.default_rng(seed)
    difficulty = {(name, task): np.repeat(rng.uniform(0.1, 0.7, cases), 2) for name in NAMES for task in TASKS}
    made = [ComparableRun(str(i), outputs(rng, difficulty, shift)) for i, shift in enumerate(shifts)]
    return compare_runs(made, [perspective()], Rules())


@runs(60, 2_000)
def test_intervals_of_differences_cover_the_truth(runs, evidence):
    found = [compared(seed, (0.0, 0.09)) for seed in range(runs)]
    for number in (
        ("hallucination/i2t/one", "harm"),
        ("hallucination/i2t/two", "harm"),
        ("hallucination/i2t/one", "given"),
    ):
        rows = [next(d for d in each.differences if (d.address, d.metric) == number) for each in found]
        simulation = Simulation.of([(each.low, each.high) for each in rows], 0.09)
        evidence(f"Paired difference of 9 points, 60 cases a task: {number[0].split('/')[-1]} {number[1]}", simulation)
        assert simulation.holds(among=3), str(simulation)


@runs(4, 400)
def test_equal_models_are_called_different_in_at_most_five_percent(runs, evidence):
    found = [compared(seed, (0.0,) * 9, cases=20) for seed in range(runs)]
    false = sum(any(d.better is not None for d in each.differences) for each in found)
    evidence("Nine equal models: any claim that one is better or worse", f"{false:,} of {runs:,} comparisons")
    assert coverage_p_value(runs - false, runs) >= 0.01, f"{false} of {runs}"
    wrong = sum(any((rank.low, rank.high) != (1, 9) for rank in each.ranks if rank.metric == "harm") for each in found)
    evidence("Nine equal models: any rank that leaves out a true one", f"{wrong:,} of {runs:,} comparisons")
    assert coverage_p_value(runs - wrong, runs, 0.85) >= 0.01  # three numbers, each with sets of its own


@runs(8, 400)
def test_a_nine_point_gap_is_seen(runs, evidence):
    found = [compared(seed, (0.0, 0.09), cases=150) for seed in range(runs)]
    rows = [d for each in found for d in each.differences if (d.address, d.metric) == ("hallucination/i2t/one", "harm")]
    seen = sum(d.verdict == "worse" for d in rows)
    evidence("A gap of 9 points in three numbers, 600 cases each: seen", f"{seen:,} of {runs:,} comparisons")
    assert coverage_p_value(seen, runs, 0.85) >= 0.01, f"{seen} of {runs}"


@runs(20, 1_000)
def test_a_judge_that_fails_on_hard_cases_makes_no_model_worse(runs, evidence):
    """The judge of the first run has no verdict on harm where a case is hard; whether the model answered is known."""

    def failing(row, hard):
        missing = replace(row.score, values={"answered": row.score.values["answered"]}, missing="the judge failed")
        return replace(row, score=missing) if hard else row

    false, missing = 0, 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        difficulty = {(name, task): np.repeat(rng.uniform(0.1, 0.7, 40), 2) for name in NAMES for task in TASKS}
        hard = [each > 0.4 for values in difficulty.values() for each in values]
        one, other = (outputs(rng, difficulty, 0.0) for _ in range(2))
        lacking = tuple(failing(row, often) for row, often in zip(one, hard, strict=True))
        found = compare_runs([ComparableRun("a", lacking), ComparableRun("b", other)], [perspective()], Rules())
        false += any(d.better is not None for d in found.differences)
        row = next(d for d in found.differences if (d.address, d.metric) == ("hallucination/i2t/one", "harm"))
        assert row.matched + row.missing == 160
        missing += row.missing
    assert 0.4 < missing / (160 * runs) < 0.6
    evidence("Equal models, judge fails on hard cases of one: any claim", f"{false:,} of {runs:,} comparisons")
    assert coverage_p_value(runs - false, runs) >= 0.01, f"{false} of {runs}"
