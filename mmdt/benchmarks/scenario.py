"""From a declaration to the perspective, scenarios and summaries that a run uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from mmdt.benchmarks.declaration import Declaration, Part, Whole
from mmdt.benchmarks.scoring import answer, describe, harm, judged, objects, over_refusal, rating, yes_no
from mmdt.benchmarks.scoring.design import Design
from mmdt.benchmarks.source import BenchmarkData
from mmdt.core.scenario import Perspective, Scenario, Summary

DESIGNS: Mapping[str, Callable[[Part], Design]] = {
    "harm": harm.design,
    "over-refusal": over_refusal.design,
    "yes-no": yes_no.design,
    "answer": answer.design,
    "judged": judged.design,
    "rating": rating.design,
    "describe": describe.design,
    "objects": objects.design,
}
ROLES = {"refusal": "rules", "detector": "grounding-dino"}
ORGANISM_ROLES = {"judge": "embedded", "detector": "pixels", "vqa": "pixels", "matcher": "rules"}


def perspective_of(declared: Declaration, base: Path | None = None) -> Perspective:
    """The benchmark as a perspective of its own, whose numbers never join those of another.

    ``base``: the folder of a declaration of the user's, where its data is looked for.
    """
    data = BenchmarkData(declared, base)
    return Perspective(
        name=declared.name,
        title=declared.title,
        scenarios=tuple(_scenario(declared, part, data) for part in declared.scenario),
        summaries=tuple(_summary(declared.name, each) for each in declared.summary),
        roles=ROLES,
        organism_roles=ORGANISM_ROLES,
        about=declared.about,
        benchmark=True,
    )


def _summary(name: str, declared: Whole) -> Summary:
    return Summary(
        f"{name}/{declared.name}", declared.title, declared.metric, tuple(f"{name}/{of}" for of in declared.of)
    )


def _scenario(declared: Declaration, part: Part, data: BenchmarkData) -> Scenario:
    made = DESIGNS[part.scoring](part)
    return Scenario(
        perspective=declared.name,
        modality=part.modality,
        name=part.name,
        title=part.title or declared.title,
        tasks=tuple(part.tasks) or None,
        score=made.score,
        metrics=made.metrics,
        headline=made.metrics[0].name,
        probes=made.probes,
        repeats=part.repeats,
        rollup=part.rollup,
        about=part.about or declared.about,
        check=made.check,
        components=made.components,
        origin=data,
    )
