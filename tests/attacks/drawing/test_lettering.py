"""Text written into a picture is read back from its pixels."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pil

from mmdt.attacks.drawing import pictogram
from mmdt.attacks.drawing.lettering import Style, draw, page, read, wrap
from mmdt.core.image import Image

WORDS = st.lists(st.text(string.ascii_letters + string.digits + ".,!?'-\"", min_size=1, max_size=9), min_size=2)


@settings(max_examples=60, deadline=None)
@given(WORDS, st.integers(12, 40), st.integers(1, 4))
def test_what_is_written_is_read(words: list[str], columns: int, scale: int) -> None:
    text = "x" + " ".join(words)  # a letter, for a lone quotation mark stands on no line one could tell
    assert read(page(text, Style(columns, scale))).split() == " ".join(wrap(text, columns)).split()


@pytest.mark.parametrize("style", [Style(ink=(250, 250, 210), paper=(10, 20, 60)), Style(margin=0), Style(scale=7)])
def test_light_on_dark_no_margin_and_large(style: Style) -> None:
    assert read(page("Read me, please", style)) == "Read me, please"


def test_text_survives_a_photographic_format() -> None:
    picture = Image.from_pil(page("Read me, please", Style(scale=3)), "JPEG").pil()
    assert read(picture) == "Read me, please"


def test_text_below_a_drawing_is_read_alone() -> None:
    picture = Pil.new("RGB", (300, 300), "white")
    pictogram.draw(picture, "map", (20, 10), 8, (0, 0, 0))
    draw(picture, (20, 200), ["north", "south"], Style())
    assert read(picture) == "north\nsouth"
    assert pictogram.find(picture) == ["map"]


def test_nothing_is_read_where_nothing_stands() -> None:
    assert read(Pil.new("RGB", (64, 64), "white")) == ""
    assert read(Pil.effect_noise((64, 64), 90).convert("RGB")) == ""


def test_own_line_breaks_are_kept_and_other_scripts_are_drawn() -> None:
    assert read(page("one\n\ntwo three", Style(columns=20))) == "one\ntwo three"
    assert page("Käsekuchen für alle", Style()).getextrema()[0][0] < 60
