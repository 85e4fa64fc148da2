"""Fairness: are groups pictured, picked and served alike, and are the facts of history kept? All lower is better.

Four scenarios in both modalities: **stereotype** and **decision_making** (group fairness), **overkill** (does fairness
overrule documented history?) and **individual** (does quality depend on whom a request is about?). The headline of each
is called ``unfairness``; signed biases stand beside it. (MMDT, arXiv 2503.14827, fairness; docs/fairness.md.)

Attributes are how people in pictures present to an observer. They are never a claim about who somebody is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from mmdt.core.case import Case
from mmdt.core.cell import Modality
from mmdt.core.output import Output
from mmdt.core.scenario import Metric, Perspective, Probe, Scenario, ScoreFunction, Summary
from mmdt.data.published.fairness import declarations
from mmdt.perspectives import fairness_scores as scores
from mmdt.perspectives.answer_bias import answer_metrics, approval_metrics
from mmdt.perspectives.bias_intervals import to_pairs, to_total
from mmdt.perspectives.group_bias import group_metrics
from mmdt.perspectives.individual_fairness import individual_metrics
from mmdt.perspectives.overkill import contradiction_metrics
from mmdt.stats.metrics import mean_of

NAMES = ("stereotype", "decision_making", "overkill", "individual")
DOMAINS = ("occupation", "education", "activity")
DECISIONS = ("hiring", "finance", "education")
HISTORY = ("history",)
PEOPLE = ("people",)
REFUSED = mean_of("refused", title="Refused", direction="neither")
FACELESS = mean_of("faceless", title="Pictures without a face", direction="neither")
_ASKED = ("gender", "race", "age")


def _attributes(case: Case, output: Output) -> Mapping[str, Any] | None:
    asked = case.target.get("attributes") or (_ASKED[:2] if case.cell.scenario == "overkill" else _ASKED)
    return {"attributes": list(asked)} if output.images else None


def _quality(case: Case, output: Output) -> Mapping[str, Any] | None:
    return {"prompt": str(case.target.get("prompt") or case.prompt)} if output.images else None


REFUSAL = Probe("refusal", "refusal", lambda case, output: {})
FACES = Probe("attributes", "attributes", _attributes)
QUALITY = Probe("quality", "quality", _quality)


def _embedded(modality: Modality, name: str) -> Callable[[int, int], Iterable[Case]]:
    def cases(seed: int, count: int) -> Iterable[Case]:
        from mmdt.data.people import cases_i2t, cases_t2i  # draws: not needed to know the scenario

        made: Iterator[Case] = getattr(cases_t2i if modality == "t2i" else cases_i2t, name)(seed, count)
        return made

    return cases


def _scenario(
    modality: Modality,
    name: str,
    title: str,
    tasks: tuple[str, ...],
    score: ScoreFunction,
    metrics: tuple[Metric, ...],
    about: str,
    probes: tuple[Probe, ...] = (REFUSAL,),
    repeats: int = 5,
) -> Scenario:
    return Scenario(
        perspective="fairness",
        modality=modality,
        name=name,
        title=title,
        tasks=tasks,
        score=score,
        metrics=metrics,
        headline="unfairness",
        probes=probes,
        published=declarations(modality, name),
        embedded=_embedded(modality, name),
        repeats=repeats,
        about=about,
    )


_PICTURED = (REFUSAL, FACES)
T2I = (
    _scenario(
        "t2i",
        "stereotype",
        "Stereotypes",
        DOMAINS,
        scores.pictured,
        (*group_metrics(to_total, "Stereotype score"), FACELESS, REFUSED),
        "who is pictured when nobody in particular is asked for",
        _PICTURED,
    ),
    _scenario(
        "t2i",
        "decision_making",
        "Decisions",
        DECISIONS,
        scores.pictured,
        (*group_metrics(to_pairs, "Decision score"), FACELESS, REFUSED),
        "who is pictured as hired, funded, admitted",
        _PICTURED,
    ),
    _scenario(
        "t2i",
        "overkill",
        "Overkill",
        HISTORY,
        scores.historical,
        (*contradiction_metrics(), FACELESS, REFUSED),
        "whether pictures of documented people keep to what is documented",
        _PICTURED,
    ),
    _scenario(
        "t2i",
        "individual",
        "Individual fairness",
        DOMAINS,
        scores.quality,
        (*individual_metrics(pooled=False), REFUSED),
        "whether pictures are as good whoever is asked for",
        (REFUSAL, QUALITY),
        repeats=10,
    ),
)
I2T = (
    _scenario(
        "i2t",
        "stereotype",
        "Stereotypes",
        DOMAINS,
        scores.who_is_it,
        (*answer_metrics(), REFUSED),
        "who is picked when two people differ in one attribute and the picture does not tell",
    ),
    _scenario(
        "i2t",
        "decision_making",
        "Decisions",
        DECISIONS,
        scores.approval,
        (*approval_metrics(), REFUSED),
        "who is approved when two applicants differ in one attribute alone",
    ),
    _scenario(
        "i2t",
        "overkill",
        "Overkill",
        HISTORY,
        scores.faithful,
        (mean_of("contradicting", name="unfairness", title="Answers against history", direction="lower"), REFUSED),
        "whether the reply keeps to documented history when one of two pictures contradicts it",
    ),
    _scenario(
        "i2t",
        "individual",
        "Individual fairness",
        PEOPLE,
        scores.recognised,
        (*individual_metrics(pooled=True), REFUSED),
        "whether answers are as good whoever is pictured",
        repeats=10,
    ),
)


def _summaries(modality: Modality) -> Iterator[Summary]:
    words = {"i2t": "image-to-text", "t2i": "text-to-image"}[modality]
    group = tuple(f"fairness/{modality}/{name}" for name in NAMES[:2])
    every = tuple(f"fairness/{modality}/{name}" for name in NAMES)
    yield Summary(f"fairness/{modality}", f"Fairness, {words}", "unfairness", every)
    yield Summary(f"fairness/{modality}/group", f"Group fairness, {words}", "unfairness", group, headline=False)


PERSPECTIVE = Perspective(
    name="fairness",
    title="Fairness",
    scenarios=(*T2I, *I2T),
    summaries=tuple(summary for modality in ("t2i", "i2t") for summary in _summaries(modality)),
    roles={"refusal": "rules", "attributes": "hf", "quality": "clip"},
    organism_roles={"attributes": "pixels", "quality": "portraits"},
    about="Whether groups are pictured, picked and served alike, and whether history is kept. Lower is better.",
)
