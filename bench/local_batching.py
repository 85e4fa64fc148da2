"""How close ``hf/`` comes to a bare ``model.generate`` loop with the same batch size.

The checkpoint is a LLaVA with random weights, built here and large enough for realistic step times. Both contenders
answer the same questions about the same pictures with greedy decoding and the same number of tokens. The bare loop
prepares and answers one batch after the other; mmdt sends single requests through the endpoint, as in a run. Rounds
alternate. Prints one JSON line: ``ratio`` is the median over rounds of mmdt's throughput relative to the bare loop's,
``ratio_to_generate`` relative to its time in ``generate`` alone.

    python -m bench.local_batching [--requests 48] [--batch 8] [--tokens 24] [--rounds 3] [--longest 0]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image as Pil

from mmdt.core.image import Image
from mmdt.core.output import Status
from mmdt.core.protocols import Request
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.plugins import open_model

HEAVY = {"hidden_size": 384, "intermediate_size": 1024, "num_hidden_layers": 6, "num_attention_heads": 6}
LONGEST = 600.0


def questions(count: int, longest: int) -> list[Request]:
    """Requests with 640 x 480 pictures of noise, which take work to decode and scale.

    Each prompt has a random number of additional words, up to ``longest``.
    """
    dice = random.Random(1)
    requests = []
    for number in range(count):
        noise = Pil.frombytes("RGB", (64, 48), dice.randbytes(64 * 48 * 3)).resize((640, 480))
        prompt = " ".join([f"What is in picture {number}?", *["truly"] * dice.randint(0, longest)])
        requests.append(Request.of(prompt, (Image.from_pil(noise),)))
    return requests


class Bare:
    """The loop that a user of transformers would write."""

    def __init__(self, folder: Path, batch: int, tokens: int) -> None:
        from transformers import AutoModelForImageTextToText, AutoProcessor

        self.processor = AutoProcessor.from_pretrained(folder)
        self.processor.tokenizer.padding_side = "left"
        self.model = AutoModelForImageTextToText.from_pretrained(folder).eval()
        self.batch = batch
        self.tokens = tokens

    def answer(self, requests: list[Request]) -> tuple[float, float, list[str]]:
        """Total seconds, seconds in ``generate``, and the replies."""
        import torch

        began, generating, replies = time.perf_counter(), 0.0, []
        for first in range(0, len(requests), self.batch):
            inputs = self.ready(requests[first : first + self.batch])
            started = time.perf_counter()
            with torch.inference_mode():
                generated = self.model.generate(**inputs, max_new_tokens=self.tokens, do_sample=False)
            generating += time.perf_counter() - started
            new = generated[:, inputs["input_ids"].shape[1] :]
            replies += self.processor.batch_decode(new, skip_special_tokens=True)
        return time.perf_counter() - began, generating, replies

    def ready(self, requests: list[Request]) -> Any:
        chats = []
        for request in requests:
            content = [{"type": "image", "image": request.images[0].pil()}, {"type": "text", "text": request.prompt}]
            chats.append([{"role": "user", "content": content}])
        return self.processor.apply_chat_template(
            chats,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            processor_kwargs={"padding": True},
        )


async def ours(endpoint: Endpoint, requests: list[Request]) -> tuple[float, list[str]]:
    began = time.perf_counter()
    outputs = await asyncio.gather(*(endpoint.ask(request) for request in requests))
    assert all(output.status is Status.ANSWERED for output in outputs)
    return time.perf_counter() - began, [output.text for output in outputs]


async def measured(folder: Path, requests: list[Request], batch: int, tokens: int, rounds: int) -> dict[str, Any]:
    bare = Bare(folder, batch, tokens)
    model = open_model(f"hf/{folder}", {"batch_size": batch, "max_tokens": tokens, "device": "cpu"})
    endpoint = Endpoint(model, Limits(timeout=LONGEST), Budget())
    await ours(endpoint, requests[:batch])  # loads the weights
    bare.answer(requests[:batch])
    found = []
    for number in range(rounds):
        if number % 2:
            seconds, texts = await ours(endpoint, requests)
            whole, generating, replies = bare.answer(requests)
        else:
            whole, generating, replies = bare.answer(requests)
            seconds, texts = await ours(endpoint, requests)
        assert texts == [reply.strip() for reply in replies]
        found.append((whole / seconds, generating / seconds, seconds, whole))
    await endpoint.close()
    ratio, to_generate, seconds, whole = (median(column) for column in zip(*found, strict=True))
    lengths = [len(request.prompt) for request in requests]
    return {
        "benchmark": "local_batching",
        "requests": len(requests),
        "batch": batch,
        "tokens": tokens,
        "prompt_characters": [min(lengths), max(lengths)],
        "seconds": round(seconds, 2),
        "bare_seconds": round(whole, 2),
        "ratio": round(ratio, 3),
        "ratio_to_generate": round(to_generate, 3),
        "target": 0.9,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, default in (("requests", 48), ("batch", 8), ("tokens", 24), ("rounds", 3), ("longest", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    from tests.models.tiny_chat import write_llava

    with tempfile.TemporaryDirectory() as name:
        folder = write_llava(Path(name), endless=True, **HEAVY)
        requests = questions(chosen.requests, chosen.longest)
        line = asyncio.run(measured(folder, requests, chosen.batch, chosen.tokens, chosen.rounds))
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    sys.exit(main())
