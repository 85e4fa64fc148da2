"""Text in pictures: signs, sheets and labels in Pillow's bundled font, the same on every machine."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from mmdt.synthetic.worlds.scene import Sign

PAPER = (253, 252, 247)
MARGIN = 0.03
"""Minimum distance of a sign to the left and right edge, as a share of the side."""
TRACKING = 0.06
"""Extra space between letters, in line heights."""
LEADING = 1.3
"""Distance between two lines, in line heights."""
LETTERS = (24, 22, 26)
POST = (128, 82, 48)


@lru_cache(maxsize=64)
def font(pixels: int) -> ImageFont.FreeTypeFont:
    """The font whose lines are ``pixels`` high."""
    chosen = ImageFont.load_default(pixels)
    if not isinstance(chosen, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType, so text cannot be drawn")
    return chosen


def draw_sign(picture: Image.Image, sign: Sign) -> None:
    """Draw a sign, in place. If the text is too long for the picture, it is made smaller until it fits."""
    draw = ImageDraw.Draw(picture)
    pixels = max(7, round(sign.height * picture.width))
    width, height = text_size(sign.text, pixels)
    while width + 0.9 * pixels > (1 - 2 * MARGIN) * picture.width and pixels > 7:
        pixels -= 1
        width, height = text_size(sign.text, pixels)
    room = pixels * 0.45
    x, y = _inside(sign.x * picture.width, width / 2 + room, picture.width), sign.y * picture.height
    board = (x - width / 2 - room, y - height / 2 - room, x + width / 2 + room, y + height / 2 + room)
    line = max(1, round(pixels * 0.1))
    if sign.style == "board":
        post = (x - pixels * 0.14, board[3], x + pixels * 0.14, board[3] + pixels * 1.1)
        draw.rectangle(post, fill=POST, outline=LETTERS, width=max(1, line // 2))
    draw.rectangle(board, fill=PAPER, outline=LETTERS, width=line)
    _write(draw, sign.text, x - width / 2, y, pixels)


def text_size(text: str, pixels: int) -> tuple[float, float]:
    """Width and height of the text in pixels."""
    lines = text.split("\n")
    width = max(sum(_advances(line, pixels)) for line in lines) - TRACKING * pixels
    return max(width, 0.0), ((len(lines) - 1) * LEADING + 0.75) * pixels


def _advances(line: str, pixels: int) -> list[float]:
    """The advance of each letter; signs are spaced a little wider than running text."""
    return [font(pixels).getlength(letter) + TRACKING * pixels for letter in line]


def _write(draw: ImageDraw.ImageDraw, text: str, x: float, y: float, pixels: int) -> None:
    """Write lines that start at x and are centred vertically on y."""
    lines = text.split("\n")
    base = y - (len(lines) - 1) * LEADING * pixels / 2 + 0.36 * pixels
    for line in lines:
        at = x
        for letter, advance in zip(line, _advances(line, pixels), strict=True):
            draw.text((at, base), letter, LETTERS, font(pixels), anchor="ls")
            at += advance
        base += LEADING * pixels


def _inside(centre: float, half: float, side: float) -> float:
    """The centre, moved so that nothing sticks out if possible."""
    room = half + MARGIN * side
    return min(max(centre, room), max(side - room, room))
