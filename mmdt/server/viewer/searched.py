"""Searches for attacks in the viewer: their rows in the list, and their pages."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from mmdt.engine.store.lock import worked_on_by
from mmdt.errors import MmdtError, UsageError
from mmdt.report.facts import shown_time
from mmdt.report.html.page import Served
from mmdt.report.used import money
from mmdt.report.wording import interval_text, value_text
from mmdt.runs.manifest import UNFINISHED
from mmdt.search import manifest as manifests
from mmdt.search.numbers import Curve
from mmdt.search.report import serve_search_report
from mmdt.search.result import Search
from mmdt.server.viewer.library import Page
from mmdt.server.viewer.spool import Spool

Json = dict[str, Any]
KIND = "search"


def about(folder: Path) -> Json:
    """What the record of a search says, or why it cannot be read: a row of the list."""
    try:
        manifest = manifests.read(folder)
    except MmdtError as error:
        return {"kind": KIND, "model": folder.name, "error": str(error), "running": False, "how": "unreadable"}
    settings, judge = manifest.settings, manifest.evaluators.get("judge")
    unfinished = manifest.ended.how in UNFINISHED
    running = unfinished and bool(worked_on_by(folder))
    return {
        "kind": KIND,
        "model": ", ".join(settings.models),
        "created": manifest.created,
        "when": shown_time(manifest.created),
        "data": f"search: {', '.join(settings.methods)}; {len(manifest.behaviours):,} behaviours",
        "judge": judge.name if judge else "",
        "how": "running" if running else "killed" if unfinished else manifest.ended.how,
        "reason": manifest.ended.reason,
        "running": running,
        "cost": None,
        "cost_text": "",
        "error": "",
    }


def numbers(folder: Path) -> Json:
    """Share of the behaviours that fell by each method, queries, and cost, as ``mmdt show`` has them."""
    try:
        search = Search(folder)
        curves = search.summary().curves
        cost = search.use.cost
    except MmdtError as error:
        return {"error": str(error)}
    except Exception as error:  # a scenario of the user's own may fail in any way: the list shows the others
        return {"error": f"the numbers cannot be computed: {error}"}
    several = len(search.manifest.settings.models) > 1
    return {
        "headlines": [_headline(each, several=several) for each in curves],
        "outputs": sum(each.queries for each in curves),
        "missing": sum(each.unjudged for each in curves),
        "cost": cost,
        "cost_text": "" if cost is None else money(cost),
    }


def _headline(curve: Curve, *, several: bool) -> Json:
    last = curve.last
    known = not math.isnan(last.share)
    return {
        "title": f"search/{curve.method}: behaviours that fell" + (f" on {curve.model}" if several else ""),
        "arrow": "↓",
        "value": last.share if known else None,
        "text": value_text(last.share, percent=True),
        "interval": interval_text(last.low, last.high, percent=True),
    }


def search_page(folder: Path, version: int, home: str) -> Page:
    """The report of a search, whose pictures are sent when they are looked at. Raises what reading it raises."""
    served = Served(f"{home}assets/", f"{version}/thumbnail/", home)
    html, images = serve_search_report(Search(folder), served)
    return Page(html, Spool(), images)


def not_compared(folder: Path) -> None:
    """Raises UsageError for a search: its numbers are no run's."""
    if manifests.is_search(folder):
        hint = "choose runs; methods and targets of a search are compared on its own page"
        raise UsageError("a search is not compared with runs", where=str(folder), hint=hint)
