"""Embedded memorisation cases: captions determine their pictures, and alterations keep the size."""

import random

import pytest

from mmdt.core.image import Image
from mmdt.synthetic.posters.alterations import ALTERATIONS, altered
from mmdt.synthetic.posters.cases import training
from mmdt.synthetic.posters.poster import collection, understand


def test_cases_are_seeded_and_different():
    cases = list(training(5, 30))
    assert len(cases) == len({case.id for case in cases}) == len({case.prompt for case in cases}) == 30
    assert [case.id for case in training(5, 30)] == [case.id for case in cases]
    assert not {case.id for case in training(6, 30)} & {case.id for case in cases}
    assert [case.target for case in cases[:2]] == [{"index": "0", "drawn": True}, {"index": "1", "drawn": True}]


def test_fewer_cases_are_the_first_ones():
    assert [case.id for case in training(5, 4)] == [case.id for case in training(5, 9)][:4]


def test_the_caption_determines_the_picture():
    for case in training(1, 5):
        poster = understand(f"Please draw this: {case.prompt}")
        assert Image.from_pil(poster.picture()).digest == case.images[0].digest
        assert Image.from_pil(poster.picture(1)).digest != case.images[0].digest


@pytest.mark.parametrize("prompt", ["a photo of a nurse", "Poster of a play", ""])
def test_other_requests_are_not_understood(prompt):
    assert understand(prompt) is None


@pytest.mark.parametrize("name", ALTERATIONS)
def test_alterations_alter_and_keep_the_size(name):
    picture = next(collection(2, 1)).picture()
    changed = ALTERATIONS[name](picture, random.Random(1))
    assert changed.size == picture.size and changed.tobytes() != picture.tobytes()
    assert altered(picture, random.Random(4)).tobytes() == altered(picture, random.Random(4)).tobytes()
