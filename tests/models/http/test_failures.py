from __future__ import annotations

import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.core.output import FailureKind
from mmdt.models.http.failures import Call, from_status, redact, retry_after


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "1e9"}, 86400.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_retry_after_as_a_date_counts_from_now() -> None:
    headers = {"retry-after": formatdate(time.time() + 30, usegmt=True)}
    assert retry_after(headers) == pytest.approx(30, abs=1.5)


@given(st.text(max_size=40))
def test_no_header_breaks_retry_after(text: str) -> None:
    seconds = retry_after({"retry-after": text})
    assert seconds is None or 0 <= seconds <= 86400


@given(st.text(max_size=60), st.text("abcdefXYZ019_-", min_size=12, max_size=40))
def test_a_key_never_survives(words: str, key: str) -> None:
    secret = f"sk-{key}"
    assert secret not in redact(f"{words} {secret} {words}", secret)
    assert secret not in redact(f"wrong key {secret}.")
    assert secret not in redact(f"Authorization: Bearer {secret}")


def test_a_message_is_one_line_of_readable_length() -> None:
    text = redact("no\nsuch\n\tthing " + "x" * 10_000)
    assert text.startswith("no such thing x")
    assert len(text) < 500


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, FailureKind.BAD_REQUEST),
        (401, FailureKind.AUTH),
        (403, FailureKind.AUTH),
        (404, FailureKind.NOT_FOUND),
        (307, FailureKind.NOT_FOUND),
        (408, FailureKind.TIMEOUT),
        (409, FailureKind.SERVER),
        (413, FailureKind.BAD_REQUEST),
        (422, FailureKind.BAD_REQUEST),
        (429, FailureKind.RATE_LIMIT),
        (500, FailureKind.SERVER),
        (502, FailureKind.SERVER),
        (503, FailureKind.OVERLOADED),
        (529, FailureKind.OVERLOADED),
    ],
)
def test_status(status: int, kind: FailureKind) -> None:
    failure = from_status(status, "no", {}, Call("http://here/v1", "KEY")).failure
    assert failure is not None
    assert failure.kind is kind
    assert failure.fatal == (kind in (FailureKind.AUTH, FailureKind.NOT_FOUND))
    assert failure.retryable == (status in (408, 409, 429) or status >= 500)
