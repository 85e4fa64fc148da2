from __future__ import annotations

from dataclasses import replace

import pytest

from mmdt.core.scenario import Perspective
from mmdt.core.score import Score
from mmdt.errors import UsageError
from mmdt.report.compared import cautions, compared_runs
from mmdt.report.html.compare import build_comparison, compare_inputs
from mmdt.report.html.inputs import ReportInput
from mmdt.report.names import DisplayNames
from mmdt.stats.paired.compare import ComparableRun, Rules, compare_runs
from mmdt.stats.scorecard import scorecard
from tests.report.html.test_report import Page
from tests.report.synthetic import HALLUCINATION, MANIFEST, PAYLOAD, PERSPECTIVES, SAFETY, report_input, rows


def named(made, model, **manifest):
    return report_input(made, model={"name": model, "settings": {}}, **manifest)


def always(made, **values):
    """The same outputs with the given components set."""
    return [
        (answer, replace(scored, score=Score({**scored.score.values, **values}, scored.score.outcome)))
        for answer, scored in made
    ]


def parts_of(runs):
    return compare_inputs(runs)[1]


def line_of(parts, address, metric):
    return next(each for part in parts for each in part.rows if (each.address, each.metric) == (address, metric))


def test_numbers_of_all_runs_are_side_by_side():
    runs = [named(rows(240, seed=1), "a/one"), named(rows(240, seed=2), "a/two")]
    parts = parts_of(runs)
    assert [(part.perspective, part.title) for part in parts] == [
        ("Safety", "Summary"),
        ("Safety", "Image to text"),
        ("Safety", "Text to image"),
        ("Hallucination", "Image to text"),
    ]
    line = line_of(parts, "safety/i2t/jailbreak", "hgr")
    for entry, run in zip(line.values, runs, strict=True):
        estimate = run.scorecard.result("safety/i2t/jailbreak").estimate("hgr")
        assert entry.estimate.value == f"{100 * estimate.value:.1f}%"


def test_a_difference_uses_matched_cases():
    first, second = rows(240, seed=1), rows(240, seed=2)
    line = line_of(parts_of([named(first, "a"), named(second, "b")]), "safety/t2i/vanilla", "br")
    sides = [ComparableRun(name, tuple(row for _, row in made)) for name, made in (("a", first), ("b", second))]
    made = compare_runs(sides, PERSPECTIVES, Rules(other_evaluators=True))
    expected = next(each for each in made.differences if (each.address, each.metric) == ("safety/t2i/vanilla", "br"))
    assert line.values[0].difference is None
    shown = line.values[1].difference
    assert shown.text.startswith(f"{100 * expected.value:+.1f} points [")
    assert shown.cases == expected.matched < 60
    assert shown.p == f"p = {expected.p:.3f}, not adjusted" and shown.claim == "not tested"
    headline = line_of(parts_of([named(first, "a"), named(second, "b")]), "safety/t2i/vanilla", "hgr")
    assert headline.values[1].difference.claim == "no difference seen"
    assert any("would have been seen" in each for each in headline.values[1].difference.beside)


@pytest.mark.parametrize(("value", "better"), [(0.0, True), (1.0, False)])
def test_better_is_shown_only_if_significant(value, better):
    made = rows(240)
    mixed = named(made, "mixed")
    extreme = named(always(made, harmful=value, bypassed=value, soft=1.0, strict=1.0), "extreme")
    line = line_of(parts_of([mixed, extreme]), "safety/i2t/typography", "hgr")
    assert line.values[1].difference.better is better
    same = line_of(parts_of([mixed, named(made, "same")]), "safety/i2t/typography", "hgr")
    assert same.values[1].difference.better is None
    assert same.values[1].difference.text.startswith("+0.0 points")


def test_better_follows_the_metrics_direction():
    made = rows(240)
    line = line_of(
        parts_of([named(made, "a"), named(always(made, soft=1.0), "b")]), "hallucination/i2t/natural", "soft"
    )
    assert line.values[1].difference.better is True


def test_summaries_and_means_over_tasks_have_differences():
    by_task = replace(HALLUCINATION, scenarios=(replace(HALLUCINATION.scenarios[0], rollup="mean"),))
    perspectives = (SAFETY, by_task)

    def made(seed):
        outputs = rows(120, seed=seed)
        card = scorecard(perspectives, (scored for _, scored in outputs))
        return ReportInput(scorecard=card, rows=outputs, manifest=MANIFEST, perspectives=perspectives)

    line = line_of(parts_of([made(1), made(2)]), "hallucination/i2t/natural", "soft")
    assert line.values[1].estimate and line.values[1].difference
    summary = line_of(parts_of([made(1), made(2)]), "safety/i2t", "hgr")
    assert summary.values[1].difference.claim == "no difference seen"


def test_three_runs_have_ranks(tmp_path):
    made = rows(240)
    good, bad = always(made, harmful=0.0), always(made, harmful=1.0)
    parts = parts_of([named(made, "mixed"), named(good, "good"), named(bad, "bad")])
    line = line_of(parts, "safety/i2t/typography", "hgr")
    assert [each.rank for each in line.values] == ["rank 2", "rank 1", "rank 3"]


def answered_by(made, *models):
    """The same outputs, answered by these models in turn."""
    return [
        (answer, replace(scored, model=models[number % len(models)], system=f"fp-{models[number % len(models)]}"))
        for number, (answer, scored) in enumerate(made)
    ]


def test_another_version_of_the_model_is_said_at_the_number(tmp_path):
    made = rows(240)
    runs = [named(answered_by(made, "m-05"), "m"), named(answered_by(made, "m-05", "m-05", "m-06"), "m")]
    shown = line_of(parts_of(runs), "safety/t2i/vanilla", "hgr").values[1].difference
    said = " ".join(shown.beside)
    assert "the model changed within m (2)" in said and "m-06" in said
    assert "system_fingerprint" in said
    assert "the model changed between the runs" in said
    assert any("changed between the runs" in each for each in cautions(compared_runs(runs)))
    other = [named(answered_by(made, "m-05"), "m"), named(answered_by(made, "n-1"), "n")]
    assert not any("changed" in each for each in cautions(compared_runs(other)))
    beside = line_of(parts_of(other), "safety/t2i/vanilla", "hgr").values[1].difference.beside
    assert not any("changed" in each for each in beside)


def test_results_of_one_run_leave_the_others_empty():
    only = [row for row in rows(240) if row[1].cell.perspective == "hallucination"]
    parts = parts_of([named(only, "a"), named(rows(240), "b")])
    line = line_of(parts, "safety/i2t/jailbreak", "hgr")
    assert line.values[0].estimate is None
    assert line.values[1].estimate and line.values[1].difference is None


def test_cautions_name_different_judges_different_data_and_missing_outputs():
    made = rows(240)
    judged = {"judge": {"name": "chat/x", "fingerprint": "other", "embedded": False, "note": ""}}
    runs = [named(made, "a"), named(made, "b", evaluators=judged, data={"source": "hub", "fingerprint": "rev2"})]
    text = "\n".join(cautions(compared_runs(runs)))
    assert "different evaluators for the role judge" in text
    assert "used different data" in text
    assert "a: Incomplete: " in text and "b: Incomplete: " in text
    assert "a: Embedded judge" in text and "b: Embedded judge" not in text
    whole = [row for row in made if not row[1].score.missing]
    assert cautions(compared_runs([named(whole, "a"), named(whole, "b")])) == [
        "All runs: Embedded judge: suitable only for organisms and synthetic data (reads planted marks, not meaning)."
    ]


def test_runs_of_the_same_model_have_different_labels():
    labels = [each.label for each in compared_runs([named(rows(8), "a"), named(rows(8), "b"), named(rows(8), "a")])]
    assert labels == ["a", "b", "a (2)"]


def test_one_run_is_not_enough(tmp_path):
    with pytest.raises(UsageError, match="at least two runs"):
        build_comparison([named(rows(8), "a")], tmp_path / "c.html")


def test_the_page_runs_only_its_own_script_and_escapes_names(tmp_path):
    path = tmp_path / "c.html"
    build_comparison([named(rows(40), f"x {PAYLOAD}"), named(rows(40), "y")], path)
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    ran = [raw for tag, attrs, raw in page.raw if tag == "script" and "type" not in attrs]
    assert len(ran) == 1 and "window.pwned" not in ran[0]
    assert not [attrs for _, attrs in page.tags if "src" in attrs or any(name.startswith("on") for name in attrs)]
    policy = next(attrs["content"] for tag, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy")
    assert "script-src 'sha256-" in policy and "unsafe" not in policy
    assert "window.pwned" in page.text
    assert "2 runs side by side" in page.text


def test_one_runs_perspectives_name_the_results_of_all():
    names = DisplayNames.of((Perspective("safety", "Safety first", SAFETY.scenarios),))
    assert names.titles == {"safety": "Safety first"}
    assert names.style("safety/i2t/jailbreak/x", "hgr").title == "Harmful generation (HGR)"
    assert names.style("safety/i2t/summary", "br").title == "Bypass rate (BR)"
    assert names.style("unknown/i2t/x", "m").title == "m"
