"""Counts that a reply gives: what must hold for any counts."""

from hypothesis import given
from hypothesis import strategies as st

from mmdt.perspectives.shared.counting import counts_in_reply

KINDS = ("cat", "dog", "cup")


@given(st.dictionaries(st.sampled_from(KINDS), st.integers(0, 3) | st.none()))
def test_counts_share(found):
    share = counts_in_reply(found, {"Cat": 2, "dog": 1})
    assert share.soft == ((found.get("cat") == 2) + (found.get("dog") == 1)) / 2
    assert share.strict == float(share.soft == 1)
