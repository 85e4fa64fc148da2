"""The library's own provider for OpenAI, against the local server that speaks OpenAI's protocol."""

import asyncio
from importlib.util import find_spec

import pytest

from mmdt.core.output import FailureKind, RefusedBy, Status
from mmdt.errors import MissingExtraError, UsageError
from mmdt.plugins import open_model
from tests.models.adapters import KEY, ask, sample
from tests.servers.behaviour import script
from tests.servers.openai_server import OpenAIServer
from tests.waiting import until_async

HERE = find_spec("inspect_ai") is not None
needed = pytest.mark.skipif(not HERE, reason="inspect_ai is not installed: pip install 'mmdt[inspect]'")


@pytest.fixture
async def server():
    async with OpenAIServer(key=KEY) as server:
        yield server


async def answer(server, *requests, **settings):
    model = open_model("inspect/openai/gpt-4o", {"base_url": server.url, **settings})
    try:
        return await model.generate(requests or [ask()])
    finally:
        await model.close()


def test_without_the_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("mmdt.models.extras.find_spec", lambda module: None)
    with pytest.raises(MissingExtraError, match=r"mmdt\[inspect\]"):
        open_model("inspect/openai/gpt-4o")


@needed
async def test_text_and_pictures_reach_the_server(server):
    (output,) = await answer(server, ask("Compare them.", sample(1), sample(2), system="Be brief.", seed=7))
    assert output.status is Status.ANSWERED
    assert output.text.startswith("You said: Compare them.")
    last = server.log.last
    assert last.images == (sample(1), sample(2))
    assert (last.system, last.prompt, last.seed, last.params["temperature"]) == ("Be brief.", "Compare them.", 7, 0)
    assert output.usage.input_tokens == 2 + 2 * 85
    assert output.usage.output_tokens > 0


@needed
async def test_settings_reach_the_server_and_prices_count(server):
    (output,) = await answer(server, max_tokens=50, temperature=0.5, prices={"input": 1.0, "output": 2.0})
    assert server.log.last.params["temperature"] == 0.5
    assert 50 in (server.log.last.params.get("max_tokens"), server.log.last.params.get("max_completion_tokens"))
    used = output.usage
    assert used.cost == pytest.approx((used.input_tokens + 2 * used.output_tokens) / 1e6)


@needed
@pytest.mark.parametrize(
    ("fault", "kind", "retryable", "fatal"),
    [
        ("rate_limit:3", FailureKind.RATE_LIMIT, True, False),
        ("overloaded", FailureKind.OVERLOADED, True, False),
        ("server_error", FailureKind.SERVER, True, False),
        ("reset", FailureKind.NETWORK, True, False),
        ("empty", FailureKind.EMPTY, True, False),
        ("wrong_key", FailureKind.AUTH, False, True),
        ("not_found", FailureKind.NOT_FOUND, False, True),
        ("bad_request", FailureKind.BAD_REQUEST, False, False),
    ],
)
async def test_a_failure_is_one_attempt_and_says_what_it_was(server, fault, kind, retryable, fatal):
    server.behaviour = script(fault)
    (output,) = await answer(server)
    assert output.status is Status.FAILED
    assert (output.failure.kind, output.failure.retryable, output.failure.fatal) == (kind, retryable, fatal)
    assert server.log.requests == 1
    assert KEY not in output.failure.message
    if fault == "rate_limit:3":
        assert output.failure.retry_after == 3


@needed
@pytest.mark.parametrize("fault", ["filter", "filter_finish"])
async def test_a_content_filter_is_a_refusal(server, fault):
    server.behaviour = script(fault)
    (output,) = await answer(server)
    assert (output.status, output.refused_by) == (Status.REFUSED, RefusedBy.FILTER)


@needed
async def test_a_refusal_in_words_is_an_answer(server):
    server.behaviour = script("refusal")
    (output,) = await answer(server)
    assert output.status is Status.ANSWERED
    assert "can't help" in output.text


@needed
async def test_a_server_that_hangs_is_given_up_in_time(server):
    server.behaviour = script("hang")
    (output,) = await answer(server, timeout=0.5)
    assert output.failure.kind is FailureKind.TIMEOUT
    assert output.failure.retryable


@needed
async def test_many_requests_are_under_way_at_once(server):
    server.together = 31  # no reply comes before
    outputs = await answer(server, *(ask(f"question {n}") for n in range(40)))
    assert [output.text for output in outputs] == [f"You said: question {n}" for n in range(40)]


@needed
async def test_cancelling_ends_the_request(server):
    server.behaviour = script("hang")
    task = asyncio.ensure_future(answer(server))
    await until_async(lambda: server.log.requests)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until_async(lambda: not server.log.in_flight)
    assert (server.log.requests, server.log.answered) == (1, 0)


@needed
@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("inspect/nobody/x", {}, "inspect_ai cannot open the model"),
        ("inspect/openai", {}, "no provider or no name"),
        ("inspect/openai/gpt-4o", {"temprature": 1}, "unknown setting 'temprature'"),
        ("inspect/openai/gpt-4o", {"base_url": "http://me:secret@x/v1"}, "credentials"),
    ],
)
def test_impossible_models_are_usage_errors(name, settings, words):
    with pytest.raises(UsageError, match=words):
        open_model(name, settings)


@needed
def test_a_missing_key_is_reported_before_any_request(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(UsageError, match="OPENAI_API_KEY"):
        open_model("inspect/openai/gpt-4o")
