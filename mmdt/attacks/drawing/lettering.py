"""Lettering: write text into a picture in a bitmap font, and read it back from the pixels alone.

The font is the fixed-width bitmap font of Pillow (6 x 11 pixels per character), enlarged by a whole number. Reading
looks for the enlarged grid and matches every cell exactly, so it errs only where pixels changed. Text outside ASCII is
written in a scalable font instead (:mod:`mmdt.attacks.drawing.typeface`); only real models can read that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pil
from PIL import ImageDraw, ImageFont

from mmdt.attacks.drawing.typeface import broken, typeface

WIDTH, HEIGHT = 6, 11
"""Pixels of one character before enlargement."""
PITCH = HEIGHT + 2
"""Distance between two lines before enlargement."""
_MIN_CONTRAST = 70
Mask = NDArray[np.bool_]
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How text looks: ``columns`` characters per line, each enlarged ``scale`` times; colours as RGB."""

    columns: int = 28
    scale: int = 2
    ink: Colour = (20, 20, 20)
    paper: Colour = (255, 255, 255)
    margin: int = 12


def wrap(text: str, columns: int) -> list[str]:
    """The lines of a text, at most ``columns`` characters long. Its own line breaks are kept."""
    return [line for part in text.splitlines() for line in broken(part, columns) or [""]] or [""]


def size(lines: list[str], scale: int) -> tuple[int, int]:
    """Width and height of the lines in pixels."""
    return max(map(len, lines)) * WIDTH * scale, len(lines) * PITCH * scale


def draw(picture: Pil.Image, at: tuple[int, int], lines: list[str], style: TextStyle) -> None:
    """Write lines into a picture. ``at`` is the upper left corner of the first line. Raises UsageError where no font at
    hand has their letters."""
    if all(line.isascii() for line in lines):
        mask = Pil.fromarray(bitmap(lines)).resize(size(lines, style.scale), Pil.Resampling.NEAREST)
        picture.paste(style.ink, at, mask)
        return
    font, pen = _scalable(lines, style.scale), ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        pen.text((at[0], at[1] + number * PITCH * style.scale), line, style.ink, font)


def page(text: str, style: TextStyle) -> Pil.Image:
    """A picture with the text and nothing else. Raises UsageError where no font at hand has its letters."""
    lines = wrap(text, style.columns)
    width, height = size(lines, style.scale)
    if not all(line.isascii() for line in lines):
        width = max(width, *(int(_scalable(lines, style.scale).getlength(line)) + 1 for line in lines))
    sheet = Pil.new("RGB", (width + 2 * style.margin, height + 2 * style.margin), style.paper)
    draw(sheet, (style.margin, style.margin), lines, style)
    return sheet


def _scalable(lines: list[str], scale: int) -> ImageFont.FreeTypeFont:
    return typeface("".join(lines), HEIGHT * scale * 0.9)


def bitmap(lines: list[str]) -> NDArray[np.uint8]:
    """The lines in the bitmap font, not enlarged: 255 for ink, 0 for paper. Shape (13 x lines, 6 x columns)."""
    width, height = size(lines, 1)
    small = np.zeros((height, width), dtype=np.uint8)
    for number, line in enumerate(lines):
        for place, character in enumerate(line):
            top, left = number * PITCH, place * WIDTH
            small[top : top + HEIGHT, left : left + WIDTH] = _glyphs().get(character, _glyphs()[" "])
    return small


@cache
def _glyphs() -> dict[str, NDArray[np.uint8]]:
    """Each printable ASCII character as 11 x 6 pixels of 0 or 255."""
    font = ImageFont.load_default_imagefont()
    found = {}
    for character in map(chr, range(32, 127)):
        cell = Pil.new("L", (WIDTH, HEIGHT))
        ImageDraw.Draw(cell).text((0, 0), character, fill=255, font=font)
        found[character] = np.where(np.asarray(cell) > 0, 255, 0).astype(np.uint8)
    return found


@cache
def _alphabet() -> dict[bytes, str]:
    """The pixels of each character -> the character."""
    return {(glyph > 0).tobytes(): character for character, glyph in _glyphs().items()}


def read(picture: Pil.Image) -> str:
    """The text in a picture, lines joined by newlines; empty if there is none.

    The pixel in the upper left corner is paper; whatever differs from it in lightness is ink.
    """
    light = np.asarray(picture.convert("L"), dtype=np.int16)
    ink = np.abs(light - light[0, 0]) > _MIN_CONTRAST
    bands = [(top, ink[top:bottom]) for top, bottom in _runs(ink.any(axis=1))]
    grid = _grid(bands)
    if grid is None:
        return ""
    read_lines = (_line(ink, row, grid) for row in _rows(bands, grid))
    return "\n".join(line for line in read_lines if line)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where characters are: enlargement, and first column and row modulo the distance of characters and lines."""

    scale: int
    left: int
    top: int


def _runs(flags: Mask) -> Iterator[tuple[int, int]]:
    """Start and end of each run of True."""
    flat = np.concatenate(([False], flags, [False]))
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    return zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _grid(bands: list[tuple[int, Mask]]) -> _Grid | None:
    """The grid on which the band with the most ink reads as characters; None if there is none."""
    for top, band in sorted(bands, key=lambda found: -int(found[1].sum())):
        columns = np.flatnonzero(band.any(axis=0))
        left, right = int(columns[0]), int(columns[-1]) + 1
        scale = _scale(band[:, left:right])
        small = band[::scale, left:right:scale]
        if small.shape[0] > HEIGHT:
            continue
        for down in range(HEIGHT - small.shape[0] + 1):
            for across in range(WIDTH):
                if _decode(small, down, across) is not None:
                    return _Grid(scale, (left - across * scale) % (WIDTH * scale), top - down * scale)
    return None


def _scale(block: Mask) -> int:
    """The enlargement: the greatest common divisor of all runs of ink, across and down."""
    lengths = np.concatenate([_lengths(block), _lengths(block.T)])
    return int(np.gcd.reduce(lengths)) or 1


def _lengths(block: Mask) -> NDArray[np.intp]:
    """The length of each run of ink, over all rows. A blank column separates the rows."""
    flat = np.pad(block, ((0, 0), (1, 1))).ravel()
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    return edges[1::2] - edges[::2]


def _decode(small: Mask, down: int, across: int) -> str | None:
    """The characters of a line that starts ``down`` and ``across`` pixels before the block; None if it has others."""
    count = -(-(across + small.shape[1]) // WIDTH)
    cells = np.zeros((HEIGHT, count * WIDTH), dtype=np.bool_)
    cells[down : down + small.shape[0], across : across + small.shape[1]] = small
    alphabet = _alphabet()
    text = []
    for start in range(0, count * WIDTH, WIDTH):
        character = alphabet.get(cells[:, start : start + WIDTH].tobytes())
        if character is None:
            return None
        text.append(character)
    return "".join(text)


def _rows(bands: list[tuple[int, Mask]], grid: _Grid) -> list[int]:
    """The top of each line of the grid that has ink."""
    pitch = PITCH * grid.scale
    return sorted({grid.top + (top - grid.top) // pitch * pitch for top, _ in bands})


def _line(ink: Mask, top: int, grid: _Grid) -> str:
    """The text of one line of the grid; empty if it does not read as characters."""
    scale = grid.scale
    if top < 0 or top + HEIGHT * scale > ink.shape[0]:
        return ""
    small = ink[top : top + HEIGHT * scale : scale, grid.left :: scale]
    text = _decode(small[:, : small.shape[1] // WIDTH * WIDTH], 0, 0)
    return text.strip() if text else ""
