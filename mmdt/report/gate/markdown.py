"""A gate as Markdown, for a pull request."""

from __future__ import annotations

import re

from mmdt.report.gate.outcome import GateOutcome
from mmdt.report.gate.words import VERDICTS, counted, evidence, number, subject
from mmdt.safe_text.visible import visible
from mmdt.stats.gate.checks import GateCheck

MOST_ROWS = 100
"""Rows of a table: a comment on GitHub holds 65,536 characters."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#])")
_WORDS = {"fail": "Failed", "inconclusive": "Inconclusive", "pass": "Passed"}


def gate_markdown(found: GateOutcome) -> str:
    """The verdict, then a table of what failed, what is inconclusive and, folded, what passed."""
    against = f" against {_safe(found.baseline)}" if found.baseline else ""
    lines = [f"### mmdt gate: {found.verdict}", "", f"{_safe(found.run)}{against}: {counted(found.counts())}.", ""]
    if found.tests:
        tests = f"{found.tests:,} tests are one family (Holm): any false alarm in at most 5 %."
        lines += [f"Failed means beyond noise. {tests}", ""]
    for verdict in VERDICTS:
        checks = [each for each in found.checks if each.verdict == verdict]
        if not checks:
            continue
        title = f"{_WORDS[verdict]} ({len(checks):,})"
        if verdict == "pass":
            lines += ["<details>", f"<summary>{title}</summary>", "", *_table(checks), "", "</details>", ""]
        else:
            lines += [f"**{title}**", "", *_table(checks), ""]
    if found.cautions:
        lines += ["Notes:", "", *(f"* {_safe(each)}" for each in found.cautions), ""]
    return "\n".join(lines)


def _table(checks: list[GateCheck]) -> list[str]:
    rows = ["| Rule | Number | Demand | Found | Evidence |", "|---|---|---|---|---|"]
    for each in checks[:MOST_ROWS]:
        cells = (each.rule, subject(each), each.demand, number(each), "; ".join([each.why, *evidence(each)]))
        rows.append(f"| {' | '.join(map(_safe, cells))} |")
    if len(checks) > MOST_ROWS:
        rows.append(f"| and {len(checks) - MOST_ROWS:,} more | | | | |")
    return rows


def _safe(text: str) -> str:
    """What came from a provider or a file marks nothing up, and calls nobody (``@name``, ``#12``)."""
    escaped = _SPECIAL.sub(r"\\\1", visible(" ".join(text.split())))
    return escaped.replace("@", "@\N{ZERO WIDTH SPACE}").replace("://", ":\N{ZERO WIDTH SPACE}//")
