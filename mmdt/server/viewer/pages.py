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

ROOT = "../../"
"""From the page of a run to the list of runs."""


def comparison_page(folders: Sequence[Path], version: int) -> Page:
    """Several runs side by side, the first of them the baseline. Raises what opening and scoring them raises."""
    runs, spool = [Run.open(each) for each in folders], Spool()
    try:
        served = Served(f"{ROOT}assets/", f"{version}/part/", ROOT)
        html, images = serve_comparison([ReportInput.of(each) for each in runs], spool.put, served)
    except BaseException:
        spool.close()
        raise
    return Page(html, spool, images)


def report_page(folder: Path, version: int) -> Page:
    """The report of a run. Raises what opening and scoring it raises."""
    run, spool = Run.open(folder), Spool()
    links = tuple((f"Label: {probe}", f"label/{probe}/") for probe in sorted(probes_of(run)))
    served = Served(f"{ROOT}assets/", f"{version}/part/", ROOT, links)
    try:
        html, images = serve_report(replace(ReportInput.of(run), explained=explained(run)), spool.put, served)
    except BaseException:
        spool.close()
        raise
    return Page(html, spool, images)
