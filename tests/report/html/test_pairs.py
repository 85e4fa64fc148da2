"""Cases side by side: which of them a comparison holds, and what its page knows of each run."""

from __future__ import annotations

import json

import pytest

from mmdt.report.compared import compared_runs
from mmdt.report.html.compare import build_comparison
from mmdt.report.html.inputs import ReportInput, ReportOptions
from mmdt.report.html.pairs import collect, differs
from tests.report.html.test_report import Page, part_of
from tests.report.synthetic import report_input, rows


def two(count=240):
    return [report_input(rows(count, seed=seed), model={"name": f"model-{seed}", "settings": {}}) for seed in (1, 2)]


def collected(inputs, **options):
    parts = {}
    found, images, said = collect(inputs, compared_runs(inputs), parts.__setitem__, max_text=1000, **options)
    return found, parts, images, said


def names(parts, number):
    return [each["id"] for key in sorted(parts) if key.startswith(f"{number}-rows-") for each in parts[key]]


def test_every_run_has_its_cases_and_pictures_are_shared():
    inputs = two()
    runs, parts, images, said = collected(inputs)
    assert [each["label"] for each in runs] == ["model-1", "model-2"]
    assert [each["count"] for each in runs] == [240, 240]
    assert names(parts, 0) == names(parts, 1) == [trial.case.id for trial, _ in inputs[0].rows]
    assert len({image.digest for image in images}) == len(images)
    assert not said


def test_of_many_cases_those_on_which_runs_differ_stay():
    inputs = two()
    differing = {
        mine.case_id
        for (_, mine), (_, theirs) in zip(inputs[0].rows, inputs[1].rows, strict=True)
        if differs(mine, theirs)
    }
    most = len(differing) + 10
    _, parts, _, said = collected(inputs, most=most)
    assert len(names(parts, 0)) == most
    assert differing < set(names(parts, 0)) == set(names(parts, 1))
    assert f"This page shows {most:,} of 240 cases" in said and f"{len(differing):,} of the {len(differing):,}" in said
    _, parts, _, _ = collected(inputs, most=5)
    assert set(names(parts, 0)) < differing


def test_a_run_that_can_be_read_once_is_read_again_from_its_folder():
    made = rows(40)
    whole = report_input(made)
    once = ReportInput(
        scorecard=whole.scorecard, rows=iter(made), manifest=whole.manifest, perspectives=whole.perspectives,
        again=lambda: iter(made),
    )  # fmt: skip
    _, parts, _, _ = collected([once, report_input(rows(40, seed=2))])
    assert len(names(parts, 0)) == len(names(parts, 1)) == 40


@pytest.mark.parametrize("options", [{}, {"max_cases": 20}, {"thumbnails": False}])
def test_every_number_of_a_comparison_leads_to_its_cases(tmp_path, options):
    path = build_comparison(two(), tmp_path / "c.html", ReportOptions(**options))
    page = Page(path.read_text(encoding="utf-8"))
    data = part_of(page, "case-data")
    links = [attrs["href"] for tag, attrs in page.tags if tag == "a" and "show=cases" in attrs.get("href", "")]
    assert "#scope=safety/i2t/jailbreak&metric=hgr&show=cases" in links
    assert "#scope=safety/i2t/jailbreak&metric=hgr&run=1&show=cases" in links
    assert "#scope=safety/i2t/jailbreak&outcome=differ&metric=hgr&run=1&show=cases" in links
    assert "#scope=summary%3Asafety/i2t&metric=hgr&run=1&show=cases" in links
    assert set(data["scopes"]) == {"summary:safety/i2t", "summary:safety/t2i"}
    assert len(page.text) and json.dumps(data)
    if options.get("max_cases"):
        assert "A sample." in page.text and [each["count"] for each in data["runs"]] == [20, 20]
