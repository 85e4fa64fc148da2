"""Behaviour specific to the Gemini API."""

from __future__ import annotations

from typing import Any

import pytest

from mmdt.core.output import FailureKind, Output, RefusedBy, Status
from mmdt.core.protocols import Request
from mmdt.errors import MissingExtraError, UsageError
from mmdt.models import extras
from mmdt.models.google.content import GeminiReply, error_output, output
from mmdt.models.http.client import decode
from mmdt.models.http.failures import Call
from mmdt.plugins import open_model
from tests.models.adapters import KEY, ask, draw
from tests.models.test_contract_text import SCHEMA
from tests.servers.asked import Asked
from tests.servers.google_server import GoogleServer


async def sent(name: str, request: Request, **settings: Any) -> dict[str, Any]:
    async with GoogleServer(key=KEY) as server:
        model = open_model(f"google/{name}", {"base_url": server.url, **settings})
        (found,) = await model.generate([request])
        await model.close()
        assert found.status is Status.ANSWERED
        assert server.log.last is not None
        return dict(server.log.last.params)


def read(body: bytes, request: Request | None = None) -> Output:
    reply = decode(body, GeminiReply)
    assert isinstance(reply, GeminiReply)
    return output(reply, request or ask(), None)


async def test_text_settings_go_out_under_their_names() -> None:
    given = {"top_p": 0.9, "max_tokens": 20, "thinking_budget": 0, "safety": "BLOCK_NONE"}
    body = await sent("gemini-2.5-flash", ask("Hi", seed=5, schema=SCHEMA), extra_body={"labels": {"a": "b"}}, **given)
    generation = body["generationConfig"]
    assert (generation["temperature"], generation["topP"], generation["maxOutputTokens"]) == (0, 0.9, 20)
    assert (generation["seed"], generation["responseJsonSchema"]) == (5, SCHEMA)
    assert {setting["threshold"] for setting in body["safetySettings"]} == {"BLOCK_NONE"}
    assert len(body["safetySettings"]) == 4
    assert body["labels"] == {"a": "b"}


async def test_picture_settings_go_out_under_their_names() -> None:
    body = await sent("gemini-2.5-flash-image", draw(), aspect_ratio="3:2", image_size="1K")
    assert body["generationConfig"] == {
        "responseModalities": ["TEXT", "IMAGE"],
        "imageConfig": {"aspectRatio": "3:2", "imageSize": "1K"},
    }


async def test_a_model_without_schemas_is_asked_again_without_one() -> None:
    async with GoogleServer(key=KEY, rejects={"responseJsonSchema"}) as server:
        model = open_model("google/gemini-2.5-flash", {"base_url": server.url})
        first, second = [(await model.generate([ask(schema=SCHEMA)]))[0] for _ in range(2)]
        await model.close()
    assert first.failure is not None
    assert (first.failure.retryable, first.failure.retry_after) == (True, 0.0)
    assert second.status is Status.ANSWERED


async def test_text_from_an_image_model_is_an_answer() -> None:
    def decline(_asked: Asked) -> str:
        return "I cannot draw that."

    async with GoogleServer(key=KEY, responder=decline) as server:
        model = open_model("google/gemini-2.5-flash-image", {"base_url": server.url})
        (found,) = await model.generate([draw()])
        await model.close()
    assert (found.status, found.text, found.images) == (Status.ANSWERED, "I cannot draw that.", ())


async def test_a_picture_is_what_its_bytes_say_and_not_its_label() -> None:
    class Mislabelled(GoogleServer):
        def answer(self, asked: Asked, reply: str | bytes, fault: Any) -> Any:
            found = super().answer(asked, reply, fault)
            found["candidates"][0]["content"]["parts"][0]["inlineData"]["mimeType"] = "image/jpeg"
            return found

    async with Mislabelled(key=KEY) as server:
        model = open_model("google/gemini-2.5-flash-image", {"base_url": server.url})
        (found,) = await model.generate([draw()])
        await model.close()
    assert found.images[0].media_type == "image/png"


def test_thoughts_are_no_part_of_the_answer() -> None:
    parts = b'[{"text": "Let me think", "thought": true}, {"text": "Four."}]'
    found = read(b'{"candidates": [{"content": {"parts": %b}, "finishReason": "STOP"}]}' % parts)
    assert found.text == "Four."


@pytest.mark.parametrize("reason", ["SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "RECITATION", "IMAGE_SAFETY"])
def test_a_filters_finish_reason_is_a_refusal(reason: str) -> None:
    found = read(b'{"candidates": [{"finishReason": "%b"}]}' % reason.encode())
    assert (found.refused_by, found.reason) == (RefusedBy.FILTER, reason)


@pytest.mark.parametrize(
    ("reason", "retryable"), [("OTHER", True), ("MALFORMED_RESPONSE", True), ("MAX_TOKENS", False)]
)
def test_other_finish_reasons_are_failures(reason: str, retryable: bool) -> None:
    failure = read(b'{"candidates": [{"finishReason": "%b"}]}' % reason.encode()).failure
    assert failure is not None
    assert (failure.kind, failure.retryable) == (FailureKind.EMPTY, retryable)


def test_a_blocked_prompt_is_a_refusal() -> None:
    found = read(b'{"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 4}}')
    assert (found.refused_by, found.reason, found.usage.input_tokens) == (RefusedBy.FILTER, "SAFETY", 4)


def test_thinking_is_paid_for() -> None:
    tokens = b'{"promptTokenCount": 4, "candidatesTokenCount": 3, "thoughtsTokenCount": 50}'
    found = read(b'{"candidates": [{"content": {"parts": [{"text": "x"}]}}], "usageMetadata": %b}' % tokens)
    assert (found.usage.input_tokens, found.usage.output_tokens) == (4, 53)


def test_the_wait_can_be_in_the_body() -> None:
    note = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "17s"}
    body = {"error": {"code": 429, "message": "slow down", "details": [note]}}
    failure = error_output(429, body, {}, Call("http://here", "GEMINI_API_KEY")).failure
    assert failure is not None
    assert (failure.kind, failure.retry_after) == (FailureKind.RATE_LIMIT, 17.0)


@pytest.mark.parametrize("body", [None, "gone", {"error": "gone"}, {"error": {"details": None}}, []])
def test_every_shape_of_error_is_a_failure(body: Any) -> None:
    failure = error_output(500, body, {}, Call("http://here", "GEMINI_API_KEY")).failure
    assert failure is not None
    assert failure.kind is FailureKind.SERVER


def test_without_the_sdk_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda _name: None)
    with pytest.raises(MissingExtraError, match=r"mmdt\[google\]"):
        open_model("google/gemini-2.5-flash")


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("", {}),
        ("imagen-4.0-generate-001", {}),
        ("gemini-2.5-pro", {"quality": 1}),
        ("gemini-2.5-pro", {"safety": "NONE"}),
    ],
)
def test_impossible_settings_are_usage_errors(name: str, settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        open_model(f"google/{name}", settings)
    assert caught.value.hint


def test_what_a_model_makes_follows_from_its_name() -> None:
    assert open_model("google/gemini-2.5-flash").info.modalities == {"i2t"}
    painter = open_model("google/gemini-3-pro-image").info
    assert (painter.modalities, painter.seeds, dict(painter.settings)) == (
        {"t2i", "it2i"},
        False,
        {"base_url": "https://generativelanguage.googleapis.com"},
    )


@pytest.mark.parametrize("kind", ["Part", "Content", "GenerateContentConfig"])
def test_a_quick_type_answers_as_the_sdks_own_does(kind: str) -> None:
    from google.genai import types

    from mmdt.models.google import sdk_types

    own = getattr(types, kind)
    quick = {"Part": "QuickPart", "Content": "QuickContent", "GenerateContentConfig": "QuickConfig"}[kind]
    values = {"Part": {"text": "hi"}, "Content": {"role": "user"}, "GenerateContentConfig": {"seed": 3}}[kind]
    for name in [*own.model_fields, "no_field"]:
        assert (name in own(**values)) is (name in getattr(sdk_types, quick)(**values))


async def test_a_proxy_in_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with GoogleServer(key=KEY) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        model = open_model(
            "google/gemini-2.5-flash", {"base_url": "http://127.0.0.1:9", "api_key_env": "GEMINI_API_KEY"}
        )
        (found,) = await model.generate([ask("Hi")])
        await model.close()
        assert found.status is Status.ANSWERED
        assert proxy.log.requests == 1
