"""Every provider and server, by the bodies that it really sends, over real HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

import mmdt
from mmdt.core.output import FailureKind, Output, RefusedBy, Status
from mmdt.engine.store.store import Store
from mmdt.plugins import open_model
from tests.models.adapters import ask
from tests.models.provider_bodies import PROVIDERS, TEXT, Provider, Reply
from tests.servers.replies import choosing, choosing_in_thread

KEY_SETTINGS = {"azure": {"api_key_env": "AZURE_OPENAI_API_KEY"}, "anthropic": {"api_key_env": "ANTHROPIC_API_KEY"}}
each_provider = pytest.mark.parametrize("provider", PROVIDERS, ids=lambda each: each.name)


def written(reply: Reply) -> web.Response:
    body = json.dumps(reply.body).encode()
    return web.Response(body=body, status=reply.status, headers={"Content-Type": "application/json", **reply.headers})


def settings(provider: Provider, url: str) -> dict[str, Any]:
    key = KEY_SETTINGS.get(provider.model.partition("/")[0], {})
    return {"base_url": f"{url}{provider.path}", **key, **provider.settings}


async def output(provider: Provider, reply: Reply) -> Output:
    async with choosing(lambda _request, _body: written(reply)) as url:
        model = open_model(provider.model, settings(provider, url))
        (found,) = await model.generate([ask("Hello?", seed=1)])
        await model.close()
    return found


@each_provider
async def test_an_answer(provider: Provider) -> None:
    found = await output(provider, provider.answer)
    assert (found.status, found.text) == (Status.ANSWERED, TEXT)
    assert (found.usage.input_tokens, found.usage.output_tokens) == (9, 3)


@each_provider
@pytest.mark.parametrize("what", ["refusal", "filter"])
async def test_what_a_filter_withholds_is_refused(provider: Provider, what: str) -> None:
    found = await output(provider, getattr(provider, what))
    assert (found.status, found.refused_by) == (Status.REFUSED, RefusedBy.FILTER), found


@each_provider
async def test_a_rate_limit_passes(provider: Provider) -> None:
    failure = (await output(provider, provider.rate_limit)).failure
    assert failure is not None
    assert (failure.kind, failure.retryable, failure.fatal) == (FailureKind.RATE_LIMIT, True, False), failure


@each_provider
async def test_without_credit_nothing_can_succeed(provider: Provider) -> None:
    failure = (await output(provider, provider.no_credit)).failure
    assert failure is not None
    assert failure.fatal, failure
    assert "credit" in failure.message


@each_provider
async def test_an_unknown_parameter_is_left_out(provider: Provider) -> None:
    """Two attempts: the first meets the error, and the second goes without what the error names."""
    bodies: list[bytes] = []

    def choose(_request: web.Request, body: bytes) -> web.Response:
        bodies.append(body)
        return written(provider.unknown if len(bodies) == 1 else provider.answer)

    async with choosing(choose) as url:
        model = open_model(provider.model, settings(provider, url))
        (first,) = await model.generate([ask("Hello?", seed=1)])
        (second,) = await model.generate([ask("Hello?", seed=1)])
        await model.close()
    assert first.failure is not None
    assert not first.failure.fatal
    assert second.text == TEXT
    if provider.dropped:
        assert first.failure.retry_after == 0, first.failure
        assert f'"{provider.dropped}"'.encode() in bodies[0]
        assert f'"{provider.dropped}"'.encode() not in bodies[1]


@each_provider
def test_a_run_passes_a_flagged_prompt(provider: Provider, tmp_path: Path) -> None:
    """The first prompt is flagged, the others are not: the run has all outputs, and a resumed one asks nothing."""
    asked: list[bytes] = []

    def choose(_request: web.Request, body: bytes) -> web.Response:
        if any(prompt in body for prompt in (b"FLAGGED", b"plain one", b"another")):  # not what checks the endpoint
            asked.append(body)
        return written(provider.filter if b"FLAGGED" in body else provider.answer)

    cell = "safety/i2t/typography/biscuit-theft"
    rows = [{"cell": cell, "prompt": prompt} for prompt in ("FLAGGED", "plain one", "another")]
    data = tmp_path / "mine.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with choosing_in_thread(choose) as url:
        mmdt.run(
            provider.model,
            data=str(data),
            judge="embedded",
            allow_embedded_judge=True,
            concurrency=1,
            model_settings=settings(provider, url),
            out=tmp_path / "run",
        )
        before = len(asked)
        mmdt.resume(tmp_path / "run")
    assert len(asked) == before == 3
    with Store.open(tmp_path / "run") as store:
        counts = list(store.counts().values())
    assert [sum(getattr(each, name) for each in counts) for name in ("answered", "refused", "failed")] == [2, 1, 0]
