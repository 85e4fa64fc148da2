from __future__ import annotations

import pytest

from mmdt.core.estimate import Estimate
from mmdt.report.notes import NO_BREAK, extra_notes


def noted(percent=True, **extra):
    notes = extra_notes(Estimate("x", 0.1, 0.0, 0.2, 9, 9, extra=extra), percent=percent)
    return [note.replace(NO_BREAK, " ") for note in notes]


def test_extras_are_named_and_empty_counts_left_out():
    notes = noted(
        p_value=0.0004, excluded=12.0, absent=0.0, mean_of_present=0.5, if_missing_low=0.1, if_missing_high=0.2,
        guess_rate=0.25,
    )  # fmt: skip
    assert notes == [
        "p < 0.001",
        "does not apply to 12",
        "50.0% mean of the available parts",
        "guess rate: 0.250",
        "with missing: 10.0% to 20.0%",
    ]


def test_a_signed_bias_has_notes_on_size_tests_and_bounds():
    notes = noted(False, size=0.176, p=0.0026, p_holm=0.0049, unsure=0.024, worst_low=0.148, worst_high=0.196)
    assert notes == ["size 0.176", "p = 0.003, Holm p = 0.005", "unsure 2.4%: 0.148 to 0.196 in the worst case"]


def test_a_wider_test_names_its_subject():
    assert noted(p_race=0.0001, p_race_holm=0.012) == ["race: p < 0.001, Holm p = 0.012"]


def test_without_unsure_readings_there_are_no_bounds():
    assert noted(unsure=0.0, worst_low=0.1, worst_high=0.1) == ["unsure 0.0%"]
    assert noted(unsure=0.2) == ["unsure 20.0%"]


@pytest.mark.parametrize("percent", [True, False])
def test_shares_are_shares_whatever_the_unit(percent):
    assert noted(percent, unstable=0.165, unknown=0.3) == ["unstable 16.5%", "unknown 30.0%"]
    assert noted(percent, chance=0.375) == ["37.5% expected by chance" if percent else "0.375 expected by chance"]


def test_a_p_value_of_zero_is_shown():
    assert noted(p_value=0.0) == ["p < 0.001"]
