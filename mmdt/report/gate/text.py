"""A gate on a terminal: what fails first."""

from __future__ import annotations

from mmdt.report.gate.outcome import GateOutcome
from mmdt.report.gate.words import VERDICTS, counted, evidence, number, subject
from mmdt.safe_text.visible import visible
from mmdt.stats.gate.checks import GateCheck


def gate_text(found: GateOutcome) -> str:
    """Two lines for each check that does not pass, one for each rule of those that do."""
    against = f" against {found.baseline}" if found.baseline else ""
    lines = [f"gate: {found.verdict.upper()}: {found.run}{against}: {counted(found.counts())}"]
    if found.tests:
        lines.append(f"One family of {found.tests:,} tests (Holm): any false alarm in at most 5 %")
    lines += [f"Note: {each}" for each in found.cautions]
    for verdict in VERDICTS[:2]:
        for each in (check for check in found.checks if check.verdict == verdict):
            lines.append(_line(each))
            lines.append(f"{'':12}  {each.why}; {'; '.join(evidence(each))}".removesuffix("; "))
    passed: dict[str, list[GateCheck]] = {}
    for each in found.checks:
        if each.verdict == "pass":
            passed.setdefault(each.rule, []).append(each)
    for rule, checks in passed.items():
        more = f"pass          {rule}: {checks[0].demand}: {len(checks):,} numbers"
        lines.append(_line(checks[0]) if len(checks) == 1 else more)
    return "\n".join(visible(line) for line in lines)


def _line(check: GateCheck) -> str:
    shown = ", ".join(filter(None, [check.demand, number(check)]))
    return f"{check.verdict:<12}  {check.rule}: {subject(check)}: {shown}"
