"""The guess rate belongs to the case: what has none is not about it, and no answer to such a case is missing."""

from dataclasses import dataclass, field

import pytest

from mmdt import plugins as registry
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.output import FailureKind, Output
from mmdt.core.scenario import Sample
from mmdt.stats.scorecard import score

ATTACK = registry.scenarios()["adversarial/i2t/attack"]
COLOURS = {"object": "mug", "origin": "red", "label": "blue"}


@dataclass
class Trial:
    case: Case
    output: Output | None
    repeat: int = 0
    observations: dict = field(default_factory=dict)


def picture(shade):
    from PIL import Image as Pil

    return Image.from_pil(Pil.new("RGB", (8, 8), (shade, 0, 0)))


def asked(number, target, output):
    case = Case.make(
        Cell("adversarial", "i2t", "attack", "attribute"), f"Question {number}?", (picture(number),), target
    )
    return score(Trial(case, output), ATTACK)


def chance(rows):
    return {m.name: m.estimate(Sample(rows)) for m in ATTACK.metrics if m.name in ("above_chance", "guess")}


FAILED = Output.failed(FailureKind.TIMEOUT, "no answer")
REFUSED = Output.refused("filter")
YES = Output.answered("Yes.")


@pytest.mark.parametrize("output", [YES, REFUSED, FAILED, None], ids=["answered", "refused", "failed", "not asked"])
@pytest.mark.parametrize("question", ["origin", "label"])
def test_a_row_without_a_guess_is_not_missing(question, output):
    stated = asked(1, {**COLOURS, "guess": 0.5}, Output.answered("The mug is red, not blue."))
    found = chance([stated, asked(2, {**COLOURS, "asked": question}, output)])
    assert [(each.n, each.missing) for each in found.values()] == [(1, 0), (1, 0)]
    assert found["above_chance"].value == 1.0 and found["guess"].value == 0.5


def test_a_row_with_a_guess_whose_answer_is_missing_is_missing_above_chance_and_has_its_guess():
    found = chance([asked(n, {**COLOURS, "guess": 0.5}, output) for n, output in enumerate((FAILED, None, YES))])
    assert found["above_chance"].missing == 2
    assert found["guess"].missing == 0 and found["guess"].value == 0.5


def test_a_refusal_is_left_out_above_chance_as_it_is_in_the_accuracy():
    found = chance([asked(n, {**COLOURS, "guess": 0.5}, output) for n, output in enumerate((REFUSED, YES))])
    assert found["above_chance"].missing == 0 and found["above_chance"].n == 1
