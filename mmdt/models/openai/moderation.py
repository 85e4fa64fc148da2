"""OpenAI's moderation endpoint as a model: ``openai-moderation/<model>`` answers with its result as JSON.

``POST /moderations`` with ``{"model", "input": [{"type": "text", ...}, {"type": "image_url", ...}]}``; the reply holds
``results`` with ``flagged``, ``categories`` and ``category_scores``. It costs nothing. Source: OpenAI's API reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from mmdt.core.output import Output, Usage
from mmdt.core.protocols import ModelInfo, Request
from mmdt.models.http.client import CONCURRENCY, START_CONCURRENCY, Access
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.failures import bad_reply
from mmdt.models.http.images import accepted, data_url
from mmdt.models.http.keys import choose_key
from mmdt.models.http.model import ApiModel
from mmdt.models.http.picture_formats import formats_at
from mmdt.models.openai.client import OpenAIClient
from mmdt.models.openai.settings import KEY, OpenAISettings, openai_settings
from mmdt.models.prices import Tariff
from mmdt.plugins.facts import facts

PATH = "/moderations"
FREE: Mapping[str, Any] = {"input": 0.0, "output": 0.0}
"""Prices per million tokens."""


class ModerationResult(msgspec.Struct):
    flagged: bool
    categories: dict[str, bool | None]
    category_scores: dict[str, float | None] = {}


class Moderation(msgspec.Struct):
    results: list[ModerationResult]
    model: Any = None


class OpenAIModeration(ApiModel):
    """What is moderated is the last message: its text and its pictures."""

    def __init__(self, model: str, settings: OpenAISettings, client: OpenAIClient) -> None:
        info = ModelInfo(
            f"openai-moderation/{model}",
            frozenset({"i2t", "t2t"}),
            {"base_url": settings.base_url},
            max_images=1,
            concurrency=CONCURRENCY,
            start_concurrency=START_CONCURRENCY,
        )
        super().__init__(info, model, client, Tariff("openai", model, FREE))
        self.imports = client.imports
        self._settings = settings
        self._client = client

    async def _ask(self, request: Request) -> Output:
        parts: list[dict[str, Any]] = [{"type": "text", "text": request.prompt}] if request.prompt.strip() else []
        for image in request.images:
            sent = accepted(image, formats_at(self._settings.base_url), self._settings.max_image_bytes)
            parts.append({"type": "image_url", "image_url": {"url": msgspec.Raw(data_url(sent))}})
        reply = await self._client.ask(PATH, {"model": self._model, "input": parts}, Moderation)
        if isinstance(reply, Output):
            return reply
        if not reply.results:
            return bad_reply("the reply has no results")
        found = reply.results[0]
        for other in reply.results[1:]:  # one for each part where a server splits them
            found = _joined(found, other)
        output = Output.answered(msgspec.json.encode(found, order="sorted").decode(), usage=Usage(cost=0.0))
        return replace(output, model=reply.model if isinstance(reply.model, str) else "")


def _joined(one: ModerationResult, other: ModerationResult) -> ModerationResult:
    names = one.categories.keys() | other.categories.keys()
    flags: dict[str, bool | None] = {
        name: bool(one.categories.get(name) or other.categories.get(name)) for name in names
    }
    scores = {
        name: max(one.category_scores.get(name) or 0.0, other.category_scores.get(name) or 0.0)
        for name in one.category_scores.keys() | other.category_scores.keys()
    }
    return ModerationResult(one.flagged or other.flagged, flags, dict(scores))


@facts(keys=(KEY.variable,))
def open_moderation(rest: str, settings: Mapping[str, Any]) -> OpenAIModeration:
    """Entry point; ``rest``: ``omni-moderation-latest``. Raises UsageError."""
    found = openai_settings(rest, settings)
    key = choose_key(found.api_key_env, KEY, found.base_url, f"openai-moderation/{rest}")
    access = Access("OpenAI", found.base_url, key, found.official, found.timeout, found.max_reply_bytes)
    return OpenAIModeration(rest, found, OpenAIClient(access, found, Dialect(frozenset())))
