"""Replies in another form than was asked for: streams of events, byte order marks, odd usage."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import web

from mmdt.core.output import FailureKind, Output, RefusedBy, Status
from mmdt.models.http.streams import at_once
from mmdt.plugins import open_model
from tests.models.adapters import ask
from tests.servers.replies import replying


def events(*bodies: Any, done: bool = True, breaks: str = "\n\n") -> bytes:
    lines = [f"data: {body if isinstance(body, str) else json.dumps(body)}" for body in bodies]
    return (breaks.join([*lines, "data: [DONE]"] if done else lines) + breaks).encode()


def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
    return {"model": "m-1", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


CHAT = (
    chunk({"role": "assistant", "content": ""}),
    chunk({"reasoning_content": "Hm."}),
    chunk({"content": "Good "}),
    chunk({"content": "day, ünï."}),
    chunk({}, "stop"),
    {"model": "m-1", "choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}},
)
MESSAGE = (
    {
        "type": "message_start",
        "message": {"model": "c-1", "content": [], "usage": {"input_tokens": 7, "output_tokens": 1}},
    },
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "ping"},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Good "}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "day."}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}},
    {"type": "message_stop"},
)
RESPONSE = (
    {"type": "response.created", "response": {"output": []}},
    {"type": "response.output_text.delta", "delta": "Good"},
    {
        "type": "response.completed",
        "response": {
            "model": "r-1",
            "output": [{"type": "message", "content": [{"type": "output_text", "text": "Good day."}]}],
            "usage": {"input_tokens": 7, "output_tokens": 3},
        },
    },
)


async def answered(reply: bytes, model: str = "openai/llava", status: int = 200, **settings: Any) -> Output:
    """What a model makes of this reply, over real HTTP."""
    async with replying(web.Response(body=reply, status=status, content_type="text/event-stream")) as url:
        opened = open_model(model, {"base_url": url, **settings})
        (output,) = await opened.generate([ask("Hello?")])
        await opened.close()
    return output


@pytest.mark.parametrize(
    "reply",
    [
        events(*CHAT),
        events(*CHAT, breaks="\r\n\r\n"),
        events(*CHAT, done=False),
        b"\xef\xbb\xbf" + events(*CHAT),
        b": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n" + events(*CHAT),
        b"\n\n" + events(*CHAT),
        events(*CHAT).rstrip(),
    ],
)
async def test_a_stream_of_chat_is_read(reply: bytes) -> None:
    output = await answered(reply)
    assert (output.text, output.finish, output.model) == ("Good day, ünï.", "stop", "m-1")
    assert (output.usage.input_tokens, output.usage.output_tokens) == (7, 3)
    assert output.reasoning == "Hm."


async def test_a_stream_of_a_whole_message_is_read() -> None:
    whole = {"choices": [{"message": {"role": "assistant", "content": "Good day."}, "finish_reason": "stop"}]}
    assert (await answered(events(whole))).text == "Good day."


async def test_a_stream_of_responses_is_read() -> None:
    output = await answered(events(*RESPONSE, done=False), api="responses")
    assert (output.text, output.model, output.usage.output_tokens) == ("Good day.", "r-1", 3)


async def test_a_stream_of_messages_is_read() -> None:
    output = await answered(events(*MESSAGE, done=False), "anthropic/claude-sonnet-4-6")
    assert (output.text, output.model, output.finish) == ("Good day.", "c-1", "stop")
    assert (output.usage.input_tokens, output.usage.output_tokens) == (7, 3)


def test_a_stream_of_gemini_is_put_together() -> None:
    parts = [{"candidates": [{"content": {"parts": [{"text": text}]}}]} for text in ("Good ", "day.")]
    parts[-1]["candidates"][0]["finishReason"] = "STOP"
    whole = json.loads(at_once(events(*parts, {"usageMetadata": {"promptTokenCount": 7}}, done=False)))
    assert [part["text"] for part in whole["candidates"][0]["content"]["parts"]] == ["Good ", "day."]
    assert whole["candidates"][0]["finishReason"] == "STOP"
    assert whole["usageMetadata"] == {"promptTokenCount": 7}


async def test_a_filter_in_a_stream_is_a_refusal() -> None:
    output = await answered(events(chunk({"content": "The"}), chunk({}, "content_filter")))
    assert output.refused_by is RefusedBy.FILTER


@pytest.mark.parametrize("cut", [events(*CHAT[:3], done=False), events(*CHAT)[:-60], b"data: {", b"data: 7\n\n", b":"])
async def test_a_stream_that_broke_off_is_no_answer(cut: bytes) -> None:
    output = await answered(cut)
    assert output.failure is not None
    assert (output.failure.kind, output.failure.retryable) == (FailureKind.BAD_REPLY, True)


async def test_an_error_in_a_stream_is_an_error() -> None:
    error = {"error": {"message": "Rate limit reached", "code": "429"}}
    output = await answered(events(chunk({"content": "The"}), error))
    assert output.failure is not None
    assert output.failure.kind is FailureKind.RATE_LIMIT


@pytest.mark.parametrize("model", ["openai/llava", "anthropic/claude-sonnet-4-6", "google/gemini-2.5-flash"])
async def test_a_byte_order_mark_is_no_part_of_the_reply(model: str) -> None:
    bodies = {
        "openai/llava": {"choices": [{"message": {"content": "Good day."}}]},
        "anthropic/claude-sonnet-4-6": {"content": [{"type": "text", "text": "Good day."}]},
        "google/gemini-2.5-flash": {"candidates": [{"content": {"parts": [{"text": "Good day."}]}}]},
    }
    reply = b"\xef\xbb\xbf" + json.dumps(bodies[model]).encode()
    async with replying(web.Response(body=reply, content_type="application/json")) as url:
        opened = open_model(model, {"base_url": url})
        (output,) = await opened.generate([ask("Hello?")])
        await opened.close()
    assert output.text == "Good day."


async def test_a_byte_order_mark_before_an_error_hides_nothing() -> None:
    error = {"error": {"message": "no", "code": "content_filter"}}
    assert (await answered(b"\xef\xbb\xbf" + json.dumps(error).encode(), status=400)).status is Status.REFUSED


@pytest.mark.parametrize("usage", [[], None, "none", 7, {}, {"prompt_tokens": "7", "completion_tokens": "3"}])
async def test_odd_usage_loses_no_answer(usage: Any) -> None:
    body = {"choices": [{"message": {"content": "Good day."}}], "usage": usage}
    output = await answered(json.dumps(body).encode())
    assert output.text == "Good day."
    assert output.usage.input_tokens == (7 if isinstance(usage, dict) and usage else 0)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"error": {"code": "429", "message": "slow down"}}),
        (200, {"error": {"code": 429, "message": "slow down"}}),
        (200, {"code": "429", "message": "slow down"}),
        (200, {"code": 429, "message": "slow down"}),
        (200, {"error": "slow down", "code": "429"}),
        (400, {"code": "429", "message": "slow down"}),
        (400, {"error": {"code": "rate_limit_exceeded", "message": "slow down"}}),
        (500, {"error": {"code": "429", "message": "litellm.RateLimitError: slow down", "type": "None"}}),
        (500, {"error": {"message": "slow down", "type": "rate_limit_error"}}),
        (429, {"error": {"code": "429", "message": "slow down"}}),
    ],
)
async def test_a_rate_limit_is_one_wherever_it_is_written(status: int, body: Any) -> None:
    output = await answered(json.dumps(body).encode(), status=status)
    assert output.failure is not None
    assert (output.failure.kind, output.failure.retryable) == (FailureKind.RATE_LIMIT, True)


@pytest.mark.parametrize("body", [{"error": {"message": "upstream failed"}}, {"error": "upstream failed"}])
async def test_an_error_with_status_200_is_the_gateways(body: Any) -> None:
    output = await answered(json.dumps(body).encode())
    assert output.failure is not None
    assert (output.failure.kind, output.failure.retryable) == (FailureKind.SERVER, True)


async def test_a_filter_with_status_200_is_a_refusal() -> None:
    error = {"error": {"message": "flagged", "code": "content_filter"}}
    assert (await answered(json.dumps(error).encode())).status is Status.REFUSED
