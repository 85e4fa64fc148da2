"""A search in words for a terminal, and as values for other programs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import msgspec

from mmdt.search.numbers import Summary, summarise
from mmdt.search.report import median_words, percent
from mmdt.search.result import Search


def lines(search: Search) -> Iterator[str]:
    """The table of curves, then comparisons, transfer and regret; what was found last."""
    numbers = summarise(search)
    again = bool(search.manifest.rejudges)
    heads = ["method", "target", "fell", "share at the end", "queries to half", "cost to half"]
    rows = [
        [
            curve.method,
            curve.model,
            f"{curve.fell} of {curve.hunts}",
            percent(curve.last.share, curve.last.low, curve.last.high),
            median_words(curve.median),
            median_words(curve.cost, money=True),
            *([f"{curve.confirmed_fell} of {curve.fell}"] if again else []),
        ]
        for curve in numbers.curves
    ]
    yield from _table([*heads, *(["confirmed"] if again else [])], rows)
    for curve in numbers.curves:
        if curve.corrected is not None:
            seen = curve.corrected
            share = percent(seen.share, seen.low, seen.high)
            yield f"{curve.label}, by people's labels: {seen.confirmed} of {seen.labelled} confirmed, so {share} fell"
    yield from _more(numbers)
    yield from _found(search)


def _more(numbers: Summary) -> Iterator[str]:
    for each in numbers.contrasts:
        clear = f"{each.sooner} takes fewer queries" if each.adjusted < 0.05 else "no clear difference"
        yield f"{each.first} / {each.second}: {clear} (log-rank z {each.z:+.2f}, adjusted p {each.adjusted:.2g})"
    for way in numbers.transfers:
        share = percent(way.share, way.low, way.high)
        yield f"found on {way.source}, tried on {way.target}: {way.worked} of {way.tried} worked, {share}"
    for model, regret in numbers.regrets:
        arms = ", ".join(f"{arm.name} {arm.successes}/{arm.queries}" for arm in regret.arms)
        yield f"successes per query on {model}: {arms}"
        yield (
            f"regret on {model}: {regret.value:.1f} [{regret.low:.1f}, {regret.high:.1f}] successes missed by not"
            f" choosing {regret.best} from the first query on; it got {100 * regret.share:.0f}% of the queries"
        )


def _found(search: Search) -> Iterator[str]:
    for query in search.found[:20]:
        name = query.hunt
        yield f"found: {name.behaviour} on {name.model} by {name.method}, query {query.number}: {query.move.label()}"
    if len(search.found) > 20:
        yield f"... and {len(search.found) - 20:,} more"


def _table(heads: list[str], rows: list[list[str]]) -> Iterator[str]:
    widths = [max(len(row[place]) for row in [heads, *rows]) for place in range(len(heads))]
    for row in [heads, *rows]:
        yield "  ".join(each.ljust(width) for each, width in zip(row, widths, strict=True)).rstrip()


def as_values(search: Search) -> dict[str, Any]:
    """JSON values: how it ended, the numbers, and what was found, without any text of prompts or answers."""
    found = [
        {
            "model": each.hunt.model,
            "method": each.hunt.method,
            "behaviour": each.hunt.behaviour,
            "query": each.number,
            "move": dict(each.move.choices),
            "confirmed": each.again,
        }
        for each in search.found
    ]
    numbers = msgspec.to_builtins(summarise(search))
    ended = msgspec.to_builtins(search.manifest.ended)
    values = {"folder": str(search.folder), "ended": ended, "numbers": numbers, "found": found}
    kept: dict[str, Any] = _finite(values)
    return kept


def _finite(value: Any) -> Any:
    """JSON has no infinity: null stands for "not reached"."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, list | tuple) else value
