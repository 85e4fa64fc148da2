"""Nouns in singular and plural have one key, and words that only look like plurals keep their own."""

import pytest

from mmdt.reading.mentions import says
from mmdt.reading.nouns import noun_key

PAIRS = (
    "shoe shoes,movie movies,cookie cookies,tie ties,size sizes,axe axes,axis axes,lens lenses,octopus octopuses,"
    "octopus octopi,cactus cacti,calf calves,life lives,knife knives,leaf leaves,hoof hooves,bus buses,glass glasses,"
    "person people,man men,woman women,snowman snowmen,child children,mouse mice,goose geese,foot feet,ox oxen,"
    "box boxes,church churches,brush brushes,potato potatoes,photo photos,mosquito mosquitoes,pie pies,hoodie hoodies,"
    "selfie selfies,zombie zombies,city cities,key keys,horse horses,house houses,vase vases,cave caves,glove gloves,"
    "sheep sheep,series series,species species,canvas canvases,iris irises,ski skis,taxi taxis,cache caches,shoe shoes,"
    "toe toes,canoe canoes,dice die,prize prizes,quiz quizzes,roof roofs,chef chefs,giraffe giraffes,purse purses"
)


@pytest.mark.parametrize(("one", "many"), [pair.split() for pair in PAIRS.split(",")])
def test_singular_and_plural_are_one_word(one, many):
    assert noun_key(one) == noun_key(many)
    assert says(f"I see two {many} here.", one)
    assert says(f"I see one {one} here.", many)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("the category", "cat"),
        ("a scarf", "car"),
        ("this", "thi"),
        ("news", "new"),
        ("the café", "caves"),
        ("his hat", "hi"),
        ("50 % of them", "50"),
        ("fewer than 5", "5"),
        ("1/2 of it", "2"),
        ("2.5 hens", "2"),
    ],
)
def test_other_words_stay_apart(text, phrase):
    assert not says(text, phrase)


def test_a_whole_number_may_have_a_point():
    assert says("there are 2.0 of them", "2")
