"""A drawing as PNG, drawn by Pillow, which mmdt needs anyway: an SVG renderer would be one more native library."""

from __future__ import annotations

import io
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mmdt.report.figures.drawing import PAINTS, Area, Drawing, Line, Point, Words
from mmdt.safe_text.visible import visible

if TYPE_CHECKING:
    from PIL import ImageDraw

SCALE, FINER = 2, 2
"""Pixels of the file for a pixel of the drawing, and how much finer it is drawn first, for smooth edges."""
FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "Helvetica.ttc")
BOLD = ("DejaVuSans-Bold.ttf", "NotoSans-Bold.ttf", "LiberationSans-Bold.ttf", "Arial Bold.ttf", "arialbd.ttf")
_PLAIN = {
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
}
"""What stands for letters that a font lacks; any other becomes a question mark."""
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}
MOST_PIXELS = 60_000_000


def png(drawing: Drawing) -> bytes:
    """The drawing as a PNG file, twice as large as its size in pixels; smaller where it would be huge."""
    from PIL import Image, ImageDraw

    finer = FINER if drawing.width * drawing.height * (SCALE * FINER) ** 2 <= MOST_PIXELS else 1
    times = SCALE * finer
    size = (round(drawing.width * times), round(drawing.height * times))
    picture = Image.new("RGB", size, PAINTS["paper"])
    pencil = ImageDraw.Draw(picture, "RGBA")
    for shape in drawing.shapes:
        if isinstance(shape, Words):
            _words(pencil, shape, times)
        elif isinstance(shape, Line):
            _line(pencil, shape, times)
        else:
            _area(pencil, shape, times)
    if finer > 1:
        picture = picture.resize((size[0] // finer, size[1] // finer), Image.Resampling.BOX)
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _line(pencil: ImageDraw.ImageDraw, line: Line, times: int) -> None:
    width = max(1, round(line.width * times))
    for piece in _dashed(line.points, line.dash):
        pencil.line([(x * times, y * times) for x, y in piece], fill=PAINTS[line.paint], width=width, joint="curve")


def _dashed(points: tuple[Point, ...], dash: tuple[float, ...]) -> list[tuple[Point, ...]]:
    """The strokes of a dashed line, in the drawing's pixels."""
    if not dash:
        return [points]
    pieces: list[tuple[Point, ...]] = []
    index, left = 0, dash[0]
    for (x, y), (to_x, to_y) in pairwise(points):
        length = max(1e-9, ((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5)
        at = 0.0
        while at < length:
            end = min(length, at + left)
            if index % 2 == 0:
                ends = [(x + (to_x - x) * each / length, y + (to_y - y) * each / length) for each in (at, end)]
                pieces.append(tuple(ends))
            left -= end - at
            at = end
            if left <= 1e-9:
                index += 1
                left = dash[index % len(dash)] if len(dash) % 2 == 0 else dash[0]
    return pieces


def _area(pencil: ImageDraw.ImageDraw, area: Area, times: int) -> None:
    points = [(x * times, y * times) for x, y in area.points]
    red, green, blue = (int(PAINTS[area.fill][at : at + 2], 16) for at in (1, 3, 5))
    pencil.polygon(points, fill=(red, green, blue, round(255 * (1 - area.clear))))
    if area.stroke:
        width = max(1, round(area.width * times))
        pencil.line([*points, points[0]], fill=PAINTS[area.stroke], width=width, joint="curve")


def _words(pencil: ImageDraw.ImageDraw, words: Words, times: int) -> None:
    font = _font(round(words.size * times), words.bold)
    text = "".join(each if each.isprintable() else " " for each in visible(words.text))
    place = (words.x * times, words.y * times)
    pencil.text(place, _drawable(text, font), fill=PAINTS[words.paint], font=font, anchor=_ANCHORS[words.anchor])


@cache
def _font(size: int, bold: bool) -> Any:
    """A font of the system, else the one within Pillow, which has no bold and no accents."""
    from PIL import ImageFont

    for name in (*(BOLD if bold else ()), *FONTS):
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def _drawable(text: str, font: Any) -> str:
    """The text with what the font lacks replaced; the SVG and the table have it whole."""
    return "".join(each if _has(font, each) else _PLAIN.get(each, "?") for each in text)


def _has(font: Any, letter: str) -> bool:
    return letter == " " or bytes(font.getmask(letter)) != bytes(font.getmask("\ue123"))
