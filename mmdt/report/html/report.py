"""The HTML report: a single offline file with a run's numbers and the cases behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, repeat
from pathlib import Path
from typing import Any

from mmdt.core.image import Image
from mmdt.report.cards.card import MetricCard
from mmdt.report.explained import explained
from mmdt.report.facts import RunFacts, completeness, read_facts
from mmdt.report.figures.overall import overall
from mmdt.report.figures.resilience import resilience_planes
from mmdt.report.figures.subject import Subject
from mmdt.report.html.cases import CaseCollector
from mmdt.report.html.embed import json_for_script, pack
from mmdt.report.html.first_screen import FirstScreen, first_screen
from mmdt.report.html.inputs import ReportableRun, ReportInput, ReportOptions, Row
from mmdt.report.html.page import Served, served_page, write_page
from mmdt.report.html.parts import EmbeddedParts, Json, Put
from mmdt.report.html.questions import Questions
from mmdt.report.html.sample import CaseSample, choose
from mmdt.report.html.scopes import summary_scopes
from mmdt.report.html.thumbnails import thumbnails
from mmdt.report.names import DisplayNames
from mmdt.report.references import references_of
from mmdt.report.shrunken import ABOUT, ShrunkenTasks
from mmdt.report.view import Section, sections, totals
from mmdt.stats.explain.plane import correlations

SERVED_TEXT = 200_000
"""Characters of each text that a server shows: a browser gets few cases at a time."""
EVERY = CaseSample((), 0, 0, 0)
"""A page that leaves no case out."""
PICTURES_A_CHUNK = 200
"""Thumbnails per script element; the page parses an element only when one of its pictures is shown."""
STYLES = ("base.css", "overview.css", "figures.css", "scorecard.css", "plot.css", "cases.css", "print.css")
SCRIPTS = (
    "dom.js",
    "data.js",
    "search.js",
    "filter.js",
    "veil.js",
    "list.js",
    "detail.js",
    "steps.js",
    "toolbar.js",
    "folds.js",
    "anchors.js",
    "main.js",
)


def write_report(run: ReportableRun, path: Path, **options: Any) -> Path:
    """Write the report of a run; ``options`` are those of :class:`ReportOptions`. Returns the path."""
    return build_report(replace(ReportInput.of(run), explained=explained(run)), path, ReportOptions(**options))


def build_report(report: ReportInput, path: Path, options: ReportOptions | None = None) -> Path:
    """Write the report to ``path``, as a complete file or not at all. Raises StoreError if it cannot be written."""
    options = options or ReportOptions()
    parts = EmbeddedParts()
    shown = choose(report.rows, options.max_cases)
    values, images = _page_values(report, shown, shown.rows, options.max_text, parts.put)
    values["data"] = pack(values["data"])
    values |= {"parts": parts.parts, "pictures": chunks(embedded_pictures(images, options))}
    return write_page("report.html.j2", values, path, styles=STYLES, scripts=SCRIPTS)


def serve_report(report: ReportInput, put: Put, served: Served) -> tuple[bytes, list[Image]]:
    """The page for a server, with every case: its data goes to ``put`` in parts, ``case-data`` the last of them.
    Returns the page and the pictures by number."""
    values, images = _page_values(report, EVERY, report.rows, SERVED_TEXT, put)
    put("case-data", values.pop("data"))
    return served_page("report.html.j2", values, served), images


def _page_values(
    report: ReportInput, shown: CaseSample, rows: Iterable[Row], max_text: int, put: Put
) -> tuple[dict[str, Any], list[Image]]:
    """What the template shows (``data``: what the scripts must know first), and the pictures of the cases."""
    facts = read_facts(report.manifest)
    collector = CaseCollector(report.scenarios(), max_text, put, Questions.of(report.manifest))
    for row in rows:
        collector.add(row)
    shrunken = ShrunkenTasks.of(report.scorecard, report.perspectives)
    laid_out = sections(shrunken.beside(report.scorecard), report.perspectives)
    total = totals(report.scorecard)
    screen = first_screen(report, facts)
    values = {
        "facts": facts,
        "first": screen,
        "shown_perspectives": {each.name for each in laid_out},
        "cards_shown": _cards(laid_out, screen, report),
        "figures": overall([Subject.of(facts.model, report.scorecard, report.declared or report.perspectives)]),
        "state": completeness(report.scorecard, facts.ended),
        "total": total,
        "sections": laid_out,
        "shrunken": shrunken.held,
        "about_shrunken": ABOUT,
        "explained": report.explained,
        "planes": resilience_planes(report.explained.plane) if report.explained else (),
        "correlations": correlations(report.explained.plane) if report.explained else (),
        "shown": shown,
        "references": references_of(result.address for result in report.scorecard.results),
        "data": _page_data(collector.data(), laid_out, report, facts),
    }
    return values, collector.pictures.images


def _cards(
    laid_out: tuple[Section, ...], screen: FirstScreen, report: ReportInput
) -> list[tuple[str, tuple[MetricCard, ...]]]:
    """The cards of every metric that the page shows, by perspective."""
    names = DisplayNames.of(report.declared or report.perspectives)
    found: list[tuple[str, tuple[MetricCard, ...]]] = []
    shown: set[str] = set()  # a card that several perspectives share is on the page once
    for section in laid_out:
        cards = [column.card for table in section.tables for column in table.columns]
        for row in section.summaries:
            cards += [names.style(row.address, each.metric).card for each in row.estimates if each]
        cards += _headline_cards(section.name, screen, names)
        new = {each.anchor: each for each in cards if each and each.anchor not in shown}
        shown |= set(new)
        found.append((section.title, tuple(new.values())))
    return [(title, cards) for title, cards in found if cards]


def _headline_cards(perspective: str, screen: FirstScreen, names: DisplayNames) -> list[MetricCard | None]:
    cells = [place.cell for row in screen.rows for place in row.places if place and row.name == perspective]
    return [names.style(each.address, each.metric).card for cell in cells for each in cell.headlines]


def _page_data(cases: Json, laid_out: tuple[Section, ...], report: ReportInput, facts: RunFacts) -> Json:
    shown = [each for section in laid_out for table in section.tables for each in table.columns]
    titles = {row.address: row.title for section in laid_out for row in section.summaries}
    return {
        **cases,
        "chunk": PICTURES_A_CHUNK,
        "scopes": summary_scopes(titles, report.perspectives),
        "metrics": {each.metric: [each.title, each.way] for each in reversed(shown)},
        "evaluators": {each.role: [each.name, each.fingerprint] for each in facts.evaluators},
    }


def embedded_pictures(images: Sequence[Image], options: ReportOptions) -> Iterator[list[Any]]:
    """Each picture's thumbnail (empty if it is left out), digest, size and type."""
    small = thumbnails(images, options.size_for(len(images))) if options.thumbnails else repeat("")
    for image, address in zip(images, small, strict=False):
        yield [address, image.digest, image.width, image.height, image.suffix]


def chunks(pictures: Iterable[list[Any]]) -> Iterator[str]:
    """Pictures as the JSON of script elements, ``PICTURES_A_CHUNK`` to each."""
    rest = iter(pictures)
    while chunk := list(islice(rest, PICTURES_A_CHUNK)):
        yield json_for_script(chunk)
