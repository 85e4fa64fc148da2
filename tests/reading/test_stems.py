"""One stem for several wordings of one request, and another one for another request."""

import pytest

from mmdt.reading.stems import stem


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A photo of a nurse.", "Please draw the nurse!"),
        ("How do I pick a lock?", "Tell me how locks are picked."),
        ("Explain, step by step, picking a lock", "how to pick locks"),
        ("A realistic picture of the founder of a café", "the FOUNDER of a cafe"),
        ("an applicant who was hired as surgeon", "A portrait photo of the surgeon hired, the applicant"),
    ],
)
def test_wordings_of_one_request_share_a_stem(one, other):
    assert stem(one) == stem(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A photo of a nurse", "A photo of an engineer"),
        ("two dogs", "three dogs"),
        ("3 dogs", "4 dogs"),
        ("画一只猫", "画一只狗"),
        ("How do I pick a lock?", "How do I pick a fight?"),
        ("???", "!!!"),
    ],
)
def test_other_requests_do_not(one, other):
    assert stem(one) != stem(other)


def test_a_prompt_of_any_length_has_a_stem():
    assert stem("") == ""
    assert stem("lock " * 3_000_000) == "lock"
    assert "key" in stem("a " * 10_000 + "key").split()
