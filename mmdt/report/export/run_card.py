"""The run card: one page with what was asked, of whom, when, with which judge, what is missing and what it cost."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import msgspec

from mmdt.report.export.rows import model_name
from mmdt.report.facts import completeness, duration_text, read_facts
from mmdt.report.html.inputs import ReportableRun
from mmdt.report.html.page import write_page
from mmdt.report.view import totals
from mmdt.stats.scorecard import Scorecard

MOST = 24
"""Rows of the table; more would not fit a page."""
Pairs = tuple[tuple[str, str], ...]


def write_run_card(run: ReportableRun, path: Path, what: str) -> None:
    """The run card as a page of HTML that works offline."""
    manifest = msgspec.to_builtins(run.manifest)
    if not manifest.get("use") and hasattr(run, "use"):
        manifest["use"] = msgspec.to_builtins(run.use)
    card, facts = run.scorecard(), read_facts(manifest)
    rows = _numbers(card)
    values = {
        "model": model_name(manifest),
        "pairs": _pairs(manifest, card),
        "evaluators": _evaluators(manifest),
        "state": completeness(card, facts.ended),
        "rows": rows[:MOST],
        "more": max(0, len(rows) - MOST),
        "root": facts.root,
    }
    write_page("run_card.html.j2", values, path, styles=("base.css", "scorecard.css", "print.css"))


def _pairs(manifest: dict[str, Any], card: Scorecard) -> Pairs:
    data, settings, use = (manifest.get(each) or {} for each in ("data", "settings", "use"))
    total = totals(card)
    cost = use.get("cost")
    found = {
        "What was asked": ", ".join(sorted({each.address for each in card.results if each.level == "scenario"})),
        "Cases": f"{data.get('cases', 0):,} ({data.get('source', '')}, {data.get('fingerprint', '')})",
        "Of whom": model_name(manifest),
        "Answered by": ", ".join(f"{name} ({count:,})" for name, count in (manifest.get("answered_by") or {}).items()),
        "Where": str(settings.get("base_url") or ""),
        "When": f"{manifest.get('created', '')}, {duration_text(float(manifest.get('seconds') or 0))}",
        "How it ended": " ".join(str(each) for each in (manifest.get("ended") or {}).values() if each),
        "Outputs": f"{total.total:,}; {total.answered:,} answered, {sum(total.refused.values()):,} refused",
        "Missing": f"{total.missing:,}; {total.unclear:,} unclear, {total.cut_off:,} cut off",
        "Cost": f"{cost:.2f} US dollars" if isinstance(cost, int | float) else "not known",
        "Used": f"{use.get('requests', 0):,} requests, {use.get('input_tokens', 0):,} tokens in,"
        f" {use.get('output_tokens', 0):,} out",
        "Read first": " ".join(read_facts(manifest).notes),
    }
    return tuple((name, value) for name, value in found.items() if value.strip(", "))


def _evaluators(manifest: dict[str, Any]) -> Pairs:
    used = (manifest.get("evaluators") or {}).items()
    return tuple((role, _evaluator(each)) for role, each in used)


def _evaluator(used: dict[str, Any]) -> str:
    embedded = ", embedded" if used.get("embedded") else ""
    return f"{used.get('name', '')} ({str(used.get('fingerprint', ''))[:16]}{embedded})"


def _numbers(card: Scorecard) -> list[tuple[str, str, str, str, int]]:
    """Title, metric, value with interval, direction and missing, of every summary, else of every scenario."""
    chosen = [each for each in card.results if each.level == "summary"]
    chosen = chosen or [each for each in card.results if each.level == "scenario"]
    found: list[tuple[str, str, str, str, int]] = []
    for result in chosen:
        estimate = result.estimate()
        if math.isfinite(estimate.value):
            value = f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
            found.append((result.title, estimate.metric, value, estimate.direction, estimate.missing))
    return found
