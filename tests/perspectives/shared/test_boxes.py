"""Objects, counts and positions by the boxes in a picture: by hand, and what must hold for any boxes."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mmdt.core.boxes import Box, boxes_of
from mmdt.core.observation import Observation
from mmdt.perspectives.shared.counting import counts_in_picture
from mmdt.perspectives.shared.objects import objects_found, present_and_absent
from mmdt.perspectives.shared.positions import relations_hold
from mmdt.perspectives.shared.relations import OPPOSITE, relation_between, relation_word
from mmdt.perspectives.shared.share import Share

NAMES = ["cat", "dog", "cup", "ball"]
corner = st.integers(0, 90).map(lambda value: value / 100)


@st.composite
def a_box(draw, label=None):
    x, y = draw(corner), draw(corner)
    name = label or draw(st.sampled_from(NAMES))
    return Box(name, 0.9, (x, y, x + draw(st.integers(1, 10)) / 100, y + draw(st.integers(1, 10)) / 100))


boxes = st.lists(a_box(), max_size=8)
names = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True)


def at(label, x, y, score=0.9):
    return Box(label, score, (x - 0.05, y - 0.05, x + 0.05, y + 0.05))


def test_boxes_are_read_and_weak_ones_left_out():
    seen = {
        "boxes": [
            {"label": "Cat", "score": 0.6, "box": [0, 0, 0.5, 0.2]},
            {"label": "cat", "score": 0.3, "box": [0, 0, 1, 1]},
        ]
    }
    (box,) = boxes_of(Observation(seen), least_score=0.5)
    assert box.area == pytest.approx(0.1)
    assert box.center == (0.25, 0.1)


def test_identification_by_hand():
    share = objects_found(["cat", "dog", "cup"], [at("cat", 0.2, 0.2), at("Dog", 0.5, 0.5), at("cat", 0.8, 0.8)])
    assert share.soft == pytest.approx(2 / 3)
    assert share.strict == 0


def test_counterfactual_by_hand():
    share = present_and_absent(["cat", "dog"], ["cup"], [at("cat", 0.2, 0.2)])
    assert share.soft == pytest.approx((1 / 2 + 1) / 2)
    assert present_and_absent([], ["cup"], [at("cup", 0.1, 0.1)]).soft == 0


def test_counts_by_hand():
    share = counts_in_picture(
        {"cat": 2, "dog": 1, "cup": 0}, [at("cat", 0.2, 0.2), at("cat", 0.6, 0.2), at("cup", 0.9, 0.9)]
    )
    assert share.soft == pytest.approx(1 / 3)


def test_spatial_by_hand():
    seen = [at("cat", 0.2, 0.5), at("dog", 0.8, 0.5), at("cup", 0.5, 0.1)]
    relations = ["left", "below", "above"]  # cat-dog holds; dog-cup and cup-cat differ by |dy| = 0.4 > |dx| = 0.3
    assert relations_hold(["cat", "dog", "cup"], relations, seen) == Share(1.0, 1.0)
    assert relations_hold(
        ["cat", "dog", "cup"], ["left of", "to the right of", "on top of"], seen
    ).soft == pytest.approx(2 / 3)


def test_an_object_found_twice_counts_for_no_pair():
    seen = [at("cat", 0.2, 0.5), at("dog", 0.8, 0.5), at("cat", 0.1, 0.5)]
    assert relations_hold(["cat", "dog"], ["left"], seen).soft == 0


@given(a_box("cat"), a_box("dog"))
def test_relations_are_antisymmetric(one, other):
    assume(one.center != other.center)
    assert relation_between(other, one) == OPPOSITE[relation_between(one, other)]


@given(names, boxes)
def test_soft_is_never_below_strict_and_order_changes_nothing(wanted, seen):
    forward, backward = objects_found(wanted, seen), objects_found(wanted[::-1], seen[::-1])
    assert forward == backward
    assert forward.soft >= forward.strict
    number = dict.fromkeys(wanted, 1)
    assert counts_in_picture(number, seen) == counts_in_picture(dict(reversed(number.items())), seen[::-1])
    assert counts_in_picture(number, seen).soft >= counts_in_picture(number, seen).strict


@given(st.permutations(NAMES).map(lambda found: found[:3]), boxes)
def test_rotating_the_triple_keeps_the_score(triple, seen):
    named = ["left", "above", "right"]
    turned = relations_hold(triple[1:] + triple[:1], named[1:] + named[:1], seen)
    assert relations_hold(triple, named, seen).soft == pytest.approx(turned.soft)


@pytest.mark.parametrize(
    ("text", "word"),
    [("to the left of", "left"), ("on top of", "above"), ("beneath", "below"), ("RIGHT", "right"), ("near", None)],
)
def test_relation_words(text, word):
    assert relation_word(text) == word


def test_nothing_asked_for_is_an_error():
    with pytest.raises(ValueError, match="nothing"):
        objects_found([], [])
    with pytest.raises(ValueError, match="relations"):
        relations_hold(["cat", "dog", "cup"], ["left"], [])
