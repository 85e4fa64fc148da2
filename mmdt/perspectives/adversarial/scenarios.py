"""Adversarial robustness: robust accuracy, attack success and clean accuracy. Source: MMDT, adversarial robustness."""

from __future__ import annotations

from functools import partial

from mmdt.core.modality import Modality, flow
from mmdt.core.scenario import Perspective, Probe, Scenario, Summary
from mmdt.perspectives.adversarial import published, scores, targets
from mmdt.perspectives.adversarial.probes import BOXES, LABEL, ORIGIN
from mmdt.perspectives.shared.probes import REFUSAL_IN_WORDS
from mmdt.perspectives.shared.scenario_family import ScenarioFamily
from mmdt.stats.metrics import mean_given, paired_difference
from mmdt.synthetic.worlds.suite import embedded

NAME = "adversarial"
TASKS = ("object", "attribute", "spatial")
ROBUST = mean_given("origin", "valid", name="robust_accuracy", title="Robust accuracy")
SUCCESS = mean_given("label", "valid", name="attack_success", title="Attack success", direction="lower")
CLEAN = mean_given("origin", "valid", name="clean_accuracy", title="Clean accuracy")
FAMILY = ScenarioFamily(NAME, published.declarations, partial(embedded, NAME), rollup="mean")
DROP = paired_difference("origin", name="drop", title="Drop from the matched clean case")


def scenario(modality: Modality, *, attacked: bool) -> Scenario:
    """The attacked cases, or the clean ones they are paired with (which only the embedded worlds have)."""
    name = "attack" if attacked else "clean"
    draws = flow(modality).output == "image"
    probes: tuple[Probe, ...] = (REFUSAL_IN_WORDS, BOXES, ORIGIN, LABEL) if draws else (REFUSAL_IN_WORDS,)
    return FAMILY.scenario(
        modality,
        name,
        "attacked" if attacked else "clean",
        tasks=TASKS,
        score=scores.picture if draws else scores.reply,
        components=scores.COMPONENTS,
        metrics=(ROBUST, SUCCESS, DROP) if attacked else (CLEAN,),
        probes=probes,
        repeats=3 if draws else 1,
        baseline=f"{NAME}/{modality}/clean" if attacked else "",
        check=targets.check,
    )


def _summary(modality: Modality) -> Summary:
    title = f"Adversarial robustness, {modality}"
    return Summary(f"{NAME}/{modality}", title, "robust_accuracy", (f"{NAME}/{modality}/attack",))


PERSPECTIVE = Perspective(
    NAME,
    "Adversarial robustness",
    tuple(scenario(modality, attacked=attacked) for modality in ("t2i", "i2t") for attacked in (True, False)),
    (_summary("t2i"), _summary("i2t")),
    roles={"refusal": "rules", "detector": "grounding-dino"},
    organism_roles={"detector": "pixels", "vqa": "pixels"},
    about="Does the model still see and draw what is there when someone tampers with picture or prompt?",
)
