"""Text that is written into a picture can be read from its pixels."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pil

from mmdt.attacks.drawing import pictogram
from mmdt.attacks.drawing.lettering import TextStyle, draw, page, read, wrap
from mmdt.core.image import Image

WORDS = st.lists(st.text(string.ascii_letters + string.digits + ".,!?'-\"", min_size=1, max_size=9), min_size=2)


@settings(max_examples=60, deadline=None)
@given(WORDS, st.integers(12, 40), st.integers(1, 4))
def test_written_text_is_read_back(words: list[str], columns: int, scale: int) -> None:
    text = "x" + " ".join(words)  # a letter: the line of a lone quotation mark cannot be told
    assert read(page(text, TextStyle(columns, scale))).split() == " ".join(wrap(text, columns)).split()


@pytest.mark.parametrize(
    "style", [TextStyle(ink=(250, 250, 210), paper=(10, 20, 60)), TextStyle(margin=0), TextStyle(scale=7)]
)
def test_light_on_dark_no_margin_and_large(style: TextStyle) -> None:
    assert read(page("Read me, please", style)) == "Read me, please"


def test_text_survives_a_photographic_format() -> None:
    picture = Image.from_pil(page("Read me, please", TextStyle(scale=3)), "JPEG").pil()
    assert read(picture) == "Read me, please"


def test_text_below_a_drawing_is_read_without_it() -> None:
    picture = Pil.new("RGB", (300, 300), "white")
    pictogram.draw(picture, "map", (20, 10), 8, (0, 0, 0))
    draw(picture, (20, 200), ["north", "south"], TextStyle())
    assert read(picture) == "north\nsouth"
    assert pictogram.find(picture) == ["map"]


def test_pictures_without_text_give_no_text() -> None:
    assert read(Pil.new("RGB", (64, 64), "white")) == ""
    assert read(Pil.effect_noise((64, 64), 90).convert("RGB")) == ""


def test_line_breaks_are_kept_and_other_scripts_are_drawn() -> None:
    assert read(page("one\n\ntwo three", TextStyle(columns=20))) == "one\ntwo three"
    assert page("Käsekuchen für alle", TextStyle()).getextrema()[0][0] < 60
