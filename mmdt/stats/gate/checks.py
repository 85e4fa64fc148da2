"""Checks every number that the rules of a gate are about: pass, fail or inconclusive.

*Fail* is said beyond noise only: the two-sided p of "the demand is met", adjusted by Holm over all tests of the file,
is below 5 %. So where every demand is met, the chance that anything fails is at most 5 %. *Pass* needs the whole 95 %
interval on the right side of the limit. A gate passes only if every check does, so no correction is needed there
(the intersection-union test, Berger 1982, Technometrics 24). Everything between is inconclusive.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mmdt.core.estimate import Holds
from mmdt.errors import UsageError
from mmdt.stats.combine import why_none
from mmdt.stats.gate.noise import Noisy
from mmdt.stats.gate.rules import DIFFERENCES, GateRule, GateRules
from mmdt.stats.holm import holm
from mmdt.stats.idle_limit import idle_limit
from mmdt.stats.paired.compare import Difference
from mmdt.stats.scorecard import Result, Scorecard

Verdict = Literal["pass", "fail", "inconclusive"]
ALPHA = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCheck:
    """What one rule demands of one number, and what was found.

    ``value``, ``low``, ``high``: the number with its 95 % interval, or its difference from the baseline
    (``baseline_value``, ``run_value``: on the cases that count in both). ``possible_low``, ``possible_high``: the
    interval that holds what is missing too, by which is decided. ``p``: two-sided, of "the demand is met";
    ``p_adjusted``: over all tests of the file. NaN where there is none. ``n``: the outputs that it rests on (matched
    cases of a difference). ``judge``: who judged it. ``line``: of the rule in its file.
    """

    rule: str
    demand: str
    limit: float
    verdict: Verdict
    why: str
    address: str = ""
    title: str = ""
    metric: str = ""
    metric_title: str = ""
    percent: bool = True
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    possible_low: float = math.nan
    possible_high: float = math.nan
    baseline_value: float = math.nan
    run_value: float = math.nan
    p: float = math.nan
    p_adjusted: float = math.nan
    n: int = 0
    clusters: int = 0
    missing: int = 0
    judge: str = ""
    holds: Holds = "sampling"
    notes: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Titles:
    """How numbers are named and judged. ``metric``: (address, metric) -> title, whether it is a percentage, and the
    bounds of its values if it is a mean of them; ``judge``: by address; ``notes``: by address. ``apart``: addresses of
    contrasts, which are differences between scenarios: a rule is about one only if it spells it out."""

    metric: Callable[[str, str], tuple[str, bool, tuple[float, float] | None]]
    judge: Callable[[str], str]
    notes: Callable[[str], tuple[str, ...]]
    apart: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Test:
    """A check with the sides on which its demand could be broken: each a number that must not be above its limit."""

    check: GateCheck
    sides: tuple[tuple[Noisy, float], ...]
    exact_p: float = math.nan

    @property
    def p(self) -> float:
        """Of the side that is further beyond; an exact p of a difference of zero takes its place."""
        found = [noisy.p_above(limit) for noisy, limit in self.sides]
        known = [each for each in found if not math.isnan(each)]
        if not known:
            return math.nan
        if not math.isnan(self.exact_p) and min(known) < 1:
            return self.exact_p
        return min(1.0, *known)

    @property
    def met(self) -> bool:
        return all(noisy.known and noisy.high <= limit for noisy, limit in self.sides)


def check_all(
    rules: GateRules,
    card: Scorecard,
    differences: Sequence[Difference],
    titles: Titles,
    *,
    ended: str,
) -> tuple[GateCheck, ...]:
    """Every check, in the order of the rules. ``ended``: why the run is not complete, empty if it is.

    Raises UsageError for a rule that selects nothing: it would pass by looking at nothing. So would a limit that lies
    beyond anything that its numbers can be.
    """
    settled: list[GateCheck | _Test] = []
    for rule in rules.rules:
        found = list(_of_rule(rule, card, differences, titles, ended))
        if not found:
            raise _nothing(rule, rules.file, card, bool(differences))
        _refuse_empty_globs(rule, rules.file, card)
        _refuse_idle(rule, rules.file, found, titles)
        settled += found
    tests = {str(place): each.p for place, each in enumerate(settled) if isinstance(each, _Test)}
    adjusted = holm(tests)
    return tuple(
        _decided(each, tests[str(place)], adjusted[str(place)]) if isinstance(each, _Test) else each
        for place, each in enumerate(settled)
    )


def verdict_of(checks: Sequence[GateCheck]) -> Verdict:
    """Fail if anything fails; pass if everything passes."""
    found = {each.verdict for each in checks}
    return "fail" if "fail" in found else "inconclusive" if "inconclusive" in found or not found else "pass"


def _of_rule(
    rule: GateRule, card: Scorecard, differences: Sequence[Difference], titles: Titles, ended: str
) -> Iterator[GateCheck | _Test]:
    if rule.demand == "complete":
        yield _complete(rule, card, ended)
    elif rule.demand == "max_missing":
        yield from (_missing(rule, each) for each in _selected(rule, card, titles.apart))
    elif rule.demand in DIFFERENCES:
        yield from _differences(rule, card, differences, titles)
    else:
        for each in _selected(rule, card, titles.apart):
            yield from _limits(rule, each, titles)


def _selected(rule: GateRule, card: Scorecard, apart: frozenset[str]) -> Iterator[Result]:
    """Outputs are counted scenario by scenario, unless the rule says otherwise: summaries would count them again."""
    for each in card.results:
        again = rule.demand == "max_missing" and not rule.level and each.level == "summary"
        named = each.address in rule.number or not (again or each.address in apart)
        if named and rule.selects(each.address, each.level):
            yield each


def _complete(rule: GateRule, card: Scorecard, ended: str) -> GateCheck:
    missing = sum(each.tally.missing for each in card.results if each.level == "scenario")
    total = sum(each.tally.total for each in card.results if each.level == "scenario")
    whole = card.complete and not ended
    lacks = f"{missing:,} of {total:,} outputs have missing results" if missing else "parts have no results"
    return GateCheck(
        rule=rule.name,
        demand="the run is complete",
        limit=math.nan,
        verdict="pass" if whole else "fail",
        why=f"all {total:,} outputs are there" if whole else ended or lacks,
        n=total,
        missing=missing,
        line=rule.line,
    )


def _missing(rule: GateRule, found: Result) -> GateCheck:
    tally = found.tally
    share = tally.missing / tally.total if tally.total else math.nan
    reasons = "; ".join(f"{why} ({number:,})" for why, number in list(tally.why_missing.items())[:3])
    return GateCheck(
        rule=rule.name,
        demand=f"at most {_text(rule.limit, True)} missing",
        limit=rule.limit,
        verdict="inconclusive" if math.isnan(share) else "pass" if share <= rule.limit else "fail",
        why=f"{tally.missing:,} of {tally.total:,} outputs are missing" + (f": {reasons}" if reasons else ""),
        address=found.address,
        title=found.title,
        metric="missing",
        metric_title="Missing outputs",
        value=share,
        n=tally.total,
        missing=tally.missing,
        line=rule.line,
    )


def _limits(rule: GateRule, found: Result, titles: Titles) -> Iterator[_Test]:
    for estimate in found.estimates:
        if not rule.selects_metric(estimate.metric, found.headline):
            continue
        title, percent, bounds = titles.metric(found.address, estimate.metric)
        noisy = Noisy.of(estimate, bounds)
        at_most = rule.demand == "max"
        side = (noisy, rule.limit) if at_most else (noisy.negative, -rule.limit)
        check = GateCheck(
            rule=rule.name,
            demand=f"at {'most' if at_most else 'least'} {_text(rule.limit, percent)}",
            limit=rule.limit,
            verdict="inconclusive",
            why=why_none(estimate),
            address=found.address,
            title=found.title,
            metric=estimate.metric,
            metric_title=title,
            percent=percent,
            value=estimate.value,
            low=estimate.low,
            high=estimate.high,
            possible_low=estimate.low,
            possible_high=estimate.high,
            n=estimate.n,
            clusters=estimate.clusters,
            missing=estimate.missing,
            judge=titles.judge(found.address),
            holds=estimate.holds,
            notes=titles.notes(found.address),
            line=rule.line,
        )
        yield _Test(check, (side,))


def _differences(rule: GateRule, card: Scorecard, differences: Sequence[Difference], titles: Titles) -> Iterator[_Test]:
    headlines = {each.address: each.headline for each in card.results}
    holds = {(each.address, one.metric): one.holds for each in card.results for one in each.estimates}
    for row in differences:
        if not rule.selects(row.address, row.level):
            continue
        if not rule.selects_metric(row.metric, headlines.get(row.address, "")):
            continue
        if rule.directed and row.direction == "neither":
            if rule.metric == row.metric or rule.number == (row.address,):
                hint = "demand max_change, which looks both ways"
                raise UsageError(f"no way is better for {row.address} {row.metric}", where=rule.where, hint=hint)
            continue
        check = replace(_difference_check(rule, row, titles), holds=holds.get((row.address, row.metric), "sampling"))
        yield _Test(check, tuple(_sides(rule, row)), _exact(rule, row))


def _sides(rule: GateRule, row: Difference) -> Iterator[tuple[Noisy, float]]:
    up = Noisy.difference(row)
    if rule.demand == "max_change":
        yield from ((up, rule.limit), (up.negative, rule.limit))
        return
    worse = up if row.direction == "lower" else up.negative
    yield worse, rule.limit if rule.demand == "max_worse" else -rule.limit


def _exact(rule: GateRule, row: Difference) -> float:
    """The sign-flip p tests a difference of zero; what is missing would have to be added to it."""
    missing = not math.isnan(row.if_missing_low)
    return row.p if rule.limit == 0 and not missing else math.nan


def _difference_check(rule: GateRule, row: Difference, titles: Titles) -> GateCheck:
    limit = _size(rule.limit, row.percent)
    demand = {
        "max_worse": f"at most {limit} worse than {row.baseline}",
        "min_better": f"at least {limit} better than {row.baseline}",
        "max_change": f"within {limit} of {row.baseline}",
    }[rule.demand]
    possible = Noisy.difference(row)
    return GateCheck(
        rule=rule.name,
        demand=demand,
        limit=rule.limit,
        verdict="inconclusive",
        why="",
        address=row.address,
        title=row.title,
        metric=row.metric,
        metric_title=row.metric_title,
        percent=row.percent,
        value=row.value,
        low=row.low,
        high=row.high,
        possible_low=possible.low,
        possible_high=possible.high,
        baseline_value=row.baseline_value,
        run_value=row.run_value,
        n=row.matched,
        clusters=row.clusters,
        missing=row.missing,
        judge=titles.judge(row.address),
        notes=row.notes,
        line=rule.line,
    )


def _decided(test: _Test, p: float, p_adjusted: float) -> GateCheck:
    check = replace(test.check, p=p, p_adjusted=p_adjusted)
    if math.isnan(check.value):
        return replace(check, why=f"there is no value: {check.why}" if check.why else "there is no value")
    if p_adjusted < ALPHA:
        return replace(check, verdict="fail", why="beyond the limit, and beyond noise")
    if test.met:
        return replace(check, verdict="pass", why="the whole interval is within the limit")
    return replace(check, why=_undecided(test, p))


def _undecided(test: _Test, p: float) -> str:
    if not all(noisy.known for noisy, _ in test.sides):
        return "there is no interval: too few outputs to tell"
    if p < ALPHA:
        return "beyond the limit, but of this many tests one may be so by chance"
    over = any(noisy.value > limit for noisy, limit in test.sides)
    seen = "beyond the limit, but it may be chance" if over else "within the limit, but the interval reaches beyond it"
    missing = test.check.missing and any(noisy.most > limit >= noisy.value for noisy, limit in test.sides)
    return f"{seen}; what is missing alone could decide it" if missing else seen


def _refuse_idle(rule: GateRule, file: str, found: Sequence[GateCheck | _Test], titles: Titles) -> None:
    """Raises UsageError for a limit that none of the numbers can reach."""
    numbers = [each.check for each in found if isinstance(each, _Test)]
    ranges = [_range(each, titles, rule.demand in DIFFERENCES) for each in numbers]
    idle = idle_limit(rule.limit, ranges, ends=True)
    if idle is not None:
        first = f"{numbers[0].metric} of {numbers[0].address}"
        what = f"{rule.demand} is {rule.limit:g}, and {first} is from {idle.low:g} to {idle.high:g}"
        raise UsageError(what, where=f"{file}: {rule.where}" if file else rule.where, hint=idle.hint)


def _range(check: GateCheck, titles: Titles, difference: bool) -> tuple[float, float] | None:
    """What a number, or the size of its difference, can be; None where that is not known. A percentage that is no mean
    may be a difference itself."""
    _, percent, bounds = titles.metric(check.address, check.metric)
    low, high = bounds or ((-1.0, 1.0) if percent else (math.nan, math.nan))
    if math.isnan(low):
        return None
    return (0.0, high - low) if difference else (low, high)


def _refuse_empty_globs(rule: GateRule, file: str, card: Scorecard) -> None:
    """Raises UsageError for a glob of several that selects nothing: what it was to guard would pass unseen."""
    if rule.demand == "complete":
        return
    for glob in rule.number:
        if not any(rule.reaches(glob, each.address, each.level) for each in card.results):
            raise _nothing(replace(rule, number=(glob,)), file, card, compared=True)


def _nothing(rule: GateRule, file: str, card: Scorecard, compared: bool) -> UsageError:
    addresses = [each.address for each in card.results if rule.selects(each.address, each.level)]
    where = f"{file}: {rule.where}" if file else rule.where
    globs = ", ".join(rule.number)
    if not addresses:
        known = ", ".join(each.address for each in card.results if each.level == "scenario")[:300]
        return UsageError(f"no number of the run is selected by {globs}", where=where, hint=f"the run has {known}")
    if rule.demand in DIFFERENCES and not compared:
        return UsageError("there is nothing to compare with", where=where, hint="name a baseline")
    metrics = {each.metric for result in card.results if result.address in addresses for each in result.estimates}
    hint = f"{addresses[0]} and others have: {', '.join(sorted(metrics))}"[:400]
    return UsageError(f"no metric of {globs} is selected by {rule.metric!r}", where=where, hint=hint)


def _text(limit: float, percent: bool) -> str:
    return f"{100 * limit:.4g}%" if percent else f"{limit:.4g}"


def _size(limit: float, percent: bool) -> str:
    return f"{100 * limit:.4g} points" if percent else f"{limit:.4g}"


def judges_by_address(roles: Mapping[str, Sequence[str]], evaluators: Mapping[str, str]) -> Callable[[str], str]:
    """Address -> who judged its outputs. ``roles``: scenario -> its roles; ``evaluators``: role -> name."""

    def judges(address: str) -> str:
        parent = "/".join(address.split("/")[:3])
        if parent in roles:
            mine = [parent]
        else:
            names = address.split("/")
            heads = ("/".join(names[:most]) + "/" for most in range(len(names), 0, -1))
            found = ([each for each in roles if each.startswith(head)] for head in heads)
            mine = next((each for each in found if each), [])
        used = dict.fromkeys(role for each in mine for role in roles[each] if role in evaluators)
        return ", ".join(f"{role}: {evaluators[role]}" for role in used)

    return judges
