from __future__ import annotations

import base64
import gzip
import json

from hypothesis import given
from hypothesis import strategies as st

from mmdt.report.html.embed import PLAIN_UP_TO, csp_hash, json_for_script, pack

ANY_TEXT = st.text(st.characters())  # lone surrogates as well
FINITE = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | FINITE | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_any_value_survives_and_contains_no_markup(value):
    text = json_for_script(value)
    assert json.loads(text) == value
    assert text.isascii()
    assert not set("<>&\n\r") & set(text)


def test_an_end_tag_and_line_separators_are_escaped():
    assert json_for_script("</script>\u2028") == '"\\u003c/script\\u003e\\u2028"'


def test_nan_becomes_null():
    assert json_for_script({"a": [float("nan"), 1.5], "b": (float("inf"),)}) == '{"a":[null,1.5],"b":[null]}'


def test_short_data_stays_readable_and_long_data_is_compressed():
    assert pack(["short"]) == pack(["short"])
    assert pack(["short"]).encoding == "json"
    long = ["</script>" * PLAIN_UP_TO]
    packed = pack(long)
    assert packed.encoding == "gzip"
    assert len(packed.text) < PLAIN_UP_TO // 10
    assert json.loads(gzip.decompress(base64.b64decode(packed.text))) == long
    assert pack(long) == packed


def test_the_hash_is_the_one_browsers_compute():
    # the SHA-256 of nothing, as in FIPS 180-4's well-known test vector
    assert csp_hash("") == "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
