"""Models behind OpenAI's API or any server that speaks it (vLLM, Ollama, llama.cpp, gateways): ``openai/<model>``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmdt.core.output import Output
from mmdt.core.protocols import Request
from mmdt.models import openai_chat, openai_images, openai_responses
from mmdt.models.api_model import ApiModel
from mmdt.models.dialect import Dialect
from mmdt.models.openai_client import OpenAIClient
from mmdt.models.openai_settings import OpenAISettings, openai_info, openai_settings
from mmdt.models.prices import Price, price_of
from mmdt.models.sdk_client import Access, sdk_imports

_OPTIONAL = frozenset({*openai_chat.OPTIONAL, *openai_responses.OPTIONAL, *openai_images.OPTIONAL})


class OpenAIModel(ApiModel):
    """One model of one endpoint; text through chat completions (or responses), pictures through the images endpoint."""

    imports = sdk_imports("openai")

    def __init__(
        self, name: str, model: str, settings: OpenAISettings, client: OpenAIClient, price: Price | None
    ) -> None:
        super().__init__(openai_info(name, model, settings), model, client, price)
        self._settings = settings
        self._client = client

    async def _ask(self, request: Request) -> Output:
        if request.modality == "t2i":
            return await self._draw(request)
        return await (self._respond if self._settings.api == "responses" else self._chat)(request)

    async def _chat(self, request: Request) -> Output:
        reply = await self._client.ask(
            openai_chat.PATH,
            openai_chat.chat_body(self._model, request, self._settings, self._client.dialect),
            openai_chat.Completion,
        )
        return reply if isinstance(reply, Output) else openai_chat.chat_output(reply, self._price)

    async def _respond(self, request: Request) -> Output:
        reply = await self._client.ask(
            openai_responses.PATH,
            openai_responses.responses_body(self._model, request, self._settings, self._client.dialect),
            openai_responses.Response,
        )
        return reply if isinstance(reply, Output) else openai_responses.responses_output(reply, self._price)

    async def _draw(self, request: Request) -> Output:
        reply = await self._client.ask(
            openai_images.PATH,
            openai_images.images_body(self._model, request, self._settings, self._client.dialect),
            openai_images.Pictures,
        )
        if isinstance(reply, Output):
            return reply
        return await openai_images.images_output(reply, self._client, self._price)


def openai_dialect(settings: OpenAISettings) -> Dialect:
    """What may be left out where the server refuses it: never what the user asked for by name."""
    return Dialect(_OPTIONAL - ({"temperature"} if settings.temperature is not None else set()))


def open_openai(rest: str, settings: Mapping[str, Any]) -> OpenAIModel:
    """The factory behind the entry point: ``rest`` is the model's name as the server knows it."""
    found = openai_settings(rest, settings)
    price = price_of("openai", rest, found.prices) if found.prices or found.official else None
    access = Access("OpenAI", found.base_url, found.api_key_env, found.official, found.timeout)
    client = OpenAIClient(access, found, openai_dialect(found))
    return OpenAIModel(f"openai/{rest}", rest, found, client, price)
