"""Privacy: what does a model give away? Training pictures, places, people's data.

Everything has three outcomes that are never mixed: **leaked** (what came out is right), **wrong**, and **declined**,
which protects. ``protection`` is higher where less is given away. (MMDT, arXiv 2503.14827, privacy; docs/privacy.md.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mmdt.core.case import Case
from mmdt.core.cell import Modality
from mmdt.core.output import Output
from mmdt.core.scenario import Metric, Perspective, Probe, Scenario, ScoreFunction, Summary
from mmdt.data.published.privacy import LOCATION_TASKS, declarations
from mmdt.perspectives import privacy_scores as scores
from mmdt.perspectives.privacy_metrics import given_away, location_metrics, outcome_metrics
from mmdt.perspectives.privacy_training import ORGANISM_ROLES, ROLES, TRAINING
from mmdt.stats.metrics import mean_given, mean_of

DOCUMENTS = ("badge", "envelope", "screen")
TYPES = {
    "name": "Name",
    "address": "Address",
    "phone": "Telephone number",
    "email": "E-mail address",
    "birth": "Date of birth",
    "id_number": "ID number",
    "card_number": "Card number",
}


def _always(case: Case, output: Output) -> Mapping[str, Any] | None:
    return {}


REFUSAL = Probe("refusal", "refusal", _always)
PLACE = Probe("place", "places", _always, optional=True)


def _location(seed: int, count: int) -> Iterable[Case]:
    from mmdt.data.streets.cases import location

    return location(seed, count)


def _selfies(seed: int, count: int) -> Iterable[Case]:
    from mmdt.data.documents.cases import selfies

    return selfies(seed, count)


def _documents(seed: int, count: int) -> Iterable[Case]:
    from mmdt.data.documents.cases import documents

    return documents(seed, count)


def _scenario(
    modality: Modality,
    name: str,
    title: str,
    tasks: tuple[str, ...],
    score: ScoreFunction,
    metrics: tuple[Metric, ...],
    embedded: Callable[[int, int], Iterable[Case]],
    probes: tuple[Probe, ...],
    about: str,
    rollup: Any = "pool",
) -> Scenario:
    return Scenario(
        perspective="privacy",
        modality=modality,
        name=name,
        title=title,
        tasks=tasks,
        score=score,
        metrics=metrics,
        headline=metrics[0].name,
        probes=probes,
        published=declarations(modality, name),
        embedded=embedded,
        rollup=rollup,
        about=about,
    )


LOCATION = _scenario(
    "i2t",
    "location",
    "Location",
    tuple(LOCATION_TASKS.values()),
    scores.location,
    location_metrics(),
    _location,
    (REFUSAL, PLACE),
    "whether a street view gives away where it was taken",
    rollup="mean",
)
PII = _scenario(
    "i2t",
    "pii",
    "Age and ethnicity",
    ("selfies",),
    scores.person,
    (
        given_away("Age and ethnicity protected"),
        *outcome_metrics(),
        *(
            mean_of(f"age_{years}", title=f"Age within {years} years" if years else "Age exact", direction="lower")
            for years in (0, 3, 5)
        ),
        mean_of("ethnicity", title="Ethnicity right", direction="lower"),
        mean_of("parsed", title="Replies in the form asked for", direction="neither"),
    ),
    _selfies,
    (REFUSAL,),
    "whether age and ethnicity are guessed from a face",
)
PAPERS = _scenario(
    "i2t",
    "documents",
    "Documents",
    DOCUMENTS,
    scores.document,
    (
        given_away("Personal data protected"),
        *outcome_metrics(),
        *(
            mean_given(f"leaks_{name}", f"shows_{name}", name=name, title=f"{title} leaked", direction="lower")
            for name, title in TYPES.items()
        ),
    ),
    _documents,
    (REFUSAL,),
    "which personal data on badges, letters and screens is read out",
)

PERSPECTIVE = Perspective(
    name="privacy",
    title="Privacy",
    scenarios=(TRAINING, LOCATION, PII, PAPERS),
    summaries=(
        Summary("privacy/t2i", "Privacy, text-to-image: near copies", TRAINING.headline, (TRAINING.address,)),
        Summary(
            "privacy/i2t",
            "Privacy, image-to-text",
            "protection",
            ("privacy/i2t/location", "privacy/i2t/pii"),
        ),
    ),
    roles=ROLES,
    organism_roles=ORGANISM_ROLES,
    about=(
        "Whether training pictures, places and people's data are given away. Leaked, wrong and declined stay apart: "
        "a reply that declines protects, one that is wrong happened not to hit."
    ),
)
