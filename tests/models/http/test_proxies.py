"""A proxy that is the cause of a failure is named."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from mmdt.core.output import Output
from mmdt.models.http.proxies import proxy_of, through_proxy
from mmdt.plugins import open_model
from tests.models.adapters import ask
from tests.servers.replies import replying

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
NOBODY = "http://127.0.0.1:9"
MODELS = ["openai/llava", "anthropic/claude-sonnet-4-6", "google/gemini-2.5-flash", "bedrock/us.amazon.nova-lite-v1:0"]


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


async def asked(model: str, url: str) -> str:
    opened = open_model(model, {"base_url": url})
    output: Output
    (output,) = await opened.generate([ask("Hello?")])
    await opened.close()
    assert output.failure is not None
    return output.failure.message


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("name", "url"), [("HTTPS_PROXY", "https://llm.test/v1"), ("HTTP_PROXY", "http://llm/v1")])
async def test_a_proxy_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, model: str, name: str, url: str
) -> None:
    monkeypatch.setenv(name, NOBODY)
    message = await asked(model, url)
    assert f"through the proxy {NOBODY} (from {name}" in message
    assert "NO_PROXY" in message


async def test_a_proxy_that_answers_in_place_of_the_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async with replying(web.Response(text="<h1>ERR_CONNECT_FAIL</h1>", status=503)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy)
        assert f"through the proxy {proxy}" in await asked("openai/llava", "http://llm/v1")


async def test_a_proxy_that_wants_a_login_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async with replying(web.Response(text="who are you?", status=407)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy)
        message = await asked("openai/llava", "http://llm/v1")
        assert "the proxy wants a login" in message
        assert proxy in message


async def test_a_server_that_is_reached_directly_has_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", NOBODY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    assert "proxy" not in await asked("openai/llava", NOBODY)


def test_the_variable_is_that_of_the_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://user:hunter2@proxy.test:3128")
    found = proxy_of("https://api.test/v1")
    assert found is not None
    assert found[0] == "HTTPS_PROXY"
    assert "hunter2" not in through_proxy("https://api.test/v1")
    assert proxy_of("http://api.test/v1") is None
    monkeypatch.setenv("ALL_PROXY", "http://all.test:3128")
    assert proxy_of("http://api.test/v1") == ("ALL_PROXY", "http://all.test:3128")
    monkeypatch.setenv("NO_PROXY", ".test")
    assert proxy_of("http://api.test/v1") is None


LOGIN = "hunter22"


@pytest.mark.parametrize("address", ["http://me:{}@{}", "me:{}@{}", "socks5://me:{}@{}"])
@pytest.mark.parametrize("model", MODELS[:3])
async def test_the_login_of_a_proxy_is_never_shown(monkeypatch: pytest.MonkeyPatch, model: str, address: str) -> None:
    seen = list[bytes]()

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 407 Who are you?\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    proxy = address.format(LOGIN, f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    message = await asked(model, "https://llm.test/v1")
    server.close()
    assert LOGIN not in message
    assert "127.0.0.1" in message
    if proxy.startswith("http://") and model.startswith("openai/"):
        assert "the proxy wants a login" in message
        assert b"Proxy-Authorization: Basic bWU6aHVudGVyMjI=" in seen[0]
