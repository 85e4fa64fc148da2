"""The offline engine's runtime, on a stand-in with vLLM's signatures: vLLM itself needs a GPU."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import threading
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from mmdt.core.image import Image
from mmdt.core.output import FailureKind, Output
from mmdt.core.protocols import Model, Request
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.errors import UsageError
from mmdt.models.check import check_endpoint
from mmdt.plugins import open_model
from tests.models.adapters import ask, conversation, draw, sample
from tests.models.test_contract_text import SCHEMA
from tests.models.vllm import stand_in as vllm_stand_in
from tests.models.vllm.stand_in import LLM
from tests.waiting import PATIENCE

REAL = find_spec("vllm") is not None


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> type[LLM]:
    monkeypatch.delenv("VLLM_BASE_URL", raising=False)
    return vllm_stand_in.install(monkeypatch)


@pytest.fixture
def name(tmp_path: Path) -> str:
    (tmp_path / "config.json").write_text("{}")
    return f"vllm/{tmp_path}"


async def answers(name: str, *requests: Request, **settings: Any) -> list[Output]:
    model = open_model(name, settings)
    try:
        return list(await model.generate(requests))
    finally:
        await model.close()


def kinds(outputs: list[Output]) -> list[FailureKind | None]:
    return [output.failure.kind if output.failure else None for output in outputs]


async def test_a_batch_is_one_call_and_comes_back_in_order(engine: type[LLM], name: str) -> None:
    shown = f"[image {hashlib.sha256(sample(1)).hexdigest()[:8]}]"
    asked = [ask("One", seed=1), ask("Two", sample(1), system="Be brief.", seed=2), ask("Ünï 漢字 \U0001f600")]
    outputs = await answers(name, *asked)
    assert [output.text for output in outputs] == [
        "One (seed 1)",
        f"Be brief. {shown} Two (seed 2)",
        "Ünï 漢字 \U0001f600 (seed None)",
    ]
    assert {output.model[:7] for output in outputs} == {"folder:"}
    assert (outputs[0].usage.input_tokens, outputs[0].usage.output_tokens, outputs[0].usage.cost) == (1, 3, 0)
    (llm,) = engine.loaded
    assert llm.calls == [3]
    assert llm.arguments["model"] == name.removeprefix("vllm/")


async def test_every_turn_of_a_conversation_reaches_the_engine(engine: type[LLM], name: str) -> None:
    shown = f"[image {hashlib.sha256(sample(1)).hexdigest()[:8]}]"
    (output,) = await answers(name, conversation(sample(1)))
    said = f"Be brief. Look at {shown} and remember it. (assistant) I will. What did you see? (seed 5)"
    assert output.text == said


async def test_a_model_for_text_alone_is_given_no_limit_on_images(engine: type[LLM], name: str) -> None:
    said, shown = await answers(name, ask("One"), ask("What?", sample()), modality="t2t")
    assert said.text == "One (seed None)"
    assert shown.failure is not None
    assert "reads text only, and the case has 1 image" in shown.failure.message
    assert "limit_mm_per_prompt" not in engine.loaded[0].arguments


async def test_settings_reach_the_engine_and_the_sampling(engine: type[LLM], name: str) -> None:
    given = {"temperature": "0.5", "top_p": 0.9, "max_tokens": 1, "max_images": 3, "engine_args": {"max_model_len": 9}}
    (output,) = await answers(name, ask("Say", schema=SCHEMA, seed=4), **given)
    (llm,) = engine.loaded
    (sampling,) = llm.sampled
    assert (sampling.temperature, sampling.top_p, sampling.max_tokens, sampling.seed) == (0.5, 0.9, 1, 4)
    assert sampling.structured_outputs is not None
    assert sampling.structured_outputs.json == SCHEMA
    assert llm.arguments["limit_mm_per_prompt"] == {"image": 3}
    assert llm.arguments["max_model_len"] == 9
    assert output.finish == "length"


async def test_a_rejected_request_does_not_fail_the_others(engine: type[LLM], name: str) -> None:
    outputs = await answers(name, *(ask("long" if number == 5 else f"Number {number}") for number in range(8)))
    assert kinds(outputs) == [None] * 5 + [FailureKind.BAD_REQUEST] + [None] * 2
    assert [output.text for output in outputs[6:]] == ["Number 6 (seed None)", "Number 7 (seed None)"]
    assert outputs[5].failure is not None
    assert "maximum model length" in outputs[5].failure.message
    assert engine.loaded[0].calls == [8, 4, 4, 2, 1, 1, 2]


async def test_an_invalid_request_fails_its_own_case_only(engine: type[LLM], name: str, tmp_path: Path) -> None:
    kept = Image.from_bytes(sample())
    lost = Image(kept.digest, kept.media_type, kept.width, kept.height, path=str(tmp_path / "lost.png"))
    asked = [ask(" "), draw(), Request.of("What?", (lost,)), ask("Many", *[sample()] * 3), ask("One")]
    outputs = await answers(name, *asked, max_images=2, max_image_bytes=10_000)
    assert kinds(outputs) == [FailureKind.CASE] * 4 + [None]
    assert engine.loaded[0].calls == [1]
    only = await answers(name, Request.of("What?", (lost,)))
    assert kinds(only) == [FailureKind.CASE]


async def test_a_picture_above_the_limit_is_a_failure_of_its_case(engine: type[LLM], name: str) -> None:
    outputs = await answers(name, ask("What?", sample()), max_image_bytes=10)
    assert kinds(outputs) == [FailureKind.CASE]
    assert "max_image_bytes" in (outputs[0].failure.message if outputs[0].failure else "")


async def test_an_empty_or_aborted_answer_is_a_failure(engine: type[LLM], name: str) -> None:
    outputs = await answers(name, ask("silence"), ask("abort"))
    assert kinds(outputs) == [FailureKind.EMPTY, FailureKind.BAD_REPLY]


async def test_a_dead_engine_stops_the_run_with_a_hint(engine: type[LLM], name: str) -> None:
    outputs = await answers(name, ask("One"), ask("dead"))
    for output in outputs:
        assert output.failure is not None
        assert (output.failure.kind, output.failure.fatal) == (FailureKind.SERVER, True)
        assert "gpu_memory_utilization" in output.failure.message
    assert engine.loaded[0].calls == [2]


async def test_a_batch_that_does_not_fit_is_halved_and_nothing_is_lost(engine: type[LLM], name: str) -> None:
    endpoint = Endpoint(open_model(name, {"batch_size": 4}), Limits(), Budget())
    outputs = await asyncio.gather(*(endpoint.ask(ask(f"full {number}")) for number in range(4)))
    await endpoint.close()
    assert [output.text for output in outputs] == [f"full {number} (seed {None})" for number in range(4)]
    assert engine.loaded[0].calls[:2] == [4, 2]


async def test_cancelling_waits_for_no_engine_and_the_next_batch_is_answered(engine: type[LLM], name: str) -> None:
    model: Any = open_model(name)
    llm: Any = await model._loaded()
    entered, release = asyncio.Event(), threading.Event()
    loop, chat = asyncio.get_running_loop(), llm.chat

    def slow(*arguments: Any, **more: Any) -> Any:
        loop.call_soon_threadsafe(entered.set)
        assert release.wait(PATIENCE)
        return chat(*arguments, **more)

    llm.chat = slow
    task = asyncio.ensure_future(model.generate([ask("One")]))
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert llm.calls == [], "the engine still works on it"
    release.set()
    llm.chat = chat
    (output,) = await model.generate([ask("Two")])
    await model.close()
    assert output.text == "Two (seed None)"


@pytest.mark.parametrize(
    ("engine_args", "expected"),
    [({"no_such": 1}, "unexpected keyword"), ({"gpu_memory_utilization": 2}, "lower gpu_memory_utilization")],
)
async def test_an_engine_that_cannot_be_loaded_is_reported_with_a_hint(
    engine: type[LLM], name: str, engine_args: dict[str, Any], expected: str
) -> None:
    with pytest.raises(UsageError, match="vLLM cannot load the model") as caught:
        await answers(name, ask("One"), engine_args=engine_args)
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("rest", "settings", "expected"),
    [
        ("/no/such/folder", {}, "no checkpoint"),
        ("{}", {"extra_body": {"top_k": 5}}, "does not support extra_body"),
        ("{}", {"timeout": 5, "engine": "offline"}, "does not support timeout"),
        ("{}", {"modality": "t2i"}, "produces text"),
    ],
)
def test_impossible_settings_are_usage_errors(
    engine: type[LLM], tmp_path: Path, rest: str, settings: dict[str, Any], expected: str
) -> None:
    with pytest.raises(UsageError, match=expected):
        open_model(f"vllm/{rest.format(tmp_path)}", settings)


async def test_the_doctor_and_the_description(engine: type[LLM], name: str) -> None:
    assert {finding.level for finding in await check_endpoint(name, {})} == {"ok"}
    assert engine.loaded == [], "nothing is loaded"
    model: Model = open_model(name, {"engine_args": {"dtype": "half"}, "temperature": 0.2})
    assert model.info.settings["weights"].startswith("folder:")
    assert (model.info.settings["engine_args"], model.info.settings["temperature"]) == ({"dtype": "half"}, 0.2)
    assert (model.info.batch_size, model.info.concurrency, model.info.seeds) == (128, 2, True)
    await model.close()


@pytest.mark.skipif(not REAL, reason="vLLM is not installed")
@pytest.mark.parametrize(
    ("where", "what", "stand_in"),
    [
        ("vllm", "LLM.__init__", LLM.__init__),
        ("vllm", "LLM.chat", LLM.chat),
        ("vllm", "SamplingParams", vllm_stand_in.SamplingParams),
        ("vllm.sampling_params", "StructuredOutputsParams", vllm_stand_in.StructuredOutputsParams),
        ("vllm.outputs", "CompletionOutput", vllm_stand_in.CompletionOutput),
        ("vllm.outputs", "RequestOutput", vllm_stand_in.RequestOutput),
    ],
)
def test_the_stand_in_has_the_real_ones_signatures(where: str, what: str, stand_in: Any) -> None:
    found: Any = import_module(where)
    for part in what.split("."):
        found = getattr(found, part)
    real, ours = inspect.signature(found).parameters, inspect.signature(stand_in).parameters
    assert set(ours) <= set(real)
    assert {name: one.kind for name, one in ours.items()} == {name: real[name].kind for name in ours}
