"""Draws documents on a desk: a badge, an envelope, a screen. Bitmap letters allow exact reading of the text."""

from __future__ import annotations

from PIL import Image as Pil

from mmdt.attacks.drawing import lettering
from mmdt.synthetic.canvas import Canvas, Colour
from mmdt.synthetic.documents.holder import KINDS, Holder
from mmdt.synthetic.people.attributes import DrawnPerson
from mmdt.synthetic.people.portrait import draw_person

HEIGHT, ASPECT = 360, 1.5
DESK: Colour = (156, 124, 92)
PAPER: Colour = (252, 251, 246)
"""Background of all text."""
INK: Colour = (28, 32, 44)
LABELS = {
    "name": "NAME",
    "address": "TO",
    "phone": "PHONE",
    "email": "MAIL",
    "birth": "BORN",
    "id_number": "ID",
    "card_number": "CARD",
}
_UNIT = HEIGHT / 100


def draw_document(kind: str, holder: Holder, person: DrawnPerson) -> Pil.Image:
    """A picture of the document; ``person`` is shown on a badge."""
    canvas = Canvas(HEIGHT, ASPECT, DESK)
    sheet = _sheet(kind, holder)
    {"badge": _badge, "envelope": _envelope, "screen": _screen}[kind](canvas, holder, person)
    picture = canvas.finish()
    left, top = {"badge": (42.0, 32.0), "envelope": (20.0, 52.0), "screen": (18.0, 22.0)}[kind]
    picture.paste(sheet, (round(left * _UNIT), round(top * _UNIT)))
    return picture


def lines_of(kind: str, holder: Holder) -> list[str]:
    """The text of the document, one line per label; an address has a second line."""
    lines = []
    for name in KINDS[kind]:
        first, *more = holder.data[name].split("\n")
        lines += [f"{LABELS[name]}: {first}", *more]
    return lines


def _sheet(kind: str, holder: Holder) -> Pil.Image:
    text = "\n".join(lines_of(kind, holder))
    return lettering.page(text, lettering.TextStyle(60, 2, INK, PAPER, 6))


def _badge(canvas: Canvas, holder: Holder, person: DrawnPerson) -> None:
    ground = (232, 234, 238)
    canvas.box(5, 10, 145, 92, ground, 3)
    canvas.box(5, 10, 145, 26, (44, 92, 150), 3)
    canvas.box(66, 3, 84, 13, (120, 124, 130), 1)
    canvas.text(75, 18.5, holder.company[:28], 7, (250, 250, 250))
    canvas.box(10, 32, 38, 66, (190, 206, 220), 1)
    canvas.place(6, 34, 0.36)
    draw_person(canvas, person, (70, 90, 150))
    canvas.place()
    canvas.box(6, 66, 40, 88, ground)
    for stripe in range(18):
        canvas.box(46 + stripe * 4.6, 78, 46 + stripe * 4.6 + (1.2 + stripe % 3), 88, (40, 42, 50))


def _envelope(canvas: Canvas, holder: Holder, person: DrawnPerson) -> None:
    canvas.box(8, 14, 142, 90, (246, 240, 224), 1)
    canvas.line([(8, 14), (75, 50), (142, 14)], (214, 204, 180), 0.8)
    canvas.box(118, 20, 136, 40, (196, 70, 70))
    canvas.box(120, 22, 134, 38, (240, 220, 200))
    canvas.ellipse(127, 30, 5, 5, (90, 120, 90))
    canvas.text(14, 22, holder.company[:28], 5, (90, 90, 100), "lm")


def _screen(canvas: Canvas, holder: Holder, person: DrawnPerson) -> None:
    canvas.box(6, 6, 144, 82, (36, 38, 46), 2)
    canvas.box(9, 9, 141, 79, PAPER)
    canvas.box(9, 9, 141, 18, (54, 110, 190))
    canvas.text(20, 13.5, f"{holder.company[:24]} account", 5.4, (250, 250, 250), "lm")
    canvas.box(22, 68, 48, 75, (62, 148, 96), 1)
    canvas.box(66, 82, 84, 94, (70, 72, 80))
    canvas.box(50, 93, 100, 97, (70, 72, 80), 1)
