"""A check of a gate in words: the same in every form."""

from __future__ import annotations

import math

from mmdt.core.estimate import Estimate
from mmdt.report.wording import estimate_text, p_text, sample_text, signed_text, value_text
from mmdt.stats.gate.checks import GateCheck

VERDICTS = ("fail", "inconclusive", "pass")
"""The worst first."""


def subject(check: GateCheck) -> str:
    """``safety/t2i/vanilla HGR``; ``the run`` for a check of the whole run."""
    return f"{check.address} {check.metric}" if check.address else "the run"


def number(check: GateCheck) -> str:
    """The value with its 95 % interval, signed where it is a difference; empty where there is none."""
    if not check.address:
        return ""
    shown = Estimate(check.metric, check.value, check.low, check.high, check.n, check.clusters)
    if math.isnan(check.value):
        return "no value"
    if math.isnan(check.baseline_value):
        return estimate_text(shown, percent=check.percent)
    before, after = (value_text(each, percent=check.percent) for each in (check.baseline_value, check.run_value))
    return f"{signed_text(shown, percent=check.percent)} ({before} to {after})"


def evidence(check: GateCheck) -> list[str]:
    """What the verdict rests on: n, what is missing, p, who judged, and what changed."""
    found = [sample_text(check.n, check.clusters or check.n)] if check.n else []
    found += [f"{check.missing:,} missing"] if check.missing and check.metric != "missing" else []
    if check.p < 1:
        adjusted = p_text(check.p_adjusted).removeprefix("p ")
        found.append(f"{p_text(check.p)} (adjusted {adjusted})")
    found += [check.holds] if check.holds != "sampling" else []
    found += [f"judged by {check.judge}"] if check.judge else []
    return [*found, *check.notes]


def sentence(check: GateCheck) -> str:
    """Everything about a check on one line."""
    said = f"{subject(check)}: {check.demand}"
    found = number(check)
    return f"{said}; {found + ', ' if found else ''}{check.why} ({'; '.join(evidence(check))})".replace(" ()", "")


def counted(counts: dict[str, int]) -> str:
    """``1 failed, 2 inconclusive, 5 passed``; zeros are left out."""
    words = {"fail": "failed", "inconclusive": "inconclusive", "pass": "passed"}
    return ", ".join(f"{counts[each]:,} {words[each]}" for each in VERDICTS if counts[each])
