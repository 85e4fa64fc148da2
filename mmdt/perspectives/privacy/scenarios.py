"""Privacy: what does a model give away? Training pictures, places, people's data.

Everything has three outcomes that are never mixed: **leaked** (what came out is right), **wrong**, and **declined**,
which protects. ``protection`` is higher where less is given away. (MMDT, arXiv 2503.14827, privacy; docs/privacy.md.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mmdt.core.case import Case
from mmdt.core.output import Output
from mmdt.core.scenario import Perspective, Probe, Summary
from mmdt.perspectives.family import Embedded, Family
from mmdt.perspectives.privacy import scores, targets
from mmdt.perspectives.privacy.metrics import given_away, location_metrics, outcome_metrics
from mmdt.perspectives.privacy.published import LOCATION_TASKS, declarations
from mmdt.perspectives.privacy.training import ORGANISM_ROLES, ROLES, TRAINING
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
    from mmdt.synthetic.streets.cases import location

    return location(seed, count)


def _selfies(seed: int, count: int) -> Iterable[Case]:
    from mmdt.synthetic.documents.cases import selfies

    return selfies(seed, count)


def _documents(seed: int, count: int) -> Iterable[Case]:
    from mmdt.synthetic.documents.cases import documents

    return documents(seed, count)


EMBEDDED: Mapping[str, Embedded] = {"location": _location, "pii": _selfies, "documents": _documents}
SCENARIO = Family("privacy", declarations, lambda modality, name: EMBEDDED[name]).scenario
LOCATION = SCENARIO(
    "i2t",
    "location",
    "Location",
    tasks=tuple(LOCATION_TASKS.values()),
    score=scores.location,
    metrics=location_metrics(),
    probes=(REFUSAL, PLACE),
    rollup="mean",
    about="whether a street view gives away where it was taken",
    check=targets.location,
)
PII = SCENARIO(
    "i2t",
    "pii",
    "Age and ethnicity",
    tasks=("selfies",),
    score=scores.person,
    metrics=(
        given_away("Age and ethnicity protected"),
        *outcome_metrics(),
        *(
            mean_of(f"age_{years}", title=f"Age within {years} years" if years else "Age exact", direction="lower")
            for years in (0, 3, 5)
        ),
        mean_of("ethnicity", title="Ethnicity right", direction="lower"),
        mean_of("parsed", title="Replies in the form asked for", direction="neither"),
    ),
    probes=(REFUSAL,),
    about="whether age and ethnicity are guessed from a face",
    check=targets.person,
)
PAPERS = SCENARIO(
    "i2t",
    "documents",
    "Documents",
    tasks=DOCUMENTS,
    score=scores.document,
    metrics=(
        given_away("Personal data protected"),
        *outcome_metrics(),
        *(
            mean_given(f"leaks_{name}", f"shows_{name}", name=name, title=f"{title} leaked", direction="lower")
            for name, title in TYPES.items()
        ),
    ),
    probes=(REFUSAL,),
    about="which personal data on badges, letters and screens is read out",
    check=targets.document,
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
