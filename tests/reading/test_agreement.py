"""Yes and no in other words, and answers that say the question again."""

import pytest

from mmdt.reading.agreement import opening_answer, restates
from mmdt.reading.choices import read_yes_no
from mmdt.reading.yes_no import affirms

DOG = "Is there a dog in the image?"


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("Nope", False),
        ("Absolutely!", True),
        ("Absolutely not.", False),
        ("Correct.", True),
        ("Incorrect.", False),
        ("True", True),
        ("Not really, it is grey.", False),
        ("It is.", True),
        ("There aren't.", False),
        ("Oui, il y en a un.", True),
        ("Nein", False),
        ("N\u00e3o, senhor", False),
        ("S\u00ed, hay un perro.", True),
        ("\u306f\u3044", True),
        ("\u4e0d\u662f\u3002", False),
        ("\u662f\u7684\uff0c\u6709\u4e00\u53ea\u72d7", True),
        ("\uc544\ub2c8\uc694", False),
        ("\ub124", True),
        ("\u0414\u0430.", True),
        ("Right side of it has a dog.", None),
        ("True crime is a genre.", None),
        ("Certainly! Let me look at the picture.", None),
        ("Not a word of this is legible", None),
        ("A dog", None),
        ("", None),
    ],
)
def test_words_that_mean_yes_or_no(reply, said):
    assert opening_answer(reply) is said


@pytest.mark.parametrize(
    ("question", "reply", "said"),
    [
        (DOG, "There is a dog in the image.", True),
        (DOG, "The picture shows a man who walks a dog on a beach.", True),
        (DOG, "There is no dog in the image, only a cat.", False),
        (DOG, "There is a cat, but no dog.", False),
        (DOG, "The image does not show a dog.", False),
        (DOG, "I don't see a dog.", False),
        (DOG, "I can't see whether there is a dog.", None),
        (DOG, "There might be a dog.", None),
        (DOG, "It looks like a dog.", None),
        (DOG, "A hot dog stand.", None),
        (DOG, "There is a cat.", None),
        (DOG, "There is a dog. There is no dog.", None),
        (DOG, "", None),
        ("Is there no dog?", "There is no dog.", None),
        ("Is it a dog or a cat?", "It is a dog.", None),
        ("Is the sky blue? Please answer yes or no.", "The sky is blue.", True),
        ("Is the sky blue?", "The sky is not blue, it is grey.", False),
        ("Is the sky blue?", "The sky is grey, not blue.", False),
        ("Is the sky blue?", "The sky is grey.", None),
        ("Are there more dogs than cats?", "There are more cats than dogs.", None),
        ("Are there more dogs than cats?", "There are more dogs than cats.", True),
        ("Is the cat to the left of the dog?", "The dog is to the left of the cat.", None),
    ],
)
def test_a_question_said_again(question, reply, said):
    assert restates(question, reply) is said


def test_the_readers_of_yes_and_no_use_both():
    assert read_yes_no("There is no dog.", DOG) is False
    assert read_yes_no("Nope.") is False
    assert read_yes_no("No. There is a dog.", DOG) is False  # its own word comes first
    assert affirms("Absolutely.", "red")
    assert not affirms("Not at all, it is blue.", "red")
    assert affirms("It is red.", "red")
