"""Behaviour specific to OpenAI models on Azure."""

from __future__ import annotations

import pytest

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


async def test_the_doctor_does_not_look_for_the_deployment_among_the_models() -> None:
    async with AzureServer(key=KEY) as server:
        found = await check_endpoint("azure/my-4o", {"base_url": server.url, "prices": {"input": 1}})
    assert [finding.level for finding in found] == ["ok", "ok", "ok"]
