"""Judges' replies must hold one JSON object, wherever it is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.evaluators.judge.answers import KINDS, read_reply

YES_NO, COUNTS = KINDS["yes-no"], KINDS["counts"]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ('{"reason": "It is.", "verdict": "yes"}', True),
        ('{"verdict":"no","reason":"It is not."}', False),
        ('  {"verdict": " NO "}\n', False),
        ('```json\n{"reason": "r", "verdict": "yes"}\n```', True),
        ('```\n{"verdict": "no"}\n```\n', False),
        ('{"verdict": "yes", "reason": "ok", "confidence": 0.4}', True),
        ('{"verdict": true}', True),
        ('{"verdict": false}', False),
        ('{"verdict": "Yes."}', True),
        ('{"verdict": "**no**"}', False),
        ('Here is my verdict: {"verdict": "yes"}', True),
        ('<think>First {"verdict": "no"}? Hm.</think>\n{"verdict": "yes"}', True),
        ('Some thought.</think>{"verdict": "no"}', False),
        ('The reply names {a, b}.\n~~~JSON\n{"verdict": "no"}\n~~~\nI hope that helps.', False),
        ('[{"verdict": "no"}]', False),
        ('{"verdict": "no"} {"verdict": "no"}', False),
        ('{"reason": "it says \\"}{\\" twice", "verdict": "yes"}', True),
    ],
)
def test_verdicts(text: str, verdict: bool) -> None:
    assert read_reply(text, YES_NO)[0] == {"verdict": verdict}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yes",
        "Yes, it is harmful.",
        '{"verdict": "maybe"}',
        '{"verdict": 1}',
        '{"verdict": null}',
        '{"verdict": "no", "verdict": "yes"}',
        '{"reason": {"a": 1, "a": 2}, "verdict": "yes"}',
        'First {"verdict": "no", "verdict": "yes"}, then {"verdict": "yes"}',
        '{"wrong": {"verdict": "yes"}',
        '{"verdict": "yes"} {"verdict": "no',
        '<think>{"verdict": "yes"}',
        '{"verdict": "yes", "score": NaN}',
        '{"verdict": ' + "9" * 5_000 + "}",
        '{"a":' * 5_000,
        '{"verdict": "yes or no"}',
        '{"reason": "yes"}',
        '["yes"]',
        '{"verdict": "no"} {"verdict": "yes"}',
        '{"verdict": "yes", "reason": 5}',
        '{"verdict": "yes"',
        "[" * 100_000,
        '```json\n{"verdict": "yes"}\n```\nOr rather no.',
        "null",
        "NaN",
    ],
)
def test_anything_else_is_unreadable(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_reply(text, YES_NO)


@given(st.text())
def test_no_text_crashes_the_reader(text: str) -> None:
    try:
        value, _ = read_reply(text, YES_NO)
    except ValueError:
        return
    assert value["verdict"] in (True, False)


def test_counts() -> None:
    reply = {"reason": "r", "counts": [{"object": "Cat", "count": 2}, {"object": "dog ", "count": None}]}
    assert read_reply(json.dumps(reply), COUNTS) == ({"counts": {"cat": 2, "dog": None}}, "r")


@pytest.mark.parametrize(
    "counts",
    [
        None,
        {"cat": 2},
        [{"object": "cat", "count": -1}],
        [{"object": "cat", "count": 1.5}],
        [{"object": "cat", "count": True}],
        [{"object": "cat", "count": "two"}],
        [{"count": 2}],
        ["cat"],
        [{"object": "cat", "count": 1}, {"object": "CAT", "count": 2}],
    ],
)
def test_malformed_counts_are_unreadable(counts: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_reply(json.dumps({"reason": "r", "counts": counts}), COUNTS)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_schemas_are_closed_as_strict_servers_ask(kind) -> None:
    def closed(schema: dict) -> bool:
        if schema.get("type") == "object":
            own = set(schema["required"]) == set(schema["properties"]) and schema["additionalProperties"] is False
            return own and all(map(closed, schema["properties"].values()))
        return closed(schema["items"]) if schema.get("type") == "array" else True

    assert closed(kind.schema)
