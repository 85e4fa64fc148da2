"""The picture formats that a server reads.

Every server reads JPEG and PNG. Others refuse WebP (xAI, LM Studio) or, worse, drop the picture and answer without it
(llama.cpp), so anything else is sent only to the services listed here and as PNG, which loses nothing, to all others.
"""

from __future__ import annotations

import re

from mmdt.models.http.keys import at_host

SAFE = frozenset({"image/jpeg", "image/png"})
MORE = SAFE | {"image/webp"}
"""GIF is not among them: the services read the first picture of an animated one, refuse it, or read all of it."""

HOSTS: tuple[tuple[str, str], ...] = (
    (
        "api.openai.com",
        "platform.openai.com/docs/guides/images-vision (2026-11): PNG, JPEG, WEBP, still GIF",
    ),
    (".api.openai.com", "the same, by region"),
    (".openai.azure.com", "learn.microsoft.com, Azure OpenAI, vision-enabled models (2026-11)"),
    (".cognitiveservices.azure.com", "the same"),
    (".services.ai.azure.com", "the same"),
    ("api.anthropic.com", "platform.claude.com/docs/en/build-with-claude/vision (2026-11): JPEG, PNG, GIF, WebP"),
    (
        "generativelanguage.googleapis.com",
        "ai.google.dev/gemini-api/docs/image-understanding (2026-11): also HEIC",
    ),
)
"""Services that read WebP: host (with a leading dot: any host below it) and where they say so."""
BEDROCK_MODELS = re.compile(r"anthropic\.claude|amazon\.nova")
"""The families of which Bedrock's model pages say that they read WebP (docs.aws.amazon.com, 2026-11)."""


def formats_at(url: str) -> frozenset[str]:
    """The media types that the server at ``url`` surely reads."""
    return MORE if at_host(url, [host for host, _ in HOSTS]) else SAFE


def bedrock_formats(model: str) -> frozenset[str]:
    """The media types that a model on Bedrock surely reads."""
    return MORE if BEDROCK_MODELS.search(model) else SAFE
