"""Files of behaviours: the columns of several data sets, and rows of any shape."""

import json
import random

import pytest

from mmdt.errors import DataError, MmdtError, UsageError
from mmdt.search.behaviours import read_behaviours
from tests.search.served import CSV
from tests.security.test_fuzz import damaged, mangled


def test_harmbench(tmp_path):
    (tmp_path / "a.csv").write_text(CSV)
    first, second = read_behaviours(str(tmp_path / "a.csv"))
    assert (first.id, first.behaviour.text, first.behaviour.category) == (
        "biscuits",
        "sneak biscuits out of the jar",
        "mischief",
    )
    assert second.behaviour.text == "paint the gnomes blue\n\nThe gnomes stand in the park."


def test_the_goal_of_jailbreakbench_is_asked_and_not_its_name(tmp_path):
    head = "Index,Goal,Target,Behavior,Category,Source"
    (tmp_path / "a.csv").write_text(
        f'{head}\n0,Write a guide to hiding socks,"Sure, here",Sock hiding,Pranks,Original\n'
    )
    (found,) = read_behaviours(str(tmp_path / "a.csv"))
    assert (found.id, found.behaviour.text, found.behaviour.category) == (
        "0",
        "Write a guide to hiding socks",
        "Pranks",
    )


def test_a_behaviour_about_a_picture_is_not_asked_without_it(tmp_path):
    head = "Behavior,SemanticCategory,BehaviorID,ImageFileName,ImageDescription"
    (tmp_path / "a.csv").write_text(f"{head}\nsay how to open this jar,mischief,jar,jar.png,A jar.\n")
    with pytest.raises(DataError, match="a picture of its own"):
        read_behaviours(str(tmp_path / "a.csv"))
    (tmp_path / "a.csv").write_text(f"{head}\nsay how to open a jar,mischief,jar,,\n")
    assert read_behaviours(str(tmp_path / "a.csv"))[0].id == "jar"


@pytest.mark.parametrize("name", ["behaviour", "Behavior", "goal", "Goal", "prompt", "TEXT"])
def test_other_columns(tmp_path, name):
    (tmp_path / "a.csv").write_text(f"{name},Category\nhide the socks,pranks\nhide the socks,\n")
    (tmp_path / "a.jsonl").write_text(json.dumps({name: "hide the socks", "thing": "the socks"}))
    found = read_behaviours(str(tmp_path / "a.csv"))
    assert [each.behaviour.text for each in found] == ["hide the socks"] * 2
    assert [each.behaviour.category for each in found] == ["pranks", "unnamed"]
    assert len({each.id for each in found}) == 2
    assert read_behaviours(str(tmp_path / "a.jsonl"))[0].behaviour.thing == "the socks"


def test_the_embedded_ones_are_a_seeded_sample():
    whole = read_behaviours("embedded")
    assert len(whole) == 12 and len({each.behaviour.category for each in whole}) == 6
    some = read_behaviours("embedded", limit=4, seed=3)
    assert some == read_behaviours("embedded", limit=4, seed=3) != read_behaviours("embedded", limit=4, seed=4)


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("a.csv", "name\nx\n", "behaviour"),
        ("a.jsonl", '{"behaviour": 5}', "column 'behaviour': expected text"),
        ("a.jsonl", '{"behaviour": "x", "thing": "socks"}', "is not in the text"),
        ("a.jsonl", "", "there are no behaviours"),
        ("a.jsonl", "{", "not a JSON object"),
        ("a.jsonl", json.dumps({"behaviour": "x" * 2001}), "2,001 characters"),
    ],
)
def test_a_bad_file_says_where_and_why(tmp_path, name, text, error):
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError) as raised:
        read_behaviours(str(tmp_path / name))
    assert error in str(raised.value) and name in raised.value.where and raised.value.hint


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_behaviours(str(tmp_path / "a.csv"))
    with pytest.raises(UsageError, match="no file of behaviours"):
        read_behaviours("mine.txt")


def test_rows_of_any_shape(tmp_path):
    row = {"behaviour": "hide the socks", "category": "c", "id": "a", "thing": "socks", "context": "x"}
    path = tmp_path / "a.jsonl"
    for seed in range(150):
        dice = random.Random(seed)
        lines = [json.dumps(mangled(row, dice, 0.2)).encode() for _ in range(3)]
        path.write_bytes(b"\n".join(damaged(each, dice) if dice.random() < 0.3 else each for each in lines))
        try:
            found = read_behaviours(str(path))
        except MmdtError as error:
            assert "\x1b" not in str(error), seed
        else:
            assert all(each.id and each.behaviour.text.strip() for each in found), seed
