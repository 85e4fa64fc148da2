"""Behaviour specific to Amazon Bedrock."""

from __future__ import annotations

import asyncio
import base64
import logging
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mmdt.core.output import FailureKind, Output, RefusedBy, Status
from mmdt.core.protocols import Request
from mmdt.errors import MissingExtraError, UsageError
from mmdt.models import extras
from mmdt.models.bedrock.converse import converse_output
from mmdt.models.bedrock.errors import error_output
from mmdt.models.bedrock.images import images_output
from mmdt.models.check import check_endpoint
from mmdt.models.http.failures import Call
from mmdt.models.prices import Price
from mmdt.plugins import open_model
from tests.models.adapters import KEY, ask, draw, sample
from tests.models.test_contract_text import SCHEMA
from tests.servers.asked import Asked
from tests.servers.bedrock_server import BedrockServer
from tests.servers.behaviour import script
from tests.servers.responder import picture

NAME = "bedrock/us.anthropic.claude-sonnet-4-6"
CANVAS = "bedrock/amazon.nova-canvas-v1:0"
CORE = "bedrock/stability.stable-image-core-v1:1"
ARN = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-6"


async def sent(name: str, request: Request, **settings: Any) -> Asked:
    """What reached the server."""
    async with BedrockServer(key=KEY) as server:
        model = open_model(name, {"base_url": server.url, **settings})
        (output,) = await model.generate([request])
        await model.close()
        assert output.status is Status.ANSWERED, output
        assert server.log.last is not None
        return server.log.last


# Requests


async def test_converse_decodes_greedily() -> None:
    asked = await sent(NAME, ask("Hi", seed=3))
    content = [{"text": "Hi"}]
    assert asked.model == "us.anthropic.claude-sonnet-4-6"
    assert asked.params["messages"] == [{"role": "user", "content": content}]
    assert asked.params["inferenceConfig"] == {"temperature": 0, "maxTokens": 8192}
    assert set(asked.params) == {"messages", "inferenceConfig", "temperature", "maxTokens"}


async def test_settings_go_out_under_their_names() -> None:
    chosen = {"temperature": "0.5", "top_p": 0.9, "max_tokens": 20, "guardrail": "abc123", "guardrail_version": "2"}
    request = ask("Hi", sample(), system="Be brief.", schema=SCHEMA)
    body = (await sent(NAME, request, extra_body={"top_k": 5}, **chosen)).params
    assert body["inferenceConfig"] == {"temperature": 0.5, "topP": 0.9, "maxTokens": 20}
    assert body["guardrailConfig"] == {"guardrailIdentifier": "abc123", "guardrailVersion": "2"}
    assert body["additionalModelRequestFields"] == {"top_k": 5}
    assert body["system"] == [{"text": "Be brief."}]
    schema = body["outputConfig"]["textFormat"]["structure"]["jsonSchema"]["schema"]
    assert msgspec.json.decode(schema) == SCHEMA
    assert [list(block) for block in body["messages"][0]["content"]] == [["image"], ["text"]]


async def test_an_arn_is_a_name_and_says_the_region(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await sent(f"bedrock/{ARN}", ask("Hi"))).model == ARN
    monkeypatch.delenv("AWS_REGION")
    info = open_model(f"bedrock/{ARN}").info
    assert (info.name, dict(info.settings)) == (
        f"bedrock/{ARN}",
        {"region": "eu-west-1", "temperature": "0 where accepted", "max_tokens": 8192},
    )


async def test_a_picture_in_amazons_form() -> None:
    more = {"imageGenerationConfig": {"quality": "premium"}, "textToImageParams": {"negativeText": "fog"}}
    request = draw("a square", seed=858_993_460 + 5, system="Flat colours")
    asked = await sent(CANVAS, request, guardrail="abc123", extra_body=more)
    assert asked.params["textToImageParams"] == {"text": "Flat colours\n\na square", "negativeText": "fog"}
    assert asked.params["imageGenerationConfig"] == {"numberOfImages": 1, "seed": 5, "quality": "premium"}
    assert asked.headers["X-Amzn-Bedrock-GuardrailIdentifier"] == "abc123"


async def test_a_picture_in_stabilitys_form() -> None:
    asked = await sent(CORE, draw("a square", seed=0), extra_body={"aspect_ratio": "3:2"})
    assert dict(asked.params) == {"prompt": "a square", "seed": 1, "aspect_ratio": "3:2"}


async def test_without_a_seed_pictures_differ() -> None:
    async with BedrockServer(key=KEY) as server:
        model = open_model(CANVAS, {"base_url": server.url})
        first, second = await model.generate([draw(), draw()])
        await model.close()
    assert first.images[0].digest != second.images[0].digest


async def test_a_model_without_a_telling_name_draws_where_its_form_is_named() -> None:
    name = "bedrock/arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc"
    assert open_model(name).info.modalities == {"i2t"}
    assert open_model(name, {"image_api": "amazon"}).info.modalities == {"t2i"}
    assert (await sent(name, draw("a cat"), image_api="amazon")).params["taskType"] == "TEXT_IMAGE"


@pytest.mark.parametrize("field", ["temperature", "outputConfig"])
async def test_what_a_model_does_not_take_is_left_out_from_then_on(field: str) -> None:
    async with BedrockServer(key=KEY, rejects={field}) as server:
        model = open_model(NAME, {"base_url": server.url})
        first, second = [(await model.generate([ask(schema=SCHEMA)]))[0] for _ in range(2)]
        await model.close()
        assert server.log.requests == 1, "the second request is the only one that got through"
    assert first.failure is not None
    assert (first.failure.retryable, first.failure.retry_after) == (True, 0.0)
    assert second.status is Status.ANSWERED


async def test_the_users_temperature_is_never_left_out() -> None:
    async with BedrockServer(key=KEY, rejects={"temperature"}) as server:
        model = open_model(NAME, {"base_url": server.url, "temperature": 0.7})
        outputs = [(await model.generate([ask()]))[0] for _ in range(2)]
        await model.close()
    for output in outputs:
        assert output.failure is not None
        assert (output.failure.kind, output.failure.retryable) == (FailureKind.BAD_REQUEST, False)


async def test_what_the_sdk_itself_does_not_take_is_a_wrong_request() -> None:
    async with BedrockServer(key=KEY) as server:
        model = open_model(NAME, {"base_url": server.url, "guardrail": "", "extra_body": {"a": {1, 2}}})
        (output,) = await model.generate([ask()])
        await model.close()
        assert server.log.requests == 0
    assert output.failure is not None
    assert (output.failure.kind, output.failure.retryable) == (FailureKind.BAD_REQUEST, False)


# Credentials


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "session-0123456789abcdef")
    return "session-0123456789abcdef"


async def outcome(server: BedrockServer, **settings: Any) -> Output:
    model = open_model(NAME, {"base_url": server.url, **settings})
    (output,) = await model.generate([ask()])
    await model.close()
    return output


async def test_a_session_is_kept_out_of_logs_and_messages(
    token: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with BedrockServer(key=KEY) as server:
        good = await outcome(server)
        assert server.log.last is not None
        assert server.log.last.headers["X-Amz-Security-Token"] == token
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another-0123456789abcdef")
        bad = await outcome(server)
    assert good.status is Status.ANSWERED
    assert bad.failure is not None
    assert bad.failure.kind is FailureKind.AUTH
    for secret in (token, KEY, "another-0123456789abcdef"):
        assert secret not in f"{caplog.text} {good} {bad}"


@pytest.mark.parametrize(("given", "status"), [(KEY, Status.ANSWERED), ("ABSKwrong0123456789", Status.FAILED)])
async def test_a_bedrock_api_key_works_too(
    given: str, status: Status, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", given)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    async with BedrockServer(key=KEY) as server:
        output = await outcome(server)
        found = await check_endpoint(NAME, {"base_url": server.url})
    assert output.status is status
    if output.failure is not None:
        assert (output.failure.kind, output.failure.fatal) == (FailureKind.AUTH, True)
        assert "AWS_BEARER_TOKEN_BEDROCK" in output.failure.message
    assert found[0].what == "a key is in AWS_BEARER_TOKEN_BEDROCK"
    assert given not in f"{caplog.text} {output} {found}"


async def test_without_credentials_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    async with BedrockServer(key=KEY) as server:
        output = await outcome(server)
        (found,) = await check_endpoint(NAME, {"base_url": server.url})
        assert server.log.requests == 0
    assert output.failure is not None
    assert (output.failure.kind, output.failure.fatal) == (FailureKind.AUTH, True)
    assert "AWS_ACCESS_KEY_ID" in output.failure.message
    assert (found.level, "AWS_ACCESS_KEY_ID" in found.hint) == ("problem", True)


async def test_a_profile_brings_credentials_and_region(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / "config"
    text = f"[profile lab]\nregion = eu-north-1\naws_access_key_id = AKIDLAB\naws_secret_access_key = {KEY}\n"
    config.write_text(text)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_REGION"):
        monkeypatch.delenv(name)
    async with BedrockServer(key=KEY) as server:
        output = await outcome(server, profile="lab")
        assert server.log.last is not None
        assert "AKIDLAB" in server.log.last.headers["Authorization"]
        with pytest.raises(UsageError, match="lub"):
            open_model(NAME, {"profile": "lub"})
    assert output.status is Status.ANSWERED
    assert open_model(NAME, {"profile": "lab"}).info.settings["region"] == "eu-north-1"


async def test_a_profile_that_is_not_there_is_named_when_asked() -> None:
    output = await outcome(BedrockServer(port=1), profile="lub", region="us-east-1")
    assert output.failure is not None
    assert (output.failure.kind, output.failure.fatal) == (FailureKind.AUTH, True)
    assert "lub" in output.failure.message


async def test_a_forbidden_model_list_is_only_a_warning() -> None:
    class Discreet(BedrockServer):
        async def _list(self, request: Any, body: Any) -> Any:
            from aiohttp import web

            headers = {"x-amzn-ErrorType": "AccessDeniedException"}
            return web.json_response({"message": "not authorized to list"}, status=403, headers=headers)

    async with Discreet(key=KEY) as server:
        found = await check_endpoint(NAME, {"base_url": server.url, "prices": {"input": 1}})
    assert [finding.level for finding in found] == ["ok", "warning", "ok"]


# Replies and errors


def said(error: str, message: str, status: int = 400, **more: Any) -> Output:
    response = {
        "Error": {"Code": error, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {"retry-after": "3"}},
        **more,
    }
    return error_output(response, "anthropic.claude-x", "us-east-1", Call("https://here", "KEYS"))


@pytest.mark.parametrize(
    ("error", "message", "kind", "retryable", "fatal", "expected"),
    [
        ("ThrottlingException", "Too many requests", FailureKind.RATE_LIMIT, True, False, "Too many"),
        ("ThrottlingException", "Too many tokens per day, wait", FailureKind.RATE_LIMIT, False, True, "tomorrow"),
        ("ServiceQuotaExceededException", "no", FailureKind.RATE_LIMIT, False, True, "quota"),
        ("ModelNotReadyException", "warming up", FailureKind.OVERLOADED, True, False, "warming"),
        ("ModelTimeoutException", "too long", FailureKind.TIMEOUT, True, False, "too long"),
        ("ModelErrorException", "oops", FailureKind.SERVER, True, False, "oops"),
        ("AccessDeniedException", "no access", FailureKind.AUTH, False, True, "InvokeModel"),
        ("ExpiredTokenException", "expired", FailureKind.AUTH, False, True, "AWS_ACCESS_KEY_ID"),
        ("UnrecognizedClientException", "who", FailureKind.AUTH, False, True, "AWS_ACCESS_KEY_ID"),
        ("InvalidSignatureException", "Signature expired: now earlier", FailureKind.AUTH, False, True, "clock"),
        ("ResourceNotFoundException", "use case details", FailureKind.NOT_FOUND, False, True, "use case details"),
        ("ValidationException", "The provided model identifier is invalid.", FailureKind.NOT_FOUND, False, True, "us."),
        (
            "ValidationException",
            "Invocation of model ID x with on-demand throughput isn\u2019t supported. Retry your request",
            FailureKind.NOT_FOUND,
            False,
            True,
            "bedrock/us.anthropic.claude-x",
        ),
        (
            "ValidationException",
            "This action doesn't support the model that you provided.",
            FailureKind.NOT_FOUND,
            False,
            True,
            "anthropic.claude-x",
        ),
        ("ValidationException", "Input is too long", FailureKind.BAD_REQUEST, False, False, "too long"),
    ],
)
def test_errors(error: str, message: str, kind: FailureKind, retryable: bool, fatal: bool, expected: str) -> None:
    failure = said(error, message).failure
    assert failure is not None
    assert (failure.kind, failure.retryable, failure.fatal) == (kind, retryable, fatal)
    assert expected in failure.message
    assert failure.retry_after == (3 if retryable else None)


def test_a_models_own_complaint_is_about_the_request() -> None:
    failure = said("ModelErrorException", "bad image", 424, originalStatusCode=400).failure
    assert failure is not None
    assert (failure.kind, failure.retryable) == (FailureKind.BAD_REQUEST, False)


def reply(stop: str, *content: dict[str, Any], usage: dict[str, int] | None = None) -> dict[str, Any]:
    usage = usage or {"inputTokens": 3, "outputTokens": 2, "totalTokens": 5}
    return {"output": {"message": {"role": "assistant", "content": list(content)}}, "stopReason": stop, "usage": usage}


@pytest.mark.parametrize("stop", ["guardrail_intervened", "content_filtered"])
def test_a_filters_stop_reason_is_a_refusal_and_is_paid_for(stop: str) -> None:
    output = converse_output(reply(stop, {"text": "Sorry, blocked."}), "m", Price(input=1e6, output=1e6))
    assert (output.refused_by, output.usage.cost) == (RefusedBy.FILTER, 5)
    assert "blocked" in output.reason
    assert converse_output(reply(stop), "m", None).reason


def test_reasoning_is_no_part_of_the_answer_and_caches_are_counted() -> None:
    usage = {"inputTokens": 3, "outputTokens": 2, "cacheReadInputTokens": 10, "cacheWriteInputTokens": 20}
    thought = {"reasoningContent": {"reasoningText": {"text": "hm"}}}
    output = converse_output(reply("end_turn", thought, {"text": "Four."}, usage=usage), "m", None)
    assert (output.text, output.usage.input_tokens, output.model) == ("Four.", 33, "m")


def test_the_content_type_of_a_reply_that_is_not_json_is_reported() -> None:
    output = converse_output({"ResponseMetadata": {"HTTPHeaders": {"content-type": "text/html"}}}, "m", None)
    assert output.failure is not None
    assert "text/html" in output.failure.message


@pytest.mark.parametrize(
    "body",
    [
        {"finish_reasons": ["Filter reason: output image"]},
        {"images": [], "error": "Output blocked: may conflict our AUP or AWS Responsible AI Policy"},
        {"amazon-bedrock-guardrailAction": "INTERVENED", "images": ["AAAA"]},
    ],
)
def test_what_a_filter_stops_is_a_refusal(body: Any) -> None:
    assert images_output(msgspec.json.encode(body), "m", None).refused_by is RefusedBy.FILTER


@pytest.mark.parametrize(
    "body", [{"finish_reasons": ["Inference error"]}, {"error": "oops"}, {"images": ["AAAA"]}, {"images": 3}, []]
)
def test_other_errors_are_failures(body: Any) -> None:
    failure = images_output(msgspec.json.encode(body), "m", None).failure
    assert failure is not None
    assert (failure.kind, failure.retryable) == (FailureKind.BAD_REPLY, True)


def test_a_token_price_does_not_apply_to_pictures() -> None:
    body = msgspec.json.encode({"images": [base64.b64encode(picture("x")).decode()]})
    assert images_output(body, "m", Price(input=1.0)).usage.cost is None
    assert images_output(body, "m", Price(image=0.04)).usage.cost == 0.04


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["output", "message", "content", "text", "stopReason", "usage"]), inner)
    ),
    max_leaves=8,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(json_values)
def test_no_json_reply_crashes_the_model(value: Any) -> None:
    class Odd(BedrockServer):
        def answer(self, asked: Any, reply: Any, fault: Any) -> Any:
            return value

    async def run() -> Output:
        async with Odd(key=KEY) as server:
            return await outcome(server)

    output = asyncio.run(run())
    assert output.failure is None or output.failure.kind in (FailureKind.BAD_REPLY, FailureKind.EMPTY)


# Connections


async def test_a_request_that_times_out_is_not_tried_again_by_the_sdk() -> None:
    async with BedrockServer(key=KEY, behaviour=script("hang")) as server:
        output = await outcome(server, timeout=0.3)
        assert output.failure is not None
        assert output.failure.kind is FailureKind.TIMEOUT
        assert (server.log.requests, server.log.answered) == (1, 0), "the server still hangs"


@pytest.mark.parametrize("fault", ["overloaded", "rate_limit", "reset"])
async def test_the_engine_counts_every_attempt(fault: str) -> None:
    async with BedrockServer(key=KEY, behaviour=script(fault)) as server:
        output = await outcome(server)
        assert output.failure is not None
        assert output.failure.retryable
        assert server.log.requests == 1


async def test_many_requests_in_flight_need_no_threads() -> None:
    class Slow(BedrockServer):
        most = 0

        def answer(self, asked: Any, reply: Any, fault: Any) -> Any:
            Slow.most = max(Slow.most, threading.active_count())
            return super().answer(asked, reply, fault)

    async with Slow(key=KEY, latency=0.2) as server:
        model = open_model(NAME, {"base_url": server.url})
        await model.generate([ask()])
        before = threading.active_count()
        outputs = await model.generate([ask(f"number {number}") for number in range(60)])
        await model.close()
    assert [output.status for output in outputs] == [Status.ANSWERED] * 60
    assert Slow.most <= before + 2


async def test_a_redirect_is_not_followed_with_the_session_token(token: str) -> None:
    class Redirecting(BedrockServer):
        target = ""

        async def _reply(self, request: Any, kind: Any) -> Any:
            from aiohttp import web

            return web.Response(status=307, headers={"Location": f"{self.target}{request.path}"})

    async with BedrockServer() as other, Redirecting(key=KEY) as server:
        server.target = other.url
        output = await outcome(server)
        assert other.log.requests == 0
    assert output.failure is not None
    assert token not in str(output)
    assert output.failure.fatal and "redirects" in output.failure.message


# Usage errors


def test_without_the_sdk_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda _name: None)
    with pytest.raises(MissingExtraError, match=r"mmdt\[bedrock\]"):
        open_model(NAME)


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("", {}, "no name"),
        ("m", {"temprature": 1}, "temperature"),
        ("m", {"image_api": "openai"}, "amazon"),
        ("m", {"base_url": "http://vpce.example.org"}, "https"),
        ("m", {"base_url": "vpce.example.org"}, "http"),
        ("m", {"region": "us east"}, "us-east-1"),
    ],
)
def test_impossible_settings_are_usage_errors(name: str, given: dict[str, Any], expected: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_model(f"bedrock/{name}", given)
    assert expected in str(caught.value)
    assert caught.value.hint


def test_a_missing_region_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(UsageError, match="AWS_REGION"):
        open_model(NAME)
