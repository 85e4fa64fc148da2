"""Counts that a reply gives: what must hold for any counts."""

from hypothesis import given
from hypothesis import strategies as st

from mmdt.perspectives.shared.counting import counts_in_reply

KINDS = ("cat", "dog", "cup")
COUNTS = st.dictionaries(st.sampled_from(KINDS), st.integers(0, 3) | st.none())


@given(COUNTS)
def test_counts_share(found):
    given = {"cat": None, "dog": None, **found}
    share = counts_in_reply({"counts": given}, {"Cat": 2, "dog": 1})
    assert share.soft == ((found.get("cat") == 2) + (found.get("dog") == 1)) / 2
    assert share.strict == float(share.soft == 1)


@given(COUNTS, st.sampled_from(("cat", "dog")))
def test_a_number_that_the_counter_cannot_tell_is_no_share(found, name):
    given = {"cat": None, "dog": None, **found}
    assert counts_in_reply({"counts": given, "unclear": [name]}, {"Cat": 2, "dog": 1}) is None
    assert counts_in_reply({"counts": {name: 1}}, {"Cat": 2, "dog": 1}) is None


def test_a_judge_may_name_the_objects_in_the_plural():
    assert counts_in_reply({"counts": {"Cats": 2}}, {"cat": 2}).strict == 1
