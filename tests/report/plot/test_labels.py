from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from mmdt.report.plot.labels import LONGEST, LabeledPoint, Rectangle, place_labels, shortened, width

FRAME = Rectangle(78, 24, 558, 384)
REACH = 7.0
names = st.sampled_from(["a", "organism/demo", "openai/gpt-image-1", "x" * LONGEST, "模型/一号"])
spots = st.builds(LabeledPoint, st.floats(FRAME.left, FRAME.right), st.floats(FRAME.top, FRAME.bottom), names)


@settings(max_examples=60, deadline=None)
@given(st.lists(spots, min_size=2, max_size=14))
def test_labels_cover_no_label_or_mark_and_stay_in_the_frame(found):
    labels = [label for label in place_labels(found, FRAME, REACH) if label]
    assert not any(one.box.meets(other.box) for one, other in combinations(labels, 2))
    marks = [Rectangle.around(spot.x, spot.y, REACH) for spot in found]
    assert not any(label.box.meets(mark) for label in labels for mark in marks)
    assert all(label.box.within(FRAME) for label in labels)


@settings(max_examples=40, deadline=None)
@given(st.lists(spots, min_size=2, max_size=8))
def test_a_few_models_all_have_labels(found):
    assert all(place_labels(found, FRAME, REACH))


def test_models_at_the_same_point_get_labels_connected_to_it():
    labels = place_labels([LabeledPoint(300, 200, f"model {number}") for number in range(12)], FRAME, REACH)
    assert all(labels)
    assert [each.line for each in labels].count(None) < 12
    for each in labels:
        assert each.line is None or each.line[:2] == (300, 200)


def test_a_label_avoids_intervals_if_possible():
    arms = (Rectangle(200, 199, 400, 201), Rectangle(299, 100, 301, 300))
    (label,) = place_labels([LabeledPoint(300, 200, "model", arms)], FRAME, REACH)
    assert not any(label.box.meets(arm) for arm in arms)


def test_a_label_that_does_not_fit_is_left_out():
    assert place_labels([LabeledPoint(85, 30, "a name that is too long")], Rectangle(80, 26, 100, 40), REACH) == [None]


def test_long_names_keep_their_beginning_and_their_end():
    name = "provider/a-model-with-a-very-long-name-2026-01-31"
    assert shortened("openai/gpt-4o") == "openai/gpt-4o"
    assert len(shortened(name)) == LONGEST
    assert shortened(name).startswith("provider/a-mod") and shortened(name).endswith("2026-01-31")
    assert width("模型") > width("ab")
