"""Behaviour specific to OpenAI models on Azure."""

from __future__ import annotations

import os
import time

import pytest
from aiohttp import web

from mmdt.core.output import FailureKind
from mmdt.errors import UsageError
from mmdt.models.check import check_endpoint
from mmdt.plugins import open_model
from tests.models.adapters import KEY, ask
from tests.servers.azure_server import AzureServer


async def test_the_version_and_the_key_are_azures() -> None:
    async with AzureServer(key=KEY) as server:
        model = open_model("azure/my-4o", {"base_url": server.url, "api_version": "2026-01-01"})
        (output,) = await model.generate([ask("Hi")])
        await model.close()
        assert server.log.last is not None
        assert server.log.last.headers["api-key"] == KEY
    assert output.text == "You said: Hi"
    assert model.info.settings["api_version"] == "2026-01-01"


async def test_the_endpoint_can_be_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    async with AzureServer(key=KEY) as server:
        monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", server.url)
        model = open_model("azure/my-4o")
        (output,) = await model.generate([ask("Hi")])
        await model.close()
    assert output.text == "You said: Hi"


def test_a_missing_endpoint_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="AZURE_OPENAI_ENDPOINT"):
        open_model("azure/my-4o")


def test_a_deployment_needs_a_name() -> None:
    with pytest.raises(UsageError, match="no name"):
        open_model("azure/", {"base_url": "https://x.openai.azure.com"})


async def test_the_doctor_asks_the_deployment_itself() -> None:
    async with AzureServer(key=KEY) as server:
        settings = {"base_url": server.url, "prices": {"input": 1}}
        found = await check_endpoint("azure/my-4o", settings)
        assert [finding.level for finding in found] == ["ok"] * 4
        assert "my-4o answers" in found[-1].what
        server.deployments = frozenset({"other"})
        (*_, last) = await check_endpoint("azure/my-4o", settings)
        assert (last.level, "no deployment my-4o" in last.what) == ("problem", True)
        (*_, last) = await check_endpoint("azure/gpt-image-1.5", settings)
        assert last.level == "problem"
        server.deployments = frozenset({"gpt-image-1.5"})
        (*_, last) = await check_endpoint("azure/gpt-image-1.5", settings)
        assert last.level == "ok"


@pytest.mark.parametrize("end", ["", "/", "/openai/v1", "/openai/v1/", "/openai/deployments/my-4o/chat/completions"])
async def test_every_address_of_the_portal_leads_to_the_endpoint_without_a_version(end: str) -> None:
    async with AzureServer(key=KEY) as server:
        model = open_model("azure/my-4o", {"base_url": server.url + end})
        (output,) = await model.generate([ask("Hi")])
        await model.close()
        assert server.log.last is not None
        assert server.log.last.headers["api-key"] == KEY
        assert "Authorization" not in server.log.last.headers
    assert output.text == "You said: Hi"
    assert model.info.settings["base_url"] == server.url


async def test_a_target_uri_brings_its_version() -> None:
    async with AzureServer(key=KEY) as server:
        uri = f"{server.url}/openai/deployments/my-4o/chat/completions?api-version=2025-01-01-preview"
        model = open_model("azure/my-4o", {"base_url": uri})
        (output,) = await model.generate([ask("Hi")])
        await model.close()
    assert output.text == "You said: Hi"
    assert model.info.settings["api_version"] == "2025-01-01-preview"
    with pytest.raises(UsageError, match="credentials or a query"):
        open_model("azure/my-4o", {"base_url": f"{server.url}?sig=secret"})


class Identity:
    """The endpoint that Azure gives a managed identity."""

    def __init__(self, token: str = "") -> None:
        self.token = token
        self.asked: list[str] = []

    async def __aenter__(self) -> Identity:
        app = web.Application()
        app.router.add_get("/token", self._reply)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/token"
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._runner.cleanup()

    async def _reply(self, request: web.Request) -> web.Response:
        self.asked.append(request.query.get("resource", ""))
        if not self.token:
            return web.json_response({"error": "invalid_request"}, status=400)
        expires = str(int(time.time()) + 3600)
        body = {"access_token": self.token, "expires_on": expires, "token_type": "Bearer", "resource": "x"}
        return web.json_response(body)


@pytest.fixture
def no_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("AZURE_", "IDENTITY_", "MSI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential")


@pytest.mark.parametrize("version", ["", "2026-01-01"])
@pytest.mark.usefixtures("no_identity")
async def test_entra_id_takes_the_place_of_a_key(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    pytest.importorskip("azure.identity")
    token = "eyJ0eXAi.local-token.0123456789"  # noqa: S105
    async with AzureServer(key=token) as server, Identity(token) as identity:
        monkeypatch.setenv("IDENTITY_ENDPOINT", identity.url)
        monkeypatch.setenv("IDENTITY_HEADER", "local")
        settings = {"base_url": server.url, "auth": "entra", "api_version": version}
        model = open_model("azure/my-4o", settings)
        outputs = await model.generate([ask("Hi"), ask("Ho")])
        await model.close()
        assert server.log.last is not None
        assert "api-key" not in server.log.last.headers
        found = await check_endpoint("azure/my-4o", {**settings, "prices": {"input": 1}})
    assert [output.text for output in outputs] == ["You said: Hi", "You said: Ho"]
    assert identity.asked[0] == "https://cognitiveservices.azure.com"
    assert [finding.level for finding in found] == ["ok"] * 4
    assert "Entra" in found[0].what


@pytest.mark.usefixtures("no_identity")
async def test_without_an_identity_the_run_stops_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("azure.identity")
    async with AzureServer(key=KEY) as server, Identity() as identity:
        monkeypatch.setenv("IDENTITY_ENDPOINT", identity.url)
        monkeypatch.setenv("IDENTITY_HEADER", "local")
        model = open_model("azure/my-4o", {"base_url": server.url, "auth": "entra"})
        (output,) = await model.generate([ask("Hi")])
        await model.close()
    assert output.failure is not None
    assert (output.failure.kind, output.failure.fatal) == (FailureKind.AUTH, True)
    assert "az login" in output.failure.message


def test_a_token_goes_to_hosts_of_azure_only() -> None:
    pytest.importorskip("azure.identity")
    with pytest.raises(UsageError, match="no host of Azure"):
        open_model("azure/my-4o", {"base_url": "https://elsewhere.example", "auth": "entra"})
