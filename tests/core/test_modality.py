"""What goes in, what comes out, and which model can be asked what."""

from typing import get_args

import pytest

from mmdt.core.modality import MODALITIES, Modality, flow, makes, modality_of, supports, takes_images, title_of


def test_every_name_has_one_row():
    assert set(MODALITIES) == set(get_args(Modality))
    assert all(name == each.name for name, each in MODALITIES.items())


@pytest.mark.parametrize(
    ("offered", "wanted", "can"),
    [
        ({"i2t"}, "t2t", True),
        ({"t2t"}, "i2t", False),
        ({"t2i"}, "t2t", False),
        ({"t2i"}, "it2i", False),
        ({"it2i"}, "t2i", True),
        ({"i2t", "t2i"}, "t2i", True),
        (set(), "t2t", False),
    ],
)
def test_a_model_that_takes_pictures_takes_text_alone(offered, wanted, can):
    assert supports(offered, wanted) is can


@pytest.mark.parametrize("name", MODALITIES)
def test_the_narrowest_modality_of_its_own_media_is_itself(name):
    assert modality_of(flow(name).inputs, flow(name).output) == name
    assert supports({name}, name)


def test_outputs_and_inputs_of_several():
    assert makes({"i2t", "t2i"}, "image") and makes({"i2t", "t2i"}, "text") and not makes({"t2i"}, "text")
    assert takes_images({"t2i", "i2t"}) and not takes_images({"t2i", "t2t"})


def test_titles_for_headings():
    assert title_of("t2t") == "Text to text"
    assert title_of("v2t") == "v2t"  # of a run by a version that knows more
