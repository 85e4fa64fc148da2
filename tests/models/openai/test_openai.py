"""Behaviour specific to OpenAI's API and compatible servers."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from mmdt.core.output import FailureKind, Output, Status
from mmdt.core.protocols import Request
from mmdt.errors import UsageError
from mmdt.models.http import downloads
from mmdt.plugins import open_model
from tests.models.adapters import KEY, ask, draw, sample
from tests.models.test_contract_text import SCHEMA
from tests.servers.asked import Asked
from tests.servers.openai_server import OpenAIServer
from tests.servers.responder import picture

Sent = dict[str, Any]


async def sent(name: str, request: Request, **settings: Any) -> tuple[Output, Sent]:
    """The output of one request, and the JSON that went out for it."""
    async with OpenAIServer(key=KEY) as server:
        model = open_model(name, {"base_url": server.url, **settings})
        (output,) = await model.generate([request])
        await model.close()
        assert server.log.last is not None
        return output, dict(server.log.last.params)


async def test_chat_asks_greedily_and_passes_the_seed() -> None:
    _, body = await sent("openai/gpt-4o", ask("Hi", seed=3))
    rest = {"temperature": 0, "seed": 3, "stream": False}
    assert body == {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}], **rest}


async def test_chat_settings_go_out_under_their_names() -> None:
    settings = {"temperature": "0.5", "max_tokens": 20, "top_p": 0.9, "reasoning_effort": "low", "detail": "low"}
    _, body = await sent("openai/llava", ask("Hi", sample()), extra_body={"top_k": 5}, **settings)
    assert {name: body[name] for name in ("temperature", "max_tokens", "top_p", "reasoning_effort", "top_k")} == {
        "temperature": 0.5,
        "max_tokens": 20,
        "top_p": 0.9,
        "reasoning_effort": "low",
        "top_k": 5,
    }
    assert body["messages"][0]["content"][0]["image_url"]["detail"] == "low"


async def test_responses_are_not_kept_on_the_server() -> None:
    _, body = await sent("openai/gpt-4o", ask("Hi", system="Be brief"), api="responses", max_tokens=9)
    assert (body["store"], body["instructions"], body["max_output_tokens"]) == (False, "Be brief", 9)


async def test_picture_settings_go_out_under_their_names() -> None:
    chosen = {
        "size": "1024x1536",
        "quality": "low",
        "background": "opaque",
        "moderation": "low",
        "output_format": "png",
    }
    _, body = await sent("openai/gpt-image-1.5", draw("a square", system="Flat colours"), **chosen)
    assert body == {"model": "gpt-image-1.5", "prompt": "Flat colours\n\na square", "n": 1, **chosen}


async def test_models_of_the_older_kind_are_asked_for_base64() -> None:
    _, body = await sent("openai/dall-e-3", draw(), style="natural")
    assert (body["response_format"], body["style"]) == ("b64_json", "natural")


async def test_a_picture_behind_a_url_is_fetched() -> None:
    async with OpenAIServer(key=KEY, links=True) as server:
        model = open_model("openai/dall-e-3", {"base_url": server.url})
        (output,) = await model.generate([draw("a red square")])
        await model.close()
    assert output.images[0].read() == picture("a red square")


@pytest.mark.parametrize(("kind", "taken"), [("image/jpeg", True), ("text/html", False)])
async def test_a_picture_behind_a_url_is_what_its_bytes_say(kind: str, taken: bool) -> None:
    class Mislabelled(OpenAIServer):
        async def _file(self, request: web.Request) -> web.Response:
            found = self.files[request.match_info["name"]] if taken else b"<html>Please log in</html>"
            return web.Response(body=found, content_type=kind)

    async with Mislabelled(key=KEY, links=True) as server:
        model = open_model("openai/dall-e-3", {"base_url": server.url})
        (output,) = await model.generate([draw("a red square")])
        await model.close()
    if taken:
        assert output.images[0].media_type == "image/png"
    else:
        assert output.failure is not None
        assert (output.failure.kind, output.failure.retryable) == (FailureKind.BAD_REPLY, True)


@pytest.mark.parametrize(
    "link", ["file:///etc/hostname", "ftp://127.0.0.1/a.png", "/a.png", "http://127.0.0.1:1/a.png"]
)
async def test_pictures_are_fetched_over_http_only(link: str) -> None:
    async with OpenAIServer(key=KEY, links=True) as server:
        server.link = lambda _data: link  # type: ignore[method-assign]
        model = open_model("openai/dall-e-3", {"base_url": server.url})
        (output,) = await model.generate([draw()])
        await model.close()
    assert output.failure is not None
    assert (output.failure.kind, output.failure.retryable) == (FailureKind.BAD_REPLY, True)
    assert link in output.failure.message


@pytest.mark.parametrize("links", [True, False])
async def test_a_huge_picture_is_rejected(links: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmdt.core.decoding.MAX_BYTES", 100)
    monkeypatch.setattr(downloads, "MAX_BYTES", 100)
    async with OpenAIServer(key=KEY, links=links) as server:
        model = open_model("openai/dall-e-3", {"base_url": server.url})
        (output,) = await model.generate([draw()])
        await model.close()
    assert output.failure is not None
    assert "bytes" in output.failure.message and "100" in output.failure.message


@pytest.mark.parametrize(("api", "field"), [("chat", "response_format"), ("responses", "text")])
async def test_a_server_without_schemas_is_asked_again_without_one(api: str, field: str) -> None:
    async with OpenAIServer(key=KEY, rejects={field}) as server:
        model = open_model("openai/llava", {"base_url": server.url, "api": api})
        (first,) = await model.generate([ask(schema=SCHEMA)])
        (second,) = await model.generate([ask(schema=SCHEMA)])
        await model.close()
        assert server.log.requests == 1, "the second request is the only one that got through"
    assert first.failure is not None
    assert (first.failure.retryable, first.failure.retry_after) == (True, 0.0)
    assert field in first.failure.message
    assert second.status is Status.ANSWERED


async def test_our_own_temperature_is_left_out_where_it_is_refused() -> None:
    async with OpenAIServer(key=KEY, rejects={"temperature"}) as server:
        model = open_model("openai/new-model", {"base_url": server.url})
        first, second = [(await model.generate([ask()]))[0] for _ in range(2)]
        await model.close()
    assert first.failure is not None
    assert first.failure.retryable
    assert second.status is Status.ANSWERED
    assert model.info.settings["temperature"] == "0 where accepted"


async def test_the_users_temperature_is_never_left_out() -> None:
    async with OpenAIServer(key=KEY, rejects={"temperature"}) as server:
        model = open_model("openai/new-model", {"base_url": server.url, "temperature": 0.7})
        outputs = [(await model.generate([ask()]))[0] for _ in range(2)]
        await model.close()
    for output in outputs:
        assert output.failure is not None
        assert (output.failure.kind, output.failure.retryable) == (FailureKind.BAD_REQUEST, False)
        assert "temperature" in output.failure.message


async def test_the_token_limit_takes_the_name_the_server_knows() -> None:
    async with OpenAIServer(key=KEY, rejects={"max_tokens"}) as server:
        model = open_model("openai/llava", {"base_url": server.url, "max_tokens": 5})
        outputs = [(await model.generate([ask()]))[0] for _ in range(2)]
        await model.close()
        assert server.log.last is not None
        assert server.log.last.params["max_completion_tokens"] == 5
    assert [output.status for output in outputs] == ["failed", "answered"]


async def test_an_empty_answer_at_the_token_limit_is_not_retried() -> None:
    def silent(_asked: Asked) -> str:
        return ""

    from tests.servers.behaviour import script

    async with OpenAIServer(key=KEY, responder=silent, behaviour=script("cut_short")) as server:
        model = open_model("openai/new-model", {"base_url": server.url})
        (output,) = await model.generate([ask()])
        await model.close()
    assert output.failure is not None
    assert (output.failure.kind, output.failure.retryable) == (FailureKind.EMPTY, False)
    assert "max_tokens" in output.failure.message


async def test_a_local_server_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    async with OpenAIServer() as server:
        model = open_model("openai/llava", {"base_url": server.url})
        (output,) = await model.generate([ask("Hi")])
        await model.close()
    assert output.text == "You said: Hi"


async def test_openai_itself_needs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    model = open_model("openai/gpt-4o")
    (output,) = await model.generate([ask()])
    assert output.failure is not None
    assert (output.failure.kind, output.failure.fatal) == (FailureKind.AUTH, True)
    assert "OPENAI_API_KEY" in output.failure.message


async def test_the_key_can_be_in_another_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_KEY", "gw-secret-1234567890")
    async with OpenAIServer(key="gw-secret-1234567890") as server:
        model = open_model("openai/gpt-4o", {"base_url": server.url, "api_key_env": "GATEWAY_KEY"})
        (output,) = await model.generate([ask()])
        await model.close()
    assert output.status is Status.ANSWERED
    assert "gw-secret" not in repr(model.info)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"temprature": 1}, "temperature"),
        ({"temperature": "warm"}, "temperature"),
        ({"api": "chart"}, "api"),
        ({"base_url": "localhost:8000"}, "http://localhost:8000/v1"),
        ({"base_url": "ftp://somewhere/v1"}, "base URL"),
        ({"base_url": "http://me:secret@somewhere/v1"}, "api_key_env"),
        ({"prices": "no/such/file.toml"}, "no/such/file.toml"),
        ({"prices": {"inputs": 1}}, "inputs"),
    ],
)
def test_wrong_settings_are_reported_with_a_hint(settings: dict[str, Any], expected: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_model("openai/gpt-4o", settings)
    assert expected in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.hint


def test_a_model_needs_a_name() -> None:
    with pytest.raises(UsageError, match="no name"):
        open_model("openai/")


@pytest.mark.parametrize(
    ("name", "settings", "makes"),
    [
        ("gpt-4o", {}, {"i2t"}),
        ("gpt-image-1.5", {}, {"t2i"}),
        ("dall-e-3", {}, {"t2i"}),
        ("openai/gpt-image-1.5", {}, {"t2i"}),
        ("my-painter", {"modality": "t2i"}, {"t2i"}),
        ("any", {"modality": "both"}, {"i2t", "t2i"}),
    ],
)
def test_what_a_model_makes_follows_from_its_name_or_the_setting(
    name: str, settings: dict[str, Any], makes: set[str]
) -> None:
    assert open_model(f"openai/{name}", settings).info.modalities == makes


def test_the_description_holds_what_changes_answers_and_nothing_else() -> None:
    given = {"base_url": "http://localhost:8000/v1/", "timeout": 3, "detail": "high", "prices": {"input": 1}}
    info = open_model("openai/llava", given).info
    assert info.settings == {
        "base_url": "http://localhost:8000/v1",
        "detail": "high",
        "temperature": "0 where accepted",
    }
    assert (info.concurrency, info.start_concurrency, info.batch_size, info.organism) == (256, 32, 1, False)


def altered(change: Any) -> type[OpenAIServer]:
    """A server whose completions are changed before they go out."""

    class Altered(OpenAIServer):
        def answer(self, asked: Asked, reply: str | bytes, fault: Any) -> Any:
            completion = super().answer(asked, reply, fault)
            return change(completion) or completion

    return Altered


async def altered_reply(change: Any) -> Output:
    async with altered(change)(key=KEY) as server:
        model = open_model("openai/gpt-4o", {"base_url": server.url})
        (output,) = await model.generate([ask("Hi")])
        await model.close()
    return output


@pytest.mark.parametrize(
    "change",
    [
        lambda reply: reply.update(model=7),
        lambda reply: reply.update(usage={"prompt_tokens": None, "completion_tokens": "?"}),
        lambda reply: reply["choices"][0].update(finish_reason=1),
        lambda reply: reply["choices"][0]["message"].update(refusal=False),
        lambda reply: reply["choices"][0]["message"].update(
            content=[{"type": "text", "text": None}, {"type": "text", "text": "You said: Hi"}]
        ),
    ],
)
async def test_odd_fields_beside_the_answer_do_not_lose_it(change: Any) -> None:
    output = await altered_reply(change)
    assert (output.status, output.text) == (Status.ANSWERED, "You said: Hi")


@pytest.mark.parametrize(
    ("error", "kind", "fatal"),
    [
        ({"message": "upstream is down", "code": 502}, FailureKind.SERVER, False),
        ({"message": "upstream is down"}, FailureKind.SERVER, False),
        ("upstream is down", FailureKind.SERVER, False),
        ({"message": "upstream is down", "code": 429}, FailureKind.RATE_LIMIT, False),
        ({"message": "upstream is down", "code": 401}, FailureKind.AUTH, True),
    ],
)
async def test_an_error_in_a_successful_reply_is_reported(error: Any, kind: FailureKind, fatal: bool) -> None:
    output = await altered_reply(lambda reply: {"error": error})
    assert output.failure is not None
    assert (output.failure.kind, output.failure.fatal, output.failure.retryable) == (kind, fatal, not fatal)
    assert "upstream is down" in output.failure.message


async def test_an_interrupted_answer_is_a_failure() -> None:
    def cut(reply: Any) -> None:
        reply["choices"][0].update(finish_reason="error", error={"message": "upstream cut", "code": 502})

    output = await altered_reply(cut)
    assert output.failure is not None
    assert (output.failure.kind, output.failure.retryable) == (FailureKind.SERVER, True)
    assert "upstream cut" in output.failure.message
    nothing = await altered_reply(lambda reply: reply["choices"][0].update(message=None))
    assert nothing.failure is not None
    assert nothing.failure.kind == FailureKind.BAD_REPLY


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!doctype html><html>nginx</html>", "the reply is a web page"),
        (b'{"choices": [{"message": {"content": "\xfc"}}]}', "is not JSON"),
    ],
)
async def test_a_body_that_is_no_reply_is_reported(body: bytes, words: str) -> None:
    class Other(OpenAIServer):
        def _body(self, asked: Asked, fault: Any = None) -> bytes:
            return body

    async with Other(key=KEY) as server:
        model = open_model("openai/gpt-4o", {"base_url": server.url})
        (output,) = await model.generate([ask("Hi")])
        await model.close()
    assert output.failure is not None
    assert (output.failure.kind, output.failure.retryable) == (FailureKind.BAD_REPLY, True)
    assert words in output.failure.message


async def test_https_to_a_server_of_http_says_so() -> None:
    async with OpenAIServer(key=KEY) as server:
        model = open_model("openai/gpt-4o", {"base_url": server.url.replace("http:", "https:")})
        (output,) = await model.generate([ask("Hi")])
        await model.close()
    assert output.failure is not None
    assert "seems to speak http, not https" in output.failure.message
