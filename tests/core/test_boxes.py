"""Arithmetic of boxes, by hand-computed cases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.core.boxes import Box, distinct, from_centre, overlap, strong
from mmdt.evaluators.detector.phrases import best_phrase, phrase_spans

SHARES = st.floats(0, 1, allow_nan=False)
BOXES = st.builds(
    lambda label, score, x, y, w, h: Box(label, score, from_centre(x, y, w, h)),
    st.sampled_from(["cat", "dog"]),
    SHARES,
    SHARES,
    SHARES,
    SHARES,
    SHARES,
)


def box(left: float, top: float, right: float, bottom: float, score: float = 0.9, label: str = "cat") -> Box:
    return Box(label, score, (left, top, right, bottom))


def test_centre_and_size_become_corners() -> None:
    assert from_centre(0.5, 0.25, 0.5, 0.25) == (0.25, 0.125, 0.75, 0.375)


def test_what_lies_outside_the_picture_is_cut_off() -> None:
    assert from_centre(0.125, 1.0, 0.5, 0.5) == (0.0, 0.75, 0.375, 1.0)


def test_area_is_a_share_of_the_picture() -> None:
    assert box(0.25, 0.0, 0.75, 0.5).area == 0.25


def test_overlap_of_two_halves_that_share_a_quarter() -> None:
    # Each covers 0.5; they share 0.25; together 0.75.
    assert overlap(box(0, 0, 0.5, 1), box(0.25, 0, 0.75, 1)) == pytest.approx(0.25 / 0.75)


def test_boxes_apart_or_without_area_do_not_overlap() -> None:
    assert overlap(box(0, 0, 0.25, 1), box(0.5, 0, 1, 1)) == 0
    assert overlap(box(0.5, 0.5, 0.5, 0.5), box(0.5, 0.5, 0.5, 0.5)) == 0


def test_threshold_is_exceeded_and_floor_is_reached() -> None:
    boxes = [box(0, 0, 1, 1, 0.5), box(0, 0, 1, 1, 0.51), box(0, 0, 0.1, 0.1, 0.9), box(0, 0, 0.125, 0.125, 0.8)]
    # 0.5 is not above 0.5; 0.1 * 0.1 is under 0.015625 = 0.125 * 0.125, which is kept.
    assert [kept.score for kept in strong(boxes, 0.5, 0.015625)] == [0.51, 0.8]


def test_the_weaker_of_two_boxes_on_one_thing_goes() -> None:
    weak, best, apart = box(0, 0, 0.5, 0.9, 0.6), box(0, 0, 0.5, 1, 0.8), box(0.5, 0, 1, 1, 0.7)
    assert distinct([weak, best, apart], 0.8) == [best, apart]  # overlap of the first two: 0.9
    assert distinct([weak, best, apart], 0.95) == [best, apart, weak]


def test_boxes_of_different_labels_do_not_suppress_one_another() -> None:
    cup, table = box(0, 0, 1, 1, 0.9, "cup"), box(0, 0, 1, 1, 0.8, "table")
    assert distinct([table, cup], 0.5) == [cup, table]


def test_phrases_stand_between_separators() -> None:
    # [CLS] a cat . traffic light . [SEP] [PAD]
    assert phrase_spans([101, 7, 8, 1012, 9, 10, 1012, 102, 0], frozenset({101, 102, 1012, 0})) == [[1, 2], [4, 5]]


def test_a_box_goes_to_the_phrase_with_its_strongest_token() -> None:
    spans = [[1, 2], [4, 5]]
    scores = [0.99, 0.1, 0.45, 0.98, 0.2, 0.6, 0.97]  # separators do not count, however strong
    assert best_phrase(scores, spans, 0.4) == (1, 0.6)
    assert best_phrase(scores, spans, 0.6) is None


@given(st.lists(BOXES, max_size=8), SHARES)
def test_distinct_boxes_of_a_label_overlap_little(boxes: list[Box], most: float) -> None:
    kept = distinct(boxes, most)
    assert all(
        one.label != other.label or overlap(one, other) <= most
        for place, one in enumerate(kept)
        for other in kept[:place]
    )
    assert {box.label for box in kept} == {box.label for box in boxes}
    assert distinct(kept, most) == kept


@given(BOXES, BOXES)
def test_overlap_is_symmetric_and_at_most_one(one: Box, other: Box) -> None:
    assert overlap(one, other) == pytest.approx(overlap(other, one))
    assert 0 <= overlap(one, other) <= 1 + 1e-9
