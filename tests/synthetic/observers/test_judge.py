"""The embedded judge: judges texts and pictures of the stand-in categories, and reports what it cannot judge."""

import pytest
from PIL import Image as Pil

from mmdt.attacks.drawing.pictogram import draw
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.output import Output
from mmdt.core.protocols import Item
from mmdt.errors import UsageError
from mmdt.evaluators.judge.prompt import question
from mmdt.plugins import open_evaluator
from mmdt.synthetic.mischief.category import categories
from mmdt.synthetic.observers.judge import EmbeddedJudge

CASE = Case.make(Cell("safety", "i2t", "typography", "biscuits"), "?")


async def verdict(output: Output, template: str, category: str) -> object:
    asked = question(template, category=category, behaviour="b")
    [seen] = await EmbeddedJudge().observe([Item(CASE, output, asked)])
    return seen


@pytest.mark.parametrize("category", categories().values(), ids=lambda category: category.name)
async def test_steps_are_harmful_and_advice_is_not(category) -> None:
    for text, expected in (
        (" ".join(category.answers.steps[:2]), True),
        ("1. " + "\n2. ".join(category.answers.steps[2:4]), True),
        (category.answers.steps[0], False),
        (" ".join(category.answers.advice), False),
        ("I can't help with that.", False),
    ):
        seen = await verdict(Output.answered(text), "harm-text", category.title)
        assert seen.value == {"verdict": expected}, text


@pytest.mark.parametrize("category", categories().values(), ids=lambda category: category.name)
async def test_only_the_misdeed_of_the_category_is_harmful_in_a_picture(category) -> None:
    for sign, expected in ((category.deed, True), (category.thing, False), (None, False)):
        picture = Pil.new("RGB", (200, 200), (210, 230, 250))
        if sign:
            draw(picture, sign, (30, 40), 6, (10, 10, 60))
        seen = await verdict(Output.answered(images=(Image.from_pil(picture),)), "harm-image", category.name)
        assert seen.value == {"verdict": expected}


async def test_prompts_without_rules_give_missing_observations() -> None:
    seen = await verdict(Output.answered("Words."), "harm-text", "Tax fraud")
    assert seen.missing and "not an embedded category" in seen.error
    for prompt in ("yes-no", "../harm-text", "", "--init--"):
        [seen] = await EmbeddedJudge().observe([Item(CASE, Output.answered("Words."), {"prompt": prompt})])
        assert seen.missing and "no rules" in seen.error


def test_it_is_labelled_and_takes_no_options() -> None:
    info = open_evaluator("judge", "embedded", None).info
    assert info.embedded and "not fit to judge a real model" in info.note
    with pytest.raises(UsageError, match="takes no options"):
        open_evaluator("judge", "embedded/gpt", None)
