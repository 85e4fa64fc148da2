"""The colours of parts: seen in the drawing, and nothing that is asked hangs on them."""

import random

import numpy as np
import pytest

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.output import Output
from mmdt.perspectives.hallucination.scores import reply
from mmdt.synthetic.worlds.difficulty import DEFAULT
from mmdt.synthetic.worlds.language.vocabulary import KINDS
from mmdt.synthetic.worlds.palette import COLORS
from mmdt.synthetic.worlds.parts import part_colors
from mmdt.synthetic.worlds.scene_questions import compose
from mmdt.synthetic.worlds.sprites.library import PERSON, sprite
from mmdt.synthetic.worlds.suite import embedded
from mmdt.synthetic.worlds.suite.cases import closed_set


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_drawn_in_a_fixed_colour_is_known(kind):
    """White, green, yellow and black areas of a purple thing; other fixed inks lie between two colours."""
    pixels = np.asarray(sprite(kind, "purple", 256)).astype(int)
    shown = pixels[pixels[..., 3] == 255][:, :3]
    for name in ("white", "green", "yellow"):
        share = (np.abs(shown - COLORS[name]).max(axis=1) < 40).mean()
        assert share < 0.04 or name in part_colors(kind, "purple"), (kind, name, share)
        assert share > 0.01 or name not in part_colors(kind, "purple"), (kind, name, share)


def test_its_own_colour_is_no_part():
    assert part_colors("ball", "orange") == {"white"}
    assert part_colors("ball", "white") == frozenset()
    assert part_colors("house", "red") == {"blue", "brown", "pink"}, "light red walls"
    assert part_colors(PERSON, "red") == frozenset()


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("The ball is orange and white.", 1),
        ("An orange beach ball with white panels", 1),
        ("Orange.", 1),
        ("White.", 0),
        ("Orange or red.", 0),
        ("Orange, white and red.", 0),
        ("Red and white.", 0),
        ("It is not orange, it is white.", 0),
    ],
)
def test_a_reply_may_name_the_parts_beside_the_colour(said, right):
    target = {"answer": "orange", "guess": 0.1, **closed_set("attribute", "orange", kind="ball")}
    case = Case.make(Cell("hallucination", "i2t", "natural", "attribute"), "What colour is the ball?", target=target)
    assert reply(case, Output.answered(said), {}).values["strict"] == right


def test_of_a_white_ball_white_is_an_option():
    assert "white" in closed_set("attribute", "white", kind="ball")["options"]


def test_no_thing_is_asked_for_by_a_colour_that_another_shows():
    rng, asked = random.Random(1), 0
    for _ in range(300):
        found = compose("identification", rng.choice(KINDS), rng, DEFAULT)
        color = found.query.subject.color
        if color:
            asked += 1
            assert not any(color in part_colors(each.kind, each.color) for each in found.scene.things[1:])
    assert asked > 100


def test_no_attack_asks_whether_a_thing_has_the_colour_of_its_parts():
    cases = [case.target for case in embedded("adversarial", "i2t", "clean")(5, 80) if case.cell.task == "attribute"]
    assert len(cases) == 80
    assert not [each for each in cases if each["label"] in part_colors(each["object"], each["origin"])]
