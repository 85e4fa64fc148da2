"""What a server does not take is left out after its first refusal, in every runtime; what it surely reads is sent."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image as Pil

from mmdt.core.output import FailureKind, Output, Status
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.models.http.failures import Call, from_status, heeded
from mmdt.models.http.picture_formats import bedrock_formats, formats_at
from mmdt.models.openai.errors import error_output, read_error
from mmdt.plugins import open_model
from tests.models.adapters import KEY, TEXT, Adapter, ask, draw

SCHEMA = {
    "type": "object",
    "properties": {"verdict": {"type": "string"}},
    "required": ["verdict"],
    "additionalProperties": False,
}
CHAT = {"temperature": "temperature", "seed": "seed", "response_format": "response_format"}
FIELDS: dict[str, dict[str, str]] = {
    "openai-chat": CHAT,
    "openai-responses": {"temperature": "temperature", "text": "text"},
    "azure": CHAT,
    "anthropic": {"temperature": "temperature", "output_config": "output_config"},
    "google": {"temperature": "temperature", "seed": "seed", "responseJsonSchema": "response_json_schema"},
    "bedrock": {"temperature": "temperature", "maxTokens": "maxTokens", "outputConfig": "outputConfig"},
    "vllm": CHAT,
    "inspect": CHAT,
}
"""By adapter, what a request has that it can do without: its name in the body and in the record."""
CASES = [(adapter, sent, kept) for adapter in TEXT for sent, kept in FIELDS[adapter.name].items()]


@pytest.mark.parametrize(
    ("adapter", "sent", "kept"), CASES, ids=[f"{adapter.name}-{sent}" for adapter, sent, _ in CASES]
)
async def test_a_field_is_left_out_and_on_record(adapter: Adapter, sent: str, kept: str) -> None:
    question = ask(seed=3, schema=SCHEMA)
    async with adapter.server(key=KEY, rejects={sent}) as server:
        endpoint = Endpoint(adapter.open(server), Limits(attempts=1), Budget())
        first, second = [await endpoint.ask(question) for _ in range(2)]
        left_out = endpoint.model.left_out  # type: ignore[attr-defined]
        await endpoint.close()
    assert first.failure is None, first.failure
    assert (first.status, second.status) == (Status.ANSWERED, Status.ANSWERED)
    assert (first.left_out, second.left_out, left_out) == ((kept,), (kept,), (kept,))
    assert (first.attempts, second.attempts) == (2, 1)


@pytest.mark.parametrize("adapter", TEXT, ids=lambda adapter: adapter.name)
async def test_all_of_them_at_once_are_left_out_one_after_the_other(adapter: Adapter) -> None:
    names = FIELDS[adapter.name]
    async with adapter.server(key=KEY, rejects=set(names)) as server:
        endpoint = Endpoint(adapter.open(server), Limits(attempts=1), Budget())
        output = await endpoint.ask(ask(seed=3, schema=SCHEMA))
        await endpoint.close()
    assert output.status is Status.ANSWERED, output.failure
    assert set(output.left_out) == set(names.values())


@pytest.mark.parametrize("adapter", TEXT, ids=lambda adapter: adapter.name)
async def test_what_the_user_set_is_never_left_out(adapter: Adapter) -> None:
    async with adapter.server(key=KEY, rejects={"temperature"}) as server:
        endpoint = Endpoint(adapter.open(server, temperature=0.5), Limits(), Budget())
        output = await endpoint.ask(ask())
        await endpoint.close()
    assert output.failure is not None
    assert output.failure.kind is FailureKind.BAD_REQUEST
    assert "temperature" in output.failure.message


async def test_what_changes_no_answer_is_left_out_silently() -> None:
    (adapter,) = [each for each in TEXT if each.name == "openai-responses"]
    async with adapter.server(key=KEY, rejects={"store", "n", "response_format"}) as server:
        endpoint = Endpoint(adapter.open(server), Limits(attempts=1), Budget())
        output = await endpoint.ask(ask())
        await endpoint.close()
        painter = Endpoint(open_model("openai/dall-e-3", {"base_url": server.url}), Limits(attempts=1), Budget())
        drawing = await painter.ask(draw())
        await painter.close()
    assert (output.status, output.left_out) == (Status.ANSWERED, ())
    assert (drawing.status, drawing.left_out) == (Status.ANSWERED, ())


def drawn(form: str) -> bytes:
    out = io.BytesIO()
    Pil.new("RGB", (8, 6), (10, 200, 30)).save(out, form, **({"lossless": True} if form == "WEBP" else {}))
    return out.getvalue()


@pytest.mark.parametrize("form", ["WEBP", "GIF", "BMP", "PNG", "JPEG"])
@pytest.mark.parametrize("adapter", [each for each in TEXT if each.name != "bedrock"], ids=lambda adapter: adapter.name)
async def test_a_server_that_nobody_knows_gets_jpeg_or_png(adapter: Adapter, form: str) -> None:
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server)
        (output,) = await model.generate([ask("What is it?", drawn(form))])
        await model.close()
        assert server.log.last is not None
        (shown,) = server.log.last.images
    assert output.status is Status.ANSWERED
    with Pil.open(io.BytesIO(shown)) as image:
        assert image.format == (form if form in ("PNG", "JPEG") else "PNG")
        colour: Any = image.convert("RGB").getpixel((0, 0))
    assert form == "JPEG" or colour == (10, 200, 30)


def test_webp_goes_where_it_is_surely_read() -> None:
    known = (
        "https://api.openai.com/v1",
        "https://us.api.openai.com/v1",
        "https://name.openai.azure.com",
        "https://api.anthropic.com",
        "https://generativelanguage.googleapis.com",
    )
    assert all("image/webp" in formats_at(url) for url in known)
    others = (
        "https://api.x.ai/v1",
        "http://localhost:8080/v1",
        "https://openrouter.ai/api/v1",
        "https://notopenai.com",
    )
    assert {formats_at(url) for url in others} == {frozenset({"image/jpeg", "image/png"})}
    assert "image/webp" in bedrock_formats("us.anthropic.claude-sonnet-4-6")
    assert "image/webp" not in bedrock_formats("us.meta.llama4-scout-17b-instruct-v1:0")


CALL = Call("http://here", "K")


@pytest.mark.parametrize(
    ("status", "said", "retryable"),
    [(500, "false", False), (500, "", True), (400, "true", True), (400, "false", False), (429, "false", False)],
)
def test_x_should_retry_overrides_the_status(status: int, said: str, retryable: bool) -> None:
    headers = {"x-should-retry": said} if said else {}
    for output in (
        from_status(status, "no", headers, CALL),
        error_output(status, read_error({"error": {"message": "no"}}, ""), headers, CALL),
    ):
        assert output.failure is not None
        assert output.failure.retryable is retryable


def test_x_should_retry_revives_no_wrong_key() -> None:
    output = from_status(401, "no", {"x-should-retry": "true"}, CALL)
    assert output.failure is not None
    assert (output.failure.fatal, output.failure.retryable) == (True, False)
    assert heeded({"x-should-retry": "true"}, Output.answered("x")).failure is None
