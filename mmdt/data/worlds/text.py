"""Written text: signs, sheets and labels in the font that comes with Pillow, the same on every machine."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from mmdt.data.worlds.scene import Sign

PAPER = (253, 252, 247)
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
    """Draw the sign, in place; text too long for the picture is set smaller until it fits."""
    draw = ImageDraw.Draw(picture)
    pixels = max(7, round(sign.height * picture.width))
    width, height = text_size(sign.text, pixels)
    while width > 0.94 * picture.width and pixels > 7:
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
    draw.multiline_text((x, y), sign.text, LETTERS, font(pixels), anchor="mm", align="left")


def text_size(text: str, pixels: int) -> tuple[float, float]:
    """Width and height of the text in pixels."""
    scratch = ImageDraw.Draw(Image.new("L", (1, 1)))
    x0, y0, x1, y1 = scratch.multiline_textbbox((0, 0), text, font(pixels), anchor="mm")
    return x1 - x0, y1 - y0


def _inside(centre: float, half: float, side: float) -> float:
    """The centre moved so that nothing sticks out, where that is possible."""
    return min(max(centre, half + 1), max(side - half - 1, half + 1))
