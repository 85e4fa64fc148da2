"""Error bodies as providers and compatible servers write them."""

from __future__ import annotations

from typing import Any

import pytest

from mmdt.core.output import FailureKind, Output, RefusedBy
from mmdt.models.http.failures import Call
from mmdt.models.openai.errors import error_output, read_error, real_status


def output(status: int, body: Any, key: str = "") -> Output:
    return error_output(status, read_error(body, "Bad Request"), {}, Call("http://here/v1", "OPENAI_API_KEY", key))


@pytest.mark.parametrize(
    "error",
    [
        {"code": "content_policy_violation", "message": "no"},
        {"code": "moderation_blocked", "type": "image_generation_user_error", "message": "no"},
        {
            "code": "content_filter",
            "status": 400,
            "innererror": {"code": "ResponsibleAIPolicyViolation"},
            "message": "no",
        },
        {"code": None, "innererror": {"code": "ResponsibleAIPolicyViolation"}, "message": "no"},
        {"code": "invalid_prompt", "message": "Your prompt was flagged as potentially violating our usage policy."},
        {"code": 400, "type": "content_filter", "message": "no"},
    ],
)
def test_every_filter_error_is_a_refusal(error: dict[str, Any]) -> None:
    found = output(400, {"error": error})
    assert found.refused_by is RefusedBy.FILTER
    assert found.reason == error["message"]


@pytest.mark.parametrize(
    "error",
    [
        {"code": "invalid_prompt", "message": "The prompt is too long"},
        {"code": "context_length_exceeded", "message": "too many tokens"},
        {"code": "invalid_image_url", "message": "the image is flagged as unreadable"},
    ],
)
def test_other_rejections_are_bad_requests(error: dict[str, Any]) -> None:
    found = output(400, {"error": error})
    assert found.failure is not None
    assert (found.failure.kind, found.failure.retryable, found.failure.fatal) == (FailureKind.BAD_REQUEST, False, False)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": "model 'x' is loading"}, "model 'x' is loading"),
        ({"detail": [{"msg": "field required"}]}, "field required"),
        ({"message": "out of memory", "code": 500}, "out of memory"),
        (["what"], "Bad Request"),
        (None, "Bad Request"),
        ({"error": {"message": None}}, "Bad Request"),
    ],
)
def test_every_shape_of_error_has_a_message(body: Any, message: str) -> None:
    found = output(500, body)
    assert found.failure is not None
    assert message in found.failure.message
    assert found.failure.kind is FailureKind.SERVER


def test_keys_are_cut_out_of_messages() -> None:
    body = {"error": {"message": "Incorrect API key provided: sk-abcdefgh12345678. Also my-own-secret.", "code": "x"}}
    found = output(401, body, "my-own-secret")
    assert found.failure is not None
    assert "abcdefgh" not in found.failure.message
    assert "my-own-secret" not in found.failure.message
    assert "[key]" in found.failure.message


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (
            500,
            {
                "error": {
                    "message": "1 validation error:\n  {'type': 'literal_error', "
                    "'loc': ('body', 'response_format', 'type'),"
                    " 'msg': \"Input should be 'text' or 'json_object'\"}",
                    "type": "internal_server_error",
                }
            },
        ),
        (422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "response_format"], "msg": "Extra inputs"}]}),
    ],
)
def test_the_field_that_a_server_names_by_its_place_is_found(status: int, body: Any) -> None:
    """llama-cpp-python and Mistral."""
    error = read_error(body, "Bad Request")
    assert error.param.split(".")[-1] == "response_format"
    assert real_status(status, error) == 422
