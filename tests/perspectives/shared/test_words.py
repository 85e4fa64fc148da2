"""Words of a reply: by hand, and what must hold for any reply."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.perspectives.shared.relations import OPPOSITE
from mmdt.perspectives.shared.share import Share
from mmdt.perspectives.shared.words import says_answer, says_as_expected, says_keyword

WORDS = ("left", "right", "above", "below", "cat", "dogs", "not", "no", "3", "three", "beneath", "is", ",")
reply = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
relations = st.sampled_from(list(OPPOSITE))


@given(reply, st.sampled_from(["cat", "dog", "3", "left", "to the left of"]))
def test_soft_is_never_below_strict(text, answer):
    for share in (says_answer(text, answer), says_keyword(text, answer)):
        assert share.soft >= share.strict


@given(reply, relations)
def test_no_reply_is_strictly_right_for_a_relation_and_its_opposite(text, named):
    assert says_answer(text, named).strict + says_answer(text, OPPOSITE[named]).strict <= 1


@given(reply, st.permutations(["cat", "dog", "3"]))
def test_the_order_of_words_changes_nothing(text, wanted):
    for expected in ("yes", "no"):
        assert says_as_expected(text, wanted, expected) == says_as_expected(text, sorted(wanted), expected)


@given(reply, st.sampled_from(["cat", "dog", "3"]))
def test_one_word_is_expected_or_not(text, name):
    yes, no = says_as_expected(text, [name], "yes"), says_as_expected(text, [name], "no")
    assert yes.soft + no.soft == 1
    assert yes.strict + no.strict <= 1


def test_replies_by_hand():
    assert says_answer("It is left or right of it.", "left") == Share(1, 0)
    assert says_answer("underneath", "below") == Share(1, 1)
    assert says_answer("It is beside the cup.", "next to") == Share(1, 1)
    assert says_answer("in back of it", "behind") == Share(1, 1)
    assert says_answer("not behind, but in front of it", "behind").strict == 0
    assert says_answer("not behind, but in front of it", "in front of") == Share(1, 1)
    assert says_answer("behind or in front of it", "behind").strict == 0
    assert says_answer("on a chair", "on the sofa").strict == 0
    assert says_keyword("pineapple", "apple") == Share(1, 0)
    assert says_as_expected("twenty-one cats", ["21"], "yes") == Share(1, 1)
    assert says_as_expected("twenty one cats", ["21"], "yes") == Share(1, 1)


@pytest.mark.parametrize(
    ("reply", "word", "share"),
    [
        ("There are 12 cats.", "2", Share(0, 0)),  # published: "2" is a substring of the reply
        ("A pineapple.", "apple", Share(0, 0)),
        ("A dog.", "apple", Share(1, 1)),
        ("An apple.", "apples", Share(1, 0)),  # no substring, and yet the same word
    ],
)
def test_the_published_match_of_a_word_that_must_be_absent_is_by_substring(reply, word, share):
    assert says_as_expected(reply, [word], "no") == share
