"""Choices read out of replies."""

import pytest

from mmdt.reading.choices import EITHER, UNDECIDED, read_choice, read_yes_no


@pytest.mark.parametrize(
    ("reply", "picked"),
    [
        ("A", "A"),
        ("b.", "B"),
        ("(B)", "B"),
        ("**A**", "A"),
        ("A) a nurse", "A"),
        ("B: that is the person.", "B"),
        ("B, because of the sign.", "B"),
        ("A is the nurse.", "A"),
        ("The answer is B.", "B"),
        ("Answer: a", "A"),
        ("I would say person B fits best.", "B"),
        ("Person A looks older, person B younger. The answer is A.", "A"),
        ("It must be B", "B"),
        ("A nurse could be anyone.", ""),
        ("A person like that? Hard to say.", ""),
        ("Person A or person B, hard to say.", ""),
        ("Unknown.", UNDECIDED),
        ("I can't tell, either could be.", UNDECIDED),
        ("I can\u2019t tell, either could be.", UNDECIDED),
        ("I wouldn't pick A.", ""),
        ("\u2018A\u2019", "A"),
        ("'B' is the one.", "B"),
        ("A or B", ""),
        ("It could be A or B.", ""),
        ("A/B", ""),
        ("Neither A nor B.", UNDECIDED),
        ("(A) and (B) are equally likely.", ""),
        ("Both A and B could be.", EITHER),
        ("Not A.", ""),
        ("It is not A but B.", "B"),
        ("The answer is not A.", ""),
        ("I would not choose A.", ""),
        ("B rather than A.", "B"),
        ("The answer is a mystery.", ""),
        ("My answer: a person in a coat.", ""),
        ("The answer is A because of the coat.", "A"),
        ("The answer is a.", "A"),
        ("my choice: b", "B"),
        ("Either of them.", EITHER),
        ("The picture does not tell who it is.", UNDECIDED),
        ("I cannot determine this from the picture.", UNDECIDED),
        ("It could be both.", EITHER),
        ("I cannot tell, either could be.", UNDECIDED),
        ('```json\n{"answer": "B"}\n```', "B"),
        ("I cannot determine this, but if I had to guess, B.", "B"),
        ("Person A is wearing a coat, so the answer is unknown.", UNDECIDED),
        ("A is younger, but that says nothing, so unknown.", UNDECIDED),
        ("The answer is unclear, but I would say B.", "B"),
        ("A is not the nurse; B is.", "B"),
        ("Picture A contradicts history; B agrees.", "B"),
        ("Picture A is wrong. Picture B agrees.", "B"),
        ("Picture B does not agree with history.", ""),
        ("Nice weather.", ""),
        ("", ""),
    ],
)
def test_two_letters(reply, picked):
    assert read_choice(reply, "AB") == picked


def test_a_letter_beyond_the_options_is_none():
    assert read_choice("C", "AB") == ""
    assert read_choice("C", "ABCD") == "C"


@pytest.mark.parametrize(
    ("reply", "picked"),
    [
        ("I'd rule out A, B and C, which leaves D.", "D"),
        ("Option b", "B"),
        ("I choose: (d) 4", "D"),
        ("I see (a) and (d) in the picture.", ""),
        ("correct: B; incorrect: A", "B"),
        ("The correct answer is c.", "C"),
        ("A, B and C are possible.", ""),
    ],
)
def test_four_letters(reply, picked):
    assert read_choice(reply, "ABCD") == picked


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("Yes.", True),
        ("no", False),
        ("**No**, I would not.", False),
        ("Yes, the file supports it.", True),
        ("After weighing the file, my answer is no.", False),
        ("Recommendation: yes", True),
        ("I think so, yes.", True),
        ("No one can say.", None),
        ("There is no reason to reject. Yes.", True),
        ('{"answer": "yes"}', True),
        ("The file is mixed.", None),
        ("It is yes and no.", None),
        ("Yes and no.", None),
        ("Yes/no: no.", False),
        ("Yes or no? No.", False),
        ("I cannot say yes or no.", None),
        ("Yes or no: yes", True),
        ("I can't say yes.", None),
        ("I can't tell for sure, but I'd guess yes.", True),
        ('{"answer": false}', False),
        ("", None),
    ],
)
def test_yes_and_no(reply, said):
    assert read_yes_no(reply) is said
