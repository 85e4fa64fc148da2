"""The same outputs under several judges: rates, paired differences, agreement, and the cases where they differ."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Scenario
from mmdt.core.score import Scored
from mmdt.engine.store.store import Store, Trial
from mmdt.evaluators.panel.votes import vote_of
from mmdt.runs.result import Run
from mmdt.runs.session import Watch
from mmdt.stats.agreement import ac1, kappa
from mmdt.stats.paired.compare import ComparableRun, Difference, Rules, compare_runs
from mmdt.stats.scorecard import scorecard
from mmdt.stats.scoring import score
from mmdt.validate.judges.asking import Alternative, Asking, alternatives, own, stored

MOST_CASES = 1_000
"""The most cases that are listed where the judges differ."""
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class JudgedRate:
    """The headline metric of a cell or scenario under one judge, and its paired difference from the run's own judge
    (None for that judge itself). Claims are made about scenarios: ``difference.p_adjusted`` is Holm's, over those of
    all judges; of cells ``difference.p`` is shown, and no claim is made."""

    address: str
    judge: str
    estimate: Estimate
    difference: Difference | None = None


@dataclass(frozen=True, slots=True)
class JudgeAgreement:
    """How far two judges agree on the outputs that both have a verdict on: ``share`` with its interval, beyond chance
    as Cohen's kappa and Gwet's AC1."""

    probe: str
    first: str
    second: str
    outputs: int
    share: float
    kappa: Estimate
    ac1: Estimate


@dataclass(frozen=True, slots=True)
class Dispute:
    """An output on which the judges differ. ``verdicts``: judge -> what it says, ``none`` without a verdict."""

    case_id: str
    repeat: int
    cell: str
    probe: str
    verdicts: Mapping[str, str]
    reply: str


@dataclass(frozen=True, slots=True)
class JudgeComparison:
    """``judges``: the run's own first. ``disputes`` counts all the outputs on which judges differ, of ``outputs``.
    ``stopped``: why not everything was judged (a budget, a judge out of reach); empty if it was."""

    judges: tuple[str, ...]
    rates: tuple[JudgedRate, ...]
    agreement: tuple[JudgeAgreement, ...]
    disputes: int
    outputs: int
    cases: tuple[Dispute, ...]
    stopped: str = ""


def compare_judges(
    folder: str | Path,
    judges: Sequence[str] = (),
    *,
    judge: str = "",
    progress: Watch | None = None,
    **changes: Any,
) -> JudgeComparison:
    """The stored outputs of a run under each of ``judges``, beside its own judge and all that judged it before.

    ``judges``: chat models, guards, panels, or names of judge prompts (another question, such as a benchmark's own),
    which ``judge`` is asked: by default the run's. ``changes``: settings of the judges (``judge_base_url``,
    ``judge_api_key_env``, ``endpoints``, ``judge_settings``) and limits (``max_cost``). What they say is stored in the
    run and paid for once; the run's own numbers do not change. Raises UsageError for a run that is not finished or that
    no judge has judged.
    """
    asking = Asking(Path(folder), changes, progress)
    named = list(dict.fromkeys(judges))
    if named:
        with asking.at_work() as store:
            added = alternatives(asking, store, named, judge)
    else:
        added = []
    with Store.open(asking.folder) as store:
        everybody = [own(asking.manifest), *added]
        known = {tuple(sorted(each.fingerprints.items())) for each in everybody}
        for each in stored(asking.manifest, store):
            if not any(set(each.fingerprints.items()) <= {*marks} for marks in known):
                everybody.append(each)
    return replace(_comparison(Run.open(asking.folder), everybody), stopped=asking.stopped)


def _comparison(run: Run, judges: Sequence[Alternative]) -> JudgeComparison:
    seen = {each.name: list(run.joined(evaluators=each.fingerprints)) for each in judges}
    scenarios = run.scenarios()
    keep = run.manifest.settings.cut_off == "keep"
    scored = {
        name: [score(row, scenarios[row.case.cell.parent], keep_cut_off=keep) for row in rows]
        for name, rows in seen.items()
    }
    probes = _probes(scenarios, judges[0].fingerprints)
    disputes = list(_disputes(seen, probes))
    return JudgeComparison(
        tuple(seen),
        tuple(_rates(run, scored, probes)),
        tuple(_agreement(seen, probes)),
        len(disputes),
        sum(any(probe in row.observations for probe in probes) for row in seen[judges[0].name]),
        tuple(disputes[:MOST_CASES]),
    )


def _probes(scenarios: Mapping[str, Scenario], roles: Mapping[str, str]) -> dict[str, set[str]]:
    """Probe -> addresses of the scenarios in which a judge answers it."""
    found: dict[str, set[str]] = {}
    for address, scenario in scenarios.items():
        for probe in scenario.probes:
            if probe.role in roles:
                found.setdefault(probe.name, set()).add(address)
    return found


def _rates(run: Run, scored: Mapping[str, list[Scored]], probes: Mapping[str, set[str]]) -> Iterator[JudgedRate]:
    judged = {address for addresses in probes.values() for address in addresses}
    rates = {
        name: {
            each.address: each.estimate()
            for each in scorecard(run.perspectives(), rows).results
            if each.level != "summary" and ("/".join(each.address.split("/")[:3])) in judged
        }
        for name, rows in scored.items()
    }
    differences = _differences(run, scored, judged)
    for address in rates[next(iter(scored))]:
        for name in scored:
            if address in rates[name]:
                yield JudgedRate(address, name, rates[name][address], differences.get((address, name)))


def _differences(run: Run, scored: Mapping[str, list[Scored]], judged: set[str]) -> dict[tuple[str, str], Difference]:
    """By address of a cell or scenario and judge: its headline number minus that of the first judge, on the same
    outputs."""
    made = compare_runs(
        [ComparableRun(name, tuple(rows)) for name, rows in scored.items()],
        run.perspectives(),
        Rules(cells=True),
        wanted=lambda address: "/".join(address.split("/")[:3]) in judged,
    )
    headlines = {address: each.headline for address, each in run.scenarios().items()}
    return {
        (each.address, each.run): each
        for each in made.differences
        if headlines.get("/".join(each.address.split("/")[:3])) == each.metric
    }


def _vote(trial: Trial, probe: str) -> Hashable | None:
    seen = trial.observations.get(probe)
    return None if seen is None or seen.missing else vote_of(seen.value)


def _agreement(seen: Mapping[str, list[Trial]], probes: Mapping[str, set[str]]) -> Iterator[JudgeAgreement]:
    for probe, addresses in probes.items():
        for first, second in combinations(seen, 2):
            pairs = [
                (_vote(one, probe), _vote(other, probe), one.case.group or one.case.id)
                for one, other in zip(seen[first], seen[second], strict=True)
                if one.case.cell.parent in addresses
            ]
            both = [pair for pair in pairs if None not in pair[:2]]
            if not both:
                continue
            one, other, clusters = zip(*both, strict=True)
            labels = sorted({*one, *other}, key=repr)
            labels = [False, True] if {*labels} <= {False, True} else labels if len(labels) > 1 else [*labels, "other"]
            share = sum(a == b for a, b in zip(one, other, strict=True)) / len(both)
            figures = (kappa(one, other, clusters, labels=labels), ac1(one, other, clusters, labels=labels))
            yield JudgeAgreement(probe, first, second, len(both), share, *figures)


def _disputes(seen: Mapping[str, list[Trial]], probes: Mapping[str, set[str]]) -> Iterator[Dispute]:
    for rows in zip(*seen.values(), strict=True):
        for probe, addresses in probes.items():
            if rows[0].case.cell.parent not in addresses:
                continue
            votes = [_vote(row, probe) for row in rows]
            if len({vote for vote in votes if vote is not None}) > 1:
                said = dict(zip(seen, map(_words, votes), strict=True))
                case, output = rows[0].case, rows[0].output
                reply = " ".join((output.text if output else "").split())[:_LONGEST]
                yield Dispute(case.id, rows[0].repeat, str(case.cell), probe, said, reply or "a picture")


def _words(vote: Any) -> str:
    return {True: "yes", False: "no", None: "none"}.get(vote) or str(vote)
