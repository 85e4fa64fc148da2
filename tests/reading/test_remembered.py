"""What is remembered of a text is what reading it again gives, and long texts do not fill the memory."""

import random

import pytest

from mmdt.perspectives.shared.published_rule import literal
from mmdt.reading import mentions, place_names
from mmdt.reading.closed_sets import affirmed
from mmdt.reading.remembered import FEW, LONG, remembered

TEXTS = ("A red cup, no spoon.", "Answer: two.", "It isn't a cup; it is a spoon.", "", "Café near St. Paul", "3 cups")
NAMES = ("cup", "spoon", "red cup", "2", "3", "two", "cycling or riding a bicycle", "", "cafe")


@pytest.fixture
def counted():
    read = []

    @remembered(2)
    def backwards(text):
        read.append(text)
        return text[::-1]

    return backwards, read


def test_a_text_is_read_once(counted):
    backwards, read = counted
    assert [backwards(text) for text in ("ab", "cd", "ab")] == ["ba", "dc", "ba"]
    assert read == ["ab", "cd"]


def test_of_long_texts_a_few_are_remembered(counted):
    backwards, read = counted
    texts = [str(number) * LONG for number in range(FEW + 1)]
    assert [backwards(text) for text in texts] == [text[::-1] for text in texts]
    assert backwards(texts[-1]) == texts[-1][::-1] and len(read) == FEW + 1
    assert backwards(texts[0]) == texts[0][::-1] and len(read) == FEW + 2


def test_a_reading_does_not_depend_on_what_was_read_before():
    asked = [(text, name) for text in TEXTS for name in NAMES]

    def answers(order):
        return {
            (text, name): (
                mentions.says(text, name),
                mentions.denies(text, name),
                affirmed(text, [name, *NAMES]),
                place_names.plain(text),
            )
            for text, name in order
        }

    expected = answers(asked)
    for seed in range(3):
        shuffled = random.Random(seed).sample(asked, len(asked))
        assert answers(shuffled) == expected


def test_options_in_another_order_are_other_options():
    assert affirmed("Bicycle.", ["bicycle", "bicycle or bike"]) == {"bicycle"}
    assert affirmed("Bicycle.", ["bicycle or bike", "bicycle"]) == {"bicycle or bike"}


def test_a_parsed_literal_belongs_to_the_caller():
    for text in ("{'a': [1, 2]}", "[1, [2]]", "([1], 2)", "{1: [2]}"):
        found, again = literal(text), literal(text)
        assert found == again
        inner = found if isinstance(found, list) else next(iter(found.values() if isinstance(found, dict) else found))
        inner.append(9)
        assert literal(text) == again != found
