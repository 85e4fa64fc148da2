"""The HTML report of a search: numbers first, then every conversation, folded and blurred."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmdt.core.image import Image
from mmdt.report.facts import shown_time
from mmdt.report.figures.drawing import Drawing
from mmdt.report.figures.queries import Attacked, success_curves
from mmdt.report.html.page import Served, served_page, write_page
from mmdt.report.html.thumbnails import PictureIndex, thumbnails
from mmdt.search.conversations import conversations
from mmdt.search.numbers import Curve, Median, Summary, shown_number, summarise
from mmdt.search.result import Search

MOST_PICTURES = 600
THUMBNAIL = 320
STYLES = ("base.css", "figures.css", "search.css")


def write_search_report(search: Search, path: Path) -> Path:
    """Write the report, as a complete file or not at all. Raises StoreError."""
    pictures = PictureIndex()
    shown = conversations(search, pictures)
    small = list(thumbnails(pictures.images[:MOST_PICTURES], THUMBNAIL))
    values = {**_numbers(search), **shown, "pictures": dict(enumerate(small))}
    return write_page("search.html.j2", values, path, styles=STYLES)


def serve_search_report(search: Search, served: Served) -> tuple[bytes, list[Image]]:
    """The same page for a server, and its pictures by number: the page asks for each when it is unfolded."""
    pictures = PictureIndex()
    shown = conversations(search, pictures)
    places = {number: f"{served.parts}{number}" for number in range(len(pictures.images))}
    page = served_page("search.html.j2", {**_numbers(search), **shown, "pictures": places}, served)
    return page, pictures.images


def _numbers(search: Search) -> dict[str, Any]:
    """All that stands before the conversations."""
    numbers = summarise(search)
    return {
        "facts": {**_facts(search), "labelled": any(each.corrected for each in numbers.curves)},
        "figures": figures(numbers, search),
        "curves": [_curve(each) for each in numbers.curves],
        "contrasts": [_contrast(each) for each in numbers.contrasts],
        "transfers": [_transfer(each) for each in numbers.transfers],
        "regrets": [_regret(*each) for each in numbers.regrets],
    }


def figures(numbers: Summary, search: Search) -> list[Drawing]:
    """The success curves; one drawing of all methods and targets."""
    attacks = []
    for curve in numbers.curves:
        whole = [each for each in search.of(curve.model, curve.method) if each.state != "broken"]
        if whole:
            queries = tuple(each.fell for each in whole)
            attacks.append(Attacked(curve.label, queries, search.manifest.settings.queries, curve.broken))
    return [success_curves(attacks)] if attacks else []


def _facts(search: Search) -> Mapping[str, Any]:
    manifest = search.manifest
    settings, authority = manifest.settings, manifest.authority
    judges = ", ".join(f"{role} {each.name}" for role, each in manifest.evaluators.items())
    again = ", ".join(each.name for each in manifest.rejudges.values())
    use = search.use
    cost = "" if use.cost is None else f", ${use.cost:,.2f}"
    lines = [
        ("Began", shown_time(manifest.created)),
        ("Behaviours", f"{len(manifest.behaviours):,}"),
        ("Queries for each", f"{settings.queries:,}"),
        ("Attacker", settings.attacker),
        ("Moves to choose from", f"{manifest.moves:,}"),
        ("Judged by", judges),
        ("Requests", f"{use.requests:,}{cost}"),
    ]
    cautions = [] if search.complete else [f"The search is {manifest.ended.how}: {manifest.ended.reason}"]
    cautions += [f"{each.name}: {each.note}" for each in manifest.evaluators.values() if each.embedded and each.note]
    if authority.models:
        cautions.append(f"Authorised, as confirmed on {authority.at}: {', '.join(authority.models)}.")
    return {
        "title": ", ".join(settings.models),
        "lines": [(name, value) for name, value in lines if value],
        "notice": manifest.notice,
        "cautions": list(dict.fromkeys(cautions)),
        "rejudged": again,
        "version": manifest.versions.get("mmdt", ""),
        "root": manifest.digests.root if manifest.digests else "",
    }


def percent(share: float, low: float, high: float) -> str:
    """A share with its interval."""
    return f"{100 * share:.0f}% [{100 * low:.0f}, {100 * high:.0f}]"


def median_words(median: Median | None, money: bool = False) -> str:
    """A median with its interval; a dash for an end that is not reached."""
    if median is None:
        return "—"
    ends = [shown_number(each) if not money or math.isinf(each) else f"${each:,.4f}" for each in
            (median.value, median.low, median.high)]  # fmt: skip
    return f"{ends[0]} [{ends[1]}, {ends[2]}]"


def _curve(curve: Curve) -> Mapping[str, Any]:
    last = curve.last
    confirmed = ""
    if curve.confirmed is not None:
        end = curve.confirmed[-1]
        confirmed = f"{curve.confirmed_fell} of {curve.fell}; {percent(end.share, end.low, end.high)}"
    return {
        "method": curve.method,
        "model": curve.model,
        "fell": curve.fell,
        "hunts": curve.hunts,
        "share": percent(last.share, last.low, last.high),
        "median": median_words(curve.median),
        "cost": median_words(curve.cost, money=True),
        "confirmed": confirmed,
        "corrected": _corrected(curve),
        "broken": curve.broken,
        "queries": f"{curve.queries:,}",
    }


def _corrected(curve: Curve) -> str:
    seen = curve.corrected
    if seen is None:
        return "—"
    return f"{seen.confirmed} of {seen.labelled} confirmed; {percent(seen.share, seen.low, seen.high)}"


def _contrast(each: Any) -> Mapping[str, Any]:
    p, adjusted = f"{each.p:.2g}", f"{each.adjusted:.2g}"
    return {"first": each.first, "second": each.second, "sooner": each.sooner, "z": f"{each.z:+.2f}", "p": p,
            "adjusted": adjusted}  # fmt: skip


def _transfer(each: Any) -> Mapping[str, Any]:
    share = percent(each.share, each.low, each.high)
    return {"source": each.source, "target": each.target, "tried": each.tried, "worked": each.worked, "share": share}


def _regret(model: str, each: Any) -> Mapping[str, Any]:
    arms = [
        {"name": arm.name, "queries": arm.queries, "successes": arm.successes, "rate": f"{arm.rate:.3f}"}
        for arm in each.arms
    ]
    value = f"{each.value:.1f} [{each.low:.1f}, {each.high:.1f}]"
    return {"model": model, "arms": arms, "best": each.best, "value": value, "share": f"{100 * each.share:.0f}%"}
