"""The spread over transformations, and how far their mean depends on any one of them."""

import pytest

from mmdt.core.score import Score, Scored
from mmdt.perspectives.ood.scenarios import CORRUPTIONS, PERSPECTIVE, REPLY_TASKS, STYLES
from mmdt.report.notes import extra_notes
from mmdt.stats.scorecard import scorecard

RIGHT = dict(zip((*CORRUPTIONS, *STYLES), (10, 8, 6, 5, 3, 1), strict=True))
"""Of ten answers to each task."""


def rows(names):
    scenarios = {each.name: each for each in PERSPECTIVE.scenarios if each.modality == "i2t"}
    for name in names:
        for task in REPLY_TASKS:
            for number in range(10):
                score = Score({"right": float(number < RIGHT[name])})
                yield Scored(f"{name}{task}{number}", scenarios[name].cell(task), f"{task}{number}", 0, score)


def test_spread_and_leave_one_out():
    card = scorecard([PERSPECTIVE], rows(RIGHT))
    whole = card.result("ood/i2t").estimate()
    assert whole.value == pytest.approx(0.55)
    assert whole.extra["spread"] == pytest.approx(0.9)
    assert whole.extra["without_one_low"] == pytest.approx(2.3 / 5)
    assert whole.extra["without_one_high"] == pytest.approx(3.2 / 5)
    corruptions = card.result("ood/i2t/corruptions").estimate()
    assert corruptions.extra["spread"] == pytest.approx(0.4)
    assert any("46.0" in note and "64.0" in note for note in extra_notes(whole, percent=True))


def test_without_every_transformation_there_is_no_range():
    card = scorecard([PERSPECTIVE], rows(CORRUPTIONS[:2]))
    assert "spread" not in card.result("ood/i2t/corruptions").estimate().extra
