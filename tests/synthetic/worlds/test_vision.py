"""Vision: objects and text recognised in worlds, measured against the known truth."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from mmdt.attacks.pictures.corruptions import CORRUPTIONS
from mmdt.synthetic.worlds.arrangement import UnplacedThing, arrange
from mmdt.synthetic.worlds.backgrounds import BACKGROUNDS, background
from mmdt.synthetic.worlds.difficulty import Difficulty
from mmdt.synthetic.worlds.palette import COLORS
from mmdt.synthetic.worlds.render import render
from mmdt.synthetic.worlds.scene import Bounds, Frame, Scene, Sign, Thing
from mmdt.synthetic.worlds.sprites.library import ACTIONS, OBJECTS, PERSON
from mmdt.synthetic.worlds.vision.letters import ALPHABET, read
from mmdt.synthetic.worlds.vision.see import see
from mmdt.synthetic.worlds.vision.segment import noise_level, segment


def random_scene(rng: random.Random, level: int) -> Scene:
    difficulty = Difficulty.level(level)
    what = []
    for _ in range(rng.randint(*difficulty.things)):
        figure = rng.random() < 0.25
        kind, action = (PERSON, rng.choice(list(ACTIONS))) if figure else (rng.choice(list(OBJECTS)), "")
        what.append(UnplacedThing(kind, rng.choice(list(COLORS)), action))
    return arrange(rng, what, difficulty)


def overlap(one: Bounds, two: Bounds) -> float:
    """Intersection over union."""
    width, height = min(one[2], two[2]) - max(one[0], two[0]), min(one[3], two[3]) - max(one[1], two[1])
    shared = max(width, 0) * max(height, 0)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, two))
    return shared / (areas - shared)


def measure(scenes: int, level: int, side: int = 256, change: Callable | None = None) -> tuple[float, float]:
    """Precision and recall of kind, colour, action and place together."""
    rng = random.Random(f"vision {level} {side}")
    right = seen = there = 0
    for _ in range(scenes):
        scene = random_scene(rng, level)
        picture = render(scene, side)
        found = see(change(picture) if change else picture)
        left = list(scene.things)
        for each in found:
            own = (each.kind, each.color, each.action)
            match = next(
                (t for t in left if (t.kind, t.color, t.action) == own and overlap(t.box, each.box) > 0.6), None
            )
            if match:
                left.remove(match)
        right += len(scene.things) - len(left)
        seen += len(found)
        there += len(scene.things)
    return right / seen, right / there


@pytest.mark.parametrize("level", [1, 2, 3])
def test_clean_worlds_are_seen(level: int) -> None:
    precision, recall = measure(120, level)
    assert precision >= 0.98
    assert recall >= 0.98


@pytest.mark.parametrize("side", [192, 512])
def test_seeing_does_not_depend_on_the_number_of_pixels(side: int) -> None:
    precision, recall = measure(50, 2, side)
    assert min(precision, recall) >= 0.98


@pytest.mark.parametrize(("level", "least"), [(4, 0.96), (5, 0.92)])
def test_overlapping_things_are_mostly_seen(level: int, least: float) -> None:
    precision, recall = measure(40, level)
    assert precision >= 0.98
    assert recall >= least


@pytest.mark.parametrize(
    ("name", "severity", "least"), [("gaussian_noise", 3, 0.95), ("pixelate", 3, 0.97), ("zoom_blur", 1, 0.93)]
)
def test_corrupted_worlds_are_mostly_seen(name: str, severity: int, least: float) -> None:
    rng = np.random.default_rng(5)
    precision, recall = measure(40, 2, change=lambda picture: CORRUPTIONS[name](picture, severity, rng))
    assert min(precision, recall) >= least


@pytest.mark.parametrize("name", BACKGROUNDS)
def test_empty_scenes_have_no_detections(name: str) -> None:
    picture = background(name, 256)
    assert see(picture) == []
    assert see(render(Scene((), background=name, clutter=60))) == []
    assert segment(picture).noise == 0


def test_boxes_and_signs_are_no_objects_and_hide_none() -> None:
    rng = random.Random(11)
    for _ in range(40):
        scene = arrange(
            rng, [UnplacedThing(rng.choice(list(OBJECTS)), "purple")] * 2, Difficulty.level(2), [(0, 0.75, 1, 1)]
        )
        corners = [(rng.uniform(0.02, 0.6), rng.uniform(0.02, 0.6)) for _ in range(2)]
        frames = tuple(Frame((x, y, x + 0.3, y + rng.uniform(0.15, 0.35)), "red") for x, y in corners)
        signs = (Sign(rng.choice(("TAXI", "OPEN 24", "NO")), 0.5, 0.86, 0.1, rng.choice(("label", "paper"))),)
        found = see(render(replace(scene, frames=frames, signs=signs)))
        assert sorted(each.kind for each in found) == sorted(thing.kind for thing in scene.things)


def test_loose_parts_belong_to_their_object() -> None:
    for action in ("jumping", "waving", "sleeping"):
        thing = Thing(PERSON, "green", 0.5, 0.5, 0.4, action)
        [found] = see(render(Scene((thing,), background="room")))
        assert found.action == action
        assert found.box == pytest.approx(thing.box, abs=0.02)
        assert found.thing().size == pytest.approx(0.4, abs=0.03)


def test_noise_is_estimated() -> None:
    rng = np.random.default_rng(0)
    flat = np.full((200, 200, 3), 128, np.float32)
    assert noise_level(flat) == 0
    assert noise_level(flat + rng.normal(0, 20, flat.shape).astype(np.float32)) == pytest.approx(20, rel=0.05)


def test_odd_pictures_are_seen_as_empty() -> None:
    assert see(Image.new("RGB", (256, 256))) == []
    assert see(Image.new("RGB", (1, 1))) == []
    assert see(Image.new("RGB", (400, 3), "white")) == []
    noise = np.random.default_rng(1).integers(0, 256, (128, 128, 3), np.uint8)
    assert len(see(Image.fromarray(noise))) <= 1
    assert read(Image.fromarray(noise)) == ""


@pytest.mark.parametrize(("height", "side"), [(0.06, 384), (0.1, 256), (0.14, 256), (0.08, 512)])
def test_signs_are_read(height: float, side: int) -> None:
    rng = random.Random(f"{height} {side}")
    for style in ("board", "paper", "label"):
        for _ in range(15):
            words = ["".join(rng.choices(ALPHABET, k=rng.randint(2, 5))).strip("-'.,:/") or "AB" for _ in range(2)]
            text = ("\n" if style == "paper" else " ").join(f"H{word}" for word in words)
            thing = Thing(rng.choice(list(OBJECTS)), rng.choice(list(COLORS)), 0.5, 0.25, 0.35)
            sign = Sign(text, rng.uniform(0.3, 0.7), 0.75, height, style)
            scene = Scene((thing,), (sign,), background=rng.choice(BACKGROUNDS))
            assert read(render(scene, side)) == text


def test_no_text_is_read_where_there_is_none() -> None:
    rng = random.Random(2)
    for _ in range(60):
        assert read(render(random_scene(rng, 3))) == ""
