"""What the errors of providers mean, by the bodies that they send."""

import json

import pytest

from mmdt.core.output import RefusedBy, Status
from mmdt.models.anthropic import messages as anthropic
from mmdt.models.google import content as google
from mmdt.models.http.failures import Call
from mmdt.models.http.signals import Meaning, is_filter_finish, meaning_of
from mmdt.models.openai.errors import error_output, read_error

CALL = Call("https://api.test/v1", "TEST_API_KEY")

FILTERED = {
    "openai": (400, {"error": {"code": "content_filter", "message": "blocked", "type": "invalid_request_error"}}),
    "openai images": (400, {"error": {"code": "moderation_blocked", "message": "rejected by the safety system"}}),
    "openai invalid prompt": (400, {"error": {"code": "invalid_prompt", "message": "flagged by our usage policies"}}),
    "azure": (
        400,
        {"error": {"code": "content_filter", "message": "x", "innererror": {"code": "ResponsibleAIPolicyViolation"}}},
    ),
    "openrouter": (
        403,
        {
            "error": {
                "code": 403,
                "message": 'Your chosen model requires moderation and your input was flagged for "violence".',
                "metadata": {"reasons": ["violence"], "flagged_input": "...", "provider_name": "X"},
            }
        },
    ),
    "xai": (
        403,
        {
            "code": "The caller does not have permission to execute the specified operation",
            "error": "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO",
        },
    ),
    "litellm": (
        400,
        {
            "error": {
                "message": "litellm.BadRequestError: litellm.ContentPolicyViolationError: AzureException - x",
                "code": "400",
                "provider_specific_fields": {"innererror": {"code": "ResponsibleAIPolicyViolation"}},
            }
        },
    ),
    "dashscope": (400, {"error": {"code": "data_inspection_failed", "type": "data_inspection_failed", "message": "x"}}),
    "dashscope in words": (400, {"error": {"message": "Input data may contain inappropriate content."}}),
    "deepseek": (400, {"error": {"message": "Content Exists Risk", "code": "invalid_request_error"}}),
    "zhipu": (400, {"error": {"code": "1301", "message": "system detected potentially unsafe content"}}),
    "volcengine": (400, {"error": {"code": "InputTextSensitiveContentDetected", "message": "The request failed"}}),
    "stability": (403, {"id": "1", "name": "content_moderation", "errors": ["Your request was flagged by our system"]}),
    "together": (422, {"error": {"message": "NSFW content detected in prompt", "type": "invalid_request_error"}}),
}
FATAL = {
    "wrong key": (401, {"error": {"code": "invalid_api_key", "message": "Incorrect API key provided"}}),
    "no permission": (403, {"error": {"message": "This token does not have permission to use the model"}}),
    "openrouter without credit": (402, {"error": {"code": 402, "message": "Insufficient credits. Add more"}}),
    "deepseek without credit": (402, {"error": {"message": "Insufficient Balance"}}),
    "402 that says nothing": (402, {}),
    "openai quota": (429, {"error": {"code": "insufficient_quota", "message": "You exceeded your current quota"}}),
}


def output(status, body, **more):
    return error_output(status, read_error(body, json.dumps(body)), {}, CALL, **more)


@pytest.mark.parametrize("name", FILTERED)
def test_a_filter_is_a_refusal(name):
    found = output(*FILTERED[name])
    assert (found.status, found.refused_by) == (Status.REFUSED, RefusedBy.FILTER)


@pytest.mark.parametrize("name", FATAL)
def test_keys_and_money_end_the_run(name):
    found = output(*FATAL[name])
    assert found.failure is not None and found.failure.fatal


def test_a_limit_per_minute_is_no_matter_of_money():
    body = {"error": {"message": "You exceeded your current quota, please check your plan and billing details."}}
    failure = output(429, body).failure
    assert failure.retryable and not failure.fatal


def test_a_rate_limit_that_names_a_policy_is_a_rate_limit():
    assert meaning_of(429, (), "rate limited under our usage policy") is None


@pytest.mark.parametrize("message", ["", "Forbidden", "<html>403</html>"])
def test_a_silent_403_is_left_to_the_endpoint(message):
    failure = output(403, {"error": {"message": message}} if message else {}).failure
    assert failure.kind == "forbidden" and not failure.fatal and not failure.retryable


def test_a_status_in_the_body_counts():
    failure = output(400, {"error": {"code": "429", "message": "too many requests"}}).failure
    assert failure.kind == "rate_limit" and failure.retryable


def test_a_user_can_add_a_pattern():
    body = {"error": {"message": "Guardrail 7 tripped"}}
    assert output(400, body).status is Status.FAILED
    assert output(400, body, filters=(r"guardrail \d+ tripped",)).status is Status.REFUSED


@pytest.mark.parametrize(
    "reason", ["content_filter", "SAFETY", "sensitive", "content_filter: PROHIBITED_CONTENT", "guardrail_intervened"]
)
def test_finish_reasons_of_a_filter(reason):
    assert is_filter_finish(reason)


@pytest.mark.parametrize("reason", ["stop", "length", "tool_calls", "", "eos"])
def test_other_finish_reasons(reason):
    assert not is_filter_finish(reason)


def test_an_ordinary_bad_request_means_nothing():
    for message in ("max_tokens is too large", "unsupported value: temperature", "image could not be decoded"):
        assert meaning_of(400, ("invalid_request_error",), message) is None


def test_access_is_read_from_a_403_only():
    assert meaning_of(403, (), "invalid API key") is Meaning.ACCESS
    assert meaning_of(400, (), "the api key field is unknown") is None


def test_anthropic_and_gemini_use_the_same_table():
    error = anthropic.AnthropicError("invalid_request_error", "Output blocked by content filtering policy")
    assert anthropic.error_output(400, error, {}, CALL).status is Status.REFUSED
    found = google.error_output(403, {"error": {"message": "Content violates usage guidelines"}}, {}, CALL)
    assert found.status is Status.REFUSED
