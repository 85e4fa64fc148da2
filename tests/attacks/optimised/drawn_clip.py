"""Three small CLIP networks that know drawn scenes: shapes in colours on a ground, described in words.

``weights/*.safetensors`` (16-bit, under 1 MB together) were made by ``python -m tests.attacks.optimised.drawn_clip``,
which trains them in a few minutes on two cores; :data:`DIGESTS` are their SHA-256. The three differ in seed, width
and depth, so that an attack on two of them can be tried on the third.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from PIL import Image as Pil
from PIL import ImageDraw

WEIGHTS = Path(__file__).parent / "weights"
DIGESTS = {"a": "", "b": "", "c": ""}
SIDE = 64
"""Pixels along a side of a scene."""
INPUT = 32
"""Pixels along a side of what the networks see."""
COLOURS = {"red": (205, 50, 50), "green": (50, 160, 70), "blue": (55, 85, 200), "yellow": (230, 205, 60)}
SHAPES = ("circle", "square", "triangle", "cross")
_SIZES = {"a": (8, 48, 2), "b": (8, 40, 3), "c": (8, 56, 2)}
"""Name -> patch, width, depth."""


def scene(shape: str, colour: str, rng: random.Random) -> Pil.Image:
    """A picture with that shape somewhere on a grey or brown ground with a little texture."""
    ground = rng.randrange(70, 150)
    picture = Pil.new("RGB", (SIDE, SIDE), tuple(ground + rng.randrange(-25, 25) for _ in range(3)))
    pen = ImageDraw.Draw(picture)
    for _ in range(12):
        x, y, shade = rng.randrange(SIDE), rng.randrange(SIDE), rng.randrange(-14, 14)
        pen.ellipse((x, y, x + 9, y + 5), tuple(max(0, min(255, ground + shade)) for _ in range(3)))
    size = rng.randrange(22, 40)
    x, y = rng.randrange(2, SIDE - size - 2), rng.randrange(2, SIDE - size - 2)
    ink = tuple(max(0, min(255, value + rng.randrange(-20, 20))) for value in COLOURS[colour])
    if shape == "circle":
        pen.ellipse((x, y, x + size, y + size), ink)
    elif shape == "square":
        pen.rectangle((x, y, x + size, y + size), ink)
    elif shape == "triangle":
        pen.polygon(((x, y + size), (x + size, y + size), (x + size // 2, y)), ink)
    else:
        third = size // 3
        pen.rectangle((x + third, y, x + size - third, y + size), ink)
        pen.rectangle((x, y + third, x + size, y + size - third), ink)
    return picture


def words(shape: str, colour: str) -> str:
    return f"a {colour} {shape}"


def tokenizer() -> Any:
    """Words as tokens, in the layout of CLIP's tokenizer: its class, with one token a word of the scenes."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    known = ["<pad>", "<unk>", "<start>", "<end>", "a", "photo", "of", *COLOURS, *SHAPES, "picture", "the", "and"]
    known += ["lantern", "meadow", "violin", "pebble", "orchard", "teapot", "harbour", "feather", "marble", "canoe"]
    found = Tokenizer(models.WordLevel({word: place for place, word in enumerate(known)}, unk_token="<unk>"))  # noqa: S106
    found.normalizer = normalizers.Lowercase()
    found.pre_tokenizer = pre_tokenizers.Whitespace()
    found.post_processor = processors.TemplateProcessing(
        single="<start> $A <end>", special_tokens=[("<start>", 2), ("<end>", 3)]
    )
    names = {"pad_token": "<pad>", "unk_token": "<unk>", "bos_token": "<start>", "eos_token": "<end>"}
    return PreTrainedTokenizerFast(tokenizer_object=found, model_max_length=16, **names)


def network(name: str) -> Any:
    """The network without weights."""
    import torch
    from transformers import CLIPConfig, CLIPModel

    patch, width, depth = _SIZES[name]
    torch.manual_seed(ord(name))
    inner = {"hidden_size": width, "intermediate_size": 2 * width, "num_hidden_layers": depth, "num_attention_heads": 4}
    text = {**inner, "vocab_size": 64, "max_position_embeddings": 16, "bos_token_id": 2, "eos_token_id": 3}
    text |= {"pad_token_id": 0, "num_hidden_layers": 1}
    vision = {**inner, "image_size": INPUT, "patch_size": patch}
    return CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=24))


def processor() -> Any:
    from transformers import CLIPImageProcessorPil, CLIPProcessor

    pictures = CLIPImageProcessorPil(size={"shortest_edge": INPUT}, crop_size={"height": INPUT, "width": INPUT})
    return CLIPProcessor(pictures, tokenizer())


def write(folder: Path, name: str) -> Path:
    """A checkpoint of that network in the layout of the hub; its folder."""
    from safetensors.torch import load_file

    found = network(name)
    weights = load_file(WEIGHTS / f"{name}.safetensors")
    found.load_state_dict({key: value.float() for key, value in weights.items()}, strict=False)
    found.save_pretrained(folder)
    processor().save_pretrained(folder)
    return folder


def train(name: str, steps: int = 1500, batch: int = 48) -> Any:
    """Train from scratch: the contrastive loss over all descriptions."""
    import numpy as np
    import torch

    rng, model = random.Random(f"drawn/{name}"), network(name)
    labels = [(shape, colour) for shape in SHAPES for colour in COLOURS]
    tokens = tokenizer()([words(*each) for each in labels], padding=True, return_tensors="pt")
    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(1, 3, 1, 1)
    std = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(1, 3, 1, 1)
    best = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
    plan = torch.optim.lr_scheduler.OneCycleLR(best, 3e-3, total_steps=steps)
    for step in range(steps):
        places = [rng.randrange(len(labels)) for _ in range(batch)]
        pictures = [scene(*labels[place], rng).resize((INPUT, INPUT), Pil.Resampling.BICUBIC) for place in places]
        pixels = torch.tensor(np.stack([np.asarray(each) for each in pictures])).permute(0, 3, 1, 2) / 255
        seen = model.get_image_features(pixel_values=(pixels - mean) / std).pooler_output
        said = model.get_text_features(**tokens).pooler_output
        logits = 20 * torch.nn.functional.normalize(seen, dim=1) @ torch.nn.functional.normalize(said, dim=1).T
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor(places))
        best.zero_grad()
        loss.backward()
        best.step()
        plan.step()
        if step % 100 == 99:
            right = (logits.argmax(1) == torch.tensor(places)).float().mean()
            print(name, step + 1, f"loss {loss.item():.3f}, right {right.item():.2f}", flush=True)
    return model


def main() -> None:
    import hashlib

    from safetensors.torch import save_file

    WEIGHTS.mkdir(exist_ok=True)
    for name in DIGESTS:
        weights = {key: value.half().contiguous() for key, value in train(name).state_dict().items()}
        weights = {key: value for key, value in weights.items() if not key.endswith("position_ids")}
        save_file(weights, WEIGHTS / f"{name}.safetensors")
        data = (WEIGHTS / f"{name}.safetensors").read_bytes()
        print(f'"{name}": "{hashlib.sha256(data).hexdigest()}",  # {len(data):,} bytes')


if __name__ == "__main__":
    main()
