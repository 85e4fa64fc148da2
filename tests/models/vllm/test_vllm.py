"""vLLM's server, as the local server that speaks OpenAI's protocol; the offline engine needs vLLM itself."""

from importlib.util import find_spec

import pytest

from mmdt.core.output import Status
from mmdt.errors import MissingExtraError, UsageError
from mmdt.models.check import check_endpoint
from mmdt.plugins import open_model
from tests.models.adapters import ask, sample
from tests.servers.openai_server import OpenAIServer

NAME = "vllm/llava"
absent = pytest.mark.skipif(find_spec("vllm") is not None, reason="vLLM is installed")


@pytest.fixture
async def server(monkeypatch):
    monkeypatch.delenv("VLLM_API_KEY", raising=False)
    monkeypatch.delenv("VLLM_BASE_URL", raising=False)
    async with OpenAIServer() as server:
        yield server


async def answer(**settings):
    model = open_model(NAME, settings)
    try:
        return (await model.generate([ask("What is it?", sample(1), system="Be brief.", seed=3)]))[0]
    finally:
        await model.close()


async def test_the_server_is_asked_without_a_key(server):
    output = await answer(base_url=server.url)
    assert output.status is Status.ANSWERED
    assert output.usage.cost is None
    last = server.log.last
    assert (last.model, last.images, last.system, last.seed) == ("llava", (sample(1),), "Be brief.", 3)


async def test_a_server_with_a_key_gets_it(server, monkeypatch):
    server.key = "mine-1234"
    monkeypatch.setenv("VLLM_API_KEY", "mine-1234")
    monkeypatch.setenv("VLLM_BASE_URL", server.url)
    assert (await answer()).status is Status.ANSWERED


async def test_the_doctor_reads_the_list_of_models(server):
    assert {finding.level for finding in await check_endpoint(NAME, {"base_url": server.url})} <= {"ok", "warning"}
    findings = await check_endpoint("vllm/lava", {"base_url": server.url})
    (found,) = [finding for finding in findings if "list of models" in finding.what]
    assert found.level == "warning"
    assert "llava" in found.hint


@absent
async def test_without_vllm_the_default_is_a_local_server(monkeypatch):
    monkeypatch.delenv("VLLM_BASE_URL", raising=False)
    model = open_model(NAME)
    assert model.info.settings["base_url"] == "http://localhost:8000/v1"
    assert model.info.name == NAME
    await model.close()


@absent
def test_the_offline_engine_needs_the_extra():
    with pytest.raises(MissingExtraError, match=r"mmdt\[vllm\]"):
        open_model(NAME, {"engine": "offline"})


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("vllm/", {}, "no name"),
        (NAME, {"modality": "t2i"}, "produces text"),
        (NAME, {"engine": "server", "engine_args": {"dtype": "half"}}, "offline engine"),
        (NAME, {"engine": "sever"}, "invalid setting"),
        (NAME, {"base_url": "localhost:8000"}, "not a valid base URL"),
    ],
)
def test_impossible_settings_are_usage_errors(name, settings, words):
    with pytest.raises(UsageError, match=words):
        open_model(name, settings)
