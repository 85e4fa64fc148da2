"""CLIP similarity on a tiny checkpoint, held against the embeddings of the library itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pil

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.output import Output
from mmdt.core.protocols import Item
from mmdt.evaluators.similarity.clip import PREFIX
from mmdt.plugins import open_evaluator
from tests import tiny

tiny.need("torch", "transformers")

CELL = Cell.parse("privacy/t2i/training/laion_1k")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write_clip(tmp_path_factory.mktemp("clip"))


def picture(shade: int) -> Image:
    return Image.from_pil(Pil.linear_gradient("L").resize((50, 40)).point(lambda v: (v * shade) % 256).convert("RGB"))


def item(question: dict[str, Any], made: Image, *references: Image) -> Item:
    return Item(Case.make(CELL, "a cup", images=references), Output.answered(images=(made,)), question)


def embedded(folder: Path, images: list[Image], texts: list[str]) -> tuple[Any, Any]:
    import torch
    from transformers import CLIPModel, CLIPProcessor

    model, processor = CLIPModel.from_pretrained(folder).eval(), CLIPProcessor.from_pretrained(folder)
    inputs = processor(images=[image.pil() for image in images], text=texts, padding=True, return_tensors="pt")
    with torch.inference_mode():
        outputs = model(**inputs)
        raw = model.get_image_features(pixel_values=inputs["pixel_values"]).pooler_output
    return outputs, raw.numpy()


async def test_picture_and_text_agree_with_the_librarys_own_cosine(folder: Path) -> None:
    evaluator = open_evaluator("similarity", f"clip/{folder}", None)
    images, prompts = [picture(1), picture(3)], ["a cat", "a red cup"]
    seen = await evaluator.observe(
        [item({"prompt": prompt}, image) for prompt, image in zip(prompts, images, strict=True)]
    )
    await evaluator.close()
    outputs, _ = embedded(folder, images, [PREFIX + prompt for prompt in prompts])
    cosines = (outputs.image_embeds @ outputs.text_embeds.T).diagonal().tolist()
    assert [one.value["similarity"] for one in seen] == pytest.approx(cosines, abs=1e-5)
    assert cosines[0] != pytest.approx(cosines[1], abs=1e-3)


async def test_two_pictures_are_compared_by_cosine_and_distance(folder: Path) -> None:
    evaluator = open_evaluator("similarity", f"clip/{folder}", None)
    one, other = picture(1), picture(3)
    question = {"reference": "image"}
    different, same, words = await evaluator.observe(
        [item(question, one, other), item(question, one, one), item({"prompt": "a cat"}, one)]
    )
    await evaluator.close()
    _, (first, second) = embedded(folder, [one, other], ["a"])
    assert different.value["l2"] == pytest.approx(float(np.linalg.norm(first - second)), rel=1e-3)
    cosine = first @ second / (np.linalg.norm(first) * np.linalg.norm(second))
    assert different.value["similarity"] == pytest.approx(float(cosine), abs=1e-5)
    assert same.value == {"similarity": pytest.approx(1.0), "l2": pytest.approx(0.0, abs=1e-4)}
    assert set(words.value) == {"similarity"}


async def test_a_prompt_longer_than_the_model_reads_is_cut(folder: Path) -> None:
    evaluator = open_evaluator("similarity", f"clip/{folder}", None)
    long, longer = "cup " * 40, "cup " * 80
    seen = await evaluator.observe([item({"prompt": prompt}, picture(1)) for prompt in (long, longer)])
    await evaluator.close()
    assert seen[0].value["similarity"] == pytest.approx(seen[1].value["similarity"], abs=1e-6)


async def test_what_cannot_be_compared_is_missing(folder: Path) -> None:
    evaluator = open_evaluator("similarity", f"clip/{folder}", None)
    seen = await evaluator.observe(
        [item({"reference": "image"}, picture(1)), item({}, picture(1)), item({"prompt": "  "}, picture(1))]
    )
    await evaluator.close()
    assert "no picture to compare" in seen[0].error
    assert all("neither a prompt" in one.error for one in seen[1:])
