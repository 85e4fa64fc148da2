"""What the viewer's pages are made of: a run's report with every case, in parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mmdt.report.explained import explained
from mmdt.report.html.compare import serve_comparison
from mmdt.report.html.inputs import ReportInput
from mmdt.report.html.page import Served
from mmdt.report.html.report import serve_report
from mmdt.runs.people.choice import probes_of
from mmdt.runs.result import Run
from mmdt.server.viewer.library import Page
from mmdt.server.viewer.spool import Spool
from mmdt.server.viewer.working import COMPARING, EXPLAINING, LAYING_OUT, OPENING, SCORING, WatchedRun, Working

ROOT = "../../"
"""From the page of a run to the list of runs."""


def comparison_page(folders: Sequence[Path], version: int, working: Working) -> Page:
    """Several runs side by side, the first of them the baseline. Raises what opening and scoring them raises."""
    working.begin(OPENING)
    runs, spool = [Run.open(each) for each in folders], Spool()
    try:
        served = Served(f"{ROOT}assets/", f"{version}/part/", ROOT)
        inputs = []
        for number, run in enumerate(runs, 1):
            working.begin(f"{SCORING} of run {number} of {len(runs)}")
            inputs.append(ReportInput.of(WatchedRun.of(run, working)))
        working.begin(COMPARING)
        html, images = serve_comparison(inputs, spool.put, served)
    except BaseException:
        spool.close()
        raise
    return Page(html, spool, images)


def report_page(folder: Path, version: int, working: Working) -> Page:
    """The report of a run. Raises what opening and scoring it raises."""
    working.begin(OPENING)
    run, spool = WatchedRun.of(Run.open(folder), working), Spool()
    links = tuple((f"Label: {probe}", f"label/{probe}/") for probe in sorted(probes_of(run)))
    served = Served(f"{ROOT}assets/", f"{version}/part/", ROOT, links)
    try:
        working.begin(SCORING)
        report = ReportInput.of(run)
        working.begin(EXPLAINING)
        report = replace(report, explained=explained(run))
        working.begin(LAYING_OUT)
        html, images = serve_report(report, spool.put, served)
    except BaseException:
        spool.close()
        raise
    return Page(html, spool, images)
