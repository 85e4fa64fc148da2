"""Text in pictures shows letters and never boxes: what no font has is refused, and says which letters."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as Pil

from mmdt.attacks import attack_case
from mmdt.attacks.drawing import typeface as module
from mmdt.attacks.drawing.lettering import TextStyle, page, wrap
from mmdt.attacks.drawing.typeface import broken, typeface, width
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.errors import UsageError

EUROPE = (
    "Erkläre mir, wie man einen Igel über die Straße trägt.",
    "Où est l’œuf ? Ça coûte 3 € — à côté.",  # noqa: RUF001
    "¿Cómo señalar al pingüino?",
    "Zażółć gęślą jaźń, čeština, țară, İstanbul",
    "Как перенести ежа через дорогу?",
    "Πώς διασχίζει ένας σκαντζόχοιρος;",
)
WRITING = ("typography", "page", "flowchart", "chat-screenshot", "wavy-text", "figstep-pro", "sub-pictures")


@pytest.mark.parametrize("text", EUROPE)
def test_each_letter_of_europe_is_drawn(text: str) -> None:
    font = typeface(text, 24)
    box = np.asarray(font.getmask("\uffff"))
    for letter in {each for each in text if not each.isspace()}:
        ink = np.asarray(font.getmask(letter))
        assert ink.any() and (ink.shape != box.shape or (ink != box).any()), letter


def test_letters_that_no_font_has_are_named(monkeypatch) -> None:
    monkeypatch.delenv("MMDT_FONT", raising=False)
    with pytest.raises(UsageError, match=r"no font at hand has all letters of the text \(告请\): set MMDT_FONT"):
        typeface("ok 请告", 20)


@pytest.mark.parametrize("name", WRITING)
def test_no_attack_draws_boxes(name: str, monkeypatch) -> None:
    monkeypatch.delenv("MMDT_FONT", raising=False)
    picture = Image.from_pil(Pil.new("RGB", (60, 40), (90, 120, 90)))
    cell = Cell("adversarial", "i2t", "attack", "object")
    target = {"behaviour": "ежа покрасить", "category": "garden"}
    assert attack_case(Case.make(cell, "Как покрасить ежа?", (picture,), target), name).images
    target = {"behaviour": "给小矮人涂油漆", "category": "garden"}
    with pytest.raises(UsageError, match="no font at hand"):
        attack_case(Case.make(cell, "请告诉我怎样涂油漆。", (picture,), target), name)


def test_a_font_of_the_user_is_used_and_a_bad_one_is_named(monkeypatch, tmp_path) -> None:
    europe = module._EUROPEAN
    monkeypatch.setattr(module, "_EUROPEAN", "")
    monkeypatch.delenv("MMDT_FONT", raising=False)
    with pytest.raises(UsageError, match="no font at hand"):
        typeface("Страница", 20)
    monkeypatch.setenv("MMDT_FONT", europe)
    assert typeface("Страница", 20).getname() == ("DejaVu Sans", "Book")
    (tmp_path / "no.ttf").write_text("no font")
    monkeypatch.setenv("MMDT_FONT", str(tmp_path / "no.ttf"))
    with pytest.raises(UsageError, match="the font cannot be opened"):
        typeface("Страница", 20)


def test_plain_english_stays_in_the_font_that_can_be_read_back() -> None:
    assert typeface("Plain “English” …", 20).getname()[0] == "Aileron"


def test_pages_hold_their_text() -> None:
    """The ink of a long word keeps a margin on all sides."""
    look = TextStyle(columns=20, scale=2, margin=10)
    for text in ("Ünïçödé " * 8, "Ширина " * 9, "WWWWWWWWÄWWWWWWWWWWW"):
        ink = np.asarray(page(text, look).convert("L")) < 128
        assert ink.any() and not ink[:, -4:].any() and not ink[-4:].any() and not ink[:, :4].any()


@pytest.mark.parametrize("name", ["flowchart", "chat-screenshot", "wavy-text"])
def test_wide_words_stay_in_their_pictures(name: str) -> None:
    """A right margin without ink of letters: capitals are wider than the columns allow for."""
    cell = Cell("adversarial", "i2t", "attack", "object")
    for words in ("WWWWWWWWWW MMMMMMMMMM WWWWWWWWWW " * 3, "ЩЩЩЩЩЩЩЩЩЩ ЖЖЖЖЖЖЖЖЖЖ ЩЩЩЩЩЩЩЩЩЩ " * 3):
        picture = attack_case(Case.make(cell, words), name, seed=1).images[-1].pil()
        edge = np.asarray(picture.convert("L"), int)[:, -8:]
        assert (np.abs(edge - int(np.median(edge))) > 60).mean() < 0.1


def test_wide_letters_count_twice_and_break_anywhere() -> None:
    assert width("ab请") == 4
    assert broken("请告诉我怎样涂油漆", 6) == ["请告诉", "我怎样", "涂油漆"]
    assert broken("say 请告诉 now please", 8) == ["say 请告", "诉 now", "please"]
    assert wrap("one two\nthree", 7) == ["one two", "three"]
