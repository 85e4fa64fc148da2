import io

import pytest
from PIL import Image as Pil

from mmdt.core.scenario import Row
from mmdt.data.row import DataRow, SplitAddress, join_rows
from mmdt.errors import DataError

PLACE = SplitAddress("AI-Secure/MMDecodingTrust-I2T", "hallucination", "natural")


def row(**values):
    return DataRow(values, PLACE, 17)


def png(color="red", size=(8, 6)):
    data = io.BytesIO()
    Pil.new("RGB", size, color).save(data, "PNG")
    return data.getvalue()


def test_a_data_row_follows_the_row_protocol():
    a_row: Row = row(task="count")
    assert a_row.text("task") == "count"


def test_errors_name_dataset_config_split_row_and_column():
    with pytest.raises(DataError) as caught:
        row(task="").text("task")
    assert caught.value.where == "AI-Secure/MMDecodingTrust-I2T hallucination/natural, row 17, column 'task'"
    assert caught.value.what == "the text is empty"
    assert "skip_bad=True" in caught.value.hint
    with pytest.raises(DataError, match=r"column is missing.*'question'.*columns are 'task', 'id'"):
        row(task="a", id=1).raw("question")


@pytest.mark.parametrize(
    ("method", "value", "what"),
    [
        ("text", 3, "expected text, got the value 3"),
        ("text", None, "expected text, got nothing"),
        ("text", " \n", "empty"),
        ("number", "three", "expected a number, got 'three'"),
        ("number", True, "got the value True"),
        ("number", float("nan"), "expected a number"),
        ("number", None, "got nothing"),
        ("literal", "__import__('os')", "contains a call"),
        ("literal", {"a": {1, 2}}, "contains a set"),
        ("image", "cat.png", "expected an image, got text"),
        ("image", None, "expected an image, got nothing"),
        ("image", {"bytes": None, "path": "/etc/passwd"}, "does not contain it"),
        ("image", b"no picture", "not an image that can be read"),
        ("image", png()[:-20], "image is damaged"),
        ("image", [png(), png("blue")], "expected one image, got 2"),
        ("images", [png()] * 65, "65 images"),
    ],
)
def test_wrong_values(method, value, what):
    with pytest.raises(DataError) as caught:
        getattr(row(x=value), method)("x")
    assert what in caught.value.what
    assert "row 17, column 'x'" in caught.value.where


def test_has_means_there_and_not_empty():
    filled = row(a="x", b=0, c=False, d=["y"])
    assert all(filled.has(name) for name in "abcd")
    empty = row(a="  ", b=None, c=[], d={}, e=float("nan"))
    assert not any(empty.has(name) for name in "abcdef")


def test_numbers_in_text_and_literals_stored_as_values():
    assert row(n="61").number("n") == 61.0
    assert row(n=2).number("n") == 2.0
    assert row(x=[{"object": "cat", "counts": 2}]).literal("x") == [{"object": "cat", "counts": 2}]
    assert row(x="{'cat': 2}").literal("x") == {"cat": 2}


def test_images_in_every_form():
    given = png(size=(8, 6))
    for value in (given, {"bytes": given, "path": None}, {"bytes": given, "path": "x.png"}):
        image = row(x=value).image("x")
        assert (image.width, image.height, image.read()) == (8, 6, given)
    assert row(x=Pil.new("RGB", (5, 4))).image("x").width == 5
    assert row(x=Pil.new("CMYK", (5, 4))).image("x").media_type == "image/png"
    assert len(row(x=[given, {"bytes": given, "path": None}]).images("x")) == 2


def test_rows_that_belong_together_are_read_as_one():
    rows = [
        DataRow({"id": name, "image": png(color)}, PLACE, index)
        for index, (name, color) in enumerate(
            [("a", "red"), ("a", "blue"), ("", "white"), ("b", "green"), ("b", "black"), ("a", "pink")]
        )
    ]
    joined = list(join_rows(rows, lambda each: each.text("id") if each.has("id") else ""))
    assert [each.index for each in joined] == [2, 0, 3]
    assert [len(each.images("image")) for each in joined] == [1, 3, 2]
    assert joined[1].images("image")[1].read() == png("blue")
