from __future__ import annotations

from typing import Any

import pytest

from mmdt.models.check import Finding, check_endpoint
from tests.models.adapters import KEY, TEXT, Adapter
from tests.servers.openai_server import OpenAIServer
from tests.servers.plumbing import LocalServer


def settings_for(adapter: Adapter, server: LocalServer) -> dict[str, object]:
    return {"base_url": server.url, "api_key_env": adapter.key_env, **adapter.settings}


ASKED = [adapter for adapter in TEXT if "doctor" not in adapter.skips]


def levels(findings: list[Finding]) -> list[str]:
    return [finding.level for finding in findings]


@pytest.mark.parametrize("adapter", TEXT, ids=lambda adapter: adapter.name)
async def test_a_working_endpoint_has_no_problems(adapter: Adapter) -> None:
    async with adapter.server(key=KEY) as server:
        settings = {"base_url": server.url, **adapter.settings, "prices": {"input": 1.0, "output": 2.0}}
        found = await check_endpoint(adapter.text, settings)
        # Azure lists no deployments, so the one in question is asked a word; nothing else may be generated.
        assert server.log.requests == (1 if adapter.name == "azure" else 0)
    assert set(levels(found)) == {"ok"}, found


@pytest.mark.parametrize("adapter", ASKED, ids=lambda adapter: adapter.name)
async def test_a_wrong_key_is_found(adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(adapter.key_env, "sk-wrong-0123456789abcdef")
    async with adapter.server(key=KEY) as server:
        found = await check_endpoint(adapter.text, settings_for(adapter, server))
    (problem,) = [finding for finding in found if finding.level == "problem"]
    assert problem.hint.startswith("check ") and adapter.key_env in problem.hint
    assert problem.what.startswith("the server refuses the key (")
    assert "0123456789" not in str(found)


@pytest.mark.parametrize("adapter", ASKED, ids=lambda adapter: adapter.name)
async def test_an_endpoint_that_is_not_there_is_found(adapter: Adapter) -> None:
    async with adapter.server() as server:
        pass
    found = await check_endpoint(adapter.text, settings_for(adapter, server))
    (problem,) = [finding for finding in found if finding.level == "problem"]
    assert str(server.port) in problem.what
    assert problem.hint == "check the network and the base URL"


async def test_an_unknown_name_lists_similar_ones() -> None:
    async with OpenAIServer(key=KEY) as server:
        found = await check_endpoint("openai/gpt-4-o", {"base_url": server.url})
    (warning, price) = [finding for finding in found if finding.level == "warning"]
    assert "gpt-4o" in warning.hint
    assert "prices" in price.hint


async def test_openai_without_a_key_is_not_even_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    (found,) = await check_endpoint("openai/gpt-4o", {})
    assert found.level == "problem"
    assert "OPENAI_API_KEY" in found.hint


@pytest.mark.parametrize(
    ("name", "settings", "told"),
    [
        ("openai/gpt-4o", {"sise": 1}, "size"),
        ("opnai/gpt-4o", {}, "openai"),
        ("openai/gpt-4o", {"base_url": "nowhere"}, "http://"),
    ],
)
async def test_invalid_settings_are_a_finding(name: str, settings: dict[str, Any], told: str) -> None:
    (found,) = await check_endpoint(name, settings)
    assert found.level == "problem"
    assert told in found.hint


async def test_a_pasted_line_break_in_the_key_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-abcdef123456\nsk-oops")
    (found,) = await check_endpoint("openai/gpt-4o", {})
    assert (found.level, "OPENAI_API_KEY" in found.what) == ("problem", True)
    assert "abcdef" not in str(found)
