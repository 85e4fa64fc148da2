import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.stats.holm import holm

p_values = st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=12)


def test_holm_by_hand():
    found = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})
    assert found == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06, "d": 0.02})
    assert list(found) == ["a", "b", "c", "d"]


def test_what_was_not_tested_does_not_count():
    found = holm({"a": 0.03, "b": math.nan})
    assert found["a"] == 0.03
    assert math.isnan(found["b"])


@given(p_values)
def test_adjusted_values_keep_the_order_and_lie_between_plain_and_bonferroni(given_values):
    found = holm(given_values)
    for name, p in given_values.items():
        assert p <= found[name] <= min(1, p * len(given_values)) + 1e-15
    ranked = sorted(given_values, key=lambda name: given_values[name])
    assert [found[name] for name in ranked] == sorted(found.values())
