"""Usage in replies: a wrong count neither loses the answer nor raises the budget."""

from __future__ import annotations

import math
from typing import Any

import pytest

from mmdt.core.output import Usage
from mmdt.models.anthropic.messages import MessageReply, messages_output
from mmdt.models.bedrock.converse import converse_output
from mmdt.models.google.content import GeminiReply
from mmdt.models.google.content import output as google_output
from mmdt.models.http.client import decode
from mmdt.models.http.usage import count, total, used
from mmdt.models.openai.chat import ChatCompletion, chat_output
from mmdt.models.openai.images import ImagesReply, _usage
from mmdt.models.openai.responses import Response, responses_output
from mmdt.models.prices import Price
from tests.models.adapters import ask

PRICE = Price(2.0, 10.0, 0.5)
ODD = [None, -5, 10**30, "many", [], {}, True, 1.5]


@pytest.mark.parametrize(("value", "counted"), [(7, 7), (0, 0), (7.0, 7), ("7", 7), *((odd, None) for odd in ODD)])
def test_a_count_is_a_whole_number_from_zero(value: Any, counted: int | None) -> None:
    assert count(value) == counted
    assert total(1, value) == (None if counted is None else 1 + counted)
    assert count(math.nan) is None


def test_an_unknown_count_has_an_unknown_cost() -> None:
    assert used(PRICE, 1_000_000, 100_000) == Usage(1_000_000, 100_000, cost=3.0)
    assert used(None, 3, 4) == Usage(3, 4)
    assert used(PRICE, None, 4) == Usage(0, 4)


def _chat(tokens: Any) -> Any:
    usage = {"prompt_tokens": tokens, "completion_tokens": 3}
    found = decode(_json({"choices": [{"message": {"content": "Hi"}}], "usage": usage}), ChatCompletion)
    assert isinstance(found, ChatCompletion)
    return chat_output(found, PRICE)


def _responses(tokens: Any) -> Any:
    said = {"type": "message", "content": [{"type": "output_text", "text": "Hi"}]}
    usage = {"input_tokens": tokens, "output_tokens": 3}
    found = decode(_json({"output": [said], "usage": usage}), Response)
    assert isinstance(found, Response)
    return responses_output(found, PRICE)


def _anthropic(tokens: Any) -> Any:
    usage = {"input_tokens": tokens, "output_tokens": 3}
    found = decode(_json({"content": [{"type": "text", "text": "Hi"}], "usage": usage}), MessageReply)
    assert isinstance(found, MessageReply)
    return messages_output(found, PRICE)


def _bedrock(tokens: Any) -> Any:
    said = {"message": {"content": [{"text": "Hi"}]}}
    usage = {"inputTokens": tokens, "outputTokens": 3}
    return converse_output({"output": said, "stopReason": "end_turn", "usage": usage}, "m", PRICE)


def _google(tokens: Any) -> Any:
    said = {"candidates": [{"content": {"parts": [{"text": "Hi"}]}}]}
    usage = {"promptTokenCount": 2, "candidatesTokenCount": tokens}
    found = decode(_json({**said, "usageMetadata": usage}), GeminiReply)
    assert isinstance(found, GeminiReply)
    return google_output(found, ask(), PRICE)


def _json(value: Any) -> bytes:
    import json

    return json.dumps(value).encode()


@pytest.mark.parametrize("reply", [_chat, _responses, _anthropic, _bedrock, _google])
@pytest.mark.parametrize("tokens", [-1_000_000, "many", 10**30, 1.5])
def test_an_invalid_count_keeps_the_answer_without_a_cost(reply: Any, tokens: Any) -> None:
    output = reply(tokens)
    assert (output.text, output.usage.cost) == ("Hi", None)
    assert 0 <= output.usage.input_tokens + output.usage.output_tokens <= 5


@pytest.mark.parametrize("reply", [_chat, _responses, _anthropic, _bedrock, _google])
def test_a_count_in_another_type_counts(reply: Any) -> None:
    assert reply(7.0).usage == reply(7).usage == reply("7").usage
    assert reply(7).usage.cost > 0


def test_pictures_with_a_price_of_their_own_need_no_tokens() -> None:
    drawn = decode(_json({"data": [{"b64_json": ""}, {"b64_json": ""}], "usage": None}), ImagesReply)
    assert isinstance(drawn, ImagesReply)
    assert _usage(drawn, PRICE) == Usage(0, 0, 2, 1.0)
    assert _usage(drawn, Price(2.0, 10.0)) == Usage(0, 0, 2)
