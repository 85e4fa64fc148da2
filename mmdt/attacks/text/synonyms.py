"""Everyday synonyms: words a reader takes for one another, for rewording attacks and for readers that must cope."""

from __future__ import annotations

SYNONYMS: dict[str, tuple[str, ...]] = {
    "car": ("automobile", "motorcar"),
    "house": ("home", "cottage"),
    "boat": ("sailboat", "ship"),
    "cat": ("kitty", "pussycat"),
    "bird": ("birdie",),
    "cup": ("mug", "teacup"),
    "book": ("volume",),
    "umbrella": ("brolly",),
    "clock": ("timepiece",),
    "hat": ("top hat",),
    "chair": ("seat",),
    "rocket": ("spaceship",),
    "flower": ("blossom",),
    "mushroom": ("toadstool",),
    "ball": ("beach ball",),
    "person": ("somebody",),
    "large": ("big", "huge"),
    "small": ("little", "tiny"),
    "red": ("scarlet",),
    "blue": ("azure",),
    "yellow": ("lemon-coloured",),
    "green": ("emerald",),
    "purple": ("violet",),
    "pink": ("rosy",),
    "brown": ("chestnut",),
    "black": ("jet-black",),
    "white": ("snow-white",),
    "orange": ("tangerine",),
    "above": ("over", "on top of"),
    "below": ("under", "beneath"),
    "to the left of": ("on the left side of", "left of"),
    "to the right of": ("on the right side of", "right of"),
}
"""Plain word or phrase -> what may stand in its place."""
