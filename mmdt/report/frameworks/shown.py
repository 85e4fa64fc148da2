"""Coverage as text, and as a page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mmdt.report.frameworks.coverage import STATES, Coverage, Covered
from mmdt.report.html.page import write_page

DISCLAIMER = (
    "Covered means that there is evidence, not that it is good: read the numbers. No body named here has reviewed the"
    " mapping."
)
STAND_INS = "The harm categories of this run are stand-ins of the embedded data: they are no evidence for real hazards."


def coverage_text(found: Coverage) -> str:
    """By state, what is not covered last but in full."""
    lines = [f"{found.framework.title} ({found.framework.version})", found.sentence, DISCLAIMER]
    lines += [STAND_INS] if found.stand_ins else []
    for state in STATES:
        for each in found.items:
            if each.state == state:
                lines += _item(each)
    lines += [f"Source: {found.framework.source}", checked(found)]
    return "\n".join(lines)


def checked(found: Coverage) -> str:
    """Whether ids and titles are known to be right."""
    return f"Ids and titles checked: {found.framework.checked or 'never'}"


def coverage_json(found: Coverage) -> dict[str, Any]:
    """As plain JSON values; a number that is not known is None."""
    return {
        "kind": "framework",
        "framework": found.framework.name,
        "title": found.framework.title,
        "version": found.framework.version,
        "source": found.framework.source,
        "checked": found.framework.checked,
        "stand_ins": found.stand_ins,
        "counts": {state: found.count(state) for state in STATES},
        "items": [
            {
                "id": each.item.id,
                "title": each.item.title,
                "unverified": each.item.unverified,
                "state": each.state,
                "only": each.item.only,
                "why": each.item.why or each.item.record,
                "lacking": list(each.lacking),
                "evidence": [
                    {
                        "address": piece.address,
                        "metric": piece.estimate.metric,
                        "value": _finite(piece.estimate.value),
                        "low": _finite(piece.estimate.low),
                        "high": _finite(piece.estimate.high),
                        "n": piece.estimate.n,
                        "missing": piece.missing,
                    }
                    for piece in each.pieces
                ],
            }
            for each in found.items
        ],
    }


def write_coverage(found: Sequence[Coverage], model: str, path: Path) -> Path:
    """A page that works offline."""
    values = {
        "found": found,
        "model": model,
        "states": STATES,
        "disclaimer": DISCLAIMER,
        "stand_ins": STAND_INS,
        "checked": checked,
    }
    return write_page("framework.html.j2", values, path, styles=("base.css", "scorecard.css", "print.css"))


def _item(each: Covered) -> Iterator[str]:
    yield f"  [{each.state}] {each.item.name}  {each.item.title}"
    if each.item.only:
        yield f"      only: {each.item.only}"
    if each.item.why or each.item.record:
        yield f"      {each.item.why or each.item.record}"
    for piece in each.pieces:
        estimate = piece.estimate
        missing = f", {piece.missing} missing" if piece.missing else ""
        limits = f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
        yield f"      {piece.address} {estimate.metric} {limits}, n {estimate.n:,}{missing}"
    if each.lacking and each.state != "covered":
        yield f"      lacking: {', '.join(each.lacking)}"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
