"""What stopping by results has spared, and what is made of it: one note of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from mmdt.report.used import money
from mmdt.spelling import option

_FOUND = {"narrow": "known well enough", "below": "below it", "above": "above it"}


def stopped_note(manifest: Mapping[str, Any]) -> str:
    """What a manifest's JSON values say about rules to stop by; empty where the run has none, or nothing is decided."""
    cells = manifest.get("stopped") or ()
    settings = manifest.get("settings") or {}
    if not cells:
        rules = ", ".join(map(str, settings.get("until") or ()))
        return f"Rules to stop by ({rules}): no cell is decided." if rules else ""
    spared = sum(each["outputs"] - each["asked"] for each in cells)
    about = "all cases of the data" if _is_finite(manifest) else "cases like these"
    return (
        f"Stopped by results ({option('until')}): {_decided(cells)}; {spared:,} outputs were not asked"
        f"{_money(cells)}. The intervals of means in these cells hold whenever one looks, for {about}."
    )


def _decided(cells: Any) -> str:
    """``HGR<0.1: 12 cells below it, 5 above it``, by rule."""
    found: dict[str, Counter[str]] = {}
    for each in cells:
        for decision in each["decisions"]:
            found.setdefault(decision["rule"], Counter())[decision["verdict"]] += 1
    parts = []
    for rule, verdicts in found.items():
        counts = [f"{number:,} {_FOUND.get(name, name)}" for name, number in verdicts.most_common()]
        parts.append(f"{rule}: {'1 cell' if verdicts.total() == 1 else 'cells'} {', '.join(counts)}")
    return "; ".join(parts)


def _money(cells: Any) -> str:
    costs = [each["cost"] for each in cells if each.get("cost")]
    return f", which saved about {money(sum(costs))}" if costs else ""


def _is_finite(manifest: Mapping[str, Any]) -> bool:
    settings, data = manifest.get("settings") or {}, manifest.get("data") or {}
    return settings.get("limit") is None and "embedded" not in str(data.get("source", "")).split(" + ")
