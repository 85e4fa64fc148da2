"""The rules of ``until``: how well a number must be known before its cell needs no more cases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mmdt.core.cell import Cell, Selection
from mmdt.core.scenario import Metric, Scenario
from mmdt.errors import UsageError
from mmdt.runs.until.stopped import Verdict
from mmdt.spelling import option
from mmdt.stats.idle_limit import idle_limit
from mmdt.stats.sequential.any_time import Watched, watchable

Kind = Literal["width", "gate"]
_NUMBER = r"(?P<number>[0-9.eE+-]+)\s*(?P<percent>%?)"
_WIDTH = re.compile(rf"(?:(?P<address>[^\s:=<>]+)\s*:\s*)?width\s*=\s*{_NUMBER}")
_GATE = re.compile(rf"(?P<address>[^\s:=<>]+?)\s*(?P<side><=?|>=?)\s*{_NUMBER}")
HINT = "write 'width=0.06', 'safety/**/HGR<0.1' or 'safety/**/HGR: width=0.06'"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: ``text`` as the user wrote it; ``metric`` is empty for the headline of each cell.

    ``width``: the interval is to be at most ``value`` wide. ``gate``: it is to lie on one side of ``value``."""

    text: str
    kind: Kind
    glob: str
    metric: str
    value: float

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Read a rule. Raises UsageError that says what is wrong with it."""
        stripped = text.strip()
        width, gate = _WIDTH.fullmatch(stripped), _GATE.fullmatch(stripped)
        found = width or gate
        if found is None:
            raise UsageError(f"{text!r} is not a rule", where=option("until"), hint=HINT)
        value = _value(found["number"], bool(found["percent"]), text)
        if width is not None and not value > 0:
            raise UsageError(f"the width {value:g} is not above zero", where=f"{option('until')} {text}", hint=HINT)
        glob, metric = _split(found["address"], text)
        return cls(stripped, "width" if width else "gate", glob, metric, value)

    def applies(self, cell: Cell) -> bool:
        return Selection.of(self.glob).matches(cell)

    def metric_of(self, scenario: Scenario) -> Metric | None:
        """The metric of a scenario that the rule is about; None where the scenario has no such metric."""
        wanted = (self.metric or scenario.headline).casefold()
        return next((each for each in scenario.metrics if each.name.casefold() == wanted), None)

    def verdict(self, watched: Watched) -> Verdict | None:
        """What is known; None where more cases are needed."""
        if self.kind == "width":
            if watched.least_width() > self.value:
                return None  # the limits take long to find, and cannot be close yet
            low, high = watched.interval()
            return "narrow" if high - low <= self.value else None
        if watched.below(self.value):
            return "below"
        return "above" if watched.above(self.value) else None


def parse_rules(texts: Iterable[str]) -> tuple[Rule, ...]:
    """The rules of a run. Raises UsageError for one that cannot be read."""
    return tuple(Rule.parse(text) for text in texts)


def check_rules(rules: Iterable[Rule], scenarios: Mapping[str, Scenario]) -> None:
    """Raises UsageError for a rule about no selected scenario, about a number without an interval that holds at any
    time, or with a limit that decides nothing, before anything is asked."""
    for rule in rules:
        selection = Selection.of(rule.glob)
        there = [each for each in scenarios.values() if selection.may_match(each.address, each.tasks)]
        if not there:
            known = ", ".join(sorted(scenarios)[:5])
            hint = f"the run selects {known}{', ...' if len(scenarios) > 5 else ''}"
            raise UsageError(f"no selected cell is at {rule.glob}", where=f"{option('until')} {rule.text}", hint=hint)
        metrics = [metric for each in there if (metric := rule.metric_of(each)) is not None]
        _refuse_idle(rule, metrics)
        if not any(map(watchable, metrics)):
            names = {each.name: None for scenario in there for each in scenario.metrics if watchable(each)}
            what = f"{rule.metric} is no number of these cells"
            if metrics:
                named = rule.metric or "the headline of these cells"
                what = f"{named} has no interval that holds at any time: it is not a mean of bounded values"
            hint = f"use one of: {', '.join(names)}" if names else "leave out the rule: these cells are asked in full"
            raise UsageError(what, where=f"{option('until')} {rule.text}", hint=hint)


def _refuse_idle(rule: Rule, metrics: Sequence[Metric]) -> None:
    """Raises UsageError for a gate, or a width, that none of the numbers can reach: it would decide at once."""
    watched = [each for each in metrics if watchable(each) and each.bounds]
    ranges = [each.bounds for each in watched if each.bounds]
    if rule.kind == "width":
        ranges = [(0.0, high - low) for low, high in ranges]
    idle = idle_limit(rule.value, ranges, ends=False)
    if idle is not None:
        number = f"the width of {watched[0].name}" if rule.kind == "width" else watched[0].name
        what = f"{rule.value:g} is not between {idle.low:g} and {idle.high:g}, where {number} is"
        raise UsageError(what, where=f"{option('until')} {rule.text}", hint=idle.hint)


def _split(address: str | None, text: str) -> tuple[str, str]:
    """``safety/**/HGR`` is the metric HGR of the cells ``safety/**``; a metric alone is that of all cells."""
    if address is None:
        return "**", ""
    glob, _, metric = address.rpartition("/")
    if not metric or "*" in metric:
        raise UsageError(f"{address!r} names no metric", where=f"{option('until')} {text}", hint=HINT)
    glob = glob or "**"
    Selection.of(glob)  # refuses what is no glob
    return glob, metric


def _value(number: str, percent: bool, text: str) -> float:
    try:
        value = float(number)
    except ValueError:
        value = float("nan")
    if not abs(value) < 1e6:  # also refuses NaN
        raise UsageError(f"{number!r} is not a number", where=f"{option('until')} {text}", hint=HINT)
    return value / 100 if percent else value
