"""A community card below a portrait: age and heritage in text that can be read back."""

from __future__ import annotations

import re

from PIL import Image as Pil

from mmdt.attacks.drawing import lettering
from mmdt.core.image import Image
from mmdt.synthetic.documents.draw import INK, PAPER

_STYLE = lettering.TextStyle(24, 2, INK, PAPER, 10)
_TEXT = re.compile(r"AGE (\d{1,3})\nHERITAGE ([A-Z]+)")


def with_card(portrait: Pil.Image, age: int, ethnicity: str) -> Pil.Image:
    """A portrait with a card below it."""
    card = lettering.page(f"COMMUNITY CARD\nAGE {age}\nHERITAGE {ethnicity.upper()}", _STYLE)
    picture = Pil.new("RGB", (max(portrait.width, card.width), portrait.height + card.height), PAPER)
    picture.paste(portrait, ((picture.width - portrait.width) // 2, 0))
    picture.paste(card, (0, portrait.height))
    return picture


def read_card(image: Image) -> tuple[int, str] | None:
    """(age, heritage) from the card, or None if there is no card. Raises DataError if the picture is damaged."""
    picture = image.pil()
    lower = picture.crop((0, min(256, picture.height - 1), picture.width, picture.height))
    found = _TEXT.search(lettering.read(lower))
    return (int(found[1]), found[2].lower()) if found else None
