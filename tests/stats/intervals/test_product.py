"""The interval of a product of two means: by hand."""

import math

import pytest

from mmdt.core.estimate import Estimate
from mmdt.stats.intervals.product import product_interval


def test_limits_of_a_product():
    certain = Estimate("m", 0.5, 0.5, 0.5, 9, 9)
    assert product_interval(Estimate("m", 0.4, 0.3, 0.6, 9, 9), certain) == pytest.approx((0.15, 0.3))
    low, high = product_interval(Estimate("m", 0.4, 0.3, 0.5, 9, 9), Estimate("m", 0.5, 0.4, 0.6, 9, 9))
    assert (low, high) == pytest.approx((0.2 - math.hypot(0.05, 0.04), 0.2 + math.hypot(0.05, 0.04)))
