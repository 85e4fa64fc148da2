"""Compares runs with a baseline: every number's difference, and what may be claimed about it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Literal

from mmdt.core.estimate import Direction
from mmdt.core.scenario import Perspective, Scenario
from mmdt.core.score import Scored
from mmdt.errors import UsageError
from mmdt.spelling import option
from mmdt.stats.combine import why_none
from mmdt.stats.paired.family import Adjust, adjusted
from mmdt.stats.paired.flips import sign_flip_tests
from mmdt.stats.paired.matching import Alone
from mmdt.stats.paired.pairs import Number, Pair, PairKey, Test, pair_up
from mmdt.stats.paired.ranks import Rank, ranks
from mmdt.stats.paired.spread import Spread
from mmdt.stats.scorecard import KnownScenarios, Level, Numbers, comparable

Family = Literal["headlines", "all"]
Verdict = Literal["better", "worse", "higher", "lower", "equivalent", "no difference seen", "not tested", "no value"]
ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class ComparableRun:
    """A run's outputs under its label; ``evaluators``: role -> what filled it, equal for two runs if they may be
    compared. ``model``: the one that was asked for; two runs of one model say where another version of it answered."""

    label: str
    rows: tuple[Scored, ...]
    evaluators: Mapping[str, str] = field(default_factory=dict)
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How to compare. ``family``: the numbers about which claims are made, all runs together: the headline of every
    scenario and all summaries, or every number that is shown. ``adjust``: Holm, or Benjamini and Hochberg.
    ``margin``: differences smaller than this count as equal (0.05: five points). ``cells``: show cells as well."""

    family: Family = "headlines"
    adjust: Adjust = "holm"
    margin: float | None = None
    cells: bool = False
    other_evaluators: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if self.family not in ("headlines", "all"):
            raise UsageError(f"unknown family {self.family!r}", hint="use headlines or all")
        if self.adjust not in ("holm", "bh"):
            raise UsageError(f"unknown correction {self.adjust!r}", hint="use holm or bh")
        if self.margin is not None and not 0 < self.margin < math.inf:
            raise UsageError(f"the margin must be positive, got {self.margin}", hint="0.05 is five percentage points")


@dataclass(frozen=True, slots=True)
class Difference:
    """A number of a run minus that of the baseline, on the cases that count in both.

    ``value``, ``low``, ``high``: the difference with its 95 % interval. ``p``: of the sign-flip test;
    ``p_adjusted``: within the family, NaN outside it. ``verdict``: what may be claimed; ``not tested`` outside the
    family. ``detectable``: the true difference that would have been claimed with 80 % power. ``p_equivalent``: of TOST,
    adjusted in the same way, NaN without a margin. ``if_missing_low``, ``if_missing_high``: the least and greatest
    difference that the missing outputs leave possible. ``notes``: why the two values may not be comparable.
    """

    address: str
    level: Level
    title: str
    metric: str
    metric_title: str
    direction: Direction
    percent: bool
    run: str
    baseline: str
    baseline_value: float
    run_value: float
    value: float
    low: float
    high: float
    p: float
    p_adjusted: float
    verdict: Verdict
    detectable: float
    p_equivalent: float
    matched: int
    missing: int
    unmatched: int
    clusters: int
    if_missing_low: float
    if_missing_high: float
    notes: tuple[str, ...] = ()

    @property
    def better(self) -> bool | None:
        """None where no such claim may be made."""
        return {"better": True, "worse": False}.get(self.verdict)


@dataclass(frozen=True, slots=True)
class Compared:
    """``tests``: the size of the family."""

    differences: tuple[Difference, ...]
    ranks: tuple[Rank, ...]
    tests: int


def compare_runs(
    runs: Sequence[ComparableRun],
    perspectives: Sequence[Perspective],
    rules: Rules,
    *,
    baseline: int = 0,
    wanted: Callable[[str], bool] = lambda address: True,
) -> Compared:
    """Every number of every run against the baseline, in the order of the scorecard.

    ``wanted``: which addresses to compare. Raises UsageError where different evaluators made the numbers, unless
    ``rules.other_evaluators``.
    """
    order = [baseline, *(index for index in range(len(runs)) if index != baseline)]
    runs = [runs[index] for index in order]
    known = KnownScenarios()
    cards = [comparable(perspectives, run.rows, known) for run in runs]
    shown = _shown(cards, rules, wanted)
    scenarios = {each.address: each for perspective in perspectives for each in perspective.scenarios}
    pairs = _pairs(runs, perspectives, shown, rules, known)
    unlike = {key: _unlike(runs[key[0]], runs[key[1]], found, scenarios) for key, found in pairs.items()}
    if not rules.other_evaluators:
        _refuse(unlike, runs)
    tests = [(key, number) for key, found in pairs.items() for number, pair in found.items() if pair.sums]
    p = dict(zip(tests, sign_flip_tests([_sums(pairs, test) for test in tests], seed=rules.seed), strict=True))
    made = [
        _difference(runs, whole, metric, index, pairs[0, index].get((whole.address, metric)), p, unlike[0, index])
        for whole, metric in _each(shown)
        for index in range(1, len(runs))
    ]
    made = list(_with_counts_of_unpaired(made, runs, shown))
    claims = {
        (each.run, each.address, each.metric): each.p
        for each in made
        if rules.family == "all" or _headline(shown[each.address], each.metric)
    }
    spreads = {
        (runs[index].label, *number): pair.spread
        for index in range(1, len(runs))
        for number, pair in pairs[0, index].items()
    }
    headlines = [(whole, metric) for whole, metric in _each(shown) if _headline(whole, metric)]
    size = sum(not math.isnan(each) for each in claims.values())
    judged = _judged(made, claims, spreads, rules, size)
    return Compared(tuple(judged), tuple(ranks([run.label for run in runs], cards, headlines, pairs, p)), size)


def _shown(cards: Sequence[Sequence[Numbers]], rules: Rules, wanted: Callable[[str], bool]) -> dict[str, Numbers]:
    found: dict[str, Numbers] = {}
    for card in cards:
        for each in card:
            if (rules.cells or each.level != "cell") and wanted(each.address):
                kept = found.setdefault(each.address, each)
                more = {name: node for name, node in each.nodes.items() if name not in kept.nodes}
                found[each.address] = replace(kept, nodes={**kept.nodes, **more}) if more else kept
    return found


def _each(shown: Mapping[str, Numbers]) -> list[tuple[Numbers, str]]:
    return [(whole, metric) for whole in shown.values() for metric in whole.nodes]


def _headline(whole: Numbers, metric: str) -> bool:
    return whole.level != "cell" and metric == whole.headline


def _pairs(
    runs: Sequence[ComparableRun],
    perspectives: Sequence[Perspective],
    shown: Mapping[str, Numbers],
    rules: Rules,
    known: KnownScenarios,
) -> dict[PairKey, dict[Number, Pair]]:
    """Those with the baseline, and for the ranks the headlines of all others."""
    found: dict[PairKey, dict[Number, Pair]] = {}
    for first, second in combinations(range(len(runs)), 2):
        headlines = first != 0

        def wanted(number: Number, headlines: bool = headlines) -> bool:
            return number[0] in shown and (not headlines or _headline(shown[number[0]], number[1]))

        found[first, second] = pair_up(perspectives, runs[first].rows, runs[second].rows, known, wanted)
    return found


def _sums(pairs: Mapping[PairKey, Mapping[Number, Pair]], test: Test) -> Mapping[str, float]:
    sums = pairs[test[0]][test[1]].sums
    return sums.parts if sums else {}


def _unlike(
    one: ComparableRun, other: ComparableRun, pairs: Mapping[Number, Pair], scenarios: Mapping[str, Scenario]
) -> dict[Number, tuple[str, ...]]:
    """By number, the roles that other evaluators filled in the two runs."""
    differ = {
        role for role, used in one.evaluators.items() if role in other.evaluators and other.evaluators[role] != used
    }
    found = {}
    for number, pair in pairs.items():
        roles = {
            probe.role for address in pair.scenarios if address in scenarios for probe in scenarios[address].probes
        }
        if mine := tuple(sorted(roles & differ)):
            found[number] = mine
    return found


def _refuse(unlike: Mapping[PairKey, Mapping[Number, tuple[str, ...]]], runs: Sequence[ComparableRun]) -> None:
    for (first, second), found in unlike.items():
        for (address, _), roles in found.items():
            role, one, other = roles[0], runs[first], runs[second]
            raise UsageError(
                f"different evaluators made the numbers of {one.label} and {other.label}: for the role {role}, "
                f"{one.evaluators[role]} and {other.evaluators[role]}",
                where=address,
                hint="score one of the runs again with the other's evaluators, or allow it with "
                f"{option('different_judges', True)}",
            )


def _difference(
    runs: Sequence[ComparableRun],
    whole: Numbers,
    metric: str,
    index: int,
    pair: Pair | None,
    p: Mapping[Test, float],
    unlike: Mapping[Number, tuple[str, ...]],
) -> Difference:
    number, nan = (whole.address, metric), math.nan
    declared = whole.nodes[metric].parts[0][1]
    spread = pair.spread if pair else None
    low, high = spread.interval() if spread else (nan, nan)
    roles = unlike.get(number, ())
    return Difference(
        address=whole.address,
        level=whole.level,
        title=whole.title,
        metric=metric,
        metric_title=declared.title,
        direction=whole.nodes[metric].estimate.direction,
        percent=declared.percent,
        run=runs[index].label,
        baseline=runs[0].label,
        baseline_value=pair.first.estimate.value if pair else nan,
        run_value=pair.second.estimate.value if pair else nan,
        value=spread.value if spread else nan,
        low=low,
        high=high,
        p=p.get(((0, index), number), nan),
        p_adjusted=nan,
        verdict="no value",
        detectable=nan,
        p_equivalent=nan,
        matched=pair.counts.matched if pair else 0,
        missing=pair.counts.missing if pair else 0,
        unmatched=pair.counts.unmatched if pair else 0,
        clusters=len(pair.sums.shares) if pair and pair.sums else 0,
        if_missing_low=pair.bounds[0] if pair else nan,
        if_missing_high=pair.bounds[1] if pair else nan,
        notes=(
            *_why_none(runs, index, pair),
            *([f"different evaluators: {', '.join(roles)}"] if roles else []),
            *_answered(runs, index, pair),
        ),
    )


def _why_none(runs: Sequence[ComparableRun], index: int, pair: Pair | None) -> Iterator[str]:
    """Why a number that has matched cases has no difference; nothing where it has one."""
    if pair is None or pair.spread is not None:
        return
    found = {runs[0].label: why_none(pair.first.estimate), runs[index].label: why_none(pair.second.estimate)}
    none = [label for label, why in found.items() if why]
    if none:
        yield f"no value in {'either run' if len(none) == 2 else none[0]}: {found[none[0]]}"
    else:
        yield "too few clusters for a difference with an interval"


def _with_counts_of_unpaired(
    made: Sequence[Difference], runs: Sequence[ComparableRun], shown: Mapping[str, Numbers]
) -> Iterator[Difference]:
    """A number that the runs have no case in common for counts the cases of each."""
    rows, alone = {run.label: run.rows for run in runs}, Alone()
    for each in made:
        if each.matched or each.missing or each.unmatched:
            yield each
            continue
        whole, both = shown[each.address], (rows[each.baseline], rows[each.run])
        of = {row.cell.parent for _, _, part in whole.nodes[each.metric].parts for row in part.rows}
        there = alone.cells(*both)
        cells = [one for one in there if (one == whole.address if whole.level == "cell" else _scenario(one) in of)]
        counts = alone.counts(cells, *both)
        yield replace(each, missing=counts.missing, unmatched=counts.unmatched)


def _scenario(cell: str) -> str:
    return cell.rpartition("/")[0]


def _answered(runs: Sequence[ComparableRun], index: int, pair: Pair | None) -> Iterator[str]:
    """What changed in who answered: within either run, and between two runs of the same model."""
    if pair is None:
        return
    (one, other), (first, second) = (runs[0], runs[index]), pair.served
    yield from first.changes(one.label)
    yield from second.changes(other.label)
    if one.model == other.model:
        yield from first.unlike(second, one.label, other.label)


Claim = tuple[str, str, str]


def _judged(
    made: Sequence[Difference],
    claims: Mapping[Claim, float],
    spreads: Mapping[Claim, Spread | None],
    rules: Rules,
    size: int,
) -> list[Difference]:
    p_adjusted = adjusted(claims, rules.adjust)
    same: dict[Claim, float] = {}
    if rules.margin is not None:
        known = {claim: spreads.get(claim) for claim in claims}
        same = adjusted({c: each.equivalence_p(rules.margin) for c, each in known.items() if each}, rules.adjust)
    found = []
    for each in made:
        claim = (each.run, each.address, each.metric)
        spread = spreads.get(claim)
        alpha = ALPHA / max(size, 1) if claim in claims else ALPHA
        detectable = spread.detectable(alpha) if spread else math.nan
        p, equal = p_adjusted.get(claim, math.nan), same.get(claim, math.nan)
        verdict = _verdict(each, p, equal, claim in claims)
        found.append(replace(each, p_adjusted=p, p_equivalent=equal, detectable=detectable, verdict=verdict))
    return found


def _verdict(each: Difference, p: float, equal: float, in_family: bool) -> Verdict:
    if math.isnan(each.value) or math.isnan(each.p):
        return "no value"
    if not in_family:
        return "not tested"
    if p < ALPHA:
        if each.direction == "neither":
            return "higher" if each.value > 0 else "lower"
        return "better" if (each.value > 0) == (each.direction == "higher") else "worse"
    return "equivalent" if equal < ALPHA else "no difference seen"
