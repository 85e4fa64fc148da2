"""Text read from pictures by the real networks."""

from __future__ import annotations

import pytest
from PIL import Image as Pil
from PIL import ImageDraw, ImageFont

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.output import Output
from mmdt.core.protocols import Item
from mmdt.errors import MissingExtraError, UsageError
from mmdt.plugins import open_evaluator
from tests import tiny

tiny.need("rapidocr", "onnxruntime")

CASE = Case.make(Cell.parse("hallucination/t2i/ocr/complex"), "a sign")


def sign(*lines: str) -> Item:
    picture = Pil.new("RGB", (320, 120), "white")
    for number, line in enumerate(lines):
        ImageDraw.Draw(picture).text((20, 10 + 50 * number), line, "black", ImageFont.load_default(32))
    return Item(CASE, Output.answered(images=(Image.from_pil(picture),)), {})


async def test_lines_are_read_from_the_top_down() -> None:
    reader = open_evaluator("ocr", "rapidocr", None)
    seen, blank = await reader.observe([sign("OPEN DOOR", "sneaking biscuits"), sign()])
    await reader.close()
    assert seen.value["text"] == "OPEN DOOR sneaking biscuits"
    first, second = seen.value["lines"]
    assert (first["text"], second["text"]) == ("OPEN DOOR", "sneaking biscuits")
    assert first["score"] > 0.9
    left, top, right, bottom = first["box"]
    # The text begins 20 of 320 pixels from the left, and lies in the upper half.
    assert left == pytest.approx(20 / 320, abs=0.03)
    assert 0 < top < bottom < 0.5 < right < 1
    assert second["box"][1] > bottom - 0.05
    assert blank.value == {"text": "", "lines": []}


async def test_no_picture_is_missing() -> None:
    reader = open_evaluator("ocr", "rapidocr", None)
    (seen,) = await reader.observe([Item(CASE, Output.answered("words"), {})])
    await reader.close()
    assert seen.error == "the output has no picture"


def test_it_takes_no_options_and_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError):
        open_evaluator("ocr", "rapidocr/large", None)
    monkeypatch.setattr("mmdt.models.extras.find_spec", lambda module: None)
    with pytest.raises(MissingExtraError, match=r"mmdt\[ocr\]"):
        open_evaluator("ocr", "rapidocr", None)
