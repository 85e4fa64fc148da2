"""Prompts can be parsed back into their meaning, in plain English or another style."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmdt.attacks.text.homoglyphs import confuse
from mmdt.attacks.text.rare_words import rare_words
from mmdt.attacks.text.shakespeare import shakespeare
from mmdt.synthetic.worlds.language.meaning import Link, Meaning, ObjectSpec
from mmdt.synthetic.worlds.language.reader import read_prompt, sentences
from mmdt.synthetic.worlds.language.vocabulary import COLOR_NAMES, KINDS
from mmdt.synthetic.worlds.language.wording import request
from mmdt.synthetic.worlds.scene import RELATIONS
from mmdt.synthetic.worlds.sprites.library import ACTIONS, PERSON

colors = st.sampled_from(("", *COLOR_NAMES))
parts = st.builds(
    ObjectSpec, st.sampled_from(KINDS), st.integers(1, 9), colors, st.sampled_from(("", "large", "small"))
)
people = st.builds(ObjectSpec, st.just(PERSON), st.just(1), colors, st.just(""), st.sampled_from(list(ACTIONS)))


@st.composite
def meanings(draw: st.DrawFn) -> Meaning:
    chosen = draw(st.lists(parts, min_size=1, max_size=4, unique_by=lambda part: part.kind))
    if draw(st.booleans()):
        chosen.append(draw(people))
    absent = draw(st.sampled_from(("", *KINDS)))
    return Meaning(tuple(chosen), absent=(absent,) if absent and absent not in {part.kind for part in chosen} else ())


@st.composite
def layouts(draw: st.DrawFn) -> Meaning:
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=3, max_size=3, unique=True))
    relation = st.sampled_from(RELATIONS)
    links = [Link(one, draw(relation), other) for one, other in ((0, 1), (1, 2), (2, 0))]
    return Meaning(tuple(map(ObjectSpec, kinds)), tuple(links[: draw(st.integers(1, 3))]))


@given(meanings() | layouts(), st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_wording_and_reading_are_inverse(meaning: Meaning, seed: int) -> None:
    assert read_prompt(request(meaning, random.Random(seed))) == meaning


@pytest.mark.parametrize("style", [shakespeare, rare_words])
@given(meaning=meanings() | layouts(), seed=st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_styles_keep_the_meaning(style, meaning: Meaning, seed: int) -> None:
    rng = random.Random(seed)
    plain = request(meaning, rng)
    styled = style(plain, rng)
    assert styled != plain
    assert read_prompt(styled) == meaning, styled


def test_reading_by_hand() -> None:
    text = 'Draw two small red cats and an apple that is green. The cats are above the apple. A sign says "NO CAR".'
    assert read_prompt(text) == Meaning(
        (ObjectSpec("cat", 2, "red", "small"), ObjectSpec("apple", 1, "green")), (Link(0, "above", 1),), (), "NO CAR"
    )


def test_the_same_kind_twice_in_different_colours() -> None:
    text = "Draw a red car and a blue car. The red car is below the blue car."
    assert read_prompt(text) == Meaning(
        (ObjectSpec("car", 1, "red"), ObjectSpec("car", 1, "blue")), (Link(0, "below", 1),)
    )


@pytest.mark.parametrize(
    "written", ["umbrlela", "umbbrella", "umbrela", confuse("umbrella"), "um\u200bbrella", "Brolly"]
)
def test_slips_doubles_and_synonyms_are_understood(written: str) -> None:
    assert read_prompt(f"a picture of a red {written}").parts == (ObjectSpec("umbrella", 1, "red"),)


def test_common_words_are_no_misspellings() -> None:
    text = "Good painter, set before us what there is to see here; keep it over there, I would like that card."
    assert read_prompt(text).parts == ()


def test_quoted_text_is_not_cut_into_sentences() -> None:
    assert sentences('A sign says "STOP. NOW." Draw it! Well?') == ['A sign says "STOP. NOW." Draw it!', "Well?"]
