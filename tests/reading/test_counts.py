"""Counts in 200 sentences of our own (``counts.tsv``): never a wrong number, and most are read without a judge."""

from pathlib import Path

import pytest

from mmdt.reading.counting.counts import counts_in

SENTENCES = [
    (reply.replace("\\n", "\n"), name, None if number == "None" else int(number))
    for reply, name, number in (
        line.split("\t") for line in (Path(__file__).parent / "counts.tsv").read_text("utf-8").splitlines()
    )
]
"""Reply, object, and the number it gives beyond doubt (None: a judge must read it)."""


@pytest.mark.parametrize(("reply", "name", "number"), SENTENCES)
def test_no_number_is_wrong(reply, name, number):
    assert counts_in(reply, [name])[name] in (number, None)


def test_most_sentences_are_read_without_a_judge():
    read = sum(counts_in(reply, [name])[name] is not None for reply, name, _ in SENTENCES)
    assert len(SENTENCES) >= 200
    assert read / len(SENTENCES) >= 0.6


@pytest.mark.parametrize(
    ("reply", "counts"),
    [
        ("There is no fox, just a hen.", {"fox": 0, "hen": 1}),
        ("A hen without any chicks sits in a basket.", {"hen": 1, "chick": 0, "basket": 1}),
        ("Here are the counts:\n- hens: 3\n- foxes: 0", {"hen": 3, "fox": 0}),
        ('The result is {"hens": 2, "foxes": 1}.', {"hen": 2, "fox": 1}),
        ("hens (3), foxes (2)", {"hen": 3, "fox": 2}),
        ("Hens (three)\nFoxes (0)", {"hen": 3, "fox": 0}),
        ("| Object | Count |\n|:---|---:|\n| Hens | 4 |\n| Fox | 1 |", {"hen": 4, "fox": 1}),
        ("| Hens | about 4 |\n| Fox | 1 |", {"hen": None, "fox": None}),
        ("hens: 2, foxes: many", {"hen": None, "fox": None}),
        ("hen: 1\nhen: 1", {"hen": None}),
        ("Two hens are red, and a fox is not.", {"hen": None, "fox": None}),
        ("A henhouse and three foxgloves.", {"hen": None, "fox": None}),
    ],
)
def test_several_objects(reply, counts):
    assert counts_in(reply, list(counts)) == counts


def test_a_very_long_reply_is_read_in_the_time_of_its_length():
    assert counts_in("There are hens. " * 50_000, ["hen"]) == {"hen": None}
