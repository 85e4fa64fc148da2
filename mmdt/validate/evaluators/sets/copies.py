"""Pairs of pictures that are copies, and pairs that are not, from embedded posters or from a user's folder.

Different pictures make pairs that are not copies. So do the two halves of one picture, which share its light and
grain. Altered pictures make copies of every kind.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mmdt.core.case import Case
from mmdt.core.image import Image
from mmdt.core.output import Output
from mmdt.core.protocols import Item
from mmdt.synthetic.posters.alterations import EVERY
from mmdt.synthetic.posters.cases import CELL
from mmdt.validate.evaluators.question import Counts, Question, Seen
from mmdt.validate.evaluators.sets.folder import NamedPicture, read_folder

if TYPE_CHECKING:
    from PIL import Image as Pil

DIFFERENT = "different ones called copies"
HALVES = "halves called copies"


def copy(seed: int, number: int) -> Iterator[Question]:
    """Pairs of drawn posters, each used once."""
    from mmdt.synthetic.posters.poster import collection

    drawn = [NamedPicture(poster.caption, Image.from_pil(poster.picture())) for poster in collection(seed, 2 * number)]
    yield from questions(drawn, seed, number, "posters")


def of_folder(folder: Path, seed: int, number: int) -> Iterator[Question]:
    """Pairs of a folder's pictures, at most two for each pair. Raises DataError if it has fewer than two."""
    found = read_folder(folder, 2 * number, seed)
    yield from questions(found, seed, number, f"{len(found):,} pictures of {folder.name or folder}")


def questions(pictures: Sequence[NamedPicture], seed: int, number: int, condition: str) -> Iterator[Question]:
    """``number`` pairs of different pictures, as many pairs of halves, and as many copies of each kind, as far as the
    pictures reach: each is altered once and halved once."""
    chosen = pictures[:number]
    pairs = list(_rounds(len(pictures), number))
    weight = min(1.0, len(pictures) / 2 / len(pairs))
    for one, other in pairs:
        names = f"taken for copies: {pictures[one].name} and {pictures[other].name}"
        asked = _pair(pictures[one].image, pictures[other].image)
        yield Question((asked,), _called(DIFFERENT, weight), condition, names)
    rng = random.Random(f"copies/{seed}")
    for named in chosen:
        picture = named.image.pil()
        for kind, alter in EVERY.items():
            copied = Image.from_pil(alter(picture, rng))
            yield Question((_pair(copied, named.image),), _called(f"{kind} found"), condition)
        yield Question((_halves(picture, rng),), _called(HALVES), condition)


def _rounds(number: int, wanted: int) -> Iterator[tuple[int, int]]:
    """That many pairs of ``number`` things, no pair twice: in every round each thing has another partner (the circle
    method of tournaments), so that a thing is used again only when all have been."""
    circle: list[int | None] = [*range(number), *([None] if number % 2 else [])]
    half, given = len(circle) // 2, 0
    for _ in range(len(circle) - 1):
        for one, other in zip(circle[:half], reversed(circle[half:]), strict=True):
            if one is not None and other is not None and given < wanted:
                given += 1
                yield one, other
        circle.insert(1, circle.pop())


def _halves(picture: Pil.Image, rng: random.Random) -> Item:
    """Left and right, or upper and lower."""
    width, height = picture.size
    if rng.random() < 0.5:
        boxes = (0, 0, width // 2, height), (width - width // 2, 0, width, height)
    else:
        boxes = (0, 0, width, height // 2), (0, height - height // 2, width, height)
    one, other = (Image.from_pil(picture.crop(box)) for box in boxes)
    return _pair(one, other)


def _pair(picture: Image, reference: Image) -> Item:
    case = Case.make(CELL, "", (reference,))
    return Item(case, Output.answered(images=(picture,)), {"reference": "image"})


def _called(figure: str, weight: float = 1.0) -> Callable[[Seen], Counts]:
    """How often a pair was called a copy. Pairs that share pictures count less: the mean over all pairs of N pictures
    is at least as sure as that over N / 2 pairs without a picture in common (Hoeffding 1963, JASA 58, section 5)."""

    def count(seen: Seen) -> Counts:
        return {figure: (weight * float(bool(seen[0]["near_copy"])), weight)}

    return count
