"""Slices: the numbers of a scenario over cases that share entries of their targets, such as an attack and a policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Sample, Scenario
from mmdt.core.score import Scored
from mmdt.errors import UsageError

MAX_SLICES = 5_000
"""Most slices of a run; an entry with more values does not divide the cases into kinds."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One scenario and one value of each entry, with the scenario's metrics over these cases. ``headline``: the metric
    to show first. A number over few cases has a wide interval, and the slices of one run are many comparisons."""

    address: str
    values: Mapping[str, str]
    estimates: tuple[Estimate, ...]
    headline: str


def slices(
    scenarios: Mapping[str, Scenario], rows: Iterable[tuple[Scored, Mapping[str, Any]]], keys: Sequence[str]
) -> Iterator[Slice]:
    """The slices of every scenario whose cases have all the entries, in order of their values.

    Raises UsageError where no case has them.
    """
    if not keys:
        raise UsageError("no entry is named", hint="name entries of the targets, such as attack,policy")
    found: dict[tuple[str, tuple[str, ...]], list[Scored]] = {}
    known: dict[str, None] = {}
    for row, target in rows:
        known.update(dict.fromkeys(target))
        if all(key in target for key in keys):
            values = tuple(_text(target[key]) for key in keys)
            found.setdefault((row.cell.parent, values), []).append(row)
            if len(found) > MAX_SLICES:
                raise UsageError(f"more than {MAX_SLICES:,} slices", hint="use an entry with fewer values")
    if not found:
        named = ", ".join(sorted(known)) or "nothing"
        raise UsageError(f"no case has {' and '.join(keys)} in its target", hint=f"the targets have {named}")
    for (address, values), members in sorted(found.items(), key=lambda entry: entry[0]):
        scenario = scenarios[address]
        sample = Sample(members)
        estimates = tuple(metric.estimate(sample) for metric in scenario.metrics)
        yield Slice(address, dict(zip(keys, values, strict=True)), estimates, scenario.headline)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
