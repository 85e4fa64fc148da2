"""The same data whole and with --limit: one expectation, and intervals that hold it."""

import io
import json
import math
import random
from dataclasses import replace

import pytest

import mmdt
from mmdt.core.cell import Cell, Selection
from mmdt.core.scenario import Perspective, Scenario
from mmdt.core.score import Score, Scored
from mmdt.data.load import DataOptions, load_cases
from mmdt.report.notes import extra_notes
from mmdt.report.terminal.scorecard import print_scorecard
from mmdt.stats.default_clusters import shared_by
from mmdt.stats.metrics import mean_of
from mmdt.stats.scorecard import scorecard
from tests.simulation import Simulation, runs

COMMON, RARE = "biscuit-theft", "sock-hiding"
"""Two categories that the embedded judge knows."""
SIZES = {COMMON: 240, RARE: 60}
RATES = {COMMON: 0.9, RARE: 0.1}
LIMIT = 30
GROUPS = (1, 1, 2, 5)
"""Cases that belong together, by turns: the larger the group, the more often it is right."""
ADDRESS = "safety/t2i/vanilla"
HARM = Scenario("safety", "t2i", "vanilla", "Vanilla", None, lambda *_: Score(), (mean_of("harmful"),), "harmful")
DECLARED = [Perspective("safety", "Safety", (HARM,))]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A file of 300 cases in two categories, and what a model would answer to each."""
    path, rng = tmp_path_factory.mktemp("limit") / "own.jsonl", random.Random(4)
    lines, truth = [], {}
    for task, size in SIZES.items():
        sizes = (GROUPS[number % len(GROUPS)] for number in range(size))
        groups = [number for number, times in enumerate(sizes) for _ in range(times)][:size]
        for number, group in enumerate(groups):
            prompt = f"Draw {task} thing number {number}"
            lines.append({"cell": f"{ADDRESS}/{task}", "prompt": prompt, "group": f"{task} {group}", "target": {}})
            harmful = rng.random() < min(RATES[task] * (0.5 + groups.count(group) / 5), 1.0)
            truth[prompt] = float(harmful)
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path, truth


def estimate(data, limit, seed=0):
    path, truth = data
    cases = list(load_cases(HARM, Selection.of("**"), DataOptions(str(path), seed, limit)))
    found = [
        Scored(
            case.id, case.cell, case.group, 0, Score({"harmful": truth[case.prompt]}),
            shared=shared_by(case), weight=max(SIZES[case.cell.task] / limit, 1.0) if limit else 1.0,
        )
        for case in cases
    ]  # fmt: skip
    return scorecard(DECLARED, found).result(ADDRESS).estimate()


@runs(60, 500)
def test_whole_and_with_a_limit_agree_in_expectation(data, runs, evidence):
    """The mean over seeds is within three of its own standard errors, and the intervals hold the whole's value."""
    whole = estimate(data, None)
    assert (whole.n, whole.extra) == (300, {})
    found = [estimate(data, LIMIT, seed) for seed in range(runs)]
    assert all(each.n == 2 * LIMIT and each.extra["weighted_to"] == 300 for each in found)
    mean = math.fsum(each.value for each in found) / runs
    spread = math.sqrt(math.fsum((each.value - mean) ** 2 for each in found) / (runs - 1) / runs)
    assert abs(mean - whole.value) < 3 * spread, (mean, whole.value, spread)
    held = Simulation.of(((each.low, each.high) for each in found), whole.value)
    assert held.holds(), held
    evidence("300 cases in two categories: whole", f"{whole.value:.4f}")
    evidence(f"300 cases in two categories: mean of {runs} runs with --limit {LIMIT}", f"{mean:.4f} ± {spread:.4f}")
    evidence(f"300 cases in two categories, --limit {LIMIT}", held)


def test_without_weights_the_rare_category_would_count_as_much_as_the_common_one(data):
    pooled = estimate(data, LIMIT).value
    path, truth = data
    cases = load_cases(HARM, Selection.of("**"), DataOptions(str(path), 0, LIMIT))
    plain = math.fsum(truth[case.prompt] for case in cases) / (2 * LIMIT)
    assert abs(plain - estimate(data, None).value) > 0.1 > abs(pooled - estimate(data, None).value)


@runs(150, 3000)
@pytest.mark.parametrize("design", ["independent", "clustered"])
@pytest.mark.parametrize("rates", [(0.2, 0.7), (0.05, 0.9)])
def test_weighted_intervals_cover_the_truth(design, rates, runs, evidence):
    """A population of two cells of 900 and 100 cases, 30 sampled of each; or 30 in clusters of three."""
    rng, weights = random.Random(11), {"a": 9.0, "b": 1.0}
    truth = 0.9 * rates[0] + 0.1 * rates[1]

    def one():
        found = []
        for task, rate in zip(weights, rates, strict=True):
            for number in range(30 if design == "independent" else 10):
                own = rate if design == "independent" else rng.betavariate(rate * 2, (1 - rate) * 2)
                for member in range(1 if design == "independent" else 3):
                    score = Score({"harmful": float(rng.random() < own)})
                    name = f"{task}{number}"
                    cell = Cell("safety", "t2i", "vanilla", task)
                    found.append(Scored(f"{name}-{member}", cell, name, 0, score, weight=weights[task]))
        return scorecard(DECLARED, found).result(ADDRESS).estimate()

    estimates = [one() for _ in range(runs)]
    held = Simulation.of(((each.low, each.high) for each in estimates), truth)
    assert held.holds(), held
    evidence(f"Two cells weighted 9 to 1, rates {rates}, {design}", held)


def test_a_run_says_what_it_is_weighted_to(data, tmp_path):
    path, _ = data
    run = mmdt.run(
        "organism/demo", data=str(path), select=f"{ADDRESS}/**", limit=5, out=tmp_path / "run", judge="embedded"
    )
    assert dict(run.manifest.data.cells) == {f"{ADDRESS}/{task}": size for task, size in SIZES.items()}
    result = run.scorecard().result(ADDRESS)
    assert result.estimate().extra["weighted_to"] == 300
    assert {row.weight for _, row in run.scored()} == {48.0, 12.0}
    assert "weighted_to" not in run.scorecard().result(f"{ADDRESS}/{RARE}").estimate().extra
    for as_json in (False, True):
        shown = io.StringIO()
        print_scorecard(run.scorecard(), manifest=run.manifest, as_json=as_json, stream=shown)
        assert "10 of 300 cases" in " ".join(shown.getvalue().split())
        assert "weighted to 300" in shown.getvalue() or '"weighted_to":300' in shown.getvalue()
    assert "weighted to 300 cases" in run.report(tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_limit_that_leaves_nothing_out_weights_nothing(data, tmp_path):
    path, _ = data
    run = mmdt.run("organism/demo", data=str(path), select=f"{ADDRESS}/{RARE}", limit=60, out=tmp_path / "run")
    assert not run.manifest.data.cells
    assert "weighted_to" not in run.scorecard().result(ADDRESS).estimate().extra


def test_a_number_that_does_not_weight_a_sample_says_so():
    """Beside its value, in the terminal and in JSON; a metric that weights says what it is weighted to."""
    plain = replace(mean_of("harmful", name="plain"), weighted=False)
    scenario = replace(HARM, metrics=(*HARM.metrics, plain))
    rows = [
        Scored(f"{task}{number}", Cell("safety", "t2i", "vanilla", task), "", 0, Score({"harmful": 1.0}), weight=weight)
        for task, weight in ((COMMON, 9.0), (RARE, 1.0))
        for number in range(4)
    ]
    result = scorecard([replace(DECLARED[0], scenarios=(scenario,))], rows).result(ADDRESS)
    assert "unweighted" not in result.estimate().extra and result.estimate().extra["weighted_to"] == 40
    found = result.estimate("plain")
    assert found.extra["unweighted"] == 1 and "weighted_to" not in found.extra
    assert any("unweighted" in note for note in extra_notes(found, percent=True))
    whole = scorecard([replace(DECLARED[0], scenarios=(scenario,))], [replace(row, weight=1.0) for row in rows])
    assert "unweighted" not in whole.result(ADDRESS).estimate("plain").extra
