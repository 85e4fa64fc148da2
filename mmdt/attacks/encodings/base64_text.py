"""Base64: the request as the letters that mail and the web use to carry bytes."""

from __future__ import annotations

import base64
import random

from mmdt.attacks.encodings.carrier import carried, carry
from mmdt.core.attack import I2T, Attack, Attempt


def encode(text: str) -> str:
    """The text as base64 of its UTF-8 bytes."""
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")


def decode(prompt: str) -> str:
    """The request that a prompt carries."""
    return base64.b64decode(carried(prompt)).decode("utf-8", "surrogatepass")


def _change(attempt: Attempt, rng: random.Random) -> Attempt:
    return attempt.with_prompt(carry("base64", encode(attempt.prompt), rng))


BASE64 = Attack(
    "base64",
    I2T,
    _change,
    "writes the request in base64",
    source='Wei et al., "Jailbroken: how does LLM safety training fail?", NeurIPS 2023',
    constraint="decoding gives the prompt, byte for byte",
)
