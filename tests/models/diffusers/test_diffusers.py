"""The contract of local text-to-image pipelines, on tiny checkpoints of several architectures."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmdt.core.output import FailureKind, Output, RefusedBy, Status
from mmdt.core.protocols import Model, Request
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.errors import MissingExtraError, UsageError
from mmdt.models.check import check_endpoint
from mmdt.models.diffusers.pipeline import prior_of
from mmdt.models.local.checkpoint import Checkpoint
from mmdt.plugins import open_model
from tests import tiny
from tests.models.given_up import GivenUp

tiny.need("torch", "transformers", "diffusers")

from tests.models import tiny_painters  # noqa: E402 - after the check that its libraries are there

SMALL = {"steps": 2, "width": 32, "height": 32}
ROUNDING = 2
"""Of 255: a batch adds up numbers in another order than a single prompt does."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: write(tmp_path_factory.mktemp(name)) for name, write in tiny_painters.PAINTERS.items()}


@pytest.fixture(params=tiny_painters.PAINTERS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def opened(folders: dict[str, Path], name: str = "sd", **settings: Any) -> Model:
    if name == "pixart":  # draws at the nearest of its trained sizes otherwise
        settings.setdefault("extra", {"use_resolution_binning": False})
    return open_model(f"diffusers/{folders[name]}", {**SMALL, **settings})


def draw(prompt: str = "a red cup", seed: int | None = 1) -> Request:
    return Request.of(prompt, wants="image", seed=seed)


def pixels(output: Output) -> Any:
    assert output.status is Status.ANSWERED, output.failure
    (image,) = output.images
    return np.asarray(image.pil()).astype(int)


def apart(one: Output, other: Output) -> int:
    return int(abs(pixels(one) - pixels(other)).max())


async def test_one_seed_draws_one_picture_whatever_the_batch(folders: dict[str, Path], name: str) -> None:
    requests = [draw(), draw(seed=2), draw("two cats and a dog, one of them asleep"), draw()]
    model = opened(folders, name)
    together = await model.generate(requests)
    alone = [(await model.generate([request]))[0] for request in requests]
    await model.close()
    assert [apart(one, other) <= ROUNDING for one, other in zip(together, alone, strict=True)] == [True] * 4
    assert apart(together[0], together[3]) <= ROUNDING
    assert apart(together[0], together[1]) > ROUNDING  # another seed
    assert apart(together[0], together[2]) > ROUNDING  # another prompt
    for output in together:
        assert pixels(output).shape == (32, 32, 3)
        assert (output.usage.images, output.usage.cost) == (1, 0)
        assert output.model.startswith("folder:")


async def test_the_picture_is_the_librarys_own(folders: dict[str, Path]) -> None:
    import torch
    from diffusers import StableDiffusionPipeline

    pipeline = StableDiffusionPipeline.from_pretrained(folders["sd"])
    made = pipeline(
        "a red cup", num_inference_steps=2, width=32, height=32, generator=torch.Generator("cpu").manual_seed(7)
    )
    model = opened(folders)
    (output,) = await model.generate([draw(seed=7)])
    await model.close()
    assert int(abs(pixels(output) - np.asarray(made.images[0]).astype(int)).max()) <= 1


async def test_without_a_seed_every_picture_differs(folders: dict[str, Path]) -> None:
    model = opened(folders)
    one, other = await model.generate([draw(seed=None), draw(seed=None)])
    await model.close()
    assert apart(one, other) > ROUNDING


async def test_size_steps_guidance_and_negative_prompt_reach_the_pipeline(folders: dict[str, Path]) -> None:
    plain = opened(folders)
    outputs = {"": (await plain.generate([draw()]))[0]}
    await plain.close()
    changes: list[dict[str, Any]] = [
        {"steps": 3},
        {"guidance": 1.0},
        {"negative_prompt": "blue, blurred"},
        {"extra": {"guidance_rescale": 0.9}},
    ]
    for change in changes:
        model = opened(folders, **change)
        outputs[str(change)] = (await model.generate([draw(), draw()]))[1]
        assert set(change) <= set(model.info.settings)
        await model.close()
    assert all(apart(outputs[""], output) > 0 for kind, output in outputs.items() if kind)
    wide = opened(folders, width=48)
    (output,) = await wide.generate([draw()])
    await wide.close()
    assert pixels(output).shape == (32, 48, 3)


async def test_what_the_safety_checker_flags_is_a_refusal(folders: dict[str, Path]) -> None:
    import torch

    model: Any = opened(folders)
    runtime = await model._loaded()
    torch.nn.init.constant_(runtime.pipeline.safety_checker.concept_embeds_weights, -2.0)  # any likeness is too much
    outputs = await model.generate([draw(), draw(seed=2)])
    await model.close()
    assert [(output.status, output.refused_by) for output in outputs] == [(Status.REFUSED, RefusedBy.FILTER)] * 2
    assert "safety checker" in outputs[0].reason
    assert outputs[0].images == ()


async def test_the_safety_checker_can_be_removed(folders: dict[str, Path]) -> None:
    model: Any = opened(folders, safety_checker=False)
    runtime = await model._loaded()
    (output,) = await model.generate([draw()])
    await model.close()
    assert runtime.pipeline.safety_checker is None
    assert output.status is Status.ANSWERED
    assert model.info.settings["safety_checker"] is False


async def test_an_invalid_request_is_a_problem_of_the_case(folders: dict[str, Path]) -> None:
    model = opened(folders)
    empty, words, fine = await model.generate([draw("  "), Request.of("What is it?"), draw()])
    await model.close()
    for output in (empty, words):
        assert output.failure is not None
        assert output.failure.kind is FailureKind.CASE
    assert fine.status is Status.ANSWERED


async def test_unicode_and_long_prompts_are_drawn(folders: dict[str, Path], name: str) -> None:
    model = opened(folders, name)
    outputs = await model.generate([draw("Ünï 漢字 \U0001f600"), draw("a very long wish " * 40)])
    await model.close()
    assert [output.status for output in outputs] == [Status.ANSWERED] * 2


async def test_an_unsupported_setting_is_reported_with_the_supported_ones(folders: dict[str, Path]) -> None:
    model = opened(folders, extra={"sharpness": 3})
    with pytest.raises(UsageError, match=r"does not support sharpness.*guidance_scale"):
        await model.generate([draw()])
    await model.close()


async def test_a_batch_that_does_not_fit_is_halved_and_nothing_is_lost(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    model: Any = opened(folders, batch_size=4)
    runtime = await model._loaded()
    expected = await model.generate([draw(seed=seed) for seed in range(4)])
    tried: list[int] = []
    whole = runtime.draw

    def scarce(prompts: Any, seeds: Any, stop: Any) -> Any:
        tried.append(len(prompts))
        if len(prompts) > 1:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return whole(prompts, seeds, stop)

    monkeypatch.setattr(runtime, "draw", scarce)
    endpoint = Endpoint(model, Limits(), Budget())
    outputs = await asyncio.gather(*(endpoint.ask(draw(seed=seed)) for seed in range(4)))
    await endpoint.close()
    assert tried[0] == 4
    assert max(tried[1:]) == 2  # halved, not asked one by one
    assert [apart(one, other) <= ROUNDING for one, other in zip(outputs, expected, strict=True)] == [True] * 4


async def test_one_request_that_does_not_fit_fails_for_good(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    model: Any = opened(folders)
    runtime = await model._loaded()

    def full(*_: Any) -> Any:
        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")

    monkeypatch.setattr(runtime, "draw", full)
    endpoint = Endpoint(model, Limits(), Budget())
    output = await endpoint.ask(draw())
    await endpoint.close()
    assert output.failure is not None
    assert (output.failure.kind, output.failure.retryable) == (FailureKind.MEMORY, False)
    assert "offload=model" in output.failure.message


@pytest.mark.parametrize(
    ("name", "settings"),
    [("sd", {"steps": 900}), ("kandinsky22", {"extra": {"prior_num_inference_steps": 900}})],
)
async def test_cancelling_stops_at_the_next_step(
    folders: dict[str, Path], name: str, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    model: Any = opened(folders, name, **settings)
    runtime = await model._loaded()
    step = GivenUp()
    monkeypatch.setattr(runtime, "draw", step.watching(runtime.draw))
    task = asyncio.ensure_future(model.generate([draw()]))
    await step.begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    step.given_up.set()
    assert await asyncio.wrap_future(model._device.submit(int)) == 0  # the device is free again
    assert step.looks == 1, "it went on to a second step"
    await model.close()


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"prompts": 5}, "unknown setting 'prompts'"),
        ({"steps": 0}, "steps is 0"),
        ({"dtype": "int4"}, "invalid setting"),
        ({"width": -8}, "width is -8"),
    ],
)
def test_settings_are_checked(folders: dict[str, Path], settings: dict[str, Any], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        open_model(f"diffusers/{folders['sd']}", settings)


async def test_a_pipeline_saved_with_its_prior_needs_no_other(folders: dict[str, Path], tmp_path: Path) -> None:
    model: Any = opened(folders, "kandinsky22")
    (apart_saved,) = await model.generate([draw()])
    (await model._loaded()).pipeline.save_pretrained(tmp_path)
    await model.close()
    whole = open_model(f"diffusers/{tmp_path}", SMALL)
    assert "prior" not in whole.info.settings
    (together,) = await whole.generate([draw()])
    await whole.close()
    assert apart(apart_saved, together) == 0


@pytest.mark.parametrize(
    ("card", "prior"),
    [
        ("---\nprior:\n- owner/one\n- owner/two\n---\n", "owner/one"),
        ("---\nprior: owner/one\n---\n", "owner/one"),
        ("---\nprior: 5\n---\n", None),
        ("---\nprior: []\n---\n", None),
        ("---\nprior: [\n---\n", None),
        ("---\n- a list\n---\n", None),
        ("no facts at all", None),
    ],
)
def test_the_prior_is_what_the_card_names(tmp_path: Path, card: str, prior: str | None) -> None:
    (tmp_path / "model_index.json").write_text('{"_class_name": "KandinskyV22Pipeline"}')
    (tmp_path / "README.md").write_text(card)
    found = prior_of(Checkpoint(str(tmp_path)))
    assert (found and found.name) == prior


def test_a_checkpoint_with_the_parts_of_its_prior_needs_none(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text('{"prior_tokenizer": ["transformers", "CLIPTokenizer"]}')
    (tmp_path / "README.md").write_text("---\nprior: owner/one\n---\n")
    assert prior_of(Checkpoint(str(tmp_path))) is None


def test_an_impossible_prior_is_reported(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text("{}")
    (tmp_path / "README.md").write_text("---\nprior: ../../elsewhere\n---\n")
    with pytest.raises(UsageError, match="README"):
        prior_of(Checkpoint(str(tmp_path)))


async def test_missing_checkpoints_are_reported_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="owner/name"):
        open_model("diffusers//no/such/folder", {})
    model = open_model(f"diffusers/{tmp_path}", {})
    with pytest.raises(UsageError, match="cannot be loaded"):
        await model.generate([draw()])
    await model.close()


async def test_the_doctor_and_the_description(folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    findings = await check_endpoint(f"diffusers/{folders['sd']}", {})
    assert [finding.level for finding in findings] == ["ok", "ok"]
    info = opened(folders, guidance=5.0).info
    assert info.settings["weights"].startswith("folder:")
    assert (info.settings["guidance"], info.settings["steps"]) == (5.0, 2)
    assert info.modalities == {"t2i"}
    monkeypatch.setattr("mmdt.models.extras.find_spec", lambda module: None)
    with pytest.raises(MissingExtraError, match=r"mmdt\[diffusers\]"):
        opened(folders)
