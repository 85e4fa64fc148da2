"""Small networks that know drawn scenes, as CLIP knows photographs.

``a`` is a CLIP (a vision transformer), ``b`` another architecture (convolutions and a recurrent text side), trained
apart, so that an attack on one can be tried on the other; ``reader`` is like ``b`` and was trained on pictures that
fog, noise and the like had changed, so that it reads what is still there. ``weights/*.safetensors`` (16-bit, under
1 MB together) were made by ``python -m tests.attacks.optimised.drawn_clip``, which trains them in minutes on two
cores; :data:`DIGESTS` are their SHA-256. Another machine may round differently and get other bytes: ``make prove``
trains again and holds the accuracy against that of the committed ones.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pil

from mmdt import plugins
from mmdt.core.attack import Attempt
from mmdt.core.image import Image
from tests.attacks.optimised.scenes import ALL, COLOURS, SHAPES, SINGLE, Scene, draw

WEIGHTS = Path(__file__).parent / "weights"
DIGESTS = {
    "a": "bde77a80832ca5017abfc8a729d8e3047fa7397d075461df438d3ca9b142e57e",
    "b": "508bc3bf6ef2c0ef12ff5a55ce0a175450e5de52cb6b5200f9f675660714e724",
    "reader": "70ca25cbc39faec94a0de3dffef1ed8736fbfbec0d96b16ddaff329bf748f367",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How a network is trained: ``steps`` of 96 pictures, at most at the learning rate ``rate``; ``every``: the share
    of them drawn from all scenes, the others from single shapes."""

    steps: int
    rate: float = 2e-3
    decay: float = 0.02
    every: float = 0.6


PLANS = {"a": Plan(4000, 1e-3, 0.05, 0.8), "b": Plan(600), "reader": Plan(700)}
"""A transformer learns relations late, so ``a`` takes five minutes of processor time; the others take one each."""
INPUT = 32
"""Pixels along a side of what the networks see."""
SPECIAL = ("<pad>", "<unk>", "<start>", "<end>")
GRAMMAR = ("a", "an", "the", "photo", "picture", "drawing", "of", "to", "left", "right", "above", "below")
_FILLER = (
    "near by in under behind some quiet old little early late bright lantern meadow violin pebble orchard teapot "
    "harbour feather marble canoe garden window morning evening ribbon bucket candle bridge kettle ladder mirror "
    "napkin oyster paddle quarry ribbons saddle thimble umbrella valley walnut zipper acorn barrel cabin daisy engine "
    "fiddle goblet hammer igloo jacket kitten lemon magnet nutmeg onion pillow quilt rocket sandal turnip"
)
FILLER = tuple(_FILLER.split())
WORDS = (*SPECIAL, *GRAMMAR, *COLOURS, *SHAPES, *FILLER)


def tokenizer() -> Any:
    """A token a word, in the class that every fast tokenizer of transformers has."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    found = Tokenizer(models.WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="<unk>"))  # noqa: S106
    found.normalizer = normalizers.Lowercase()
    found.pre_tokenizer = pre_tokenizers.Whitespace()
    found.post_processor = processors.TemplateProcessing(
        single="<start> $A <end>", special_tokens=[("<start>", 2), ("<end>", 3)]
    )
    names = {"pad_token": "<pad>", "unk_token": "<unk>", "bos_token": "<start>", "eos_token": "<end>"}
    return PreTrainedTokenizerFast(tokenizer_object=found, model_max_length=24, **names)


def network(name: str) -> Any:
    """The network with random weights."""
    import torch
    from transformers import CLIPConfig, CLIPModel

    torch.manual_seed(len(name))
    if name != "a":
        from tests.attacks.optimised.drawn_cnn import DrawnCnn

        return DrawnCnn(len(WORDS))
    text = {"hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4}
    text |= {"vocab_size": len(WORDS), "max_position_embeddings": 24}
    text |= {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3}
    vision = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 4, "num_attention_heads": 4}
    vision |= {"image_size": INPUT, "patch_size": 8}
    return CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=32))


def embedded(found: Any) -> Any:
    """Embeddings of length 1."""
    import torch

    return torch.nn.functional.normalize(getattr(found, "pooler_output", found), dim=1)


def said(scene: Scene, rng: random.Random) -> str:
    """The scene in one of many ways, sometimes with words beside it that say nothing of what is there."""
    words = scene.words
    form = rng.choice(("{}", "{}", "a photo of {}", "a picture of {}", "the drawing of {}"))
    if rng.random() < 0.5:
        extra = " ".join(rng.sample(FILLER, rng.randrange(1, 5)))
        form = f"{form} {extra}" if rng.random() < 0.7 else f"{extra} {form}"
    return form.format(words)


@cache
def _colours() -> tuple[Any, Any]:
    import torch

    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(1, 3, 1, 1)
    return mean, torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(1, 3, 1, 1)


def batch(pictures: Sequence[Pil.Image]) -> Any:
    """What a network sees of pictures."""
    import torch

    small = [np.asarray(each.resize((INPUT, INPUT), Pil.Resampling.BICUBIC)) for each in pictures]
    mean, std = _colours()
    return (torch.tensor(np.stack(small)).permute(0, 3, 1, 2) / 255 - mean) / std


def _right() -> Any:
    """(scene, words) -> 1 where the words are true of the scene."""
    import torch

    return torch.tensor([[float(two in (one, one.seen_from_the_other)) for two in ALL] for one in ALL])


def train(name: str, size: int = 96) -> Any:
    """Train from scratch: which of all descriptions is true of each picture."""
    import torch

    rng, model, true, speak = random.Random(f"drawn/{name}"), network(name), _right(), tokenizer()
    plan = PLANS[name]
    best = torch.optim.AdamW(model.parameters(), lr=plan.rate, weight_decay=plan.decay, betas=(0.9, 0.98))
    rates = torch.optim.lr_scheduler.OneCycleLR(best, plan.rate, total_steps=plan.steps, pct_start=0.1)
    model.train()
    for step in range(plan.steps):
        kinds = (len(ALL) if rng.random() < plan.every else len(SINGLE) for _ in range(size))
        places = [rng.randrange(kind) for kind in kinds]
        seen = embedded(model.get_image_features(pixel_values=batch([_drawn(name, ALL[each], rng) for each in places])))
        tokens = speak([said(each, rng) for each in ALL], padding=True, return_tensors="pt")
        tokens.pop("token_type_ids", None)
        logits = 20 * seen @ embedded(model.get_text_features(**tokens)).T
        wanted = true[places] / true[places].sum(1, keepdim=True)
        loss = torch.nn.functional.cross_entropy(logits, wanted)
        best.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        best.step()
        rates.step()
        if step % 100 == 99:
            right = true[places].gather(1, logits.argmax(1, keepdim=True)).mean()
            print(name, step + 1, f"loss {loss.item():.3f}, right {right.item():.2f}", file=sys.stderr, flush=True)
    return model.eval()


def _drawn(name: str, scene: Scene, rng: random.Random) -> Pil.Image:
    picture = draw(scene, rng)
    return changed(picture, rng.choice(CHANGES), rng) if name == "reader" and rng.random() < 0.8 else picture


CHANGES = ("gaussian-noise", "motion-blur", "fog", "low-light", "pixelate", "jpeg-artefacts", "mixup", "zoom-blur")
"""Attacks on pictures whose effect the tests measure; the reader learns to read through them."""


def changed(picture: Pil.Image, name: str, rng: random.Random, **parameters: object) -> Pil.Image:
    """The picture after an attack, at its default strength unless ``parameters`` say otherwise."""
    attempt = Attempt("i2t", "What is there?", (Image.from_pil(picture),))
    return plugins.attack(name).with_parameters(**parameters).apply(attempt, rng).images[0].pil().convert("RGB")


def accuracy(model: Any, scenes: Sequence[Scene], pictures: Sequence[Pil.Image]) -> float:
    """How often the likeliest of all descriptions is true of the picture; there are 64, of 40 meanings."""
    import torch

    with torch.inference_mode():
        tokens = tokenizer()([each.words for each in ALL], padding=True, return_tensors="pt")
        tokens.pop("token_type_ids", None)
        found = embedded(model.get_image_features(pixel_values=batch(pictures)))
        best = (found @ embedded(model.get_text_features(**tokens)).T).argmax(1).tolist()
    return sum(ALL[one] in (two, two.seen_from_the_other) for one, two in zip(best, scenes, strict=True)) / len(scenes)


def held_out(number: int, seed: str = "held out") -> tuple[list[Scene], list[Pil.Image]]:
    """Scenes that no training has drawn."""
    rng = random.Random(f"drawn/{seed}")
    scenes = [rng.choice(ALL) for _ in range(number)]
    return scenes, [draw(each, rng) for each in scenes]


def trained(name: str) -> Any:
    """The network with the committed weights."""
    from safetensors.torch import load_file

    found = network(name)
    weights = load_file(path_of(name))
    found.load_state_dict({key: value.float() for key, value in weights.items()}, strict=False)
    return found.eval()


def write(folder: Path) -> Path:
    """The checkpoint of ``a`` in the layout of the hub; its folder."""
    from transformers import CLIPImageProcessorPil, CLIPProcessor

    trained("a").save_pretrained(folder)
    pictures = CLIPImageProcessorPil(size={"shortest_edge": INPUT}, crop_size={"height": INPUT, "width": INPUT})
    CLIPProcessor(pictures, tokenizer()).save_pretrained(folder)
    return folder


def save(name: str) -> None:
    """Train one and write its weights; prints the line for :data:`DIGESTS` and the held-out accuracy."""
    from safetensors.torch import save_file

    model = train(name)
    weights = {key: value.half().contiguous() for key, value in model.state_dict().items()}
    WEIGHTS.mkdir(exist_ok=True)
    save_file({key: value for key, value in weights.items() if not key.endswith("position_ids")}, path_of(name))
    right = accuracy(trained(name), *held_out(500))
    print(f'"{name}": "{digest(name)}",  # {path_of(name).stat().st_size:,} bytes, held out {right:.3f}')


def path_of(name: str) -> Path:
    return WEIGHTS / f"{name}.safetensors"


def digest(name: str) -> str:
    """SHA-256 of the weights as they are on the disk."""
    return hashlib.sha256(path_of(name).read_bytes()).hexdigest()


if __name__ == "__main__":
    for wanted in sys.argv[1:] or DIGESTS:
        save(wanted)
