"""Only a negation that governs a word denies it."""

import pytest

from mmdt.reading.mentions import accepts, denies

SENTENCES = [
    ("A hen with no comb sits in a basket", "hen", False),
    ("A hen with no comb sits in a basket", "comb", True),
    ("A hen with no comb sits in a basket", "basket", False),
    ("No foxes are visible, only a hen", "hen", False),
    ("No foxes are visible, only a hen", "fox", True),
    ("There is no fox, just a hen", "hen", False),
    ("There is no fox, just a hen", "fox", True),
    ("the barn is red, it is not blue", "red", False),
    ("the barn is red, it is not blue", "blue", True),
    ("The barn is red and not blue", "red", False),
    ("The barn isn't blue and it is red", "red", False),
    ("No, the total is 5", "5", False),
    ("No. It is a hen.", "hen", False),
    ("No it's a hen", "hen", False),
    ("Neither a fox nor a hen", "fox", True),
    ("Neither a fox nor a hen", "hen", True),
    ("There are no foxes, dogs, or hens here", "dog", True),
    ("There are no foxes, dogs, or hens here", "hen", True),
    ("There is no fox and a hen sleeps", "hen", False),
    ("The hen is not brown", "hen", False),
    ("The hen is not brown", "brown", True),
    ("The hen is not in the picture", "hen", True),
    ("The hen, however, is not visible.", "hen", True),
    ("It is not on the left but on the right", "left", True),
    ("It is not on the left but on the right", "right", False),
    ("Not only a hen but also a fox", "hen", False),
    ("There is nothing but a hen", "hen", False),
    ("There is no doubt: a hen", "hen", False),
    ("I don't think there is a hen", "hen", True),
    ("A fox is there, a hen is not", "hen", True),
    ("A fox is there, a hen is not", "fox", False),
    ("Is there a hen? No.", "hen", True),
    ("Is there a hen? Yes.", "hen", False),
    ("hen: no", "hen", True),
    ("The hen is missing a feather", "hen", False),
    ("The hen is missing a feather", "feather", True),
    ("The hen is missing", "hen", True),
    ("The man wears a hat without a brim and holds a cane", "cane", False),
    ("There are no clouds above the barn", "barn", False),
    ("The yard is empty, with no hens or dogs", "dog", True),
    ("The yard is empty, with no hens or dogs", "yard", False),
    ("A fox instead of a hen", "hen", True),
    ("A fox rather than a hen", "fox", False),
    ("Not a single hen", "hen", True),
    ("There are not four hens", "4", True),
    ("I count five, not four", "5", False),
]


@pytest.mark.parametrize(("text", "phrase", "denied"), SENTENCES)
def test_what_is_denied(text, phrase, denied):
    assert denies(text, phrase) is denied


def test_an_answer_that_begins_with_no_takes_a_number_over_all_the_same():
    assert accepts("No, the invoice number is 5.", "5")
    assert not accepts("No, the invoice number is not 5.", "5")
