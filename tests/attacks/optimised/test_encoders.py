"""CLIP, SigLIP and ALIGN as surrogates: they see what their processors make of a picture, gradients are those of
finite differences, and attacks on them beat noise."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pil

from mmdt import plugins
from mmdt.attacks import attack_case
from mmdt.attacks.pictures.cover import cover
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.surrogate import Goal, Surrogate
from mmdt.errors import UsageError
from tests.tiny import bert_tokenizer, clip_text_sizes, clip_tokenizer, clip_vision_sizes, need, write_clip

need("torch", "transformers")


def write_siglip(folder: Path) -> Path:
    """The two towers of SigLIP, whose processor scales both sides to the size of the network and crops nothing."""
    import torch
    from transformers import SiglipConfig, SiglipImageProcessorPil, SiglipModel, SiglipProcessor

    torch.manual_seed(4)
    tokenizer = clip_tokenizer()
    SiglipModel(
        SiglipConfig(text_config=clip_text_sizes(tokenizer), vision_config=clip_vision_sizes())
    ).save_pretrained(folder)
    SiglipProcessor(SiglipImageProcessorPil(size={"height": 32, "width": 32}), tokenizer).save_pretrained(folder)
    return folder


def write_align(folder: Path) -> Path:
    """ALIGN: convolutions (EfficientNet) and BERT; its pictures go from -1 to 1 and are not normalised."""
    import torch
    from transformers import AlignConfig, AlignModel, AlignProcessor
    from transformers.models.efficientnet.image_processing_pil_efficientnet import EfficientNetImageProcessorPil

    torch.manual_seed(5)
    text = {"vocab_size": 2000, "hidden_size": 32, "intermediate_size": 37, "num_hidden_layers": 2}
    text |= {"num_attention_heads": 4, "max_position_embeddings": 64}
    vision = {
        "image_size": 64,
        "kernel_sizes": [3, 3, 5],
        "in_channels": [32, 16, 24],
        "out_channels": [16, 24, 32],
        "hidden_dim": 32,
        "width_coefficient": 1.0,
        "strides": [1, 1, 2],
        "num_block_repeats": [1, 1, 2],
        "expand_ratios": [1, 6, 6],
        "depthwise_padding": [],
        "initializer_range": 0.2,  # with the usual 0.02, embeddings are zero but for rounding
    }
    AlignModel(AlignConfig(text_config=text, vision_config=vision, projection_dim=32)).save_pretrained(folder)
    pictures = EfficientNetImageProcessorPil(
        size={"height": 72, "width": 72},
        crop_size={"height": 64, "width": 64},
        do_center_crop=True,
        rescale_factor=1 / 127.5,
        rescale_offset=True,
        do_normalize=False,
        include_top=False,
        resample=2,
    )
    AlignProcessor(pictures, bert_tokenizer()).save_pretrained(folder)
    return folder


WRITERS: dict[str, Callable[[Path], Path]] = {"clip": write_clip, "siglip": write_siglip, "align": write_align}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return cache(lambda name: WRITERS[name](tmp_path_factory.mktemp(name)))


@cache
def opened(folder: Path) -> Surrogate:
    return plugins.find(plugins.SURROGATES, "clip", "surrogate")(str(folder))


def picture(seed: int, size: tuple[int, int] = (56, 48)) -> Pil.Image:
    return cover(size, random.Random(seed)).convert("RGB")


def pixels(*pictures: Pil.Image) -> np.ndarray:
    return np.stack([np.asarray(each, np.float32) / 255 for each in pictures])


@pytest.mark.parametrize("size", [(56, 48), (33, 90), (32, 32), (200, 61)])
@pytest.mark.parametrize("name", WRITERS)
def test_it_sees_what_the_library_sees(folders, name: str, size: tuple[int, int]) -> None:
    """1 - loss is the cosine that the checkpoint gives when its own processor reads picture and text."""
    import torch
    from transformers import AutoModel, AutoProcessor

    folder, shown = folders(name), picture(3, size)
    model, processor = AutoModel.from_pretrained(folder).eval(), AutoProcessor.from_pretrained(folder)
    padding: dict[str, Any] = {"padding": True} if name == "clip" else {"padding": "max_length", "max_length": 64}
    if name == "siglip":
        padding["max_length"] = 24
    with torch.no_grad():
        seen = model.get_image_features(**processor(images=[shown], return_tensors="pt")).pooler_output
        read = model.get_text_features(**processor(text=["a red cup"], return_tensors="pt", **padding)).pooler_output
    cosine = float(torch.nn.functional.cosine_similarity(seen, read)[0])
    assert 1 - opened(folder).losses(pixels(shown), Goal("a red cup"))[0] == pytest.approx(cosine, abs=0.01)


@pytest.mark.parametrize("name", ["siglip", "align"])
@pytest.mark.parametrize("goal", ["away", "picture"])
def test_gradients_are_those_of_finite_differences(folders, name: str, goal: str) -> None:
    network, batch = opened(folders(name)), pixels(picture(1), picture(2)) * np.float32(0.8) + np.float32(0.1)
    wanted = Goal("a cat", away="a dog") if goal == "away" else Goal(picture=Image.from_pil(picture(7)))
    losses, slope = network.gradient(batch, wanted)
    assert np.allclose(losses, network.losses(batch, wanted), atol=1e-5)
    lengths = np.sqrt((slope**2).sum((1, 2, 3), keepdims=True))
    assert lengths.min() > 0
    step, along = np.float32(0.02), slope / lengths  # along the gradient, where rounding errors count least
    up, down = (network.losses(batch + sign * step * along, wanted) for sign in (1, -1))
    assert (up - down) / (2 * step) == pytest.approx(lengths.ravel(), rel=0.05)


@pytest.mark.parametrize("name", ["siglip", "align"])
def test_an_attack_beats_noise(folders, name: str) -> None:
    network, goal = opened(folders(name)), Goal("a photo of dog", away="a photo of cat")
    attack = plugins.attack("pgd").with_parameters(surrogates=(f"clip/{folders(name)}",), steps=8)
    for seed in range(4):
        shown = picture(seed)
        target = {"origin": "cat", "label": "dog"}
        cell = Cell("adversarial", "i2t", "attack", "object")
        case = Case.make(cell, "What is there?", (Image.from_pil(shown),), target)
        made = attack_case(case, attack).images[0].pil().convert("RGB")
        rng = np.random.default_rng(seed)
        noise = [np.clip(pixels(shown)[0] + rng.choice((-8, 8), pixels(shown)[0].shape) / 255, 0, 1) for _ in range(5)]
        by_noise = network.losses(np.stack(noise).astype(np.float32), goal).min()
        assert network.losses(pixels(made), goal)[0] < by_noise


def test_what_does_not_fit_is_refused(tmp_path) -> None:
    from transformers import CLIPImageProcessorPil, CLIPProcessor

    from tests.models import tiny_chat

    folder = write_clip(tmp_path / "padded")
    odd = CLIPImageProcessorPil(size={"shortest_edge": 40}, crop_size={"height": 32, "width": 32}, resample=0)
    CLIPProcessor(odd, clip_tokenizer()).save_pretrained(folder)
    with pytest.raises(UsageError, match="no gradient passes through this processor"):
        opened(folder)
    with pytest.raises(UsageError, match=r"no encoders of pictures and of texts|no image processor|could not"):
        opened(tiny_chat.write_llama(tmp_path / "llama"))
