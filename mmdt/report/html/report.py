"""The HTML report: a single offline file with a run's numbers and the cases behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from mmdt.report.caveats import caveats
from mmdt.report.facts import RunFacts, completeness, read_facts
from mmdt.report.html.cases import CaseCollector, Json
from mmdt.report.html.embed import json_for_script, pack
from mmdt.report.html.inputs import ReportableRun, ReportInput, ReportOptions
from mmdt.report.html.page import write_page
from mmdt.report.html.sample import choose
from mmdt.report.html.thumbnails import thumbnails
from mmdt.report.names import summary_address
from mmdt.report.references import references_of
from mmdt.report.view import Section, sections, totals

PICTURES_A_CHUNK = 200
"""Thumbnails per script element; the page parses an element only when one of its pictures is shown."""
STYLES = ("base.css", "scorecard.css", "plot.css", "cases.css", "print.css")
SCRIPTS = ("dom.js", "data.js", "filter.js", "veil.js", "list.js", "detail.js", "toolbar.js", "folds.js", "main.js")


def write_report(run: ReportableRun, path: Path, **options: Any) -> Path:
    """Write the report of a run; ``options`` are those of :class:`ReportOptions`. Returns the path."""
    return build_report(ReportInput.of(run), path, ReportOptions(**options))


def build_report(report: ReportInput, path: Path, options: ReportOptions | None = None) -> Path:
    """Write the report to ``path``, as a complete file or not at all. Raises StoreError if it cannot be written."""
    options = options or ReportOptions()
    facts = read_facts(report.manifest)
    shown = choose(report.rows, options.max_cases)
    collector = CaseCollector(report.scenarios(), options.max_text)
    for row in shown.rows:
        collector.add(row)
    laid_out, total = sections(report.scorecard, report.perspectives), totals(report.scorecard)
    images = collector.pictures.images if options.thumbnails else []
    values = {
        "facts": facts,
        "caveats": caveats(report.scorecard),
        "state": completeness(report.scorecard, facts.ended),
        "total": total,
        "sections": laid_out,
        "shown": shown,
        "references": references_of(result.address for result in report.scorecard.results),
        "data": pack(_page_data(collector.data(), laid_out, report, facts)),
        "pictures": _chunks(thumbnails(images, options.size_for(len(images)))),
    }
    return write_page("report.html.j2", values, path, styles=STYLES, scripts=SCRIPTS)


def _page_data(cases: Json, laid_out: tuple[Section, ...], report: ReportInput, facts: RunFacts) -> Json:
    shown = [each for section in laid_out for table in section.tables for each in table.columns]
    return {
        **cases,
        "chunk": PICTURES_A_CHUNK,
        "scopes": _scopes(laid_out, report),
        "metrics": {each.metric: [each.title, each.way] for each in reversed(shown)},
        "evaluators": {each.role: [each.name, each.fingerprint] for each in facts.evaluators},
    }


def _scopes(laid_out: tuple[Section, ...], report: ReportInput) -> dict[str, Json]:
    """Each summary's title and scenarios. (Any other address covers what is below it.)

    The prefix ``summary:`` distinguishes the summary ``safety/i2t`` from the cells below that address.
    """
    shown = {row.address: row.title for section in laid_out for row in section.summaries}
    found: dict[str, Json] = {}
    for perspective in report.perspectives:
        of = {each.name: each.of for each in perspective.summaries}
        for name in of:
            address = summary_address(perspective.name, name)
            if address in shown:
                found[f"summary:{address}"] = {"title": shown[address], "of": _below(name, of)}
    return found


def _below(name: str, of: Mapping[str, tuple[str, ...]]) -> list[str]:
    if name not in of:
        return [name]
    return [address for part in of[name] for address in _below(part, of)]


def _chunks(addresses: Iterable[str]) -> Iterator[str]:
    rest = iter(addresses)
    while chunk := list(islice(rest, PICTURES_A_CHUNK)):
        yield json_for_script(chunk)
