"""Draws head and shoulders of a person in a square of 100 units. Only attributes of the person change the drawing."""

from __future__ import annotations

from mmdt.synthetic.canvas import Canvas, Colour
from mmdt.synthetic.people.attributes import DrawnPerson
from mmdt.synthetic.people.palette import EYE_WHITE, GREY, HAIR, IRIS, JEWEL, SKIN, VISOR, shade

FACE = (50.0, 42.0)
"""Centre of the face."""
ACROSS, DOWN = 16.0, 20.0
"""Half axes of the face."""
EYES = (43.5, 56.5)
EYE_LINE = 41.0


def draw_person(canvas: Canvas, person: DrawnPerson, garment: Colour) -> None:
    """Draw head and shoulders at the current origin of the canvas."""
    skin, hair = SKIN[person.tone], GREY if person.age == "old" else HAIR[person.style]
    if person.hidden:
        _shoulders(canvas, garment, VISOR)
        _hood(canvas, garment)
        return
    if person.gender == "female":
        _long_hair(canvas, person.style, shade(hair, 0.9))
    _shoulders(canvas, garment, shade(skin, 0.86))
    _head(canvas, skin)
    if person.gender == "male":
        _beard(canvas, person.style, hair)
    _features(canvas, skin, hair)
    if person.age == "old":
        _lines(canvas, shade(skin, 0.78))
    _hair(canvas, person, hair)
    if person.gender == "female":
        _earrings(canvas)


def _shoulders(canvas: Canvas, garment: Colour, neck: Colour) -> None:
    canvas.box(14, 68, 86, 130, garment, corner=18)
    canvas.box(42.5, 54, 57.5, 70, neck, corner=3)
    canvas.ellipse(50, 69.5, 9, 6, neck)
    canvas.arc((39.6, 58, 60.4, 77.4), (10, 170), shade(garment, 0.72), 1.7)


def _head(canvas: Canvas, skin: Colour) -> None:
    x, y = FACE
    for side in (-1, 1):
        canvas.ellipse(x + side * (ACROSS + 0.6), y + 1.5, 3, 4.2, shade(skin, 0.93))
    canvas.ellipse(x, y, ACROSS, DOWN, skin)


def _features(canvas: Canvas, skin: Colour, hair: Colour) -> None:
    for x in EYES:
        canvas.ellipse(x, EYE_LINE, 3.7, 2.3, EYE_WHITE)
        canvas.ellipse(x, EYE_LINE, 2.1, 2.2, IRIS)
        canvas.arc((x - 4.1, EYE_LINE - 2.9, x + 4.1, EYE_LINE + 2.5), (190, 350), IRIS, 0.9)
        canvas.ellipse(x + 0.6, EYE_LINE - 0.6, 0.6, 0.6, EYE_WHITE)
        canvas.arc((x - 4.6, EYE_LINE - 6.8, x + 4.6, EYE_LINE + 2), (205, 335), shade(hair, 0.8), 1.5)
    dark = shade(skin, 0.72)
    canvas.line([(50, 42.5), (48.4, 48.2), (51, 48.8)], dark, 0.9)
    canvas.arc((43.6, 45.5, 56.4, 55.5), (22, 158), shade(skin, 0.52), 1.5)


def _lines(canvas: Canvas, colour: Colour) -> None:
    """Wrinkles on the forehead, under the eyes and between nose and mouth."""
    for row in (32.6, 34.8):
        canvas.arc((42, row - 1, 58, row + 5), (222, 318), colour, 0.7)
    for side in (-1, 1):
        canvas.line([(50 + side * 4.6, 47.6), (50 + side * 7.6, 51.8)], colour, 0.8)
        canvas.arc((50 + side * 6.5 - 4, EYE_LINE, 50 + side * 6.5 + 4, EYE_LINE + 5), (25, 155), colour, 0.6)


def _hair(canvas: Canvas, person: DrawnPerson, hair: Colour) -> None:
    """The hair on top of the head; its outline distinguishes the styles."""
    x, y = FACE
    canvas.slice((x - ACROSS - 1.4, y - DOWN - 3.4, x + ACROSS + 1.4, y + DOWN - 4), (196, 344), hair)
    if person.gender == "male":
        _short_hair(canvas, person.style, hair)
    elif person.gender == "female":
        _fringe(canvas, person.style, hair)
    else:
        canvas.ellipse(x, y - DOWN + 1.5, 15.5, 5.8, hair)
        for side in (-1, 1):
            canvas.ellipse(x + side * 15.4, y - 5, 2.6, 7.4, hair)


def _short_hair(canvas: Canvas, style: int, hair: Colour) -> None:
    x, top = FACE[0], FACE[1] - DOWN
    if style == 0:
        canvas.ellipse(x + 2, top + 1, 14.5, 4.6, hair)
    elif style == 1:
        canvas.box(x - 14, top - 3.5, x + 14, top + 6, hair, corner=4.5)
    else:
        for step in range(-2, 3):
            canvas.ellipse(x + step * 5.6, top + 1 + abs(step) * 1.3, 4.6, 4.2, hair)
    for side in (-1, 1):
        canvas.box(x + side * 15.2 - 1.6, top + 9, x + side * 15.2 + 1.6, top + 18.5, hair, corner=1.4)


def _fringe(canvas: Canvas, style: int, hair: Colour) -> None:
    x, top = FACE[0], FACE[1] - DOWN
    if style == 0:
        canvas.slice((x - 17, top - 4, x + 6, top + 24), (150, 290), hair)
    elif style == 1:
        canvas.box(x - 14.5, top - 2, x + 14.5, top + 8, hair, corner=4.5)
    else:
        canvas.ellipse(x, top - 5, 7, 6, hair)
        canvas.ellipse(x, top + 1, 15.6, 5.4, hair)


def _long_hair(canvas: Canvas, style: int, hair: Colour) -> None:
    """Hair behind the head, down to the shoulders or, as a bob, to the jaw."""
    x, y = FACE
    bottom = (80.0, 66.0, 76.0)[style]
    canvas.ellipse(x, y - 3, ACROSS + 5.2, DOWN + 2.4, hair)
    canvas.box(x - ACROSS - 5.2, y - 4, x + ACROSS + 5.2, bottom, hair, corner=(9.0, 6.0, 4.0)[style])


def _beard(canvas: Canvas, style: int, hair: Colour) -> None:
    """A short beard along the jaw, fuller in one style."""
    x, y = FACE
    canvas.arc((x - ACROSS, y - DOWN, x + ACROSS, y + DOWN + 0.4), (14, 166), hair, (3.4, 4.6, 2.6)[style])
    canvas.ellipse(x, y + DOWN - 2.6, 6.4, 3.2, hair)
    if style == 1:
        canvas.box(x - 6.5, y + 7.0, x + 6.5, y + 8.8, hair, corner=0.9)


def _earrings(canvas: Canvas) -> None:
    for side in (-1, 1):
        canvas.ellipse(FACE[0] + side * (ACROSS + 1), FACE[1] + 8.4, 1.7, 1.7, JEWEL)


def _hood(canvas: Canvas, garment: Colour) -> None:
    """A hood with a visor instead of a face, which hides all attributes."""
    x, y = FACE
    canvas.ellipse(x, y - 1, ACROSS + 5, DOWN + 4, shade(garment, 0.8))
    canvas.ellipse(x, y + 1, ACROSS - 1, DOWN - 2, VISOR)
    canvas.slice((x - ACROSS + 2, y - DOWN + 3, x + ACROSS - 2, y + DOWN - 1), (215, 300), shade(VISOR, 1.25))
