"""Typeface: a scalable font that has every letter of a text, so that no picture shows boxes in place of letters.

Pillow's own font comes first; it has little more than ASCII. A cut of DejaVu Sans that comes with mmdt has the Latin,
Greek and Cyrillic letters of Europe. For other scripts, ``MMDT_FONT`` names a font file of the user's.
"""

from __future__ import annotations

import os
import textwrap
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from PIL import ImageFont

from mmdt.errors import UsageError

VARIABLE = "MMDT_FONT"
_EUROPEAN = str(Path(__file__).with_name("sans.ttf"))
_SILENT = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Categories of characters that leave no ink."""
_UNASSIGNED = "\uffff"


def typeface(text: str, size: float) -> ImageFont.FreeTypeFont:
    """The font of that size (pixels) for a text. Raises UsageError where no font at hand has all of its letters."""
    letters = frozenset(each for each in text if unicodedata.category(each) not in _SILENT)
    for name in _files():
        if letters <= _known(name, letters):
            return _opened(name, size)
    name = _files()[-1]
    lacking = "".join(sorted(letters - _known(name, letters)))[:20]
    hint = f"set {VARIABLE} to a TrueType or OpenType file that has them, such as one of the Noto fonts"
    raise UsageError("no font at hand has all letters of the text", where=lacking, hint=hint)


def fitting(lines: Sequence[str], size: int, width: float) -> ImageFont.FreeTypeFont:
    """The font for these lines: of that size, or so much smaller that no line is wider than ``width`` pixels. Raises
    UsageError as :func:`typeface` does."""
    text = "".join(lines)
    while size > 6 and max(typeface(text, size).getlength(line) for line in lines) > width:
        size -= 1
    return typeface(text, size)


def broken(text: str, columns: int) -> list[str]:
    """The lines of one paragraph, at most ``columns`` wide, where a wide letter (Chinese, Japanese, Korean) counts as
    two columns and a line may break beside it."""
    if not any(wide(each) for each in text):
        return textwrap.wrap(text, columns)
    lines = [""]
    for piece in _pieces(text):
        if lines[-1] and width(lines[-1] + piece.rstrip()) > columns:
            lines.append("")
        lines[-1] += piece if lines[-1] or piece.strip() else ""
    return [line.rstrip() for line in lines if line.strip()]


def wide(letter: str) -> bool:
    """Whether a letter is as wide as two."""
    return unicodedata.east_asian_width(letter) in "WF"


def width(text: str) -> int:
    """Columns that a text takes."""
    return sum(1 + wide(each) for each in text)


def _pieces(text: str) -> Sequence[str]:
    """What must stay on one line: a wide letter, or a word with the space behind it."""
    found, word = [], ""
    for each in text:
        if wide(each) or (word and word[-1].isspace() and not each.isspace()):
            found.append(word)
            word = ""
        if wide(each):
            found.append(each)
        else:
            word += each
    return [each for each in (*found, word) if each]


def _files() -> tuple[str, ...]:
    """Names of fonts, the first choice first; "" is Pillow's own."""
    own = os.environ.get(VARIABLE, "")
    return ("", _EUROPEAN, own) if own else ("", _EUROPEAN)


@cache
def _opened(name: str, size: float) -> ImageFont.FreeTypeFont:
    try:
        found = ImageFont.truetype(name, size) if name else ImageFont.load_default(size)
    except OSError as error:
        raise UsageError("the font cannot be opened", where=f"{VARIABLE}={name}", hint="name a font file") from error
    if not isinstance(found, ImageFont.FreeTypeFont):
        raise UsageError("Pillow was built without FreeType", hint="install a wheel of Pillow")
    return found


def _known(name: str, letters: frozenset[str]) -> frozenset[str]:
    return frozenset(each for each in letters if _has(name, each))


@cache
def _has(name: str, letter: str) -> bool:
    return _ink(name, letter) != _ink(name, _UNASSIGNED)


@cache
def _ink(name: str, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = _opened(name, 24).getmask(letter)
    return mask.size, bytes(mask)
