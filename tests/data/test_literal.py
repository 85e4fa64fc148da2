import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.data.literal import MAX_DEPTH, parse_literal, to_json_value

VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**62), 2**62), st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=20),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(VALUES)
def test_literals_that_python_writes_are_read_back(value):
    assert parse_literal(repr(value)) == value


def test_lists_dicts_and_tuples():
    assert parse_literal("['cat', 'dog']") == ["cat", "dog"]
    assert parse_literal(" {'cat': 2, 'dog': -1.5} ") == {"cat": 2, "dog": -1.5}
    assert parse_literal("('left', ('a', None, True))") == ["left", ["a", None, True]]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("__import__('os').system('true')", "call"),
        ("[x for x in (1, 2)]", "listcomp"),
        ("cat", "name"),
        ("{'a', 'b'}", "set"),
        ("{1: 'a'}", "keys must be text"),
        ("{**{'a': 1}}", "not a literal of plain values"),
        ("1 + 2", "binop"),
        ("9 ** 9 ** 9", "binop"),
        ("f'{1}'", "joinedstr"),
        ("'a'.upper()", "call"),
        ("lambda: 1", "lambda"),
        ("b'bytes'", "bytes"),
        ("2j", "complex"),
        ("...", "ellipsis"),
        ("1e999", "not finite"),
        ("9" * 30, "too large"),
        ("-'a'", "not a literal of plain values"),
        ("['cat', ", "not a Python literal"),
        ("", "not a Python literal"),
        ("'\x00'", "not a Python literal"),
        ("9" * 5000, "not a Python literal"),
        ("[" * 50 + "]" * 50, "levels"),
        ("[" * 5000 + "]" * 5000, "not a Python literal"),
        ("-" * 15000 + "1", ""),
        ("[" + "1," * 9000 + "]", "values"),
        ("'" + "a" * 30_000 + "'", "30,002 characters"),
    ],
)
def test_anything_else_is_refused_with_a_reason(text, what):
    with pytest.raises(ValueError, match=r".") as caught:
        parse_literal(text)
    assert what in str(caught.value)
    assert len(str(caught.value)) < 160


def test_depth_is_allowed_up_to_the_limit():
    value = 1
    for _ in range(MAX_DEPTH):
        value = [value]
    assert parse_literal(repr(value)) == value
    with pytest.raises(ValueError, match="levels"):
        to_json_value([value])


def test_stored_values_are_checked_alike():
    assert to_json_value({"objs": ["a"], "n": None}) == {"objs": ["a"], "n": None}
    with pytest.raises(ValueError, match="bytes"):
        to_json_value([b"raw"])
    with pytest.raises(ValueError, match="not finite"):
        to_json_value([float("nan")])
