"""The embedded evaluators of worlds, on scenes whose truth is known."""

import pytest

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.output import Output
from mmdt.core.protocols import Item
from mmdt.errors import UsageError
from mmdt.plugins import open_evaluator
from mmdt.synthetic.worlds.render import render
from mmdt.synthetic.worlds.scene import Scene, Sign, Thing

CASE = Case.make(Cell.parse("hallucination/t2i/natural/count"), "draw it")
THINGS = (
    Thing("cup", "red", 0.2, 0.3, 0.25),
    Thing("cup", "blue", 0.75, 0.25, 0.25),
    Thing("car", "yellow", 0.3, 0.75, 0.3),
    Thing("person", "green", 0.75, 0.7, 0.4, "running"),
)
SCENE = Scene(THINGS, background="room")
SIGN = Scene((), (Sign("OPEN 24", 0.5, 0.5, 0.12, "board"),), background="meadow")


def shown(scene=SCENE):
    return Output.answered(images=(Image.from_pil(render(scene, 256)),))


async def see(name, question, output):
    role, kind = name.split(".")
    (seen,) = await open_evaluator(role, kind, None).observe([Item(CASE, output, question)])
    return seen


async def test_boxes_are_where_the_things_are():
    seen = await see("detector.pixels", {"labels": ["cup", "Cars", "red cup", "boat"], "area_floor": 0.01}, shown())
    found = [(box["label"], box["box"]) for box in seen.value["boxes"]]
    assert sorted(label for label, _ in found) == ["Cars", "cup", "cup", "red cup"]
    (car,) = [corners for label, corners in found if label == "Cars"]
    assert car == pytest.approx(THINGS[2].box, abs=0.02)
    assert all(box["score"] > 0.6 for box in seen.value["boxes"])
    small = await see("detector.pixels", {"labels": ["cup", "car"], "area_floor": 0.9}, shown())
    assert small.value == {"boxes": []}


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("Is the car yellow?", True),
        ("Is the car blue?", False),
        ("Is the cup red?", False),  # one of the two is not
        ("Is there a red cup in the image?", True),
        ("Is there a green cup in the image?", False),
        ("Is the boat red?", False),
        ("Is the car yellow and is the person green?", True),
        ("Is the car yellow and is the person purple?", False),
        ("Is the person running?", True),
    ],
)
async def test_yes_no_questions(question, verdict):
    seen = await see("vqa.pixels", {"prompt": "yes-no-image", "question": question}, shown())
    assert seen.value == {"verdict": verdict}


async def test_unreadable_questions_are_missing_not_no():
    seen = await see("vqa.pixels", {"question": "Is the tachyon drive engaged?"}, shown())
    assert seen.missing and "names nothing" in seen.error
    for name, question in (("detector.pixels", {"labels": ["cup"]}), ("vqa.pixels", {"question": "Is the cup red?"})):
        assert (await see(name, question, Output.answered("no picture"))).error == "the output has no picture"


async def test_signs_are_read():
    assert (await see("ocr.glyphs", {}, shown(SIGN))).value["text"] == "OPEN 24"
    assert (await see("ocr.glyphs", {}, shown())).value["text"] == ""


@pytest.mark.parametrize(
    ("prompt", "share"),
    [
        ("Draw two cups and a car.", 1),
        ("Draw a boat.", 0),
        ("Draw a yellow car.", 1),
        ("Draw a blue car.", 2 / 3),  # there, one of them, not blue
        ("Draw a car to the left of a person.", 1),
    ],
)
async def test_similarity_is_the_share_of_met_requirements(prompt, share):
    seen = await see("similarity.pixels", {"prompt": prompt}, shown())
    assert seen.value["similarity"] == pytest.approx(0.4 * share)


async def test_a_prompt_about_nothing_known_is_missing():
    assert (await see("similarity.pixels", {"prompt": "Draw justice."}, shown())).missing


@pytest.mark.parametrize("name", ["detector.pixels", "vqa.pixels", "ocr.glyphs", "similarity.pixels"])
def test_embedded_evaluators_are_labelled_and_take_no_options(name):
    role, kind = name.split(".")
    info = open_evaluator(role, kind, None).info
    assert info.embedded and info.note
    with pytest.raises(UsageError, match="takes no options, got 'more'"):
        open_evaluator(role, f"{kind}/more", None)
