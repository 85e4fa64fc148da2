"""Pictures with known truth: drawn worlds, clean and corrupted, and signs."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image as Pil

from mmdt.attacks.pictures.corruptions import CORRUPTIONS
from mmdt.core.image import Image
from mmdt.evaluators.judge.prompt import question
from mmdt.synthetic.worlds.arrangement import UnplacedThing, arrange
from mmdt.synthetic.worlds.backgrounds import BACKGROUNDS
from mmdt.synthetic.worlds.difficulty import DEFAULT
from mmdt.synthetic.worlds.language.meaning import Meaning, ObjectSpec
from mmdt.synthetic.worlds.language.vocabulary import COLOR_NAMES, KINDS
from mmdt.synthetic.worlds.language.wording import request
from mmdt.synthetic.worlds.render import render
from mmdt.synthetic.worlds.scene import Bounds, Scene, Sign, Thing
from mmdt.validate.evaluators.question import Counts, Question, Seen, item, verdict

SEVERITY = 3
CONDITIONS = ("clean", "gaussian_noise", "zoom_blur", "pixelate")
OVERLAP = 0.5
"""A box is right where intersection over union with a thing of its label reaches this."""
_SIDE = 256


def detector(seed: int, number: int) -> Iterator[Question]:
    """Precision and recall of boxes; kinds that are not there are asked for as well."""
    for condition in CONDITIONS:
        rng = random.Random(f"detector/{seed}")  # the same worlds under every condition
        for _ in range(number):
            scene = _scene(rng, rng.randint(2, 5))
            kinds = [thing.kind for thing in scene.things]
            labels = list(dict.fromkeys(kinds)) + rng.sample([kind for kind in KINDS if kind not in kinds], 2)
            rng.shuffle(labels)
            asked = {"labels": labels, "box_threshold": 0.5, "text_threshold": 0.4, "area_floor": 0.01}
            yield Question((item("detector", asked, image=_shown(scene, condition, rng)),), _boxes(scene), condition)


def vqa(seed: int, number: int) -> Iterator[Question]:
    """Yes/no questions about colours, as many with the answer yes as with no."""
    for condition in CONDITIONS:
        rng = random.Random(f"vqa/{seed}")
        for place in range(number):
            scene = _scene(rng, rng.randint(2, 4), distinct=True)
            thing = rng.choice(scene.things)
            color = thing.color if place % 2 else rng.choice([each for each in COLOR_NAMES if each != thing.color])
            text = rng.choice((f"Is the {thing.kind} {color}?", f"Is there a {color} {thing.kind} in the image?"))
            asked = question("yes-no-image", question=text)
            shown = _shown(scene, condition, rng)
            yield Question((item("vqa", asked, image=shown),), verdict(color == thing.color), condition)


def ocr(seed: int, number: int) -> Iterator[Question]:
    """Characters and whole texts read rightly from signs."""
    for condition in CONDITIONS:
        rng = random.Random(f"ocr/{seed}")
        for _ in range(number):
            text = " ".join(_word(rng) for _ in range(rng.randint(1, 2)))
            sign = Sign(text, 0.5, rng.uniform(0.35, 0.65), rng.uniform(0.1, 0.14), rng.choice(("board", "label")))
            scene = Scene((), (sign,), background=rng.choice(BACKGROUNDS))
            yield Question((item("ocr", {}, image=_shown(scene, condition, rng)),), _characters(text), condition)


def similarity(seed: int, number: int) -> Iterator[Question]:
    """How often a picture is closer to its own prompt than to another picture's."""
    rng = random.Random(f"similarity/{seed}")
    for _ in range(number):
        kinds = rng.sample(KINDS, 4)
        scene = _scene(rng, 2, of=kinds[:2])
        own, other = (request(Meaning(tuple(map(ObjectSpec, pair))), rng) for pair in (kinds[:2], kinds[2:]))
        shown = _shown(scene, "clean", rng)
        yield Question(tuple(item("similarity", {"prompt": each}, image=shown) for each in (own, other)), _closer)


def _scene(rng: random.Random, number: int, *, distinct: bool = False, of: Sequence[str] = ()) -> Scene:
    kinds = of or (rng.sample(KINDS, number) if distinct else rng.choices(KINDS, k=number))
    return arrange(rng, [UnplacedThing(kind, rng.choice(COLOR_NAMES)) for kind in kinds], DEFAULT)


def _shown(scene: Scene, condition: str, rng: random.Random) -> Image:
    picture: Pil.Image = render(scene, _SIDE)
    noise = np.random.default_rng(rng.randrange(2**32))
    if condition != "clean":
        picture = CORRUPTIONS[condition](picture, SEVERITY, noise)
    return Image.from_pil(picture)


def _word(rng: random.Random) -> str:
    return "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=rng.randint(3, 7)))


def _boxes(scene: Scene) -> Any:
    def count(seen: Seen) -> Counts:
        found, left, right = seen[0]["boxes"], list(scene.things), 0
        for box in found:
            match = next((thing for thing in left if _same(thing, box)), None)
            if match is not None:
                left.remove(match)
                right += 1
        return {"precision": (right, len(found)), "recall": (right, len(scene.things))}

    return count


def _same(thing: Thing, box: Mapping[str, Any]) -> bool:
    return thing.kind == box["label"] and _overlap(thing.box, tuple(box["box"])) >= OVERLAP


def _overlap(one: Bounds, other: Bounds) -> float:
    """Intersection over union."""
    width = max(min(one[2], other[2]) - max(one[0], other[0]), 0.0)
    height = max(min(one[3], other[3]) - max(one[1], other[1]), 0.0)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return width * height / (areas - width * height)


def _characters(text: str) -> Any:
    """Case and spaces aside; an error is a letter to put in, take out or change (Levenshtein)."""

    def count(seen: Seen) -> Counts:
        sought, read = ("".join(each.casefold().split()) for each in (text, str(seen[0]["text"])))
        right = max(len(sought) - distance(sought, read), 0)
        return {"characters": (right, len(sought)), "whole texts": (float(sought == read), 1)}

    return count


def distance(one: str, other: str) -> int:
    """Levenshtein's distance."""
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        corner, row[0] = row[0], place
        for column, against in enumerate(other, 1):
            corner, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, corner + (letter != against))
    return row[-1]


def _closer(seen: Seen) -> Counts:
    return {"own prompt closer": (float(seen[0]["similarity"] > seen[1]["similarity"]), 1)}
