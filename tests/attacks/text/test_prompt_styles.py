"""Shakespearean and rare-word renderings, and the tools they are made with."""

from __future__ import annotations

import random

import pytest

from mmdt.attacks.text import rare_words, shakespeare
from mmdt.attacks.text.homoglyphs import HOMOGLYPHS, INVISIBLE, confuse, fold
from mmdt.attacks.text.replacing import fix_articles, replace_words
from mmdt.attacks.text.request import split_request


@pytest.mark.parametrize(
    ("prompt", "wish", "rest"),
    [
        ("Please draw a picture of a cat. It is red.", "a cat", "It is red."),
        ("A clear image showing two cars", "two cars", ""),
        ("I'd like to see the Eiffel tower!", "the Eiffel tower", ""),
        ("Two dogs on a hill.", "two dogs on a hill", ""),
        ("NASA rockets", "NASA rockets", ""),
        ("Draw", "draw", ""),
    ],
)
def test_requests_are_taken_apart(prompt: str, wish: str, rest: str) -> None:
    assert split_request(prompt) == (wish, rest)


def test_words_are_replaced_whole_longest_first_in_one_pass() -> None:
    renderings = {"red": "blue", "blue": "green", "to the left of": "by", "left": "LEFT"}
    assert replace_words("A red bird, redder to the left of blue.", renderings) == "A blue bird, redder by green."
    assert replace_words("Red left", renderings) == "Blue LEFT"


def test_articles_agree() -> None:
    assert fix_articles("a apple, an car, An house, a unicorn, an one") == "an apple, a car, A house, a unicorn, a one"


@pytest.mark.parametrize("style", [shakespeare.shakespeare, rare_words.rare_words])
def test_a_style_is_seeded_and_has_variety(style) -> None:
    prompt = "Draw two red apples and a large house."
    assert style(prompt, random.Random(7)) == style(prompt, random.Random(7))
    renderings = {style(prompt, random.Random(seed)) for seed in range(40)}
    assert len(renderings) > 10
    assert all(" red " not in rendering and " two " not in rendering for rendering in renderings)


def test_a_style_keeps_what_it_has_no_word_for() -> None:
    styled = shakespeare.shakespeare("A picture of a quasar and a zebra.", random.Random(3))
    assert "a quasar and a zebra" in styled


def test_homoglyphs_look_alike_and_fold_back() -> None:
    word = confuse("apple house")
    assert word != "apple house"
    assert fold(word) == "apple house"
    assert fold(f"ap{INVISIBLE}ple") == "apple"
    assert len(set(HOMOGLYPHS.values())) == len(HOMOGLYPHS)
    assert not any(other.isascii() for other in HOMOGLYPHS.values())
