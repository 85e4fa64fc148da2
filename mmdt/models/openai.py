"""Models behind OpenAI's API or any server that speaks it (vLLM, Ollama, llama.cpp, gateways): ``openai/<model>``."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from mmdt.core.output import FailureKind, Output
from mmdt.core.protocols import ModelInfo, Request
from mmdt.errors import DataError
from mmdt.models import openai_chat, openai_images, openai_responses
from mmdt.models.check import Finding, endpoint_findings, key_finding, price_finding
from mmdt.models.dialect import Dialect
from mmdt.models.openai_client import OpenAIClient
from mmdt.models.openai_settings import OpenAISettings, openai_info, openai_settings
from mmdt.models.prices import Price, price_of
from mmdt.models.requests import unfit


class OpenAIModel:
    """One model of one endpoint; text through chat completions (or responses), pictures through the images endpoint."""

    def __init__(self, name: str, model: str, settings: OpenAISettings, price: Price | None) -> None:
        self._model = model
        self._settings = settings
        self._price = price
        self._info = openai_info(name, model, settings)
        optional = {*openai_chat.OPTIONAL, *openai_responses.OPTIONAL, *openai_images.OPTIONAL}
        # What the user asked for by name is never left out, even where the server refuses it.
        self._dialect = Dialect(optional - ({"temperature"} if settings.temperature is not None else set()))
        self._client = OpenAIClient(settings, self._dialect)

    @property
    def info(self) -> ModelInfo:
        return self._info

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        if len(requests) == 1:
            return [await self._one(requests[0])]
        return await asyncio.gather(*(self._one(request) for request in requests))

    async def close(self) -> None:
        await self._client.close()

    async def check(self) -> list[Finding]:
        """What ``mmdt doctor`` wants to know: key, endpoint, the model's name, its price."""
        settings = self._settings
        key = key_finding(settings.api_key_env, self._client.has_key, settings.official)
        if key.level == "problem":
            return [key]
        listed = await self._client.models()
        return [
            key,
            *endpoint_findings(settings.base_url, self._model, listed),
            price_finding(self._price is not None),
        ]

    async def _one(self, request: Request) -> Output:
        refused = unfit(request, self._info)
        if refused is not None:
            return refused
        try:
            if request.modality == "t2i":
                return await self._draw(request)
            return await (self._respond if self._settings.api == "responses" else self._chat)(request)
        except DataError as error:
            return Output.failed(FailureKind.CASE, str(error))

    async def _chat(self, request: Request) -> Output:
        body = openai_chat.chat_body(self._model, request, self._settings, self._dialect)
        reply = await self._client.ask(openai_chat.PATH, body, openai_chat.Completion)
        return reply if isinstance(reply, Output) else openai_chat.chat_output(reply, self._price)

    async def _respond(self, request: Request) -> Output:
        body = openai_responses.responses_body(self._model, request, self._settings, self._dialect)
        reply = await self._client.ask(openai_responses.PATH, body, openai_responses.Response)
        return reply if isinstance(reply, Output) else openai_responses.responses_output(reply, self._price)

    async def _draw(self, request: Request) -> Output:
        body = openai_images.images_body(self._model, request, self._settings, self._dialect)
        reply = await self._client.ask(openai_images.PATH, body, openai_images.Pictures)
        if isinstance(reply, Output):
            return reply
        return await openai_images.images_output(reply, self._client, self._price)


def open_openai(rest: str, settings: Mapping[str, Any]) -> OpenAIModel:
    """The factory behind the entry point: ``rest`` is the model's name as the server knows it."""
    found = openai_settings(rest, settings)
    price = price_of("openai", rest, found.prices) if found.prices or found.official else None
    return OpenAIModel(f"openai/{rest}", rest, found, price)
