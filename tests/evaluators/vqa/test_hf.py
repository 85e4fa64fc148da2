"""Yes/no questions on a tiny model whose last layer was set so that it answers by the picture's colour."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pil

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.output import Output
from mmdt.core.protocols import Item, Request
from mmdt.errors import UsageError
from mmdt.evaluators.judge.prompt import question
from mmdt.plugins import open_evaluator
from tests import tiny

tiny.need("torch", "transformers")

from tests.models import tiny_chat  # noqa: E402 - after the check that its libraries are there

CASE = Case.make(Cell.parse("hallucination/t2i/natural/attribute"), "a red cup")
RED, BLUE = (Image.from_pil(Pil.new("RGB", (40, 40), colour)) for colour in ("red", "blue"))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_chat.write_llava(tmp_path_factory.mktemp("llava"))


@pytest.fixture(scope="module")
def trained(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Yes points towards what the network thinks at a red picture, no towards what it thinks at a blue one."""
    import torch

    from mmdt.evaluators.vqa.hf import _ASK
    from mmdt.models.hf.runtime import HfRuntime
    from mmdt.models.hf.settings import HfSettings
    from mmdt.models.local.checkpoint import Checkpoint

    runtime = HfRuntime(Checkpoint(str(plain)), HfSettings())
    requests = [Request.of(_ASK.format("Is it red?"), (image,)) for image in (RED, BLUE)]
    inputs = runtime.prepare(requests, [[RED.pil()], [BLUE.pil()]])
    with torch.inference_mode():
        states = runtime.model(**inputs, output_hidden_states=True).hidden_states[-1][:, -1]
    apart = states[0] - states[1]
    middle = (states[0] + states[1]) / 2
    head = runtime.model.lm_head.weight.data
    for letter, sign in (("y", 1), ("n", -1)):
        (token,) = runtime._tokenizer.encode(letter, add_special_tokens=False)
        head[token] = sign * 30 * apart / apart.norm() ** 2 + 60 * middle / middle.norm() ** 2
    folder = tmp_path_factory.mktemp("trained")
    shutil.copytree(plain, folder, dirs_exist_ok=True)
    runtime.model.save_pretrained(folder)
    return folder


def item(image: Image | None, asked: dict[str, Any]) -> Item:
    return Item(CASE, Output.answered("", (image,) if image else ()), asked)


async def test_the_verdict_follows_the_picture(trained: Path) -> None:
    evaluator = open_evaluator("vqa", f"hf/{trained}", None)
    asked = question("yes-no-image", question="Is it red?")
    red, blue, again = await evaluator.observe([item(RED, asked), item(BLUE, asked), item(RED, asked)])
    (alone,) = await evaluator.observe([item(RED, asked)])
    await evaluator.close()
    assert (red.value["verdict"], blue.value["verdict"]) == (True, False), (red, blue)
    assert red.value["probability"] > 0.9 > 0.1 > blue.value["probability"]
    assert red.value == again.value == alone.value


async def test_a_model_about_to_say_something_else_has_not_answered(plain: Path) -> None:
    evaluator = open_evaluator("vqa", f"hf/{plain}", None)
    (seen,) = await evaluator.observe([item(RED, {"question": "Is it red?"})])
    await evaluator.close()
    assert "neither yes nor no" in seen.error


async def test_an_invalid_question_is_missing(plain: Path) -> None:
    evaluator = open_evaluator("vqa", f"hf/{plain}", None)
    none, pictureless = await evaluator.observe([item(RED, {}), item(None, {"question": "Is it red?"})])
    await evaluator.close()
    assert none.error == "there is no question to answer"
    assert pictureless.error == "the output has no picture"


async def test_it_needs_a_vision_model(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no model"):
        open_evaluator("vqa", "hf", None)
    evaluator = open_evaluator("vqa", f"hf/{tiny_chat.write_llama(tmp_path)}", None)
    with pytest.raises(UsageError, match="text only"):
        await evaluator.observe([item(RED, {"question": "Is it red?"})])
    await evaluator.close()
