"""The control arm of a run: the same questions without the picture, or with a grey one.

What a model gets right without looking, it did not see. The control of a scenario is a scenario of its own
(``hallucination/i2t/natural+blind``), with the headline of the original and the *gain* from looking: the paired
difference, case by case, between the answers with the picture and those without.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Literal

from mmdt.core.case import Case, TwinOf
from mmdt.core.image import Image
from mmdt.core.modality import flow, supports
from mmdt.core.output import Output
from mmdt.core.protocols import ModelInfo
from mmdt.core.scenario import Observations, Scenario, ScoreFunction
from mmdt.core.score import UNCLEAR, Score
from mmdt.errors import UsageError
from mmdt.reading.numbers import numbers_in
from mmdt.spelling import option
from mmdt.stats.default_clusters import shared_by
from mmdt.stats.metrics import paired_difference

Control = Literal["", "blind", "grey"]
BLIND, GREY = "blind", "grey"
MARK = "+"
"""Between the name of a scenario and that of its control."""
GREY_LEVEL = 128
_TITLES = {BLIND: "without the picture", GREY: "with a grey picture"}


def with_controls(scenarios: Mapping[str, Scenario], control: Control) -> dict[str, Scenario]:
    """The scenarios, each followed by its control if it has one.

    Raises UsageError where a control is asked for and no scenario is about pictures that the model is shown.
    """
    if not control:
        return dict(scenarios)
    found: dict[str, Scenario] = {}
    for address, scenario in scenarios.items():
        found[address] = scenario
        if scenario.looks and flow(scenario.modality).sends_images:
            arm = control_of(scenario, control)
            found[arm.address] = arm
    if len(found) == len(scenarios):
        hint = (
            "select scenarios that ask about pictures, such as 'hallucination/i2t/**', or leave out"
            f" {option('control')}"
        )
        raise UsageError(f"no selected scenario has a control {control!r}", hint=hint)
    return found


def known_with_controls(known: Mapping[str, Scenario], addresses: Iterable[str]) -> dict[str, Scenario]:
    """The known scenarios, and the controls among these addresses whose original is known."""
    arms = {}
    for address in addresses:
        original, control = original_of(address)
        if control and address not in known and original in known:
            arms[address] = control_of(known[original], control)
    return {**known, **arms}


def original_of(address: str) -> tuple[str, Control]:
    """The address of the scenario that a control belongs to, and the control; no control for any other address."""
    original, _, control = address.rpartition(MARK)
    if original and control in _TITLES:
        return original, "blind" if control == BLIND else "grey"
    return address, ""


def asked(scenarios: Mapping[str, Scenario]) -> dict[str, Scenario]:
    """The scenarios without their controls: those that data is loaded for."""
    return {address: each for address, each in scenarios.items() if not original_of(address)[1]}


def with_twins(cases: Iterable[Case], scenarios: Mapping[str, Scenario], info: ModelInfo) -> Iterator[Case]:
    """Every case, followed by its twin in the control arm of its scenario."""
    controls = {original: control for original, control in map(original_of, scenarios) if control}
    for case in cases:
        yield case
        control = controls.get(case.cell.parent)
        if control:
            yield twin(case, control, takes_text=supports(info.modalities, "t2t"))


def twin(case: Case, control: Control, *, takes_text: bool = True) -> Case:
    """The case as the control arm asks it: paired with the case, and in its cluster.

    ``blind`` leaves the picture out. A model that takes no text alone is shown a grey picture instead, and so is the
    control of a conversation, whose turns speak of their pictures.
    """
    cell = replace(case.cell, scenario=f"{case.cell.scenario}{MARK}{control}")
    images = () if control == BLIND and takes_text and not case.messages else tuple(map(grey, case.images))
    if case.messages:
        shown = case.map_images(grey)
        made = Case.of_messages(cell, shown.messages, case.target, case.id, case.recipe)
    else:
        made = Case.make(cell, case.prompt, images, case.target, case.id, case.system, case.recipe, case.columns)
    # the id is made with that of the case: without their pictures, two questions may be the same
    return replace(made, group=case.group, twin_of=TwinOf(case.id, shared_by(case)))


def grey(image: Image) -> Image:
    """A grey picture of the same size."""
    return _grey(image.width, image.height)


@cache
def _grey(width: int, height: int) -> Image:
    from PIL import Image as Pil

    return Image.from_pil(Pil.new("RGB", (width, height), (GREY_LEVEL,) * 3))


def control_of(scenario: Scenario, control: Control) -> Scenario:
    """The control arm of a scenario: its headline, and the gain from looking."""
    headline = next(metric for metric in scenario.metrics if metric.name == scenario.headline)
    direction = headline.direction if scenario.looks in headline.components else "neither"
    gain = paired_difference(scenario.looks, name="gain", title="Gain from looking", direction=direction)
    return replace(
        scenario,
        name=f"{scenario.name}{MARK}{control}",
        title=f"{scenario.title}, {_TITLES[control]}",
        metrics=(headline, gain),
        score=_score(scenario),
        published=(),
        embedded=None,
        baseline=scenario.address,
        about=(
            f"The same questions {_TITLES[control]}. The gain from looking is the paired difference, case by case, "
            "between the answers with the picture and these."
        ),
    )


def _score(scenario: Scenario) -> ScoreFunction:
    """Scores a twin as its case would be: by the rules of the original cell.

    A refusal to answer blindly is not right, and neither is a reply in which no number can be read because it says
    that there is no picture.
    """

    def score(case: Case, output: Output, observations: Observations) -> Score:
        original = replace(case, cell=replace(case.cell, scenario=scenario.name))
        found = scenario.score(original, output, observations)
        silent = found.outcome == UNCLEAR and not set(numbers_in(output.text)) - {1}  # "upload one"
        if scenario.looks in found.values or not (silent or found.outcome.startswith("refused")):
            return found
        if silent:
            found = Score({}, "wrong")
        return replace(found, values={**found.values, scenario.looks: 0.0})

    return score
