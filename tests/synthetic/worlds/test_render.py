"""Pictures: the same scene gives the same pixels, and things are where the scene says."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmdt.errors import UsageError
from mmdt.synthetic.worlds.arrangement import SMALLEST_AREA, UnplacedThing, arrange
from mmdt.synthetic.worlds.backgrounds import BACKGROUNDS, background
from mmdt.synthetic.worlds.difficulty import LEVELS, Difficulty
from mmdt.synthetic.worlds.palette import COLORS
from mmdt.synthetic.worlds.render import render
from mmdt.synthetic.worlds.scene import Frame, Scene, Sign, Thing
from mmdt.synthetic.worlds.sprites.library import ACTIONS, OBJECTS, PERSON

objects = st.builds(UnplacedThing, st.sampled_from(list(OBJECTS)), st.sampled_from(list(COLORS)))
figures = st.builds(UnplacedThing, st.just(PERSON), st.sampled_from(list(COLORS)), st.sampled_from(list(ACTIONS)))
contents = st.lists(objects | figures, min_size=1, max_size=7)


def overlap(one: Thing, two: Thing) -> float:
    """The shared area as a share of the smaller box."""
    a, b = one.box, two.box
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return max(width, 0) * max(height, 0) / smaller


@given(contents, st.integers(0, 2**32), st.sampled_from(LEVELS))
@settings(max_examples=60, deadline=None)
def test_arranged_things_are_visible_inside_and_apart(what: list[UnplacedThing], seed: int, level: int) -> None:
    difficulty = Difficulty.level(level)
    scene = arrange(random.Random(seed), what, difficulty)
    assert [(thing.kind, thing.color, thing.action) for thing in scene.things] == [
        (item.kind, item.color, item.action) for item in what
    ]
    for index, thing in enumerate(scene.things):
        x0, y0, x1, y1 = thing.box
        assert 0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1
        assert (x1 - x0) * (y1 - y0) >= SMALLEST_AREA * 0.999
        assert all(overlap(thing, other) <= difficulty.overlap + 1e-9 for other in scene.things[:index])


@given(contents, st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_the_same_seed_gives_the_same_pixels(what: list[UnplacedThing], seed: int) -> None:
    first, second = (render(arrange(random.Random(seed), what, Difficulty.level(3)), 128) for _ in range(2))
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("kind", list(OBJECTS))
def test_a_thing_is_drawn_in_its_box(kind: str) -> None:
    thing = Thing(kind, "red", 0.43, 0.58, 0.36)
    picture = render(Scene((thing,), background="plain"), 256)
    changed = np.abs(np.asarray(picture, int) - np.asarray(background("plain", 256), int)).max(axis=-1) > 8
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    found = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]) / 256
    assert found == pytest.approx(np.array(thing.box), abs=2 / 256)


@pytest.mark.parametrize("name", BACKGROUNDS)
def test_backgrounds_are_pale(name: str) -> None:
    assert np.asarray(background(name, 64)).min() > 170


def test_signs_frames_and_clutter_change_the_picture() -> None:
    plain = Scene((Thing("cat", "black", 0.3, 0.3, 0.3),))
    pictures = [
        render(scene).tobytes()
        for scene in (
            plain,
            replace(plain, signs=(Sign("OPEN", 0.5, 0.8, 0.08),)),
            replace(plain, frames=(Frame((0.5, 0.5, 0.9, 0.9), "red"),)),
            replace(plain, clutter=10),
            replace(plain, clutter=10, seed=1),
        )
    ]
    assert len(set(pictures)) == 5


def test_long_text_is_set_smaller_until_it_fits() -> None:
    picture = render(Scene((), signs=(Sign("A VERY LONG NOTICE INDEED", 0.5, 0.5, 0.2),), background="plain"), 256)
    ground = np.asarray(background("plain", 256), int)
    changed = np.flatnonzero(np.abs(np.asarray(picture, int) - ground).max(axis=(0, 2)) > 8)
    assert changed[0] > 0
    assert changed[-1] < 255


def test_difficulty_grows_with_the_level() -> None:
    levels = [Difficulty.level(level) for level in LEVELS]
    for easier, harder in pairwise(levels):
        assert harder.things[1] > easier.things[1]
        assert harder.overlap >= easier.overlap
        assert harder.clutter >= easier.clutter
        assert harder.similar >= easier.similar
        assert harder.contrast > easier.contrast
    with pytest.raises(UsageError, match="must be 1 to 5, got 6"):
        Difficulty.level(6)


def test_too_many_things_are_refused() -> None:
    with pytest.raises(UsageError, match="no room for 80"):
        arrange(random.Random(0), [UnplacedThing("house", "red")] * 80, Difficulty.level(2))
