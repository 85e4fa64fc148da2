"""Requests without an SDK: what they carry, what they never carry, and when the SDK sends them after all."""

from __future__ import annotations

import ssl
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import trustme
from aiohttp import web

from mmdt.core.output import FailureKind, Output
from mmdt.models.http.limits import TooLargeError
from mmdt.models.http.web import Web, certificates
from mmdt.plugins import open_model
from tests.models.adapters import ask
from tests.servers.replies import choosing, replying

REPLY = {"choices": [{"message": {"content": "Hello."}, "finish_reason": "stop"}], "model": "llava"}


def answer() -> web.Response:
    return web.json_response(REPLY)


async def asked(url: str, times: int = 1, **settings: object) -> Output:
    model = open_model("openai/llava", {"base_url": url, **settings})
    try:
        for _ in range(times):
            (output,) = await model.generate([ask("Hello?")])
        return output
    finally:
        await model.close()


@pytest.fixture
def no_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_CUSTOM_HEADERS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_accounts")
class TestHeaders:
    async def seen(self, **settings: object) -> dict[str, str]:
        found: dict[str, str] = {}

        def look(request: web.Request, body: bytes) -> web.Response:
            assert msgspec.json.decode(body)["messages"]
            found.update({name.lower(): value for name, value in request.headers.items()})
            return answer()

        async with choosing(look) as url:
            assert (await asked(url, **settings)).text == "Hello."
        return found

    async def test_without_a_key_none_is_sent(self) -> None:
        found = await self.seen()
        assert found["content-type"] == found["accept"] == "application/json"
        assert "authorization" not in found

    async def test_key_organization_and_project(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OTHER_KEY", "sk-abcdefgh")
        found = await self.seen(api_key_env="OTHER_KEY", organization="org-1", project="proj-1")
        assert found["authorization"] == "Bearer sk-abcdefgh"
        assert (found["openai-organization"], found["openai-project"]) == ("org-1", "proj-1")

    async def test_the_variables_of_the_sdk_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENAI_ORG_ID", "org-2")
        monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-2")
        found = await self.seen()
        assert (found["openai-organization"], found["openai-project"]) == ("org-2", "proj-2")
        assert "x-stainless-lang" not in found, "the SDK sent it"

    async def test_headers_that_only_the_sdk_reads_are_sent_by_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Team: red")
        assert "x-stainless-lang" in await self.seen()

    async def test_a_proxy_gets_its_login(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = []

        def look(request: web.Request, _body: bytes) -> web.Response:
            found.append((str(request.url), request.headers.get("Proxy-Authorization", "")))
            return answer()

        async with choosing(look) as proxy:
            monkeypatch.setenv("HTTP_PROXY", proxy.replace("http://", "http://me:secret@"))
            monkeypatch.delenv("NO_PROXY", raising=False)
            monkeypatch.delenv("no_proxy", raising=False)
            assert (await asked("http://llm.test/v1")).text == "Hello."
        assert found == [("http://llm.test/v1/chat/completions", "Basic bWU6c2VjcmV0")]


async def test_a_cookie_is_not_sent_back() -> None:
    cookies = []

    def look(request: web.Request, _body: bytes) -> web.Response:
        cookies.append(request.headers.get("Cookie"))
        found = answer()
        found.headers["Set-Cookie"] = "who=you"
        return found

    async with choosing(look) as url:
        await asked(url, times=2)
    assert cookies == [None, None]


async def test_a_redirect_is_not_followed() -> None:
    asked_for = []

    def look(request: web.Request, _body: bytes) -> web.Response:
        asked_for.append(request.path)
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    async with choosing(look) as url:
        output = await asked(url)
    assert asked_for == ["/chat/completions"]
    assert output.failure is not None
    assert output.failure.kind is FailureKind.NOT_FOUND
    assert "/elsewhere" in output.failure.message


class TestReplies:
    async def get(self, reply: web.Response, most: int = 1000) -> bytes:
        async with replying(reply) as url:
            client = Web(url, {}, "", timeout=10, most=most, connections=2)
            try:
                return (await client.send("/models")).content
            finally:
                await client.close()

    async def test_a_packed_reply_is_unpacked(self) -> None:
        packed = web.Response(body=zlib.compress(b"x" * 900), headers={"Content-Encoding": "deflate"})
        assert await self.get(packed) == b"x" * 900

    @pytest.mark.parametrize("encoding", ["", "deflate"])
    async def test_only_as_much_as_allowed_is_read(self, encoding: str) -> None:
        content = b"x" * 5_000_000
        body, headers = (zlib.compress(content), {"Content-Encoding": "deflate"}) if encoding else (content, {})
        with pytest.raises(TooLargeError):
            await self.get(web.Response(body=body, headers=headers))

    async def test_a_packing_that_was_not_asked_for_is_refused(self) -> None:
        with pytest.raises(TooLargeError, match="br"):
            await self.get(web.Response(body=b"?", headers={"Content-Encoding": "br"}))


def test_a_request_to_a_compatible_server_imports_no_sdk() -> None:
    program = """
import asyncio, sys
from mmdt.plugins import open_model
from tests.models.adapters import ask
from tests.servers.replies import replying
from aiohttp import web

async def main():
    async with replying(web.json_response({"choices": [{"message": {"content": "Hello."}}]})) as url:
        model = open_model("openai/llava", {"base_url": url})
        (output,) = await model.generate([ask("Hello?")])
        await model.close()
    assert output.text == "Hello.", output
    print(sorted({name.partition(".")[0] for name in sys.modules} & {"openai", "httpx2", "genai_prices"}))

asyncio.run(main())
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


class TestCertificates:
    @pytest.fixture
    async def server(self, tmp_path: Path) -> AsyncIterator[tuple[str, Path]]:
        """The address of a server, and the certificate of the authority that vouches for it."""
        authority, trusted = trustme.CA(), tmp_path / "authority.pem"
        authority.cert_pem.write_to_path(trusted)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", _answering)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        certificates.cache_clear()
        yield f"https://127.0.0.1:{runner.addresses[0][1]}", trusted
        certificates.cache_clear()
        await runner.cleanup()

    async def test_a_server_that_nobody_vouches_for_is_sent_nothing(self, server: tuple[str, Path]) -> None:
        output = await asked(server[0])
        assert output.failure is not None
        assert "certificate" in output.failure.message.lower()

    async def test_the_authorities_of_the_environment_count(
        self, server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(server[1]))
        assert (await asked(server[0])).text == "Hello."


async def _answering(_request: web.Request) -> web.Response:
    return answer()
