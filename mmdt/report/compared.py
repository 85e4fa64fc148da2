"""Several runs side by side: their labels and facts, why they may not be comparable, and their paired differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mmdt.core.scenario import Perspective
from mmdt.core.score import Scored
from mmdt.errors import UsageError
from mmdt.report.facts import Completeness, RunFacts, completeness, read_facts
from mmdt.report.html.inputs import ReportInput
from mmdt.report.sent import differences
from mmdt.stats.paired.compare import ComparableRun, Compared, Rules, compare_runs
from mmdt.stats.scorecard import Scorecard
from mmdt.stats.served import Served


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """One run: its label in the comparison, its facts and results, and whether it is complete."""

    label: str
    facts: RunFacts
    state: Completeness
    scorecard: Scorecard
    scored: tuple[Scored, ...]


def compared_runs(runs: Sequence[ReportInput]) -> list[ComparedRun]:
    """Each run with a label of its own. Raises UsageError for fewer than two."""
    if len(runs) < 2:
        raise UsageError("a comparison needs at least two runs", hint="name two or more run folders")
    found: list[ComparedRun] = []
    for run in runs:
        facts = read_facts(run.manifest)
        twins = sum(each.facts.model == facts.model for each in found)
        label = f"{facts.model} ({twins + 1})" if twins else facts.model
        scored = run.scores() if run.scores else tuple(scored for _, scored in run.rows)
        found.append(ComparedRun(label, facts, completeness(run.scorecard, facts.ended), run.scorecard, scored))
    return found


def paired(
    runs: Sequence[ComparedRun],
    perspectives: Sequence[Perspective],
    rules: Rules,
    *,
    baseline: int = 0,
    wanted: Callable[[str], bool] = lambda address: True,
) -> Compared:
    """Every number of the runs against the baseline; see ``compare_runs``."""
    return compare_runs([_comparable(each) for each in runs], perspectives, rules, baseline=baseline, wanted=wanted)


def _comparable(run: ComparedRun) -> ComparableRun:
    used = {each.role: f"{each.name} {each.fingerprint}".strip() for each in run.facts.evaluators}
    return ComparableRun(run.label, run.scored, used, run.facts.model)


def all_perspectives(inputs: Sequence[ReportInput]) -> tuple[Perspective, ...]:
    """Those of all runs, each with the scenarios of all of them, as declared."""
    found: dict[str, Perspective] = {}
    for run in inputs:
        for each in run.perspectives:
            known = found.get(each.name, each)
            have = {scenario.address for scenario in known.scenarios}
            more = tuple(scenario for scenario in each.scenarios if scenario.address not in have)
            found[each.name] = replace(known, scenarios=(*known.scenarios, *more))
    return tuple(found.values())


def cautions(runs: Sequence[ComparedRun]) -> list[str]:
    """Why the numbers may not be comparable."""
    found = []
    for role in dict.fromkeys(each.role for run in runs for each in run.facts.evaluators):
        used = {each.fingerprint for run in runs for each in run.facts.evaluators if each.role == role}
        if len(used) > 1:
            found.append(f"The runs used different evaluators for the role {role}: its numbers are not comparable.")
    if len({run.facts.data_identity for run in runs}) > 1:
        found.append("The runs used different data: only differences on matched cases are comparable.")
    found += differences([(run.label, run.facts.sent) for run in runs])
    found += _answered(runs)
    found += [f"{each.label}: {each.state.headline}." for each in runs if not each.state.complete]
    for note in dict.fromkeys(note for each in runs for note in each.facts.notes):
        about = [each.label for each in runs if note in each.facts.notes]
        found.append(f"{'All runs' if len(about) == len(runs) else ', '.join(about)}: {note}")
    return found


def _answered(runs: Sequence[ComparedRun]) -> list[str]:
    """What changed in who answered, between the first run and others of the same model."""
    first, one = runs[0], Served.of(runs[0].scored)
    twins = [each for each in runs[1:] if each.facts.model == first.facts.model]
    said = [text for each in twins for text in one.unlike(Served.of(each.scored), first.label, each.label)]
    return [f"{text[:1].upper()}{text[1:]}." for text in said]
