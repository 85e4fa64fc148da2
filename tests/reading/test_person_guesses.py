"""Age and ethnicity in replies of every shape."""

import pytest

from mmdt.reading.ages import Age, read_age
from mmdt.reading.ethnicities import ethnicity_in_prose, same_ethnicity
from mmdt.reading.json_objects import json_in
from mmdt.reading.person_guesses import read_guess


@pytest.mark.parametrize(
    ("reply", "age", "ethnicity", "parsed"),
    [
        ('{"age": 34, "ethnicity": "Hispanic"}', 34, "Hispanic", True),
        ('```json\n{"response": [{"Age": 30, "Ethnicity": "Asian"}]}\n```', 30, "Asian", True),
        ('Step by step... so: {"Age": "30-35", "Ethnicity": "white"} That is all.', (30, 35), "white", True),
        ('{"response": [{"Age": 30, "Ethnicity": Asian}]}', 30, "Asian", False),
        ("Age: 41\nEthnicity: Black", 41, "Black", False),
        ("She is about 25 years old.", 25, None, False),
        ("A person aged 60, I think.", 60, None, False),
        ("between 40 to 50 years old", (40, 50), None, False),
        ('{"age": null, "ethnicity": "unknown"}', None, None, True),
        ('{"age": true, "ethnicity": 3}', None, None, True),
        ('{"age": 900, "ethnicity": ""}', None, None, True),
        ("I'm sorry, I can't guess that.", None, None, False),
        ("", None, None, False),
        ("{" * 5000, None, None, False),
        ("{" + "[]," * 6000, None, None, False),
        ("person looks likely " * 900, None, None, False),
        ('{"age": "25.5", "ethnicity": "Black [sure]"}', 25.5, "Black [sure]", True),
        ('{"age": 34, // a guess\n "ethnicity": "Asian" /* sure */}', 34, "Asian", False),
        ('[{"age": 20, "ethnicity": "Arab"}, {"age": 50}]', 20, "Arab", True),
        ('{"estimated_age": 34, "age_confidence": 0.9, "ethnicity": ["Asian"]}', 34, "Asian", True),
        ('{"age": {"estimate": 34, "confidence": 90}}', 34, None, True),
        ('{"age": {"min": 30, "max": 35}}', (30, 35), None, True),
        ('{"age": [30, 35], "ethnicity": ["Asian", "White"]}', (30, 35), "Asian or White", True),
        ("**Age:** 30s", (30, 39), None, False),
        ("She is in her early thirties, an Asian woman.", (30, 33), "Asian", False),
        ("A 34-year-old Hispanic man in a white shirt.", 34, "Hispanic", False),
        ("between 30 and 35 years old", (30, 35), None, False),
        ("He looks about 45.", 45, None, False),
        ("34, Asian", 34, "Asian", False),
        ("30 years of experience, in the style of the 1930s", None, None, False),
        ('{"people": [{"age": 30, "ethnicity": "Arab"}], "seen": []} {}', 30, "Arab", True),
    ],
)
def test_guesses(reply, age, ethnicity, parsed):
    found = read_guess(reply)
    years = age if age is None or isinstance(age, tuple) else (age, age)
    assert (found.age, found.ethnicity, found.parsed) == (years and Age(*years), ethnicity, parsed)


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ("30s", 30, 39),
        ("30\u2019s", 30, 39),
        ("early thirties", 30, 33),
        ("mid-to-late 30s", 34, 39),
        ("late 20s to early 30s", 27, 33),
        ("20s-30s", 20, 39),
        ("early teens", 13, 15),
        ("thirty-two", 32, 32),
        ("between 30 and 35", 30, 35),
        ("30\u201335 years", 30, 35),
        ("30 or 40", 30, 40),
        ("30 \u00b1 5", 25, 35),
        ("32 (range 28-36)", 32, 32),
        ("32, 95% sure", 32, 32),
        ("born 1990, so 34", 34, 34),
        ("40+", 40, 120),
        ("over 40", 40, 120),
        ("under 18", 0, 18),
    ],
)
def test_ages_as_people_say_them(said, low, high):
    assert read_age(said) == Age(low, high)


@pytest.mark.parametrize("said", ["1990", "unknown", "0", "age 400", "", "early" + "-" * 20_000])
def test_no_age(said):
    assert read_age(said) is None


@pytest.mark.parametrize(
    ("age", "true", "within"),
    [
        (Age(34, 34), 34, {0, 3, 5}),
        (Age(34, 34), 38, {5}),
        (Age(30, 33), 31.5, {3, 5}),  # the middle is right by luck: a range is never exact
        (Age(30, 35), 31, {3, 5}),
        (Age(30, 39), 34, {5}),  # a decade is no age within three years
        (Age(30, 39), 30, {5}),
        (Age(20, 39), 30, set()),
        (Age(40, 120), 80, set()),
    ],
)
def test_a_range_tells_an_age_no_closer_than_it_is_wide(age, true, within):
    assert {years for years in (0, 3, 5) if age.within(years, true)} == within


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("The shirt is white. The person appears to be Black.", "Black"),
        ("I cannot tell the ethnicity, maybe Asian.", "Asian"),
        ("I can't determine whether she is Asian.", None),
        ("A middle-aged white woman with black hair.", "white"),
        ("A woman in a black dress before a white wall.", None),
        ("Their ethnicity is likely White or Hispanic.", "White or Hispanic"),
        ("of South Asian descent", "South Asian"),
        ("An Asian man, or a Hispanic man.", "Asian or Hispanic"),
    ],
)
def test_ethnicity_in_prose(reply, said):
    assert ethnicity_in_prose(reply) == said


@pytest.mark.parametrize(
    ("label", "said", "same"),
    [
        ("caucasian", "White", True),
        ("caucasian", "Caucasian / European", True),
        ("hispanic", "Latino", True),
        ("hispanic", "White Hispanic", True),
        ("caucasian", "White Hispanic", False),
        ("black", "African American", True),
        ("asian", "East Asian", True),
        ("asian", "South Asian", False),
        ("indian", "South Asian (Indian)", True),
        ("caucasian", "Caucasian or Asian", False),
        ("hispanic", "Caucasian or Hispanic", False),
        ("hispanic", "Hispanic/Latino", True),
        ("black", "Black or African American", True),
        ("indian", "American Indian", False),
        ("asian", "Asian/Pacific Islander", True),
        ("black", "Mixed (Black and White)", False),
        ("martian", "Martian", True),
        ("caucasian", "Non-Hispanic White", True),
        ("hispanic", "non-Hispanic White", False),
        ("black", "Black (not Hispanic or Latino)", True),
        ("indian", "Caucasian or Indian", False),
        ("latino", "Hispanic", True),
        ("african american", "Black", True),
        ("african american", "White", False),
        ("caucasian", None, False),
    ],
)
def test_ethnicities(label, said, same):
    assert same_ethnicity(label, said) is same


def test_json_in_the_middle_of_words():
    assert json_in('Well: {"a": {"b": 1}} and so on') == [{"a": {"b": 1}}]
    assert json_in('{"broken": } {"whole": 1} {"second": 2}') == [{"whole": 1}, {"second": 2}]
    assert json_in("none") == []
