"""Scoring again keeps who judged before and when the run ended, and marks a report that is older."""

from __future__ import annotations

import pytest

import mmdt
from mmdt.report.html.older import MARK, mark_older_report


@pytest.fixture
def run(tmp_path):
    made = mmdt.run("organism/demo", select="hallucination/i2t/natural/count", size=3, out=tmp_path / "run")
    made.report()
    return made


def page(run):
    return (run.folder / "report.html").read_text()


def test_the_judges_are_kept_and_the_end_of_the_run_stays(run):
    before = run.manifest
    assert before.judgings == ()
    again = mmdt.score(run.folder, cut_off="missing").manifest
    assert [each.evaluators for each in again.judgings] == [before.evaluators, again.evaluators]
    assert (again.judgings[0].at, again.ended.at) == (before.ended.at, before.ended.at)
    third = mmdt.score(run.folder, cut_off="keep").manifest
    assert len(third.judgings) == 3 and third.judgings[:2] == again.judgings
    assert mmdt.verify(run.folder).ok


def test_an_older_report_says_so_once(run):
    assert MARK not in page(run)
    for cut_off in ("missing", "keep"):
        mmdt.score(run.folder, cut_off=cut_off)
    assert page(run).count(MARK) == 1
    assert "scored again at" in page(run)
    run.report()
    assert MARK not in page(run)


def test_scoring_that_changes_nothing_marks_nothing(run):
    before = page(run)
    assert mmdt.score(run.folder).manifest.judgings == ()
    assert page(run) == before


def test_no_report_no_mark(tmp_path):
    assert not mark_older_report(tmp_path, "now")
    (tmp_path / "report.html").write_text("not a page")
    assert not mark_older_report(tmp_path, "now")
    assert (tmp_path / "report.html").read_text() == "not a page"
