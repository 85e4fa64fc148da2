"""Draws street views: houses, a shop, cars, signs and a flag, in one picture or in four directions.

Text is on panels of one paper colour, in the bitmap letters of ``mmdt.attacks.drawing.lettering``, so that it can be
read exactly. Without text, the same street has no panels, and only the flag tells where it is: the country.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image as Pil

from mmdt.attacks.drawing import lettering
from mmdt.core.image import Image
from mmdt.synthetic.canvas import Canvas, Colour
from mmdt.synthetic.people.palette import shade
from mmdt.synthetic.streets.flags import draw_flag
from mmdt.synthetic.streets.places import GeoPlace, without_accents

HEIGHT, ASPECT = 400, 1.6
WIDTH_UNITS = 100 * ASPECT
PAPER: Colour = (253, 249, 222)
"""Background of all panels with text; nothing else has this colour."""
INK: Colour = (24, 28, 36)
SKY: Colour = (176, 214, 240)
FLAG_AT = (134.0, 6.0)
"""Origin of the flag in a view."""
DIRECTIONS = ("north", "east", "south", "west")
_WALLS: tuple[Colour, ...] = ((196, 142, 118), (172, 160, 148), (150, 130, 150), (136, 152, 166), (186, 170, 120))
_TRADES = ("BAKERY", "BOOKS", "HARDWARE", "FLOWERS", "TAILOR", "RECORDS", "BICYCLES", "TEA ROOM")
_STREETS = ("MAPLE ST", "HARBOR RD", "MILL LANE", "STATION ST", "GARDEN WAY", "CHAPEL ST", "RIVER ROAD", "LINDEN AVE")
_OWNERS = ("AMBERLY", "QUILLON", "TESSMER", "OKONDA", "BRAVELLO", "NIMISHA", "FENWORTH", "SOLANO")


@dataclass(frozen=True, slots=True)
class Clues:
    """Texts of the signs in a street. Shops, owners, streets and numbers are invented; the place is real."""

    shop: str
    street: str
    plate: str
    phone: str
    notice: str


def clues_of(place: GeoPlace, rng: random.Random) -> Clues:
    """Signs that identify the place: city on the shop, state on the plate, area code, postal code."""
    city = without_accents(place.city).upper()
    number = f"{rng.randrange(100, 1000)} {rng.randrange(100, 200):04d}"
    dial = f"({place.dial})" if place.dial.isdecimal() else place.dial
    state, at_home = without_accents(place.state).upper(), place.country_code == "US"
    return Clues(
        shop=f"{rng.choice(_OWNERS)}'S\n{city} {rng.choice(_TRADES)}",
        street=f"{rng.randrange(2, 99)} {rng.choice(_STREETS)}",
        plate=f"{state if at_home else without_accents(place.country).upper()}\n{_plate(rng)}",
        phone=f"CALL {dial} {number}",
        notice="\n".join(filter(None, ("POST OFFICE", town_line(place), place.zip))),
    )


def town_line(place: GeoPlace) -> str:
    """The city with its state or country, as the notice says it."""
    code = place.state_code if place.country_code == "US" else place.country_code
    return f"{without_accents(place.city).upper()} {code}"


def _plate(rng: random.Random) -> str:
    letters = "".join(rng.choice("BCDFGHJKLMNPRSTVWXYZ") for _ in range(3))
    return f"{letters} {rng.randrange(100, 1000)}"


@lru_cache(maxsize=256)
def street_views(place: GeoPlace, variant: int, *, text: bool, four: bool) -> tuple[Image, ...]:
    """One picture with everything, or four with the flag, the shop, the cars and the notice."""
    rng = random.Random(f"{place.key} {variant}")
    clues = clues_of(place, rng)
    if not four:
        return (Image.from_pil(_view(place, clues, rng, {"flag", "shop", "car", "van", "notice"}, text)),)
    shares = ({"flag"}, {"shop"}, {"car", "van"}, {"notice"})
    return tuple(Image.from_pil(_view(place, clues, rng, share, text)) for share in shares)


def _view(place: GeoPlace, clues: Clues, rng: random.Random, shown: set[str], text: bool) -> Pil.Image:
    canvas = Canvas(HEIGHT, ASPECT, SKY)
    _houses(canvas, rng, gap="flag" in shown)
    _road(canvas)
    if "flag" in shown:
        _flag(canvas, place)
    if "shop" in shown:
        _shop(canvas, rng)
    if "notice" in shown and text:
        canvas.box(79.3, 20, 80.7, 67, (104, 104, 110))
    if "car" in shown:
        _vehicle(canvas, 84, 78, rng.choice(_WALLS))
    if "van" in shown:
        _vehicle(canvas, 118, 74, (236, 236, 240), tall=True)
    picture = canvas.finish()
    if text:
        for panel in _panels(clues, shown):
            _write(picture, *panel)
    return picture


def _panels(clues: Clues, shown: set[str]) -> Iterable[tuple[float, float, str, int]]:
    """(x, y, text, scale) of each panel; x and y, in units, are the middle of its upper edge."""
    panels = {
        "shop": [(35.0, 31.0, clues.shop, 2), (12.0, 22.0, clues.street, 1)],
        "car": [(94.0, 84.0, clues.plate, 1)],
        "van": [(133.0, 74.5, clues.phone, 1)],
        "notice": [(80.0, 6.0, clues.notice, 2)],
    }
    return [panel for part in shown for panel in panels.get(part, [])]


def _write(picture: Pil.Image, x: float, y: float, text: str, scale: int) -> None:
    lines = text.split("\n")
    sheet = lettering.page("\n".join(lines), lettering.TextStyle(max(map(len, lines)), scale, INK, PAPER, 3 * scale))
    unit = HEIGHT / 100
    left = min(max(round(x * unit - sheet.width / 2), 2), picture.width - sheet.width - 2)
    frame = Pil.new("RGB", (sheet.width + 4, sheet.height + 4), INK)
    picture.paste(frame, (left - 2, round(y * unit) - 2))
    picture.paste(sheet, (left, round(y * unit)))


def _houses(canvas: Canvas, rng: random.Random, *, gap: bool) -> None:
    """A row of houses; those beside the flag are low."""
    left = -4.0
    while left < WIDTH_UNITS:
        width, top = rng.uniform(20, 30), rng.uniform(14, 30)
        hides = gap and left + width > FLAG_AT[0] - 6
        if hides:
            top = 47.5
        wall = rng.choice(_WALLS)
        canvas.box(left, top, left + width, 68, wall)
        canvas.box(left, top, left + width, top + 2.5, shade(wall, 0.7))
        for row in range(int((60 - top) // 12)):
            for column in range(3):
                x = left + 3 + column * width / 3.2
                canvas.box(x, top + 6 + row * 12, x + 4, top + 13 + row * 12, shade(wall, 0.55), 0.4)
        left += width


def _road(canvas: Canvas) -> None:
    canvas.box(0, 66, WIDTH_UNITS, 74, (198, 198, 194))
    canvas.box(0, 74, WIDTH_UNITS, 100, (92, 94, 100))
    for start in range(0, int(WIDTH_UNITS), 16):
        canvas.box(start, 94.5, start + 9, 96, (240, 232, 200))


def _flag(canvas: Canvas, place: GeoPlace) -> None:
    canvas.box(FLAG_AT[0] + 18, 5, FLAG_AT[0] + 19, 68, (110, 110, 116))
    canvas.place(*FLAG_AT)
    draw_flag(canvas, place.country_code)
    canvas.place()


def _shop(canvas: Canvas, rng: random.Random) -> None:
    wall = rng.choice(_WALLS)
    canvas.box(8, 34, 62, 68, wall)
    canvas.box(12, 50, 40, 66, (200, 226, 236), 0.5)
    canvas.box(46, 50, 56, 68, shade(wall, 0.5), 0.5)
    for stripe in range(9):
        canvas.box(8 + stripe * 6, 46, 14 + stripe * 6, 50, (176, 52, 56) if stripe % 2 else (244, 244, 240))


def _vehicle(canvas: Canvas, left: float, top: float, colour: Colour, *, tall: bool = False) -> None:
    if tall:
        canvas.box(left, top - 4, left + 34, top + 13, colour, 1.5)
        canvas.box(left + 27, top - 2, left + 33, top + 4, (160, 200, 220), 0.8)
    else:
        canvas.box(left + 4, top - 3, left + 17, top + 5, shade(colour, 0.8), 2)
        canvas.box(left, top + 2, left + 21, top + 11, colour, 2)
    for x in (left + 5, left + (28 if tall else 16)):
        canvas.ellipse(x, top + (13 if tall else 11), 3, 3, (36, 36, 40))
        canvas.ellipse(x, top + (13 if tall else 11), 1.3, 1.3, (170, 170, 176))
