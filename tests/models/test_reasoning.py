"""Reasoning that providers set apart is kept beside the answer, and never glued into it."""

import msgspec

from mmdt.core.protocols import Request
from mmdt.models.anthropic.messages import MessageReply as AnthropicReply
from mmdt.models.anthropic.messages import messages_output
from mmdt.models.bedrock.converse import converse_output
from mmdt.models.google.content import GeminiReply as GoogleReply
from mmdt.models.google.content import output as google_output
from mmdt.models.openai.chat import ChatCompletion, chat_output
from mmdt.models.openai.responses import Response, responses_output


def both(output):
    return output.text, output.reasoning


def chat(**message):
    reply = {"choices": [{"message": message, "finish_reason": "stop"}]}
    return chat_output(msgspec.convert(reply, ChatCompletion), None)


def test_chat_fields_of_compatible_servers():
    for field in ("reasoning_content", "reasoning", "thinking"):
        assert both(chat(content="Two.", **{field: "hm"})) == ("Two.", "hm")
    assert both(chat(content="Two.", reasoning={"odd": 1})) == ("Two.", "")


def test_chat_parts_of_the_type_thinking():
    for part in (
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
        {"type": "thinking", "thinking": "hm"},
        {"type": "reasoning", "text": "hm"},
    ):
        assert both(chat(content=[part, {"type": "text", "text": "Two."}])) == ("Two.", "hm")


def test_responses_items_of_the_type_reasoning():
    message = {"type": "message", "content": [{"type": "output_text", "text": "Two."}]}
    summary = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}
    whole = {"type": "reasoning", "content": [{"type": "reasoning_text", "text": "hm"}], "summary": []}
    for item in (summary, whole):
        reply = msgspec.convert({"output": [item, message]}, Response)
        assert both(responses_output(reply, None)) == ("Two.", "hm")


def test_anthropics_thinking_blocks():
    blocks = [{"type": "thinking", "thinking": "hm", "signature": "x"}, {"type": "redacted_thinking", "data": "y"}]
    reply = msgspec.convert({"content": [*blocks, {"type": "text", "text": "Two."}]}, AnthropicReply)
    assert both(messages_output(reply, None)) == ("Two.", "hm")


def test_googles_thoughts():
    parts = [{"text": "hm", "thought": True}, {"text": "Two."}]
    reply = msgspec.convert({"candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}]}, GoogleReply)
    assert both(google_output(reply, Request.of("i2t", "How many?"), None)) == ("Two.", "hm")


def test_bedrocks_reasoning_content():
    thoughts = [
        {"reasoningContent": {"reasoningText": {"text": "hm"}}},
        {"reasoningContent": {"redactedContent": b"x"}},
    ]
    reply = {
        "output": {"message": {"content": [*thoughts, {"text": "Two."}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 1, "outputTokens": 1},
    }
    assert both(converse_output(reply, "m", None)) == ("Two.", "hm")
