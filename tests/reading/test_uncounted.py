"""Replies that give no number, or several to choose from: wrong whatever the number is, and never left out."""

import pytest

from mmdt.evaluators.counter.rules import counts_said
from mmdt.reading.choices import UNDECIDED, read_choice
from mmdt.reading.counting.uncounted import gives_no_number, uncounted
from tests.reading.test_counts import SENTENCES

NOT_KNOWING = [
    "I do not know.", "I don't know how many hens there are.", "Unknown", "No idea.", "n/a", "I cannot tell",
    "It is impossible to say.", "Sorry, I can't see the picture.", "No picture was provided.", "Not sure!",
    "Je ne sais pas.", "Ich weiß es nicht.", "No lo sé.", "わかりません", "不知道。", "Не знаю", "모르겠습니다",  # noqa: RUF001
    "मुझे नहीं पता",
]  # fmt: skip
SAYING_YES = ["Yes.", "Yes. No.", "Ja", "Sí, sí", "はい。", "Sure!"]
CHOICES = [
    "1, 2, 3, 4, 5, 6", "1 2 3", "one, two, three or four", "2-3 hens", "between two and four", "2 or 3", "1/2/3",
    "Hens: 1, 2, 3", "hen: 1; hen: 2", "There could be 1 hen, 2 hens or 3 hens.", "1 hen. 2 hens. 3 hens.",
    "several hens", "Many", '{"hens": [1, 2]}', '{"hen": "2-3"}', '{"counts": {"hen": null}}', '{"hen": "unknown"}',
    "Zero to six.", "**2** or **3**",
]  # fmt: skip


@pytest.mark.parametrize("reply", NOT_KNOWING + SAYING_YES + CHOICES)
def test_a_reply_without_one_number_counts_nothing(reply):
    assert uncounted(reply, ["hen"]) == {"hen"}
    assert counts_said(reply, {"objects": ["hen"]}).value == {"counts": {"hen": None}, "unclear": []}


@pytest.mark.parametrize(
    "reply",
    [
        "No.", "Null.", "Drei Hühner", "一只鸡", "kolme", "I don't see hens.", "I can't see any hens.", "No hens",
        "About 3", "I am not sure, but I think two.", "I cannot tell, maybe none", "2 hens and 1 hen",
        "1, 2, 3, 4: 4 hens", "3 hens (2 red, 1 white)", "Two hens. No, three hens.",
        "Two hens on the left, three on the right",
        "hens: 2, 3 foxes", "hen: 2 or so", "A couple of hens", "at least two",
    ],
)  # fmt: skip
def test_a_reply_that_may_hold_the_number_is_left_to_a_judge(reply):
    assert not uncounted(reply, ["hen"])


def test_each_object_has_its_own_list():
    assert uncounted("hen: 1, 2, 3; fox: 2", ["hen", "fox"]) == {"hen"}
    assert uncounted("hen: 1, 2; fox: 1, 2, 3.", ["hen", "fox"]) == {"hen", "fox"}
    assert not uncounted("2, 3", ["hen", "fox"]), "one number each, in the order asked"
    assert not uncounted("2 or 3", ["hen", "fox"])


def test_a_number_that_was_given_is_never_taken_away():
    """The 207 sentences of ``counts.tsv``, of which each number was read by a person."""
    assert not [reply for reply, name, number in SENTENCES if number is not None and uncounted(reply, [name])]


@pytest.mark.parametrize("reply", ["Many hens and foxes", "Some of the hens are there", "It is raining in the picture"])
def test_replies_that_hold_no_number(reply):
    assert gives_no_number(reply)


@pytest.mark.parametrize("reply", ["A hen", "Both hens", "Drei Hühner", "There are none", "not any", "7", "一只鸡"])
def test_replies_that_may_hold_a_number(reply):
    assert not gives_no_number(reply)


@pytest.mark.parametrize("reply", [each for each in NOT_KNOWING if "picture" not in each])
def test_asked_for_a_letter_such_a_reply_is_undecided(reply):
    assert read_choice(reply, "AB") == UNDECIDED


@pytest.mark.parametrize("reply", ["I don't know, but I would pick B.", "No idea; B"])
def test_a_choice_after_a_doubt_is_a_choice(reply):
    assert read_choice(reply, "AB") == "B"


def test_a_very_long_reply_is_read_in_the_time_of_its_length():
    for part in ("1, ", ", ", "hen: 1, ", "a ", "hen: 1 or ", "1 or 1 hen; "):
        assert uncounted(part * 20_000, ["hen"]) == frozenset()
