"""A gate as Markdown, for a pull request."""

from __future__ import annotations

from mmdt.report.gate.outcome import GateOutcome
from mmdt.report.gate.words import VERDICTS, counted, evidence, number, subject
from mmdt.safe_text.markdown import markdown_text
from mmdt.stats.gate.checks import GateCheck

MOST_ROWS = 100
"""Rows of a table: a comment on GitHub holds 65,536 characters."""
_WORDS = {"fail": "Failed", "inconclusive": "Inconclusive", "pass": "Passed"}


def gate_markdown(found: GateOutcome) -> str:
    """The verdict, then a table of what failed, what is inconclusive and, folded, what passed."""
    against = f" against {markdown_text(found.baseline)}" if found.baseline else ""
    lines = [
        f"### mmdt gate: {found.verdict}",
        "",
        f"{markdown_text(found.run)}{against}: {counted(found.counts())}.",
        "",
    ]
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
        lines += ["Notes:", "", *(f"* {markdown_text(each)}" for each in found.cautions), ""]
    return "\n".join(lines)


def _table(checks: list[GateCheck]) -> list[str]:
    rows = ["| Rule | Number | Demand | Found | Evidence |", "|---|---|---|---|---|"]
    for each in checks[:MOST_ROWS]:
        cells = (each.rule, subject(each), each.demand, number(each), "; ".join([each.why, *evidence(each)]))
        rows.append(f"| {' | '.join(map(markdown_text, cells))} |")
    if len(checks) > MOST_ROWS:
        rows.append(f"| and {len(checks) - MOST_ROWS:,} more | | | | |")
    return rows
