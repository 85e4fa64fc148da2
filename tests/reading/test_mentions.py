import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.reading.counting.counts import counts_in
from mmdt.reading.mentions import accepts, denies, says, says_plainly, unknowing
from mmdt.reading.numbers import in_digits, in_words, leading_number, numbers_in


@given(st.integers(0, 99), st.sampled_from(["There are {} here.", "{}", "I count {}, no more", "({})"]))
def test_a_number_is_found_as_digits_and_as_words(number, frame):
    assert numbers_in(frame.format(number)) == [number]
    assert numbers_in(frame.format(in_words(number))) == [number]
    assert numbers_in(frame.format(in_words(number).replace("-", " ").capitalize())) == [number]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3 cats and twenty-one dogs", [3, 21]),
        ("version 2.5 of B12", []),
        ("1,200 people", [1200]),
        ("someone told everyone", []),
        ("seventeen, not seven", [17, 7]),
    ],
)
def test_numbers_by_hand(text, numbers):
    assert numbers_in(text) == numbers


@pytest.mark.parametrize(("text", "number"), [("a cat", 1), ("no dogs", 0), ("the three cups", 3), ("cats", None)])
def test_the_number_a_phrase_begins_with(text, number):
    assert leading_number(text) == number


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Two red apples.", "red apple"),
        ("It is on the LEFT.", "left"),
        ("A caf\u00e9 in Z\u00fcrich", "Zurich"),
        ("there are three", "3"),
        ("gray", "grey"),
    ],
)
def test_says(text, phrase):
    assert says(text, phrase)


@pytest.mark.parametrize(
    ("text", "phrase"), [("A pineapple", "apple"), ("thirteen", "3"), ("red. Apple", "apple red"), ("x", "")]
)
def test_says_not(text, phrase):
    assert not says(text, phrase)


def test_the_published_match_is_a_substring():
    assert says_plainly("A pineapple", "apple")
    assert says_plainly("seventy-five of them", "75")
    assert not says_plainly("seventy-six of them", "76")


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("There is no dog in the picture.", True),
        ("The dog isn't there.", True),
        ("There is a dog.", False),
        ("It's not a cat; it is a dog.", False),
        ("A dog, not a cat.", False),
        ("A cat, not a dog.", True),
        ("A dog instead of a cat.", False),
        ("A cat rather than a dog.", True),
        ("No, but there is a dog.", False),
        ("There is no dog. Ah, the dog is behind the tree.", False),
        ("Nothing here.", False),
    ],
)
def test_denial(text, denied):
    assert denies(text, "dog") is denied


@pytest.mark.parametrize(
    ("text", "number", "denied"),
    [
        ("There are four birds.", "4", False),
        ("There are not four birds.", "4", True),
        ("There are 4 birds.", "four", False),
        ("I see twenty-one birds, not 20.", "21", False),
        ("I see twenty-one birds, not twenty.", "20", True),
    ],
)
def test_denial_of_a_number(text, number, denied):
    assert denies(text, number) is denied


@pytest.mark.parametrize("text", ["I can't tell.", "I do not really know", "It is not visible", "That is unclear."])
def test_not_knowing(text):
    assert unknowing(text)
    assert not accepts(text + " Total is due.", "total")


def test_accepting():
    assert accepts("The sign says Total.", "total")
    assert not accepts("The sign does not say Total.", "total")
    assert not accepts("The sign says Sum.", "total")


@pytest.mark.parametrize(
    ("reply", "counts"),
    [
        ("A dozen cats on one box.", {"cat": 12, "box": 1}),
        ("A pair of cats stands beside a dog.", {"cat": 2, "dog": 1}),
        ("There isn't any dog, but there are two cats.", {"dog": 0, "cat": 2}),
        ("The four legs of the table are brown; there is a single table.", {"table": 1}),
        ("There are three cats and a dog.", {"cat": 3, "dog": 1}),
        ("cats: 3, dogs: 1", {"cat": 3, "dog": 1}),
        ('{"cat": 3, "dog": 1}', {"cat": 3, "dog": 1}),
        ("I see 3 cats. There are no dogs.", {"cat": 3, "dog": 0}),
        ("Three cats, then four cats, and one dog", {"cat": None, "dog": 1}),
        ("Many cats and dogs", {"cat": None, "dog": None}),
        ("The dogs number two, and the cats are three", {"cat": None, "dog": None}),
    ],
)
def test_counts(reply, counts):
    assert counts_in(reply, list(counts)) == counts


def test_a_bare_number_answers_for_a_single_object():
    assert counts_in("Seven.", ["cup"]) == {"cup": 7}
    assert counts_in("Seven or eight.", ["cup"]) == {"cup": None}


@given(st.dictionaries(st.sampled_from(["cat", "box", "cherry", "traffic light"]), st.integers(0, 40), min_size=1))
def test_a_list_of_counts_reads_back(truth):
    reply = "I see " + " and ".join(f"{in_words(number)} {name}" for name, number in truth.items())
    assert counts_in(reply, list(truth)) == truth


@pytest.mark.parametrize("digits", ["9" * 5_000, "1," + ",".join(["000"] * 2_000), "²", "٣" * 5_000])
def test_numbers_that_cannot_be_read_are_no_numbers(digits):
    assert numbers_in(f"{digits} cats") == []
    assert in_digits(f"{digits} cats") == f"{digits} cats"
    assert not says(f"{digits} cats", "3")
    assert not says_plainly("three cats", digits)
    assert not says("three cats", digits)
    assert not denies(f"not {digits} cats", "dog")
    counted = 2 if digits == "²" else None  # accents and small print are folded in replies
    assert counts_in(f"I see {digits} cats", ["cats", "dog"]) == {"cats": counted, "dog": None}


def test_a_thousand_is_not_cut_in_two():
    assert counts_in("I see 1,000 cats and 2,500 dogs", ["cats", "dog"]) == {"cats": 1000, "dog": 2500}


def test_a_long_reply_is_read_in_the_time_of_its_length():
    """A pattern that was not bounded took the square of it."""
    assert counts_in("cat is " * 100_000, ["cat", "dog"]) == {"cat": None, "dog": None}
    assert counts_in("so " * 6_000 + ". Cats: 3", ["cat", "dog"]) == {"cat": 3, "dog": None}
