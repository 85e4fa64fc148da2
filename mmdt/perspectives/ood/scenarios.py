"""Out-of-distribution robustness: does the model keep its accuracy under styles and corruptions? Source: MMDT."""

from __future__ import annotations

from functools import partial

from mmdt.core.modality import Modality
from mmdt.core.scenario import Perspective, Scenario, Summary
from mmdt.perspectives.ood import published, published_cases, scores, targets
from mmdt.perspectives.ood.colors import COLORS
from mmdt.perspectives.ood.severity import CURVE, SEVERITIES, SEVERITY, metric_at, with_severity
from mmdt.perspectives.shared import guessing
from mmdt.perspectives.shared.counting import COUNTS
from mmdt.perspectives.shared.guessing import CHANCE, chance_of, guess_rates, with_chance
from mmdt.perspectives.shared.probes import REFUSAL_IN_WORDS, SIMILARITY, detect_objects
from mmdt.perspectives.shared.published_components import published_mean, published_names, with_published
from mmdt.perspectives.shared.questions import ANY_MATCHES, CONTRAST
from mmdt.perspectives.shared.scenario_family import ScenarioFamily
from mmdt.stats.metrics import mean_of, paired_difference
from mmdt.synthetic.worlds.suite import embedded

NAME = "ood"
CHANCE_OF = chance_of()
ALTERED_OF = with_severity(CHANCE_OF)
CORRUPTIONS = ("gaussian_noise", "zoom_blur", "pixelate")
STYLES = ("Van_Gogh", "oil_painting", "watercolour_painting")
REWORDINGS = ("Shake_", "Paraphrase_")
CLEAN = "original"
REPLY_TASKS = ("attribute", "count", "spatial", "identification")
PICTURE_TASKS = ("helpfulness", "count", "spatial", "color", "size")
ACCURACY = (mean_of("right", name="accuracy", title="Accuracy"),)
REPLIES_PUBLISHED = published_mean("right", name="accuracy", title="Accuracy as published")
PICTURES_PUBLISHED = published_mean(
    "right", name="accuracy", title="Accuracy as published", bounds=(0.0, scores.CLIP_SCALE), percent=True
)
"""Helpfulness as published is 2.5 times a cosine and not cut at 1."""
FAMILY = ScenarioFamily(NAME, published.declarations, partial(embedded, NAME), rollup="mean")
DROP = paired_difference("right", name="drop", title="Drop from the matched clean case")


def reply_scenario(name: str) -> Scenario:
    """Questions about pictures in one style; each case is right or wrong as a whole."""
    of_case = CHANCE_OF if name == CLEAN else ALTERED_OF
    return FAMILY.scenario(
        "i2t",
        name,
        name.replace("_", " "),
        tasks=REPLY_TASKS,
        score=with_published(with_chance(scores.reply, "right", of_case), published_cases.numbers),
        components=(
            *scores.REPLY,
            *guessing.COMPONENTS,
            *(() if name == CLEAN else (SEVERITY,)),
            *published_names("right"),
        ),
        metrics=(*ACCURACY, *CHANCE, *(() if name == CLEAN else (DROP, *CURVE)), REPLIES_PUBLISHED),
        probes=(REFUSAL_IN_WORDS, ANY_MATCHES, COUNTS),
        baseline="" if name == CLEAN else f"{NAME}/i2t/{CLEAN}",
        about=guess_rates(REPLY_TASKS),
        check=targets.reply_check,
        looks="right",
        of_case=of_case,
    )


def picture_scenario(name: str) -> Scenario:
    """Pictures from prompts in one wording, three per prompt; color and size together weigh as much as one task."""
    return FAMILY.scenario(
        "t2i",
        name,
        {"Shake_": "Shakespearean", "Paraphrase_": "rare words"}.get(name, name),
        tasks=PICTURE_TASKS,
        score=with_published(scores.picture, published_cases.numbers),
        components=(*scores.PICTURE, *published_names("right")),
        metrics=(*ACCURACY, PICTURES_PUBLISHED) if name == CLEAN else (*ACCURACY, DROP, PICTURES_PUBLISHED),
        probes=(
            REFUSAL_IN_WORDS,
            detect_objects(box_threshold=scores.COUNT_THRESHOLD),
            *COLORS,
            CONTRAST,
            SIMILARITY,
            published_cases.PLAIN_SIMILARITY,
        ),
        repeats=3,
        weights={"color": 0.5, "size": 0.5},
        baseline="" if name == CLEAN else f"{NAME}/t2i/{CLEAN}",
        check=targets.picture_check,
    )


def _of(modality: Modality, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{NAME}/{modality}/{name}" for name in names)


PERSPECTIVE = Perspective(
    NAME,
    "Out-of-distribution robustness",
    (
        *(reply_scenario(name) for name in (CLEAN, *CORRUPTIONS, *STYLES)),
        *(picture_scenario(name) for name in (CLEAN, *REWORDINGS)),
    ),
    (
        Summary(
            f"{NAME}/i2t/corruptions",
            "Corruptions, image-to-text: accuracy",
            "accuracy",
            _of("i2t", CORRUPTIONS),
            headline=False,
            ranges=True,
        ),
        Summary(
            f"{NAME}/i2t/styles",
            "Painting styles, image-to-text: accuracy",
            "accuracy",
            _of("i2t", STYLES),
            headline=False,
            ranges=True,
        ),
        Summary(
            f"{NAME}/i2t",
            "Out-of-distribution, image-to-text: accuracy",
            "accuracy",
            _of("i2t", ("corruptions", "styles")),
            ranges=True,
        ),
        *(
            Summary(
                f"{NAME}/i2t/severity_{each}",
                f"Corruptions and painting styles, image-to-text: accuracy at severity {each}",
                metric_at(each),
                _of("i2t", (*CORRUPTIONS, *STYLES)),
                headline=False,
                of_present=True,
            )
            for each in SEVERITIES
        ),
        Summary(f"{NAME}/t2i", "Out-of-distribution, text-to-image: accuracy", "accuracy", _of("t2i", REWORDINGS)),
        Summary(
            f"{NAME}/i2t/published",
            "Out-of-distribution, image-to-text: accuracy as published",
            "accuracy_published",
            _of("i2t", (*CORRUPTIONS, *STYLES)),
            headline=False,
        ),
        Summary(
            f"{NAME}/t2i/published",
            "Out-of-distribution, text-to-image: accuracy as published",
            "accuracy_published",
            _of("t2i", REWORDINGS),
            headline=False,
        ),
    ),
    roles={"refusal": "rules", "detector": "grounding-dino", "similarity": "clip", "counter": "rules"},
    organism_roles={
        "detector": "pixels",
        "vqa": "pixels",
        "matcher": "rules",
        "counter": "rules",
        "similarity": "pixels",
    },
    about="Does the model keep its accuracy under styles and corruptions it was not trained on?",
)
