"""JSON objects in replies, as models write them."""

import pytest

from mmdt.reading.json_objects import json_in, one_object


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "x\\ny"}',
        '{"a": "x\ny"}',  # a line break as it is
        'Sure:\n```json\n{"a": "x\ny"}\n```\nDone.',
        '<think>{"b": {</think> {"a": "x\ny"}',
    ],
)
def test_an_object_wherever_it_is_and_with_line_breaks_as_they_are(text):
    assert json_in(text) == [{"a": "x\ny"}]


def test_one_object_and_what_follows():
    assert one_object('{"a": "x\ty"} so') == ({"a": "x\ty"}, " so")
    with pytest.raises(ValueError, match="cut off"):
        one_object('{"a": "x\ny')
    with pytest.raises(ValueError, match="twice"):
        one_object('{"a": "x\n", "a": 2}')
