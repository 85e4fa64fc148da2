"""mmdt against real servers with tiny random models: what they answer, and how they refuse."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import mmdt
from mmdt.core.output import FailureKind, Output, Status
from mmdt.core.protocols import Request
from mmdt.plugins import open_model
from tests.models.adapters import ask, sample
from tests.servers.real import free_port, python_with, running

pytestmark = pytest.mark.prove
SCHEMA = {"type": "object", "properties": {"yes": {"type": "boolean"}}, "required": ["yes"]}


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """llama.cpp's server (llama-cpp-python)."""
    python = python_with("llama_cpp.server", ".venv-servers/llama")
    folder, port = tmp_path_factory.mktemp("llama"), free_port()
    model = folder / "tiny.gguf"
    subprocess.run([python, Path(__file__).with_name("tiny_gguf.py"), model], check=True)
    command = [python, "-m", "llama_cpp.server", "--model", str(model), "--model_alias", "tiny", "--n_ctx", "512"]
    with running([*command, "--port", str(port)], port, "/v1/models", folder / "log") as url:
        yield f"{url}/v1"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A tiny vision-language model."""
    from tests.models.tiny_chat import write_llava

    return str(write_llava(tmp_path_factory.mktemp("llava")))


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """``transformers serve``."""
    if missing := [name for name in ("transformers", "fastapi", "uvicorn") if find_spec(name) is None]:
        pytest.skip(f"{', '.join(missing)} is not installed: pip install 'transformers[serving]'")
    port = free_port()
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", "--port", str(port), "--device", "cpu"]
    log = tmp_path_factory.mktemp("serve") / "log"
    with running([*command, "--host", "127.0.0.1"], port, "/health", log, HF_HUB_OFFLINE="1") as url:
        yield f"{url}/v1"


@pytest.fixture(scope="module")
def proxy(serve: str, checkpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The LiteLLM proxy in front of ``transformers serve``, and of a port where nothing listens."""
    python = python_with("litellm.proxy.proxy_server", ".venv-servers/litellm")
    folder, port = tmp_path_factory.mktemp("proxy"), free_port()
    there = {"model": f"openai/{checkpoint}", "api_base": serve, "api_key": "none"}
    gone = {**there, "api_base": f"http://127.0.0.1:{free_port()}/v1"}
    models = {"tiny": there, "gone": gone}
    entries = "".join(
        f"  - model_name: {name}\n    litellm_params:\n"
        + "".join(f"      {key}: {value}\n" for key, value in params.items())
        for name, params in models.items()
    )
    (folder / "config.yaml").write_text(f"model_list:\n{entries}litellm_settings:\n  num_retries: 0\n")
    command = [str(Path(python).with_name("litellm")), "--config", str(folder / "config.yaml"), "--port", str(port)]
    with running([*command, "--host", "127.0.0.1"], port, "/health/liveliness", folder / "log") as url:
        yield f"{url}/v1"


async def answer(url: str, model: str, request: Request | None = None, **settings: Any) -> Output:
    opened = open_model(f"openai/{model}", {"base_url": url, "max_tokens": 8, **settings})
    (output,) = await opened.generate([request or ask("Say hello, please.")])
    if output.failure and output.failure.retry_after == 0:  # a field that the server does not take was dropped
        (output,) = await opened.generate([request or ask("Say hello, please.")])
    await opened.close()
    return output


def failure(output: Output) -> Any:
    assert output.failure is not None, output
    return output.failure


class TestLlamaCpp:
    async def test_text(self, llama: str) -> None:
        output = await answer(llama, "tiny")
        assert output.status is Status.ANSWERED
        assert output.usage.input_tokens > 10
        assert output.usage.output_tokens > 0
        assert output.finish == "length"

    async def test_the_same_at_temperature_zero(self, llama: str) -> None:
        first, again = await answer(llama, "tiny"), await answer(llama, "tiny")
        assert (first.text, first.finish) == (again.text, again.finish)

    async def test_a_field_that_it_does_not_take_is_left_out(self, llama: str) -> None:
        """It answers a schema with status 500 and says in its message that the field is wrong."""
        output = await answer(llama, "tiny", ask("Yes or no?", schema=SCHEMA))
        assert output.status is Status.ANSWERED

    async def test_a_prompt_that_is_too_long_fails_alone(self, llama: str) -> None:
        found = failure(await answer(llama, "tiny", ask("long " * 2000)))
        assert not found.fatal
        assert (await answer(llama, "tiny")).status is Status.ANSWERED

    async def test_many_at_once(self, llama: str) -> None:
        outputs = await asyncio.gather(*(answer(llama, "tiny", ask(f"Number {n}.")) for n in range(24)))
        assert {output.status for output in outputs} == {Status.ANSWERED}

    async def test_the_doctor(self, llama: str) -> None:
        opened = open_model("openai/tiny", {"base_url": llama})
        findings = [found.what for found in await opened.check()]  # type: ignore[attr-defined]
        await opened.close()
        assert any("is one of its 1 models" in text for text in findings)


class TestTransformersServe:
    async def test_text(self, serve: str, checkpoint: str) -> None:
        output = await answer(serve, checkpoint)
        assert output.status is Status.ANSWERED
        assert output.usage.input_tokens > 10

    async def test_pictures(self, serve: str, checkpoint: str) -> None:
        blind, one, other = [
            await answer(serve, checkpoint, ask("What is it?", *pictures))
            for pictures in ((), (sample(1),), (sample(2),))
        ]
        assert blind.usage.input_tokens < one.usage.input_tokens
        assert {blind.status, one.status, other.status} == {Status.ANSWERED}

    async def test_a_model_that_is_not_there(self, serve: str) -> None:
        found = failure(await answer(serve, "/nowhere/none"))
        assert found.kind in (FailureKind.SERVER, FailureKind.NOT_FOUND, FailureKind.BAD_REQUEST)

    def test_a_whole_run(self, serve: str, checkpoint: str, tmp_path: Path) -> None:
        run = mmdt.run(
            f"openai/{checkpoint}",
            select="safety/i2t/typography",
            data="embedded",
            size=1,
            base_url=serve,
            judge="embedded",
            allow_embedded_judge=True,
            model_settings={"max_tokens": 8},
            out=tmp_path / "run",
            max_requests=60,
        )
        assert run.manifest.ended.how == "complete", run.manifest.ended

    async def test_responses(self, serve: str, checkpoint: str) -> None:
        output = await answer(serve, checkpoint, api="responses")
        assert output.status is Status.ANSWERED


class TestLiteLlm:
    async def test_text(self, proxy: str) -> None:
        output = await answer(proxy, "tiny")
        assert output.status is Status.ANSWERED
        assert output.usage.input_tokens > 10

    async def test_pictures(self, proxy: str) -> None:
        output = await answer(proxy, "tiny", ask("What is it?", sample(1)))
        assert output.status is Status.ANSWERED

    async def test_a_model_that_it_does_not_know(self, proxy: str) -> None:
        found = failure(await answer(proxy, "unknown"))
        assert found.kind in (FailureKind.BAD_REQUEST, FailureKind.NOT_FOUND)
        assert not found.retryable
        assert "unknown" in found.message

    async def test_a_server_behind_it_that_is_gone(self, proxy: str) -> None:
        found = failure(await answer(proxy, "gone"))
        assert found.kind in (FailureKind.SERVER, FailureKind.OVERLOADED)
        assert found.retryable
        assert not found.fatal
