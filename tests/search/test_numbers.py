"""The numbers of a search that are not curves."""

from types import SimpleNamespace

import pytest

from mmdt.search.hunt import HuntId
from mmdt.search.numbers import _transfers
from mmdt.stats.intervals.wilson import wilson


def tried(outcomes, methods=("tap",)):
    """What each method found on a for each behaviour, tried on b."""
    return [
        SimpleNamespace(origin={"model": "a"}, harmful=harmful, hunt=HuntId("b", method, f"behaviour-{number}"))
        for number, harmful in enumerate(outcomes)
        for method in methods
    ]


def test_a_transfer_with_one_case_a_behaviour_has_wilsons_interval():
    (found,) = _transfers(tried([True, True, False, None, False, False]))
    assert (found.source, found.target, found.tried, found.worked) == ("a", "b", 5, 2)
    assert (found.low, found.high) == pytest.approx(wilson(2, 5))


def test_what_several_methods_found_for_a_behaviour_is_no_larger_sample():
    once, thrice = (next(_transfers(tried([False] * 6, methods))) for methods in (("tap",), ("tap", "pair", "random")))
    assert (once.tried, thrice.tried) == (6, 18)
    assert (once.low, once.high) == pytest.approx(wilson(0, 6))
    assert (thrice.low, thrice.high) == pytest.approx(wilson(0, 6))
