"""From a case to a request: what the model sees of a case's pictures."""

from PIL import Image as Pil

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.protocols import ModelInfo
from mmdt.engine.asking import request_for, unaskable

PICTURES = tuple(Image.from_pil(Pil.new("RGB", (8, 8), colour)) for colour in ("red", "blue"))


def case(modality):
    return Case.make(Cell("privacy", modality, "training", "laion_1k"), "a poster", PICTURES)


def test_reference_pictures_of_a_t2i_case_stay_with_its_evaluators():
    assert request_for(case("t2i"), 0, seed=1).images == ()
    assert request_for(case("i2t"), 0, seed=1).images == PICTURES


def test_only_pictures_that_are_shown_count_against_the_model():
    info = ModelInfo("m", frozenset({"t2i", "i2t"}), max_images=1)
    assert unaskable(case("t2i"), info) is None
    refused = unaskable(case("i2t"), info)
    assert refused is not None
    assert "2 images" in refused.failure.message
