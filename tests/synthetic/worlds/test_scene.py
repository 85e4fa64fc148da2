"""Scenes: relations by centres, and the truth that goes with a picture."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mmdt.synthetic.worlds.scene import OPPOSITE, Scene, Thing, clearly_related, relation, relation_of

shift = st.floats(-1, 1, allow_nan=False)


@pytest.mark.parametrize(
    ("dx", "dy", "expected"),
    [(-0.3, 0.1, "left"), (0.3, -0.29, "right"), (0.1, -0.2, "above"), (0.1, 0.1, "below"), (-0.1, -0.1, "above")],
)
def test_relation_by_hand(dx: float, dy: float, expected: str) -> None:
    assert relation(dx, dy) == expected


@given(shift, shift)
def test_relation_is_antisymmetric(dx: float, dy: float) -> None:
    assume(dx != 0 and dy != 0)
    assert OPPOSITE[relation(dx, dy)] == relation(-dx, -dy)


@given(st.tuples(shift, shift), st.tuples(shift, shift))
def test_clear_relations_survive_a_small_error(one: tuple[float, float], two: tuple[float, float]) -> None:
    first, second = Thing("cat", "red", *one, 0.2), Thing("car", "blue", *two, 0.2)
    assume(clearly_related(first, second))
    nudged = Thing("cat", "red", first.x + 0.02, first.y - 0.02, 0.2)
    assert relation_of(nudged, second) == relation_of(first, second)


def test_finding_and_counting() -> None:
    scene = Scene(
        (Thing("cat", "red", 0.2, 0.2, 0.2), Thing("cat", "blue", 0.8, 0.2, 0.2), Thing("car", "red", 0.5, 0.8, 0.3))
    )
    assert scene.counts() == {"cat": 2, "car": 1}
    assert [thing.kind for thing in scene.find(color="red")] == ["cat", "car"]
    assert scene.find("cat", "blue") == (scene.things[1],)
    assert scene.find("dog") == ()


def test_the_longer_side_of_the_box_is_the_size() -> None:
    for kind in ("key", "umbrella", "balloon"):
        x0, y0, x1, y1 = Thing(kind, "red", 0.5, 0.4, 0.3).box
        assert max(x1 - x0, y1 - y0) == pytest.approx(0.3)
        assert ((x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx((0.5, 0.4))
