import pytest

from mmdt.data import columns
from mmdt.data.row import DataRow, SplitAddress
from mmdt.errors import DataError


def row(**values):
    return DataRow(values, SplitAddress("D", "c", "s"), 0)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("cat", ["cat"]),
        (" a red cup ", ["a red cup"]),
        ("['cat', 'dog ']", ["cat", "dog"]),
        ("('cat',)", ["cat"]),
        (["cat", 3], ["cat", "3"]),
        ("3", ["3"]),
        ([2.5], ["2.5"]),
    ],
)
def test_word_lists(value, words):
    assert columns.word_list(row(x=value), "x") == words


@pytest.mark.parametrize("value", ["", "[]", "[1, None]", "['']", {"a": 1}, 3, None, "[open('x')]", [["a"]]])
def test_other_values_are_not_word_lists(value):
    with pytest.raises(DataError, match="column 'x'"):
        columns.word_list(row(x=value), "x")


def test_lists_that_may_be_empty():
    assert [columns.words_or_none(row(x=value), "x") for value in ("", "[]", [], None, "['a']")] == [[]] * 4 + [["a"]]


@pytest.mark.parametrize(
    ("value", "number"),
    [(2, 2), ("2", 2), (2.0, 2), ("two", 2), ("Twenty-one", 21), ("seventy five", 75), ("nineteen", 19), ("zero", 0)],
)
def test_whole_numbers(value, number):
    assert columns.whole(row(x=value), "x", value) == number


@pytest.mark.parametrize("value", [-1, 2.5, True, None, "many", "twenty zero", "fifty eleven", "-2", "²", "9" * 12])
def test_other_values_are_not_whole_numbers(value):
    with pytest.raises(DataError, match="whole number"):
        columns.whole(row(x=value), "x", value)


def test_counts():
    assert columns.counts(row(x="{'cat': 2, 'dog': 'one'}"), "x") == {"cat": 2, "dog": 1}
    for wrong in ("{}", "['cat']", "{'cat': 'many'}", "__import__('os')", "{'a': [1]}"):
        with pytest.raises(DataError):
            columns.counts(row(x=wrong), "x")


def test_relations():
    phrases = {"to the Left of": "left", "right": "right", "on": "above", " on  top of": "above", "beneath": "below"}
    assert {phrase: columns.relation(row(x=1), "x", phrase) for phrase in phrases} == phrases
    with pytest.raises(DataError, match="'beside' is not a known relation"):
        columns.relation(row(x=1), "x", "beside")


def test_labels_and_choices():
    assert [columns.positive(row(label=label)) for label in ("positive", " Negative")] == [True, False]
    with pytest.raises(DataError, match="expected positive or negative, got 'maybe'"):
        columns.positive(row(label="maybe"))
    assert columns.known(row(x="a "), "x", {"a": "A"}) == "A"
    with pytest.raises(DataError, match="'b' is not one of a"):
        columns.known(row(x="b"), "x", {"a": "A"})


def test_answers():
    assert columns.accepted(["red"]) == {"answer": "red"}
    assert columns.accepted(["red", "ruby"]) == {"answer": "red or ruby", "answers": ["red", "ruby"]}
