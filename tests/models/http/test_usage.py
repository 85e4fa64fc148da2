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


CACHED = Price(4.0, 20.0, cache_read=0.4, cache_write=5.0)


def _chat_usage(usage: Any, price: Price | None = CACHED) -> Usage:
    found = decode(_json({"choices": [{"message": {"content": "Hi"}}], "usage": usage}), ChatCompletion)
    assert isinstance(found, ChatCompletion)
    return chat_output(found, price).usage


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens_details": {"cached_tokens": 6000, "cache_write_tokens": 3000}},
        {"cache_read_input_tokens": 6000, "cache_creation_input_tokens": 3000},
        {"prompt_tokens_details": {"cached_tokens": "6000", "cache_write_tokens": 3000.0}},
    ],
)
def test_cached_tokens_have_their_own_prices(usage: dict[str, Any]) -> None:
    """OpenAI and OpenRouter, LiteLLM, a gateway that writes numbers as text."""
    found = _chat_usage({"prompt_tokens": 10_000, "completion_tokens": 100, **usage})
    assert found.input_tokens == 10_000
    assert found.cost == pytest.approx((1000 * 4 + 6000 * 0.4 + 3000 * 5 + 100 * 20) / 1e6)


@pytest.mark.parametrize("field", ["prompt_cache_hit_tokens", "cached_tokens"])
def test_deepseek_and_moonshot_count_them_elsewhere(field: str) -> None:
    found = _chat_usage({"prompt_tokens": 1000, "completion_tokens": 0, field: 400})
    assert found.cost == pytest.approx((600 * 4 + 400 * 0.4) / 1e6)


@pytest.mark.parametrize("odd", [[], None, "many", {"cached_tokens": -1}, {"cached_tokens": []}, 7])
def test_odd_details_are_no_details(odd: Any) -> None:
    found = _chat_usage({"prompt_tokens": 1000, "completion_tokens": 0, "prompt_tokens_details": odd})
    assert found.cost == pytest.approx(0.004)


def test_anthropic_counts_its_cache_beside_the_input() -> None:
    price = Price(5.0, 25.0, cache_read=0.5, cache_write=6.25, cache_write_1h=10.0)
    usage = {
        "input_tokens": 100,
        "cache_read_input_tokens": 1000,
        "cache_creation_input_tokens": 500,
        "cache_creation": {"ephemeral_5m_input_tokens": 300, "ephemeral_1h_input_tokens": 200},
        "output_tokens": 10,
    }
    reply = decode(_json({"content": [{"type": "text", "text": "Hi"}], "usage": usage}), MessageReply)
    assert isinstance(reply, MessageReply)
    found = messages_output(reply, price).usage
    assert found.input_tokens == 1600
    assert found.cost == pytest.approx((100 * 5 + 1000 * 0.5 + 300 * 6.25 + 200 * 10 + 10 * 25) / 1e6)


def test_gemini_counts_pictures_and_its_cache_within_the_input() -> None:
    price = Price(2.0, 12.0, cache_read=0.2, output_image=120.0)
    tokens = {
        "promptTokenCount": 1000,
        "cachedContentTokenCount": 600,
        "candidatesTokenCount": 1300,
        "thoughtsTokenCount": 100,
        "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1120}, {"modality": "TEXT", "tokenCount": 180}],
    }
    said = {"candidates": [{"content": {"parts": [{"text": "Hi"}]}}], "usageMetadata": tokens}
    reply = decode(_json(said), GeminiReply)
    assert isinstance(reply, GeminiReply)
    cost = google_output(reply, ask(), price).usage.cost
    assert cost == pytest.approx((400 * 2 + 600 * 0.2 + 280 * 12 + 1120 * 120) / 1e6)


def test_bedrock_counts_its_cache_beside_the_input() -> None:
    usage = {"inputTokens": 100, "cacheReadInputTokens": 1000, "cacheWriteInputTokens": 500, "outputTokens": 0}
    reply = {"output": {"message": {"content": [{"text": "Hi"}]}}, "stopReason": "end_turn", "usage": usage}
    found = converse_output(reply, "m", CACHED).usage
    assert (found.input_tokens, found.cost) == (1600, pytest.approx((100 * 4 + 1000 * 0.4 + 500 * 5) / 1e6))


TOKENS = {"prompt_tokens": 1000, "completion_tokens": 100}


@pytest.mark.parametrize(
    ("said", "cost"),
    [
        ({"cost": 0.95}, 0.95),
        ({"cost": "0.95"}, 0.95),
        ({"cost": 0}, 0.0),
        ({"cost": 0.01, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.19}}, 0.2),
        ({"cost": 0.01, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.19}}, 0.01),
        ({"cost": 0.01, "is_byok": True, "cost_details": None}, 0.01),
        ({"cost_in_usd_ticks": 37_756_000}, 0.0037756),
    ],
)
def test_what_a_reply_says_it_cost_is_taken(said: dict[str, Any], cost: float) -> None:
    """OpenRouter's dollars, and xAI's ticks by the example in its documentation."""
    assert _chat_usage({**TOKENS, **said}).cost == pytest.approx(cost)
    assert _chat_usage({**TOKENS, **said}, None).cost == pytest.approx(cost)
    assert _chat_usage({**TOKENS, **said}, Price(1.0, 1.0, fixed=True)).cost == pytest.approx(0.0011)


@pytest.mark.parametrize("odd", [-1, 1e12, "dear", None, [], {}, True, math.inf])
def test_a_cost_that_cannot_be_one_is_not_taken(odd: Any) -> None:
    usage = {**TOKENS, "cost": odd if odd != math.inf else "inf"}
    assert _chat_usage(usage).cost == pytest.approx((1000 * 4 + 100 * 20) / 1e6)
