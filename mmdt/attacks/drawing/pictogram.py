"""Pictograms: draw simple signs for things and actions, and find them again in the pixels of a picture.

Each is a file ``pictograms/<name>.txt`` of 16 lines of 16 characters, with ``#`` for ink. They are drawn in a dark
colour, enlarged by a whole number. To find them, a picture is cut at blank strips and the pieces are matched exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pil

SIDE = 16
"""Pixels along one side before enlargement."""
DARK = 70
"""Pixels darker than this (of 255) are ink. The background of a pictogram must be lighter."""
Mask = NDArray[np.bool_]


@cache
def pictograms() -> dict[str, Mask]:
    """Every pictogram by name, as 16 x 16 masks."""
    folder = files("mmdt.attacks.drawing") / "pictograms"
    found = sorted((entry.name, entry.read_text("utf-8")) for entry in folder.iterdir() if entry.name.endswith(".txt"))
    return {
        name.removesuffix(".txt"): np.array([[mark == "#" for mark in line] for line in text.splitlines()])
        for name, text in found
    }


def draw(picture: Pil.Image, name: str, at: tuple[int, int], scale: int, ink: tuple[int, int, int]) -> None:
    """Draw a pictogram with its upper left corner at ``at`` and each of its pixels ``scale`` wide."""
    mask = Pil.fromarray(pictograms()[name].astype(np.uint8) * 255)
    picture.paste(ink, at, mask.resize((SIDE * scale, SIDE * scale), Pil.Resampling.NEAREST))


def find(picture: Pil.Image) -> list[str]:
    """The names of the pictograms in a picture, from top to bottom."""
    ink = np.asarray(picture.convert("L")) < DARK
    shapes = {mask.tobytes(): name for name, mask in pictograms().items()}
    names = (shapes.get(_shrunk(ink[top:bottom, left:right])) for left, top, right, bottom in _blocks(ink))
    return [name for name in names if name]


def _shrunk(block: Mask) -> bytes:
    """A block of ink at its original size; empty if it is not an enlarged 16 x 16 pattern."""
    scale, rest = divmod(block.shape[0], SIDE)
    if rest or block.shape[0] != block.shape[1]:
        return b""
    small = block[scale // 2 :: scale, scale // 2 :: scale]
    return small.tobytes() if np.array_equal(small.repeat(scale, 0).repeat(scale, 1), block) else b""


def _blocks(ink: Mask) -> Iterator[tuple[int, int, int, int]]:
    """Boxes of ink without a blank row or column, as (left, top, right, bottom)."""
    pending = [(0, 0, ink.shape[1], ink.shape[0])]
    while pending:
        left, top, right, bottom = pending.pop(0)
        part = ink[top:bottom, left:right]
        rows, columns = _runs(np.any(part, axis=1)), _runs(np.any(part, axis=0))
        pieces = [
            (left + start, top + upper, left + end, top + lower) for upper, lower in rows for start, end in columns
        ]
        if pieces == [(left, top, right, bottom)]:
            yield left, top, right, bottom
        else:
            pending.extend(pieces)


def _runs(flags: Mask) -> list[tuple[int, int]]:
    """Start and end of each run of True that is long enough."""
    flat = np.concatenate(([False], flags, [False]))
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    pairs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return [(start, end) for start, end in pairs if end - start >= SIDE]  # anything smaller is not a pictogram
