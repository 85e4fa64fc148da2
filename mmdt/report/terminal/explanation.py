"""An explanation as text for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from mmdt.stats.explain.evidence import Measured
from mmdt.stats.explain.explanation import Explanation, RunExplained
from mmdt.stats.explain.findings import Finding
from mmdt.stats.explain.front import Placed
from mmdt.stats.explain.plane import Correlation, PlanePoint
from mmdt.stats.explain.spatial import SpatialSlice
from mmdt.stats.explain.worst import WorstSlices

FEW = 8
RULE = "A false signature is shown in at most 5 % of runs: p is adjusted over all signatures (Holm)"


def explanation_text(found: Explanation, full: bool = False) -> str:
    """All parts; without ``full`` only the first lines of the long ones."""
    lines: list[str] = []
    for each in found.runs:
        lines += _run(each, full)
    lines += _section("Resilience: do bypass and harm go together?", map(correlation_text, found.correlations))
    lines += _section("Trade-offs: who is on the front?", map(_placed, found.fronts))
    return "\n".join(lines)


def measured_text(found: Measured) -> str:
    """``0.46 [0.36, 0.56], n 100``; ``none`` for no value."""
    if math.isnan(found.value):
        return "no outputs"
    missing = f", {found.missing} missing" if found.missing else ""
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}], n {found.n:,}{missing}"


def p_text(p: float) -> str:
    return "p unknown" if math.isnan(p) else "p < 0.0001" if p < 1e-4 else f"p {p:.4f}"


def not_tested(found: Sequence[Finding]) -> str:
    """Which signatures lack outputs, in one line."""
    return ", ".join(f"{each.name} ({each.modality})" for each in found if each.verdict == "not tested")


def _run(run: RunExplained, full: bool) -> Iterator[str]:
    yield f"{run.run}: {_how_many(run)}"
    yield f"  {RULE}"
    if run.note:
        yield f"  {run.note}"
    for each in run.findings:
        if each.verdict in ("shown", "possible") or (full and each.verdict == "not shown"):
            yield from _finding(each)
    missing = not_tested(run.findings)
    if missing:
        yield f"  Not tested, as the run lacks outputs: {missing}"
    yield from _section(f"Worst slices ({run.worst.tests:,} compared)", _slices(run.worst, full))
    if full:
        yield from _section("Resilience plane: bypass rate (BR) and harm (HGR) by category", map(_point, run.plane))
    shown = [each for each in run.spatial if full or each.kind == "all"]
    yield from _section("Spatial", map(_spatial, shown))


def _how_many(run: RunExplained) -> str:
    shown = len(run.shown)
    return f"{shown} failure signature{'' if shown == 1 else 's'} shown" if shown else "no failure signature is shown"


def _finding(found: Finding) -> Iterator[str]:
    yield f"  [{found.verdict}] {found.title} ({found.name}, {found.modality}; {p_text(found.p_adjusted)})"
    yield f"    {found.says}"
    for each in found.evidence:
        yield f"    - {each.title}: {measured_text(each.measured)}; claimed: {each.claim}; {p_text(each.p)}"
    yield f"    But: {found.but}"
    if found.paper:
        yield f"    Paper: {found.paper}"
    yield from (f"    Confirm: {command}" for command in found.confirm)


def _slices(found: WorstSlices, full: bool) -> Iterator[str]:
    worse = [each for each in found.slices if each.worse]
    if not found.slices:
        yield "no category, task or other entry of the targets divides the outputs into parts to compare"
    elif not worse:
        yield "none is worse than the rest of its scenario beyond noise; the next ones:"
    for each in found.slices if full else [*worse, *[each for each in found.slices if not each.worse][:FEW]][: FEW * 2]:
        mark = "worse" if each.worse else "noise?"
        cases = ", ".join(each.cases[:3])
        yield (
            f"[{mark}] {each.scenario} {each.key}={each.value}: {each.component} {measured_text(each.measured)}; "
            f"rest {each.rest.value:.3f}; {p_text(each.p_adjusted)} adjusted; cases {cases}"
        )


def _point(found: PlanePoint) -> str:
    name = f"{found.scenario}/{found.category}"
    return f"{name}: BR {measured_text(found.bypass)}; HGR {measured_text(found.harm)}"


def _spatial(found: SpatialSlice) -> str:
    above = f"; above chance {measured_text(found.above_chance)}" if found.above_chance else "; no guess rate is known"
    return f"{found.scenario} {found.kind}={found.value}: {measured_text(found.accuracy)}{above}"


def correlation_text(found: Correlation) -> str:
    value = "not known" if math.isnan(found.value) else f"{found.value:.2f}"
    points = "point" if found.points == 1 else "points"
    plain = "" if math.isnan(found.plain) else f" (of the measured rates: {found.plain:.2f})"
    return f"{found.over}: {value} [{found.low:.2f}, {found.high:.2f}] over {found.points} {points}{plain}"


def _placed(found: Placed) -> str:
    by = f" ({found.by} is better in both)" if found.by else ""
    (left, right), (low, high) = found.region.across, found.region.up
    return (
        f"{found.trade_off}: {found.model} {found.place}{by}; {found.across.metric} {found.across.value:.3f}, "
        f"{found.up.metric} {found.up.value:.3f}; both with 95 % in [{left:.3f}, {right:.3f}] x [{low:.3f}, {high:.3f}]"
    )


def _section(title: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return [f"  {title}", *(f"    {line}" for line in found)] if found else []
