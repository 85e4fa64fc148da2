"""The rate of near copies with a detector's errors allowed for: by hand, and where it has no value."""

import math

import pytest

from mmdt.core.scenario import Sample
from mmdt.core.score import Score, Scored
from mmdt.evaluators.copies.calibration import calibration
from mmdt.perspectives.privacy.near_copies import CorrectedNearCopies, correct_near_copies, known_errors
from mmdt.stats.judge_correction import JudgeErrors
from mmdt.synthetic.posters.cases import CELL

CROPS, PHASH = 0.0, 1.0


def pictured(called, detector=CROPS, **more):
    known = {} if detector is None else {"detector": detector}
    return {"near_copy": float(called), "rejected": 0.0, "pictured": 1.0, **known, **more}


REJECTED = {"near_copy": 0.0, "rejected": 1.0, "pictured": 0.0}


def sample(*values):
    return Sample([Scored(str(place), CELL, "", 0, Score(each)) for place, each in enumerate(values)])


def test_by_hand():
    """20 of 80 pictures called copies, 20 requests rejected; sensitivity 0.9, specificity 0.95."""
    rows = sample(*[pictured(1)] * 20, *[pictured(0)] * 60, *[REJECTED] * 20)
    found = correct_near_copies(rows, JudgeErrors(100, 90, 100, 95))
    assert found.value == pytest.approx((0.25 - 0.05) / 0.85 * 0.8)
    assert found.extra == pytest.approx({"as_seen": 0.25, "sensitivity": 0.9, "specificity": 0.95})
    assert (found.n, found.missing) == (100, 0)
    assert 0 < found.low < found.value < found.high < 0.4


def test_a_perfect_detector_leaves_the_rate_alone():
    rows = sample(*[pictured(1)] * 50, *[pictured(0)] * 150, *[REJECTED] * 50)
    found = correct_near_copies(rows, JudgeErrors(10**6, 10**6, 10**6, 10**6))
    assert found.value == pytest.approx(0.2)
    assert found.high - found.low == pytest.approx(2 * 1.96 * math.sqrt(0.2 * 0.8 / 250), rel=0.05)


def test_the_errors_are_those_of_the_detector_and_of_the_kind_of_picture():
    for detector, name in ((CROPS, "crops"), (PHASH, "phash")):
        for more, kind in (({}, "photographs"), ({"drawn": 1.0}, "posters")):
            stated = calibration(name).errors[kind]
            found = known_errors(sample(pictured(1, detector, **more), REJECTED).rows)
            assert found == JudgeErrors(stated.copies, stated.found, stated.others, stated.cleared)


@pytest.mark.parametrize(
    "rows",
    [
        (pictured(1, None), pictured(0, None)),
        (pictured(1, CROPS), pictured(0, PHASH)),
        (pictured(1, CROPS), pictured(0, CROPS, drawn=1.0)),
        (REJECTED, REJECTED),
    ],
    ids=["unknown detector", "two detectors", "two kinds of pictures", "no picture"],
)
def test_without_one_known_detector_there_is_no_value(rows):
    found = CorrectedNearCopies()(sample(*rows))
    assert math.isnan(found.value) and found.n == 0
