"""The HTML report: a single offline file with a run's numbers and the cases behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, repeat
from pathlib import Path
from typing import Any

from mmdt.core.image import Image
from mmdt.report.cards.card import MetricCard
from mmdt.report.explained import explained
from mmdt.report.facts import RunFacts, completeness, read_facts
from mmdt.report.figures.overall import overall
from mmdt.report.figures.subject import Subject
from mmdt.report.html.cases import CaseCollector
from mmdt.report.html.embed import json_for_script, pack
from mmdt.report.html.first_screen import FirstScreen, first_screen
from mmdt.report.html.inputs import ReportableRun, ReportInput, ReportOptions
from mmdt.report.html.page import write_page
from mmdt.report.html.parts import EmbeddedParts, Json
from mmdt.report.html.questions import Questions
from mmdt.report.html.sample import choose
from mmdt.report.html.thumbnails import thumbnails
from mmdt.report.names import DisplayNames, summary_address
from mmdt.report.references import references_of
from mmdt.report.view import Section, sections, totals
from mmdt.stats.explain.plane import correlations

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
    facts = read_facts(report.manifest)
    shown = choose(report.rows, options.max_cases)
    parts = EmbeddedParts()
    collector = CaseCollector(report.scenarios(), options.max_text, parts.put, Questions.of(report.manifest))
    for row in shown.rows:
        collector.add(row)
    laid_out, total = sections(report.scorecard, report.perspectives), totals(report.scorecard)
    images = collector.pictures.images
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
        "explained": report.explained,
        "correlations": correlations(report.explained.plane) if report.explained else (),
        "shown": shown,
        "references": references_of(result.address for result in report.scorecard.results),
        "data": pack(_page_data(collector.data(), laid_out, report, facts)),
        "parts": parts.parts,
        "pictures": _chunks(_pictures(images, options)),
    }
    return write_page("report.html.j2", values, path, styles=STYLES, scripts=SCRIPTS)


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


def _pictures(images: Sequence[Image], options: ReportOptions) -> Iterator[list[Any]]:
    """Each picture's thumbnail (empty if it is left out), digest, size and type."""
    small = thumbnails(images, options.size_for(len(images))) if options.thumbnails else repeat("")
    for image, address in zip(images, small, strict=False):
        yield [address, image.digest, image.width, image.height, image.suffix]


def _chunks(pictures: Iterable[list[Any]]) -> Iterator[str]:
    rest = iter(pictures)
    while chunk := list(islice(rest, PICTURES_A_CHUNK)):
        yield json_for_script(chunk)
