"""Behaviour specific to Anthropic's API."""

from __future__ import annotations

from typing import Any

import pytest

from mmdt.core.output import FailureKind, RefusedBy, Status
from mmdt.errors import MissingExtraError, UsageError
from mmdt.models import extras
from mmdt.models.anthropic.messages import error_output, read_error
from mmdt.models.http.failures import Call
from mmdt.plugins import open_model
from tests.models.adapters import KEY, ask, sample
from tests.models.test_contract_text import SCHEMA
from tests.servers.anthropic_server import AnthropicServer


async def sent(request: Any, **settings: Any) -> dict[str, Any]:
    async with AnthropicServer(key=KEY) as server:
        model = open_model("anthropic/claude-sonnet-4-6", {"base_url": server.url, **settings})
        (output,) = await model.generate([request])
        await model.close()
        assert output.status is Status.ANSWERED
        assert server.log.last is not None
        return dict(server.log.last.params)


async def test_the_temperature_is_zero_where_the_model_takes_one() -> None:
    body = await sent(ask("Hi"))
    assert body == {
        "model": "claude-sonnet-4-6",
        "max_tokens": 8192,
        "temperature": 0,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}],
    }
    assert (await sent(ask("Hi"), temperature=0.5))["temperature"] == 0.5


async def test_settings_go_out_under_their_names() -> None:
    given = {"max_tokens": "100", "thinking": "disabled", "effort": "low", "extra_body": {"service_tier": "auto"}}
    body = await sent(ask("Hi", sample(), schema=SCHEMA), **given)
    assert body["max_tokens"] == 100
    assert body["thinking"] == {"type": "disabled"}
    assert body["output_config"] == {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}}
    assert body["service_tier"] == "auto"
    assert [block["type"] for block in body["messages"][0]["content"]] == ["image", "text"]


async def test_a_model_without_schemas_is_asked_again_without_one() -> None:
    async with AnthropicServer(key=KEY, rejects={"output_config"}) as server:
        model = open_model("anthropic/claude-haiku-4-5", {"base_url": server.url})
        first, second = [(await model.generate([ask(schema=SCHEMA)]))[0] for _ in range(2)]
        await model.close()
    assert first.failure is not None
    assert (first.failure.retryable, first.failure.retry_after) == (True, 0.0)
    assert second.status is Status.ANSWERED


def test_the_filter_is_known_by_its_words() -> None:
    body = _body("invalid_request_error", "Output blocked by content filtering policy")
    assert error_output(400, read_error(body, ""), {}, Call("http://here", "K")).refused_by is RefusedBy.FILTER


@pytest.mark.parametrize(
    ("status", "body", "kind", "fatal"),
    [
        (
            400,
            ("invalid_request_error", "Your credit balance is too low."),
            FailureKind.RATE_LIMIT,
            True,
        ),
        (402, ("billing_error", "no money"), FailureKind.RATE_LIMIT, True),
        (500, ("overloaded_error", "Overloaded"), FailureKind.OVERLOADED, False),
        (403, ("permission_error", "no access"), FailureKind.AUTH, True),
        (413, ("invalid_request_error", "Request exceeds the maximum size"), FailureKind.BAD_REQUEST, False),
    ],
)
def test_errors(status: int, body: tuple[str, str], kind: FailureKind, fatal: bool) -> None:
    failure = error_output(status, read_error(_body(*body), ""), {}, Call("http://here", "ANTHROPIC_API_KEY")).failure
    assert failure is not None
    assert (failure.kind, failure.fatal) == (kind, fatal)


def test_a_spend_limit_is_known_by_its_code() -> None:
    error = _body("invalid_request_error", "stop")
    error["error"]["details"] = {"error_code": "enforced_spend_limit_reached"}
    failure = error_output(400, read_error(error, ""), {}, Call("http://here", "K")).failure
    assert failure is not None
    assert failure.fatal


def _body(kind: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}}


def test_without_the_sdk_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda _name: None)
    with pytest.raises(MissingExtraError, match=r"mmdt\[anthropic\]"):
        open_model("anthropic/claude-sonnet-4-6")


@pytest.mark.parametrize(
    ("name", "settings"), [("", {}), ("claude-opus-5", {"size": 1}), ("claude-opus-5", {"effort": "huge"})]
)
def test_impossible_settings_are_usage_errors(name: str, settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        open_model(f"anthropic/{name}", settings)
    assert caught.value.hint


def test_the_description_states_the_token_limit() -> None:
    info = open_model("anthropic/claude-opus-5").info
    assert info.settings == {
        "base_url": "https://api.anthropic.com",
        "max_tokens": 20480,
        "temperature": "left to the model",
    }
    assert (info.modalities, info.seeds) == ({"i2t"}, False)
