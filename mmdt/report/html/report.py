"""The HTML report: one file that needs no network, with the numbers of a run and the cases behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from mmdt.report.facts import Facts, completeness, read_facts
from mmdt.report.html.cases import CaseBook, Json
from mmdt.report.html.embed import json_for_script, pack
from mmdt.report.html.inputs import ReportInput, ReportOptions, Source
from mmdt.report.html.page import write_page
from mmdt.report.html.sample import choose
from mmdt.report.html.thumbnails import thumbnails
from mmdt.report.names import summary_address
from mmdt.report.view import Section, sections, totals

PICTURES_A_CHUNK = 200
"""Thumbnails in one script element; the page reads an element only when one of its pictures is looked at."""
STYLES = ("base.css", "scorecard.css", "plot.css", "cases.css", "print.css")
SCRIPTS = ("dom.js", "data.js", "filter.js", "veil.js", "list.js", "detail.js", "toolbar.js", "folds.js", "main.js")


def write_report(run: Source, path: Path, **options: Any) -> Path:
    """Write the report of a run; ``options`` are those of :class:`ReportOptions`. Returns the path."""
    return build_report(ReportInput.of(run), path, ReportOptions(**options))


def build_report(report: ReportInput, path: Path, options: ReportOptions | None = None) -> Path:
    """Write the report to ``path``, whole or not at all. Raises StoreError where it cannot be written."""
    options = options or ReportOptions()
    facts = read_facts(report.manifest)
    shown = choose(report.rows, options.max_cases)
    book = CaseBook(report.scenarios(), options.max_text)
    for row in shown.rows:
        book.add(row)
    laid_out, total = sections(report.scorecard, report.perspectives), totals(report.scorecard)
    images = book.pictures.images if options.thumbnails else []
    values = {
        "facts": facts,
        "state": completeness(report.scorecard, facts.ended),
        "total": total,
        "sections": laid_out,
        "shown": shown,
        "data": pack(_page_data(book.data(), laid_out, report, facts)),
        "pictures": _chunks(thumbnails(images, options.size_for(len(images)))),
    }
    return write_page("report.html.j2", values, path, styles=STYLES, scripts=SCRIPTS)


def _page_data(book: Json, laid_out: tuple[Section, ...], report: ReportInput, facts: Facts) -> Json:
    shown = [each for section in laid_out for table in section.tables for each in table.columns]
    return {
        **book,
        "chunk": PICTURES_A_CHUNK,
        "scopes": _scopes(laid_out, report),
        "metrics": {each.metric: [each.title, each.way] for each in reversed(shown)},
        "evaluators": {each.role: [each.name, each.fingerprint] for each in facts.evaluators},
    }


def _scopes(laid_out: tuple[Section, ...], report: ReportInput) -> dict[str, Json]:
    """For each summary, its title and the scenarios below it; any other address stands for what is below it.

    The mark in front keeps the summary ``safety/i2t`` apart from all the cells below that address.
    """
    shown = {line.address: line.title for section in laid_out for line in section.summaries}
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
