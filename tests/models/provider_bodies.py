"""What each provider and server really sends: answers, refusals, filters, limits, empty accounts, unknown parameters.

From the providers' documentation, their SDKs and issue threads; one entry is one row of the contract. A reply is a
status and the JSON of its body, with headers where they matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TEXT = "Good day."


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Provider:
    """``model``: how mmdt calls it. ``refusal``: the output was withheld; ``filter``: the input was. ``unknown``: the
    reply to a parameter that the model does not take, and ``dropped``: that parameter, empty where mmdt never sends one
    that the provider may reject. ``path``: of its API behind the host."""

    name: str
    model: str
    answer: Reply
    refusal: Reply
    filter: Reply
    rate_limit: Reply
    no_credit: Reply
    unknown: Reply
    dropped: str = "temperature"
    path: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


def chat(content: str | None = TEXT, finish: str = "stop", **more: Any) -> Reply:
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": finish}
    usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
    return Reply(
        200, {"id": "1", "object": "chat.completion", "model": "m", "choices": [choice], "usage": usage, **more}
    )


def error(status: int, message: str, code: Any = None, kind: str | None = None, **more: Any) -> Reply:
    return Reply(status, {"error": {"message": message, "type": kind, "code": code, **more}})


UNSUPPORTED = error(
    400,
    "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
    "unsupported_value",
    "invalid_request_error",
    param="temperature",
)
LIMIT = error(429, "Rate limit reached for requests", "rate_limit_exceeded", "requests")
FLAGGED = chat(None, "content_filter")

OPENAI_LIKE = [
    Provider(
        "openai",
        "openai/gpt-4o",
        chat(),
        FLAGGED,
        error(
            400, "Invalid prompt: your prompt was flagged as potentially violating our usage policy.", "invalid_prompt"
        ),
        LIMIT,
        error(429, "You exceeded your current quota", "insufficient_quota", "insufficient_quota"),
        UNSUPPORTED,
    ),
    Provider(
        "azure",
        "azure/gpt-4o",
        chat(),
        chat(None, "content_filter", prompt_filter_results=[]),
        error(
            400,
            "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
            "content_filter",
            param="prompt",
            innererror={"code": "ResponsibleAIPolicyViolation", "content_filter_result": {"hate": {"filtered": True}}},
        ),
        error(429, "Requests to the ChatCompletions_Create Operation have exceeded call rate limit.", "429"),
        error(429, "You exceeded your current quota", "insufficient_quota"),
        UNSUPPORTED,
    ),
    Provider(
        "openrouter",
        "openai/anthropic/claude-opus-4.6",
        chat(provider="Anthropic"),
        chat("", "content_filter", native_finish_reason="refusal"),
        Reply(
            403,
            {
                "error": {
                    "code": 403,
                    "message": 'Your chosen model requires moderation and your input was flagged for "violence".',
                    "metadata": {"reasons": ["violence"], "flagged_input": "...", "provider_name": "OpenAI"},
                }
            },
        ),
        error(429, "Provider returned error", 429, metadata={"raw": "upstream is rate-limited", "provider_name": "X"}),
        error(402, "Insufficient credits. Add more using https://openrouter.ai/settings/credits", 402),
        UNSUPPORTED,
    ),
    Provider(
        "xai",
        "openai/grok-4.5",
        chat(),
        chat(None, "content_filter"),
        Reply(
            403,
            {
                "code": "The caller does not have permission to execute the specified operation",
                "error": "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO",
            },
        ),
        Reply(429, {"code": "Some resource has been exhausted", "error": "Too many requests for team"}),
        Reply(
            403,
            {
                "code": "The caller does not have permission to execute the specified operation",
                "error": "Your newly created team doesn't have any credits yet. Purchase credits on console.x.ai",
            },
        ),
        Reply(
            400,
            {
                "code": "Client specified an invalid argument",
                "error": "Argument not supported on this model: temperature",
            },
        ),
    ),
    Provider(
        "litellm",
        "openai/any",
        chat(),
        FLAGGED,
        Reply(
            400,
            {
                "error": {
                    "message": "litellm.BadRequestError: litellm.ContentPolicyViolationError: AzureException - no",
                    "type": None,
                    "param": None,
                    "code": "400",
                    "provider_specific_fields": {"innererror": {"code": "ResponsibleAIPolicyViolation"}},
                }
            },
        ),
        error(429, "litellm.RateLimitError: RateLimitError: OpenAIException - slow down", "429", "throttling_error"),
        error(429, "litellm.RateLimitError: OpenAIException - You exceeded your quota", "insufficient_quota"),
        error(
            400,
            "litellm.UnsupportedParamsError: openai does not support parameters: ['temperature'], for model=o3."
            " To drop these, set `litellm.drop_params=True`",
            "400",
        ),
    ),
    Provider(
        "dashscope",
        "openai/qwen3-vl-plus",
        chat(),
        chat(None, "content_filter"),
        error(
            400,
            "<400> InternalError.Algo.DataInspectionFailed: Input data may contain inappropriate content.",
            "data_inspection_failed",
            "data_inspection_failed",
        ),
        error(429, "You exceeded your current requests list.", "limit_requests", "limit_requests"),
        error(400, "Access denied, please make sure your account is in good standing: account is overdue", "Arrearage"),
        error(400, "Invalid value: 'temperature' is not supported", "invalid_parameter_error", param="temperature"),
    ),
    Provider(
        "deepseek",
        "openai/deepseek-chat",
        chat(),
        chat("", "content_filter"),
        error(400, "Content Exists Risk", "invalid_request_error", "invalid_request_error"),
        error(429, "Rate limit reached", "rate_limit_error"),
        error(402, "Insufficient Balance", "invalid_request_error", "unknown_error"),
        error(400, "temperature is not supported by this model", "invalid_request_error", "invalid_request_error"),
    ),
    Provider(
        "zhipu",
        "openai/glm-4.6v",
        chat(),
        chat("", "sensitive"),
        error(400, "系统检测到输入或生成内容可能包含不安全或敏感内容", "1301"),
        error(429, "当前API请求过多", "1302"),
        error(429, "您的账户已欠费", "1113"),
        error(400, "temperature 参数不支持: unsupported", "1210"),
    ),
    Provider(
        "volcengine",
        "openai/doubao-vision",
        chat(),
        chat("", "content_filter"),
        error(
            400,
            "The request failed because the input text may contain sensitive information.",
            "SensitiveContentDetected",
        ),
        error(
            429, "The requests per minute limit is exceeded", "RateLimitExceeded.EndpointRPMExceeded", "TooManyRequests"
        ),
        error(403, "The account has an overdue balance: payment required", "AccountOverdueError", "Forbidden"),
        error(400, "The parameter `temperature` specified in the request is not supported", "InvalidParameter"),
    ),
    Provider(
        "together",
        "openai/meta-llama/Llama-4-Maverick",
        chat(),
        chat("", "content_filter"),
        error(422, "NSFW content detected in prompt", "content_moderation", "invalid_request_error"),
        error(429, "You have reached the rate limit", "rate_limit", "rate_limit"),
        error(402, "Credit limit exceeded, please navigate to billing to add credits", "credit_limit"),
        error(400, "Unsupported parameter: temperature", None, "invalid_request_error"),
    ),
    Provider(
        "mistral",
        "openai/mistral-large-latest",
        chat(),
        chat("", "content_filter"),
        Reply(403, {"object": "error", "message": "The request was flagged: content moderation", "type": "moderation"}),
        Reply(
            429, {"object": "error", "message": "Requests rate limit exceeded", "type": "rate_limited", "code": "1300"}
        ),
        Reply(402, {"detail": "Payment Required"}),
        Reply(
            422,
            {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]},
        ),
        dropped="seed",
    ),
    Provider(
        "gemini through OpenAI's dialect",
        "openai/gemini-2.5-flash",
        chat(),
        chat(None, "content_filter: PROHIBITED_CONTENT"),
        chat(None, "SAFETY"),
        Reply(
            429, [{"error": {"code": 429, "message": "Resource has been exhausted", "status": "RESOURCE_EXHAUSTED"}}]
        ),
        error(402, "Your prepayment credits are depleted", 402),
        error(400, 'Invalid JSON payload received. Unknown name "temperature": Cannot find field.', 400),
    ),
    Provider(
        "vllm",
        "vllm/llava",
        chat(),
        chat("", "content_filter"),
        error(400, "content moderation: the prompt was flagged", 400, "BadRequestError"),
        error(429, "Too Many Requests", 429, "RateLimitError"),
        error(402, "Payment Required", 402),
        error(400, "[{'type': 'extra_forbidden', 'loc': ('body', 'temperature'), 'msg': 'Extra inputs'}]", 400),
    ),
    Provider(
        "openai responses",
        "openai/gpt-5.4",
        Reply(
            200,
            {
                "object": "response",
                "model": "m",
                "status": "completed",
                "output": [{"type": "message", "content": [{"type": "output_text", "text": TEXT}]}],
                "usage": {"input_tokens": 9, "output_tokens": 3},
            },
        ),
        Reply(
            200,
            {
                "object": "response",
                "output": [],
                "status": "incomplete",
                "incomplete_details": {"reason": "content_filter"},
            },
        ),
        error(400, "This request was blocked under our bio policy", "bio_policy", "invalid_request_error"),
        LIMIT,
        error(429, "You exceeded your current quota", "insufficient_quota", "insufficient_quota"),
        UNSUPPORTED,
        settings={"api": "responses"},
    ),
]


def _google(status: int, message: str, name: str, **more: Any) -> Reply:
    return Reply(status, {"error": {"code": status, "message": message, "status": name, **more}})


def _candidate(text: str = "", reason: str = "STOP") -> Reply:
    parts = [{"text": text}] if text else []
    candidate = {"content": {"role": "model", "parts": parts}, "finishReason": reason}
    usage = {"promptTokenCount": 9, "candidatesTokenCount": 3}
    return Reply(200, {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "m"})


def _aws(status: int, kind: str, message: str) -> Reply:
    return Reply(status, {"message": message}, {"x-amzn-errortype": kind})


def _converse(text: str = TEXT, stop: str = "end_turn") -> Reply:
    message = {"role": "assistant", "content": [{"text": text}]}
    usage = {"inputTokens": 9, "outputTokens": 3, "totalTokens": 12}
    return Reply(200, {"output": {"message": message}, "stopReason": stop, "usage": usage, "metrics": {"latencyMs": 1}})


def _claude(status: int, kind: str, message: str) -> Reply:
    return Reply(status, {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"})


def _message(text: str = TEXT, stop: str = "end_turn", **more: Any) -> Reply:
    content = [{"type": "text", "text": text}] if text else []
    usage = {"input_tokens": 9, "output_tokens": 3}
    return Reply(
        200, {"type": "message", "model": "m", "content": content, "stop_reason": stop, "usage": usage, **more}
    )


OTHERS = [
    Provider(
        "anthropic",
        "anthropic/claude-sonnet-4-6",
        _message(),
        _message("", "refusal", stop_details={"type": "refusal", "category": "bio", "explanation": "harmful"}),
        _claude(400, "invalid_request_error", "Output blocked by content filtering policy"),
        _claude(429, "rate_limit_error", "This request would exceed your organization's rate limit"),
        _claude(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
        _claude(400, "invalid_request_error", "temperature: Extra inputs are not permitted"),
        dropped="",
    ),
    Provider(
        "google",
        "google/gemini-2.5-flash",
        _candidate(TEXT),
        _candidate("", "SAFETY"),
        Reply(200, {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 9}}),
        _google(429, "Resource has been exhausted (e.g. check quota).", "RESOURCE_EXHAUSTED"),
        _google(402, "Your prepayment credits are depleted.", "FAILED_PRECONDITION"),
        _google(400, "Invalid value at 'generation_config.temperature'", "INVALID_ARGUMENT"),
        dropped="",
    ),
    Provider(
        "bedrock",
        "bedrock/us.anthropic.claude-sonnet-4-6",
        _converse(),
        _converse("Sorry.", "guardrail_intervened"),
        _converse("", "content_filtered"),
        _aws(429, "ThrottlingException", "Too many requests, please wait before trying again."),
        _aws(402, "PaymentRequiredException", "payment required"),
        _aws(400, "ValidationException", "The model returned the following errors: temperature is not supported"),
    ),
]
PROVIDERS = [*OPENAI_LIKE, *OTHERS]
